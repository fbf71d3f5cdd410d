"""Pitches of a piece -> the note that each was taken from.

A note cites the place in the motif's or the neighbours' tunes that agrees with it and with most of
the notes before it: the context from which the chain drew it. A note that only the smoothing can
explain cites a tune of the corpus in which the same step is taken on the same degree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from generate.piece.composition import CORPUS, Source
from generate.plan.brief import Brief
from generate.plan.layout import MOVED
from generate.plan.material import Neighbour
from generate.plan.rhythm import Slot
from mer.notes.arrays import Floats, Ints

NEW_RHYTHM = "even rhythm"
_LONGEST_CONTEXT = 8
_SEPARATOR = -1000
_MOTIF_WEIGHT = 0.5


@dataclass(frozen=True, eq=False)
class _Stock:
    """The pitches of all material in the key of the piece, tunes set apart by a separator."""

    pitch: Ints
    owner: Ints
    note: Ints
    weight: Floats


def cite(
    brief: Brief, slots: Sequence[Slot], pitch: Ints, rng: np.random.Generator
) -> tuple[Source, ...]:
    """Return one source per note; statements of the motif keep the source that they have."""
    stock = _stock(brief)
    sources: list[Source] = []
    numbers = {slot.onset: number for number, slot in enumerate(slots)}
    previous = -1
    for note, slot in enumerate(slots):
        if slot.source is not None:
            sources.append(slot.source)
            previous = -1
            continue
        if slot.echo is not None:
            origin = numbers[slot.echo]
            interval = int(pitch[note] - pitch[origin])
            cited = sources[origin]
            sources.append(cited.then(MOVED, interval) if interval else cited)
            previous = -1
            continue
        places, context = _best_places(stock, pitch, note)
        if context == 0 and note > 0:
            found = _anywhere(brief, int(pitch[note - 1]), int(pitch[note]), rng)
            if found is not None:
                sources.append(_with_rhythm(found, slot))
                previous = -1
                continue
        previous = _chosen(stock, places, previous, rng)
        source = _source(brief, stock, previous, int(pitch[note]), context)
        sources.append(_with_rhythm(source, slot))
    return tuple(sources)


def _with_rhythm(source: Source, slot: Slot) -> Source:
    """Return the source of a pitch, and where the duration is taken from.

    A new note that takes its pitch from the motif is no statement of it, whatever its duration.
    """
    cited = replace(source, rhythm=slot.place)
    return cited.then(NEW_RHYTHM) if cited.is_statement else cited


def _stock(brief: Brief) -> _Stock:
    theme = brief.theme.melody.pitch
    gap = np.array([_SEPARATOR])
    tunes = [theme, *(neighbour.pitch for neighbour in brief.neighbours)]
    weights = [_MOTIF_WEIGHT, *(neighbour.weight for neighbour in brief.neighbours)]
    lengths = [len(tune) + 1 for tune in tunes]
    return _Stock(
        pitch=np.concatenate([part for tune in tunes for part in (tune, gap)]),
        owner=np.repeat(np.arange(-1, len(tunes) - 1), lengths),
        note=np.concatenate([np.arange(length) for length in lengths]),
        weight=np.repeat(weights, lengths),
    )


def _best_places(stock: _Stock, pitch: Ints, note: int) -> tuple[Ints, int]:
    """Return where in the stock the longest ending of the piece so far occurs, and how long."""
    places = np.flatnonzero(stock.pitch == pitch[note])
    context = 0
    while context < min(note, _LONGEST_CONTEXT) and len(places):
        back = places - context - 1
        longer = places[(back >= 0) & (stock.pitch[back] == pitch[note - context - 1])]
        if not len(longer):
            break
        places, context = longer, context + 1
    if not len(places):  # the pitch itself does not occur: its octave does, or any note
        places = np.flatnonzero((stock.pitch - pitch[note]) % 12 == 0)
        places = places[stock.pitch[places] != _SEPARATOR]
    if not len(places):
        places = np.flatnonzero(stock.pitch != _SEPARATOR)
    return places, context


def _chosen(stock: _Stock, places: Ints, previous: int, rng: np.random.Generator) -> int:
    if previous >= 0 and previous + 1 in places:
        return previous + 1
    reached = np.cumsum(stock.weight[places] + 1e-9)
    return int(places[min(np.searchsorted(reached, rng.random() * reached[-1]), len(places) - 1)])


def _source(brief: Brief, stock: _Stock, place: int, pitch: int, context: int) -> Source:
    owner, note = int(stock.owner[place]), int(stock.note[place])
    if owner < 0:
        seed = brief.theme.sources[note]
        extra = pitch - int(brief.theme.melody.pitch[note])
        return replace(seed, transposition=seed.transposition + extra, context=context)
    neighbour: Neighbour = brief.neighbours[owner]
    return neighbour.source(note, pitch - int(neighbour.tune.melody.pitch[note]), context)


def _anywhere(brief: Brief, before: int, pitch: int, rng: np.random.Generator) -> Source | None:
    """Return a note of the sampled corpus reached by the same step on the same degree."""
    columns, tonic = brief.habits.notes, brief.frame.key.tonic
    degree = (columns.pitch.astype(np.int64) - brief.habits.tonic) % 12
    same = np.flatnonzero(degree == (pitch - tonic) % 12)
    same = same[same > 0]
    step = columns.pitch[same].astype(np.int64) - columns.pitch[same - 1]
    owner = brief.habits.owner
    same = same[(step == pitch - before) & (owner[same] == owner[same - 1])]
    if not len(same):
        return None
    found = int(same[int(rng.integers(len(same)))])
    row = int(owner[found])
    tune = int(brief.habits.tunes[row])
    note = found - int(columns.bounds[row])
    starts = brief.corpus.phrase_bounds
    first = int(np.searchsorted(starts, brief.corpus.tunes.bounds[tune]))
    there = int(brief.corpus.tunes.bounds[tune]) + note
    phrase = int(np.searchsorted(starts, there, side="right")) - first
    return Source(
        CORPUS,
        note,
        pitch - int(columns.pitch[found]),
        brief.corpus.tune_id(tune),
        phrase,
        context=1,
    )
