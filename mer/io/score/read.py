"""MusicXML, Humdrum kern and MEI -> `Melody`.

What could harm is caught before anything is parsed: XML and zip bombs (`mer.io.score.xml_text`).
"""

from __future__ import annotations

import re
from pathlib import Path

from mer.errors import InputError
from mer.io.reading import Reading, read_bytes, without_rhythm
from mer.io.score.kern import kern_parts
from mer.io.score.mei.score import mei_parts
from mer.io.score.partwise import musicxml_parts
from mer.io.score.score_part import reading_of_parts
from mer.io.score.xml_text import guarded_text, musicxml_text

MAX_BYTES = 10_000_000
_IS_MEI = re.compile(rb"<(?:\w+:)?(?:mei|music)[\s>]")
_HEAD = 20_000


def read_score(path: str | Path, *, track: int | str | None = None) -> Reading:
    """Return the melody in a MusicXML, kern or MEI file, and remarks on what was left out.

    Parameters
    ----------
    path
        A file whose name ends in ``.musicxml``, ``.xml``, ``.mxl``, ``.krn`` or ``.mei``.
    track
        Number (from 1) or name of the part or voice to take.

    Raises
    ------
    InputError
        If the file is no such score, is damaged, too large or holds no notes.
    """
    path = Path(path)
    readers = {".krn": _read_kern, ".mei": _read_mei}
    content = read_bytes(path, MAX_BYTES)
    try:
        return readers.get(path.suffix.lower(), _read_musicxml)(content, track)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def _read_musicxml(content: bytes, track: int | str | None) -> Reading:
    remarks: list[str] = []
    if _IS_MEI.search(content[:_HEAD].replace(b"\0", b"")):
        return _read_mei(content, track)
    parts, title = musicxml_parts(musicxml_text(content, remarks))
    reading = reading_of_parts(parts, title=title, track=track)
    return reading._replace(remarks=(*reading.remarks, *remarks))


def _read_mei(content: bytes, track: int | str | None) -> Reading:
    remarks: list[str] = []
    text = guarded_text(content, remarks)
    if not _IS_MEI.search(text.encode()):
        raise InputError("holds no MEI score (no <mei>)")
    parts, title, timed = mei_parts(text)
    reading = reading_of_parts(parts, title=title, track=track)
    reading = reading._replace(remarks=(*reading.remarks, *remarks))
    return reading if timed else without_rhythm(reading)


def _read_kern(content: bytes, track: int | str | None) -> Reading:
    utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = content.decode("utf-16", "replace") if utf16 else _decoded(content)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not re.search(r"(?m)^(?:\*\*\S+\t)*\*\*kern\b", text):
        raise InputError("is not a kern file (no spine begins with '**kern')")
    parts, title = kern_parts(text)
    return reading_of_parts(parts, title=title, track=track)


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        raise InputError("is not a text file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")
