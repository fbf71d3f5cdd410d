"""Melodies and a corpus -> what they share, note for note: runs, stretches, tunes twice over.

Imports the rooms before `mer.search`, and the search itself.
"""
