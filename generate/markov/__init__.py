"""A brief -> new notes, drawn from the chain of the neighbours, which a richer model may steer.

Imports the rooms up to `generate.plan`.
"""
