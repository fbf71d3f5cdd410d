"""Columns -> contour: the shape of the pitch curve, as vectors of fixed length.

- Parsons code: counts of up, same, down in runs of one to four steps. Rhythm and the size of steps
  are not heard. Departure from Parsons (1975), who sorts tunes by the code of their first notes:
  the whole code is counted.
- Step curve: the pitch that sounds at 64 equally spaced moments, about its mean (the step contour
  of Juhasz 2000 and of Muellensiefen and Wiggins 2011).
- Cosine shape: its discrete cosine transform, the lowest 20 coefficients without the mean. Slow
  arches come first; what is cut off is ornament (Cheng, Kim and Doshi 1994; Velardo et al. 2016).

References
----------
Parsons, D. (1975). The Directory of Tunes and Musical Themes.
Juhasz, Z. (2000). Contour analysis of Hungarian folk music in a multidimensional metric-space.
Journal of New Music Research 29(1).
Muellensiefen, D. and Wiggins, G. (2011). Polynomial functions as a representation of melodic phrase
contour. Systematic Musicology: Empirical and Theoretical Studies.
Velardo, V., Vallati, M. and Jan, S. (2016). Symbolic melodic similarity: state of the art and
future challenges. Computer Music Journal 40(2).
"""

from __future__ import annotations

import numpy as np

from mer.notes.arrays import Floats
from mer.notes.columns import Columns
from mer.notes.viewpoints import UNDEFINED, contour

LONGEST_RUN = 4
MOMENTS = 64
COEFFICIENTS = 20


def parsons_counts(columns: Columns) -> Floats:
    """Return the counts of all runs of Parsons code, shape (S, 3 + 9 + 27 + 81), square-rooted.

    The square root keeps frequent runs from drowning the others (the cosine of the results is the
    Bhattacharyya coefficient of the counts).

    Examples
    --------
    Two steps, up and down, and one run of both.

    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[60, 64, 62], onset=[0, 480, 960], duration=[480, 480, 480])
    >>> np.flatnonzero(parsons_counts(Columns.from_melodies([tune]))[0]).tolist()
    [0, 2, 9]
    """
    sign, sequence = contour(columns), columns.sequence
    parts = []
    for length in range(1, LONGEST_RUN + 1):
        starts = max(0, len(sign) - length + 1)
        code = np.zeros(starts, dtype=np.int64)
        whole = sequence[:starts] == sequence[length - 1 : length - 1 + starts]
        for place in range(length):
            step = sign[place : place + starts]
            whole &= step != UNDEFINED
            code = 3 * code + step + 1
        cell = sequence[:starts][whole] * 3**length + code[whole]
        counts = np.bincount(cell, minlength=len(columns) * 3**length)
        parts.append(counts.reshape(len(columns), 3**length))
    return np.asarray(np.sqrt(np.concatenate(parts, axis=1)))


def step_curve(columns: Columns) -> Floats:
    """Return the pitch at 64 equally spaced moments, about its mean, shape (S, 64), in semitones.

    The moments divide the time from the first onset to the end of the last note; in a rest, the
    note before it counts.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[60, 64], onset=[0, 480], duration=[480, 480])
    >>> curve = step_curve(Columns.from_melodies([tune]))[0]
    >>> curve[0], curve[31], curve[32], curve[63]
    (np.float64(-2.0), np.float64(-2.0), np.float64(2.0), np.float64(2.0))
    """
    onset = columns.onset.astype(np.int64)
    begin, last = onset[columns.bounds[:-1]], columns.bounds[1:] - 1
    span = onset[last] + columns.duration[last] - begin
    # Sequences are laid end to end, a unit of time each, so that one search serves them all.
    place = columns.sequence + (onset - np.repeat(begin, columns.lengths)) / np.repeat(
        span, columns.lengths
    )
    moments = np.arange(len(columns))[:, None] + (np.arange(MOMENTS) + 0.5) / MOMENTS
    note = np.searchsorted(place, moments, side="right") - 1
    curve = columns.pitch[note].astype(np.float64)
    return np.asarray(curve - curve.mean(axis=1, keepdims=True))


def cosine_shape(columns: Columns) -> Floats:
    """Return the cosine transform of the step curve, shape (S, 20); coefficient 1 comes first.

    Examples
    --------
    A rise is nearly half a period of a cosine, upside down.

    >>> from mer.notes.melody import Melody
    >>> scale = Melody(pitch=[60, 62, 64, 65], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> cosine_shape(Columns.from_melodies([scale]))[0, :3].round(1).tolist()
    [-14.8, -1.8, -0.1]
    """
    return step_curve(columns) @ cosine_waves().T


def cosine_waves() -> Floats:
    """Return the orthonormal waves 1 to 20 of the cosine transform (type II), shape (20, 64)."""
    wave = np.arange(1, COEFFICIENTS + 1)[:, None]
    phase = np.pi / MOMENTS * wave * (np.arange(MOMENTS) + 0.5)
    return np.asarray(np.sqrt(2.0 / MOMENTS) * np.cos(phase))
