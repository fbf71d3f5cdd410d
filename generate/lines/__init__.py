"""A brief -> whole fragments laid end to end: stitched, varied or morphed.

Imports the rooms up to `generate.plan`.
"""
