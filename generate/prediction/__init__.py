"""prediction: melodies -> how likely each next pitch or duration is, in bits per note.

`MelodyModel` is the way in. What it is made of, from the bottom up: `ngrams` (counts, smoothing),
`notes` and `viewpoints` (what is predicted from what), `memories` (long-term, short-term),
`mixture` (learned weights), `targets` (which experts), `predictor`.
"""

from generate.prediction.melody_model import MelodyModel

__all__ = ["MelodyModel"]
