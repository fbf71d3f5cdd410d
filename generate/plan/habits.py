"""Neighbours + corpus -> `Chain`: how the pitches of a piece follow each other.

n-grams of up to four notes are counted in the motif and in the neighbours' tunes, in the key of the
piece, each tune weighted by its similarity. Each order is smoothed by the one below it (Dirichlet
prior, MacKay and Peto 1995), and the lowest orders by what the corpus does on the same scale
degrees. So the neighbours decide what is likely, and the corpus what is possible.

References
----------
MacKay, D. and Peto, L. (1995). A hierarchical Dirichlet language model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from generate.piece.degrees import in_scale
from generate.plan.frame import Frame
from generate.plan.material import Neighbour
from generate.sampling.chain import Chain
from mer.notes.arrays import Floats, Ints
from mer.notes.columns import Columns
from mer.notes.key import MODE_SCALES, MODES
from mer.notes.melody import Melody

ORDER = 3
# Tables grow with the fourth power of the alphabet: over more than four octaves, one note less is
# looked back on.
_LARGEST_ALPHABET = 30
# How many weighted events the order below is worth.
PRIOR = (4.0, 4.0, 3.0, 2.0)
# What the motif itself counts beside the nearest neighbour.
MOTIF_WEIGHT = 2.0
# Of what is below two notes so much is one note; the rest is two steps in the corpus.
LOWER_SHARE = 0.5
# How many steps of the corpus chance is worth, and how many pairs of steps a single step.
CHANCE, ONE_STEP = 2.0, 4.0
LARGEST_LEAP = 12
# Wider leaps than a fourth are made rarer than they are in instrumental tunes, per semitone.
_EASY_LEAP, _LEAP_DECAY = 5, 0.05
_INTERVALS = 2 * LARGEST_LEAP + 1
# Leaps of a seventh are rarer still, and after any leap wider than a sixth a turn back is likelier.
_SEVENTHS, _SEVENTH_EASE = (10, 11), 0.6
_WIDE_LEAP, _UNRECOVERED = 9, 0.3
# A pitch heard twice comes a third time this much less often, unless the motif insists too.
_INSISTENCE = 0.25
_BARELY = 1e-6
# How often an interval has to be heard to count by itself, about.
_SELDOM = 50.0
# Tunes from which the habits of the corpus are counted: more make no audible difference.
_SAMPLED_TUNES = 800
_ENOUGH_TUNES = 100  # with fewer of known key, the keys of the others are guessed
_MAJOR_THIRD, _MINOR_THIRD = 4, 3


class Habits(NamedTuple):
    """What the corpus does, relative to the tonic.

    Parameters
    ----------
    step
        Shape (12, 25): weight of each interval (-12 to 12) from each degree (semitones).
    two_steps
        Shape (12, 25, 25): the same after the interval that led to the degree.
    stress
        Shape (12,): how much more often each degree stands on a downbeat than elsewhere.
    arrival
        Shape (25,): how much more often each interval (-12 to 12) leads to a closing tonic than to
        others.
    notes
        The columns that were counted.
    tunes
        Shape (sampled tunes,): their numbers in the corpus.
    owner, tonic
        Shape (notes counted,): position in `tunes`, and tonic, of each note.
    third
        Semitones of the third above the tonic that these tunes have: 4 or 3.
    """

    step: Floats
    two_steps: Floats
    stress: Floats
    arrival: Floats
    notes: Columns
    tunes: Ints
    owner: Ints
    tonic: Ints
    third: int


def habits(columns: Columns, mode: str) -> Habits:
    """Return the habits of up to 800 tunes whose third is that of `mode`."""
    tunes = _similar_tunes(columns, mode)
    if len(tunes) < _ENOUGH_TUNES:
        columns = _with_keys(columns)
        tunes = _similar_tunes(columns, mode)
    columns = columns.take(tunes)
    tonic = np.repeat(columns.tonic, columns.lengths)
    degree = (columns.pitch.astype(np.int64) - tonic) % 12
    interval = np.zeros(len(degree), dtype=np.int64)
    interval[1:] = np.diff(columns.pitch.astype(np.int64)) + LARGEST_LEAP
    possible = (interval >= 0) & (interval < _INTERVALS) & ~columns.is_first
    one = np.flatnonzero(possible)
    step = np.bincount(degree[one - 1] * _INTERVALS + interval[one], minlength=12 * _INTERVALS)
    two = one[possible[one - 1]]
    code = (degree[two - 1] * _INTERVALS + interval[two - 1]) * _INTERVALS + interval[two]
    two_steps = np.bincount(code, minlength=12 * _INTERVALS**2)
    usual = np.bincount(degree, minlength=12).astype(np.float64) + 12.0
    position = columns.onset - np.repeat(columns.downbeat, columns.lengths)
    on_downbeat = position % np.repeat(columns.bar_ticks, columns.lengths) == 0
    last = columns.bounds[1:][columns.lengths > 1] - 1
    closes = np.zeros(len(degree), dtype=bool)
    closes[last] = True
    to_tonic = possible & (degree == 0)
    return Habits(
        step=step.reshape(12, _INTERVALS).astype(np.float64),
        two_steps=two_steps.reshape(12, _INTERVALS, _INTERVALS).astype(np.float64),
        stress=_ratio(np.bincount(degree[on_downbeat], minlength=12), usual),
        arrival=_arrival(interval[to_tonic & closes], interval[to_tonic & ~closes]),
        notes=columns,
        tunes=tunes,
        owner=columns.sequence,
        tonic=tonic,
        third=_third(mode),
    )


def _arrival(closing: Ints, other: Ints) -> Floats:
    """Return how much likelier intervals are to lead to closing tonics than to others.

    Parameters
    ----------
    closing, other
        Intervals from 0, an octave down, to 24 that lead to closing tonics, and to others.
    """
    closes, usual = (np.bincount(found, minlength=_INTERVALS) + 1.0 for found in (closing, other))
    # What was seldom heard counts as steps, or as leaps, do together.
    leaps = np.abs(np.arange(_INTERVALS) - LARGEST_LEAP) >= _EASY_LEAP
    kind = np.where(leaps, *(closes[of].sum() / usual[of].sum() for of in (leaps, ~leaps)))
    share = (closes + _SELDOM * kind) / (usual + _SELDOM)
    ratio: Floats = share * usual.sum() / closes.sum()
    return ratio


def _with_keys(columns: Columns) -> Columns:
    """Return the columns, unknown keys guessed: tonic = last note, mode = the commoner third."""
    unknown = columns.tonic < 0
    if not unknown.any():
        return columns
    tonic = np.where(unknown, columns.pitch[columns.bounds[1:] - 1] % 12, columns.tonic)
    degree = (columns.pitch.astype(np.int64) - np.repeat(tonic, columns.lengths)) % 12
    thirds = [
        np.bincount(columns.sequence, weights=degree == third, minlength=len(columns))
        for third in (_MAJOR_THIRD, _MINOR_THIRD)
    ]
    guess = np.where(thirds[0] >= thirds[1], MODES.index("major"), MODES.index("minor"))
    return replace(
        columns,
        tonic=tonic.astype(np.int8),
        mode=np.where(unknown, guess, columns.mode).astype(np.int8),
    )


def _third(mode: str) -> int:
    return _MAJOR_THIRD if _MAJOR_THIRD in MODE_SCALES[mode] else _MINOR_THIRD


def _similar_tunes(columns: Columns, mode: str) -> Ints:
    third = _third(mode)
    alike = [number for number, name in enumerate(MODES) if third in MODE_SCALES[name]]
    tunes = np.flatnonzero((columns.tonic >= 0) & np.isin(columns.mode, alike))
    return spread(tunes, _SAMPLED_TUNES)


def spread(numbers: Ints, most: int) -> Ints:
    """Return at most so many of the numbers, from the first to the last and evenly between.

    Examples
    --------
    >>> spread(np.arange(7), 3).tolist(), spread(np.arange(2), 3).tolist()
    ([0, 3, 6], [0, 1])
    """
    if len(numbers) <= most:
        return numbers
    return numbers[np.rint(np.linspace(0, len(numbers) - 1, most)).astype(np.int64)]


def _ratio(part: Ints, whole: Floats) -> Floats:
    smoothed = part + 2.0
    ratio: Floats = (smoothed / smoothed.sum()) / (whole / whole.sum())
    return ratio


def alphabet(frame: Frame) -> Ints:
    """Return the pitches that a piece may use: the scale in range, and the motif's own."""
    pitches = np.arange(frame.low, frame.high + 1)
    pitches = pitches[in_scale(pitches, frame.key)]
    own = [] if frame.opening is None else frame.opening.melody.pitch.tolist()
    return np.array(sorted({*pitches.tolist(), *own}))


def build_chain(
    symbols: Ints, frame: Frame, theme: Melody, neighbours: Sequence[Neighbour], known: Habits
) -> Chain:
    """Return the chain over the alphabet `symbols`, shape (pitches,)."""
    longest = longest_order(symbols)
    counts = [np.zeros((len(symbols),) * (order + 1)) for order in range(longest + 1)]
    _count(counts, symbols, theme.pitch, MOTIF_WEIGHT)
    for neighbour in neighbours:
        _count(counts, symbols, neighbour.pitch, neighbour.weight)
    corpus_one, corpus_two = _corpus_tables(symbols, frame.key.tonic, known)
    flat = np.full(len(symbols), 1.0 / len(symbols))
    tables = [_smoothed(counts[0], flat, PRIOR[0])]
    tables.append(_smoothed(counts[1], corpus_one, PRIOR[1]))
    tables.append(
        _smoothed(counts[2], LOWER_SHARE * tables[1] + (1.0 - LOWER_SHARE) * corpus_two, PRIOR[2])
    )
    for order in range(3, longest + 1):
        tables.append(_smoothed(counts[order], tables[-1], PRIOR[order]))
    move = symbols[None, :] - symbols[:, None]
    ease = np.exp(-_LEAP_DECAY * np.maximum(np.abs(move) - _EASY_LEAP, 0))
    ease[np.isin(np.abs(move), _SEVENTHS)] *= _SEVENTH_EASE
    on = np.sign(move)[:, :, None] * np.sign(move)[None, :, :] >= 0
    on &= (np.abs(move) > _WIDE_LEAP)[:, :, None]
    for table in tables[2:]:
        table *= np.where(on, _UNRECOVERED, 1.0)
    if not _insists(theme.pitch):
        same = np.arange(len(symbols))
        for table in tables[2:]:
            table[..., same, same, same] *= _INSISTENCE
    return Chain((tables[0], *(_normalised(table * ease) for table in tables[1:])))


def longest_order(symbols: Ints) -> int:
    """Return how many notes the chain over an alphabet looks back."""
    return ORDER if len(symbols) <= _LARGEST_ALPHABET else ORDER - 1


def with_joins(chain: Chain, joins: Iterable[tuple[int, int]]) -> Chain:
    """Return the chain with some successions made possible, if barely, where they are not.

    Whatever stands between notes that are fixed has to be possible, a leap of two octaves too.
    """
    lacking = [join for join in joins if chain.order and (chain.tables[-1][..., *join] == 0).any()]
    if not lacking:
        return chain
    tables = [table.copy() for table in chain.tables]
    for first, second in lacking:
        for table in tables[1:]:
            table[..., first, second] = np.maximum(table[..., first, second], _BARELY)
    return Chain(tuple(tables))


def _insists(pitch: Ints) -> bool:
    """Return whether a pitch is heard three times in a row."""
    return bool(((pitch[2:] == pitch[1:-1]) & (pitch[1:-1] == pitch[:-2])).any())


def _count(counts: list[Floats], symbols: Ints, pitch: Ints, weight: float) -> None:
    place = np.searchsorted(symbols, pitch)
    place = np.where(symbols[np.minimum(place, len(symbols) - 1)] == pitch, place, -1)
    for order, table in enumerate(counts):
        grams = (
            np.lib.stride_tricks.sliding_window_view(place, order + 1)
            if order < len(place)
            else np.zeros((0, order + 1), dtype=np.int64)
        )
        grams = grams[(grams >= 0).all(axis=1)]
        np.add.at(table, tuple(grams.T), weight)


def _smoothed(counts: Floats, below: Floats, prior: float) -> Floats:
    """Return (counts + prior * below) / total."""
    return _normalised(counts + prior * below)


def _normalised(table: Floats) -> Floats:
    total = table.sum(axis=-1, keepdims=True)
    scaled: Floats = table / np.where(total > 0, total, 1.0)
    return scaled


def _corpus_tables(symbols: Ints, tonic: int, known: Habits) -> tuple[Floats, Floats]:
    degree = (symbols - tonic) % 12
    move = symbols[None, :] - symbols[:, None]
    near = np.abs(move) <= LARGEST_LEAP
    code = np.clip(move, -LARGEST_LEAP, LARGEST_LEAP) + LARGEST_LEAP
    one = _smoothed(known.step[degree[:, None], code] * near, near / len(symbols), CHANCE)
    # A pitch that the scale of the piece has and the sampled tunes have not still gets a share.
    two = known.two_steps[degree[:, None, None], code[:, :, None], code[None, :, :]]
    two = two * (near[:, :, None] & near[None, :, :])
    return one, _smoothed(two, np.broadcast_to(one, two.shape), ONE_STEP)
