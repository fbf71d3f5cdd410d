"""`PitchTrack` -> `Heard`: the notes of a recording, in seconds and whole semitones.

The track is first smoothed into plateaus by dynamic programming: each frame pays for its distance
from the plateau, each change of plateau has a price. So vibrato and short slips stay inside a note,
and glides are passed over. The plateaus know nothing of semitones: a singer between the keys does
not tremble between two. A stroke inside a plateau begins a new note. Then the tuning is found from
what the notes have in common, and each is rounded to the nearest semitone of that tuning.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from mer.io.recording.pitch_track import HOP_SEC, PitchTrack
from mer.notes.arrays import Flags, Floats, Ints

SHORTEST_SEC = 0.06

_STEP = 1.0 / 3.0  # semitones between plateaus
_SPREAD = 0.5  # semitones: what a voice strays about its note
_WORST = 6.0  # the most that one frame can cost
_CHANGE = 10.0
_GAP_SEC = 0.10  # silence that ends a note though nothing is struck after it
_RISE_DB = 4.5
_RISE_IN_GAP_DB = 3.0
_LATE = 2  # frames by which a rise peaks after the onset
_EARLY, _RINGING = 9, 12  # frames by which a pitch may change before and after its stroke
_LEAD_SEC, _LEAD_DB = 0.15, 8.0  # what is so short and so much quieter is only the way into a note
_EDGE = 0.2  # share of a note at each end that may be glide


@dataclass(frozen=True, eq=False)
class Heard:
    """The notes heard; `pitch`, `start_sec`, `end_sec` and `strength` have shape (notes,).

    `tuning_cents` says how far the recording lies above concert pitch, -50 to 50; `spread_cents`
    how far its notes stray from that tuning on average.
    """

    pitch: Ints
    start_sec: Floats
    end_sec: Floats
    tuning_cents: float
    spread_cents: float

    def __len__(self) -> int:
        return len(self.pitch)


def hear_notes(track: PitchTrack) -> Heard:
    """Return the notes in a pitch track; there may be none.

    Examples
    --------
    >>> frames = np.repeat([60.1, 62.1, 62.1], 50)
    >>> level = np.repeat([0.0, 0.0, 0.0], 50)
    >>> struck = np.where(np.arange(150) == 100, 9.0, 0.0)
    >>> heard = hear_notes(PitchTrack(frames, np.ones(150), level, struck))
    >>> heard.pitch.tolist(), heard.end_sec.round(1).tolist(), round(heard.tuning_cents)
    ([60, 62, 62], [0.4, 0.8, 1.2], 10)
    """
    sounding = track.sounding
    spans = [
        span
        for first, last in _stretches(sounding)
        for span in _split(track, first, last, _plateaus(track.pitch, sounding, first, last))
    ]
    shortest = round(SHORTEST_SEC / HOP_SEC)
    spans = [span for span in spans if sounding[span[0] : span[1]].sum() >= shortest]
    spans = _without_leads(track, spans)
    middles = np.array([_middle(track, first, last) for first, last in spans])
    lengths = np.array([float(last - first) for first, last in spans])
    tuning = _tuning(middles, lengths)
    pitch = np.round(middles - tuning).astype(np.int64)
    kept = np.flatnonzero((pitch >= 0) & (pitch <= 127))
    times = np.array(spans, dtype=np.float64).reshape(-1, 2) * HOP_SEC
    away = np.abs(middles - tuning - pitch)
    return Heard(
        pitch=pitch[kept],
        start_sec=times[kept, 0],
        end_sec=times[kept, 1],
        tuning_cents=100.0 * tuning,
        spread_cents=100.0 * float(np.average(away, weights=lengths)) if len(away) else 0.0,
    )


def _stretches(sounding: Flags) -> list[tuple[int, int]]:
    """Return first and last frame (not included) of what no long silence divides."""
    frames = np.flatnonzero(sounding)
    if not len(frames):
        return []
    breaks = np.flatnonzero(np.diff(frames) > round(_GAP_SEC / HOP_SEC))
    firsts = frames[np.concatenate([[0], breaks + 1])]
    lasts = frames[np.concatenate([breaks, [len(frames) - 1]])] + 1
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


def _plateaus(pitch: Floats, sounding: Flags, first: int, last: int) -> Ints:
    """Return the cheapest plateau for each frame of a stretch, as a number."""
    here, heard = pitch[first:last], sounding[first:last]
    low, high = here[heard].min(), here[heard].max()
    levels = np.arange(low - _STEP / 2, high + _STEP, _STEP)
    away = (here[:, None] - levels) / _SPREAD
    cost = np.minimum(np.square(away) / 2, _WORST) * heard[:, None]
    total = cost[0]
    came = np.empty(cost.shape, dtype=np.int64)
    stay = np.arange(len(levels))
    for frame in range(1, len(cost)):
        best = int(np.argmin(total))
        changed = total > total[best] + _CHANGE
        came[frame] = np.where(changed, best, stay)
        total = np.minimum(total, total[best] + _CHANGE) + cost[frame]
    path = np.empty(len(cost), dtype=np.int64)
    path[-1] = int(np.argmin(total))
    for frame in range(len(cost) - 1, 0, -1):
        path[frame - 1] = came[frame, path[frame]]
    return path


def _split(track: PitchTrack, first: int, last: int, path: Ints) -> list[tuple[int, int]]:
    """Return the notes of a stretch as (first frame, last frame, not included)."""
    strokes = np.array(_strokes(track, first, last), dtype=np.int64)
    changes = np.flatnonzero(np.diff(path)) + 1 + first
    # A change of pitch and its stroke are one onset. The pitch comes late where the last note rings
    # on, so the stroke says when.
    away = changes[:, None] - strokes
    alone = changes[~((away >= -_EARLY) & (away <= _RINGING)).any(axis=1)]
    alone = alone[~_slips(alone - first, path)]
    starts = np.unique(np.concatenate([[first], alone, strokes])).tolist()
    spans: list[tuple[int, int]] = []
    for start, end in zip(starts, [*starts[1:], last], strict=True):
        heard = np.flatnonzero(track.sounding[start:end])
        if len(heard):
            spans.append((start + int(heard[0]), start + int(heard[-1]) + 1))
    return spans


def _slips(changes: Ints, path: Ints) -> Flags:
    """Return which changes only lead to a pitch for a moment, and back to the one before."""
    slips = np.zeros(len(changes), dtype=np.bool_)
    for number, (there, back) in enumerate(itertools.pairwise(changes.tolist())):
        brief = (back - there) * HOP_SEC < SHORTEST_SEC
        if brief and abs(path[there - 1] - path[back]) <= 1:
            slips[number : number + 2] = True
    return slips


def _without_leads(track: PitchTrack, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the notes without those that only lead, briefly and quietly, to the next."""
    loud = [float(np.median(track.level_db[first:last])) for first, last in spans]
    kept = []
    for number, (first, last) in enumerate(spans):
        leads = number + 1 < len(spans) and spans[number + 1][0] - last <= _EARLY
        brief = (last - first) * HOP_SEC < _LEAD_SEC
        if not (leads and brief and loud[number] < loud[number + 1] - _LEAD_DB):
            kept.append((first, last))
    return kept


def _strokes(track: PitchTrack, first: int, last: int) -> list[int]:
    """Return the frames inside a stretch at which a note is struck."""
    shortest = round(SHORTEST_SEC / HOP_SEC)
    found: list[int] = []
    rise = track.rise_db[first:last]
    for at in np.flatnonzero(rise >= _RISE_IN_GAP_DB).tolist():
        nearby = rise[max(0, at - shortest) : at + shortest + 1]
        if rise[at] < nearby.max() or at < shortest:
            continue
        silent = not track.sounding[first + max(0, at - shortest) : first + at + 1].all()
        if rise[at] >= (_RISE_IN_GAP_DB if silent else _RISE_DB) and (
            not found or first + at - found[-1] >= shortest
        ):
            found.append(first + at)
    return [at - _LATE for at in found]


def _middle(track: PitchTrack, first: int, last: int) -> float:
    """Return the pitch of a note: the median of what lies between its edges."""
    edge = int((last - first) * _EDGE)
    inner = slice(first + edge, last - edge)
    sounding = track.sounding[inner]
    values = track.pitch[inner][sounding] if sounding.any() else track.pitch[first:last]
    return float(np.median(values))


def _tuning(middles: Floats, lengths: Floats) -> float:
    """Return the offset from concert pitch that the notes share, in semitones, -0.5 to 0.5."""
    if not len(middles):
        return 0.0
    mean = np.sum(lengths * np.exp(2j * np.pi * middles))
    return float(np.angle(mean) / (2 * np.pi))
