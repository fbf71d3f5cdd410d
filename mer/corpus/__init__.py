"""Tunes <-> columns in one mapped file on disk.

Imports `mer.notes`.
"""
