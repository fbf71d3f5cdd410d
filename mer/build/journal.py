"""Source file -> what was read from it, remembered on disk, so that a build can be taken up again.

A journal is a text file with one JSON line per source file. A line is added as soon as a file has
been read; a line cut short by an interruption is ignored. A file is known by a key made of its
content and of the recipe it was read with, so that a changed file or recipe is read anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mer.errors import InputError
from mer.io.tunebook.tunes import TuneReading
from mer.notes.key import Key
from mer.notes.melody import Melody


def source_key(path: Path, recipe: str) -> str:
    """Return a key for the content of a file read with a recipe.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    return hashlib.sha256(recipe.encode() + b"\0" + content).hexdigest()


def load_journal(path: Path) -> dict[str, list[TuneReading]]:
    """Return the tunes of every source file in the journal, by key; none if there is no journal."""
    if not path.is_file():
        return {}
    known = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            entry = json.loads(line)
            known[entry["key"]] = [_restored(tune) for tune in entry["tunes"]]
        except (ValueError, KeyError, TypeError):
            continue
    return known


def append_to_journal(path: Path, key: str, tunes: list[TuneReading]) -> None:
    """Add one source file to the journal.

    Raises
    ------
    InputError
        If the journal cannot be written.
    """
    entry = {"key": key, "tunes": [_stored(tune) for tune in tunes]}
    line = json.dumps(entry, separators=(",", ":"), ensure_ascii=True)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as stream:
            # The line break comes first: it closes a line that an interruption cut short.
            stream.write(f"\n{line}\n")
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from error


def _stored(tune: TuneReading) -> dict[str, Any]:
    entry: dict[str, Any] = {"number": tune.number, "title": tune.title}
    if tune.melody is None:
        return entry | {"problem": tune.problem}
    melody = tune.melody
    return entry | {
        "pitch": melody.pitch.tolist(),
        "onset": melody.onset.tolist(),
        "duration": melody.duration.tolist(),
        "meter": melody.meter,
        "key": None if melody.key is None else str(melody.key),
        "tempo_bpm": melody.tempo_bpm,
        "downbeat": melody.downbeat,
        "phrase_starts": melody.phrase_starts,
    }


def _restored(entry: Mapping[str, Any]) -> TuneReading:
    if "problem" in entry:
        return TuneReading(entry["number"], entry["title"], None, entry["problem"])
    melody = Melody(
        pitch=entry["pitch"],
        onset=entry["onset"],
        duration=entry["duration"],
        meter=tuple(entry["meter"]) if entry["meter"] else None,
        key=Key.parse(entry["key"]) if entry["key"] else None,
        tempo_bpm=entry["tempo_bpm"],
        downbeat=entry["downbeat"],
        phrase_starts=tuple(entry["phrase_starts"]),
        title=entry["title"],
    )
    return TuneReading(entry["number"], entry["title"], melody)
