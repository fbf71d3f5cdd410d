"""A `<measure>` of one part in MusicXML -> its notes and signs, in quarters from its barline."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate

from mer.errors import InputError
from mer.io.score.score_part import ScoreNote
from mer.notes.chord_names import KINDS, ChordName, chord_name

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SIGNS = {"\u2669": Fraction(1), "\u266a": Fraction(1, 2), "\u266b": Fraction(1, 2)}
_LONGEST_BAR = 10_000
# Kinds that MusicXML has and we have no shape for fall to the chord below them.
_KINDS = {kind: kind for kind in KINDS} | {
    "dominant-11th": "dominant-ninth",
    "dominant-13th": "dominant-ninth",
    "minor-11th": "minor-ninth",
    "augmented-seventh": "augmented",
}
_NAMES: tuple[str, ...] = ("maxima", "long", "breve", "whole", "half", "quarter", "eighth")
_NAMES += tuple(f"{2**power}{'nd' if power == 5 else 'th'}" for power in range(4, 11))
QUARTERS = {name: Fraction(32) / 2**place for place, name in enumerate(_NAMES)}


def number(text: str | None) -> Fraction | None:
    """Return a decimal number of at most nine digits before the point; None for any other text.

    Examples
    --------
    >>> number(" 0.5 "), number("c. 80")
    (Fraction(1, 2), None)
    """
    if text is not None and text.isdecimal() and text.isascii() and len(text) < 10:
        return Fraction(int(text))
    found = re.fullmatch(r"\s*([+-]?\d{1,9}(?:\.\d{0,9})?|[+-]?\.\d{1,9})\s*", text or "", re.ASCII)
    return Fraction(found[1]) if found else None


def dotted(length: Fraction, dots: int) -> Fraction:
    """Return a length with its dots.

    Examples
    --------
    >>> dotted(Fraction(1), 1), dotted(Fraction(1), 2)
    (Fraction(3, 2), Fraction(7, 4))
    """
    return length * (2 - Fraction(1, 2 ** min(dots, 9)))


def written_quarters(note: ET.Element) -> Fraction | None:
    """Return the length that type, dots and tuplet of a `<note>` show; None without a type.

    Examples
    --------
    >>> written_quarters(ET.fromstring("<note><type>eighth</type><dot/></note>"))
    Fraction(3, 4)
    """
    length = QUARTERS.get(note.findtext("type", "").strip())
    if length is None:
        return None
    length = dotted(length, len(note.findall("dot")))
    actual = number(note.findtext("time-modification/actual-notes"))
    normal = number(note.findtext("time-modification/normal-notes"))
    return length * normal / actual if actual and normal and min(actual, normal) > 0 else length


@dataclass
class ReadMeasure:
    """What one part has in one bar, in quarters from its beginning.

    Parameters
    ----------
    notes
        (staff, note).
    furthest, nominal
        Where what is written ends, and where the metre says that it does.
    left_out
        How many notes of a staff were left out or mended, by reason.
    """

    notes: list[tuple[int, ScoreNote]] = field(default_factory=list)
    meters: list[tuple[Fraction, tuple[int, int]]] = field(default_factory=list)
    keys: list[tuple[Fraction, tuple[int, str]]] = field(default_factory=list)
    tempos: list[float] = field(default_factory=list)
    chords: list[tuple[Fraction, ChordName]] = field(default_factory=list)
    furthest: Fraction = Fraction(0)
    nominal: Fraction = Fraction(4)
    left_out: Counter[tuple[int, str]] = field(default_factory=Counter)


class MeasureReader:
    """Reads the measures of one part, one after another; what an attribute says lasts.

    Parameters
    ----------
    divisions
        Divisions of a quarter until the part says otherwise.

    Examples
    --------
    >>> rest = ET.fromstring("<measure><note><rest/><duration>6</duration></note></measure>")
    >>> MeasureReader(Fraction(2)).read(rest).furthest
    Fraction(3, 1)
    """

    def __init__(self, divisions: Fraction) -> None:
        self._divisions = divisions
        self._nominal: Fraction | None = None  # without a metre no bar is too long
        self._semitones: dict[int, int] = {}  # staff (0: all) -> from written to sounding pitch
        self._here = ReadMeasure()
        self._now = self._chord = self._silent = Fraction(0)
        self._metronomes: list[float] = []
        self._hidden: set[int] = set()  # places of the bar's notes that are not printed
        self._handlers: dict[str, Callable[[ET.Element], None]] = {
            "note": self._note,
            "backup": self._backup,
            "forward": self._forward,
            "attributes": self._attributes,
            "direction": self._direction,
            "harmony": self._harmony,
            "sound": self._sound,
        }

    def read(self, element: ET.Element | None) -> ReadMeasure:
        """Return what a measure holds; nothing where the part leaves it out.

        Raises
        ------
        InputError
            If a note has a pitch that does not exist, or the bar lasts more than 10,000 quarters.
        """
        self._here = here = ReadMeasure()
        self._now = self._chord = self._silent = Fraction(0)
        self._metronomes = []
        self._hidden.clear()
        for child in () if element is None else element:
            handler = self._handlers.get(child.tag)
            if handler is not None:
                handler(child)
        here.nominal = self._nominal or Fraction(4)
        here.tempos = here.tempos or self._metronomes
        self._leave_out_hidden()
        # A silence at the end of the bar, be it a rest, reaches as far as the bar goes.
        here.furthest = max(here.furthest, self._within(max(self._now, self._silent)))
        if here.furthest > _LONGEST_BAR:
            raise InputError(
                f"cannot be read as MusicXML; a bar lasts {float(here.furthest):,.0f} quarters; "
                f"at most {_LONGEST_BAR:,} are read"
            )
        return here

    def _leave_out_hidden(self) -> None:
        """Leave out hidden notes under printed ones: they write out an ornament for playback."""
        here, hidden = self._here, self._hidden
        if not hidden:
            return
        printed: dict[int, list[tuple[Fraction, Fraction]]] = {}
        for place, (staff, note) in enumerate(here.notes):
            if place not in hidden:
                printed.setdefault(staff, []).append((note.start, note.end))
        reached = {staff: _reached(spans) for staff, spans in printed.items()}
        kept = []
        for place, (staff, note) in enumerate(here.notes):
            starts, ends = reached.get(staff, ([], []))
            before = bisect_left(starts, note.end)
            if place in hidden and before and ends[before - 1] > note.start:
                here.left_out[staff, "hidden"] += 1
            else:
                kept.append((staff, note))
        here.notes = kept

    def _within(self, length: Fraction) -> Fraction:
        return length if self._nominal is None else min(length, self._nominal)

    def _quarters(self, element: ET.Element) -> Fraction | None:
        found = number(element.findtext("duration"))
        return None if found is None or found < 0 else found / self._divisions

    def _backup(self, element: ET.Element) -> None:
        self._now = max(Fraction(0), self._now - (self._quarters(element) or 0))

    def _forward(self, element: ET.Element) -> None:
        self._now += self._quarters(element) or 0

    def _note(self, note: ET.Element) -> None:
        held = {child.tag: child for child in note}
        staff = int(number(note.findtext("staff")) or 1) if "staff" in held else 1
        if "grace" in held:
            self._here.left_out[staff, "grace"] += "chord" not in held
            return
        length = self._length(note, held, staff)
        start = self._chord if "chord" in held else self._now
        if "chord" not in held:
            self._chord = self._now
            self._now += length
        # A chord may be the first thing that is left of a damaged bar.
        self._now = max(self._now, start + length) if not self._here.furthest else self._now
        reason = self._reason(held)
        if reason == "rest":
            self._silent = max(self._silent, start + length)
        else:
            self._here.furthest = max(self._here.furthest, start + length)
        pitch = -1 if reason else self._pitch(held["pitch"], staff)
        if not reason and not 0 <= pitch <= 127:
            reason = "range"
        if reason:
            self._here.left_out[staff, reason] += reason != "rest"
            return
        ties = {tie.get("type") for tie in note.findall("tie")}
        if not ties and "notations" in held:
            ties = {tie.get("type") for tie in note.findall("notations/tied")}
        fermata = "notations" in held and note.find("notations/fermata") is not None
        written = ScoreNote(pitch, start, start + length, "stop" in ties, "start" in ties, fermata)
        if note.get("print-object") == "no":
            self._hidden.add(len(self._here.notes))
        self._here.notes.append((staff, written))

    def _length(self, note: ET.Element, held: dict[str, ET.Element], staff: int) -> Fraction:
        """Return the quarters that a note lasts: its duration, or what its sign shows."""
        length = self._quarters(note) if "duration" in held else None
        rest = held.get("rest")
        if rest is not None and rest.get("measure") == "yes":
            return (self._nominal or Fraction(4)) if length is None else self._within(length)
        if length is not None:
            return length
        self._here.left_out[staff, "length"] += rest is None
        return written_quarters(note) or Fraction(0)

    @staticmethod
    def _reason(held: dict[str, ET.Element]) -> str:
        """Return why a note is not heard, "" if it is."""
        silent = (("rest", "rest"), ("cue", "cue"), ("unpitched", "unpitched"))
        reason = next((reason for tag, reason in silent if tag in held), "")
        return reason or ("" if "pitch" in held else "unpitched")

    def _pitch(self, pitch: ET.Element, staff: int) -> int:
        step = pitch.findtext("step", "").strip().upper()
        octave = number(pitch.findtext("octave"))
        if step not in _STEPS or octave is None:
            raise InputError(
                f"cannot be read as MusicXML; a note has the step {step[:20]!r} and the octave "
                f"{pitch.findtext('octave', '')[:20]!r}"
            )
        alter = number(pitch.findtext("alter")) or 0
        semitones = self._semitones.get(staff, self._semitones.get(0, 0))
        # Half a semitone goes up.
        return (
            12 * (int(octave) + 1) + _STEPS[step] + int((alter + Fraction(1, 2)) // 1) + semitones
        )

    def _attributes(self, element: ET.Element) -> None:
        divisions = number(element.findtext("divisions"))
        if divisions and divisions > 0:
            self._divisions = divisions
        for transpose in element.findall("transpose"):
            staff = int(number(transpose.get("number")) or 0)
            chromatic = number(transpose.findtext("chromatic")) or 0
            octaves = number(transpose.findtext("octave-change")) or 0
            self._semitones[staff] = int(chromatic) + 12 * int(octaves)
        meter = _meter(element.find("time"))
        if meter is not None:
            self._nominal = Fraction(4 * meter[0], meter[1])
            self._here.meters.append((self._now, meter))
        key = element.find("key")
        fifths = None if key is None else number(key.findtext("fifths"))
        if key is not None and fifths is not None:
            staff = int(number(key.get("number")) or 0)
            # Five semitones down are a fifth up: 7 x 7 semitones are one.
            sharps = int(fifths) + 7 * self._semitones.get(staff, self._semitones.get(0, 0))
            self._here.keys.append((self._now, (sharps, key.findtext("mode", "").strip().lower())))

    def _harmony(self, harmony: ET.Element) -> None:
        """Take in a chord symbol; a kind that we have no name for is passed over.

        What is printed says more than the kind where MusicXML has no kind for it.
        """
        offset = number(harmony.findtext("offset")) or Fraction(0)
        sign = harmony.find("kind")
        printed = None if sign is None else chord_name("C" + (sign.get("text") or "?"))
        kind = _KINDS.get("" if sign is None else (sign.text or "").strip(), "")
        kind = printed.kind if printed and kind else kind
        letters = [harmony.findtext(f"{tag}/{tag}-step", "").strip() for tag in ("root", "bass")]
        root, bass = (letter if letter in _STEPS else "" for letter in letters)
        if root and kind:
            alters = [
                int(number(harmony.findtext(f"{tag}/{tag}-alter")) or 0) for tag in ("root", "bass")
            ]
            name = ChordName(root, alters[0], kind, bass, alters[1])
            place = max(self._now + offset / self._divisions, Fraction(0))
            self._here.chords.append((place, name))

    def _direction(self, direction: ET.Element) -> None:
        for sound in direction.findall("sound"):
            self._sound(sound)
        for metronome in direction.iter("metronome"):
            self._metronomes += _metronome(metronome)
        for words in direction.iter("words"):
            self._metronomes += _words(words.text or "")

    def _sound(self, sound: ET.Element) -> None:
        tempo = number(sound.get("tempo", "").replace(",", "."))
        if tempo and tempo > 0:
            self._here.tempos.append(float(tempo))


def _reached(spans: list[tuple[Fraction, Fraction]]) -> tuple[list[Fraction], list[Fraction]]:
    """Return where spans begin, rising, and how far those up to each reach."""
    ordered = sorted(spans)
    return [start for start, _ in ordered], list(accumulate((end for _, end in ordered), max))


def _meter(time: ET.Element | None) -> tuple[int, int] | None:
    """Return the metre; the sum of those that are added, such as 3/8 + 2/4."""
    if time is None:
        return None
    total, unit = Fraction(0), 1
    for above, below in zip(time.findall("beats"), time.findall("beat-type"), strict=False):
        numbers = re.findall(r"\d{1,3}", above.text or "", re.ASCII)
        lower = number(below.text)
        if not numbers or not lower or lower.denominator != 1 or not 0 < lower <= 1024:
            return None
        total += sum(map(int, numbers)) / lower
        unit = max(unit, int(lower))
    pair = (int(total * unit), unit)
    return pair if pair[0] > 0 else None


def _metronome(metronome: ET.Element) -> list[float]:
    """Return quarters a minute of a mark such as half = "ca. 60"; nothing if it has no number."""
    found = re.search(r"\d{1,4}(?:[.,]\d{1,3})?", metronome.findtext("per-minute", ""), re.ASCII)
    unit = QUARTERS.get(metronome.findtext("beat-unit", "").strip())
    if found is None or unit is None:
        return []
    return [float(found[0].replace(",", ".")) * float(dotted(unit, _dots(metronome)))]


def _dots(metronome: ET.Element) -> int:
    return len(metronome.findall("beat-unit-dot"))


def _words(text: str) -> list[float]:
    """Return quarters a minute of words such as a note sign and "= c. 80"."""
    found = re.search(
        r"([\u2669\u266a\u266b])\s*(\.?)\s*=\s*(?:c(?:a|irca)?\.?\s*)?(\d{1,3})", text, re.ASCII
    )
    if found is None:
        return []
    return [float(found[3]) * float(dotted(_SIGNS[found[1]], len(found[2])))]
