"""Table of chants as CantusCorpus has it -> tunes, one a row that has a melody.

The columns that are read: ``melody`` (Volpiano), ``incipit``, ``cantus_id`` and ``mode``. A title
is the incipit with the Cantus ID, which all sources of a chant share. Of a mode from 1 to 8 the key
is told where the last note is its final.

References
----------
Hajič, J. and others. CantusCorpus 1.0: chants of the Cantus Index as a data set.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from mer.errors import InputError
from mer.io.chant.volpiano import chant_of_volpiano
from mer.io.tunebook.tunes import TuneReading
from mer.notes.key import Key
from mer.notes.melody import Melody

COLUMNS = ("melody", "incipit", "cantus_id", "mode")
# Mode, authentic or plagal -> its final.
_FINALS = {"1": Key(2, "dorian"), "3": Key(4, "phrygian"), "5": Key(5, "lydian")}
_FINALS |= {"7": Key(7, "mixolydian")}
_FINALS |= {str(int(mode) + 1): key for mode, key in _FINALS.items()}
_LONGEST_FIELD = 1_000_000


def read_cantus(path: str | Path) -> Iterator[TuneReading]:
    """Yield what became of each chant with a melody, numbered by its row from 1.

    Raises
    ------
    InputError
        If the file cannot be opened, is no table in UTF-8, or lacks a column.
    """
    source = Path(path)
    try:
        csv.field_size_limit(_LONGEST_FIELD)
        with source.open(encoding="utf-8", newline="") as file:
            table = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (table.fieldnames or ())]
            if missing:
                raise InputError(f"{source}: has no column {', '.join(missing)}")
            for number, row in enumerate(table, 1):
                if (row["melody"] or "").strip():
                    yield _chant(number, row)
    except OSError as error:
        raise InputError(f"cannot read {source}: {error.strerror or error}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{source}: is no table of chants in UTF-8 ({error})") from error


def _chant(number: int, row: dict[str, str]) -> TuneReading:
    name, cantus_id = (row["incipit"] or "").strip(), (row["cantus_id"] or "").strip()
    title = f"{name or 'untitled'} ({cantus_id})" if cantus_id else name or "untitled"
    try:
        reading = chant_of_volpiano(row["melody"]).reading()
    except InputError as error:
        return TuneReading(number, title, None, str(error))
    key = key_of(row["mode"] or "", reading.melody)
    melody = replace(reading.melody, title=title, key=key)
    return TuneReading(number, title, melody, remarks=reading.remarks)


def key_of(mode: str, melody: Melody) -> Key | None:
    """Return the key of a church mode, if the melody ends on its final.

    Examples
    --------
    >>> chant = Melody(pitch=[62, 69, 65, 62], onset=range(0, 1920, 480), duration=[480] * 4)
    >>> str(key_of("1", chant)), str(key_of("2", chant)), key_of("3", chant)
    ('D dorian', 'D dorian', None)
    """
    key = _FINALS.get(mode.strip())
    return key if key is not None and int(melody.pitch[-1]) % 12 == key.tonic else None
