"""A group of sequences among others -> what sets it apart, in the words of a musician.

Three kinds of things are compared: numbers (how large steps are, how fast notes follow), kinds
(metre, mode, collection), and figures that occur or not (three intervals in a row, a rhythm).
Numbers are compared by Cohen's d, shares by Cohen's h; for both, .2 is a small difference, .5 a
medium and .8 a large one (Cohen 1988). Shares are taken with half a sequence added to each side, so
that a figure that never occurs elsewhere does not count infinitely.

References
----------
Cohen, J. (1988). Statistical Power Analysis for the Behavioral Sciences.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mer.errors import InputError
from mer.maps.traits import FIGURES, TRAITS, Trait, figure_words
from mer.notes.arrays import Flags, Floats, Ints
from mer.notes.columns import Columns
from mer.notes.key import MODES
from mer.notes.names import counted

FEWEST = 3
_LEAST_EFFECT, _CLEAR_EFFECT = 0.2, 0.5
_MIXED = "a mixed lot"
_RAREST = 0.1  # a figure that fewer of the group have says little about it
_MOST_FIGURES = 3  # of a kind: those that follow mostly overlap with the first


@dataclass(frozen=True)
class Contrast:
    """One thing in which a group differs from the others.

    Parameters
    ----------
    words
        What is different about the group.
    group, others
        The figure for the group and for the rest, with their unit, to be shown.
    effect
        Cohen's d or h; positive where the group has more.
    kind
        ``"number"``, ``"kind"`` or the name of a kind of figure.
    """

    words: str
    group: str
    others: str
    effect: float
    kind: str

    @property
    def strength(self) -> str:
        """The size of the effect in a word."""
        size = abs(self.effect)
        return "large" if size >= 0.8 else "medium" if size >= 0.5 else "small"


class _Held(NamedTuple):
    """A kind of figure, the figures of it, and which of them (by place) which sequences have."""

    name: str
    known: Ints
    code: Ints
    sequence: Ints


def differences(
    columns: Columns,
    group: Flags,
    *,
    kinds: Mapping[str, Sequence[str]] | None = None,
    most: int = 8,
) -> list[Contrast]:
    """Return what sets a group of sequences apart from the others, largest effect first.

    Parameters
    ----------
    columns
        All sequences.
    group
        Shape (S,): which of them are in the group.
    kinds
        Further kinds: name -> the kind of each sequence, such as its collection.
    most
        How many are returned at most; of one kind of figure, at most three.

    Raises
    ------
    InputError
        If fewer than three sequences are in the group, or outside it.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> beat = {"onset": [0, 480, 960], "duration": [480] * 3}
    >>> steps = [Melody(pitch=[60 + n, 62 + n, 63 + n], **beat) for n in range(3)]
    >>> leaps = [Melody(pitch=[60 + n, 67 + n, 62 + n], **beat) for n in range(3)]
    >>> found = differences(Columns.from_melodies([*steps, *leaps]), np.arange(6) < 3)
    >>> "smaller steps from note to note" in [item.words for item in found]
    True
    """
    inside = int(group.sum())
    for count, where in ((inside, "in"), (len(group) - inside, "outside")):
        if count < FEWEST:
            held = f"{counted(count, 'phrase')} {'is' if count == 1 else 'are'} {where}"
            raise InputError(f"{held} the group; at least {FEWEST} are needed")
    found = [
        *_numbers(_trait_values(columns), group),
        *_kinds(columns, group, kinds or {}),
        *_figures(_held(columns), group),
    ]
    notable = [item for item in found if abs(item.effect) >= _LEAST_EFFECT]
    return _varied(sorted(notable, key=lambda item: -abs(item.effect)), most)


def group_names(columns: Columns, group_of: Ints, *, most: int = 2) -> list[str]:
    """Return a name for each group of sequences: what sets it apart from the others.

    A group that nothing sets apart, or that is too small to tell, is "a mixed lot"; where two would
    have one name, the later says more.

    Parameters
    ----------
    columns
        All sequences.
    group_of
        Shape (S,): the group of each, from 0.
    most
        How many traits are named.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> beat = {"onset": [0, 480, 960], "duration": [480] * 3}
    >>> steps = [Melody(pitch=[60 + n, 62 + n, 63 + n], **beat) for n in range(3)]
    >>> leaps = [Melody(pitch=[60 + n, 67 + n, 62 + n], **beat) for n in range(3)]
    >>> columns = Columns.from_melodies([*steps, *leaps])
    >>> group_names(columns, np.array([0, 0, 0, 1, 1, 1]), most=1)
    ['a narrower range', 'a wider range']
    """
    values, held = _trait_values(columns), _held(columns)
    names: list[str] = []
    for number in range(int(group_of.max(initial=-1)) + 1):
        group = group_of == number
        if min(group.sum(), (~group).sum()) < FEWEST:
            names.append(_MIXED)
            continue
        found = [*_numbers(values, group), *_figures(held, group)]
        ranked = sorted(found, key=lambda item: -abs(item.effect))
        # One figure of a kind: others of it are often the same notes.
        firsts = [
            item
            for place, item in enumerate(ranked)
            if abs(item.effect) >= _CLEAR_EFFECT
            and (item.kind not in FIGURES or item.kind not in {one.kind for one in ranked[:place]})
        ]
        words = [item.words for item in firsts]
        count = most
        while " · ".join(words[:count]) in names and count < len(words):
            count += 1
        names.append(" · ".join(words[:count]) or _MIXED)
    return names


def _varied(ranked: list[Contrast], most: int) -> list[Contrast]:
    chosen: list[Contrast] = []
    for item in ranked:
        of_kind = sum(other.kind == item.kind for other in chosen)
        if item.kind not in FIGURES or of_kind < _MOST_FIGURES:
            chosen.append(item)
    return chosen[:most]


def _trait_values(columns: Columns) -> list[tuple[Trait, Floats]]:
    return [(trait, trait.values(columns)) for trait in TRAITS]


def _numbers(measured: Sequence[tuple[Trait, Floats]], group: Flags) -> Iterator[Contrast]:
    for trait, values in measured:
        mine, theirs = values[group], values[~group]
        spread = np.sqrt(
            ((len(mine) - 1) * _variance(mine) + (len(theirs) - 1) * _variance(theirs))
            / (len(values) - 2)
        )
        gap = float(mine.mean() - theirs.mean())
        if abs(gap) > 1e-9:
            # Groups without any spread of their own are as different as can be told.
            effect = float(np.clip(gap / max(spread, 1e-9), -9.9, 9.9))
            yield _difference(trait, float(mine.mean()), float(theirs.mean()), effect)


def _difference(trait: Trait, mine: float, theirs: float, effect: float) -> Contrast:
    words = trait.more if effect > 0 else trait.fewer
    return Contrast(words, trait.shown(mine), trait.shown(theirs), effect, "number")


def _variance(values: Floats) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0


def _kinds(
    columns: Columns, group: Flags, further: Mapping[str, Sequence[str]]
) -> Iterator[Contrast]:
    metres = [f"{a}/{b}" if b else "no known metre" for a, b in columns.meter.tolist()]
    modes = [MODES[code] if code >= 0 else "no known mode" for code in columns.mode.tolist()]
    for kinds in (metres, modes, *further.values()):
        told, code = np.unique(np.asarray(kinds, dtype=object), return_inverse=True)
        mine = np.bincount(code[group], minlength=len(told))
        theirs = np.bincount(code[~group], minlength=len(told))
        if (mine * theirs == 0).all() and np.count_nonzero(mine) == 1:
            continue  # the group was chosen by this very kind: there is nothing to learn from it
        for number, kind in enumerate(told.tolist()):
            yield _share(f"more often {kind}", mine[number], theirs[number], group, "kind")


def _held(columns: Columns) -> list[_Held]:
    """Return which figures which sequences have, kind by kind."""
    found = []
    for name, figures in FIGURES.items():
        # A sequence counts once for a figure, however often it has it.
        held = np.unique(np.stack(figures(columns)), axis=1)
        known, code = np.unique(held[0], return_inverse=True)
        found.append(_Held(name, known, code, held[1]))
    return found


def _figures(kinds: Sequence[_Held], group: Flags) -> Iterator[Contrast]:
    for name, known, code, sequence in kinds:
        mine = np.bincount(code[group[sequence]], minlength=len(known))
        theirs = np.bincount(code[~group[sequence]], minlength=len(known))
        common = np.flatnonzero(mine >= max(2, _RAREST * group.sum()))
        for number in common.tolist():
            words = figure_words(name, int(known[number]))
            found = _share(words, mine[number], theirs[number], group, name)
            if found.effect > 0:
                yield found


def _share(words: str, mine: int, theirs: int, group: Flags, kind: str) -> Contrast:
    inside = int(group.sum())
    outside = len(group) - inside
    first, second = (mine + 0.5) / (inside + 1), (theirs + 0.5) / (outside + 1)
    effect = float(2 * np.arcsin(np.sqrt(first)) - 2 * np.arcsin(np.sqrt(second)))
    if effect < 0:
        words = words.replace("more often", "less often")
    return Contrast(words, f"{mine / inside:.0%}", f"{theirs / outside:.0%}", effect, kind)
