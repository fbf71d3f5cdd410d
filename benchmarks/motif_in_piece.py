"""Pieces in which occurrences of motifs are marked -> how well the others are found from one.

    python benchmarks/motif_in_piece.py jku FOLDER
    python benchmarks/motif_in_piece.py bps FOLDER
    python benchmarks/motif_in_piece.py corpus [--tunes 60]

Each occurrence is the query, and all windows of its piece with as many notes are ranked; of windows
that share more than half of their notes, only the best stays. A window counts as an occurrence if
it shares at least half of the notes of either, and each occurrence is found once. Printed are MAP,
the share of queries whose first window is right, and recall at 10, with 95% intervals over pieces'
motifs, for mer's methods and for interval n-grams.

``jku``: the monophonic versions of the JKU Patterns Development Database. ``bps``: the motifs of
Beethoven's sonatas; the highest note at each onset of a staff is its line, and a window lies in one
staff. ``corpus``: eight notes are cut out of a tune of the shipped corpus, varied (`variation.py`),
and looked for where they come from, and where the tune repeats them with the same intervals. In all
of them what nobody marked counts as wrong.

References
----------
Collins, T. (2013). JKU Patterns Development Database.
Hsiao, Y.-W., Hung, T.-Y., Chen, T.-P. and Su, L. (2023). BPS-Motif: a dataset for repeated pattern
discovery of polyphonic symbolic music. ISMIR.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from variation import vary

from mer import load_corpus
from mer.errors import InputError
from mer.evaluation.metrics import average_precision, bootstrap_interval, recall_at
from mer.notes.arrays import Flags, Floats, Ints
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.search.stack.methods import METHODS, rank
from mer.search.stack.pool import Pool
from mer.terminal import Parser, run

TRIED = ("motif", "by-pitch", "inside", "four-note", "interval", "contour")
FEWEST_NOTES, MOTIF_NOTES = 4, 8
NOWHERE_LINE = -1
SHARED = 0.5  # of the notes of a window or an occurrence


@dataclass(frozen=True)
class Place:
    """A stretch of a line of a piece: notes `start` to `stop` (not included)."""

    line: int
    start: int
    stop: int

    def shares(self, other: Place) -> float:
        """Return the share of the shorter one that both have."""
        if self.line != other.line:
            return 0.0
        common = min(self.stop, other.stop) - max(self.start, other.start)
        return max(common, 0) / min(self.stop - self.start, other.stop - other.start)


@dataclass(frozen=True)
class Piece:
    """Lines of a piece, and the places of each motif."""

    name: str
    lines: Sequence[Melody]
    motifs: dict[str, list[Place]]


def line_of(rows: Floats) -> tuple[Melody, Floats]:
    """Return the highest note at each onset as a melody, and the onsets in quarters.

    Parameters
    ----------
    rows
        Shape (notes, 3): onset and duration in quarters around the MIDI number.

    Examples
    --------
    >>> melody, onset = line_of(np.array([[-1, 60, 1], [0, 64, 2], [0, 55, 2], [1, 65, 1.0]]))
    >>> melody.pitch.tolist(), onset.tolist(), melody.duration.tolist()
    ([60, 64, 65], [-1.0, 0.0, 1.0], [480, 480, 480])
    """
    rows = rows[rows[:, 2] > 0]  # grace notes have no duration
    order = np.lexsort((-rows[:, 1], rows[:, 0]))
    rows = rows[order]
    ticks = np.rint((rows[:, 0] - rows[0, 0]) * TICKS_PER_QUARTER).astype(np.int64)
    first = np.append(True, np.diff(ticks) > 0)
    rows, ticks = rows[first], ticks[first]
    length = np.maximum(np.rint(rows[:, 2] * TICKS_PER_QUARTER).astype(np.int64), 1)
    length[:-1] = np.minimum(length[:-1], np.diff(ticks))
    melody = Melody(pitch=rows[:, 1].astype(np.int64), onset=ticks, duration=length)
    return melody, np.asarray(rows[:, 0])


def place_in(onsets: Floats, begin: float, end: float, line: int) -> Place | None:
    """Return the notes from `begin` to `end` (quarters, both included); None if they are few."""
    start, stop = np.searchsorted(onsets, [begin - 1e-3, end + 1e-3]).tolist()
    return Place(line, start, stop) if stop - start >= FEWEST_NOTES else None


def _numbers(file: Path) -> Floats:
    try:
        return np.loadtxt(file, delimiter=",", ndmin=2)
    except (OSError, ValueError) as error:
        raise InputError(f"{file}: no table of numbers ({error})") from error


def jku_pieces(folder: Path) -> Iterator[Piece]:
    """Yield the monophonic pieces: notes in ``monophonic/csv``, occurrences in their folders."""
    for inner in sorted(folder.rglob("monophonic")):
        notes = sorted((inner / "csv").glob("*.csv"))
        if not notes:
            continue
        melody, onsets = line_of(_numbers(notes[0])[:, [0, 1, 3]])
        motifs: dict[str, list[Place]] = {}
        for file in sorted((inner / "repeatedPatterns").glob("*/*/occurrences/csv/*.csv")):
            times = _numbers(file)[:, 0]
            place = place_in(onsets, float(times.min()), float(times.max()), 0)
            if place is not None:
                motif = "/".join(file.relative_to(inner / "repeatedPatterns").parts[:2])
                motifs.setdefault(motif, []).append(place)
        yield Piece(inner.parent.name, [melody], motifs)


def bps_pieces(folder: Path) -> Iterator[Piece]:
    """Yield the movements: notes in ``csv_notes``, spans of motifs in ``csv_label``."""
    for file in sorted((folder / "csv_notes").glob("*.csv")):
        try:
            notes = [row for row in csv.reader(file.read_text().splitlines()) if row]
            table = np.array([[float(row[i]) for i in (0, 1, 3, 4)] for row in notes])
            labels = (folder / "csv_label" / file.name).read_text().splitlines()
            spans = [
                (r["type"], float(r["start"]), float(r["end"])) for r in csv.DictReader(labels)
            ]
        except (OSError, UnicodeError, ValueError, IndexError, KeyError) as error:
            raise InputError(f"{file}: not as BPS-Motif has it ({error!r})") from error
        kinds = [row[6].strip() if len(row) > 6 else "" for row in notes]
        staves = np.unique(table[:, 3]).tolist()
        lines = [line_of(table[table[:, 3] == staff][:, :3]) for staff in staves]
        motifs: dict[str, list[Place]] = {}
        for kind, begin, end in spans:
            marked = [
                row
                for row, name in zip(table, kinds, strict=True)
                if name == kind and begin - 1e-3 <= row[0] < end - 1e-3
            ]
            if not marked:
                continue
            held = [row[3] for row in marked]
            staff = max(sorted(set(held)), key=held.count)
            times = [row[0] for row in marked if row[3] == staff]
            line = staves.index(staff)
            place = place_in(lines[line][1], min(times), max(times), line)
            if place is not None:
                motifs.setdefault(kind, []).append(place)
        yield Piece(file.stem, [melody for melody, _ in lines], motifs)


def same_places(melody: Melody, place: Place) -> list[Place]:
    """Return where a line has the intervals of a place, the place among them."""
    size = place.stop - place.start
    steps = np.lib.stride_tricks.sliding_window_view(melody.interval, size - 1)
    alike = np.flatnonzero((steps == steps[place.start]).all(axis=1))
    return [Place(place.line, start, start + size) for start in alike.tolist()]


def windows_of(lines: Sequence[Melody], size: int) -> tuple[list[Melody], list[Place]]:
    """Return all stretches of so many notes, and their places."""
    places = [
        Place(number, start, start + size)
        for number, line in enumerate(lines)
        for start in range(len(line) - size + 1)
    ]
    return [lines[p.line].cut(p.start, p.stop) for p in places], places


def marks_of(ranked: Sequence[Place], wanted: Sequence[Place]) -> Flags:
    """Return which places of a ranking are right, once the repeated ones are gone.

    A wanted place that no window finds is put at the end, as right: it counts as found last.

    Examples
    --------
    >>> ranked = [Place(0, 0, 4), Place(0, 1, 5), Place(0, 8, 12), Place(0, 20, 24)]
    >>> marks_of(ranked, [Place(0, 9, 13), Place(0, 19, 23)]).tolist()
    [False, True, True]
    """
    kept: list[Place] = []
    for place in ranked:
        if all(place.shares(other) <= SHARED for other in kept):
            kept.append(place)
    open_places = list(wanted)
    marks = []
    for place in kept:
        best = max(open_places, key=place.shares, default=None)
        right = best is not None and place.shares(best) >= SHARED
        if right:
            open_places.remove(best)
        marks.append(right)
    return np.array([*marks, *[True] * len(open_places)], dtype=bool)


def _ranked(pool: Pool, motif: Melody, method: str, own: Place, places: list[Place]) -> list[Place]:
    order = rank(pool, motif, method).numbers.tolist()
    return [places[number] for number in order if places[number].shares(own) <= SHARED]


def measure(pieces: Iterator[Piece], methods: Sequence[str], most: int) -> dict[str, Floats]:
    """Return MAP, first right and recall at 10 of each motif, shape (motifs, 3), by method."""
    found: dict[str, list[Floats]] = {name: [] for name in methods}
    for piece in pieces:
        pools: dict[int, tuple[Pool, list[Place]]] = {}
        for places in (held for held in piece.motifs.values() if len(held) > 1):
            rows: dict[str, list[list[float]]] = {name: [] for name in methods}
            for own in places[:most]:
                others = [place for place in places if place != own and place.shares(own) <= SHARED]
                if not others:
                    continue
                size = own.stop - own.start
                if size not in pools:
                    melodies, at = windows_of(piece.lines, size)
                    pools[size] = Pool(melodies, unit="phrase"), at
                pool, at = pools[size]
                motif = piece.lines[own.line].cut(own.start, own.stop)
                for name in methods:
                    rows[name].append(
                        _figures(marks_of(_ranked(pool, motif, name, own, at), others))
                    )
            for name, values in rows.items():
                if values:
                    found[name].append(np.mean(values, axis=0))
    return {name: np.array(values) for name, values in found.items()}


def _figures(marks: Flags) -> list[float]:
    return [average_precision(marks), float(marks[0]), recall_at(marks, 10)]


def measure_cut(tunes: Sequence[Melody], methods: Sequence[str], seed: int) -> dict[str, Floats]:
    """Return the same for a motif cut out of each tune and varied."""
    rng = np.random.default_rng(seed)
    found: dict[str, list[list[float]]] = {name: [] for name in methods}
    for tune in tunes:
        start = int(rng.integers(0, len(tune) - MOTIF_NOTES))
        own = Place(0, start, start + MOTIF_NOTES)
        motif = vary(tune.cut(own.start, own.stop), rng)
        if len(motif) < FEWEST_NOTES:
            continue
        melodies, at = windows_of([tune], MOTIF_NOTES)
        pool, nowhere = Pool(melodies, unit="phrase"), Place(NOWHERE_LINE, 0, 1)
        wanted = same_places(tune, own)
        for name in methods:
            ranked = _ranked(pool, motif, name, nowhere, at)
            found[name].append(_figures(marks_of(ranked, wanted)))
    return {name: np.array(values) for name, values in found.items()}


def table_of(found: dict[str, Floats]) -> str:
    """Return the table, as Markdown.

    Raises
    ------
    InputError
        If nothing could be measured.
    """
    lines = ["| method | MAP (95%) | first right | recall@10 |", "|---|---|---|---|"]
    for name, values in found.items():
        if not len(values):
            raise InputError("no motif has two places of at least four notes: nothing to find")
        low, high = bootstrap_interval(values[:, 0], np.random.default_rng(0))
        means: Ints = values.mean(axis=0)
        lines.append(
            f"| `{name}` | {means[0]:.3f} ({low:.3f} to {high:.3f}) | {means[1]:.3f} "
            f"| {means[2]:.3f} |"
        )
    return "\n".join([f"{len(values)} motifs.", "", *lines])


def measured(options: argparse.Namespace) -> int:
    """Print the table."""
    methods = options.methods.split(",")
    for name in methods:
        if name not in METHODS:
            raise InputError(f"unknown method {name!r}; known: {', '.join(METHODS)}")
    if options.kind == "corpus":
        corpus = load_corpus()
        drawn = np.random.default_rng(options.seed).permutation(len(corpus))
        tunes = [corpus.tune(int(n)).melody for n in drawn[: options.tunes]]
        long = [tune for tune in tunes if len(tune) >= 4 * MOTIF_NOTES]
        print(table_of(measure_cut(long, methods, options.seed)))
        return 0
    if options.folder is None or not options.folder.is_dir():
        raise InputError(f"{options.folder}: no such folder")
    pieces = {"jku": jku_pieces, "bps": bps_pieces}[options.kind](options.folder)
    print(table_of(measure(pieces, methods, options.occurrences)))
    return 0


def main() -> int:
    """Read the options and measure."""
    parser = Parser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=("jku", "bps", "corpus"))
    parser.add_argument("folder", nargs="?", type=Path, help="where the set is")
    parser.add_argument("--tunes", type=int, default=60, help="drawn of the corpus (%(default)s)")
    parser.add_argument("--occurrences", type=int, default=5, help="queries a motif (%(default)s)")
    parser.add_argument("--methods", default=",".join(TRIED))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    return run(lambda: measured(options))


if __name__ == "__main__":
    sys.exit(main())
