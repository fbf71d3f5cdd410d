"""Motif -> bars of rhythm, for metres and rhythms in which no tunes lend any: its own, and varied.

A bar is varied by moving what it has: pieces turn round within a group of beats, groups of one
length change places, a note is split or two are joined. So the accents of the metre stay where
they are, and what is new is still heard as the motif's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

import numpy as np

from generate.piece.places import RHYTHM_OPERATORS, Place
from generate.piece.planned import Bar, Plan, PlannedBar
from generate.piece.self_similarity import EXACT, NEW, RHYTHM, VARIED, Recurrence
from generate.plan.frame import Frame
from generate.plan.rhythm import SHORTEST_NOTE, SHORTEST_QUOTED, Stock, with_lead
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.notes.meter import Meter

HELD, CUT, TURNED, EXCHANGED, SPLIT, JOINED = RHYTHM_OPERATORS
# With fewer tunes that know a rhythm, it is foreign to what was found.
FEWEST_LENDERS = 3
# How often a bar keeps the rhythm of the motif's bar as it is: with this share the bars have one of
# the motif's rhythms as often as those of tunes (`benchmarks/own_style.py`).
_AS_IT_IS = 0.4
PLANS = 12
# Forms of four times two bars, and how many of a hundred tunes of eight bars have them.
_FORMS = {"ABAC": 43, "ABCD": 24, "ABAB": 18}
_UNIT, _ROUND = 2, 8  # bars
# The note whose doubles are all plain, and the shortest that splitting leaves unless the motif has
# shorter ones.
_PLAIN = TICKS_PER_QUARTER // 32
_EIGHTH = TICKS_PER_QUARTER // 2


def beat_groups(melody: Melody) -> tuple[int, ...]:
    """Return the lengths in ticks of the groups into which the beats of a bar fall.

    Where a metre leaves it open, as 5/4 and 7/8 do, groups of two and three are set where the notes
    of the melody begin, long ones above all.

    Examples
    --------
    >>> notes = {"pitch": [60] * 5, "onset": [0, 480, 960, 1200, 1440], "meter": (7, 8)}
    >>> beat_groups(Melody(**notes, duration=[480, 480, 240, 240, 240]))
    (480, 480, 720)
    """
    meter = Meter.assumed(melody.meter)
    beats, beat = meter.beats, meter.beat_ticks
    if beats % 2 == 0 and beats <= 4:
        return (meter.bar_ticks // 2,) * 2
    if beats <= 4:
        return (meter.bar_ticks,)
    position = melody.bar_position
    weight = np.zeros(beats + 1)
    for place in range(1, beats):
        begins = position == place * beat
        crosses = (position < place * beat) & (position + melody.duration > place * beat)
        weight[place] = float(melody.duration[begins].sum()) / beat - float(crosses.sum())
    # The best way to each beat, by groups of two or three; of equals the one that ends on three.
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for place in range(2, beats + 1):
        ways = [
            (best[place - size][0] + weight[place], (*best[place - size][1], size * beat))
            for size in (3, 2)
            if place - size in best
        ]
        best[place] = max(ways, key=lambda way: way[0])
    return best[beats][1]


def own_bars(melody: Melody) -> list[Bar]:
    """Return the rhythm of the bars of a motif, one at least.

    What sounds over a barline is cut there and struck again. Bars that are half empty are left out;
    where all are, the notes are moved to the barline and the last is held. After the last bar, the
    rhythm of a pick-up comes again.
    """
    length = melody.bar_ticks
    start = melody.onset - melody.downbeat
    stop = start + melody.duration
    found = []
    for number in range(int(stop[-1] - 1) // length + 1):
        low = number * length
        inside = np.flatnonzero((start < low + length) & (stop > low)).tolist()
        notes = []
        for note in inside:
            begin, end = max(int(start[note]), low), min(int(stop[note]), low + length)
            done = "" if end - begin == melody.duration[note] else CUT
            if end - begin >= SHORTEST_NOTE:
                notes.append((begin - low, end - begin, Place("", 0, note, done)))
        if 2 * sum(duration for _, duration, _ in notes) >= length:
            found.append(_bar(notes))
    return [*found[:-1], with_lead(found[-1], melody)] if found else [_gathered(melody)]


def _gathered(melody: Melody) -> Bar:
    onset = melody.onset - melody.onset[0]
    many = max(int(np.searchsorted(onset, melody.bar_ticks)), 1)
    notes = [
        (int(onset[note]), int(melody.duration[note]), Place("", 0, note)) for note in range(many)
    ]
    at, _, place = notes[-1]
    held = place._replace(operator=HELD)
    return _bar([*notes[:-1], (at, melody.bar_ticks - at, held)])


Note = tuple[int, int, Place | None]


def _bar(notes: Sequence[Note]) -> Bar:
    onset, duration, places = zip(*notes, strict=True)
    return Bar(onset, duration, places)


def _notes(bar: Bar) -> list[Note]:
    return list(zip(bar.onset, bar.duration, bar.places, strict=True))


def variations(bar: Bar, groups: Sequence[int], beat: int) -> list[Bar]:
    """Return the variations of a bar, each rhythm once and not its own.

    Parameters
    ----------
    groups
        Lengths of the groups of beats (see `beat_groups`), in ticks.
    beat
        Length of a beat in ticks.
    """
    edges = [0, *np.cumsum(groups).tolist()]
    shortest = max(min(*bar.duration, _EIGHTH), SHORTEST_QUOTED)
    known = {(bar.onset, bar.duration)}
    found = []
    for way in (
        *_turned(bar, edges, beat),
        *_exchanged(bar, edges),
        *_split(bar, shortest),
        *_joined(bar, edges),
    ):
        if (way.onset, way.duration) not in known:
            known.add((way.onset, way.duration))
            found.append(way)
    return found


def _crossed(bar: Bar, tick: int) -> bool:
    """Return whether a note sounds over a place in a bar."""
    both = zip(bar.onset, bar.duration, strict=True)
    return any(onset < tick < onset + duration for onset, duration in both)


def _rearranged(bar: Bar, pieces: Sequence[tuple[int, int]], operator: str) -> Bar:
    """Return the stretches of a bar one after another; notes that have moved say by what."""
    notes, at = [], 0
    for low, high in pieces:
        for onset, duration, place in _notes(bar):
            if low <= onset < high:
                if place is not None and low != at:
                    place = place._replace(operator=place.operator or operator)
                notes.append((onset - low + at, duration, place))
        at += high - low
    return _bar(notes)


def _turned(bar: Bar, edges: Sequence[int], beat: int) -> Iterator[Bar]:
    """Yield the bar with the pieces of one group in another order, each begun one later."""
    groups = list(pairwise(edges))
    for number, (low, high) in enumerate(groups):
        if any(_crossed(bar, edge) for edge in (low, high)):
            continue
        inner = [tick for tick in range(low + beat, high, beat) if not _crossed(bar, tick)]
        pieces = list(pairwise([low, *inner, high]))
        for turn in range(1, len(pieces)):
            own = [*pieces[turn:], *pieces[:turn]]
            yield _rearranged(bar, [*groups[:number], *own, *groups[number + 1 :]], TURNED)


def _exchanged(bar: Bar, edges: Sequence[int]) -> Iterator[Bar]:
    """Yield the bar with two groups of one length in each other's place."""
    groups = list(pairwise(edges))
    for a, b in combinations(range(len(groups)), 2):
        same = groups[a][1] - groups[a][0] == groups[b][1] - groups[b][0]
        if same and not any(_crossed(bar, edge) for edge in (*groups[a], *groups[b])):
            order = list(groups)
            order[a], order[b] = order[b], order[a]
            yield _rearranged(bar, order, EXCHANGED)


def _split(bar: Bar, shortest: int) -> Iterator[Bar]:
    """Yield the bar with one note struck twice: halves, or two thirds and one of a dotted note."""
    notes = _notes(bar)
    for number, (onset, duration, place) in enumerate(notes):
        parts = {1: 2, 3: 3}.get(_odd(duration))
        if parts is None or duration // parts < shortest:
            continue
        first = duration - duration // parts
        done = None if place is None else place._replace(operator=SPLIT)
        two = [(onset, first, done), (onset + first, duration - first, done)]
        yield _bar([*notes[:number], *two, *notes[number + 1 :]])


def _odd(duration: int) -> int:
    """Return what is left of a duration, in the smallest plain note, without factors of two."""
    count, rest = divmod(duration, _PLAIN)
    return 0 if rest else count // (count & -count)


def _joined(bar: Bar, edges: Sequence[int]) -> Iterator[Bar]:
    """Yield the bar with two neighbours as one note, the second of which begins no group."""
    notes = _notes(bar)
    for number, ((onset, first, place), (then, second, _)) in enumerate(pairwise(notes)):
        if then in edges or onset + first != then:
            continue
        done = None if place is None else place._replace(operator=JOINED)
        yield _bar([*notes[:number], (onset, first + second, done), *notes[number + 2 :]])


def closing(bar: Bar, groups: Sequence[int]) -> Bar:
    """Return the bar at rest: what begins in its last group is one note, held to the barline."""
    length = sum(groups)
    begun = [onset for onset in bar.onset if onset <= length - groups[-1]]
    rest = max(len(begun) - 1, 0)
    onset, place = bar.onset[rest], bar.places[rest]
    if place is not None and bar.duration[rest] != length - onset:
        place = place._replace(operator=HELD)
    return _bar([*_notes(bar)[:rest], (onset, length - onset, place)])


def own_stock(theme: Melody) -> Stock:
    """Return the bars of the motif and their variations, as if a tune lent them."""
    groups, beat = beat_groups(theme), theme.beat_ticks
    own = own_bars(theme)
    return [([way for bar in own for way in (bar, *variations(bar, groups, beat))], 1.0)]


def is_foreign(theme: Melody, stock: Stock) -> bool:
    """Return whether too few tunes lend rhythms, or too few know the syncopations of the motif.

    A note is syncopated if it begins off the beat and sounds over the next one.
    """
    if len(stock) < FEWEST_LENDERS:
        return True
    position = theme.bar_position
    next_beat = (position // theme.beat_ticks + 1) * theme.beat_ticks
    syncopated = (position % theme.beat_ticks != 0) & (position + theme.duration > next_beat)
    if not syncopated.any():
        return False
    notes = set(np.flatnonzero(syncopated).tolist())
    held = {
        bar.onset
        for bar in own_bars(theme)
        if any(place is not None and place.note in notes for place in bar.places)
    }
    knowing = sum(any(bar.onset in held for bar in bars) for bars, _ in stock)
    return knowing < FEWEST_LENDERS


def grown(theme: Melody, number: int, rng: np.random.Generator) -> Bar:
    """Return a variation of a bar of the motif; the bar itself where there is none.

    Parameters
    ----------
    number
        Which bar, from 0; after the last one comes the first again.
    """
    own = own_bars(theme)
    bar = own[number % len(own)]
    ways = variations(bar, beat_groups(theme), theme.beat_ticks)
    return ways[int(rng.integers(len(ways)))] if ways else bar


def in_own_rhythm(plan: Plan, theme: Melody, rng: np.random.Generator) -> Plan:
    """Return a plan with the motif's rhythm, as it is or varied, in bars that are new there.

    A bar that only has an earlier rhythm there is varied as often: even notes are all alike.
    """
    groups, own = beat_groups(theme), own_bars(theme)
    bars = []
    for number, planned in enumerate(plan.bars):
        as_it_is = rng.random() < _AS_IT_IS
        if planned.recurrence.kind == RHYTHM and not as_it_is:
            planned = planned._replace(recurrence=Recurrence(NEW))
        bar = own[number % len(own)] if as_it_is else grown(theme, number, rng)
        if number == len(plan.bars) - 1:
            bar = closing(bar, groups)
        pitches = [planned.pitch_at(onset) for onset in bar.onset]
        pitch = tuple(pitch for pitch in pitches if pitch is not None)
        keeps = planned.keeps_rhythm or planned.recurrence.kind == VARIED
        bars.append(planned._replace(rhythm=bar, pitch=pitch, keeps_rhythm=keeps))
    return plan._replace(bars=tuple(bars))


def own_plans(frame: Frame, theme: Melody) -> tuple[list[Plan], list[float]]:
    """Return plans for a metre in which no tune lends one, and their weights.

    Each has one of the usual forms, the motif as its A, and rhythms of its own; the rounds of eight
    bars are alike in form. They are the same for every brief of a motif.
    """
    plans, weights = [], []
    own = own_bars(theme)
    for number in range(PLANS):
        rng = np.random.default_rng(number)
        form = list(_FORMS)[number % len(_FORMS)]
        kinds = [_recurrence(form, bar) for bar in range(frame.bars)]
        plan = Plan(tuple(PlannedBar(kind, own[0], True, ()) for kind in kinds), "")
        plans.append(in_own_rhythm(plan, theme, rng))
        weights.append(float(_FORMS[form]))
    return plans, weights


def own_counterpart(frame: Frame, theme: Melody, rng: np.random.Generator | None = None) -> Plan:
    """Return the plan of a counterpart that has the rhythm of the motif, bar for bar.

    Parameters
    ----------
    rng
        Draws which bars have a variation of it instead; None for none.
    """
    own, part = own_bars(theme), frame.bars // 2
    bars = []
    for number in range(frame.bars):
        recurrence, rhythm = Recurrence(NEW), own[number % len(own)]
        if number >= part and (rng is None or rng.random() < _AS_IT_IS):
            recurrence = Recurrence(RHYTHM, number - part)
        elif number >= part and rng is not None:
            rhythm = grown(theme, number - part, rng)
        bars.append(PlannedBar(recurrence, rhythm, True, ()))
    return Plan(tuple(bars), "")


def _recurrence(form: str, bar: int) -> Recurrence:
    """Return what a bar takes in a form: A comes again in every round, the others are new there."""
    place = bar % _ROUND
    letter = form[place // _UNIT]
    origin = form.index(letter) * _UNIT + place % _UNIT
    if letter != "A":
        origin += bar - place
    ends = place == _ROUND - 1
    return Recurrence(NEW) if origin == bar or ends else Recurrence(EXACT, origin)
