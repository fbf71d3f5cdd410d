"""A chain and constraints -> exact draws; knows pitches as symbols and nothing else of music.

Imports `mer.errors` and `mer.notes` only.
"""
