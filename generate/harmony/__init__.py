"""A melody -> chords and an accompaniment under it, played.

Imports `piece`, `sound` and `mer`.
"""
