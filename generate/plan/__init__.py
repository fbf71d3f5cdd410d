"""A motif, an index and settings -> a `Brief`: what the user asks for and what the search found.

Imports the rooms up to `generate.prediction`; calls no method.
"""
