"""A melody -> chords and an accompaniment under it.

Imports `mer` only.
"""
