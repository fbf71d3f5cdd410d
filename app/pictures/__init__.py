"""Melodies, matches and figures -> HTML and SVG that several pages share.

Imports `mer` and `generate`; knows nothing of pages.
"""
