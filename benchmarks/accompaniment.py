"""New pieces with chords, from every shipped motif and style: levels, ranges, fit.

    python benchmarks/accompaniment.py [--takes 2] [--tunes 200]

Checked on files as they are written: the peak of the sound (it must stay below -1 dBFS), every
voice within its range, upper voices above the melody where a chord would have fitted below, and
that another reader finds the same notes in the MIDI file. Counted on corpus tunes: how often the
melody note where a chord begins belongs to it, and how far voices move from chord to chord.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import wave
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import pretty_midi

from generate.compose import compose
from generate.harmony.arrangement import Arrangement, arrange, save_arrangement
from generate.harmony.harmony import harmonise
from generate.harmony.texture.styles import CHOICES, DRONE, NONE
from generate.harmony.texture.voicing import BASS_RANGE, UPPER_RANGE, ceilings, voiced
from generate.plan.settings import Settings
from generate.sound.audio import render, save_wav
from mer.corpus.shipped import data_folder
from mer.io import LOADERS, load_melody
from mer.search.index import PhraseIndex

DRONE_RANGE = (0, 59)
RANGES = {"Bass": BASS_RANGE, "Chords": UPPER_RANGE, "Drones": DRONE_RANGE}


def peak_dbfs(arranged: Arrangement, folder: Path) -> float:
    """Return the highest level in the WAV file of an arrangement."""
    save_wav(render(arranged.parts), folder / "piece.wav")
    with wave.open(str(folder / "piece.wav")) as file:
        frames = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    return float(20 * np.log10(np.abs(frames.astype(np.float64)).max() / 32_768))


def out_of_range(arranged: Arrangement) -> int:
    """Return how many accompanying notes lie outside the range of their part."""
    outside = 0
    for part in arranged.parts[1:]:
        low, high = RANGES[part.name]
        pitch = part.notes[:, 0]
        outside += int(((pitch < low) | (pitch > high)).sum())
    return outside


def needlessly_above(arranged: Arrangement) -> int:
    """Return how many chords rise above a melody that they would have fitted below."""
    if arranged.style in (DRONE, NONE):
        return 0
    limits = ceilings(arranged.melody, arranged.chords)
    _, upper = voiced(arranged.melody, arranged.chords)
    return int(((upper[:, -1] > limits) & (limits >= UPPER_RANGE[0] + 12)).sum())


def same_in_midi(arranged: Arrangement, folder: Path) -> bool:
    """Return whether another reader finds as many notes in each track."""
    save_arrangement(arranged, folder / "piece.mid")
    tracks = pretty_midi.PrettyMIDI(str(folder / "piece.mid")).instruments
    return [len(t.notes) for t in tracks] == [len(p.notes) for p in arranged.parts]


def check_pieces(index: PhraseIndex, takes: int) -> None:
    """Compose, arrange, write and check."""
    found: Counter[str] = Counter()
    peaks = []
    motifs = [p for p in sorted((data_folder() / "motifs").iterdir()) if p.suffix in LOADERS]
    styles = [choice for choice in CHOICES if choice not in (NONE, "auto")]
    with tempfile.TemporaryDirectory() as name:
        for path in motifs:
            for take in range(takes):
                rng = np.random.default_rng(take)
                piece = compose(load_melody(path), index, Settings(), rng)
                for style in styles:
                    arranged = arrange(piece.melody, style)
                    peaks.append(peak_dbfs(arranged, Path(name)))
                    found["out of range"] += out_of_range(arranged)
                    found["needlessly above"] += needlessly_above(arranged)
                    found["other in MIDI"] += not same_in_midi(arranged, Path(name))
    print(f"{len(peaks)} pieces: {len(motifs)} motifs, {takes} takes, {', '.join(styles)}")
    print(f"highest peak {max(peaks):.2f} dBFS")
    for what in ("out of range", "needlessly above", "other in MIDI"):
        print(f"{what}: {found[what]}")


def check_tunes(index: PhraseIndex, tunes: int) -> None:
    """Print how chords fit corpus tunes and how voices move."""
    fits, moves, leaps, closed = [], [], [], []
    for number in np.random.default_rng(0).choice(len(index.corpus), tunes, replace=False):
        melody = index.corpus.tune(int(number)).melody
        chords = harmonise(melody)
        for chord in chords:
            sounding = (melody.onset <= chord.onset) & (melody.end > chord.onset)
            if sounding.any():
                fits.append(int(melody.pitch[sounding][0]) % 12 in chord.pitch_classes)
        closed.append(chords[-1].degree == 0)
        bass, upper = voiced(melody, chords)
        moves += np.abs(np.diff(upper, axis=0)).ravel().tolist()
        leaps += np.abs(np.diff(bass)).tolist()
    print(f"{tunes} tunes: the note where a chord begins belongs to it in {np.mean(fits):.1%}")
    print(f"ending on the tonic chord: {np.mean(closed):.1%}")
    print(f"an upper voice moves {np.mean(moves):.2f} semitones, the bass {np.mean(leaps):.2f}")


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--takes", type=int, default=2, help="of each motif (default: 2)")
    parser.add_argument("--tunes", type=int, default=200, help="corpus tunes (default: 200)")
    options = parser.parse_args()
    index = PhraseIndex.load()
    check_pieces(index, options.takes)
    check_tunes(index, options.tunes)


if __name__ == "__main__":
    main()
