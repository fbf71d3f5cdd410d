"""File in Plaine & Easie -> the melody of its first incipit, and remarks."""

from __future__ import annotations

from pathlib import Path

from mer.errors import InputError
from mer.io.incipit.fields import fields_of
from mer.io.incipit.music import part_of
from mer.io.reading import Reading, read_bytes, without_rhythm
from mer.io.score.score_part import reading_of_parts
from mer.io.tunebook.text import decoded

MAX_BYTES = 1_000_000


def read_incipit(path: str | Path, *, track: int | str | None = None) -> Reading:
    """Return the melody in a ``.pae`` file.

    Raises
    ------
    InputError
        If the file is too large, is no Plaine & Easie or holds no notes.

    References
    ----------
    International Association of Music Libraries. Plaine & Easie Code.
    """
    path = Path(path)
    content = read_bytes(path, MAX_BYTES)
    try:
        fields, remarks = fields_of(decoded(content))
        part, timed = part_of(fields)
        reading = reading_of_parts([part], track=track)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    reading = reading._replace(remarks=(*remarks, *reading.remarks))
    return reading if timed else without_rhythm(reading)
