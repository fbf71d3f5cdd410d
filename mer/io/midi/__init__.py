"""MIDI files <-> melodies.

Imports `mer.notes` and the rest of `mer.io`.
"""
