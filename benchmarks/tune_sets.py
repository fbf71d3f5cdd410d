"""Sets that a reader fetches -> labelled files, to be measured like any others.

    python benchmarks/tune_sets.py mtc KERN_FOLDER LABELS.csv OUT.jsonl.gz
    python benchmarks/tune_sets.py folders FOLDER OUT.jsonl.gz
    python benchmarks/tune_sets.py pop909 FOLDER OUT.jsonl.gz
    python benchmarks/tune_sets.py weimar wjazzd.db OUT.jsonl.gz

``mtc``: the Meertens songs in Humdrum, and the table "file name, tune family". ``folders``: each
folder in FOLDER is a family, its music files are the members; so are covers of a song, transcribed
to MIDI by whatever program. ``pop909``: a folder for each song, with its MIDI file and
``versions``; the track MELODY of each. ``weimar``: solos, without families, as a background to hide
others in. `docs/experiments/sets.md` says where the sets are and under what licence. What cannot be
read as a melody is left out and counted.
"""

from __future__ import annotations

import argparse
import csv
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from mer.errors import InputError
from mer.evaluation.labelled import Labelled, save_labelled
from mer.io import LOADERS, load_melody
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.terminal import Parser, run

FEWEST_NOTES = 5
_SOLOS = """
    SELECT m.melid, s.performer, s.title, m.onset, m.pitch, m.duration, m.beatdur
    FROM melody m JOIN solo_info s ON s.melid = m.melid ORDER BY m.melid, m.onset
"""

# A file, its family, its id, and the track to take.
Source = tuple[Path, str, str, str | None]


def mtc_files(folder: Path, labels: Path) -> Iterator[Source]:
    """Yield the songs that a table of two columns, name and family, has labels for.

    Raises
    ------
    InputError
        If the table cannot be read.
    """
    try:
        rows = list(csv.reader(labels.read_text(encoding="utf-8").splitlines()))
    except (OSError, UnicodeError, csv.Error) as error:
        raise InputError(f"{labels}: cannot be read ({error})") from error
    for name, family in (row[:2] for row in rows if len(row) > 1):
        file = folder / f"{Path(name).stem if name.endswith('.krn') else name}.krn"
        if file.is_file():
            yield file, family.strip(), file.stem, None


def folder_files(folder: Path) -> Iterator[Source]:
    """Yield the music files of each folder in a folder, which is their family."""
    for inner in sorted(path for path in folder.iterdir() if path.is_dir()):
        for file in sorted(inner.rglob("*")):
            if file.suffix.lower() in LOADERS:
                yield file, inner.name, str(file.relative_to(folder)), None


def pop909_files(folder: Path) -> Iterator[Source]:
    """Yield the versions of each song."""
    for file, family, name, _ in folder_files(folder):
        if file.suffix.lower() == ".mid":
            yield file, family, name, "MELODY"


def melodies(sources: Iterator[Source], collection: str) -> tuple[list[Labelled], list[str]]:
    """Return the labelled melodies of files, and why others were left out."""
    kept: list[Labelled] = []
    left: list[str] = []
    for file, family, name, track in sources:
        try:
            melody = load_melody(file, track=track)
        except InputError as error:
            left.append(str(error))
            continue
        if len(melody) < FEWEST_NOTES:
            left.append(f"{file}: {len(melody)} notes")
        else:
            kept.append(Labelled(name, family, melody, collection, (family,)))
    return kept, left


def solos(database: Path) -> list[Labelled]:
    """Return the solos of the Weimar Jazz Database, in quarters by the beat at each note.

    Raises
    ------
    InputError
        If the file is missing or no such database.
    """
    if not database.is_file():
        raise InputError(f"{database}: no such file")
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            rows = connection.execute(_SOLOS).fetchall()
    except sqlite3.Error as error:
        raise InputError(f"{database}: is no Weimar Jazz Database ({error})") from error
    found = []
    for number, notes in groupby(rows, key=lambda row: row[0]):
        held = list(notes)
        title = f"{held[0][1]}: {held[0][2]}"
        melody = solo(np.array([row[3:] for row in held], dtype=np.float64))
        found.append(Labelled(f"weimar-{number}", None, melody, "weimar", (title,)))
    return found


def solo(notes: np.ndarray) -> Melody:
    """Return the melody of notes: onset in seconds, pitch, duration, and how long a beat is then.

    Examples
    --------
    >>> notes = np.array([[1.0, 60, 0.2, 0.5], [1.5, 62, 0.6, 0.5], [2.0, 64, 0.5, 0.5]])
    >>> found = solo(notes)
    >>> found.onset.tolist(), found.duration.tolist()
    ([0, 480, 960], [192, 480, 480])
    """
    onset_sec, pitch, duration_sec, beat_sec = notes.T
    usual = np.median(beat_sec[beat_sec > 0]) if (beat_sec > 0).any() else 0.5
    beat = np.where(beat_sec > 0, beat_sec, usual)
    steps = np.diff(onset_sec) / beat[:-1]
    onset = np.rint(np.append(0.0, np.cumsum(steps)) * TICKS_PER_QUARTER).astype(np.int64)
    kept = np.append(True, np.diff(onset) > 0)
    onset, length = onset[kept], (duration_sec / beat)[kept]
    duration = np.maximum(np.rint(length * TICKS_PER_QUARTER).astype(np.int64), 1)
    duration[:-1] = np.minimum(duration[:-1], np.diff(onset))
    return Melody(pitch=np.rint(pitch[kept]).astype(np.int64), onset=onset, duration=duration)


def write(options: argparse.Namespace) -> int:
    """Write the labelled file."""
    *given, out = options.paths
    needed = {"mtc": 2}.get(options.kind, 1)
    if len(given) != needed:
        raise InputError(f"{options.kind} takes {needed} path{'s' * (needed > 1)} and OUT")
    if options.kind != "weimar" and not given[0].is_dir():
        raise InputError(f"{given[0]}: no such folder")
    left: list[str] = []
    if options.kind == "weimar":
        kept = solos(given[0])
    else:
        files = {"mtc": mtc_files, "folders": folder_files, "pop909": pop909_files}
        kept, left = melodies(files[options.kind](*given), options.kind)
    if not kept:
        raise InputError(f"{given[0]}: no melody found" + (f"; {left[0]}" if left else ""))
    save_labelled(kept, out)
    families = len({item.family for item in kept if item.family})
    print(f"{out}: {len(kept)} melodies in {families} families, {len(left)} left out")
    return 0


def main() -> int:
    """Read the options and write."""
    parser = Parser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=("mtc", "folders", "pop909", "weimar"))
    parser.add_argument("paths", nargs="+", type=Path, help="where the set is, and OUT.jsonl.gz")
    options = parser.parse_args()
    return run(lambda: write(options))


if __name__ == "__main__":
    sys.exit(main())
