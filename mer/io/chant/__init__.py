"""Chant in Volpiano and GABC -> `Reading`: pitches without rhythm.

Imports `mer.io.reading` and `mer.io.voices`.
"""
