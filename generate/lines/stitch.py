"""Brief -> composition: phrases of the neighbours, quoted and joined.

Candidates are the retrieved phrases, the phrases before and after each in its tune, and their parts
cut at barlines. `assembly` chooses among them. The method quotes whole phrases and cites them, so
by default it has no bound on copying; `loosen` keeps a bound that the settings ask for.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from generate.lines.assembly import Candidate, chosen, joined, transposed_into
from generate.lines.joins import JoinPrices
from generate.lines.rebarring import rebarred
from generate.lines.repair import finished
from generate.lines.sections import with_plan, with_returns
from generate.piece.composition import Composition, Fragment
from generate.piece.degrees import settle
from generate.piece.operators import swap_rhythm, varied
from generate.piece.planned import Bar
from generate.plan.brief import Brief, Writer
from generate.plan.frame import Frame
from generate.plan.material import Neighbour
from generate.plan.rhythm import bars_of, even_bar
from mer.notes.arrays import distinct
from mer.notes.melody import Melody

_MOST_CANDIDATES = 240
_BESIDE_COST = 0.25  # a phrase beside the retrieved one
_CUT_COST = 0.3  # a part of a phrase
_SNAP_COST = 3.0  # per share of notes moved into the scale
_OTHER_METRE_COST = 1.5
_SHORT, _SHORT_COST = 3, 1.0  # fewer notes than that make a patchwork
_MAKESHIFTS, _MAKESHIFT_COST = 4, 8.0
_SYNCOPATION_COST = 2.0  # per share of notes held over a barline
_REPEAT_COST = 2.5  # per share of repeated notes, above that of the motif


def stitching(brief: Brief) -> Writer:
    """Return the writer of pieces of quoted phrases.

    The writer raises an `InputError` if nothing fits, or if a copy bound is asked for that cannot
    be kept.
    """
    prices, phrases = JoinPrices.of(brief), quoted(brief)

    def write(rng: np.random.Generator) -> Composition:
        parts = chosen(brief.frame, phrases, prices, rng)
        plan = brief.plan_drawn(rng)
        line = joined(brief.frame, with_returns(brief.frame, parts, plan))
        piece = finished(brief, line, "stitch", brief.settings.max_copy, rng)
        return with_plan(piece, plan, brief.frame)

    return write


def quoted(brief: Brief) -> list[Candidate]:
    """Return the phrases around the matches, and their parts, as candidates, cheapest first."""
    found: dict[tuple[str, int, int, int], Candidate] = {}
    rhythms = bar_rhythms(brief)
    for neighbour in brief.neighbours:
        for start, stop, cost in _phrases(neighbour):
            phrase = neighbour.fragment(start, stop)
            if phrase is None:
                continue
            if phrase.melody.meter != brief.frame.meter:
                phrase = rebarred(phrase, brief.frame, rhythms)
                cost += _OTHER_METRE_COST
            if phrase is None:
                continue
            for first, last in parts(phrase.melody, 0, len(phrase), brief.frame):
                place = (neighbour.tune.tune_id, start, first, last)
                if place in found:
                    continue
                extra = _CUT_COST * (last - first < len(phrase))
                extra += _SHORT_COST * (last - first < _SHORT)
                candidate = prepared(brief, phrase.cut(first, last), cost + extra)
                if candidate is not None:
                    found[place] = candidate
    nearest = sorted(found.values(), key=lambda candidate: candidate.cost)[:_MOST_CANDIDATES]
    return nearest + list(_makeshifts(brief))


def _makeshifts(brief: Brief) -> Iterator[Candidate]:
    """Yield ends of phrases on plain beats, too dear for all but gaps that nothing else fits."""
    bar = even_bar(brief.frame)
    beats = Melody(
        pitch=np.zeros(len(bar.onset), dtype=np.int64),
        onset=np.array(bar.onset),
        duration=np.array(bar.duration),
        meter=brief.frame.meter,
    )
    for neighbour in brief.neighbours[:_MAKESHIFTS]:
        stop = len(neighbour.tune.melody)
        phrase = neighbour.fragment(max(0, stop - len(beats)), stop)
        if phrase is None:
            continue
        on_beats = varied(phrase, "rhythm swap", swap_rhythm(phrase.melody, beats))
        for beat in range(len(beats)):
            cut = on_beats.cut(beat, len(beats))
            candidate = prepared(brief, cut, _MAKESHIFT_COST)
            if candidate is not None:
                yield candidate


def prepared(brief: Brief, fragment: Fragment, cost: float) -> Candidate | None:
    """Return the fragment in the scale and range of the piece; None if it cannot be."""
    frame = brief.frame
    settled = settle(fragment.melody.pitch, frame.scale)
    cost += _SNAP_COST * float((settled != fragment.melody.pitch).mean())
    fragment = fragment.with_pitch(settled, "snap")
    held = fragment.melody.bar_position + fragment.melody.duration > frame.bar_ticks
    cost += _SYNCOPATION_COST * float(held.mean())
    cost += _REPEAT_COST * max(0.0, _repeated(fragment.melody) - _repeated(brief.theme.melody))
    inside = transposed_into(frame, fragment)
    return None if inside is None else Candidate(inside, cost)


def _repeated(melody: Melody) -> float:
    """Return the share of notes that repeat the one before."""
    return float((melody.pitch[1:] == melody.pitch[:-1]).sum()) / len(melody)


def bar_rhythms(brief: Brief) -> list[Bar]:
    """Return the bars of the motif and of the neighbours that are in the metre of the piece."""
    found = bars_of(brief.theme.melody)
    for neighbour in brief.neighbours:
        if neighbour.tune.melody.meter == brief.frame.meter:
            found += bars_of(neighbour.tune.melody, neighbour)
    return found


def _phrases(neighbour: Neighbour) -> Iterator[tuple[int, int, float]]:
    """Yield first note, last note + 1 and cost of the matched phrases and those beside them."""
    bounds = neighbour.phrase_bounds
    for match in neighbour.matches:
        number = match.phrase.number - 1
        for beside in (0, 1, -1, 2, -2, 3):
            if 0 <= number + beside < len(bounds) - 1:
                cost = 1.0 - match.similarity + _BESIDE_COST * abs(beside)
                yield bounds[number + beside], bounds[number + beside + 1], cost


def parts(melody: Melody, start: int, stop: int, frame: Frame) -> Iterator[tuple[int, int]]:
    """Yield a phrase and its parts: its first and last bars, and it from where the motif ends."""
    yield start, stop
    bar = melody.bar_ticks
    onset = melody.onset[start:stop] - melody.downbeat
    end = onset + melody.duration[start:stop]
    number = onset // bar
    lines = distinct(number[onset % bar == 0])
    cuts = [start + int(np.searchsorted(onset, line * bar)) for line in lines.tolist()]
    for first in cuts[:1] + cuts[-2:]:
        if first > start:
            yield first, stop
    for line in lines[:1].tolist():
        begin = start + int(np.searchsorted(onset, line * bar))
        for bars in (1, 2):
            last = start + int(np.searchsorted(end, (line + bars) * bar, side="right"))
            if begin < last < stop:
                yield begin, last
    if frame.opening is not None:
        motif = frame.opening.melody
        wanted = (int(motif.end[-1]) - motif.downbeat) % frame.bar_ticks
        fitting = np.flatnonzero(onset % bar == wanted)
        for first in dict.fromkeys(fitting[[0, -1]].tolist() if len(fitting) else []):
            if first > 0:
                yield start + first, stop
