"""A melody or parts -> how they are played, samples and WAV files.

Imports `mer` only.
"""
