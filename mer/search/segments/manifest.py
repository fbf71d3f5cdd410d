"""A folder of segment files and its manifest -> the segments of an index, mapped into memory.

The manifest, ``manifest.json``, lists the files in order, how much is in each, and the tunes that
are removed from each. It is replaced whole, so that a reader sees all of a change or nothing. A
reader that has mapped the files goes on with them, even if a writer removes them meanwhile.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mer.corpus.shipped import INDEX, MANIFEST
from mer.embeddings import SETS
from mer.errors import InputError
from mer.search.segments.segment import VERSION, Segment
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
        If it cannot be written.
    """
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
        beside.unlink(missing_ok=True)


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
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged from error
    if not parts:
        raise damaged
    return Segments(parts)


def _opened(folder: Path, unit: str, listed: dict[str, Any]) -> Segment:
    name = str(listed["file"])
    if Path(name).name != name:
        raise ValueError(name)
    segment = Segment.load(folder / name)
    size = Size(int(listed["tunes"]), int(listed["sequences"]), int(listed["notes"]))
    dead = np.array(listed["removed"], dtype=np.int64).reshape(-1)
    if segment.unit != unit or (len(dead) and not 0 <= dead[0] <= dead[-1] < len(segment.tunes)):
        raise ValueError(name)
    if segment.size.tunes - len(dead) != size.tunes or (not len(dead) and size != segment.size):
        raise ValueError(name)
    return replace(segment, dead=dead, size=size)
