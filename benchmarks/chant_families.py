"""CantusCorpus 1.0 -> labelled files in which the sources of a Cantus ID are a family.

    python -m pip download --no-deps pycantus
    unzip pycantus-*.whl -d pycantus
    python benchmarks/chant_families.py \
        pycantus/pycantus/dataset_files/cantuscorpus_v1.0/chants.csv FOLDER

Antiphons: one chant of each manuscript, the one with the most notes, and Cantus IDs that at least
four manuscripts hold. Where no bar closes a melody it is a cue, the first notes for a singer who
knows the rest; cues are left out unless `--cues`. What stands behind the double bar is not sung as
part of the antiphon but tells how to end the psalm; it is left out unless `--whole`. The rhythm is
not told. Families are drawn by a seed and halved: FOLDER/chant_development.jsonl.gz to look at, and
FOLDER/chant_reported.jsonl.gz to report. The corpus is under CC BY-NC-SA 4.0: the files stay where
they are made.

References
----------
Dvorakova, A., Hajic jr., J. and others (2024). CantusCorpus 1.0 and PyCantus.
Lacoste, D. and others. Cantus: A Database for Latin Ecclesiastical Chant.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from mer.errors import InputError
from mer.evaluation.labelled import Labelled, save_labelled
from mer.io.chant.volpiano import chant_of_volpiano
from mer.notes.melody import Melody
from mer.terminal import Parser, run

GENRE = "A"  # antiphons
FEWEST_SOURCES = 4
FEWEST_NOTES = 12
DOUBLE_BAR = "4"
CLOSED = re.compile(r"4|3[-7\s]*$")  # the double bar, or a bar after which no note follows
NEEDED = ("chantlink", "incipit", "cantus_id", "siglum", "genre", "melody")

# Cantus ID -> siglum of a manuscript -> its chant.
Families = dict[str, dict[str, Labelled]]


def antiphon(volpiano: str, *, whole: bool = False, cues: bool = False) -> Melody | None:
    """Return the melody of an antiphon; None if it is no Volpiano, too short, or a cue.

    Parameters
    ----------
    whole
        Whether what follows the double bar is kept.
    cues
        Whether a melody that no bar closes is taken.

    Examples
    --------
    >>> antiphon("1--d-dc-f-g-fgh-h-hgh-f-d") is None
    True
    >>> antiphon("1---fE--de--fdc---dc---d--ef--g--de--e---4---h--g--h---3").pitch.tolist()[-1]
    64
    """
    text = volpiano.strip()
    if not cues and not CLOSED.search(text):
        return None
    text = text if whole else text.split(DOUBLE_BAR, 1)[0]
    try:
        melody = chant_of_volpiano(text).reading().melody
    except InputError:
        return None
    return melody if len(melody) >= FEWEST_NOTES else None


def families(
    rows: Iterable[dict[str, str]], *, whole: bool = False, cues: bool = False
) -> Families:
    """Return the antiphons of each Cantus ID that enough manuscripts hold."""
    found: Families = defaultdict(dict)
    for row in rows:
        if row["genre"] != GENRE or not row["cantus_id"] or not row["melody"]:
            continue
        melody = antiphon(row["melody"], whole=whole, cues=cues)
        there = found[row["cantus_id"]].get(row["siglum"])
        if melody is not None and (there is None or len(melody) > len(there.melody)):
            chant = Labelled(
                row["chantlink"], row["cantus_id"], melody, "cantus", (row["incipit"],)
            )
            found[row["cantus_id"]][row["siglum"]] = chant
    return {name: found[name] for name in sorted(found) if len(found[name]) >= FEWEST_SOURCES}


def halves(held: Families, count: int, seed: int) -> tuple[list[Labelled], list[Labelled]]:
    """Return the chants of two times `count` families that have nothing in common."""
    names = list(held)
    if len(names) < 2 * count:
        raise InputError(f"{len(names)} families have {FEWEST_SOURCES} sources; 2 x {count} wanted")
    drawn = np.random.default_rng(seed).permutation(len(names))[: 2 * count]
    chosen = [[names[place] for place in sorted(half)] for half in np.split(drawn, 2)]
    first, second = ([c for name in half for c in held[name].values()] for half in chosen)
    return first, second


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of the table that hold a melody of the genre.

    Raises
    ------
    InputError
        If the file cannot be read, or lacks a column.
    """
    csv.field_size_limit(10**8)
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            table = csv.DictReader(stream)
            missing = [name for name in NEEDED if name not in (table.fieldnames or [])]
            if missing:
                raise InputError(f"{path}: has no column {missing[0]!r}; chants.csv is needed")
            return [
                {name: row[name] or "" for name in NEEDED}
                for row in table
                if row["melody"] and row["genre"] == GENRE
            ]
    except (OSError, UnicodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read ({error})") from error


def write(options: argparse.Namespace) -> int:
    """Write both files."""
    held = families(read_rows(options.chants), whole=options.whole, cues=options.cues)
    first, second = halves(held, options.families, options.rng_seed)
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, chants in (("development", first), ("reported", second)):
        file = options.folder / f"chant_{name}.jsonl.gz"
        save_labelled(chants, file)
        notes = np.mean([len(chant.melody) for chant in chants])
        print(
            f"{file.name}: {len(chants)} chants of {options.families} IDs, {notes:.0f} notes each"
        )
    return 0


def main() -> int:
    """Read the options and write."""
    parser = Parser(description=__doc__.splitlines()[0])
    parser.add_argument("chants", type=Path, help="chants.csv of CantusCorpus 1.0")
    parser.add_argument("folder", type=Path, help="where to write")
    parser.add_argument("--families", type=int, default=400, help="of each half (%(default)s)")
    parser.add_argument("--whole", action="store_true", help="keep what follows the double bar")
    parser.add_argument("--cues", action="store_true", help="keep melodies that no bar closes")
    parser.add_argument("--rng-seed", type=int, default=0)
    options = parser.parse_args()
    return run(lambda: write(options))


if __name__ == "__main__":
    sys.exit(main())
