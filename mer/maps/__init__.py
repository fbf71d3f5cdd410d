"""Vectors of many phrases -> two dimensions, groups, and what sets the groups apart.

Imports `mer.notes` and `mer.embeddings`.
"""
