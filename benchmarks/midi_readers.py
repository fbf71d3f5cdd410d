"""The same few bytes -> what four readers of MIDI files make of them, and how long they take.

    python benchmarks/midi_readers.py [--runs 5]

Ours, mido, pretty_midi and symusic; one that is not installed is left out (`pip install symusic`:
the project does not need it). Each small file holds notes whose places were worked out by hand. The
long files are timed in turn, and the medians are printed with their ratio to ours. Ours refuses the
longer one, as it should, at the first note too many. Last comes what the import of each costs
beside numpy, which is there anyway: seconds of the processor.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec

from mer.errors import InputError
from mer.io.midi.events import midi_file

Notes = list[tuple[int, int, int]]
TWO = "00 90 3c 40  83 60 3c 00  00 40 40  83 60 40 00"
TWO_NOTES = [(60, 0, 480), (64, 480, 960)]
# What -> the events of one track, and the notes in it: pitch, start and end in ticks.
CASES: dict[str, tuple[str, Notes]] = {
    "unknown meta event": (
        f"{TWO} 83 60 ff 4b 01 00 {TWO}",
        [*TWO_NOTES, (60, 1440, 1920), (64, 1920, 2400)],
    ),
    "odd key signature": (f"00 ff 59 02 55 05 {TWO}", TWO_NOTES),
    "note struck again": (
        "00 90 3c 40  83 60 3c 40  83 60 3c 00  00 3c 00",
        [(60, 0, 480), (60, 480, 960)],
    ),
    "note never ended": ("00 90 3c 40  83 60 ff 2f 00", [(60, 0, 480)]),
    "name in latin-1": (f"00 ff 03 01 e9 {TWO}", TWO_NOTES),
}
LONG = (20_000, 100_000)


def midi_bytes(events: bytes) -> bytes:
    """Return a MIDI file of one track, 480 ticks a quarter."""
    track = events if events.endswith(b"\xff\x2f\x00") else events + b"\x00\xff\x2f\x00"
    header = b"MThd\0\0\0\6\0\0\0\1\1\xe0MTrk"
    return header + len(track).to_bytes(4, "big") + track


def long_file(notes: int) -> bytes:
    """Return a MIDI file of so many notes, one after the other."""
    between = bytes.fromhex("103c00 003c40") * (notes - 1)
    return midi_bytes(bytes.fromhex("00903c40") + between + bytes.fromhex("103c00"))


def by_ours(content: bytes) -> Notes:
    """Return the notes as the project reads them."""
    (track,) = midi_file(content).tracks
    return sorted(note for spans in track.spans.values() for note in spans)


def by_mido(content: bytes) -> Notes:
    """Return the notes that follow from mido's messages, paired as by the project."""
    import mido

    (track,) = mido.MidiFile(file=io.BytesIO(content)).tracks
    notes, sounding, tick = [], {}, 0
    for message in track:
        tick += message.time
        if message.type in ("note_on", "note_off"):
            if message.note in sounding:
                notes.append((message.note, sounding.pop(message.note), tick))
            if message.type == "note_on" and message.velocity:
                sounding[message.note] = tick
    return sorted([*notes, *((pitch, start, tick) for pitch, start in sounding.items())])


def by_pretty_midi(content: bytes) -> Notes:
    """Return the notes of pretty_midi, its seconds as ticks again."""
    import pretty_midi

    midi = pretty_midi.PrettyMIDI(io.BytesIO(content))
    ticks = midi.time_to_tick
    return sorted(
        (n.pitch, ticks(n.start), ticks(n.end)) for i in midi.instruments for n in i.notes
    )


def by_symusic(content: bytes) -> Notes:
    """Return the notes of symusic."""
    from symusic import Score

    tracks = Score.from_midi(content).tracks
    return sorted((n.pitch, n.start, n.end) for track in tracks for n in track.notes)


READERS: dict[str, Callable[[bytes], Notes]] = {
    "ours": by_ours,
    "mido": by_mido,
    "pretty_midi": by_pretty_midi,
    "symusic": by_symusic,
}


def verdict(read: Callable[[bytes], Notes], case: str) -> str:
    """Return whether a reader finds the right notes, or what it says instead."""
    events, expected = CASES[case]
    try:
        found = read(midi_bytes(bytes.fromhex(events)))
    except Exception as error:  # each library has errors of its own
        return f"refused: {type(error).__name__}"
    return "right" if found == sorted(expected) else "wrong"


def seconds(read: Callable[[bytes], Notes], content: bytes) -> float:
    """Return how long a reader is busy with a file, whether or not it takes it."""
    began = time.perf_counter()
    with contextlib.suppress(InputError):
        read(content)
    return time.perf_counter() - began


def import_seconds(name: str) -> float:
    """Return the processor time of a Python that imports numpy and a reader, and nothing else."""
    module = "mer.io.midi.events" if name == "ours" else name
    spent = os.times()
    subprocess.run([sys.executable, "-c", f"import numpy, {module}"], check=True)
    after = os.times()
    user = after.children_user - spent.children_user
    return user + after.children_system - spent.children_system


def told_times(times: dict[str, list[float]]) -> str:
    """Return the median of each reader, and its ratio to ours."""
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    ours = medians["ours"]
    return "   ".join(
        f"{name}: {taken:.3f} s ({taken / ours:.2f})" for name, taken in medians.items()
    )


def main() -> None:
    """Print one table of verdicts and one of times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each timing (default: 5)")
    options = parser.parse_args()
    readers = {name: read for name, read in READERS.items() if name == "ours" or find_spec(name)}
    for case in CASES:
        told = [f"{name}: {verdict(read, case)}" for name, read in readers.items()]
        print(f"{case:20} " + "   ".join(told))
    for notes in LONG:
        content = long_file(notes)
        times: dict[str, list[float]] = {name: [] for name in readers}
        for _ in range(options.runs):
            for name, read in readers.items():
                times[name].append(seconds(read, content))
        print(f"{f'{notes:,} notes':20} " + told_times(times))
    times = {name: [] for name in readers}
    for _ in range(options.runs):
        for name in readers:
            times[name].append(import_seconds(name))
    print(f"{'import with numpy':20} " + told_times(times))


if __name__ == "__main__":
    main()
