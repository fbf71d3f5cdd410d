"""MEI, the score format of editions -> the parts of a score.

Imports `mer.notes` and `mer.io.score.score_part`.
"""
