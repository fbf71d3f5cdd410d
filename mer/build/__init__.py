"""Tune books, folders of files -> corpora on disk.

Imports `mer.notes`, `mer.io`, `mer.corpus` and `mer.search`.
"""
