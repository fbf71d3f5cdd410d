"""Neighbours -> `Plan` of a piece: which bars return, and how; the rhythm of those that do not.

A plan is borrowed from one of the neighbours' tunes, drawn by similarity and by how near its bars
come to the motif in notes per bar. The motif stands in the place of that tune's first bars: what
takes after them there takes after the motif here.

A counterpart of the motif borrows from the second half of a tune instead: what comes again within
it, its rhythm and its register. What takes after the first half there has the motif's rhythm here
and notes of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generate.piece.planned import Bar, Plan, PlannedBar
from generate.piece.self_similarity import (
    EXACT,
    NEW,
    RHYTHM,
    VARIED,
    BarNotes,
    Recurrence,
    recurrences,
)
from generate.plan.frame import Frame
from generate.plan.layout import lay_out_plan, renewed
from generate.plan.material import Neighbour
from generate.plan.own_rhythm import PLANS, grown, own_counterpart
from generate.plan.rhythm import (
    DENSITY_SPREAD,
    SHORTEST_QUOTED,
    closed,
    drawn,
    numbered_bars,
)
from generate.plan.verbs import FEWEST_BARS, PHRASE_BARS
from mer.notes.key import estimate_key
from mer.notes.melody import Melody

# What a tune of one strain counts as the lender of a counterpart, beside one of two.
_ONE_STRAIN = 0.1
# What a tune counts that is shorter than the piece, beside one that lends all of its bars, and one
# with a pick-up where the motif has none, or without where it has one: its phrases end elsewhere.
_SHORTER, _OTHER_PICKUP = 0.1, 0.2
# How many semitones the beginning of a lender may lie from the motif before it becomes unlikely.
_REGISTER_SPREAD = 4.0


def lent_plan(neighbour: Neighbour, frame: Frame, shortest: int) -> Plan | None:
    """Return the plan of the first bars of a tune, or None if it has none for such a piece.

    A piece that is longer than the tune comes back to its beginning after every other round.

    Parameters
    ----------
    shortest
        Ticks of the shortest note that the piece may have.
    """
    melody = neighbour.tune.melody
    if melody.meter != frame.meter:
        return None
    numbered = numbered_bars(melody, neighbour)
    wanted = max(numbered, default=0) + 1 if frame.counterpart else frame.bars
    whole = next((bar for bar in range(wanted) if bar not in numbered), wanted)
    if whole < frame.bars:
        whole -= whole % PHRASE_BARS
        if whole < FEWEST_BARS:
            return None
    rhythm = [numbered[bar] for bar in range(whole)]
    if not rhythm or min(min(bar.duration) for bar in rhythm) < shortest:
        return None
    notes = [_notes(bar, neighbour) for bar in rhythm]
    key = melody.key or estimate_key(melody.pitch, melody.duration)
    found = recurrences(notes, key.transpose(neighbour.shift), frame.bar_ticks)
    bars = [
        PlannedBar(
            recurrence,
            bar,
            recurrence.bar >= 0 and own.rhythm == notes[recurrence.bar].rhythm,
            tuple(own.pitch.tolist()),
        )
        for recurrence, bar, own in zip(found, rhythm, notes, strict=True)
    ]
    second = _second_half(bars, frame.bars // 2) if frame.counterpart else None
    return Plan(_rounds(second or bars, frame.bars), neighbour.tune.tune_id, second is not None)


def _second_half(bars: Sequence[PlannedBar], part: int) -> list[PlannedBar] | None:
    """Return as many first bars as a counterpart has, and after them those of the second half.

    None where the tune has no second strain, or one that is shorter than the counterpart.
    """
    half = len(bars) // (2 * PHRASE_BARS) * PHRASE_BARS
    if half < FEWEST_BARS or len(bars) < half + part:
        return None
    renamed: dict[Recurrence, int] = {}
    second = []
    for place, bar in enumerate(bars[half : half + part], start=part):
        recurrence = bar.recurrence
        if recurrence.bar >= half:
            recurrence = recurrence._replace(bar=recurrence.bar - half + part)
        elif recurrence.kind == EXACT and recurrence in renamed:
            # Two bars that are the same as one of the first half are the same as each other.
            recurrence = Recurrence(EXACT, renamed[recurrence])
        elif recurrence.kind != NEW:
            renamed.setdefault(recurrence, place)
            recurrence = recurrence._replace(bar=recurrence.bar % part)
        second.append(bar._replace(recurrence=recurrence))
    return [*bars[:part], *second]


def _rounds(bars: Sequence[PlannedBar], count: int) -> tuple[PlannedBar, ...]:
    """Return `count` bars: the given ones, others with their plan, the given ones again, and so on.

    Every other round is new, as in a rondo.
    """
    planned = list(bars)
    for number in range(len(bars), count):
        round_, place = divmod(number, len(bars))
        bar = bars[place]
        if round_ % 2 == 0:
            recurrence = Recurrence(EXACT, place)
        elif bar.recurrence.bar >= 0:
            recurrence = bar.recurrence._replace(bar=bar.recurrence.bar + round_ * len(bars))
        else:
            recurrence = bar.recurrence
        planned.append(bar._replace(recurrence=recurrence))
    return tuple(planned[:count])


def _notes(bar: Bar, neighbour: Neighbour) -> BarNotes:
    places = [place.note for place in bar.places if place is not None]
    return BarNotes(np.array(bar.onset), np.array(bar.duration), neighbour.pitch[places])


def plans_of(
    frame: Frame, theme: Melody, neighbours: Sequence[Neighbour]
) -> tuple[list[Plan], list[float]]:
    """Return the plans that the neighbours lend, and the weight of each."""
    shortest = min(SHORTEST_QUOTED, int(theme.duration.min()))
    density = len(theme) * frame.bar_ticks / max(int(theme.end[-1]), 1)
    plans: list[Plan] = []
    weights: list[float] = []
    for neighbour in neighbours:
        plan = lent_plan(neighbour, frame, shortest)
        if plan is not None:
            plan = _opened(_in_register(plan, theme), frame)
            if frame.counterpart:
                # Chance of its own: a brief is the same however often it is made.
                plan = as_counterpart(plan, theme, np.random.default_rng(len(plans)))
            plan = at_rest(plan, frame, _ending(neighbour, frame, shortest))
            own = float(np.mean([len(bar.rhythm.onset) for bar in plan.bars]))
            plans.append(plan)
            weight = neighbour.weight * np.exp(-abs(own - density) / DENSITY_SPREAD)
            weight *= _likeness(plan, neighbour.tune.melody, theme, frame)
            weights.append(weight * (_ONE_STRAIN if frame.counterpart and not plan.second else 1.0))
    return plans, weights


def _likeness(plan: Plan, lender: Melody, theme: Melody, frame: Frame) -> float:
    """Return what a lender counts by its length, its pick-up and where it lies, 1 at most."""
    far = _height(plan, theme) / _REGISTER_SPREAD
    likeness = float(np.exp(-(far**2) / 2))
    if lender.end[-1] - lender.downbeat <= (frame.bars - 1) * frame.bar_ticks:
        likeness *= _SHORTER
    if (lender.downbeat > 0) != (theme.downbeat > 0):
        likeness *= _OTHER_PICKUP
    return likeness


def _opened(plan: Plan, frame: Frame) -> Plan:
    """Return the plan with the motif in the place of its first bars, which take after no other."""
    if frame.opening is None:
        return plan
    given = -(-(int(frame.opening.melody.end[-1]) - frame.pickup) // frame.bar_ticks)
    own = (bar._replace(recurrence=Recurrence(NEW)) for bar in plan.bars[:given])
    return plan._replace(bars=(*own, *plan.bars[given:]))


def _in_register(plan: Plan, theme: Melody) -> Plan:
    """Return the plan in the octave in which its beginning lies nearest to the motif."""
    octave = 12 * round(_height(plan, theme) / 12)
    if not octave:
        return plan
    moved = (bar._replace(pitch=tuple(pitch + octave for pitch in bar.pitch)) for bar in plan.bars)
    return plan._replace(bars=tuple(moved))


def _height(plan: Plan, theme: Melody) -> float:
    """Return how many semitones the motif lies above the beginning of a plan."""
    bars = max(int(theme.end[-1] - theme.downbeat) // theme.bar_ticks, 1)
    own = [pitch for bar in plan.bars[:bars] for pitch in bar.pitch]
    return float(theme.pitch.mean() - np.mean(own)) if own else 0.0


def as_counterpart(plan: Plan, theme: Melody, rng: np.random.Generator) -> Plan:
    """Return the plan of a counterpart, of whose second half every note is new.

    What takes after a bar of the first half, the motif, has its rhythm alone, or a variation of it
    where the tune has. Where the first bar of a phrase of four bars is new in the tune, it varies
    the rhythm of the motif's bar that it stands beside. The counterpart lies as far above the
    motif, or below, as the tune's second half above its first.
    """
    part = len(plan.bars) // 2
    first = np.concatenate([bar.pitch for bar in plan.bars[:part]])
    lift = round(float(theme.pitch.mean() - first.mean()))
    bars = [bar._replace(lift=lift) for bar in plan.bars]
    for place, bar in enumerate(bars[part:]):
        recurrence = bar.recurrence
        returns = recurrence.kind != NEW and recurrence.bar < part
        begins = recurrence.kind == NEW and place % PHRASE_BARS == 0
        if begins or (returns and recurrence.kind == VARIED and not bar.keeps_rhythm):
            rhythm = grown(theme, place if begins else recurrence.bar, rng)
            pitches = [bar.pitch_at(onset) for onset in rhythm.onset]
            known = tuple(pitch for pitch in pitches if pitch is not None)
            bar = bar._replace(recurrence=Recurrence(NEW), rhythm=rhythm, pitch=known)
        elif returns:
            bar = bar._replace(recurrence=Recurrence(RHYTHM, recurrence.bar))
        bars[part + place] = bar
    return plan._replace(bars=tuple(bars))


def own_counterparts(
    frame: Frame, theme: Melody, *, kept: bool = False
) -> tuple[list[Plan], list[float]]:
    """Return the plans of a counterpart that no tune lends, and their weights.

    They are the same for every brief of a motif.

    Parameters
    ----------
    kept
        Whether the rhythm of the motif is kept bar for bar.
    """
    if kept:
        return [own_counterpart(frame, theme)], [1.0]
    chances = map(np.random.default_rng, range(PLANS))
    plans = [at_rest(own_counterpart(frame, theme, rng), frame) for rng in chances]
    return plans, [1.0] * PLANS


def at_rest(plan: Plan, frame: Frame, ending: Bar | None = None) -> Plan:
    """Return the plan with a last bar whose last note begins by the middle of the bar.

    Of tunes in 3/4 four in five end on the barline, and of those in 4/4 three in four by the middle
    of the bar; a bar that goes on to another in its tune mostly does not.

    Parameters
    ----------
    ending
        A bar with which a tune ends, to be taken where the plan's own runs on; by default that one
        is held from its middle.
    """
    written = frame.bars // 2 if frame.counterpart else frame.bars
    if written < 2 or not _runs_on(plan, frame):  # of a single bar too little would be left
        return plan
    last = plan.bars[-1]
    rhythm = closed(last.rhythm, frame) if ending is None else ending
    new = last._replace(recurrence=Recurrence(NEW), rhythm=rhythm, keeps_rhythm=False, pitch=())
    return plan._replace(bars=(*plan.bars[:-1], new))


def _runs_on(plan: Plan, frame: Frame) -> bool:
    last = lay_out_plan(plan, frame)[-1]
    return last.pitch is None and 2 * (frame.length - last.onset) < frame.bar_ticks


def _ending(neighbour: Neighbour, frame: Frame, shortest: int) -> Bar | None:
    """Return the bar with which a tune comes to rest, on its tonic; None if it does not end so."""
    melody = neighbour.tune.melody
    numbered = numbered_bars(melody, neighbour)
    bar = numbered.get(int((melody.onset[-1] - melody.downbeat) // melody.bar_ticks))
    key = melody.key or estimate_key(melody.pitch, melody.duration)
    if bar is None or min(bar.duration) < shortest or melody.pitch[-1] % 12 != key.tonic:
        return None
    return None if 2 * bar.onset[-1] > melody.bar_ticks else bar


def has_form(taken: Sequence[Recurrence | None], plans: Sequence[Plan], frame: Frame) -> bool:
    """Return whether what bars take is what one of the plans says.

    A plan may have been loosened, so that notes are found for it, or fewer returns of the motif.
    """
    loose = [
        one.loosened(steps)
        for plan in plans
        for one in (plan, renewed(plan, frame))
        for steps in (0, 1, 2)
    ]
    return any([bar.recurrence for bar in one.bars] == list(taken) for one in loose)


def draw_plan(plans: Sequence[Plan], weights: Sequence[float], rng: np.random.Generator) -> Plan:
    """Return one of the plans, drawn by their weights."""
    return plans[drawn(weights, rng)]
