"""A motif, an index and settings -> a `Brief`: what the user asks for and what the search found.

Imports `generate.piece`, `generate.sampling` and `generate.originality`; calls no method.
"""
