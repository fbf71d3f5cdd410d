"""`Sheet` or notes -> the bytes of a MIDI file, with what is written beside what is played.

Imports `mer.io.sheet` and `mer.io.reading`.
"""
