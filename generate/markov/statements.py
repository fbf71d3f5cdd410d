"""Motif + sections -> statements: the motif, whole or varied, at its planned places.

How far a variation lies from the motif is measured (`distance`), and each prime of the plan asks
for a fifth more. A statement leaves room for the ending of its section.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

import numpy as np

from generate.piece.composition import Composition, Fragment, Return
from generate.piece.degrees import to_degrees
from generate.piece.operators import invert, ornament, thin, transpose_diatonic, varied
from generate.plan.form import CLOSED, OPEN, RUNS_ON, Section
from generate.plan.frame import Frame
from mer.errors import InputError
from mer.notes.key import Key
from mer.notes.melody import Melody

EXACT, NEW_ENDING = "exact", "new ending"
_DISTANCE_OF_A_PRIME = 0.2
_TOLERANCE = 0.15
_STEPS = (1, -1, 2, -2, 3, -3)
_MOVED_COST = 0.1
_FEWEST = 3
_SHORTEST_NOTE = 120
_ORDINARY_LEAP = 12
# How many of the returns are left out, by looseness: of letters that come again as they were, and
# of those with a prime, which go first.
FEWER = 3
_LEFT_OUT = {FEWER: (0.0, 1.0), 4: (0.5, 1.0), 5: (1.0, 1.0)}


class Statement(NamedTuple):
    """The motif at one of its planned places.

    Parameters
    ----------
    section
        The section that it opens.
    start
        Tick at which it begins.
    fragment
        Its notes; they cite the motif.
    whole
        How many notes of the motif it states: the first ones.
    variation
        What was done to it: ``"exact"``, ``"new ending"`` or an operator
        (`generate.piece.operators`).
    distance
        From the motif as far as it is stated, 0 to 1.
    """

    section: Section
    start: int
    fragment: Fragment
    whole: int
    variation: str
    distance: float

    @property
    def end(self) -> int:
        """The tick at which its last note ends."""
        return self.start + int(self.fragment.melody.end[-1])


def distance(motif: Melody, other: Melody, key: Key) -> float:
    """Return how far a variation lies from a motif, 0 to 1.

    The two are laid over each other and compared in scale degrees at every moment: the share of
    the time in which they differ, after the shift by which they differ least, and a tenth more if
    that is not 0.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 64, 60], onset=[0, 1, 2, 3], duration=[1, 1, 1, 1])
    >>> higher = Melody(pitch=[62, 64, 65, 60], onset=[0, 1, 2, 3], duration=[1, 1, 1, 1])
    >>> distance(tune, tune, Key(0)), round(distance(tune, higher, Key(0)), 2)
    (0.0, 0.35)
    """
    both = np.concatenate([motif.onset, motif.end, other.onset, other.end])
    edges = np.array(sorted(set(both.tolist())))
    lengths = np.diff(edges)
    sounding = []
    for melody in (motif, other):
        note = np.searchsorted(melody.onset, edges[:-1], side="right") - 1
        degree, alteration = to_degrees(melody.pitch, key)
        value = 2.0 * degree + np.minimum(alteration, 1)
        sounding.append(np.where(melody.end[note] > edges[:-1], value[note], np.nan))
    first, second = sounding
    both_rest = np.isnan(first) & np.isnan(second)
    apart = second - first
    shifts = np.array(sorted(set(apart[~np.isnan(apart)].tolist())))
    if not len(shifts):
        return 1.0
    total = float(lengths[~both_rest].sum())
    agree = np.array([lengths[second - first == shift].sum() for shift in shifts]) / total
    far = 1.0 - agree + _MOVED_COST * (shifts != 0)
    return float(min(far.min(), 1.0))


def place_statements(
    frame: Frame, theme: Fragment, rng: np.random.Generator, *, loose: int = 0
) -> tuple[Statement, ...]:
    """Return the statements of the motif, in order of time; none if it does not open the piece.

    The first is the motif itself. Sections of the motif's letter in which not even three of its
    notes fit have none.

    Parameters
    ----------
    loose
        1 or 2 to vary the returns by new endings only, so that new notes stand between statements;
        3 to leave out the returns with a prime besides; 4 to leave out half of the others as well;
        5 to leave out all of them.
    """
    if frame.opening is None:
        return ()
    letter = frame.sections[0].letter
    found: list[Statement] = []
    for section in frame.sections:
        if section.letter != letter:
            continue
        head = frame.opening if not found else _head(frame, section)
        if head is None:
            continue
        start = section.start * frame.bar_ticks
        if found and found[-1].end > start:
            continue
        skipped = _LEFT_OUT.get(loose, (0.0, 0.0))[min(section.primes, 1)]
        if found and rng.random() < skipped:
            continue
        fragment, name = head, EXACT
        if loose and found:
            # Any number of notes may be the one after which the motif leads to no copy.
            notes = int(rng.integers(min(_FEWEST, len(head)), len(head) + 1))
            if notes < len(head):
                fragment, name = head.head(notes), NEW_ENDING
        elif found and section.primes:
            fragment, name = _varied(head, section.primes, frame, theme, rng)
        far = distance(head.melody, fragment.melody, frame.key) if name != EXACT else 0.0
        found.append(Statement(section, start, fragment, len(head), name, round(far, 4)))
    return tuple(found)


def not_restated(frame: Frame, statements: Sequence[Statement]) -> tuple[str, ...]:
    """Return a remark on the sections of the motif's letter that do without it; () for none."""
    stated = {statement.section for statement in statements}
    letter = frame.sections[0].letter
    lacking = [one for one in frame.sections if one.letter == letter and one not in stated]
    if not statements or not lacking:
        return ()
    names = " and ".join(f"{one.name} (bar {one.start + 1})" for one in lacking)
    return (f"the motif does not come again in {names}: no room, or the piece would copy a tune",)


def exact_returns(piece: Composition, frame: Frame) -> tuple[Return, ...]:
    """Return where the opening of a piece stands, and where its first notes come again.

    They stand at the same place in a bar, at the same height, and are three or more.
    """
    if frame.opening is None:
        return ()
    first = piece.sources[0]
    own = [(source.note, source.transposition, source.is_statement) for source in piece.sources]
    found = []
    for start in range(len(own)):
        onset = int(piece.melody.onset[start] - frame.opening.melody.onset[0])
        notes = 0
        while start + notes < len(own) and notes < len(frame.opening):
            if own[start + notes] != own[notes] or not own[notes][2]:
                break
            notes += 1
        if onset % frame.bar_ticks == 0 and (notes >= _FEWEST or start == 0):
            bar = onset // frame.bar_ticks + 1
            found.append(Return("A", bar, start, notes, notes, first.transposition, EXACT, 0.0))
    return tuple(found)


def _head(frame: Frame, section: Section) -> Fragment | None:
    """Return the notes of the opening that leave room for the ending of a section."""
    assert frame.opening is not None
    bar = frame.bar_ticks
    # An ending takes the last bar of its section, or less where that leaves too little.
    endings = {RUNS_ON: (0,), OPEN: (bar, bar // 2, 0), CLOSED: (bar, bar // 2, frame.beat_ticks)}
    for free in endings[section.ending]:
        limit = frame.pickup + section.bars * bar - free
        if section.stop < frame.bars:  # the next section may begin with a pick-up
            limit = min(limit, section.bars * bar)
        notes = int(np.searchsorted(frame.opening.melody.end, limit, side="right"))
        if notes >= _FEWEST:
            return frame.opening.head(notes)
    return None


def _varied(
    head: Fragment, primes: int, frame: Frame, theme: Fragment, rng: np.random.Generator
) -> tuple[Fragment, str]:
    """Return a variation whose distance is about that which the primes ask for.

    Kinds of variation are tried in random order; if none is near enough, the nearest is taken.
    """
    nearest, best = np.inf, (head, EXACT)
    names = list(_VARIATIONS)
    for place in rng.permutation(len(names)).tolist():
        for fragment in _VARIATIONS[names[place]](head, frame.key, rng):
            if not _usable(fragment, head, frame, theme):
                continue
            far = distance(head.melody, fragment.melody, frame.key)
            off = abs(far - primes * _DISTANCE_OF_A_PRIME)
            if far > 0 and off < nearest:
                nearest, best = off, (fragment, names[place])
            if nearest <= _TOLERANCE:
                return best
    return best


def _usable(fragment: Fragment, head: Fragment, frame: Frame, theme: Fragment) -> bool:
    """Return whether a variation can stand in the piece: scale, range, leaps, short notes."""
    pitch, own = fragment.melody.pitch, theme.melody
    shortest = min(_SHORTEST_NOTE, int(own.duration.min()))
    classes = {*frame.scale, *(own.pitch % 12).tolist()}
    return (
        frame.low <= int(pitch.min())
        and int(pitch.max()) <= frame.high
        and int(fragment.melody.duration.min()) >= shortest
        and int(np.abs(np.diff(pitch)).max(initial=0)) <= _ORDINARY_LEAP
        and _repeats(fragment) <= _repeats(head)
        and classes.issuperset((pitch % 12).tolist())
    )


def _repeats(fragment: Fragment) -> int:
    """Return how many notes repeat the one before."""
    return int((np.diff(fragment.melody.pitch) == 0).sum())


def _moved(head: Fragment, key: Key, rng: np.random.Generator) -> Iterator[Fragment]:
    for place in rng.permutation(len(_STEPS)).tolist():
        with suppress(InputError):  # beyond the MIDI range
            moved = transpose_diatonic(head.melody, key, _STEPS[place])
            yield varied(head, "diatonic transposition", moved)


def _ornamented(head: Fragment, key: Key, rng: np.random.Generator) -> Iterator[Fragment]:
    for share in (0.4, 0.9):
        yield varied(head, "ornament", ornament(head.melody, key, rng, share=share))


def _thinned(head: Fragment, key: Key, rng: np.random.Generator) -> Iterator[Fragment]:
    yield varied(head, "thinning", thin(head.melody))


def _inverted(head: Fragment, key: Key, rng: np.random.Generator) -> Iterator[Fragment]:
    with suppress(InputError):
        yield varied(head, "inversion", invert(head.melody, key))


def _cut(head: Fragment, key: Key, rng: np.random.Generator) -> Iterator[Fragment]:
    notes = -(-2 * len(head) // 3)
    if _FEWEST <= notes < len(head):
        yield head.head(notes)


_VARIATIONS: dict[str, Callable[[Fragment, Key, np.random.Generator], Iterator[Fragment]]] = {
    "diatonic transposition": _moved,
    "ornament": _ornamented,
    "thinning": _thinned,
    "inversion": _inverted,
    NEW_ENDING: _cut,
}
