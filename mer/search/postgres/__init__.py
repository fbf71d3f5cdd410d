"""PostgreSQL servers -> the store of an index: segments as rows, each on one of the servers.

Imports `mer.search.segments`, `mer.corpus` and `mer.embeddings`.
"""
