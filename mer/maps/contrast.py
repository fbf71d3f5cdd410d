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

import numpy as np

from mer.errors import InputError
from mer.maps.traits import FIGURES, TRAITS, Trait, figure_words
from mer.notes.arrays import Flags, Floats
from mer.notes.columns import Columns
from mer.notes.key import MODES
from mer.notes.names import counted

FEWEST = 3
_LEAST_EFFECT = 0.2
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
        *_numbers(columns, group),
        *_kinds(columns, group, kinds or {}),
        *_figures(columns, group),
    ]
    notable = [item for item in found if abs(item.effect) >= _LEAST_EFFECT]
    return _varied(sorted(notable, key=lambda item: -abs(item.effect)), most)


def _varied(ranked: list[Contrast], most: int) -> list[Contrast]:
    chosen: list[Contrast] = []
    for item in ranked:
        of_kind = sum(other.kind == item.kind for other in chosen)
        if item.kind not in FIGURES or of_kind < _MOST_FIGURES:
            chosen.append(item)
    return chosen[:most]


def _numbers(columns: Columns, group: Flags) -> Iterator[Contrast]:
    for trait in TRAITS:
        values = trait.values(columns)
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


def _figures(columns: Columns, group: Flags) -> Iterator[Contrast]:
    for name, figures in FIGURES.items():
        code, sequence = figures(columns)
        # A sequence counts once for a figure, however often it has it.
        held = np.unique(np.stack([code, sequence]), axis=1)
        known, code = np.unique(held[0], return_inverse=True)
        mine = np.bincount(code[group[held[1]]], minlength=len(known))
        theirs = np.bincount(code[~group[held[1]]], minlength=len(known))
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
