"""Motif -> the whole tune that it is a passage of, and which of its notes and bars it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from app.visitor.motifs import MOST_BARS, Motif
from mer.io.passage import bar_numbers, in_meter, start_of_bar
from mer.notes.melody import Melody
from mer.notes.meter import Meter

_BEFORE = 4  # bars shown before the motif where not all are


@dataclass(frozen=True)
class DrawnBar:
    """A bar as it stands in a picture.

    Parameters
    ----------
    number
        As in the score; a pick-up is 0.
    start_tick, end_tick
        Where it begins and ends in the melody that is drawn.
    """

    number: int
    start_tick: int
    end_tick: int


@dataclass(frozen=True)
class WholeTune:
    """A tune, and what of it is the motif.

    Parameters
    ----------
    melody
        What is shown of it: all, or, of more than `MOST_BARS` bars, those around the motif.
    bars
        Its bars; () where nothing is known of them.
    first_note, notes
        Which of its notes are the motif's.
    first_bar, last_bar
        The bars that the motif is taken from.
    hidden
        How many bars are not shown.
    """

    melody: Melody
    bars: tuple[DrawnBar, ...]
    first_note: int
    notes: int
    first_bar: int
    last_bar: int
    hidden: int = 0

    @property
    def is_all(self) -> bool:
        """Whether the motif is all that there is."""
        return self.notes == len(self.melody)


def whole_tune(motif: Motif) -> WholeTune:
    """Return the tune that a motif is a passage of.

    Examples
    --------
    >>> from app.visitor.motifs import Passage, another_passage, typed_motif
    >>> tune = typed_motif("4/4 C4 D E F | G A B C5 | C5 B4 A G")
    >>> shown = whole_tune(another_passage(tune, Passage(from_bar=2, to_bar=2)))
    >>> len(shown.melody), shown.first_note, shown.notes, [bar.number for bar in shown.bars]
    (12, 4, 4, [1, 2, 3])
    """
    if motif.whole is None:
        melody = motif.melody
        return WholeTune(melody, bars_drawn(melody), 0, len(melody), 1, max(melody.bars, 1))
    reading = motif.whole
    if motif.passage.meter is not None:
        reading = in_meter(reading, motif.passage.meter)
    numbers, bars = bar_numbers(reading), motif.bars
    first, last = motif.span
    low, high = bars[0], bars[-1]
    if len(bars) > MOST_BARS:
        low = max(min(first - _BEFORE, high - MOST_BARS + 1), low)
        high = min(low + MOST_BARS - 1, high)
    start, stop = np.searchsorted(numbers, [low, high + 1]).tolist()
    begin = int(np.searchsorted(numbers, first))
    moved = int(reading.melody.onset[start])
    drawn = reading.melody.cut(start, stop)
    end = int(drawn.end[-1])
    placed = [
        DrawnBar(number, max(start_of_bar(reading, number) - moved, 0), end_tick)
        for number in range(low, high + 1)
        if (end_tick := min(start_of_bar(reading, number + 1) - moved, end)) > 0
    ]
    return WholeTune(
        drawn,
        tuple(bar for bar in placed if bar.start_tick < bar.end_tick),
        begin - start,
        len(motif.melody),
        first,
        last,
        len(bars) - (high + 1 - low),
    )


def barred(motif: Motif, meter: tuple[int, int]) -> Motif:
    """Return a motif without a metre in the one that the music made of it is in.

    It stays as it is if its metre is known or bars of 4/4, in which it is shown, are as long; and
    if a barline would not stand before its first note, where that music has one.

    Examples
    --------
    >>> from app.visitor.motifs import typed_motif
    >>> shown = barred(typed_motif("C4:1 D E F G A"), (3, 4))
    >>> str(shown.melody.meter), list(shown.bars)
    ('3/4', [1, 2])
    """
    wanted = Meter(*meter)
    if motif.melody.meter is not None or wanted.bar_ticks == motif.melody.bar_ticks:
        return motif
    passage, whole = motif.passage, motif.whole
    chosen = passage.from_bar is not None or passage.to_bar is not None
    if whole is None or chosen or in_meter(whole, wanted).melody.downbeat:
        return motif
    melody = replace(motif.melody, meter=wanted, downbeat=0)
    return replace(motif, melody=melody, passage=replace(passage, meter=str(wanted)))


def bars_drawn(melody: Melody) -> tuple[DrawnBar, ...]:
    """Return the bars of a melody, from 1; a pick-up is none of them.

    Examples
    --------
    >>> tune = Melody(pitch=[67, 72, 74], onset=[0, 480, 2400], duration=[480] * 3, downbeat=480)
    >>> [(bar.number, bar.start_tick, bar.end_tick) for bar in bars_drawn(tune)]
    [(1, 480, 2400), (2, 2400, 2880)]
    """
    bar, end = melody.bar_ticks, int(melody.end[-1])
    starts = range(melody.downbeat, end, bar)
    return tuple(DrawnBar(n, tick, min(tick + bar, end)) for n, tick in enumerate(starts, start=1))
