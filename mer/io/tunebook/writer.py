"""`Sheet` -> one tune of ABC: the melody of the first part under its chord symbols.

After the standard 2.1, as abcjs, abc2midi and music21 read it. They differ in whether an accidental
holds in other octaves of its bar: a sign is written wherever either rule needs one. A note is cut
and tied where a chord symbol stands inside it. Notes that share a beam stand together, and a line
holds four bars.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from mer.io.reading import write_text
from mer.io.sheet.bars import Notated, bars_of, beamed, tuplets
from mer.io.sheet.beams import Beams
from mer.io.sheet.phrasing import NO_PHRASING, Phrasing
from mer.io.sheet.sheet import ChordSymbol, Sheet, metronome, printable
from mer.io.sheet.spelling import signature, spelled
from mer.io.sheet.strains import Strain, strains, under
from mer.io.tunebook.fields import parse_key
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.notes.meter import TICKS_PER_QUARTER, TICKS_PER_WHOLE, Meter

BARS_A_LINE = 4
_SIGNS = {-2: "__", -1: "_", 0: "=", 1: "^", 2: "^^"}
_UNITS = {"eighth": 240, "quarter": 480, "16th": 120}  # the first of equals is taken
_PLAIN = (1, 1)
# The factor of each of two notes, as shares of their mean -> the sign between them.
_BROKEN = {(Fraction(3, 2), Fraction(1, 2)): ">", (Fraction(1, 2), Fraction(3, 2)): "<"}
_SWUNG = "hornpipe"  # abc2midi plays a broken rhythm of this dance in another way


def save_abc(sheet: Sheet, path: str | Path) -> None:
    """Write a sheet as ABC, whole or not at all; the same sheet gives the same bytes.

    Raises
    ------
    InputError
        If voices of the first part overlap, or the file cannot be written.
    """
    write_text(abc_of(sheet), Path(path))


def abc_of(sheet: Sheet) -> str:
    r"""Return a sheet as the text of an ABC tune.

    Raises
    ------
    InputError
        If voices of the first part overlap.

    Examples
    --------
    >>> tune = Melody(pitch=[62, 67, 71, 74, 78, 79], onset=[0, 240, 480, 720, 960, 1920],
    ...               duration=[240, 240, 240, 240, 960, 240], meter=(6, 8), key=Key(7),
    ...               downbeat=240, tempo_bpm=120.0, title="Jig")
    >>> print(abc_of(Sheet.of(tune)))
    X:1
    T:Jig
    M:6/8
    L:1/8
    Q:3/8=80
    K:G
    D|GBd f3-|fg z4|]
    <BLANKLINE>
    """
    melody = sheet.leader
    whole = Strain(0, sheet.stop, twice=False)
    parts = strains(melody, sheet.symbols) if sheet.repeats else [whole]
    symbols = {
        symbol.tick: symbol
        for strain in parts
        for symbol in under(sheet.symbols, strain.start, strain.stop)
    }
    edges = {edge for strain in parts for edge in (strain.start, strain.stop)}
    cuts = edges.union(symbols) - {sheet.stop}
    bars = bars_of(sheet.parts[0], sheet.stop, cuts=cuts)
    unit = _unit(bars)
    # E sharp locrian, which nobody writes, is F locrian here, and has flats.
    sharps = sum((parse_key(_key(melody.key)).signature or {}).values())
    swung = sheet.credits.rhythm == _SWUNG
    hand = _Hand(melody, sharps, symbols, unit, swung=swung, phrasing=sheet.phrasing)
    header = "".join(f"{line}\n" for line in _header(sheet, unit))
    return header + "".join(
        f"{line}\n"
        for number, strain in enumerate(parts, 1)
        for line in _lines(hand, bars, strain, last=number == len(parts))
    )


def _header(sheet: Sheet, unit: int) -> Iterator[str]:
    melody = sheet.leader
    yield "X:1"
    yield f"T:{_text(sheet.title)}".rstrip()
    if sheet.credits.composer:
        yield f"C:{_text(sheet.credits.composer)}"
    if sheet.credits.rhythm:
        yield f"R:{_text(sheet.credits.rhythm)}"
    for source in sheet.credits.sources:
        yield f"S:{_text(source)}"
    yield f"M:{'none' if melody.meter is None else Meter(*melody.meter)}"
    yield f"L:{Fraction(unit, TICKS_PER_WHOLE)}"
    if sheet.tempo_bpm is not None:
        yield f"Q:{_tempo(sheet.tempo_bpm, melody.meter)}"
    if sheet.parts[0].program:
        yield f"%%MIDI program {sheet.parts[0].program}"
    yield f"K:{_key(melody.key)}"


def _text(text: str) -> str:
    return printable(text).replace("%", "\\%")


def _tempo(tempo_bpm: float, meter: tuple[int, int] | None) -> str:
    """Return a tempo with as few decimals as give it back, rounded to hundredths of a quarter."""
    ticks, per_minute = metronome(tempo_bpm, meter)
    quarters = Fraction(ticks, TICKS_PER_QUARTER)
    tried = [f"{per_minute:.{digits}f}" for digits in range(5)]
    told = (one for one in tried if round(float(quarters * Fraction(one)), 2) == tempo_bpm)
    beat = Fraction(ticks, TICKS_PER_WHOLE)
    return f"{beat.numerator}/{beat.denominator}={next(told, tried[-1])}"


def _key(key: Key | None) -> str:
    if key is None:
        return "none"
    return key.tonic_name + {"major": "", "minor": "m"}.get(key.mode, key.mode[:3])


def _unit(bars: Sequence[Sequence[Notated]]) -> int:
    """Return the ticks of the note value that most notes have, of eighth, quarter and sixteenth."""
    kinds = Counter(one.sign.kind for bar in bars for one in bar if one.sign and one.pitches)
    return _UNITS[max(_UNITS, key=lambda kind: kinds[kind])]


def _lines(
    hand: _Hand, bars: Sequence[Sequence[Notated]], strain: Strain, *, last: bool
) -> Iterator[str]:
    """Yield the lines of a strain; rests fill the last bar, but for what the pick-up has of it."""
    open_end = last and not strain.twice and strain.stop % hand.melody.bar_ticks > 0
    inside = [
        [one for one in bar if strain.start <= one.tick and (open_end or one.tick < strain.stop)]
        for bar in bars
    ]
    written = [bar for bar in inside if bar]
    text, full = "|:" if strain.twice else "", 0
    for number, bar in enumerate(written, 1):
        full += hand.fills_bar(bar) or number > 1
        close = "|"
        if number == len(written):
            close = ":|" if strain.twice else "|]" if last else "||"
        text += hand.bar(bar) + close
        if full == BARS_A_LINE or number == len(written):
            yield text
            text, full = "", 0


@dataclass
class _Hand:
    """What writes one bar after another.

    Parameters
    ----------
    sharps
        Of the key signature; flats are negative.
    symbols
        Chord symbols by tick.
    unit
        Ticks of the unit length.
    swung
        Whether no broken rhythm may be written.
    phrasing
        The grace notes and turns of the melody; other signs are not written.
    """

    melody: Melody
    sharps: int
    symbols: dict[int, ChordSymbol]
    unit: int
    swung: bool
    phrasing: Phrasing = NO_PHRASING
    _in_bar: dict[tuple[str, int | None], int] = field(default_factory=dict)

    def fills_bar(self, bar: Sequence[Notated]) -> bool:
        """Return whether a bar is no pick-up."""
        return self._position(bar[0]) == 0

    def _position(self, one: Notated) -> int:
        return (one.tick - self.melody.downbeat) % self.melody.bar_ticks

    def bar(self, bar: Sequence[Notated]) -> str:
        """Return what stands between two barlines."""
        self._in_bar.clear()
        held = beamed(bar, self._position(bar[0]), self.melody.meter)
        opens = {first: self._tuplet(bar[first:after]) for first, after in tuplets(bar)}
        text, begun = "", ""  # the sign of a broken rhythm that waits for its second note
        for place, one in enumerate(bar):
            broken = "" if begun else self._broken(bar[place : place + 2], held[place])
            length = one.length
            if broken:
                length = (one.length + bar[place + 1].length) // 2
            elif begun:
                length = (one.length + bar[place - 1].length) // 2
            begun = broken
            together = held[place][:1] in (("begin",), ("continue",))
            space = "" if together or place == len(bar) - 1 else " "
            text += opens.get(place, "") + self._note(one, length) + broken + space
        return text

    def _tuplet(self, notes: Sequence[Notated]) -> str:
        several, plain = notes[0].ratio
        if (several, plain) == (3, 2) and len(notes) == 3:
            return "(3"
        return f"({several}:{plain}:{len(notes)}"

    def _broken(self, pair: Sequence[Notated], beams: Beams) -> str:
        """Return the sign between two notes of one beam that are written as a broken rhythm."""
        if len(pair) < 2 or self.swung or beams[:1] not in (("begin",), ("continue",)):
            return ""
        before, after = pair
        plain = before.ratio == after.ratio == _PLAIN and not before.starts
        if not plain or after.tick in self.symbols:
            return ""
        mean = Fraction(before.length + after.length, 2)
        return _BROKEN.get((before.length / mean, after.length / mean), "")

    def _note(self, one: Notated, length: int) -> str:
        """Return a note, chord or rest that is written with `length` ticks."""
        symbol = self.symbols.get(one.tick)
        above = f'"{symbol.name}"' if symbol else ""
        several, plain = one.ratio
        said = _length(Fraction(length * several, self.unit * plain))
        names = [self._name(pitch) for pitch in one.pitches]
        sound = f"[{''.join(names)}]" if len(names) > 1 else "".join(names) or "z"
        grace = "".join(self._grace(pitch) for at, pitch in self.phrasing.graces if at == one.tick)
        turn = "~" * (one.tick in self.phrasing.turns)
        return grace + above + turn + sound + said + "-" * one.starts

    def _grace(self, pitch: int) -> str:
        """Return a grace note; its accidental holds for itself alone, so it is always written."""
        letter, alter, octave = spelled(pitch, self.sharps)
        sign = _SIGNS[alter] if alter != signature(letter, self.sharps) else ""
        return f"{{{sign}{_in_octave(letter, octave)}}}"

    def _name(self, pitch: int) -> str:
        """Return a pitch, with an accidental where the bar may be read as giving it another one."""
        letter, alter, octave = spelled(pitch, self.sharps)
        places = (letter, None), (letter, octave)  # it holds in all octaves, or in its own
        usual = signature(letter, self.sharps)
        sign = ""
        if any(self._in_bar.get(place, usual) != alter for place in places):
            sign = _SIGNS[alter]
            self._in_bar.update(dict.fromkeys(places, alter))
        return sign + _in_octave(letter, octave)


def _in_octave(letter: str, octave: int) -> str:
    if octave > 4:
        return f"{letter.lower()}{chr(39) * (octave - 5)}"
    return f"{letter}{',' * (4 - octave)}"


def _length(units: Fraction) -> str:
    """Return a length in units, as ABC writes it.

    Examples
    --------
    >>> [_length(Fraction(n, 4)) for n in (4, 8, 2, 6)]
    ['', '2', '/2', '3/2']
    """
    above = "" if units.numerator == 1 else str(units.numerator)
    return above if units.denominator == 1 else f"{above}/{units.denominator}"
