"""Made MIDI files of several tracks -> how often the track with the melody is the one read.

    python benchmarks/track_choice.py [--files 60] [--seed 1] [--names]

Each file holds a tune of the shipped corpus on one of eight tracks, and around it a bass, chords, a
counter-melody, drums, and in some files a pad, an arpeggio or chords held high above the tune. The
melody is sung at one of four heights. Without --names the tracks are called "Track 1" and so on, so
that only the notes tell; with it, half the files name their tracks as programs do.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from mer.io import read_melody
from mer.io.midi.events import DRUMS
from mer.io.midi.writing.writer import Message, meta, midi_bytes, switches
from mer.notes.arrays import Ints
from mer.notes.melody import Melody
from mer.search.index import load_corpus

Notes = Ints  # pitch, onset, end; shape (notes, 3)
QUARTER = 480
LONGEST = 64 * QUARTER


def columns(pitch: object, onset: object, end: object) -> Notes:
    """Return notes as rows of pitch, onset and end."""
    return np.stack(np.broadcast_arrays(pitch, onset, end), axis=1).astype(np.int64)


def roots(tune: Melody, rng: np.random.Generator) -> list[tuple[int, int, int]]:
    """Return a chord for each half bar: root (0 to 11), start and end."""
    step = max(QUARTER, tune.bar_ticks // 2 if tune.bar_ticks % 2 == 0 else tune.bar_ticks)
    tonic = int(tune.pitch[-1]) % 12
    end = int(tune.end[-1])
    return [
        ((tonic + int(rng.choice([0, 0, 5, 7]))) % 12, start, min(start + step, end))
        for start in range(0, end, step)
    ]


def bass(tune: Melody, rng: np.random.Generator) -> Notes:
    """Return a bass in quarters or in half bars."""
    rows = []
    step = int(rng.choice([QUARTER // 2, QUARTER, 2 * QUARTER]))
    for root, start, end in roots(tune, rng):
        for at in range(start, end, step):
            low = 36 + root + (7 if (at - start) % (2 * step) else 0)
            rows.append((low, at, min(at + step, end)))
    return np.array(rows, dtype=np.int64)


def chords(tune: Melody, rng: np.random.Generator, *, low: int = 52) -> Notes:
    """Return three notes at once."""
    return np.array(
        [
            (low + (root + third - low) % 12, start, end)
            for root, start, end in roots(tune, rng)
            for third in (0, 4, 7)
        ],
        dtype=np.int64,
    )


def high_chords(tune: Melody, rng: np.random.Generator) -> Notes:
    """Return held chords above the tune, as of strings."""
    return chords(tune, rng, low=76)


def arpeggio(tune: Melody, rng: np.random.Generator) -> Notes:
    """Return broken chords in eighths, from the middle of the keyboard upwards."""
    rows = []
    for root, start, end in roots(tune, rng):
        for number, at in enumerate(range(start, end, QUARTER // 2)):
            rows.append((55 + root % 12 + (0, 7, 12, 16)[number % 4], at, at + QUARTER // 2))
    return np.array(rows, dtype=np.int64)


def counter(tune: Melody, rng: np.random.Generator) -> Notes:
    """Return a slower second voice: thirds and sixths under every other note, or over it."""
    every = tune.pitch[::2] + int(rng.choice([-8, -4, -3, 3, 4]))
    onset = tune.onset[::2]
    return columns(every, onset, np.append(onset[1:], tune.end[-1]))


def drums(tune: Melody, rng: np.random.Generator) -> Notes:
    """Return a drum on every eighth."""
    onset = np.arange(0, int(tune.end[-1]), QUARTER // 2)
    return columns(rng.choice([36, 38, 42], len(onset)), onset, onset + 60)


PARTS: dict[str, tuple[Callable[[Melody, np.random.Generator], Notes], int, tuple[str, ...]]] = {
    "bass": (bass, 33, ("Bass", "Fingered Bass", "E-Bass")),
    "chords": (chords, 0, ("Piano", "Guitar", "Chords")),
    "counter": (counter, 48, ("Strings", "Violin 2", "Horn")),
    "drums": (drums, 0, ("Drums", "Drum kit", "Percussion")),
    "high chords": (high_chords, 49, ("Strings", "Pad", "Synth")),
    "arpeggio": (arpeggio, 46, ("Harp", "Guitar 2", "Keys")),
}
MELODY_NAMES = ("Melody", "Vocals", "Lead", "Voice", "MELODY", "Flute", "Violin", "Sax")
MELODY_PROGRAMS = (0, 22, 40, 56, 65, 73, 85)


def tunes(count: int, rng: np.random.Generator) -> list[Melody]:
    """Return whole tunes of the shipped corpus of at least 24 notes and 64 quarters at most."""
    corpus = load_corpus()
    found: list[Melody] = []
    for number in rng.permutation(len(corpus)).tolist():
        tune = corpus.tune(number).melody
        if len(tune) >= 24 and tune.end[-1] <= LONGEST:
            found.append(tune)
        if len(found) == count:
            break
    return found


def track(notes: Notes, channel: int, program: int, name: str) -> list[Message]:
    """Return the messages of one track."""
    rows = np.column_stack([notes, np.full(len(notes), 80), np.full(len(notes), channel)])
    head = [(0, meta(0x03, name.encode())), (0, bytes((0xC0 | channel, program)))]
    return [*head, *(switch.message for switch in switches(rows))]


def made(tune: Melody, place: int, rng: np.random.Generator, *, names: bool) -> tuple[bytes, int]:
    """Return a file with the tune on track `place` (from 0), and its number among those with notes.

    The tracks around it are drawn from `PARTS`: bass, chords, counter-melody and drums always.
    """
    others = ["bass", "chords", "counter", "drums"]
    others += [part for part in ("high chords", "arpeggio") if rng.random() < 0.4]
    others += list(
        rng.choice(["bass", "chords", "counter", "arpeggio"], max(place - len(others), 0))
    )
    rng.shuffle(others)
    shift = int(rng.choice([-12, -5, 0, 5]))
    named = names and rng.random() < 0.5
    melody = columns(tune.pitch + shift, tune.onset, tune.end)
    tracks: list[list[Message]] = []
    channel = 0
    for number in range(len(others) + 1):
        channel += channel == DRUMS
        if number == place:
            name = str(rng.choice(MELODY_NAMES))
            notes, program, on = melody, int(rng.choice(MELODY_PROGRAMS)), channel
        else:
            part = others[number - (number > place)]
            write, program, part_names = PARTS[part]
            notes, name = write(tune, rng), str(rng.choice(part_names))
            on = DRUMS if part == "drums" else channel
        tracks.append(track(notes, on, program, name if named else f"Track {number + 1}"))
        channel += on != DRUMS
    drums_before = sum(part == "drums" for part in others[:place])
    return midi_bytes(tracks), place + 1 - drums_before


def right(content: bytes, number: int, folder: Path) -> bool:
    """Return whether the track with a number is chosen, as the remark says."""
    path = folder / "made.mid"
    path.write_bytes(content)
    return f"took track {number} " in read_melody(path).remarks[0]


def main() -> None:
    """Print how many files of each place are read right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=60, help="how many files (default: 60)")
    parser.add_argument("--seed", type=int, default=1, help="of the choice (default: 1)")
    parser.add_argument("--names", action="store_true", help="name the tracks of half the files")
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    found: dict[int, list[bool]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, tune in enumerate(tunes(options.files, rng)):
            content, wanted = made(tune, number % 8, rng, names=options.names)
            found.setdefault(number % 8, []).append(right(content, wanted, Path(folder)))
    for place, outcomes in sorted(found.items()):
        print(f"melody on track {place + 1}: {sum(outcomes)} of {len(outcomes)}")
    total = sum(map(sum, found.values()))
    print(f"right: {total} of {options.files} ({total / options.files:.0%})")


if __name__ == "__main__":
    main()
