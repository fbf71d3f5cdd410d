"""A melody or parts -> samples and WAV files.

Imports `mer` only.
"""
