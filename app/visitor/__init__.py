"""What a visitor brings and asks for -> motifs, corpora and files that are theirs alone; messages.

Imports `mer` and `generate`; knows nothing of pages.
"""
