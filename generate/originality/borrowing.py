"""Longest copied run -> how it compares with what human tunes share; a piece -> its nearest tunes.

`data/borrowing.json` holds, for openings of tunes of the shipped corpus, the longest run that each
shares with the tunes that are left when it and all tunes of its title are taken out. It is made by
`benchmarks/borrowing.py`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from generate.originality.originality import Originality
from generate.piece.composition import Composition, Source
from mer.corpus.corpus import Corpus
from mer.corpus.shipped import data_folder
from mer.notes.arrays import Ints
from mer.notes.melody import Melody

if TYPE_CHECKING:
    from mer.search.index import PhraseIndex
    from mer.search.match import Match

FILE = "borrowing.json"
LENGTHS = (8, 16)
_FEWEST_NOTES = 4  # of a section that is worth a search


class Borrowing:
    """What the openings of human tunes share with the other tunes of a corpus.

    Parameters
    ----------
    notes
        How many notes the searched corpus has, which identifies it.
    tunes
        Tune id -> longest shared run, in notes, of its first 8 and of its first 16 bars.

    Examples
    --------
    >>> known = Borrowing(100, {"a": (5, 7), "b": (9, 9), "c": (6, 12), "d": (7, 20)})
    >>> known.share_above(6, bars=8), known.share_above(9, bars=16)
    (0.5, 0.5)
    >>> known.sentence(6, bars=8)
    '50% of human tunes share a longer run with others in their first 8 bars (median 6.5 notes)'
    """

    def __init__(self, notes: int, tunes: dict[str, tuple[int, ...]]) -> None:
        self.notes, self.tunes = notes, tunes

    @classmethod
    def load(cls, path: Path | None = None) -> Borrowing:
        """Return the shipped table."""
        stored = json.loads((path or data_folder() / FILE).read_text(encoding="utf-8"))
        return cls(stored["notes"], {key: tuple(runs) for key, runs in stored["tunes"].items()})

    def as_json(self) -> str:
        """Return the table as text; equal tables give equal bytes."""
        rows = [f'  "{key}": {json.dumps(list(self.tunes[key]))}' for key in sorted(self.tunes)]
        body = ",\n".join(rows)
        return f'{{\n "notes": {self.notes},\n "tunes": {{\n{body}\n }}\n}}\n'

    def fits(self, corpus: Corpus) -> bool:
        """Return whether the table was made from this corpus."""
        return len(corpus.tunes.pitch) == self.notes

    @cached_property
    def _runs(self) -> Ints:
        return np.array(list(self.tunes.values()))

    def _nearest_length(self, bars: int) -> int:
        return int(np.argmin([abs(length - bars) for length in LENGTHS]))

    def share_above(self, run: int, *, bars: int) -> float:
        """Return the share of human tunes, cut to about `bars` bars, that share more than `run`."""
        return float((self._runs[:, self._nearest_length(bars)] > run).mean())

    def sentence(self, run: int, *, bars: int) -> str:
        """Return the comparison in words."""
        column = self._nearest_length(bars)
        median = float(np.median(self._runs[:, column]))
        return (
            f"{self.share_above(run, bars=bars):.0%} of human tunes share a longer run with others "
            f"in their first {LENGTHS[column]} bars (median {median:g} notes)"
        )


def first_bars(melody: Melody, bars: int) -> Melody:
    """Return the pick-up and the first bars; the last note is not cut."""
    stop = melody.downbeat + bars * melody.bar_ticks
    return melody.cut(0, max(1, int(np.searchsorted(melody.onset, stop))))


def shared_runs(corpus: Corpus, tune: int, lengths: Sequence[int] = LENGTHS) -> tuple[int, ...]:
    """Return the longest run that the first bars of a tune share with tunes of other titles."""
    title = corpus.title(tune).casefold()
    codes = [n for n in range(len(corpus)) if title and corpus.title(n).casefold() == title]
    others = np.setdiff1d(np.arange(len(corpus)), [tune, *codes])
    known = Originality(corpus.columns("melody").take(others))
    melody = corpus.tune(tune).melody
    new = Source("corpus", 0, 0)
    openings = [first_bars(melody, length) for length in lengths]
    return tuple(known.longest_run(m, [new] * len(m)).notes for m in openings)


def nearest_tunes(piece: Composition, index: PhraseIndex, *, k: int = 3) -> list[Match]:
    """Return for up to `k` tunes the phrase in each that is most like a section of the piece.

    Each section of the piece is searched for as a query is; sections that mostly state the user's
    own motif are not.

    Parameters
    ----------
    piece
        A composition; its phrase marks divide it.
    index
        Where it is looked up.
    k
        How many tunes.

    Returns
    -------
    list of Match
        Best first, one to a tune; ``query`` is the section.
    """
    starts = [*(piece.melody.phrase_starts or (0,)), len(piece)]
    best: dict[str, Match] = {}
    for start, stop in pairwise(starts):
        stated = sum(source.is_statement for source in piece.sources[start:stop])
        if stop - start < _FEWEST_NOTES or 2 * stated > stop - start:
            continue
        for match in index.search(piece.melody.cut(start, stop), k=k, distinct=True):
            known = best.get(match.phrase.tune_id)
            if known is None or match.similarity > known.similarity:
                best[match.phrase.tune_id] = match
    ranked = sorted(best.values(), key=lambda m: (-m.similarity, m.phrase.tune_id))
    return ranked[:k]
