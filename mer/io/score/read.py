"""MusicXML and Humdrum kern -> `Melody`, through music21.

What could harm or mislead is caught before music21 sees it: XML and zip bombs
(`mer.io.score.xml_text`), files of more than 20,000 notes. Writing MusicXML needs no music21:
`mer.io.score.musicxml`.
"""

from __future__ import annotations

import contextlib
import io
import re
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

from mer.errors import InputError
from mer.io.reading import Reading, read_bytes
from mer.io.score.stream import melody_from_stream, reading_from_stream
from mer.io.score.xml_text import musicxml_text

__all__ = ["melody_from_stream", "read_score", "reading_from_stream"]

MAX_BYTES = 10_000_000
# music21 takes a millisecond for a line of kern.
MAX_KERN_LINES = 8_000
_MUSIC21 = threading.Lock()


def read_score(path: str | Path, *, track: int | str | None = None) -> Reading:
    """Return the melody in a MusicXML or kern file, and remarks on what was left out.

    Parameters
    ----------
    path
        A file whose name ends in ``.musicxml``, ``.xml``, ``.mxl`` or ``.krn``.
    track
        Number (from 1) or name of the part or voice to take.

    Raises
    ------
    InputError
        If the file is no such score, is damaged, too large or holds no notes.
    """
    path = Path(path)
    readers = {".krn": _read_kern}
    content = read_bytes(path, MAX_BYTES)
    try:
        return readers.get(path.suffix.lower(), _read_musicxml)(content, track)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def _read_musicxml(content: bytes, track: int | str | None) -> Reading:
    return _through_music21(musicxml_text(content), "musicxml", "MusicXML", track)


def _read_kern(content: bytes, track: int | str | None) -> Reading:
    text = _decoded(content)
    if not re.search(r"(?m)^(?:\*\*\S+\t)*\*\*kern\b", text):
        raise InputError("is not a kern file (no spine begins with '**kern')")
    if text.count("\n") > MAX_KERN_LINES or text.count("\t") > 5 * MAX_KERN_LINES:
        raise InputError(
            f"has {text.count(chr(10)):,} lines; at most {MAX_KERN_LINES:,} of five spines are read"
        )
    return _through_music21(text, "humdrum", "kern", track)


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        raise InputError("is not a text file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _through_music21(text: str, form: str, name: str, track: int | str | None) -> Reading:
    with _music21_alone():
        from music21 import converter

        try:
            # Data, not a file: music21 caches what it parses from files in a folder of its own.
            return reading_from_stream(converter.parseData(text, format=form), track=track)
        except InputError:
            raise
        except Exception as error:  # music21 raises whatever it stumbles over
            reason = " ".join(str(error).split())[:100] or "no reason given"
            raise InputError(
                f"cannot be read as {name}; {type(error).__name__}: {reason}"
            ) from error


@contextlib.contextmanager
def _music21_alone() -> Iterator[None]:
    """Keep what music21 prints and warns of from the user, one thread at a time.

    The standard streams belong to the whole process, so two threads must not swap them at once.
    """
    with (
        _MUSIC21,
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield
