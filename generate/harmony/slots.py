"""Melody -> the stretches in which one chord sounds, and what of the melody sounds in each."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from mer.notes.arrays import Floats, Ints, distinct
from mer.notes.columns import Columns
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.notes.meter import Meter
from mer.notes.metrical_weight import beat_strength

_SHORTEST_SPLIT = 3 * TICKS_PER_QUARTER


class Slots:
    """The stretches in which one chord sounds.

    Parameters
    ----------
    onset, duration
        Shape (slots,): ticks.
    bar
        Shape (slots,): number of the bar, from 1.
    opens_bar
        Shape (slots,): whether the slot begins at a barline.
    """

    def __init__(self, onset: Ints, duration: Ints, bar: Ints, opens_bar: Ints) -> None:
        self.onset, self.duration = onset, duration
        self.bar, self.opens_bar = bar, opens_bar

    def __len__(self) -> int:
        return len(self.onset)

    def within(self) -> list[int]:
        """Return where each slot begins in its bar, in ticks from the barline."""
        bars, starts = np.unique(self.bar, return_index=True)
        barline = dict(zip(bars.tolist(), self.onset[starts].tolist(), strict=True))
        return [
            onset - barline[bar]
            for onset, bar in zip(self.onset.tolist(), self.bar.tolist(), strict=True)
        ]


def chord_slots(melody: Melody, cuts: Iterable[int] = ()) -> Slots:
    """Return where chords may change: at barlines, and at the half of long even bars.

    A pick-up has no chord. The last slot ends with the last bar.

    Parameters
    ----------
    cuts
        Further ticks at which chords change.

    Examples
    --------
    >>> tune = Melody(pitch=[67, 72, 71, 72], onset=[0, 480, 1440, 2400],
    ...               duration=[480, 960, 960, 480], meter=(4, 4), downbeat=480)
    >>> chord_slots(tune).onset.tolist()
    [480, 1440, 2400, 3360]
    """
    bar = melody.bar_ticks
    if melody.bars == 0:  # nothing but a pick-up
        whole = np.array([int(melody.end[-1])])
        return Slots(np.zeros(1, np.int64), whole, np.zeros(1, np.int64), np.ones(1, np.int64))
    parts = 2 if Meter.assumed(melody.meter).beats % 2 == 0 and bar >= _SHORTEST_SPLIT else 1
    length = bar // parts
    stop = melody.downbeat + melody.bars * bar
    usual = melody.downbeat + np.arange(melody.bars * parts) * length
    more = [cut for cut in cuts if melody.downbeat < cut < stop]
    onset = distinct(np.concatenate([usual, np.array(more, dtype=np.int64)]))
    place = onset - melody.downbeat
    return Slots(
        onset=onset,
        duration=np.diff(onset, append=stop),
        bar=1 + place // bar,
        opens_bar=(place % bar == 0).astype(np.int64),
    )


def heard(melody: Melody, slots: Slots, tonic: int) -> Floats:
    """Return how much of each scale step sounds in each slot, shape (slots, 12), in beats.

    A note on the downbeat counts in full, on a weak place half as much at least.

    Parameters
    ----------
    tonic
        Pitch class from which semitones are counted.
    """
    strength = np.asarray(beat_strength(Columns.from_melodies([melody])), dtype=np.float64)
    stop = np.minimum(melody.end, (slots.onset + slots.duration)[:, None])
    overlap = np.maximum(stop - np.maximum(melody.onset, slots.onset[:, None]), 0)
    weight = overlap * (0.5 + 0.5 * strength) / melody.beat_ticks
    steps = np.eye(12)[(melody.pitch - tonic) % 12]
    return np.asarray(weight @ steps)


def phrase_ends(melody: Melody, slots: Slots) -> Ints:
    """Return the slots in which the last note of a phrase begins, without the last phrase's.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 64, 60], onset=[0, 1440, 2880, 4320], duration=[1440] * 4,
    ...               meter=(3, 4), phrase_starts=(0, 2))
    >>> phrase_ends(tune, chord_slots(tune)).tolist()
    [1]
    """
    last = np.array(melody.phrase_starts[1:], dtype=np.int64) - 1
    places = np.searchsorted(slots.onset, melody.onset[last], side="right") - 1
    return distinct(places[places >= 0])
