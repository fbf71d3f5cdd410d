"""music21 stream -> `Melody`: sounding notes with ties merged, and the signs around them."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from mer.errors import InputError
from mer.io.reading import Notation, Reading, longest_meter, one_meter, reading_of
from mer.io.voices import Voice, choose_voice
from mer.notes.key import MODE_SCALES, Key
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.notes.meter import Meter


def melody_from_stream(stream: Any, *, track: int | str | None = None, source: str = "") -> Melody:
    """Return the melody of a music21 score, part or measure stream; see `reading_from_stream`."""
    return reading_from_stream(stream, track=track, source=source).melody


def reading_from_stream(
    stream: Any, *, track: int | str | None = None, source: str = ""
) -> Reading:
    """Return the melody of a music21 score or part, with remarks.

    Ties are merged, grace notes and chord symbols dropped, repeats not expanded; of several parts
    one is chosen (`mer.io.voices`), of a chord the highest note stays. A phrase ends at a fermata.

    Parameters
    ----------
    stream
        A `music21.stream.Stream`: Score, Part or anything that holds notes.
    track
        Number (from 1) or name of the part to take.
    source
        The file, for messages.

    Raises
    ------
    InputError
        If it holds no notes.
    """
    parts = list(getattr(stream, "parts", ())) or [stream]
    held = [(part, flat, notes) for part, flat, notes in map(_heard, parts) if notes.spans]
    where = f"{source}: " if source else ""
    if not held:
        raise InputError(f"{where}holds no notes")
    voices = [_voice(part, notes, i) for i, (part, _, notes) in enumerate(held)]
    chosen, remark = choose_voice(voices, track=track, kind="part", source=source)
    part, flat, notes = held[chosen]
    try:
        reading = reading_of(voices[chosen], _notation(stream, part, flat, notes))
    except InputError as error:
        raise InputError(f"{where}{error}") from error
    remarks = (remark, *reading.remarks) if remark else reading.remarks
    return reading.of_several(voices, chosen)._replace(remarks=remarks)


@dataclass
class _Heard:
    """What sounds in a part: (pitch, start, end) in ticks, onsets under a fermata, grace notes."""

    spans: list[tuple[int, int, int]] = field(default_factory=list)
    fermatas: list[int] = field(default_factory=list)
    graces: int = 0


def _ticks(quarters: float | Fraction) -> int:
    return round(quarters * TICKS_PER_QUARTER)


def _heard(part: Any) -> tuple[Any, Any, _Heard]:
    """Return the part, the part without measures, and its sounding notes, ties merged."""
    if any(found.transposition for found in part.recurse().getElementsByClass("Instrument")):
        part = part.toSoundingPitch()
    flat = part.flatten()
    heard = _Heard()
    tied: dict[int, int] = {}  # pitch -> index of the note that waits for its continuation
    for element in flat.notes:
        if "ChordSymbol" in element.classes or not getattr(element, "pitches", ()):
            continue
        start = _ticks(element.offset)
        end = _ticks(element.offset + element.duration.quarterLength)
        if element.duration.isGrace or end <= start:
            heard.graces += 1
            continue
        for member in getattr(element, "notes", (element,)):
            tie = getattr(member.tie or element.tie, "type", None)
            _lengthen_or_add(heard.spans, tied, (int(member.pitch.midi), start, end), tie)
        if any("Fermata" in mark.classes for mark in element.expressions):
            heard.fermatas.append(start)
    return part, flat, heard


def _lengthen_or_add(
    spans: list[tuple[int, int, int]],
    tied: dict[int, int],
    span: tuple[int, int, int],
    tie: str | None,
) -> None:
    """Add a note, or lengthen the one it is tied to."""
    pitch, start, end = span
    place = tied.pop(pitch, None)
    if tie in ("stop", "continue") and place is not None and spans[place][2] == start:
        spans[place] = (pitch, spans[place][1], end)
    else:
        place = len(spans)
        spans.append(span)
    if tie in ("start", "continue"):
        tied[pitch] = place


def _voice(part: Any, heard: _Heard, index: int) -> Voice:
    columns = np.array(heard.spans, dtype=np.int64)
    name = str(getattr(part, "partName", None) or "").strip() or f"part {index + 1}"
    return Voice(name, columns[:, 0], columns[:, 1], columns[:, 2] - columns[:, 1])


def _notation(stream: Any, part: Any, flat: Any, heard: _Heard) -> Notation:
    remarks = []
    if heard.graces:
        remarks.append(f"dropped {heard.graces} grace note{'s' * (heard.graces > 1)}")
    signs = [
        (_ticks(sign.offset), (int(sign.numerator), int(sign.denominator)))
        for sign in flat.getElementsByClass("TimeSignature")
    ]
    meter, since, changes = longest_meter(signs, _ticks(flat.highestTime))
    remarks += one_meter(meter, changes)
    marks = _found(flat, stream, "MetronomeMark")
    last_pitch, _, _ = max(heard.spans, key=lambda span: (span[1], span[0]))
    metadata = getattr(stream, "metadata", None)
    return Notation(
        meter=meter,
        key=_key(_found(flat, stream, "KeySignature"), last_pitch),
        tempo_bpm=_bpm(marks[0]) if marks else None,
        barline=_barline(part, meter, since),
        title=str(
            getattr(metadata, "title", None) or getattr(metadata, "movementName", None) or ""
        ),
        phrase_ends=heard.fermatas,
        remarks=tuple(remarks),
    )


def _found(flat: Any, stream: Any, kind: str) -> list[Any]:
    """Return the elements of a kind in the part, or else in the whole score."""
    return list(flat.getElementsByClass(kind)) or list(stream.recurse().getElementsByClass(kind))


def _bpm(mark: Any) -> float | None:
    number = mark.getQuarterBPM()
    return None if number is None else round(float(number), 2)


def _barline(part: Any, meter: tuple[int, int] | None, since: int) -> int:
    """Return the tick of the first barline under the metre that does not begin a pick-up."""
    measures = [_ticks(measure.offset) for measure in part.getElementsByClass("Measure")]
    starts = [start for start in measures if start >= since]
    if not starts:
        return since
    bar = Meter.assumed(meter).bar_ticks
    return starts[1] if len(starts) > 1 and starts[1] - starts[0] < bar else starts[0]


def _key(signs: list[Any], last_pitch: int) -> Key | None:
    """Return the first key; without a mode, minor if the tune ends on that tonic, else major."""
    if not signs:
        return None
    sign = signs[0]
    # Humdrum writes a signature and a key at the same place: the key says more.
    if "Key" not in sign.classes and len(signs) > 1 and signs[1].offset == sign.offset:
        sign = signs[1]
    if "Key" in sign.classes:
        mode = {"ionian": "major", "aeolian": "minor"}.get(sign.mode, sign.mode)
        return Key(sign.tonic.pitchClass, mode) if mode in MODE_SCALES else None
    minor = sign.asKey("minor").tonic.pitchClass
    if last_pitch % 12 == minor:
        return Key(minor, "minor")
    return Key(sign.asKey("major").tonic.pitchClass)
