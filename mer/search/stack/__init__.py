"""A pool of sequences and a query -> a ranking: proposed, compared, fused, expanded.

Each stage has a module; `methods` puts them together under the names that `mer search` and ``mer
evaluate`` take. Imports `mer.notes`, `mer.corpus`, `mer.embeddings` and `mer.alignment`.
"""
