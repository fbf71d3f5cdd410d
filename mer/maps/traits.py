"""Columns -> what a musician would say of each sequence: numbers, and figures that occur in it.

The table `TRAITS` holds the numbers, with the words for more and for less of each. `FIGURES` holds
what may occur: two intervals in a row, and three lengths in a row, as proportions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from mer.embeddings.summary import FEATURES
from mer.notes.arrays import Array, Floats, Ints
from mer.notes.columns import Columns
from mer.notes.names import note_name, step_words
from mer.notes.viewpoints import UNDEFINED, interval, ioi_ratio, scale_degree

Coded = tuple[Ints, Ints]
_WIDEST = 12  # semitones; larger intervals count as an octave
_BASE = 2 * _WIDEST + 1
_LONGEST_RATIO = 16  # in quarter steps of a doubling: sixteen times as long
_RATIOS = 2 * _LONGEST_RATIO + 1
_PLAIN_RATIOS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0)
_DEGREES = ("1", "♭2", "2", "♭3", "3", "4", "♯4", "5", "♭6", "6", "♭7", "7")


class Trait(NamedTuple):
    """A number that describes a sequence.

    Parameters
    ----------
    values
        Columns -> shape (S,).
    more, fewer
        What is said of a group that has more, or less, of it than others.
    shown
        A value -> text with its unit.
    """

    values: Callable[[Columns], Floats]
    more: str
    fewer: str
    shown: Callable[[float], str]


def _ends(columns: Columns) -> tuple[Floats, Floats]:
    pitch: Floats = columns.pitch.astype(np.float64)
    return pitch[columns.bounds[:-1]], pitch[columns.bounds[1:] - 1]


def _rise(columns: Columns) -> Floats:
    first, last = _ends(columns)
    return np.asarray(last - first)


def _arch(columns: Columns) -> Floats:
    first, last = _ends(columns)
    total = np.add.reduceat(columns.pitch.astype(np.float64), columns.bounds[:-1])
    return np.asarray(total / columns.lengths - (first + last) / 2)


def _home(columns: Columns) -> Floats:
    degree = scale_degree(columns)[columns.bounds[1:] - 1]
    return np.asarray(degree == 0, dtype=np.float64)


def _even(columns: Columns) -> Floats:
    ratio = ioi_ratio(columns)
    same = np.add.reduceat((ratio == 0).astype(np.float64), columns.bounds[:-1])
    return np.asarray(same / np.maximum(columns.lengths - 1, 1))


def _last_length(columns: Columns) -> Floats:
    total = np.add.reduceat(columns.duration.astype(np.float64), columns.bounds[:-1])
    return np.asarray(
        columns.duration[columns.bounds[1:] - 1] * columns.lengths / np.maximum(total, 1.0)
    )


def _notes(columns: Columns) -> Floats:
    return np.asarray(columns.lengths, dtype=np.float64)


def _semitones(value: float) -> str:
    return f"{value:.1f} semitones"


def _percent(value: float) -> str:
    return f"{value:.0%}"


TRAITS: tuple[Trait, ...] = (
    Trait(_notes, "more notes", "fewer notes", lambda v: f"{v:.1f} notes"),
    Trait(
        FEATURES["notes per quarter"],
        "faster notes",
        "slower notes",
        lambda v: f"{v:.1f} a quarter",
    ),
    Trait(
        FEATURES["range (semitones)"],
        "a wider range",
        "a narrower range",
        _semitones,
    ),
    Trait(
        FEATURES["mean size of interval (semitones)"],
        "larger steps from note to note",
        "smaller steps from note to note",
        _semitones,
    ),
    Trait(FEATURES["share of leaps"], "more leaps", "fewer leaps", _percent),
    Trait(
        FEATURES["share of repeated notes"],
        "more repeated notes",
        "fewer repeated notes",
        _percent,
    ),
    Trait(
        FEATURES["pitch classes"],
        "more different notes of the scale",
        "fewer different notes of the scale",
        lambda v: f"{v:.1f} notes",
    ),
    Trait(
        FEATURES["mean pitch (MIDI number)"],
        "a higher register",
        "a lower register",
        lambda v: note_name(round(v)),
    ),
    Trait(_rise, "a rise from first note to last", "a fall from first note to last", _semitones),
    Trait(
        _arch,
        "an arch: the middle lies above the ends",
        "a valley: the middle lies below the ends",
        _semitones,
    ),
    Trait(
        _even,
        "a more even rhythm",
        "a more uneven rhythm",
        lambda v: f"{v:.0%} as long as the note before",
    ),
    Trait(
        _last_length,
        "a longer last note",
        "a shorter last note",
        lambda v: f"{v:.1f} times the mean",
    ),
    Trait(_home, "more often an end on the tonic", "less often an end on the tonic", _percent),
)


def _in_a_row(columns: Columns, values: Array, length: int, *, base: int) -> Coded:
    """Return the runs of `length` values, none of them undefined, as numbers in one base."""
    starts = max(0, len(values) - length + 1)
    sequence = columns.sequence
    whole = sequence[:starts] == sequence[length - 1 : length - 1 + starts]
    code = np.zeros(starts, dtype=np.int64)
    for place in range(length):
        value = values[place : place + starts]
        whole = whole & (value != UNDEFINED)
        code = code * base + np.where(value == UNDEFINED, 0, value)
    return code[whole], sequence[:starts][whole]


def _clipped(values: Array, widest: int) -> Array:
    moved = np.clip(values, -widest, widest) + widest
    return np.where(values == UNDEFINED, UNDEFINED, moved)


def _intervals(columns: Columns) -> Coded:
    return _in_a_row(columns, _clipped(interval(columns), _WIDEST), 2, base=_BASE)


def _lengths(columns: Columns) -> Coded:
    return _in_a_row(columns, _clipped(ioi_ratio(columns), _LONGEST_RATIO), 2, base=_RATIOS)


def _degrees(columns: Columns) -> Coded:
    return _in_a_row(columns, scale_degree(columns), 3, base=12)


def _interval_words(code: int) -> str:
    first, second = (step - _WIDEST for step in divmod(code, _BASE))
    return f"{step_words(first)}, then {step_words(second)}"


def _length_words(code: int) -> str:
    first, second = (step - _LONGEST_RATIO for step in divmod(code, _RATIOS))
    lengths = np.exp2(np.cumsum([0, first, second]) / 4)
    lengths /= lengths.min()
    if np.ptp(lengths) < 0.1:
        return "three notes of one length"
    return f"three lengths as {' : '.join(map(_ratio_words, lengths.tolist()))}"


def _ratio_words(ratio: float) -> str:
    # The ratio was rounded to quarter steps of a doubling: 2.8 was a 3.
    near = min(_PLAIN_RATIOS, key=lambda plain: abs(np.log2(ratio / plain)))
    shown = near if abs(np.log2(ratio / near)) < 0.1 else ratio
    return f"{shown:.1f}".removesuffix(".0")


def _degree_words(code: int) -> str:
    degrees = (_DEGREES[code // 144], _DEGREES[code // 12 % 12], _DEGREES[code % 12])
    return f"scale degrees {' '.join(degrees)}"


# Name -> columns to (figure, sequence), shapes (figures,).
FIGURES: dict[str, Callable[[Columns], Coded]] = {
    "intervals": _intervals,
    "scale degrees": _degrees,
    "rhythm": _lengths,
}
_WORDS: dict[str, Callable[[int], str]] = {
    "intervals": _interval_words,
    "scale degrees": _degree_words,
    "rhythm": _length_words,
}


def figure_words(kind: str, code: int) -> str:
    """Return how a figure of one of the kinds in `FIGURES` goes.

    Examples
    --------
    >>> figure_words("scale degrees", 7 * 144 + 4 * 12)
    'scale degrees 5 3 1'
    """
    return _WORDS[kind](code)
