"""Melodies -> how likely each next pitch or duration is, in bits per note.

`MelodyModel` is the way in. What it is made of, from the bottom up: `counts` (n-grams and their
smoothing), `notes` and `views` (what is predicted from what), `memory` (long-term, short-term),
`mixture` (learned weights), `experts` (which of them), `predictor`.

Imports `mer` only.
"""

from generate.prediction.melody_model import MelodyModel

__all__ = ["MelodyModel"]
