"""Score parts, as the readers of MusicXML and kern find them -> `Reading`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from mer.errors import InputError
from mer.io.accompaniment import with_heard_chords
from mer.io.reading import Notation, Reading, longest_meter, one_meter, reading_of
from mer.io.voices import Voice, choose_voice
from mer.notes.chord_names import ChordName
from mer.notes.key import MODE_SCALES, Key
from mer.notes.melody import TICKS_PER_QUARTER
from mer.notes.meter import Meter

# Semitones from the tonic of the major key with the same signature up to the tonic of each mode.
_TONICS = {
    "major": 0,
    "dorian": 2,
    "phrygian": 4,
    "lydian": 5,
    "mixolydian": 7,
    "minor": 9,
    "locrian": 11,
}
_OTHER_NAMES = {"ionian": "major", "aeolian": "minor"}


class ScoreNote(NamedTuple):
    """A note as it is written: MIDI number, begin and end in quarters, its ties and its fermata."""

    pitch: int
    start: Fraction
    end: Fraction
    tied_from: bool = False
    tied_to: bool = False
    fermata: bool = False


class KeySign(NamedTuple):
    """A key signature: its tick, sharps less flats, and the mode, "" where none is written."""

    tick: int
    fifths: int
    mode: str = ""


@dataclass
class ScorePart:
    """What a part of a score, or a staff of it, says: notes, and the signs in the order of time.

    Parameters
    ----------
    notes
        What sounds, in any order; tied notes are still apart.
    barlines
        Tick at which each bar begins.
    end
        Tick at which the part ends.
    meters, keys, tempos
        (tick, metre), key signatures and quarters a minute.
    chords
        (tick, chord name) above the music.
    remarks
        What was left out or mended.
    """

    name: str = ""
    notes: list[ScoreNote] = field(default_factory=list)
    barlines: list[int] = field(default_factory=list)
    end: int = 0
    meters: list[tuple[int, tuple[int, int]]] = field(default_factory=list)
    keys: list[KeySign] = field(default_factory=list)
    tempos: list[float] = field(default_factory=list)
    chords: list[tuple[int, ChordName]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def ticks(quarters: Fraction) -> int:
    """Return the tick nearest to a place in quarters."""
    return round(quarters * TICKS_PER_QUARTER)


def counted(count: int, noun: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "cue note"), counted(2, "cue note")
    ('1 cue note', '2 cue notes')
    """
    return f"{count:,} {noun}{'s' * (count != 1)}"


def joined(notes: Sequence[ScoreNote]) -> list[tuple[int, int, int]]:
    """Return (pitch, start, end) in ticks of each note that sounds, tied notes made one.

    A note is tied to the one of its pitch that ends where it begins, in any voice.

    Examples
    --------
    >>> first = ScoreNote(60, Fraction(0), Fraction(1), tied_to=True)
    >>> joined([first, ScoreNote(60, Fraction(1), Fraction(3), tied_from=True)])
    [(60, 0, 1440)]
    """
    spans: list[tuple[int, int, int]] = []
    open_ties: dict[tuple[int, int], list[int]] = {}  # (pitch, end) -> places in spans
    for note in sorted(notes, key=lambda note: note.start):
        start, end = ticks(note.start), ticks(note.end)
        if end <= start:
            continue
        held = open_ties.get((note.pitch, start)) if note.tied_from else None
        if held:
            place = held.pop()
            spans[place] = (note.pitch, spans[place][1], end)
        else:
            place = len(spans)
            spans.append((note.pitch, start, end))
        if note.tied_to:
            open_ties.setdefault((note.pitch, end), []).append(place)
    return spans


def reading_of_parts(
    parts: Sequence[ScorePart], *, title: str = "", track: int | str | None = None
) -> Reading:
    """Return the melody of one of the parts, with remarks; what it does not say the others do.

    Raises
    ------
    InputError
        If no part holds notes, or `track` names none.

    Examples
    --------
    >>> flute = ScorePart("Flute", [ScoreNote(72, Fraction(0), Fraction(1))], end=480)
    >>> reading_of_parts([flute]).melody.pitch.tolist()
    [72]
    """
    held = [(part, spans) for part in parts if (spans := joined(part.notes))]
    if not held:
        raise InputError("holds no notes")
    voices = []
    for number, (part, spans) in enumerate(held, start=1):
        columns = np.array(spans, dtype=np.int64)
        name = part.name or f"part {number}"
        voices.append(Voice(name, columns[:, 0], columns[:, 1], columns[:, 2] - columns[:, 1]))
    chosen, remark = choose_voice(voices, track=track, kind="part")
    part, spans = held[chosen]
    notation = _notation([part, *parts], spans, title)
    reading = reading_of(voices[chosen], notation)
    remarks = (remark, *reading.remarks) if remark else reading.remarks
    reading = with_heard_chords(reading, voices, chosen)
    return reading.of_several(voices, chosen)._replace(remarks=remarks)


def _notation(
    parts: Sequence[ScorePart], spans: Sequence[tuple[int, int, int]], title: str
) -> Notation:
    """Return what the first part says beside its notes, or else the next that says it."""
    part = parts[0]
    remarks = list(part.remarks)
    meters = next((p.meters for p in parts if p.meters), [])
    meter, since, changes = longest_meter(meters, part.end)
    remarks += one_meter(meter, changes)
    keys = next((p.keys for p in parts if p.keys), [])
    tempos = next((p.tempos for p in parts if p.tempos), [])
    last_pitch, _, _ = max(spans, key=lambda span: (span[1], span[0]))
    return Notation(
        meter=meter,
        key=_key(keys[0], last_pitch) if keys else None,
        tempo_bpm=round(tempos[0], 2) if tempos else None,
        barline=_barline(part.barlines, meter, since),
        title=title,
        phrase_ends=[ticks(note.start) for note in part.notes if note.fermata],
        remarks=tuple(remarks),
        chords=next((p.chords for p in parts if p.chords), []),
    )


def _barline(barlines: Sequence[int], meter: tuple[int, int] | None, since: int) -> int:
    """Return the tick of the first barline under the metre that does not begin a pick-up."""
    starts = [start for start in barlines if start >= since]
    if not starts:
        return since
    bar = Meter.assumed(meter).bar_ticks
    return starts[1] if len(starts) > 1 and starts[1] - starts[0] < bar else starts[0]


def _key(sign: KeySign, last_pitch: int) -> Key:
    """Return the key; without a mode, minor if the tune ends on that tonic, else major."""
    major = 7 * sign.fifths % 12
    mode = _OTHER_NAMES.get(sign.mode, sign.mode)
    if mode not in MODE_SCALES:
        mode = "minor" if last_pitch % 12 == (major + _TONICS["minor"]) % 12 else "major"
    return Key((major + _TONICS[mode]) % 12, mode)
