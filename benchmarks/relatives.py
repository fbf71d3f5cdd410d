"""Corpus + tunes -> their relatives: tunes of the same title, or with nearly the same opening.

Openings are compared by the figures of five intervals in the pick-up and the first eight bars,
which transposition and tempo leave as they are. Tunes are relatives if they share at least six
figures, and `SHARED` of those of the one that has fewer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from mer.corpus.corpus import Corpus
from mer.notes.arrays import Ints

SHARED = 0.4
_FIGURE = 5
_BARS = 8
_FEWEST, _SHORTEST = 6, 4
# What is no part of a name: articles, kinds of tune, numbers, signs.
_KINDS = "reel|jig|hornpipe|march|waltz|air|chorale|bwv|quick|step|regt|irish|untitled"
_NO_NAME = re.compile(rf"\b(the|an?|no|[0-9.]+\w*|{_KINDS})\b|[^a-z]+")


def plain(title: str) -> str:
    """Return what is left of a title without articles, kinds of tune, numbers and signs.

    What is too short to be a name, such as "do." for ditto, is left out as well.

    Examples
    --------
    >>> plain("The Miller's Maid (No. 2)"), plain("Miller's Maid, The"), plain("Reel 3")
    ('millersmaid', 'millersmaid', '')
    """
    name = _NO_NAME.sub("", title.casefold().replace("'", ""))
    return name if len(name) > _SHORTEST else ""


def related(corpus: Corpus, chosen: Sequence[int]) -> list[Ints]:
    """Return for each of the chosen tunes its relatives in the corpus, itself among them."""
    titles = np.array([plain(corpus.title(number)) for number in range(len(corpus))])
    owner, figure = _figures(corpus)
    held = np.bincount(owner, minlength=len(corpus))
    order = np.argsort(figure, kind="stable")
    sorted_figures = figure[order]
    found = []
    for number in chosen:
        own = np.unique(figure[owner == number])
        start = np.searchsorted(sorted_figures, own)
        stop = np.searchsorted(sorted_figures, own, side="right")
        at = np.concatenate([order[a:b] for a, b in zip(start, stop, strict=True)] or [order[:0]])
        common = np.bincount(owner[at], minlength=len(corpus))
        least = np.minimum(held, held[number])
        near = common >= np.maximum(SHARED * least, _FEWEST)
        near[number] = True
        if titles[number]:
            near |= titles == titles[number]
        found.append(np.flatnonzero(near))
    return found


def _figures(corpus: Corpus) -> tuple[Ints, Ints]:
    """Return the tune and the code of each different figure in an opening."""
    columns = corpus.columns("melody")
    tune = columns.sequence
    stop = (columns.downbeat + _BARS * columns.bar_ticks)[tune]
    step = np.diff(columns.pitch.astype(np.int64), append=0)
    count = len(step) - _FIGURE
    inside = (tune[_FIGURE:] == tune[:count]) & (columns.onset[_FIGURE:] < stop[:count])
    code = sum((step[n : n + count] + 128) * 256**n for n in range(_FIGURE))
    pairs = np.unique(np.stack([tune[:count][inside], code[inside]]), axis=1)
    return pairs[0], pairs[1]


def groups(corpus: Corpus, chosen: Sequence[int], families: Sequence[Ints]) -> Ints:
    """Return the group of each chosen tune: those that share a relative are in one, shape (tunes,).

    Parameters
    ----------
    families
        The relatives of each (see `related`).
    """
    owner = np.repeat(np.asarray(chosen), [len(family) for family in families])
    return connected(owner, np.concatenate(families), len(corpus))[np.asarray(chosen)]


def connected(first: Ints, second: Ints, many: int) -> Ints:
    """Return the component of each of `many` things of which these pairs belong together.

    Examples
    --------
    >>> connected(np.array([0, 1]), np.array([2, 1]), 4).tolist()
    [0, 1, 0, 2]
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(first)), (first, second)), shape=(many, many))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)
