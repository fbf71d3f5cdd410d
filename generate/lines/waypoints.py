"""Two motifs + index -> phrases that lie between them, each filling a number of whole bars.

A point between two vectors of the index is a weighted mean of both, and so its cosine with a phrase
is, up to a constant, the same mean of the two cosines. The phrases nearest to several such points
are the material. They are used as they are, *leaning* (every degree moved part of the way towards
the motif at one end), or *spliced* (begun by one, ended by another). Where the corpus has little
between two motifs, the motifs themselves lean towards each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from generate.lines.assembly import Candidate
from generate.lines.rebarring import rebarred
from generate.lines.stitch import prepared
from generate.piece.composition import Fragment
from generate.piece.degrees import to_degrees, to_pitch
from generate.piece.planned import Bar
from generate.plan.brief import Brief
from generate.plan.frame import Frame, usable_motif
from generate.plan.material import Neighbour, shift_into
from mer.notes.arrays import largest
from mer.notes.melody import Melody

_POINTS = (0.15, 0.3, 0.5, 0.7, 0.85)
_NEAREST = 30  # phrases to each point
_SHORTEST, _LONGEST = 4, 40
_LEANINGS = (0.3, 0.6)
_CROSSINGS = (0.15, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85)
_OTHER_METRE_COST, _LEAN_COST, _SPLICE_COST, _CROSS_COST = 0.6, 0.5, 0.4, 1.2
_SPLICED = 30
MOTIF_LEAN, TARGET_LEAN = "leaning to the motif", "leaning to the target"


@dataclass(frozen=True, eq=False)
class Ends:
    """Both motifs, each as it fills the bars of a waypoint."""

    motif: Fragment
    target: Fragment


def section(fragment: Fragment, frame: Frame, first: int, bars: int) -> Fragment | None:
    """Return bars `first` and after as a fragment that begins and ends with a bar.

    None where there is no note on the first beat, or silence of more than a beat at the end.
    """
    melody = fragment.melody
    length = bars * frame.bar_ticks
    onset = melody.onset - melody.downbeat - first * frame.bar_ticks
    notes = np.flatnonzero((onset >= 0) & (onset < length))
    if not len(notes) or onset[notes[0]] != 0:
        return None
    part = fragment.cut(int(notes[0]), int(notes[-1]) + 1)
    if length - int(part.melody.end[-1]) > frame.beat_ticks:
        return None
    return _ended(part, length)


def head(fragment: Fragment, frame: Frame, bars: int) -> Fragment:
    """Return the first bars of a motif as a fragment that begins and ends with a bar.

    The pick-up is left out; what follows it moves to the first beat, if it begins later. A shorter
    motif is repeated.
    """
    melody = fragment.melody
    after = melody.onset >= melody.downbeat
    first = int(np.argmax(after)) if after.any() else 0
    part = fragment.cut(first, len(fragment))
    notes = int(np.searchsorted(part.melody.onset, bars * frame.bar_ticks))
    part = part.cut(0, notes)
    own = -(-int(part.melody.end[-1]) // frame.bar_ticks)
    if own >= bars:
        return _ended(part, bars * frame.bar_ticks)
    return _repeated(_ended(part, own * frame.bar_ticks), bars * frame.bar_ticks)


def _repeated(part: Fragment, length: int) -> Fragment:
    """Return the fragment again and again up to tick `length`."""
    melody = part.melody
    times = -(-length // int(melody.end[-1]))
    begins = np.repeat(np.arange(times) * int(melody.end[-1]), len(part))
    onset = np.tile(melody.onset, times) + begins
    notes = int(np.searchsorted(onset, length))
    tiled = replace(
        melody,
        pitch=np.tile(melody.pitch, times)[:notes],
        onset=onset[:notes],
        duration=np.tile(melody.duration, times)[:notes],
        beat_strength=None,
    )
    return _ended(Fragment(tiled, (part.sources * times)[:notes]), length)


def _ended(part: Fragment, length: int) -> Fragment:
    """Return the fragment with its last note held, or cut, to end at tick `length`."""
    return Fragment(replace(part.melody, downbeat=0, phrase_starts=()), part.sources).with_last(
        length - int(part.melody.onset[-1])
    )


def whole_bars(melody: Melody) -> int:
    """Return how many bars a melody fills, the pick-up not counted; at least 1."""
    return max(1, melody.bars)


def waypoints(brief: Brief, ends: Ends, phrases: Sequence[Candidate], bars: int) -> list[Candidate]:
    """Return candidates of `bars` bars between the two motifs, made from `phrases_between`."""
    plain = list(_parts(brief, phrases, bars))
    found = [*plain, *_leaning(plain, ends, brief.frame), *_spliced(plain, ends, brief.frame)]
    inside = (prepared(brief, candidate.fragment, candidate.cost) for candidate in found)
    return _distinct([candidate for candidate in inside if candidate is not None], ends)


def _distinct(found: Sequence[Candidate], ends: Ends) -> list[Candidate]:
    """Return the cheapest of candidates that are the same music; none that is a motif itself."""
    cheapest: dict[Melody, Candidate] = {}
    for candidate in sorted(found, key=lambda candidate: candidate.cost):
        cheapest.setdefault(_music(candidate.fragment), candidate)
    stated = {_music(ends.motif), _music(ends.target)}
    return [candidate for music, candidate in cheapest.items() if music not in stated]


def _music(fragment: Fragment) -> Melody:
    """Return the notes without what is known about them."""
    melody = fragment.melody
    lowest = int(melody.pitch.min())
    return Melody(pitch=melody.pitch - lowest, onset=melody.onset, duration=melody.duration)


def _leaning(plain: Sequence[Candidate], ends: Ends, frame: Frame) -> Iterator[Candidate]:
    """Yield phrases that lean to either motif, and the motifs leaning to each other."""
    for candidate in plain:
        for share in _LEANINGS:
            cost = candidate.cost + _LEAN_COST * (0.5 + share)
            for goal, name in ((ends.motif, MOTIF_LEAN), (ends.target, TARGET_LEAN)):
                yield Candidate(leaned(candidate.fragment, goal, share, name, frame), cost)
    for share in _CROSSINGS:
        there = leaned(ends.motif, ends.target, share, TARGET_LEAN, frame)
        back = leaned(ends.target, ends.motif, 1 - share, MOTIF_LEAN, frame)
        yield Candidate(there, _CROSS_COST)
        yield Candidate(back, _CROSS_COST)


def _spliced(plain: Sequence[Candidate], ends: Ends, frame: Frame) -> Iterator[Candidate]:
    """Yield what one motif begins and a phrase or the other motif ends."""
    pairs = [(ends.motif, ends.target, _CROSS_COST)]
    for candidate in plain[:_SPLICED]:
        pairs.append((ends.motif, candidate.fragment, candidate.cost + _SPLICE_COST))
        pairs.append((candidate.fragment, ends.target, candidate.cost + _SPLICE_COST))
    for begun, ended, cost in pairs:
        for cut in _cuts(int(begun.melody.end[-1]), frame):
            joined = spliced(begun, ended, cut, frame)
            if joined is not None:
                yield Candidate(joined, cost)


def _cuts(length: int, frame: Frame) -> list[int]:
    """Return the ticks at a quarter, the half and three quarters of a length, on beats."""
    beats = length // frame.beat_ticks
    return list(dict.fromkeys(frame.beat_ticks * max(1, beats * n // 4) for n in (1, 2, 3)))


def phrases_between(brief: Brief, target: Melody, rhythms: Sequence[Bar]) -> list[Candidate]:
    """Return the phrases nearest to points between the motifs, in the key and metre.

    Parameters
    ----------
    rhythms
        Bars in the metre of the piece, for phrases that stand in another.
    """
    corpus, found = brief.corpus, []
    for number in between(brief, target):
        phrase = brief.index.phrase(number)
        if not _SHORTEST <= len(phrase.melody) <= _LONGEST:
            continue
        whole = brief.index.unit == "melody"
        tune = corpus.tune(number if whole else int(corpus.phrase_tune[number]))
        shift = shift_into(tune.melody, brief.frame, 0)
        fragment = Neighbour(tune, (), shift, 1.0).fragment(phrase.start, phrase.stop)
        cost = 0.0
        if fragment is not None and fragment.melody.meter != brief.frame.meter:
            fragment = rebarred(fragment, brief.frame, rhythms)
            cost = _OTHER_METRE_COST
        if fragment is not None:
            found.append(Candidate(fragment, cost))
    return found


def _parts(brief: Brief, phrases: Sequence[Candidate], bars: int) -> Iterator[Candidate]:
    """Yield the first and the last bars of the phrases, in the scale and range."""
    for phrase in phrases:
        last = whole_bars(phrase.fragment.melody) - bars
        for first in dict.fromkeys((0, max(last, 0))):
            part = section(phrase.fragment, brief.frame, first, bars)
            ready = None if part is None else prepared(brief, part, phrase.cost)
            if ready is not None and len(ready.fragment) > bars:
                yield ready


def between(brief: Brief, target: Melody) -> list[int]:
    """Return the numbers of the phrases nearest to points between the motif and the target."""
    total = len(brief.index)
    near_to = [
        brief.index.proposed(melody) for melody in (usable_motif(brief.theme.melody)[0], target)
    ]
    chosen: dict[int, None] = {}
    for point in _POINTS:
        near = (1 - point) * near_to[0] + point * near_to[1]
        best = largest(near, min(_NEAREST, total))
        # The shape keeps one of several phrases that are equal up to transposition and tempo.
        first = np.sort(np.unique(brief.index.shape[best], return_index=True)[1])
        chosen.update(dict.fromkeys(best[first].tolist()))
    return list(chosen)


def leaned(fragment: Fragment, goal: Fragment, share: float, name: str, frame: Frame) -> Fragment:
    """Return the fragment with each degree moved a share of the way to what `goal` sounds then."""
    sounding = np.searchsorted(goal.melody.onset, fragment.melody.onset, side="right") - 1
    own, _ = to_degrees(fragment.melody.pitch, frame.key)
    other, _ = to_degrees(goal.melody.pitch[sounding], frame.key)
    degree = np.rint((1 - share) * own + share * other).astype(np.int64)
    pitch = np.where(degree == own, fragment.melody.pitch, to_pitch(degree, frame.key))
    return fragment.with_pitch(pitch, name)


def spliced(begun: Fragment, ended: Fragment, cut: int, frame: Frame) -> Fragment | None:
    """Return one fragment up to tick `cut`, then another; None if no note begins there."""
    first = int(np.searchsorted(begun.melody.onset, cut))
    second = np.flatnonzero(ended.melody.onset == cut)
    if not first or not len(second):
        return None
    at = int(second[0])
    left = begun.cut(0, first)
    left = left.with_last(cut - int(left.melody.onset[-1]))
    first_half, second_half = left.melody, ended.melody
    melody = Melody(
        pitch=np.concatenate([first_half.pitch, second_half.pitch[at:]]),
        onset=np.concatenate([first_half.onset, second_half.onset[at:]]),
        duration=np.concatenate([first_half.duration, second_half.duration[at:]]),
        meter=frame.meter,
        key=first_half.key,
    )
    return Fragment(melody, left.sources + ended.sources[at:])
