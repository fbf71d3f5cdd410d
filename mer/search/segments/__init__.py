"""Tunes -> segments: what an index is made of, in memory or on disk.

Imports `mer.corpus` and `mer.embeddings`.
"""
