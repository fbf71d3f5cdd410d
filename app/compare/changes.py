"""Melody + sliders -> the melody transposed, ornamented, thinned, stretched or made uneven.

Each change is one that leaves a tune recognisable to a listener; how far a representation follows
is what the comparison page shows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from generate.piece.operators import ornament
from mer.errors import InputError
from mer.notes.columns import Columns
from mer.notes.key import estimate_key
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.notes.metrical_weight import metrical_weight

_FEWEST = 3
_SHORTEST = TICKS_PER_QUARTER // 4
_UNEVEN = 0.5  # of a note's time passes to the one before it, at most


@dataclass(frozen=True, kw_only=True)
class Change:
    """How a motif is changed.

    Parameters
    ----------
    transpose
        Semitones, -12 to 12.
    ornament
        Share of the notes with room for an ornament that get one, 0 to 1.
    thin
        Share of the inner notes that are left out, lightest in the bar first, 0 to 1.
    stretch
        How many times as slow, .25 to 4.
    uneven
        How far each second note comes late, 0 to 1; 1 makes even notes 3 : 1.

    Raises
    ------
    InputError
        If one is out of range.
    """

    transpose: int = 0
    ornament: float = 0.0
    thin: float = 0.0
    stretch: float = 1.0
    uneven: float = 0.0

    def __post_init__(self) -> None:
        limits = {
            "transpose": (-12, 12),
            "ornament": (0, 1),
            "thin": (0, 1),
            "stretch": (0.25, 4),
            "uneven": (0, 1),
        }
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise InputError(f"{name} is {value}; {low} to {high} is supported")

    def of(self, melody: Melody) -> Melody:
        """Return the changed melody: thinned, ornamented, made uneven, stretched and transposed.

        Raises
        ------
        InputError
            If a note would leave the MIDI range.

        Examples
        --------
        >>> tune = Melody(pitch=[60, 64, 67], onset=[0, 480, 960], duration=[480] * 3)
        >>> Change(transpose=2, stretch=2.0).of(tune).onset.tolist()
        [0, 960, 1920]
        >>> Change(ornament=1.0).of(tune).pitch.tolist()
        [60, 62, 64, 65, 67]
        """
        changed = _thinned(melody, self.thin)
        if self.ornament:
            key = melody.key or estimate_key(melody.pitch, melody.duration)
            rng = np.random.default_rng(0)
            changed = ornament(changed, key, rng, share=self.ornament, shortest=_SHORTEST).melody
        changed = _uneven(changed, self.uneven)
        return _stretched(changed, self.stretch).transpose(self.transpose)

    @property
    def words(self) -> str:
        """What is done, in words.

        Examples
        --------
        >>> Change(transpose=-3, thin=0.5).words
        'moved 3 semitones down, half of its inner notes left out'
        """
        said = []
        if self.transpose:
            way = "up" if self.transpose > 0 else "down"
            plural = "" if abs(self.transpose) == 1 else "s"
            said.append(f"moved {abs(self.transpose)} semitone{plural} {way}")
        if self.ornament:
            said.append(f"ornamented where there is room, {self.ornament:.0%}")
        if self.thin:
            share = "half" if self.thin == 0.5 else f"{self.thin:.0%}"
            said.append(f"{share} of its inner notes left out")
        if self.stretch != 1.0:
            said.append(f"{self.stretch:g} times as slow")
        if self.uneven:
            said.append(f"its rhythm made uneven, {self.uneven:.0%}")
        return ", ".join(said) or "as it is"


def without(melody: Melody, dropped: npt.NDArray[np.integer]) -> Melody:
    """Return a melody without some notes; the note before each lasts until the next.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480] * 3)
    >>> without(tune, np.array([1])).duration.tolist()
    [960, 480]
    """
    kept = np.setdiff1d(np.arange(len(melody)), dropped)
    last = np.append(kept[1:], len(melody)) - 1
    origin = int(melody.onset[kept[0]])
    return replace(
        melody,
        pitch=melody.pitch[kept],
        onset=melody.onset[kept] - origin,
        duration=np.maximum(melody.end[last] - melody.onset[kept], 1),
        downbeat=(melody.downbeat - origin) % melody.bar_ticks,
        phrase_starts=(),
        beat_strength=None,
    )


def _thinned(melody: Melody, share: float) -> Melody:
    count = min(round(share * (len(melody) - 2)), len(melody) - _FEWEST)
    if count <= 0:
        return melody
    weight = metrical_weight(Columns.from_melodies([melody]))[1:-1]
    return without(melody, 1 + np.argsort(weight, kind="stable")[:count])


def _uneven(melody: Melody, share: float) -> Melody:
    """Return the melody with each second note late: the one before it lasts until it comes."""
    if not share:
        return melody
    late = np.zeros(len(melody), dtype=np.int64)
    late[1::2] = np.round(melody.duration[1::2] * share * _UNEVEN)
    onset = melody.onset + late
    end = melody.end.copy()
    end[:-1] = np.where(melody.end[:-1] >= melody.onset[1:], onset[1:], melody.end[:-1])
    return replace(melody, onset=onset, duration=end - onset)


def _stretched(melody: Melody, factor: float) -> Melody:
    if factor == 1.0:
        return melody
    onset = np.round(melody.onset * factor).astype(np.int64)
    end = np.round(melody.end * factor).astype(np.int64)
    slow = replace(melody, onset=onset, duration=np.maximum(end - onset, 1), downbeat=0)
    return replace(slow, downbeat=round(melody.downbeat * factor) % slow.bar_ticks)
