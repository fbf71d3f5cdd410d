"""Pitches of a piece -> the note that each was drawn from.

The chain is a mixture: whoever draws from it draws a *continuation* first, a place in the motif's
or a neighbour's tune (or in the corpus) at which the last few notes stand, and takes the note that
follows there (`generate.plan.habits` says what each counts). Tables add these up, and the sampler
draws the sum. So the continuation is drawn afterwards, from what it has in the sum: its exact
posterior, given the notes before and the pitch. Together the two have the distribution that they
would have if the continuation had been drawn first:

    P(continuation) P(pitch | continuation) = P(pitch) P(continuation | pitch).

Whatever else weighs a pitch (constraints, what lies ahead, the predictive model, ease of singing)
weighs it alike for every continuation, and cancels. Of a note that the model wants and the chain
allows it says what the chain drew.

Of two neighbouring notes the second follows the tune of the first as often as that leaves each its
own posterior. So a citation can be read: most stretches come from one tune.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from generate.markov.continuations import Continuations, Drawn
from generate.markov.demands import alphabet_of
from generate.piece.composition import MOTIF, OWN_RHYTHM, Source
from generate.plan.brief import Brief
from generate.plan.layout import MOVED
from generate.plan.rhythm import Slot
from mer.notes.arrays import Ints
from mer.notes.melody import Melody

_CUT, _HELD = "cut", "held"


def cite(
    brief: Brief, slots: Sequence[Slot], pitch: Ints, rng: np.random.Generator
) -> tuple[Source, ...]:
    """Return one source per note; fixed notes keep the source that they have."""
    known = Continuations.of(brief, alphabet_of(brief, slots))
    sources: list[Source] = []
    numbers = {slot.onset: number for number, slot in enumerate(slots)}
    before: Drawn | None = None
    for note, slot in enumerate(slots):
        if slot.source is not None:
            sources.append(slot.source)
            before = None
            continue
        if slot.echo is not None:
            origin = numbers[slot.echo]
            interval = int(pitch[note] - pitch[origin])
            # The note returns: nothing is looked back on.
            cited = replace(sources[origin], context=0)
            sources.append(cited.then(MOVED, interval) if interval else cited)
            before = None
            continue
        source, before = known.drawn(pitch[: note + 1], rng, before)
        sources.append(_with_rhythm(source, slot, brief))
    return tuple(sources)


def _with_rhythm(source: Source, slot: Slot, brief: Brief) -> Source:
    """Return the source of a pitch, and where the duration is taken from, if from anywhere."""
    if slot.place is None:
        return replace(source, rhythm=None).then(OWN_RHYTHM)
    there = _melody(brief, slot.place.tune_id).duration[slot.place.note]
    place = slot.place
    if not place.operator and there != slot.duration:
        place = place._replace(operator=_CUT if slot.duration < there else _HELD)
    return replace(source, rhythm=place)


def _melody(brief: Brief, tune_id: str) -> Melody:
    """Return what a citation means: a tune, or the motif as it was given."""
    if not tune_id:
        return brief.motif
    for neighbour in brief.neighbours:
        if neighbour.tune.tune_id == tune_id:
            return neighbour.tune.melody
    return brief.corpus.tune(brief.corpus.find(tune_id)).melody


class WrongCitation(NamedTuple):
    """A citation that the cited note does not bear out.

    Parameters
    ----------
    note
        In the piece, from 0.
    reason
        What is wrong, in words.
    """

    note: int
    reason: str


def wrong_citations(melody: Melody, sources: Sequence[Source], brief: Brief) -> list[WrongCitation]:
    """Return the citations of a piece that cannot be replayed.

    Cited pitch and transposition make the written pitch; the notes before the cited one, as many as
    the source says, stand before the written one too, moved alike; a duration that is cited, and
    that nothing was done to, is the written one.
    """
    return [
        WrongCitation(note, reason)
        for note in range(len(sources))
        for reason in _faults(melody, sources, note, brief)
    ]


def _faults(melody: Melody, sources: Sequence[Source], note: int, brief: Brief) -> Iterator[str]:
    source, written = sources[note], int(melody.pitch[note])
    there, whose = _melody(brief, source.tune_id), source.tune_id or "the motif"
    if not 0 <= source.note < len(there):
        yield f"{whose} has no note {source.note}"
        return
    if there.pitch[source.note] + source.transposition != written:
        made = int(there.pitch[source.note]) + source.transposition
        yield f"note {source.note} of {whose} makes {made}, not {written}"
    if source.context and not _agrees(melody, source, note, brief):
        yield f"the notes before note {source.note} of {whose} are others"
    place = source.rhythm
    if place is not None and not place.operator:
        lengths, named = _melody(brief, place.tune_id).duration, place.tune_id or "the motif"
        if place.note >= len(lengths) or lengths[place.note] != melody.duration[note]:
            yield f"note {place.note} of {named} has another duration"


def _agrees(melody: Melody, source: Source, note: int, brief: Brief) -> bool:
    """Return whether as many notes as the model looked back on stand before the cited one."""
    there, at = _melody(brief, source.tune_id).pitch, source.note
    if source.kind == MOTIF:
        # In the key of the piece: another mode moves some notes and not others.
        there, at = brief.theme.melody.pitch, at - brief.theme.sources[0].note
    looked = source.context
    if at < looked or note < looked:
        return False
    before = there[at - looked : at + 1] - there[at]
    own = melody.pitch[note - looked : note + 1] - melody.pitch[note]
    return bool(np.array_equal(before, own))
