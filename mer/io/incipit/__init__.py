"""Plaine & Easie, the code of incipits in library catalogues -> `Reading`.

Imports `mer.io.score.score_part`, which makes a `Reading` of what is written.
"""
