"""A line as it was played -> the rhythm that a person would write, and a sentence on what was done.

A file whose onsets are on a grid already stays as it is, but for lengths that end short of it, as
sequencers and notation programs write them. Else the grid is found: each one is tried by
`mer.io.midi.tracker`, which follows the beat, and the one that explains the onsets best with the
fewest places wins. Swung eighths are written even. Lengths are rounded to the next note or to a
place on the grid.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from mer.errors import InputError
from mer.io.midi.tracker import Grid, Guess, Placement, track, tracks
from mer.io.voices import ROLL_TICKS, Voice, skyline
from mer.notes.arrays import Flags, Ints
from mer.notes.meter import TICKS_PER_QUARTER
from mer.notes.names import counted

_EIGHTHS, _SIXTEENTHS, _TRIPLETS = (0, 240), (0, 120, 240, 360), (0, 160, 320)
GRIDS = {
    grid.name: grid
    for grid in (
        Grid("1/4", (0,)),
        Grid("1/8", _EIGHTHS),
        Grid("1/16", _SIXTEENTHS),
        Grid("1/32", tuple(range(0, 480, 60))),
        Grid("1/8T", _TRIPLETS),
        Grid("1/16T", tuple(range(0, 480, 80))),
    )
}
# What is tried where the grid is to be found.
_TRIED = (
    GRIDS["1/8"],
    GRIDS["1/16"],
    GRIDS["1/32"],
    GRIDS["1/8T"],
    GRIDS["1/16T"],
    Grid("1/8 with triplets", (0, 160, 240, 320)),
    Grid("1/16 with triplets", (0, 120, 160, 240, 320, 360)),
    Grid("1/16 with 1/16 triplets", (0, 80, 120, 160, 240, 320, 360, 400)),
    Grid("1/32 with 1/16 triplets", tuple(sorted({*range(0, 480, 60), *range(0, 480, 80)}))),
    *(Grid("1/8, swung", _EIGHTHS, swing) for swing in (0.58, 0.62, 0.66)),
    *(Grid("1/16, swung", _SIXTEENTHS, swing) for swing in (0.58, 0.62, 0.66)),
)
QUANTISE = ("auto", "off", *GRIDS)

_COMMON_UNIT = 12  # ticks
_FEWEST_NOTES = 4
_EXACT = 1  # ticks by which a note on a grid may be off, through rounding
_ON_GRID = 0.6  # share of onsets; by chance it is 1 in 7
_WHOLE = 0.8  # share of lengths
_HEARD_NOTES = 160  # enough to find the grid
_NOISE_SECONDS = 0.02
_DEAR, _TOO_DEAR = 2.0, 2.7  # what a note costs that fits a grid in doubt, and one that fits none
_RARER = 3.0  # how much less likely, in nats, triplets are than straight or swung notes
_GAIN = 0.4  # by how much a note must cost less at another pace than the file's
# Half and double the tempo would always be cheaper or dearer: the file's own is believed there.
_PACES = tuple(2.0 ** (step / 12) for step in range(-6, 7) if step)


class Written(NamedTuple):
    """What became of the notes of a voice.

    Parameters
    ----------
    voice
        The notes as they are to be written; the voice itself if nothing was changed.
    remark
        What was done; "" if nothing was.
    pace
        The file's quarters in one written quarter.
    played
        The same notes as they were played, one for one; None if `voice` is as it was played.
    """

    voice: Voice
    remark: str = ""
    pace: float = 1.0
    played: Voice | None = None


def written(voice: Voice, how: str, tempo_bpm: float | None) -> Written:
    """Return the rhythm of a voice as a person would write it.

    Parameters
    ----------
    voice
        Notes as they were played; where several sound together, the highest line is written.
    how
        ``auto``, ``off`` or one of `GRIDS`.
    tempo_bpm
        Quarters a minute of the file; 120 if None.

    Raises
    ------
    InputError
        If `how` is none of these.

    Examples
    --------
    >>> onset = np.array([3, 244, 470, 961, 1195, 1450])
    >>> played = Voice("", np.arange(60, 66), onset, np.array([230, 210, 450, 225, 240, 470]))
    >>> found = written(played, "auto", 120.0)
    >>> found.voice.onset.tolist(), found.voice.duration.tolist()
    ([0, 240, 480, 960, 1200, 1440], [240, 240, 480, 240, 240, 480])
    """
    check_quantise(how)
    line = skyline(voice)
    if how == "off" or len(line) < _FEWEST_NOTES:
        return Written(voice)
    if how == "auto" and _is_on_grid(line.onset):
        return _with_whole_lengths(voice, line)
    if how == "auto" and np.gcd.reduce(line.onset - line.onset[0]) >= _COMMON_UNIT:
        return Written(voice)  # quintuplets, say: no player keeps so long a unit to the tick
    line = skyline(_without_overlaps(voice))
    noise = float(np.clip(_NOISE_SECONDS * (tempo_bpm or 120.0) / 60.0 * TICKS_PER_QUARTER, 8, 40))
    if how == "auto":
        return _found(voice, line, noise)
    return _placed(line, GRIDS[how], _forced(line.onset, GRIDS[how], noise))


def check_quantise(how: str) -> None:
    """Refuse a way to quantise that there is not.

    Raises
    ------
    InputError
        If `how` is none of `QUANTISE`.
    """
    if how not in QUANTISE:
        raise InputError(f"quantise is {how!r}; choose one of {', '.join(QUANTISE)}")


def _is_on_grid(onset: Ints) -> bool:
    """Return whether onsets were written and not played: most are exactly on a grid."""
    return max(float(_exact(onset).mean()), float(_exact(onset - onset[0]).mean())) >= _ON_GRID


def _exact(times: Ints, within: int = _EXACT) -> Flags:
    """Return which times are on 32nds or on triplet 16ths, but for so many ticks."""
    off = [np.abs((times + unit // 2) % unit - unit // 2) <= within for unit in (60, 80)]
    return np.asarray(off[0] | off[1])


def _with_whole_lengths(voice: Voice, line: Voice) -> Written:
    """Return a voice on a grid; lengths that end off the grid are rounded."""
    end = line.onset + line.duration
    following = np.append(line.onset[1:], -1)
    whole = _exact(end, 0) | _exact(line.duration, 0) | (end == following)
    if whole.mean() >= _WHOLE:
        return Written(voice)
    length = _lengths(line.duration, line.onset)
    length = np.where(whole, line.duration, length)
    changed = int((length != line.duration).sum())
    if not changed:
        return Written(voice)
    lengths = counted(changed, "note that ends", "notes that end")
    remark = f"rounded the lengths of {lengths} off the grid"
    return Written(replace(line, duration=length), remark, played=line)


def _without_overlaps(voice: Voice) -> Voice:
    """Return a voice whose notes are cut where they reach a little into the next one (legato)."""
    order = np.lexsort((voice.pitch, voice.onset))
    onset, duration = voice.onset[order], voice.duration[order]
    after = np.searchsorted(onset, onset + ROLL_TICKS, side="right")
    following = np.append(onset, np.iinfo(np.int64).max)[after]
    over = onset + duration - following
    cut = (over > 0) & (over <= np.minimum(3 * duration // 4, TICKS_PER_QUARTER // 4))
    return replace(
        voice,
        pitch=voice.pitch[order],
        onset=onset,
        duration=np.where(cut, following - onset, duration),
    )


def _found(voice: Voice, line: Voice, noise: float) -> Written:
    """Return a line on the grid that explains it best, or the voice as it is if none does."""
    some = line.onset[:_HEARD_NOTES]
    guess, best = _best(some, noise, 1.0, _TRIED)
    if best.cost > _DEAR * len(some):
        pace = _likely_pace(some[:80], noise)
        other, found = _best(some, noise, pace, _TRIED)
        if found.cost < (min(best.cost / len(some), _TOO_DEAR) - _GAIN) * len(some):
            guess, best = other, found
    if best.cost > _TOO_DEAR * len(some):
        return Written(voice, "found no grid in the rhythm; it is as it was played")
    if len(some) < len(line):
        best = track(line.onset, guess, noise=noise)
    return _placed(line, guess.grid, best)._replace(pace=guess.period / TICKS_PER_QUARTER)


def _best(
    onset: Ints, noise: float, pace: float, grids: tuple[Grid, ...]
) -> tuple[Guess, Placement]:
    """Return the grid that explains onsets best, and where they are on it."""
    guesses = [Guess(grid, TICKS_PER_QUARTER * pace) for grid in grids]
    found = tracks(onset, guesses, noise=noise)
    costs = [one.cost + _RARER * grid.has_thirds for one, grid in zip(found, grids, strict=True)]
    best = int(np.argmin(costs))
    return guesses[best], found[best]


def _likely_pace(onset: Ints, noise: float) -> float:
    """Return the file's quarters in a written quarter that fit best, of those that are not 1."""
    grids = (GRIDS["1/8"], GRIDS["1/16"], GRIDS["1/8T"])
    guesses = [Guess(grid, TICKS_PER_QUARTER * pace) for pace in _PACES for grid in grids]
    found = tracks(onset, guesses, noise=noise, passes=1)
    best = int(np.argmin([one.cost for one in found]))
    return guesses[best].period / TICKS_PER_QUARTER


def _forced(onset: Ints, grid: Grid, noise: float) -> Placement:
    """Return the places on a grid that was asked for: the file's own unless notes lie between."""
    unit = TICKS_PER_QUARTER // len(grid.places)
    position = (2 * onset + unit) // (2 * unit) * unit
    off = np.sqrt(np.mean((onset - position) ** 2.0)) / unit
    if off > 0.2:
        return track(onset, Guess(grid), noise=noise)
    return Placement(_apart(position, unit), 0.0, float(TICKS_PER_QUARTER))


def _apart(position: Ints, unit: int) -> Ints:
    """Return places with notes that share one spread over the time to the next."""
    first = np.flatnonzero(np.diff(position, prepend=position[0] - 1))
    count = np.diff(np.append(first, len(position)))
    gap = np.append(np.diff(position[first]), unit)
    number = np.arange(len(position)) - np.repeat(first, count)
    return np.asarray(position + number * np.repeat(gap, count) // np.repeat(count, count))


def _placed(line: Voice, grid: Grid, found: Placement) -> Written:
    """Return a line at the places found, with a remark."""
    onset = found.position
    scale = TICKS_PER_QUARTER / found.period
    after = int(line.duration[-1] * scale)
    played = np.append(line.onset, line.onset[-1] + max(line.duration[-1], 1))
    end = np.interp(line.onset + line.duration, played, np.append(onset, onset[-1] + max(after, 1)))
    length = _lengths(np.maximum(np.rint(end).astype(np.int64) - onset, 1), onset)
    moved = int((np.abs(onset - line.onset) > _EXACT).sum())
    remark = f"wrote the rhythm on a grid of {grid.name}: {moved} of {len(onset)} notes moved"
    return Written(replace(line, onset=onset, duration=length), remark, played=line)


def _lengths(duration: Ints, onset: Ints) -> Ints:
    """Return lengths up to the next note or a place on the grid.

    A player holds notes for about the same share of their length, a program ends them about the
    same time before it: both are estimated where notes follow one another closely.
    """
    gap = np.append(np.diff(onset), 0)
    close = (gap > 0) & (gap <= 2 * TICKS_PER_QUARTER) & (2 * duration > gap)
    share, short = 1.0, 0.0
    if close.any():
        share = float(np.clip(np.median(duration[close] / gap[close]), 0.6, 1.0))
        short = float(np.clip(np.median(gap[close] - duration[close]), 0, TICKS_PER_QUARTER // 4))
    lengths = [_length(int(d), int(g), (share, short)) for d, g in zip(duration, gap, strict=True)]
    return np.array(lengths, dtype=np.int64)


def _length(duration: int, gap: int, held: tuple[float, float]) -> int:
    """Return the length that one note is written with.

    `gap` is the time to the next note, 0 if there is none; `held` says which share of its length a
    note is held, and how many ticks it ends short.
    """
    if 0 < gap <= duration:
        return gap
    share, short = held
    unit = TICKS_PER_QUARTER // 4
    if gap and gap % unit:
        unit = TICKS_PER_QUARTER // 12
    most = gap or duration + 4 * TICKS_PER_QUARTER
    near = duration // unit * unit
    stop = int(duration / share) + 2 * unit
    lengths = np.array(
        [length for length in range(max(near, unit), stop, unit) if length < most]
        + [gap][: gap > 0],
        dtype=np.int64,
    )
    if not len(lengths):
        return min(unit, most)
    fine = np.where(lengths % (TICKS_PER_QUARTER // 2) == 0, 0.5, 1.0)
    fine = np.where(lengths % TICKS_PER_QUARTER == 0, 0.25, fine)
    taste = np.where(lengths == gap, -1.0, fine)
    far = np.minimum(np.abs(duration - share * lengths), np.abs(duration + short - lengths))
    return int(lengths[np.argmin(far / (20.0 + 0.1 * lengths) + taste)])
