"""A line as it was played -> the rhythm that a person would write, and a sentence on what was done.

A file whose onsets are on a grid already stays as it is, but for lengths that end short of it, as
sequencers and notation programs write them. Else the grid is found: each one is tried by
`mer.io.midi.tracker`, which follows the beat, and the one that explains the onsets best with the
fewest places wins (`mer.io.midi.grid_search`). Swung eighths are written even. Lengths are rounded
to the next note or to a place on the grid.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mer.errors import InputError
from mer.io.voices import ROLL_TICKS, Voice, skyline
from mer.notes.arrays import Flags, Ints
from mer.notes.meter import TICKS_PER_QUARTER
from mer.notes.names import counted

if TYPE_CHECKING:
    from mer.io.midi.grid_search import OnGrid

QUANTISE = ("auto", "off", "1/4", "1/8", "1/16", "1/32", "1/8T", "1/16T")

_COMMON_UNIT = 12  # ticks
_FEWEST_NOTES = 4
_EXACT = 1  # ticks by which a note on a grid may be off, through rounding
_ON_GRID = 0.6  # share of onsets; by chance it is 1 in 7
_WHOLE = 0.8  # share of lengths
_NOISE_SECONDS = 0.02


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
        One of `QUANTISE`.
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
    # What follows the beat is not imported for a file on a grid, as most are.
    from mer.io.midi.grid_search import found_grid, given_grid

    if how != "auto":
        return _placed(line, given_grid(line.onset, how, noise))
    found = found_grid(line.onset, noise)
    if found is None:
        return Written(voice, "found no grid in the rhythm; it is as it was played")
    return _placed(line, found)._replace(pace=found.pace)


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


def _placed(line: Voice, found: OnGrid) -> Written:
    """Return a line at the places found, with a remark."""
    onset = found.position
    scale = TICKS_PER_QUARTER / found.period
    after = int(line.duration[-1] * scale)
    played = np.append(line.onset, line.onset[-1] + max(line.duration[-1], 1))
    end = np.interp(line.onset + line.duration, played, np.append(onset, onset[-1] + max(after, 1)))
    length = _lengths(np.maximum(np.rint(end).astype(np.int64) - onset, 1), onset)
    moved = int((np.abs(onset - line.onset) > _EXACT).sum())
    remark = f"wrote the rhythm on a grid of {found.name}: {moved} of {len(onset)} notes moved"
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
