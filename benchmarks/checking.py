"""Written MIDI files + corpus -> what is wrong with them, judged without any code of the sampler.

Files are read with pretty_midi. A run is copied if a tune of the corpus holds as many successive
notes with the same intervals, and with the same proportions of durations or of times between
onsets (either in the piece with either in the tune); the length of the last note does not matter.
The runs of the corpus are kept as a plain set of tuples. Runs wholly inside the motif's own notes
are the user's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import gcd
from pathlib import Path

Note = tuple[int, int, int]  # pitch, onset and duration in ticks
Run = tuple[tuple[int, ...], tuple[tuple[int, int], ...]]
_TICKS = 480


@dataclass(frozen=True)
class Wanted:
    """What was asked of a piece: bars, metre, range, pitch class of the end, copy bound."""

    bars: int
    meter: tuple[int, int]
    low: int
    high: int
    tonic: int
    bound: int


def read(path: Path) -> tuple[list[Note], tuple[int, int]]:
    """Return the notes of a file and its time signature."""
    import pretty_midi

    midi = pretty_midi.PrettyMIDI(str(path))
    scale = _TICKS / midi.resolution
    notes = []
    for one in midi.instruments[0].notes:
        onset, end = midi.time_to_tick(one.start) * scale, midi.time_to_tick(one.end) * scale
        notes.append((int(one.pitch), round(onset), round(end - onset)))
    signature = midi.time_signature_changes[-1]
    return sorted(notes, key=lambda note: note[1]), (signature.numerator, signature.denominator)


def runs(notes: Sequence[Note], length: int) -> Iterator[tuple[int, Run]]:
    """Yield where each run of `length` notes begins, and it: intervals and time proportions."""
    duration = [note[2] for note in notes]
    between = [b[1] - a[1] for a, b in pairwise(notes)]
    for start in range(len(notes) - length + 1):
        steps = tuple(notes[n + 1][0] - notes[n][0] for n in range(start, start + length - 1))
        for times in (duration, between):
            own = times[start : start + length - 1]
            yield start, (steps, tuple(_ratio(b, a) for a, b in pairwise(own)))


def _ratio(a: int, b: int) -> tuple[int, int]:
    divisor = gcd(a, b)
    return a // divisor, b // divisor


def known_runs(tunes: Iterable[Sequence[Note]], length: int) -> set[Run]:
    """Return all runs of `length` notes of the tunes."""
    return {run for notes in tunes for _, run in runs(notes, length)}


def copies(
    notes: Sequence[Note],
    known: set[Run],
    length: int,
    motif: Sequence[Note],
    places: Sequence[tuple[int, int]],
) -> int:
    """Return how many runs of `length` notes are copied.

    Parameters
    ----------
    motif
        The user's own: a run that it holds is no copy where it stands in one of the `places`.
    places
        First note, and note after the last, of each planned place of the motif.
    """
    own = {run for _, run in runs(motif, length)}
    found = set()
    for start, run in runs(notes, length):
        planned = any(first <= start and start + length <= stop for first, stop in places)
        if run in known and not (run in own and planned):
            found.add(start)
    return len(found)


def faults(notes: Sequence[Note], meter: tuple[int, int], wanted: Wanted, pickup: int) -> list[str]:
    """Return one sentence for each wish that a piece does not meet, copies aside.

    Parameters
    ----------
    pickup
        Ticks that the notes before the first barline take up.
    """
    bar = 4 * _TICKS * wanted.meter[0] // wanted.meter[1]
    first = notes[0][1]
    end = notes[-1][1] + notes[-1][2] - first
    found = []
    if meter != wanted.meter:
        found.append(f"metre {meter}")
    if end != pickup + wanted.bars * bar:
        found.append(f"{end} ticks for {wanted.bars} bars")
    if any(a[1] + a[2] > b[1] for a, b in pairwise(notes)):
        found.append("notes overlap")
    if not all(wanted.low <= note[0] <= wanted.high for note in notes):
        found.append("outside the range")
    if notes[-1][0] % 12 != wanted.tonic:
        found.append("does not end on the tonic")
    return found
