"""A motif, an index and settings -> a `Brief`: what is asked for and what was found.

Imports `generate.piece`, `generate.sampling` and `generate.originality`; calls no method.
"""
