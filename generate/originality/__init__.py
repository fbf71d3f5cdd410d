"""A piece and a corpus -> what is copied, and the bound on it.

Imports `generate.piece` and `generate.sampling`.
"""
