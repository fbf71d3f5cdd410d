"""Text of one ABC tune -> its voices, each a `Strand` of events, with its key, tempo and remarks.

A field holds from where it stands: for all voices before the first ``V:`` of the body, after it for
the voice that it stands in. Voices are told apart by their identifiers, however often they change.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from mer.io.reading import MAX_NOTES
from mer.io.tunebook.fields import parse_key, parse_length, parse_meter, parse_tempo, parse_voice
from mer.io.tunebook.remarks import Remarks
from mer.io.tunebook.signs import PROPAGATIONS, Accidentals
from mer.io.tunebook.strands import Strand
from mer.io.tunebook.text import TuneText, is_field
from mer.io.tunebook.tokens import DEFINED_SYMBOLS, is_music, is_text, tokens
from mer.notes.key import Key

_COMMENT = re.compile(r"(?<!\\)%.*")
_PROPAGATE = re.compile(r"(?:%%|I:)\s*propagate-accidentals\s+(\w+)")
_TRANSPOSE = re.compile(r"%%\s*MIDI\s+transpose\s+([+-]?\d{1,2})\b")
_SYMBOL = re.compile(r"\s*([H-Wh-w~])\s*=?\s*(.*)")
# A tempo may be 20.
_MAILED = re.compile(r"=3D|(?m:^(?![ \t]*Q:).*=20$)")
_QUOTED = re.compile(r"=([0-9A-F]{2})")
_ESCAPED = re.compile(r"&[lg]t;")
_ENDING_LINE = re.compile(r"\s*(?=[1-9](?:[,-][1-9])*(?:\s|[A-Ga-g\"(\[]))")
_FIRST_VOICE = "1"


@dataclass
class ScoreText:
    """A tune that has been taken apart.

    Parameters
    ----------
    names
        Identifier of each voice to what the tune calls it; "" where there is no ``V:`` at all.
    strands
        Identifier of each voice to its events, in the order in which the voices first sound.
    key
        The first key, sounding.
    tempo_bpm
        The first tempo, in quarters a minute.
    """

    remarks: Remarks = field(default_factory=Remarks)
    names: dict[str, str] = field(default_factory=dict)
    strands: dict[str, Strand] = field(default_factory=dict)
    key: Key | None = None
    tempo_bpm: float | None = None

    @property
    def is_too_long(self) -> bool:
        """Whether a voice has more notes than are read; what comes after them is not there."""
        return any(strand.notes > MAX_NOTES for strand in self.strands.values())


def read_score_text(tune: TuneText) -> ScoreText:
    r"""Return the voices of a tune.

    Examples
    --------
    >>> score = read_score_text(TuneText(1, "", "X:1\nK:C\nV:1 name=Flute\nc4|\nV:2\nC4|"))
    >>> score.names, [len(strand.events) for strand in score.strands.values()]
    ({'1': 'Flute', '2': '2'}, [3, 3])
    """
    has_key = any(_is_key(line) for line in tune.text.split("\n"))
    reader = _Reader(has_key=has_key, quoted=bool(_MAILED.search(tune.text)))
    for number, line in enumerate(tune.text.split("\n"), tune.first_line):
        reader.score.remarks.line = number
        reader.line(line)
        if reader.score.is_too_long:
            break
    for strand in reader.score.strands.values():
        strand.end()
    return reader.score


def _is_key(line: str) -> bool:
    return line.lstrip().startswith("K:") and is_field(line)


@dataclass
class _Reader:
    """What holds while a tune is read, line by line."""

    has_key: bool
    quoted: bool
    score: ScoreText = field(default_factory=ScoreText)
    in_body: bool = False
    voice: str | None = None
    unit: Fraction | None = None
    meter: tuple[int, int] | None = None
    signature: Mapping[str, int] = field(default_factory=dict)
    propagation: str = "pitch"
    symbols: frozenset[str] = DEFINED_SYMBOLS
    tempo: str = ""
    shifts: dict[str, int] = field(default_factory=dict)
    voice_shifts: dict[str, dict[str, int]] = field(default_factory=dict)
    lines: int = 0
    continues: bool = False
    _keyed: bool = False

    def line(self, raw: str) -> None:
        """Take in one line of the tune."""
        if self.quoted:
            self.score.remarks.once("decoded what a mail program encoded (quoted-printable)")
            raw = _QUOTED.sub(lambda found: chr(int(found[1], 16)), re.sub("=$", r"\\", raw))
        if _ESCAPED.search(raw):
            self.score.remarks.once("decoded what a web page encoded (&lt; and &gt;)")
            raw = html.unescape(raw)
        if found := _PROPAGATE.match(raw):
            self._propagate(found[1])
        if found := _TRANSPOSE.match(raw):
            self._shifted({"played": int(found[1])})
        line = _COMMENT.sub("", raw).rstrip()
        if not line.strip():
            return
        if is_field(line):
            said = line.strip()
            self._field(said[0], said[2:].removesuffix("\\"))
        elif self.in_body or self._begins_music(line):
            self._music(line)

    def _begins_music(self, line: str) -> bool:
        """Return whether the music begins without a key, with a remark if it does."""
        found = tokens(line.rstrip("\\"), symbols=self.symbols)
        notes = any(token.kind == "note" for token in found)
        if is_music(line) or (not self.has_key and notes and not is_text(found)):
            self.score.remarks.say("no key stands before the music; read without sharps and flats")
            self._begin_body()
        return self.in_body

    def _begin_body(self) -> None:
        self.in_body = True
        if self.unit is None:
            top, bottom = self.meter or (1, 1)
            self.unit = Fraction(1, 16 if Fraction(top, bottom) < Fraction(3, 4) else 8)
        if self.tempo:
            self.score.tempo_bpm = parse_tempo(self.tempo, self.unit)

    def _field(self, letter: str, value: str) -> None:
        act = _FIELDS.get(letter)
        if act is not None:
            act(self, value.strip())

    def _music(self, line: str) -> None:
        remarks = self.score.remarks
        line = self._with_ending(line)
        found = tokens(line.removesuffix("\\"), symbols=self.symbols)
        if is_text(found):
            remarks.say(f"passed over {line.strip()[:30]!r}, which is text and no music")
            return
        self.lines += not self.continues
        self.continues = line.endswith("\\")
        for token in found:
            if token.kind == "field":
                self._field(token.text[1], token.text[3:-1])
            elif token.kind == "open_field":
                remarks.at(token, f"the field {token.text[:12]!r} is not closed")
                self._field(token.text[1], token.text[3:])
            else:
                strand = self._strand()
                strand.line = self.lines
                strand.read(token)
                if strand.notes > MAX_NOTES:
                    return

    def _with_ending(self, line: str) -> str:
        """Return a line with ``[`` before the number of an ending whose barline stands above."""
        found = _ENDING_LINE.match(line)
        strand = self.score.strands.get(self.voice or "")
        if found is None or strand is None or not strand.ends_with_barline:
            return line
        return f"{line[: found.end()]}[{line[found.end() :]}"

    def _strand(self) -> Strand:
        """Return the voice that is being read; music before any ``V:`` is the first voice's."""
        if self.voice is None:
            self.voice = next(iter(self.score.names), _FIRST_VOICE)
        if self.voice not in self.score.strands:
            accidentals = Accidentals(self.signature, self.propagation, self._shift(self.voice))
            unit = 4 * (self.unit or Fraction(1, 8))
            strand = Strand(self.score.remarks, unit, accidentals=accidentals)
            strand.set_meter(self.meter)
            self.score.strands[self.voice] = strand
            self.score.names.setdefault(self.voice, "")
        return self.score.strands[self.voice]

    def _shift(self, voice: str) -> int:
        shifts = self.shifts | self.voice_shifts.get(voice, {})
        octaves = shifts.get("clef", 0) + shifts.get("octave", 0)
        return 12 * octaves + shifts.get("transpose", 0) + shifts.get("played", 0)

    def _shifted(self, shifts: Mapping[str, int]) -> None:
        """Move the voice that is being read, or all of them before the first."""
        if self.voice is None:
            self.shifts.update(shifts)
            return
        self.voice_shifts.setdefault(self.voice, {}).update(shifts)
        if self.voice in self.score.strands:
            self.score.strands[self.voice].accidentals.shift = self._shift(self.voice)

    def _key(self, value: str) -> None:
        said = parse_key(value)
        if not said.understood:
            read = f"read as {said.key}" if said.key else "read without sharps and flats"
            self.score.remarks.say(f"cannot read the key {value[:20]!r}; {read}")
        shared = self.voice is None
        self._shifted(said.shifts)
        if said.signature is not None and shared:
            self.signature = said.signature
        if not self._keyed:
            semitones = self.shifts.get("transpose", 0) + self.shifts.get("played", 0)
            self.score.key = said.key and said.key.transpose(semitones)
            self._keyed = True
        if not self.in_body:
            self._begin_body()
        elif not shared:
            strand = self._strand()
            if said.signature is not None:
                strand.accidentals.signature = said.signature
            strand.turn()

    def _meter(self, value: str) -> None:
        meter, understood = parse_meter(value)
        if not understood:
            self.score.remarks.say(f"cannot read the metre {value[:20]!r}; write for example 6/8")
            return
        if self.voice is None:
            self.meter = meter
        else:
            self._strand().set_meter(meter)

    def _length(self, value: str) -> None:
        unit = parse_length(value)
        if unit is None:
            remark = f"cannot read the length {value[:20]!r}; write for example 1/8"
            self.score.remarks.say(remark)
        elif self.voice is None:
            self.unit = unit
        else:
            self._strand().unit = 4 * unit
            self._strand().turn()

    def _tempo(self, value: str) -> None:
        if not self.in_body:
            self.tempo = self.tempo or value
        elif self.score.tempo_bpm is None:
            self.score.tempo_bpm = parse_tempo(value, self.unit or Fraction(1, 8))

    def _voice(self, value: str) -> None:
        said = parse_voice(value)
        if not said.voice:
            return
        self.score.names[said.voice] = said.name or self.score.names.get(said.voice) or said.voice
        self.voice_shifts.setdefault(said.voice, {}).update(said.shifts)
        if self.in_body:
            self.voice = said.voice
        if said.voice in self.score.strands:
            self.score.strands[said.voice].accidentals.shift = self._shift(said.voice)

    def _symbol(self, value: str) -> None:
        found = _SYMBOL.match(value)
        if found:
            nothing = re.search(r"\bn(?:il|one)\b", found[2])
            self.symbols = self.symbols - {found[1]} if nothing else self.symbols | {found[1]}

    def _propagate(self, value: str) -> None:
        if value in PROPAGATIONS:
            self.propagation = value
            for strand in self.score.strands.values():
                strand.accidentals.propagation = value

    def _instruction(self, value: str) -> None:
        found = _PROPAGATE.match(f"I:{value}")
        if found:
            self._propagate(found[1])


_FIELDS: dict[str, Callable[[_Reader, str], None]] = {
    "K": _Reader._key,
    "M": _Reader._meter,
    "L": _Reader._length,
    "Q": _Reader._tempo,
    "V": _Reader._voice,
    "U": _Reader._symbol,
    "I": _Reader._instruction,
}
