"""A melody and its chords -> what accompanies it: styles, patterns, voicings, a second voice.

Imports the other modules of `generate.harmony` and `mer`.
"""
