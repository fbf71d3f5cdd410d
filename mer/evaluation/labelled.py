"""JSON lines, one labelled melody each <-> `Labelled`: the format for measuring retrieval.

Every line is an object with ``id``, ``pitch`` (MIDI numbers), ``onset`` and ``duration`` (quarter
notes), and optionally ``family``, ``beat_strength``, ``phrase_starts``, ``meter`` (``"6/8"``),
``key`` (``"E minor"``), ``titles``, ``collection``, and ``rhythm_known`` (false where the notation
tells no rhythm, as of chant). The file may be gzipped.

Onsets and ends are rounded to ticks one by one, so thirds written as 0.333 become exact triplets.
The overlap that rounding can make is trimmed, a note that would vanish lasts one tick, and of notes
on one tick the last stays. A key or metre that cannot be understood counts as unknown. The file
does not say where the barlines are: they are taken to start at quarter 0, or, where `beat_strength`
is given, at the first note of full strength.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from mer.errors import InputError
from mer.io.reading import write_bytes
from mer.notes.arrays import Ints
from mer.notes.key import Key
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.notes.meter import Meter

MAX_QUARTERS = 1_000_000


@dataclass(frozen=True)
class Labelled:
    """A melody with its id, its titles and its tune family (None: not known)."""

    id: str
    family: str | None
    melody: Melody
    collection: str = ""
    titles: tuple[str, ...] = ()


def load_labelled(path: str | Path) -> list[Labelled]:
    """Return the melodies of a ``.jsonl`` or ``.jsonl.gz`` file, in order.

    Raises
    ------
    InputError
        If the file cannot be read or a line is wrong; the message names file and line.

    Examples
    --------
    >>> import tempfile
    >>> tune = Labelled("a", "fall", Melody(pitch=[67, 65], onset=[0, 160], duration=[160, 160]))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_labelled([tune], f"{folder}/tunes.jsonl.gz")
    ...     load_labelled(f"{folder}/tunes.jsonl.gz") == [tune]
    True
    """
    path = Path(path)
    found: list[Labelled] = []
    seen: set[str] = set()
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            labelled = _labelled(_decoded(line))
            if labelled.id in seen:
                raise InputError(f"id {labelled.id!r} occurs twice; ids must be unique")
        except (InputError, OverflowError, RecursionError, TypeError, ValueError) as error:
            reason = " ".join(str(error).split())[:200]
            raise InputError(f"{path}, line {number}: {reason}") from error
        seen.add(labelled.id)
        found.append(labelled)
    if not found:
        raise InputError(f"{path}: contains no melody")
    return found


def save_labelled(melodies: Iterable[Labelled], path: str | Path) -> None:
    """Write melodies as JSON lines, gzipped if the name ends in ``.gz``; whole or not at all.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    path = Path(path)
    lines = (json.dumps(_record(labelled), ensure_ascii=False) + "\n" for labelled in melodies)
    content = "".join(lines).encode("utf-8")
    # A fixed time stamp keeps the bytes the same.
    write_bytes(path, gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def _lines(path: Path) -> Iterator[str]:
    if path.is_dir():
        raise InputError(f"{path}: is a folder; a file is needed")
    try:
        with path.open("rb") as stream:
            packed = stream.read(2) == b"\x1f\x8b"
            stream.seek(0)
            plain = gzip.GzipFile(fileobj=stream) if packed else stream
            yield from io.TextIOWrapper(plain, encoding="utf-8-sig")
    except UnicodeError as error:
        raise InputError(f"{path}: is not text; lines of JSON are needed") from error
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file") from error
    except (EOFError, OSError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read ({reason})") from error


def _decoded(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise InputError(f"is not JSON ({line.strip()[:20]!r})") from error


def _labelled(record: Any) -> Labelled:
    if not isinstance(record, dict):
        raise InputError("is not a JSON object")
    missing = [name for name in ("id", "pitch", "onset", "duration") if name not in record]
    if missing:
        raise InputError(f"{missing[0]!r} is missing")
    family = record.get("family")
    titles = record.get("titles") or ()
    if isinstance(titles, str) or not all(isinstance(title, str) for title in titles):
        raise InputError("'titles' must be a list of texts")
    return Labelled(
        id=str(record["id"]),
        family=None if family is None else str(family),
        melody=_melody(record, titles[0] if titles else ""),
        collection=str(record.get("collection") or ""),
        titles=tuple(titles),
    )


def _melody(record: dict[str, Any], title: str) -> Melody:
    pitch = _numbers(record, "pitch")
    onset, end, kept = _ticks(_numbers(record, "onset"), _numbers(record, "duration"), len(pitch))
    starts = record.get("phrase_starts") or ()
    known = record.get("rhythm_known", True)
    if not isinstance(known, bool):
        raise InputError(f"'rhythm_known' is {known!r}; true or false is needed")
    strength = _numbers(record, "beat_strength") if record.get("beat_strength") else None
    if strength is not None and len(strength) != len(pitch):
        raise InputError(f"beat strength has {len(strength)} values for {len(pitch)} notes")
    if kept is not None:
        # Notes that fell onto one tick are gone: a phrase begins at the note that is left.
        starts = sorted({int(np.searchsorted(kept, start)) for start in starts})
        pitch = pitch[kept]
        strength = None if strength is None else strength[kept]
    meter, first = _meter(record.get("meter")), int(onset[0])
    barline = 0
    if strength is not None and (strength >= 1.0).any():
        barline = int(onset[np.argmax(strength >= 1.0)])
    return Melody(
        pitch=pitch,
        onset=onset - first,
        duration=end - onset,
        meter=meter,
        key=_key(record.get("key")),
        downbeat=(barline - first) % Meter.assumed(meter).bar_ticks,
        phrase_starts=tuple(starts),
        beat_strength=strength,
        title=title,
        rhythm_known=known,
    )


def _numbers(record: dict[str, Any], name: str) -> np.ndarray[Any, np.dtype[Any]]:
    values = record[name]
    array = np.array(values) if isinstance(values, list) else np.array(None)
    if array.ndim != 1 or (array.size and array.dtype.kind not in "if"):
        raise InputError(f"{name!r} must be a list of numbers")
    if not array.size:
        raise InputError(f"{name!r} is empty; a melody needs at least one note")
    return array


def _ticks(
    onset: np.ndarray[Any, np.dtype[Any]], duration: np.ndarray[Any, np.dtype[Any]], notes: int
) -> tuple[Ints, Ints, Ints | None]:
    """Return onsets and ends in ticks, and the notes kept (None: all of them)."""
    if not len(onset) == len(duration) == notes:
        raise InputError(
            f"pitch, onset and duration differ in length: {notes}, {len(onset)}, {len(duration)}"
        )
    # `not (a >= b).all()` is also true of NaN.
    if not ((onset >= 0) & (onset <= MAX_QUARTERS)).all():
        raise InputError(f"an onset is outside 0 to {MAX_QUARTERS:,} quarters")
    if not ((duration > 0) & (duration <= MAX_QUARTERS)).all():
        raise InputError(f"every duration must be above 0 and at most {MAX_QUARTERS:,} quarters")
    start = np.rint(onset * TICKS_PER_QUARTER).astype(np.int64)
    end = np.rint((onset + duration) * TICKS_PER_QUARTER).astype(np.int64)
    step = np.diff(start)
    if (step < 0).any():
        note = int(np.argmax(step < 0)) + 1
        raise InputError(f"note {note} begins before note {note - 1}; onsets must rise")
    kept: Ints | None = None
    if (step == 0).any():
        kept = np.flatnonzero(np.append(step > 0, True))
        start, end = start[kept], end[kept]
    end[:-1] = np.minimum(end[:-1], start[1:])
    return start, np.maximum(end, start + 1), kept


@lru_cache(maxsize=1024)
def _parsed_meter(text: str) -> Meter | None:
    try:
        meter = Meter.parse(text.replace(" ", ""))
    except InputError:
        return None
    return meter if meter.is_supported else None


def _meter(text: Any) -> Meter | None:
    return _parsed_meter(text) if isinstance(text, str) else None


@lru_cache(maxsize=1024)
def _parsed_key(text: str) -> Key | None:
    try:
        return Key.parse(text)
    except InputError:
        return None


def _key(text: Any) -> Key | None:
    return _parsed_key(text) if isinstance(text, str) else None


def _record(labelled: Labelled) -> dict[str, Any]:
    melody = labelled.melody
    # The barlines of the format start at quarter 0, so a late first onset marks a pick-up.
    silence = -melody.downbeat % melody.bar_ticks
    optional = {
        "family": labelled.family,
        "collection": labelled.collection,
        "titles": list(labelled.titles),
        "meter": str(melody.meter) if melody.meter else None,
        "key": str(melody.key) if melody.key else None,
        "phrase_starts": list(melody.phrase_starts),
        "beat_strength": None if melody.beat_strength is None else melody.beat_strength.tolist(),
        "rhythm_known": None if melody.rhythm_known else False,
    }
    return {
        "id": labelled.id,
        "pitch": melody.pitch.tolist(),
        "onset": _quarters(melody.onset + silence),
        "duration": _quarters(melody.duration),
        **{name: value for name, value in optional.items() if value not in (None, "", [])},
    }


def _quarters(ticks: Ints) -> list[float | int]:
    quarters = np.round(ticks / TICKS_PER_QUARTER, 6).tolist()
    return [int(value) if value == int(value) else value for value in quarters]
