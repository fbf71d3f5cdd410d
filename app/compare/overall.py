"""Two representations and the phrases of the map -> how far they agree, and the pairs that differ.

A phrase in five is asked for the phrases nearest to it, by both. HTML for the comparison page;
everything that comes from a file or a user is escaped here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from app.compare.ranking import TOP, match_of
from app.explore.measures import MEASURES
from app.pictures.cards import hear_button
from mer.notes.arrays import Array, Floats
from mer.notes.drawing import alignment_picture, escape
from mer.notes.melody import Melody, Phrase
from mer.search.index import PhraseIndex

PAIRS = 3
_STRIDE = 5
Pair = tuple[int, int]  # places in the sample: a phrase, and one that is near it by one side only


@dataclass(frozen=True)
class Agreement:
    """How far two representations agree on what is near.

    Parameters
    ----------
    asked, among
        How many phrases were asked for what is nearest, and among how many.
    shared
        Of the ten nearest, how many are in both lists, on average.
    without
        The share of phrases with none in common.
    apart
        For each side, the pairs that it puts together and the other puts far apart.
    """

    asked: int
    among: int
    shared: float
    without: float
    apart: tuple[tuple[Pair, ...], tuple[Pair, ...]]

    @property
    def chance(self) -> float:
        """How many of the ten two lists would share by chance."""
        return TOP * TOP / max(self.among - 1, 1)


def agreement(left: Array, right: Array, *, stride: int = _STRIDE) -> Agreement:
    """Return how far the rows of two representations agree.

    Parameters
    ----------
    left, right
        Shape (phrases, D), a row a phrase; compared by the cosine of the angle between them.
    stride
        Each phrase of so many is asked.

    Examples
    --------
    >>> rows = np.eye(12)
    >>> agreement(rows, rows, stride=1).shared
    10.0
    """
    asked = np.arange(0, len(left), stride)
    sides = [_cosines(np.asarray(rows, dtype=np.float64), asked) for rows in (left, right)]
    most = min(TOP, len(left) - 1)
    nearest = [np.argsort(-side, axis=1, kind="stable")[:, :most] for side in sides]
    common = np.array(
        [len(set(a) & set(b)) for a, b in zip(*map(np.ndarray.tolist, nearest), strict=True)]
    )
    both_ways = (
        _apart(asked, nearest[0][:, 0], sides[0], sides[1]),
        _apart(asked, nearest[1][:, 0], sides[1], sides[0]),
    )
    shared, without = float(common.mean()), float((common == 0).mean())
    return Agreement(len(asked), len(left), shared, without, both_ways)


def _cosines(rows: Floats, asked: Array) -> Floats:
    """Return how like the asked rows all rows are; each is as unlike itself as can be."""
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    found = unit[asked] @ unit.T
    found[np.arange(len(asked)), asked] = -2.0
    return np.asarray(found)


def _apart(asked: Array, nearest: Array, mine: Floats, other: Floats) -> tuple[Pair, ...]:
    """Return the pairs that one side puts together and the other far apart, the clearest first."""
    row = np.arange(len(asked))
    near, there = mine[row, nearest], other[row, nearest]
    behind = (other > there[:, None]).mean(axis=1)  # the share that the other side puts before it
    order = np.lexsort((asked, -near, -np.round(behind, 1)))
    chosen: list[Pair] = []
    for place in order.tolist():
        pair = int(asked[place]), int(nearest[place])
        if not {*pair} & {one for known in chosen for one in known}:
            chosen.append(pair)
        if len(chosen) == PAIRS:
            break
    return tuple(chosen)


def told(
    found: Agreement,
    measures: tuple[str, str],
    index: PhraseIndex,
    numbers: Sequence[int],
    heard: Callable[[Melody], str],
) -> str:
    """Return how far two measures agree as HTML, with the pairs to look at and to hear.

    Parameters
    ----------
    numbers
        The number of each phrase of the sample.
    heard
        The address of the sound of a melody.
    """
    figures = "".join(
        f"<div><dt>{escape(words)}</dt><dd>{escape(figure)}</dd></div>"
        for figure, words in (
            (f"{found.shared:.1f} of {TOP}", "of the nearest are the same, on average"),
            (f"{found.chance:.2f} of {TOP}", "would be the same by chance"),
            (f"{found.without:.0%}", "of phrases have none in common"),
        )
    )
    labels = [MEASURES[name].label for name in measures]
    cards = []
    for place, pairs in enumerate(found.apart):
        rows = "".join(
            _pair(index.phrase(int(numbers[a])), index, int(numbers[b]), heard) for a, b in pairs
        )
        cards.append(
            f'<article class="card"><h3>Near by {escape(labels[place])}, '
            f"far by {escape(labels[1 - place])}</h3>{rows}</article>"
        )
    return (
        '<section class="results overall"><h2>Over the whole corpus</h2>'
        f'<p class="lead">What is nearest to each of {found.asked:,} phrases, among '
        f'{found.among:,} drawn by chance.</p><dl class="figures three">{figures}</dl>'
        "<details><summary>The pairs on which they differ most</summary>"
        f'<div class="sides">{"".join(cards)}</div></details></section>'
    )


def _pair(phrase: Phrase, index: PhraseIndex, other: int, heard: Callable[[Melody], str]) -> str:
    match = match_of(index, phrase.melody, other, 0.0)
    names = [f"{one.title or 'Untitled'}, phrase {one.number}" for one in (phrase, match.phrase)]
    picture = alignment_picture(
        phrase.melody,
        match.phrase.melody,
        match.pairs,
        transposition=match.transposition,
        label=f"{names[0]} above {names[1]}, matched notes joined",
    )
    above, below = (
        f'<p class="named"><span>{escape(name)}</span>{hear_button(heard(melody), name)}</p>'
        for name, melody in zip(names, (phrase.melody, match.phrase.melody), strict=True)
    )
    return f'<div class="pair">{above}<div class="lanes">{picture}</div>{below}</div>'
