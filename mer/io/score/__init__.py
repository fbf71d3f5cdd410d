"""MusicXML and Humdrum kern <-> melodies; for chorales, music21 streams -> melodies.

Imports `mer.notes` and the rest of `mer.io`.
"""
