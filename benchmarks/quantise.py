"""Tunes played as people play them -> how much of what is read is written as in the original.

    python benchmarks/quantise.py [--tunes 100] [--seed 1] [--list]

Each tune of the shipped corpus is played once: the tempo drifts by some per cent, every note comes
early or late (standard deviation 15 to 25 ms), a third of the tunes in eighths is swung, notes
overlap (legato) or stop early, and every third player uses the pedal. The tempo is such that no
note of the tune comes within 110 ms of the one before it. The file knows the tempo that was meant
and nothing else. A note is right if pitch, onset and length are those of the original; onsets are
counted from the first note, so one slip makes all that follow wrong.

Then files that are on a grid: the example motifs and 200 tunes, saved and read again, and the same
tunes with every note 10 ticks short, as sequencers write them.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from mer.corpus.shipped import data_folder
from mer.errors import InputError
from mer.io import read_melody, save_melody
from mer.io.midi.writing.writer import Message, meta, midi_bytes, switches
from mer.notes.arrays import Floats, Ints
from mer.notes.melody import Melody
from mer.search.index import load_corpus

QUARTER = 480
SHORTEST_SECONDS = 0.11


def drift(beats: Floats, rng: np.random.Generator) -> Floats:
    """Return a tempo, 1 on average, that comes and goes by up to 6 per cent; shape of `beats`."""
    size, length = rng.uniform(0.01, 0.035), rng.uniform(16, 48)
    slow = size * np.sin(2 * np.pi * (beats / length + rng.random()))
    step = beats[1] - beats[0]
    walk = np.cumsum(rng.normal(0.0, 0.004 * np.sqrt(step), len(beats)))
    return np.asarray(1.0 + slow + np.clip(walk - walk.mean(), -0.03, 0.03))


def swung(ticks: Ints, share: float) -> Floats:
    """Return times with the second eighth of each quarter moved to a share of it."""
    inside = np.interp(ticks % QUARTER, [0, QUARTER / 2, QUARTER], [0.0, share * QUARTER, QUARTER])
    return np.asarray(ticks - ticks % QUARTER + inside)


def played(tune: Melody, rng: np.random.Generator) -> bytes:
    """Return a MIDI file of a tune as somebody plays it."""
    silence = -tune.downbeat % tune.bar_ticks
    shortest = int(np.diff(tune.onset).min()) / QUARTER
    bpm = round(min(rng.uniform(80, 140), 60 * shortest / SHORTEST_SECONDS), 1)
    eighths = not ((tune.onset + silence) % (QUARTER // 2)).any()
    simple = tune.meter is not None and tune.meter[1] <= 4
    share = rng.uniform(0.56, 0.67) if eighths and simple and rng.random() < 1 / 3 else 0.5
    grid = np.arange(0, int(tune.end[-1]) + silence + 2 * QUARTER, 10)
    seconds = np.concatenate(
        [[0.0], np.cumsum(10 / QUARTER * 60 / bpm / drift(grid / QUARTER, rng))]
    )

    def at(ticks: Ints) -> Floats:
        return np.interp(swung(ticks + silence, share), np.append(grid, grid[-1] + 10), seconds)

    start = at(tune.onset) + rng.normal(0.0, rng.uniform(0.015, 0.025), len(tune))
    start = np.maximum.accumulate(np.maximum(start, 0.0))
    end = at(tune.end)
    follows = np.append(tune.end[:-1] == tune.onset[1:], False)
    if rng.random() < 0.5:
        end = end + np.where(follows, rng.uniform(0.01, 0.06, len(tune)), 0.0)
    else:
        end = start + (end - at(tune.onset)) * rng.uniform(0.85, 1.0)
    ticks = np.rint(np.stack([start, np.maximum(end, start + 0.03)]) * bpm / 60 * QUARTER)
    rows = np.column_stack([tune.pitch, ticks.T.astype(np.int64), rng.integers(50, 100, len(tune))])
    rows = np.column_stack([rows, np.zeros(len(tune), dtype=np.int64)])
    messages: list[Message] = [switch.message for switch in switches(rows)]
    if rng.random() < 1 / 3:
        for bar in range(0, int(ticks.max()), 4 * QUARTER):
            messages += [(bar, b"\xb0\x40\x7f"), (bar + 3 * QUARTER, b"\xb0\x40\x00")]
        messages.sort(key=lambda message: message[0])
    meter = tune.meter or (4, 4)
    above, below = meter
    signs = [
        (0, meta(0x58, bytes((above, below.bit_length() - 1, 24, 8)))),
        (0, meta(0x51, round(60e6 / bpm).to_bytes(3, "big"))),
    ]
    return midi_bytes([signs, messages])


def notes(melody: Melody) -> list[tuple[int, int, int]]:
    """Return pitch, onset and length of each note."""
    columns = (melody.pitch, melody.onset, melody.duration)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def share_right(tune: Melody, content: bytes, path: Path) -> tuple[float, str]:
    """Return the share of the notes of a tune that are read as written, and what was said."""
    path.write_bytes(content)
    reading = read_melody(path)
    found = set(notes(reading.melody))
    right = [
        (pitch, onset - tune.onset[0], length) in found for pitch, onset, length in notes(tune)
    ]
    return sum(right) / len(right), "; ".join(reading.remarks)


def clipped(tune: Melody, short: int) -> Melody:
    """Return a tune with every note so many ticks short."""
    return Melody(
        pitch=tune.pitch,
        onset=tune.onset,
        duration=np.maximum(tune.duration - short, 1),
        meter=tune.meter,
        key=tune.key,
        tempo_bpm=tune.tempo_bpm,
        downbeat=tune.downbeat,
    )


def chosen(count: int, rng: np.random.Generator) -> list[Melody]:
    """Return tunes of the shipped corpus, 24 notes or more, first note at 0."""
    corpus = load_corpus()
    tunes: list[Melody] = []
    for number in rng.permutation(len(corpus)).tolist():
        tune = corpus.tune(number).melody
        if 24 <= len(tune) <= 200 and tune.onset[0] == 0:
            tunes.append(tune)
        if len(tunes) == count:
            break
    return tunes


def kept(tune: Melody, path: Path, original: Melody) -> bool:
    """Return whether a saved tune is read as the original."""
    save_melody(tune, path)
    return notes(read_melody(path).melody) == notes(original)


def main() -> None:
    """Print the share of notes that are right, and how many files on a grid stay as they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tunes", type=int, default=100, help="performances (default: 100)")
    parser.add_argument("--seed", type=int, default=1, help="of the choice (default: 1)")
    parser.add_argument("--list", action="store_true", help="print each tune that is not all right")
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    right: list[float] = []
    count = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.mid"
        for tune in chosen(options.tunes, rng):
            share, said = share_right(tune, played(tune, rng), path)
            right.append(share)
            count.append(len(tune))
            if options.list and share < 1:
                print(f"{share:6.1%} of {len(tune):3} notes, {tune.meter}: {tune.title}: {said}")
        total = float(np.dot(right, count) / sum(count))
        whole = sum(share == 1 for share in right)
        print(f"notes right: {total:.1%} of {sum(count)}; {whole} of {len(right)} tunes all right")
        tunes = chosen(200, rng)
        print(
            f"on a grid, unchanged: {sum(kept(tune, path, tune) for tune in tunes)} of {len(tunes)}"
        )
        short = sum(kept(clipped(tune, 10), path, tune) for tune in tunes)
        print(f"10 ticks short, as written: {short} of {len(tunes)}")
    motifs = sorted(data_folder().glob("motifs/*.mid"))
    same = 0
    for motif in motifs:
        try:
            same += read_melody(motif).melody == read_melody(motif, quantise="off").melody
        except InputError as error:
            print(error)
    print(f"example motifs unchanged: {same} of {len(motifs)}")


if __name__ == "__main__":
    main()
