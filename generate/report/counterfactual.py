"""A piece and its brief -> what each source tune does in it: the same with the tune taken out.

The tune is taken out of the corpus, and all is worked out anew: what is found for the motif, which
tunes become neighbours in its place, how their pitches follow each other. So nothing is estimated.
What is compared is the distribution from which the chain of the neighbours draws each note, given
the notes before it in the piece; with the same random numbers a whole other piece can be made.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from generate.piece.composition import CORPUS, Composition
from generate.plan.brief import Brief, brief_of
from generate.plan.verbs import check_drawing
from mer.errors import InputError
from mer.notes.arrays import Flags, Floats, Ints


@dataclass(frozen=True, eq=False)
class Counterfactual:
    """A piece whose corpus lacks a tune.

    Parameters
    ----------
    tune_id, title
        The tune that is taken out.
    pitches, rhythms
        How many notes of the piece cite it for their pitch, and for their duration.
    new
        Shape (notes,): which notes are new, and not the motif as it was given.
    before, after
        Shape (notes, pitches): the distribution of each note with the tune and without it.
    symbols
        Shape (pitches,): the MIDI numbers.
    written
        Shape (notes,): the pitches of the piece, by number in `symbols`.
    arrived
        Titles of the tunes that become neighbours in its place.
    brief
        What a piece without the tune is made from.
    """

    tune_id: str
    title: str
    pitches: int
    rhythms: int
    new: Flags
    before: Floats
    after: Floats
    symbols: Ints
    written: Ints
    arrived: tuple[str, ...]
    brief: Brief

    @property
    def change(self) -> Floats:
        """How much of each distribution goes elsewhere, 0 to 1; 0 for the motif; shape (notes,)."""
        distance: Floats = np.abs(self.before - self.after).sum(axis=1) / 2
        return np.where(self.new, distance, 0.0)

    @property
    def bits(self) -> Floats:
        """How much less likely the tune's absence makes each written note, shape (notes,).

        Bits; below 0 where the note becomes likelier; 0 for the motif.
        """
        rows = np.arange(len(self.written))
        with_it, without = (
            np.maximum(table[rows, self.written], np.finfo(float).tiny)
            for table in (self.before, self.after)
        )
        return np.where(self.new, np.log2(with_it / without), 0.0)

    def likeliest(self, note: int) -> tuple[int, int]:
        """Return the likeliest pitch of a note with the tune and without it, as MIDI numbers."""
        best = (int(np.argmax(table[note])) for table in (self.before, self.after))
        first, second = (int(self.symbols[place]) for place in best)
        return first, second


def source_tunes(piece: Composition) -> list[tuple[str, int, int]]:
    """Return each tune that a piece cites, with the notes that cite it for pitch and for rhythm.

    Most cited first.
    """
    pitch = Counter(source.tune_id for source in piece.sources if source.kind == CORPUS)
    rhythm = Counter(
        source.rhythm.tune_id
        for source in piece.sources
        if source.rhythm is not None and source.rhythm.tune_id
    )
    order = sorted({*pitch, *rhythm}, key=lambda name: (-pitch[name] - rhythm[name], name))
    return [(name, pitch[name], rhythm[name]) for name in order]


def without_tune(brief: Brief, tune_id: str) -> Brief:
    """Return the brief that the same wishes make in the corpus without a tune.

    Raises
    ------
    InputError
        If the corpus has no such tune or no other, or the motif is not found anymore.
    """
    less = brief.index.remove(tune_id)
    made = brief_of(brief.motif, less, brief.settings, target=brief.target)
    return replace(made, given=brief.given)


def distributions(brief: Brief, symbols: Ints, pitch: Ints) -> Floats:
    """Return how likely the chain of a brief makes each pitch after those before it.

    Parameters
    ----------
    symbols
        Shape (pitches,): MIDI numbers to choose from, rising.
    pitch
        Shape (notes,): the notes of a piece, all of them in `symbols`.

    Returns
    -------
    numpy.ndarray
        Shape (notes, pitches); each row sums to 1.
    """
    chain = brief.chain(symbols)
    place = np.searchsorted(symbols, pitch)
    rows = []
    for note in range(len(place)):
        look_back = min(note, chain.order)
        row = chain.tables[look_back][tuple(place[note - look_back : note].tolist())]
        rows.append(row / max(row.sum(), np.finfo(float).tiny))
    return np.array(rows)


def counterfactual(brief: Brief, piece: Composition, tune_id: str) -> Counterfactual:
    """Return how the distribution of each note of a piece changes without a tune.

    Raises
    ------
    InputError
        As for `without_tune`; if the verb draws no note from the chain; or if the key of the piece
        would be another one without the tune, so that nothing can be compared.
    """
    check_drawing(brief.settings.verb)
    other = without_tune(brief, tune_id)
    if other.frame.key != brief.frame.key:
        raise InputError(
            f"without {tune_id} the piece is in {other.frame.key}, not {brief.frame.key}; give the "
            "key to compare"
        )
    corpus = brief.corpus
    pitch = piece.melody.pitch
    scale = np.arange(brief.frame.low, brief.frame.high + 1)
    inside = scale[np.isin(scale % 12, np.array(sorted(brief.frame.scale)))]
    symbols = np.unique(np.concatenate([inside, pitch]))
    counts = {name: (pitches, rhythms) for name, pitches, rhythms in source_tunes(piece)}
    known = {neighbour.tune.tune_id for neighbour in brief.neighbours}
    return Counterfactual(
        tune_id,
        corpus.title(corpus.find(tune_id)),
        *counts.get(tune_id, (0, 0)),
        new=np.array([not source.is_statement for source in piece.sources]),
        before=distributions(brief, symbols, pitch),
        after=distributions(other, symbols, pitch),
        symbols=symbols,
        written=np.searchsorted(symbols, pitch),
        arrived=tuple(
            neighbour.tune.title
            for neighbour in other.neighbours
            if neighbour.tune.tune_id not in known
        ),
        brief=other,
    )
