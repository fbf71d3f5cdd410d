"""A query and candidates, as profiles of notes -> which note answers which, and what it costs.

Imports `mer.notes`.
"""
