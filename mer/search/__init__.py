"""A query and a corpus -> matches, nearest first, and why each one matched.

Imports `mer.notes`, `mer.corpus`, `mer.embeddings` and `mer.alignment`.
"""
