"""Piece + bars to keep -> a piece in which those bars stand as they were and the rest is new.

The bars that are kept are fixed notes to the sampler, so what is drawn between them knows what
stands before and after.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from generate.markov.alone import with_motif, without_motif
from generate.markov.markov import ContradictionError, written
from generate.markov.statements import Statement, exact_returns, place_statements
from generate.piece.cadences import said_of_cadence
from generate.piece.composition import MOTIF, Composition, Fragment, Return, Source
from generate.piece.given_chords import NO_CHORDS, lasting_chords, repeated_progression
from generate.piece.planned import Bar
from generate.plan.brief import Brief, brief_of
from generate.plan.frame import SHORTEST_MOTIF, usable_motif
from generate.plan.layout import lay_out_plan
from generate.plan.rhythm import Slot, bars_of, choose_bars, lay_out, stated
from generate.plan.verbs import KEPT, check_kept, check_taken
from mer.errors import InputError
from mer.io.sheet.sheet import ChordSymbol
from mer.notes.arrays import Flags, Ints
from mer.notes.key import estimate_key
from mer.notes.melody import Melody

if TYPE_CHECKING:
    from generate.plan.settings import Settings
    from mer.search.index import PhraseIndex

_ATTEMPTS = 12


def parse_bars(text: str, bars: int) -> tuple[int, ...]:
    """Return the bars, from 1, that a list such as ``"1-2,7"`` names.

    Raises
    ------
    InputError
        If the list cannot be read, or names a bar that the piece does not have.

    Examples
    --------
    >>> parse_bars("1-2, 7", 8)
    (1, 2, 7)
    """
    chosen: set[int] = set()
    for part in text.split(","):
        found = re.fullmatch(r"\s*(\d{1,4})(?:\s*-\s*(\d{1,4}))?\s*", part)
        if found is None:
            raise InputError(f"cannot read the bars {text!r}; write for example 1-2,7-8")
        first, last = int(found[1]), int(found[2] or found[1])
        if not 1 <= first <= last <= bars:
            named = f"bar {first} is" if first == last else f"bars {part.strip()} are"
            raise InputError(f"{named} not in the piece, which has bars 1 to {bars}")
        chosen.update(range(first, last + 1))
    return tuple(sorted(chosen))


def prepare_infill(
    melody: Melody,
    index: PhraseIndex,
    settings: Settings,
    keep_bars: Collection[int],
    *,
    chords: Sequence[ChordSymbol] = (),
) -> tuple[Brief, Composition]:
    """Return the brief for filling the gaps of a melody, and the melody, citing itself.

    Length, metre, key and pick-up are the melody's, and so is the range unless one is asked for.
    The neighbours are those of the longest stretch of bars that is kept.

    Parameters
    ----------
    chords
        Chord symbols of the melody, which new notes keep to as well.

    Raises
    ------
    InputError
        If the melody is too short, or another verb, key, length or form is asked for.
    """
    check_taken(settings.verb, ["keep-bars"])
    asked = (settings.bars, settings.form, settings.key, settings.open_with_motif)
    check_kept(dict(zip(KEPT, asked, strict=False)))
    if melody.meter is None:
        melody = replace(melody, meter=(4, 4), downbeat=0)
    if melody.key is None:
        melody = replace(melody, key=estimate_key(melody.pitch, melody.duration))
    settings = replace(settings, bars=melody.bars, open_with_motif=False)
    first, stop = _longest_stretch(melody, keep_bars)
    kept = melody.cut(first, stop)
    passage, _ = usable_motif(kept)
    brief = brief_of(passage, index, settings, key_is_sure=True)
    remarks = brief.remarks
    if len(passage) < len(kept):
        count = f"{len(passage)} of the {len(kept)} notes that are kept in a row"
        remarks = (f"the search uses the first {count}", *remarks)
    own = tuple(replace(source, note=source.note + first) for source in brief.theme.sources)
    frame = brief.frame
    if settings.low is None:
        frame = frame._replace(low=min(frame.low, int(melody.pitch.min())))
    if settings.high is None:
        frame = frame._replace(high=max(frame.high, int(melody.pitch.max())))
    frame = frame._replace(pickup=melody.downbeat)
    theme = Fragment(brief.theme.melody, own)
    given = lasting_chords(chords, melody.downbeat + melody.bars * melody.bar_ticks)
    if settings.chords == NO_CHORDS:
        given = ()
    elif settings.chords is not None:
        length = melody.bar_ticks, melody.bars
        given = repeated_progression(settings.chords, melody.downbeat, *length)
    else:
        stop = melody.downbeat + melody.bars * melody.bar_ticks
        remarks += said_of_cadence(given, settings.cadence, frame.key, stop)
    brief = replace(brief, motif=melody, frame=frame, theme=theme, remarks=remarks, given=given)
    sources = tuple(Source(MOTIF, note, 0) for note in range(len(melody)))
    return brief, Composition(melody, sources, "given")


def _longest_stretch(melody: Melody, keep_bars: Collection[int]) -> tuple[int, int]:
    """Return first note and end of the longest run of kept bars; all notes if they are too few."""
    best: list[int] = []
    run: list[int] = []
    for number in sorted(keep_bars):
        run = [*run, number] if run and run[-1] == number - 1 else [number]
        best = run if len(run) > len(best) else best
    notes = np.flatnonzero(np.isin(_bar_numbers(melody), best))
    if len(notes) < SHORTEST_MOTIF:
        return 0, len(melody)
    return int(notes[0]), int(notes[-1]) + 1


def _bar_numbers(melody: Melody) -> Ints:
    """Return the bar, from 1, that each note begins in; 0 for a pick-up."""
    number: Ints = (melody.onset - melody.downbeat) // melody.bar_ticks + 1
    return number


def reroll(
    piece: Composition,
    keep_bars: Collection[int],
    brief: Brief,
    rng: np.random.Generator,
) -> Composition:
    """Return the piece with the notes of some bars kept and all others drawn anew.

    Parameters
    ----------
    piece
        What was composed to `brief`, by any verb.
    keep_bars
        Bars of it, from 1, whose notes stay, with their sources; a note belongs to the bar that it
        begins in. A pick-up always stays, and so do the rests in these bars.
    brief
        What the piece was composed to. With ``settings.keep_rhythm`` the new notes take the rhythm
        of those that they replace; otherwise the motif returns where the plan has it, provided that
        its whole place is free.

    Raises
    ------
    InputError
        If a bar is not in the piece, or no piece can meet the brief; the message says why.
    """
    bars = brief.bars_written
    outside = [bar for bar in keep_bars if not 1 <= bar <= bars]
    if outside:
        raise InputError(f"bar {outside[0]} is not in the piece, which has bars 1 to {bars}")
    if set(range(1, bars + 1)).issubset(keep_bars):
        return piece
    if brief.frame.counterpart:  # the motif that a part is written to stays
        motif = range(1, brief.frame.bars // 2 + 1)
        later = brief.frame.bars - bars
        keep_bars = {*motif, *(bar + later for bar in keep_bars)}
    piece = with_motif(piece, brief)
    kept = np.isin(_bar_numbers(piece.melody), [0, *keep_bars])
    groups = _groups(piece, np.flatnonzero(kept).tolist())
    for _ in range(_ATTEMPTS):
        slots, statements = _anew(piece, brief, keep_bars, groups, rng)
        try:
            made = written(brief, slots, rng, keep=True, statements=statements)
        except ContradictionError as contradiction:
            refused = contradiction
            continue
        if brief.is_planned:
            returns = exact_returns(made, brief.frame)
        else:
            returns = tuple(
                sorted((*_left(piece, kept, made), *made.returns), key=lambda r: r.note)
            )
        return without_motif(replace(made, verb="infill", returns=returns), brief)
    raise InputError(refused.explained(rng))


def _anew(
    piece: Composition,
    brief: Brief,
    keep_bars: Collection[int],
    groups: Sequence[Sequence[Slot]],
    rng: np.random.Generator,
) -> tuple[list[Slot], tuple[Statement, ...]]:
    """Return the notes that are kept, new ones without pitches, and the statements among these."""
    if brief.is_planned:
        planned = lay_out_plan(brief.plan_drawn(rng), brief.frame)
        return _around(planned, groups, keep_bars, brief), ()
    statements = () if brief.settings.keep_rhythm else _free_statements(brief, keep_bars, rng)
    statements = tuple(s for s in statements if _fits(s, groups))
    given = [*groups, *(stated(s.fragment, s.start) for s in statements)]
    given.sort(key=lambda group: group[0].onset)
    slots = lay_out(brief.frame, _rhythm(piece, brief, rng), given)
    return _resting(slots, brief, keep_bars), statements


def _around(
    planned: Sequence[Slot],
    groups: Sequence[Sequence[Slot]],
    keep_bars: Collection[int],
    brief: Brief,
) -> list[Slot]:
    """Return the notes that are kept, and those of a plan that stand in other bars."""
    frame, kept = brief.frame, {0, *keep_bars}
    taken = [(group[0].onset, group[-1].onset + group[-1].duration) for group in groups]
    slots = [slot for group in groups for slot in group]
    for slot in planned:
        bar = (slot.onset - frame.pickup) // frame.bar_ticks + 1
        end = slot.onset + slot.duration
        if bar not in kept and all(end <= low or high <= slot.onset for low, high in taken):
            slots.append(slot)
    onsets = {slot.onset for slot in slots}
    # What repeats a note that is not there has to be new.
    return sorted(
        (s if s.echo in onsets else s._replace(echo=None, steps=0) for s in slots),
        key=lambda slot: slot.onset,
    )


def _free_statements(
    brief: Brief, keep_bars: Collection[int], rng: np.random.Generator
) -> tuple[Statement, ...]:
    """Return the statements of the plan of which no note begins in a bar that is kept."""
    frame, kept = brief.frame, [0, *keep_bars]
    found = []
    for statement in place_statements(frame, brief.theme, rng):
        onset = statement.start + statement.fragment.melody.onset
        bar = (onset - frame.pickup) // frame.bar_ticks + 1
        if not np.isin(bar, kept).any():
            found.append(statement)
    return tuple(found)


def _fits(statement: Statement, groups: Sequence[Sequence[Slot]]) -> bool:
    """Return whether a statement overlaps no kept notes."""
    taken = [(group[0].onset, group[-1].onset + group[-1].duration) for group in groups]
    return all(statement.end <= low or high <= statement.start for low, high in taken)


def _groups(piece: Composition, notes: Sequence[int]) -> list[list[Slot]]:
    """Return the kept notes as fixed slots, in groups of successive notes."""
    groups: list[list[Slot]] = []
    for position, note in enumerate(notes):
        one = stated(piece.cut(note, note + 1), int(piece.melody.onset[note]))
        if position and notes[position - 1] == note - 1:
            groups[-1].extend(one)
        else:
            groups.append(one)
    return groups


def _rhythm(piece: Composition, brief: Brief, rng: np.random.Generator) -> Sequence[Bar]:
    """Return the rhythm of new bars: the piece's own where the settings ask for it and it fits."""
    fresh = choose_bars(brief.frame, brief.theme.melody, brief.bars, rng)
    if not brief.settings.keep_rhythm:
        return fresh
    number = _bar_numbers(piece.melody)
    own = {}
    for bar in range(brief.frame.bars):
        notes = np.flatnonzero(number == bar + 1)
        if len(notes):
            found = bars_of(piece.melody.cut(int(notes[0]), int(notes[-1]) + 1))
            own.update({bar: found[0]} if found else {})
    return [own.get(bar, rhythm) for bar, rhythm in enumerate(fresh)]


def _resting(slots: Sequence[Slot], brief: Brief, keep_bars: Collection[int]) -> list[Slot]:
    """Return the slots without new notes in bars that are kept: their rests are kept too."""
    frame, kept = brief.frame, set(keep_bars)
    return [
        slot
        for slot in slots
        if slot.pitch is not None or (slot.onset - frame.pickup) // frame.bar_ticks + 1 not in kept
    ]


def _left(piece: Composition, kept: Flags, made: Composition) -> Iterator[Return]:
    """Yield the planned places of the motif that were kept whole."""
    for place in piece.returns:
        if kept[place.note : place.note + place.notes].all():
            onset = piece.melody.onset[place.note]
            yield place._replace(note=int(np.searchsorted(made.melody.onset, onset)))
