"""A folder of segment files and its manifest -> the segments of an index, mapped into memory.

The manifest, ``manifest.json``, lists the files in order, how much is in each, and the tunes that
are removed from each. It is replaced whole, so that a reader sees all of a change or nothing. A
reader that has mapped the files goes on with them, even if a writer removes them meanwhile.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from mer.corpus.shipped import INDEX, MANIFEST, home_folder
from mer.embeddings import SETS
from mer.errors import InputError
from mer.search.segments.segment import HELD, VERSION, Segment
from mer.search.segments.segments import Segments
from mer.search.segments.store import Size

KIND = "mer manifest"
_TRIES = 20  # writers may replace the manifest while a reader opens its files


def open_segments(path: Path) -> Segments:
    """Return the segments of an index: one file, or a folder with a manifest.

    Nothing but the manifest and the headers of the files is read.

    Raises
    ------
    InputError
        If a file is missing, damaged, or of another version.
    """
    with remedy(path.parent):
        return _opened_segments(path)


@contextmanager
def remedy(folder: Path) -> Iterator[None]:
    """Let what is said of the index in a folder end with what to do, if it is the user's own."""
    try:
        yield
    except InputError as error:
        if folder.parent != home_folder():
            raise
        raise InputError(f"{error} (remove the folder {folder}, then add again)") from error


def _opened_segments(path: Path) -> Segments:
    if path.name != MANIFEST:
        return Segments([Segment.load(path)])
    for _ in range(_TRIES):
        text = _text(path)
        try:
            return _listed(path, text)
        except InputError:
            if _text(path) == text:  # nobody has replaced it: something is wrong
                raise
    raise InputError(f"{path} is replaced all the time; try again")


def segments_of(folder: Path) -> list[Segment]:
    """Return the segments of a folder, none if there is no index in it.

    Raises
    ------
    InputError
        As for `open_segments`.
    """
    for name in (MANIFEST, INDEX):
        if (folder / name).is_file():
            return list(open_segments(folder / name).parts)
    return []


def manifest_of(segments: Sequence[Segment]) -> dict[str, Any]:
    """Return what a manifest says of segments in files."""
    listed = []
    for segment in segments:
        assert segment.file is not None
        size = segment.size
        listed.append(
            {
                "file": segment.file.name,
                "tunes": size.tunes,
                "sequences": size.sequences,
                "notes": size.notes,
                "removed": segment.dead.tolist(),
            }
        )
    return {
        "kind": KIND,
        "version": VERSION,
        "unit": segments[0].unit,
        "views": list(SETS),
        "segments": listed,
    }


def write_manifest(folder: Path, segments: Sequence[Segment]) -> None:
    """Replace the manifest of a folder by one that lists these segments, which lie there.

    Raises
    ------
    InputError
        If it cannot be written, or could not be opened: segments of two units, one twice, none, or
        one with no tune left.
    """
    _check(folder, segments)
    made = manifest_of(segments)
    target = folder / MANIFEST
    beside = folder / f".{MANIFEST}.{os.getpid()}.part"
    try:
        with beside.open("w", encoding="utf-8") as stream:
            stream.write(json.dumps(made, indent=1) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(target)
    except OSError as error:
        raise InputError(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # the first error is the one to report
            beside.unlink(missing_ok=True)


def _check(folder: Path, segments: Sequence[Segment]) -> None:
    units = sorted({HELD[segment.unit] for segment in segments})
    files = {segment.file for segment in segments}
    if len(units) > 1:
        raise InputError(f"{folder} cannot hold {' and '.join(units)} in one index")
    if len(files) < len(segments):
        raise InputError(f"{folder} cannot hold a segment twice in one index")
    if not all(segment.size.tunes for segment in segments) or not segments:
        raise InputError(f"{folder}: a corpus needs at least one tune in every segment")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read; build the corpus again") from error


def _listed(path: Path, text: str) -> Segments:
    damaged = InputError(f"{path} is damaged or no manifest; build the corpus again")
    try:
        made = json.loads(text)
        if made["kind"] != KIND:
            raise damaged
        if made["version"] != VERSION:
            raise InputError(
                f"{path} is of version {made['version']!r}; this release reads version {VERSION}: "
                "build the corpus again"
            )
        if made["views"] != list(SETS):
            raise InputError(f"{path} holds other views than this release uses; build it again")
        parts = [_opened(path.parent, made["unit"], one) for one in made["segments"]]
    except InputError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise damaged from error
    if not parts or len({part.file for part in parts}) < len(parts):
        raise damaged
    return Segments(parts)


def _opened(folder: Path, unit: str, listed: dict[str, Any]) -> Segment:
    name = listed["file"]
    if Path(name).name != name:
        raise ValueError(name)
    file = folder / name
    if not file.is_file():
        raise InputError(f"{file} is missing, though {MANIFEST} lists it; build the corpus again")
    segment = Segment.load(file)
    whole = segment.size
    size = Size(*(_whole(listed[key]) for key in ("tunes", "sequences", "notes")))
    removed = [_whole(number) for number in listed["removed"]]
    rising = all(one < other for one, other in pairwise([*removed, whole.tunes]))
    if segment.unit != unit or not rising or size.tunes != whole.tunes - len(removed):
        raise ValueError(name)
    fits = 0 < size.sequences <= whole.sequences and size.notes <= whole.notes
    if not size.tunes or not fits or (not removed and size != whole):
        raise ValueError(name)
    return replace(segment, dead=np.array(removed, dtype=np.int64), size=size)


def _whole(value: object) -> int:
    """Return a number that counts something; JSON has others."""
    if type(value) is not int or value < 0:
        raise ValueError(value)
    return value
