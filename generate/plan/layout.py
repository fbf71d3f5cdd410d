"""Plan + motif -> slots: the rhythm of every bar, and what of it is given or returns.

The motif's own notes are fixed. A bar that takes after one of the motif's repeats fixed notes; one
that takes after a new bar repeats notes whose pitches are not known yet (`Slot.echo`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generate.piece import self_similarity as kinds
from generate.piece.composition import MOTIF
from generate.piece.degrees import settle, to_degrees, to_pitch
from generate.piece.places import Place
from generate.piece.planned import Plan, PlannedBar, loosened
from generate.plan.form import CLOSED, OPEN, Section
from generate.plan.frame import Frame
from generate.plan.rhythm import SHORTEST_NOTE, Slot, filled, stated, with_lead
from mer.notes.key import Key

MOVED = "diatonic transposition"
_PHRASE_BARS = 4
# Of the notes that follow the motif so many are new.
LEAST_NEW = 0.6


def lay_out_plan(plan: Plan, frame: Frame) -> list[Slot]:
    """Return the notes of a piece in order, as its plan has them."""
    opening = [] if frame.opening is None else stated(frame.opening, 0)
    known = opening[-1].onset + opening[-1].duration if opening else frame.pickup
    slots = list(opening)
    for number, bar in enumerate(plan.bars):
        start = frame.pickup + number * frame.bar_ticks
        stop = start + frame.bar_ticks
        if known >= stop - SHORTEST_NOTE:
            continue
        if known > start:  # the motif ends within this bar
            led = _led(opening, stop, known, frame)
            if not frame.counterpart:
                fresh = filled(bar.rhythm, start, (known, stop), False)
                if not fresh and frame.opening is not None:
                    lead = with_lead(bar.rhythm, frame.opening.melody)
                    fresh = filled(lead, start, (known, stop), False)
                led = _lent(fresh, bar, start)
            slots += led
            continue
        if number and _leads_back(bar, frame) and start - frame.pickup >= known:
            slots = _with_pickup(slots, opening, start, frame)
        inside = _bar(bar, slots, start, frame)
        if frame.counterpart and slots == opening:  # no rest between the motif and what answers it
            inside = _begun(inside, start)
        slots = _joined(slots, _lent(inside, bar, start))
    return _ended(_breathing(slots, plan, frame, known), frame)


def renewed(plan: Plan, frame: Frame) -> Plan:
    """Return the plan with fewer returns of the motif, if need be, so that enough notes are new.

    The last ones go first, a bar at a time: from a return to a variation, and then to the rhythm.
    """
    if frame.opening is None:
        return plan
    bars = list(plan.bars)
    for number in reversed(range(len(bars))):
        for loose in (1, 2):
            if share_new(lay_out_plan(plan, frame), frame) >= LEAST_NEW:
                return plan
            if _states(bars, number, frame):
                bars[number] = loosened(bars[number], loose)
                plan = plan._replace(bars=tuple(bars))
    return plan


def share_new(slots: Sequence[Slot], frame: Frame) -> float:
    """Return the share of the notes after the motif that are not the motif's own again."""
    given = 0 if frame.opening is None else len(frame.opening)
    own = [slot.source is not None and slot.source.is_statement for slot in slots]
    return 1.0 - sum(own[given:]) / max(len(own) - given, 1)


def _states(bars: Sequence[PlannedBar], number: int, frame: Frame) -> bool:
    """Return whether a bar states notes of the motif again as they were."""
    recurrence = bars[number].recurrence
    if recurrence.kind not in (kinds.EXACT, kinds.VARIED):
        return False
    assert frame.opening is not None
    given = -(-(int(frame.opening.melody.end[-1]) - frame.pickup) // frame.bar_ticks)
    return recurrence.bar < given or _states(bars, recurrence.bar, frame)


def with_returns(slots: Sequence[Slot], frame: Frame) -> list[Slot]:
    """Return the slots of a form, those of a letter that comes again repeating its first notes.

    What has more primes than the first of its letter goes its own way after half of it. Endings are
    new each time, and so is what follows where the motif is stated in part: its other notes would
    be a copy wherever the motif is a known tune.
    """
    first: dict[str, Section] = {}
    places = {(slot.onset, slot.duration): slot for slot in slots}
    echoes = {}
    for section in frame.sections:
        origin = first.setdefault(section.letter, section)
        if origin is section:
            continue
        shift = (section.start - origin.start) * frame.bar_ticks
        start = frame.pickup + section.start * frame.bar_ticks
        length = min(section.bars, origin.bars) * frame.bar_ticks
        stop = start + (length if section.primes == origin.primes else length // 2)
        for slot in slots:
            there = places.get((slot.onset - shift, slot.duration))
            free = slot.pitch is None and not slot.ending
            known = there is None or there.ending or there.pitch is not None
            if start <= slot.onset < stop and free and there is not None and not known:
                echoes[slot.onset] = there.onset
    return [s._replace(echo=echoes[s.onset]) if s.onset in echoes else s for s in slots]


def _joined(slots: Sequence[Slot], bar: Sequence[Slot]) -> list[Slot]:
    """Return the slots and those of a bar after them; a note that crosses the barline gives way."""
    if not slots or not bar:
        return [*slots, *bar]
    last = _cut(slots[-1], bar[0].onset)
    return [*slots[:-1], *([] if last is None else [last]), *bar]


def _cut(slot: Slot, stop: int) -> Slot | None:
    """Return a note that ends by `stop`; None if too little is left of it."""
    room = stop - slot.onset
    if slot.duration <= room:
        return slot
    if room < SHORTEST_NOTE:
        return None
    source = None if slot.source is None else slot.source.then("cut")
    return slot._replace(duration=room, source=source)


def _held(slot: Slot, stop: int) -> Slot:
    """Return a note that sounds up to `stop`."""
    room = stop - slot.onset
    if slot.duration == room:
        return slot
    source = None if slot.source is None else slot.source.then("hold")
    return slot._replace(duration=room, source=source)


def _lent(slots: Sequence[Slot], bar: PlannedBar, start: int) -> list[Slot]:
    """Return the slots of a bar, free ones with the pitch that the lender has there."""
    if not bar.pitch:
        return list(slots)
    near = [(bar.pitch_at(slot.onset - start) or 0) + bar.lift for slot in slots]
    return [
        slot if slot.pitch is not None else slot._replace(near=pitch)
        for slot, pitch in zip(slots, near, strict=True)
    ]


def _begun(bar: Sequence[Slot], start: int) -> list[Slot]:
    """Return the slots of a bar, the first of them from its barline on."""
    first, *others = bar
    return [first._replace(onset=start, duration=first.onset + first.duration - start), *others]


def _led(opening: Sequence[Slot], stop: int, known: int, frame: Frame) -> list[Slot]:
    """Return the pick-up of a counterpart, like the motif's, before `stop`, if there is room."""
    wall = stop - frame.pickup
    if known > wall:
        return []
    return [_free(slot, wall) for slot in opening if slot.onset < frame.pickup]


def _leads_back(bar: PlannedBar, frame: Frame) -> bool:
    """Return whether a bar begins as the first does, after a pick-up."""
    recurrence = bar.recurrence
    returns = recurrence.kind == kinds.EXACT or recurrence.head > 0
    return bool(frame.pickup) and recurrence.bar == 0 and returns


def _with_pickup(
    slots: Sequence[Slot], opening: Sequence[Slot], start: int, frame: Frame
) -> list[Slot]:
    """Return the slots with the motif's pick-up before the bar that begins at `start`."""
    wall = start - frame.pickup
    kept = [slot for slot in (_cut(slot, wall) for slot in slots) if slot is not None]
    led = [slot for slot in opening if slot.onset < frame.pickup]
    return kept + [_repeated(slot, wall, 0, frame) for slot in led]


def _bar(bar: PlannedBar, slots: Sequence[Slot], start: int, frame: Frame) -> list[Slot]:
    recurrence, length = bar.recurrence, frame.bar_ticks
    if recurrence.kind == kinds.NEW:
        return filled(bar.rhythm, start, (start, start + length), False)
    earlier = frame.pickup + recurrence.bar * length
    shift = start - earlier
    there = [slot for slot in slots if earlier <= slot.onset < earlier + length]
    if not there:  # the motif holds a note all through that bar
        return filled(bar.rhythm, start, (start, start + length), False)
    if recurrence.kind in (kinds.EXACT, kinds.MOVED):
        return [_repeated(slot, shift, recurrence.steps, frame) for slot in there]
    if recurrence.kind == kinds.RHYTHM:
        return [_free(slot, shift) for slot in there]
    head = [s for s in there if s.onset + s.duration - earlier <= recurrence.head]
    tail = [s for s in there if s.onset - earlier >= recurrence.tail and s not in head]
    low = head[-1].onset + head[-1].duration + shift if head else start
    high = tail[0].onset + shift if tail else start + length
    if bar.keeps_rhythm:
        middle = [_free(slot, shift) for slot in there if slot not in head and slot not in tail]
    else:
        middle = filled(bar.rhythm, start, (low, high), False)
    again = [_repeated(slot, shift, 0, frame) for slot in (*head, *tail)]
    return sorted([*again, *middle], key=lambda slot: slot.onset)


def _repeated(slot: Slot, shift: int, steps: int, frame: Frame) -> Slot:
    """Return a slot again, `shift` ticks later, moved by scale steps."""
    if slot.pitch is None or slot.source is None:
        echo = slot.onset if slot.echo is None else slot.echo
        return Slot(
            slot.onset + shift, slot.duration, slot.place, echo=echo, steps=slot.steps + steps
        )
    if not steps:
        return slot._replace(onset=slot.onset + shift)
    pitch = moved_within(slot.pitch, steps, frame)
    source = slot.source.then(MOVED, pitch - slot.pitch)
    return slot._replace(onset=slot.onset + shift, pitch=pitch, source=source)


def moved(pitch: int, steps: int, key: Key) -> int:
    """Return a pitch so many scale steps higher, its alteration kept.

    Examples
    --------
    >>> moved(64, 2, Key(0)), moved(66, -1, Key(0))
    (67, 65)
    """
    degree, alteration = to_degrees(pitch, key)  # type: ignore[arg-type]
    return int(to_pitch(degree + steps, key) + alteration)


def moved_within(pitch: int, steps: int, frame: Frame) -> int:
    """Return the same on the scale of the piece, where that is another one than the key's."""
    found = moved(pitch, steps, frame.key)
    if set(frame.scale) == set(frame.key.scale):
        return found
    return int(settle(np.array([found]), frame.scale)[0])


def _free(slot: Slot, shift: int) -> Slot:
    """Return a note of the same length, `shift` ticks later, with no pitch yet."""
    place = slot.place
    if slot.source is not None and place is None:
        source = slot.source
        if source.kind == MOTIF:
            place = Place("", 0, source.note)
        else:
            place = source.rhythm or Place(source.tune_id, source.phrase, source.note)
    return Slot(slot.onset + shift, slot.duration, place)


def _breathing(slots: Sequence[Slot], plan: Plan, frame: Frame, known: int) -> list[Slot]:
    """Return the slots, phrases that pause on a free note as open or closed as the lender's."""
    ends = {}
    for number in range(_PHRASE_BARS - 1, frame.bars - 1, _PHRASE_BARS):
        stop = frame.pickup + (number + 1) * frame.bar_ticks
        inside = [s for s in slots if max(known, stop - frame.bar_ticks) <= s.onset < stop]
        last = inside[-1] if inside else None
        if last is None or last.pitch is not None or last.echo is not None:
            continue
        if last.duration >= frame.beat_ticks:
            there = plan.bars[number].pitch_at(frame.bar_ticks)
            closed = there is not None and there % 12 == frame.key.tonic
            ends[last.onset] = CLOSED if closed else OPEN
    return [s._replace(ending=ends[s.onset]) if s.onset in ends else s for s in slots]


def _ended(slots: Sequence[Slot], frame: Frame) -> list[Slot]:
    """Return the slots, the last bar brought to rest on a note that can be the tonic."""
    start = frame.length - frame.bar_ticks
    before = [slot for slot in slots if slot.onset < start]
    cut = [_cut(slot, frame.length) for slot in slots if slot.onset >= start]
    inside = [slot for slot in cut if slot is not None]
    if not inside:  # a bar like one into which a long note is held
        return _joined(before, [Slot(start, frame.bar_ticks, ending=CLOSED)])
    if inside[-1].duration < frame.beat_ticks:
        rests = [
            number
            for number, slot in enumerate(inside)
            if 2 * (slot.onset - start) <= frame.bar_ticks
            and (slot.onset - start) % frame.beat_ticks == 0
        ]
        inside = inside[: (rests[-1] if rests else 0) + 1]
    last = _held(inside[-1], frame.length)
    inside[-1] = last
    if not (last.pitch is not None and last.pitch % 12 == frame.key.tonic):
        inside[-1] = Slot(last.onset, last.duration, last.place, ending=CLOSED, near=last.near)
    return [*before, *inside]
