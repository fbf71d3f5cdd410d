"""Bach chorales that music21 ships -> the counts in ``data/harmony.npz``.

    python benchmarks/train_harmony.py [--out FILE] [--cache FILE]

Written are numbers only: how often a chord begins a chorale, follows another, stays over a
beat, ends a phrase, and how long each scale step of the soprano sounds above it (in beats, see
`generate.harmony.harmony.heard`). No notes can be read back out of them. The same version of
music21 gives the same bytes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from chorale_chords import Chorale, read_all

from generate.harmony.chord_model import COUNTED_MODES, FILE, KIND, VERSION
from generate.harmony.chords import STATES
from generate.harmony.slots import Slots, heard, phrase_ends
from mer.corpus.shipped import data_folder
from mer.corpus.storage import save_arrays
from mer.notes.arrays import (
    Arrays,
    Floats,
)


def beat_slots(chorale: Chorale) -> Slots:
    """Return the beats of a chorale as slots."""
    melody = chorale.melody
    place = chorale.beats - melody.downbeat
    return Slots(
        onset=chorale.beats,
        duration=np.full(len(chorale.beats), chorale.beat_ticks),
        bar=1 + place // melody.bar_ticks,
        opens_bar=(place % melody.bar_ticks == 0).astype(np.int64),
    )


def soprano(chorale: Chorale) -> Floats:
    """Return how much of each scale step the soprano sings in each beat, shape (beats, 12)."""
    assert chorale.melody.key is not None
    return heard(chorale.melody, beat_slots(chorale), chorale.melody.key.tonic)


def mode_number(chorale: Chorale) -> int:
    """Return 0 for major, 1 for minor."""
    assert chorale.melody.key is not None
    return COUNTED_MODES.index(chorale.melody.key.mode)


def counted(chorales: Iterable[Chorale]) -> Arrays:
    """Return the counts of `generate.harmony.chord_model.chord_model`."""
    size = len(STATES)
    start = np.zeros((2, size), dtype=np.uint16)
    change = np.zeros((2, size, size), dtype=np.uint16)
    hold = np.zeros((2, 2, 2), dtype=np.uint16)
    sound = np.zeros((2, size, 12))
    beats = np.zeros((2, size), dtype=np.uint16)
    ending = np.zeros((2, size), dtype=np.uint16)
    for chorale in chorales:
        mode, chords = mode_number(chorale), chorale.chords
        held = np.flatnonzero(chords >= 0)
        start[mode, chords[held[0]]] += 1
        np.add.at(sound[mode], chords[held], soprano(chorale)[held])
        np.add.at(beats[mode], chords[held], 1)
        ends = phrase_ends(chorale.melody, beat_slots(chorale))
        np.add.at(ending[mode], chords[ends[chords[ends] >= 0]], 1)
        opens = beat_slots(chorale).opens_bar
        for before, after, opening in zip(chords[:-1], chords[1:], opens[1:], strict=True):
            if before < 0 or after < 0:
                continue
            hold[mode, opening, int(before == after)] += 1
            if before != after:
                change[mode, before, after] += 1
    # Hundredths of beats would claim more than the labels bear out.
    tenths = np.round(10 * sound).astype(np.uint16)
    counts = {"start": start, "change": change, "hold": hold, "sound": tenths}
    return counts | {"beats": beats, "ending": ending}


def main() -> None:
    """Count and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=data_folder() / FILE)
    parser.add_argument("--cache", type=Path, help="keep what was read from music21 here")
    options = parser.parse_args()
    chorales = read_all(options.cache)
    arrays = counted(chorales)
    beats = sum(int((chorale.chords >= 0).sum()) for chorale in chorales)
    header = {
        "kind": KIND,
        "version": VERSION,
        "chorales": len(chorales),
        "beats": beats,
        "source": "J. S. Bach, four-part chorales, as shipped with music21",
    }
    save_arrays(options.out, arrays, header)
    size = options.out.stat().st_size / 1e3
    print(f"{options.out}: {len(chorales)} chorales, {beats} beats, {size:.0f} kB")


if __name__ == "__main__":
    main()
