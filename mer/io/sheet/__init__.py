"""Parts, chord symbols, credits -> what every written file shares: loudness, bars, signs, beams.

Imports `mer.notes`.
"""
