"""Phrases of the corpus, hummed, whistled and played -> whether the notes and the tune are found.

    python benchmarks/humming.py [--melodies 50] [--seed 5] [--page docs/experiments/humming.md]

Each melody is a phrase of 8 to 16 notes, recorded in each timbre of `timbres.py`: with vibrato, a
wandering tempo and noise 20 dB below it. The recording is written as a 16-bit WAV file, loaded with
`load_melody` and searched for in the whole corpus.

A tune counts as found where one of its phrases has the intervals of the source: tunes borrow
phrases from each other, and then nobody can tell which was meant. "The very tune" is the source
alone. Ranks are among distinct tunes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from timbres import RATE, TIMBRES, Take, record

from mer.errors import InputError
from mer.io import load_melody
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.match import Match
from mer.search.pace import at_best_pace

FEWEST, MOST = 8, 16
MATCHES = 200
BEYOND = 1000
BEGIN, END = "<!-- tables -->", "<!-- end of tables -->"


@dataclass(frozen=True)
class Result:
    """One recording: shares of notes and steps, ranks of the tune (`BEYOND`: not found), seconds.

    `ranks` at the best pace, `plain` as heard: of the source, and of one with its intervals.
    """

    recovered: float
    correct: float
    rhythm: float
    ranks: tuple[int, int]
    plain: tuple[int, int]
    seconds: float


@dataclass(frozen=True)
class Case:
    """A timbre, what is changed in it, and the noise."""

    timbre: str
    changed: dict[str, Any] = field(default_factory=dict)
    noise_db: float = 20.0


CASES = {name: Case(name) for name in TIMBRES} | {
    "voice-like, noise at 10 dB": Case("voice-like", noise_db=10.0),
    "voice-like, legato": Case("voice-like", {"dip_db": 4.0}),
    "voice-like, vibrato of 90 cents": Case("voice-like", {"vibrato_cents": 90.0}),
    "voice-like, notes 35 cents off": Case("voice-like", {"off_cents": 35.0}),
    "piano, noise at 10 dB": Case("piano", noise_db=10.0),
}


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


def best_alignment(
    wanted: npt.NDArray[np.int64], heard: npt.NDArray[np.int64]
) -> list[tuple[int, int]]:
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


def measure(index: PhraseIndex, number: int, case: Case, seed: int, folder: Path) -> Result:
    """Return what became of one phrase, recorded in one timbre."""
    melody = index.phrase(number).melody
    rng = np.random.default_rng([seed, number, list(TIMBRES).index(case.timbre)])
    timbre = replace(TIMBRES[case.timbre], **case.changed)
    take = record(melody, timbre, rng, noise_db=case.noise_db)
    path = folder / "take.wav"
    write_wav(take, path)
    started = time.perf_counter()
    try:
        heard = load_melody(path)
        seconds = time.perf_counter() - started
        found = index.search(at_best_pace(heard, index), MATCHES)
        plain = index.search(heard, MATCHES)
    except InputError as error:
        print(f"{case.timbre}, phrase {number}: {error}", file=sys.stderr)
        nowhere = (BEYOND, BEYOND)
        return Result(0.0, 0.0, 0.0, nowhere, nowhere, time.perf_counter() - started)
    pairs = best_alignment(take.pitch, heard.pitch)
    return Result(
        len(pairs) / len(melody),
        len(pairs) / len(heard),
        rhythm_share(melody, heard, pairs),
        ranks(found, index, number),
        ranks(plain, index, number),
        seconds,
    )


def row(name: str, results: Sequence[Result]) -> str:
    """Return one line of the table."""
    columns = [
        [r.recovered for r in results],
        [r.correct for r in results],
        [r.rhythm for r in results],
        *rank_columns([r.ranks for r in results]),
        rank_columns([r.plain for r in results])[0],
    ]
    return f"| {name} | " + " | ".join(f"{100 * np.mean(c):.1f}%" for c in columns) + " |"


def rank_columns(found: Sequence[tuple[int, int]]) -> list[list[bool]]:
    """Return whether the tune was first and in the first ten: counted loosely, then strictly."""
    return [[pair[which] <= most for pair in found] for which in (1, 0) for most in (1, 10)]


HEAD = (
    "| recording | notes found | notes right | rhythm | first | in ten | very tune first "
    "| very tune in ten | first, at the pace heard |\n" + "|---" * 9 + "|"
)


def page(rows: Mapping[str, Sequence[Result]], exact: Sequence[tuple[int, int]]) -> str:
    """Return the tables as Markdown."""
    main = [name for name in rows if name in TIMBRES]
    every = [result for name in main for result in rows[name]]
    ceiling = " | ".join(f"{100 * np.mean(column):.1f}%" for column in rank_columns(exact))
    return "\n".join(
        [
            HEAD,
            *(row(name, rows[name]) for name in main),
            row("all four", every),
            f"| the notes themselves, no recording | | | | {ceiling} | |",
            "",
            "Harder than that:",
            "",
            HEAD,
            *(row(name, results) for name, results in rows.items() if name not in main),
            "",
            f"Hearing one recording took {np.median([r.seconds for r in every]):.2f} s (median).",
        ]
    )


def main() -> None:
    """Run the benchmark; print the tables, or write them into the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--melodies", type=int, default=50)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--page", type=Path, help="a Markdown file with a place for the tables")
    options = parser.parse_args()
    index = PhraseIndex.load()
    numbers = chosen_phrases(index, options.melodies, options.seed)
    exact = [ranks(index.search(index.phrase(n).melody, MATCHES), index, n) for n in numbers]
    with tempfile.TemporaryDirectory() as folder:
        rows = {
            name: [measure(index, n, case, options.seed, Path(folder)) for n in numbers]
            for name, case in CASES.items()
        }
    tables = page(rows, exact)
    print(tables)
    if options.page:
        before, _, after = options.page.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = after.partition(END)
        options.page.write_text(f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
