"""MusicXML, Humdrum and music21 scores <-> melodies; the only room that imports music21.

Imports `mer.notes` and the rest of `mer.io`.
"""
