"""Phrases of the corpus, hummed, whistled and played -> whether the notes and the tune are found.

    python benchmarks/humming.py [--melodies 50] [--seed 5] [--page docs/experiments/humming.md]

Each melody is a phrase of 8 to 16 notes, recorded in each timbre of `timbres.py`: with vibrato, a
wandering tempo and noise 20 dB below it. The recording is written as a 16-bit WAV file, loaded with
`load_melody` and searched for in the whole corpus.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from timbres import RATE, TIMBRES, Take, record

from mer.errors import InputError
from mer.index import PhraseIndex
from mer.io import load_melody
from mer.match import Match
from mer.melody import Melody

FEWEST, MOST = 8, 16
MATCHES = 200
BEYOND = 1000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Result:
    """One recording: shares of notes and steps, ranks from 1 (`BEYOND`: not among the matches)."""

    recovered: float
    correct: float
    rhythm: float
    tune_rank: int
    alike_rank: int
    seconds: float


def write_wav(take: Take, path: Path) -> None:
    """Write the recording as 16-bit PCM."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.round(take.samples * 32_767).astype("<i2").tobytes())


def aligned(wanted: npt.NDArray[np.int64], heard: npt.NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return pairs of notes of equal pitch on the longest common subsequence."""
    table = np.zeros((len(wanted) + 1, len(heard) + 1), dtype=np.int64)
    for row, one in enumerate(wanted.tolist(), start=1):
        for column, other in enumerate(heard.tolist(), start=1):
            table[row, column] = (
                table[row - 1, column - 1] + 1
                if one == other
                else max(table[row - 1, column], table[row, column - 1])
            )
    pairs: list[tuple[int, int]] = []
    row, column = table.shape[0] - 1, table.shape[1] - 1
    while row and column:
        if wanted[row - 1] == heard[column - 1]:
            pairs.append((row - 1, column - 1))
            row, column = row - 1, column - 1
        elif table[row - 1, column] >= table[row, column - 1]:
            row -= 1
        else:
            column -= 1
    return pairs[::-1]


def best_alignment(wanted: npt.NDArray[np.int64], heard: npt.NDArray[np.int64]):
    """Return the alignment under the best of the shifts by up to a semitone or an octave.

    A voice between two keys may be written down as either.
    """
    ways = [aligned(wanted, heard + shift) for shift in (0, -1, 1, -12, 12)]
    return max(ways, key=len)


def rhythm_share(melody: Melody, heard: Melody, pairs: Sequence[tuple[int, int]]) -> float:
    """Return the share of ratios of successive inter-onset intervals that came out right."""
    place = dict(pairs)
    right = total = 0
    for note in range(1, len(melody) - 1):
        triple = [place.get(note + step, -9) for step in (-1, 0, 1)]
        total += 1
        if triple[0] >= 0 and triple[1] == triple[0] + 1 and triple[2] == triple[1] + 1:
            one, two = np.diff(melody.onset[note - 1 : note + 2]).tolist()
            three, four = np.diff(heard.onset[triple[0] : triple[2] + 1]).tolist()
            right += one * four == two * three
    return right / max(total, 1)


def ranks(matches: Sequence[Match], index: PhraseIndex, number: int) -> tuple[int, int]:
    """Return the ranks, among distinct tunes, of the source and of a tune with its intervals."""
    source = index.phrase(number)
    wanted = source.melody.interval
    tunes: list[str] = []
    alike: list[bool] = []
    for match in matches:
        same = np.array_equal(match.phrase.melody.interval, wanted)
        if match.phrase.tune_id in tunes:
            continue
        tunes.append(match.phrase.tune_id)
        alike.append(same)
    return (
        tunes.index(source.tune_id) + 1 if source.tune_id in tunes else BEYOND,
        alike.index(True) + 1 if any(alike) else BEYOND,
    )


def chosen_phrases(index: PhraseIndex, count: int, seed: int) -> list[int]:
    """Return the numbers of random phrases of 8 to 16 notes, each of another tune."""
    lengths = index.columns.lengths
    fitting = np.flatnonzero((lengths >= FEWEST) & (lengths <= MOST))
    order = np.random.default_rng(seed).permutation(fitting).tolist()
    taken: dict[str, int] = {}
    for number in order:
        taken.setdefault(index.phrase(number).tune_id, number)
        if len(taken) == count:
            break
    return list(taken.values())


def measure(index: PhraseIndex, number: int, timbre: str, seed: int, folder: Path) -> Result:
    """Return what became of one phrase, recorded in one timbre."""
    melody = index.phrase(number).melody
    place = list(TIMBRES).index(timbre)
    take = record(melody, timbre, np.random.default_rng([seed, number, place]))
    path = folder / f"{number}-{place}.wav"
    write_wav(take, path)
    started = time.perf_counter()
    try:
        heard = load_melody(path)
        seconds = time.perf_counter() - started
        matches = index.search(heard, MATCHES)
    except InputError as error:
        print(f"{timbre}, phrase {number}: {error}", file=sys.stderr)
        return Result(0.0, 0.0, 0.0, BEYOND, BEYOND, time.perf_counter() - started)
    pairs = best_alignment(take.pitch, heard.pitch)
    return Result(
        len(pairs) / len(melody),
        len(pairs) / len(heard),
        rhythm_share(melody, heard, pairs),
        *ranks(matches, index, number),
        seconds,
    )


def row(name: str, results: Sequence[Result]) -> str:
    """Return one line of the table."""
    def mean(values: Sequence[float]) -> float:
        return 100.0 * float(np.mean(values))

    cells = [
        mean([r.recovered for r in results]),
        mean([r.correct for r in results]),
        mean([r.rhythm for r in results]),
        mean([r.alike_rank == 1 for r in results]),
        mean([r.alike_rank <= 10 for r in results]),
        mean([r.tune_rank == 1 for r in results]),
        mean([r.tune_rank <= 10 for r in results]),
    ]
    return f"| {name} | " + " | ".join(f"{cell:.1f}%" for cell in cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--melodies", type=int, default=50)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    index = PhraseIndex.load()
    numbers = chosen_phrases(index, options.melodies, options.seed)
    table: dict[str, list[Result]] = {name: [] for name in TIMBRES}
    exact = [ranks(index.search(index.phrase(n).melody, MATCHES), index, n) for n in numbers]
    with tempfile.TemporaryDirectory() as folder:
        for name, results in table.items():
            for number in numbers:
                result = measure(index, number, name, options.seed, Path(folder))
                results.append(result)
                if options.verbose and (result.recovered < 1 or result.correct < 1 or result.rhythm<1):
                    print(name, number, result, file=sys.stderr)
    print("exact", [np.mean([e[c] <= k for e in exact]) for c in (1, 0) for k in (1, 10)])
    for name, results in table.items():
        print(row(name, results))
    print(row("all", [r for results in table.values() for r in results]))
    print(np.mean([r.seconds for rs in table.values() for r in rs]))


if __name__ == "__main__":
    main()
