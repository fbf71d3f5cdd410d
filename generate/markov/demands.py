"""Settings + slots -> hard constraints and preferences for every note."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from generate.piece.cadences import cadence_named
from generate.piece.scales import leading_note
from generate.plan.brief import Brief
from generate.plan.form import CLOSED, OPEN
from generate.plan.frame import Frame
from generate.plan.habits import LARGEST_LEAP
from generate.plan.rhythm import Slot
from generate.sampling.constraints import Constraint, classes_at, fixed, of_scale, within_range
from mer.errors import InputError
from mer.notes.arrays import Floats, Ints
from mer.notes.meter import Meter
from mer.notes.names import pitch_name

# Semitones around the middle of the range within which melodies mostly stay.
_REGISTER = 6.0
# The same around the pitch that the lender of a plan has there.
_NEARNESS, _NEARNESS_IN_COUNTERPARTS = 5.0, 3.5
_STRESS_POWER = 0.6
# How much likelier the lender's own degree is on a downbeat, and in the second half of the last bar
# of a phrase of four.
_SKELETON, _PHRASE_END, _PHRASE_BARS = 2.0, 4.0, 4
# How much rarer some intervals are at a close: a chain of neighbours leaps to a tonic more readily.
_ARRIVAL_POWER = 2.0
# Weight of the tonic just before a closing tonic.
_SAME_AGAIN = 0.15
# An open ending pauses on the second, third or fifth degree; the weight of each degree there.
_OPEN_DEGREES = (2, 3, 4, 7)
_HALF_CLOSE = np.array([0.4, 0.1, 1.0, 0.8, 0.8, 0.3, 0.1, 1.5, 0.1, 0.2, 0.2, 0.5])


def demands(
    brief: Brief, symbols: Ints, slots: Sequence[Slot], fixed_name: str
) -> list[Constraint]:
    """Return the constraints of a piece.

    Parameters
    ----------
    symbols
        Shape (pitches,): the alphabet.
    slots
        The notes of the piece.
    fixed_name
        Name of the fixed notes in messages.

    Raises
    ------
    InputError
        If the cadence is unknown, or the first or last note is outside the range or the scale.
    """
    frame, settings, last = brief.frame, brief.settings, len(slots) - 1
    free = np.array([slot.pitch is None for slot in slots])
    tonic, raised = frame.key.tonic, leading_note(frame.key, frame.scale)
    given = {note: slot.pitch for note, slot in enumerate(slots) if slot.pitch is not None}
    closes = [note for note, slot in enumerate(slots) if slot.ending == CLOSED and note != last]
    opens = [note for note, slot in enumerate(slots) if slot.ending == OPEN and note != last]
    ends = [last] if frame.end_on_tonic and settings.cadence != "half" else []
    approach = [note - 1 for note in [*closes, *ends] if note > 0 and free[note - 1]]
    found = [
        within_range(symbols, free, frame.low, frame.high),
        of_scale(symbols, free, frame.scale, scale_name(brief)),
        fixed(symbols, len(slots), given, fixed_name),
        classes_at(symbols, len(slots), closes, [tonic], "the closed endings of the form"),
        classes_at(
            symbols, len(slots), opens, _open_classes(brief), "the open endings of the form"
        ),
        classes_at(
            symbols, len(slots), ends, [tonic], f"an end on the tonic {frame.key.tonic_name}"
        ),
    ]
    if raised is not None:
        found[1] = found[1].with_raised(symbols, approach, raised)
    bound = set(closes) | set(opens) | set(ends) | {first_free(brief), last}
    ending = [] if settings.cadence is None else _cadence(brief, symbols, len(slots))
    found += [*_in_chords(brief, symbols, slots, bound, ending), *ending]
    first = brief.left_out
    for end, note, number in (
        ("first", first, settings.first_note),
        ("last", last, settings.last_note),
    ):
        if number is not None:
            name = f"the {end} note {pitch_name(number)}"
            _check_possible(brief, number, name, free=bool(free[note]))
            found.append(fixed(symbols, len(slots), {note: number}, name))
    return found


def first_free(brief: Brief) -> int:
    """Return the note that a wish for the first note is about; -1 without such a wish."""
    return -1 if brief.settings.first_note is None else brief.left_out


def _in_chords(
    brief: Brief,
    symbols: Ints,
    slots: Sequence[Slot],
    bound: Collection[int],
    ending: Sequence[Constraint],
) -> list[Constraint]:
    """Return the constraint that new notes on strong places belong to the chords that are given.

    Parameters
    ----------
    bound
        Notes that something else is asked of.
    ending
        The cadence, if one is asked for, which goes before chords that have none of its notes.
    """
    if not brief.given:
        return []
    allowed = np.ones((len(slots), len(symbols)), dtype=bool)
    begun = {one.onset: one for one in brief.given}
    half = brief.frame.bar_ticks // 2 if Meter(*brief.frame.meter).beats % 2 == 0 else 0
    scale = np.isin(symbols % 12, list(brief.frame.scale))
    left = np.logical_and.reduce([np.tile(scale, (len(slots), 1)), *(c.allowed for c in ending)])
    for note, slot in enumerate(slots):
        place = (slot.onset - brief.frame.pickup) % brief.frame.bar_ticks
        strong = place in (0, half) or slot.onset in begun
        if slot.pitch is not None or slot.echo is not None or not strong or note in bound:
            continue
        under = (one for one in brief.given if one.onset <= slot.onset < one.end)
        one = next(under, None)
        tones = () if one is None else one.name.pitch_classes
        inside = np.isin(symbols % 12, list(tones))
        if (inside & left[note]).any():
            allowed[note] = inside
    return [Constraint("the chords that are given", allowed)]


def _check_possible(brief: Brief, pitch: int, name: str, *, free: bool) -> None:
    """Refuse a note that no piece in this range and on this scale can have."""
    frame = brief.frame
    low, high = pitch_name(frame.low), pitch_name(frame.high)
    if not frame.low <= pitch <= frame.high:
        raise InputError(f"{name} is outside the range {low} to {high}")
    if free and pitch % 12 not in {*frame.scale, leading_note(frame.key, frame.scale)}:
        raise InputError(f"{name} is not in {scale_name(brief)}")


def scale_name(brief: Brief) -> str:
    """Return the name of the scale in messages."""
    wish = brief.settings.scale
    return f"the key {brief.frame.key}" if wish in (None, "key") else f"the scale {wish}"


def _open_classes(brief: Brief) -> list[int]:
    tonic, scale = brief.frame.key.tonic, brief.frame.scale
    wanted = [pc for pc in scale if (pc - tonic) % 12 in _OPEN_DEGREES]
    return wanted or [pc for pc in scale if pc != tonic]


def _cadence(brief: Brief, symbols: Ints, notes: int) -> list[Constraint]:
    name, tonic = brief.settings.cadence or "", brief.frame.key.tonic
    cadence = cadence_named(name)
    article = "an" if name[0] in "aeiou" else "a"
    parts = [(notes - 1, cadence.last), (notes - 2, cadence.approach)]
    masks = [
        classes_at(symbols, notes, [note], [(tonic + d) % 12 for d in degrees], "").allowed
        for note, degrees in parts
        if note >= 0
    ]
    return [Constraint(f"{article} {name} cadence", np.logical_and.reduce(masks))]


def alphabet_of(brief: Brief, slots: Sequence[Slot]) -> Ints:
    """Return the pitches that a piece may use: its scale in its range, and those that are fixed."""
    frame, settings = brief.frame, brief.settings
    classes = {*frame.scale, leading_note(frame.key, frame.scale)}
    inside = [pitch for pitch in range(frame.low, frame.high + 1) if pitch % 12 in classes]
    given = [slot.pitch for slot in slots if slot.pitch is not None]
    ends = [note for note in (settings.first_note, settings.last_note) if note is not None]
    return np.array(sorted({*inside, *given, *ends}))


def preferences(brief: Brief, symbols: Ints, slots: Sequence[Slot]) -> Floats:
    """Return the weight of each pitch at each note, shape (notes, pitches).

    Register, metre and endings, all soft.
    """
    frame, known = brief.frame, brief.habits
    degree = (symbols - frame.key.tonic) % 12
    middle = float(np.median(brief.theme.melody.pitch))
    register = np.exp(-(((symbols - middle) / _REGISTER) ** 2) / 2)
    stress = known.stress[degree] ** _STRESS_POWER
    nearness = _NEARNESS_IN_COUNTERPARTS if frame.counterpart else _NEARNESS
    weights = np.tile(register**0.25, (len(slots), 1))
    for note, slot in enumerate(slots):
        if slot.near is not None:
            weights[note] = np.exp(-(((symbols - slot.near) / nearness) ** 2) / 2)
            same_degree = (symbols - slot.near) % 12 == 0
            weights[note] *= np.where(same_degree, _skeleton(slot, frame), 1.0)
        on_downbeat = (slot.onset - frame.pickup) % frame.bar_ticks == 0
        if slot.ending == OPEN:
            weights[note] *= _HALF_CLOSE[degree]
        elif slot.ending == CLOSED:
            # The closing tonic is the one near the middle, not an octave away.
            weights[note] *= register
            if note:
                _arrive(weights, note, symbols, (slots[note - 1].pitch, degree), known.arrival)
        elif on_downbeat or slot.duration >= 2 * frame.beat_ticks:
            weights[note] *= stress
    return weights


def _arrive(
    weights: Floats, note: int, symbols: Ints, before: tuple[int | None, Ints], arrival: Floats
) -> None:
    """Weigh a closing tonic, or the note before it, by the interval between them.

    Parameters
    ----------
    before
        The pitch before the closing note, None where it is still to be drawn; and the degree of
        each pitch. What is still to be drawn counts by the tonics that may follow.
    """
    pitch, degree = before
    move = symbols[None, :] - symbols[:, None]
    ways = np.minimum(arrival, 1.0) ** _ARRIVAL_POWER
    ways = ways[np.clip(move, -LARGEST_LEAP, LARGEST_LEAP) + LARGEST_LEAP]
    if pitch is not None:
        weights[note] *= ways[int(np.searchsorted(symbols, pitch))]
        return
    tonics = weights[note] * (degree == 0)
    if tonics.any():
        again = np.where(degree, 1.0, _SAME_AGAIN)
        weights[note - 1] *= again * (ways @ tonics) / tonics.sum()


def _skeleton(slot: Slot, frame: Frame) -> float:
    """Return how much likelier the degree is that the lender of the plan has at a note.

    Which degrees stand on the downbeats of a phrase, and on which it ends, is the tune's plan, as
    its form is: so a part closes where the lender's does. A counterpart lies elsewhere.
    """
    if frame.counterpart:
        return 1.0
    bar, position = divmod(slot.onset - frame.pickup, frame.bar_ticks)
    if bar % _PHRASE_BARS == _PHRASE_BARS - 1 and 2 * position >= frame.bar_ticks:
        return _PHRASE_END
    return _SKELETON if position == 0 else 1.0
