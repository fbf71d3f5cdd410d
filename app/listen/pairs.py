"""An index -> pairs to hear: a tune, and a piece that was composed from its first two bars.

The tune and all tunes of its title are taken out of the index before the piece is composed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from generate.compose import compose
from generate.plan.settings import Settings
from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.notes.arrays import Ints
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

BARS, MOTIF_BARS = 8, 2
_FEWEST_NOTES, _MOST_NOTES = 4, 24  # of a motif
_TRIES = 20


@dataclass(frozen=True)
class Pair:
    """A real tune and a new piece that begin alike.

    Parameters
    ----------
    tune_id
        The tune.
    seed
        What the piece was drawn with.
    verb
        How it was composed.
    tune, piece
        The notes, of the same length.
    tune_first
        Whether the tune is heard first.
    """

    tune_id: str
    seed: int
    verb: str
    tune: Melody
    piece: Melody
    tune_first: bool

    @property
    def heard(self) -> tuple[Melody, Melody]:
        """The two as they are heard, one after the other."""
        return (self.tune, self.piece) if self.tune_first else (self.piece, self.tune)

    @property
    def tempo_bpm(self) -> float:
        """Quarter notes a minute, for both."""
        return self.tune.tempo_bpm or 120.0


def opening(melody: Melody, ticks: int) -> Melody:
    """Return what is heard in the first `ticks`; a note that is held beyond them is cut off.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480, 480, 480])
    >>> opening(tune, 720).duration.tolist()
    [480, 240]
    """
    cut = melody.cut(0, int(np.searchsorted(melody.onset, ticks)))
    return replace(cut, duration=np.minimum(cut.duration, ticks - cut.onset))


def suitable(corpus: Corpus) -> Ints:
    """Return the tunes that are long enough and whose metre and key are known."""
    columns = corpus.columns("melody")
    ticks = (columns.onset + columns.duration)[columns.bounds[1:] - 1]
    known = (columns.meter[:, 1] > 0) & (columns.tonic >= 0)
    return np.flatnonzero(known & (ticks >= BARS * columns.bar_ticks))


def draw_pair(index: PhraseIndex, seed: int, *, verb: str = "continue") -> Pair:
    """Return a pair: eight bars with the pick-up, a strain of most tunes.

    Raises
    ------
    InputError
        If the corpus has no tune from which a piece can be made.
    """
    rng = np.random.default_rng(seed)
    corpus = index.corpus
    for number in rng.permutation(suitable(corpus))[:_TRIES].tolist():
        tune = corpus.tune(number).melody
        bar = tune.bar_ticks
        motif = opening(tune, tune.downbeat + MOTIF_BARS * bar)
        if not _FEWEST_NOTES <= len(motif) <= _MOST_NOTES:
            continue
        try:
            rest = index.remove([corpus.tune_id(n) for n in same_title(corpus, number)])
            piece = compose(motif, rest, Settings(verb=verb, bars=BARS), rng).melody
        except InputError:  # nothing fits this motif, or no other tune is left
            continue
        tune, piece = opening(tune, BARS * bar), opening(piece, BARS * bar)
        tune_first = bool(rng.integers(2))
        return Pair(corpus.tune_id(number), seed, verb, tune, piece, tune_first)
    raise InputError("this corpus has no tune of eight bars from which a piece can be made")


def same_title(corpus: Corpus, number: int) -> list[int]:
    """Return the tunes of the same title, this one among them."""
    title = corpus.title(number).casefold()
    if not title:
        return [number]
    return [n for n in range(len(corpus)) if corpus.title(n).casefold() == title]
