"""What writes pieces for `benchmarks/two_sample.py`: the verbs of the project, and baselines.

`CANDIDATES` is the table; a new one is a line: a name, and a function from motif, index, number of
bars and random generator to a melody that begins with the motif.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from distribution import MOTIF_BARS, FirstOrder, first_bars, rest_of

from generate.compose import prepare, takes
from generate.plan.material import Neighbour, gather
from generate.plan.settings import Settings
from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.notes.key import MODES
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

Candidate = Callable[[Melody, PhraseIndex, int, np.random.Generator], Melody]
Event = tuple[int, int]  # semitones above the tonic, ticks


def by_verb(verb: str, **wishes: Any) -> Candidate:
    """Return the candidate that composes by a verb, with default settings but for some wishes."""

    def compose(motif: Melody, index: PhraseIndex, bars: int, rng: np.random.Generator) -> Melody:
        settings = Settings(verb=verb, bars=bars, **wishes)
        return takes(prepare(motif, index, settings), rng, 1)[0].melody

    return compose


def by_other_lenders(
    motif: Melody, index: PhraseIndex, bars: int, rng: np.random.Generator, *, none: bool = False
) -> Melody:
    """Return a continuation that tunes of its metre and mode lend to, drawn by chance, or none.

    They count what the neighbours found would have counted; all else is as by `continue`. Where
    nothing is lent, forty tunes of the metre still give the plan, one for all.
    """
    brief = prepare(motif, index, Settings(bars=bars))
    fits = (index.corpus.tunes.meter == motif.meter).all(axis=1)
    if motif.key is not None:
        fits &= index.corpus.tunes.mode == MODES.index(motif.key.mode)
    count = 0 if none else len(brief.neighbours)
    drawn = rng.permutation(np.flatnonzero(fits))[:count]
    first = np.searchsorted(index.corpus.phrase_tune, drawn)
    matches = [index.compared(brief.motif, int(phrase)) for phrase in first]
    lenders = gather(matches, index, brief.frame, brief.theme.sources[0].transposition)
    counted = zip(lenders, brief.neighbours, strict=False)  # a rare metre has fewer
    lenders = [Neighbour(one.tune, one.matches, one.shift, found.weight) for one, found in counted]
    brief = replace(brief, matches=tuple(matches), neighbours=tuple(lenders))
    return takes(brief, rng, 1)[0].melody


def first_order(motif: Melody, index: PhraseIndex, bars: int, rng: np.random.Generator) -> Melody:
    """Return a line of the chain of order 1 over pitches and, apart from them, note lengths."""
    assert motif.key is not None
    chain = index.corpus.attached.get("first order")
    if not isinstance(chain, FirstOrder):
        chain = FirstOrder(index.corpus)
        index.corpus.attached["first order"] = chain
    return chain.compose(motif, MODES.index(motif.key.mode), rng, bars)


class Chain:
    """A chain over notes (pitch above the tonic and length at once) of the tunes of one metre.

    A context that no tune has is shortened from its far end until one has it.
    """

    def __init__(self, corpus: Corpus, meter: tuple[int, int], order: int) -> None:
        self.order = order
        self._after: dict[tuple[Event, ...], list[Event]] = defaultdict(list)
        columns = corpus.columns("melody")
        fits = (columns.meter == meter).all(axis=1) & (columns.tonic >= 0)
        for tune in np.flatnonzero(fits).tolist():
            notes = slice(columns.bounds[tune], columns.bounds[tune + 1])
            pitch = columns.pitch[notes].astype(np.int64) - int(columns.tonic[tune])
            events = list(zip(pitch.tolist(), columns.duration[notes].tolist(), strict=True))
            for place, event in enumerate(events):
                for length in range(min(order, place) + 1):
                    self._after[tuple(events[place - length : place])].append(event)

    def compose(self, motif: Melody, bars: int, rng: np.random.Generator) -> Melody:
        """Return bars that begin with the motif; the last note is cut off at the end."""
        assert motif.key is not None
        stop = motif.downbeat + bars * motif.bar_ticks
        pitch, duration, onset = (x.tolist() for x in (motif.pitch, motif.duration, motif.onset))
        while onset[-1] + duration[-1] < stop:
            past = list(zip(pitch, duration, strict=True))[-self.order :]
            context = tuple((height - motif.key.tonic, ticks) for height, ticks in past)
            while context not in self._after:
                context = context[1:]
            known = self._after[context]
            height, ticks = known[int(rng.integers(len(known)))]
            pitch.append(min(max(height + motif.key.tonic, 0), 127))
            onset.append(onset[-1] + duration[-1])
            duration.append(ticks)
        duration[-1] = stop - onset[-1]
        return replace(
            motif, pitch=pitch, onset=onset, duration=duration, phrase_starts=(), beat_strength=None
        )


def by_chain(
    motif: Melody, index: PhraseIndex, bars: int, rng: np.random.Generator, *, order: int
) -> Melody:
    """Return a line of the chain of this order that the index's tunes of the metre give."""
    assert motif.meter is not None
    name = f"chain {order} {motif.meter[0]}/{motif.meter[1]}"
    chain = index.corpus.attached.get(name)
    if not isinstance(chain, Chain):
        chain = Chain(index.corpus, motif.meter, order)
        index.corpus.attached[name] = chain
    return chain.compose(motif, bars, rng)


def another_tune(motif: Melody, index: PhraseIndex, bars: int, rng: np.random.Generator) -> Melody:
    """Return the motif, and from the third bar on a tune of its metre and mode that it is not in.

    Nothing but the bars of real tunes; what is missing is that they belong together.
    """
    assert motif.key is not None
    columns = index.corpus.columns("melody")
    ticks = (columns.onset + columns.duration)[columns.bounds[1:] - 1] - columns.downbeat
    fits = (columns.meter == motif.meter).all(axis=1) & (ticks >= bars * columns.bar_ticks)
    fits &= (columns.mode == MODES.index(motif.key.mode)) & (columns.tonic >= 0)
    for number in rng.permutation(np.flatnonzero(fits)).tolist():
        tune = first_bars(index.corpus.tune(number).melody, bars)
        assert tune.key is not None
        if int(tune.onset[-1]) < tune.downbeat + MOTIF_BARS * tune.bar_ticks:
            continue
        rest = rest_of(tune)
        shift = (motif.key.tonic - tune.key.tonic + 5) % 12 - 5
        start = tune.end[-1] - rest.end[-1] - tune.downbeat + motif.downbeat
        return replace(
            motif,
            pitch=np.concatenate([motif.pitch, np.clip(rest.pitch + shift, 0, 127)]),
            onset=np.concatenate([motif.onset, rest.onset + start]),
            duration=np.concatenate([motif.duration, rest.duration]),
            phrase_starts=(),
            beat_strength=None,
        )
    raise InputError(f"no other tune in {motif.meter} and {motif.key.mode} has {bars} bars")


CANDIDATES: dict[str, Candidate] = {
    "order-1 chain": first_order,
    "order-3 chain": partial(by_chain, order=3),
    "another tune": another_tune,
    "continue": by_verb("continue"),
    "continue, chain": by_verb("continue", model="chain"),
    "continue, random lenders": by_other_lenders,
    "continue, no lenders": partial(by_other_lenders, none=True),
    "stitch": by_verb("stitch"),
    "vary": by_verb("vary"),
    "morph": by_verb("morph"),
}
