"""What a visitor brings, keeps and may ask for.

Imports `mer` and `generate`; knows nothing of pages.
"""
