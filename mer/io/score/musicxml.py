"""`Melody` or parts -> MusicXML, directly: the same music gives the same bytes, in milliseconds.

music21 would need a second to start and stamps the date into the file. Bars, ties over barlines,
rests, dots, tuplets and beams are written out; a length that no note sign has is split into tied
notes, and what is still left keeps its exact duration without a sign. Pitches are spelled on the
line of fifths, from three below the tonic of the signature to eight above: in C, E flat to G sharp.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from mer.errors import InputError
from mer.io.midi.events import DRUMS
from mer.io.midi.files import Part
from mer.io.reading import write_bytes
from mer.io.score.beams import Beams, Stem, beam_ticks, beams
from mer.io.score.signs import Sign, signed_lengths, signs
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.notes.meter import Meter

_LETTERS = "FCGDAEB"
_WHOLE_BAR = ' measure="yes"'
_CLOSING = '      <barline location="right"><bar-style>light-heavy</bar-style></barline>\n'
_ACCIDENTALS = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}
_HEADER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
)
_CONTAINER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<container><rootfiles>'
    '<rootfile full-path="score.musicxml" media-type="application/vnd.recordare.musicxml+xml"/>'
    "</rootfiles></container>\n"
)


class ChordSymbol(NamedTuple):
    """A chord symbol above the score: when, its root as letter and alteration, what it is."""

    tick: int
    letter: str
    alter: int
    kind: str  # as MusicXML calls it: major, minor, diminished, dominant, power ...
    text: str  # what stands after the root, such as m or 7


@dataclass(frozen=True)
class _Piece:
    """Notes or a rest within one bar, and whether they are tied to those before and after."""

    pitches: tuple[int, ...]
    length: int
    stops: bool
    starts: bool


def musicxml(melody: Melody, *, program: int = 0, tempo_bpm: float | None = None) -> str:
    """Return a melody as the text of a MusicXML score with one part.

    Parameters
    ----------
    program
        General MIDI instrument, 0 to 127.
    tempo_bpm
        Quarter notes a minute, instead of the melody's own tempo.

    Examples
    --------
    >>> text = musicxml(Melody(pitch=[66, 67], onset=[0, 160], duration=[160, 320], downbeat=160))
    >>> text.count("<measure "), text.count("<alter>1</alter>"), "<actual-notes>3</" in text
    (2, 1, True)
    """
    return score_of([Part(melody=melody, name="Melody", program=program)], tempo_bpm=tempo_bpm)


def score_of(
    parts: Sequence[Part],
    *,
    symbols: Sequence[ChordSymbol] = (),
    tempo_bpm: float | None = None,
) -> str:
    """Return parts as the text of a MusicXML score.

    Parameters
    ----------
    parts
        The first one's title, metre, key, tempo and pick-up hold for all. Voices of one part that
        sound together must begin and end together: they are written as chords.
    symbols
        Chord symbols above the first part, in order of time.
    tempo_bpm
        Quarter notes a minute, instead of the first part's own tempo.

    Raises
    ------
    InputError
        If voices of one part overlap.
    """
    leader = parts[0].melody
    title = escape("".join(c for c in leader.title if c.isprintable()))
    work = f"  <work>\n    <work-title>{title}</work-title>\n  </work>\n" if title else ""
    tempo = tempo_bpm if tempo_bpm is not None else leader.tempo_bpm
    stop = max(int(part.notes[:, 2].max()) for part in parts)
    listed = "".join(_listed(number, part) for number, part in enumerate(parts, 1))
    written = ""
    for number, part in enumerate(parts, 1):
        above, mark = (symbols, _direction(tempo)) if number == 1 else ((), "")
        measures = "".join(_measures(part, stop, above, mark))
        written += f'  <part id="P{number}">\n{measures}  </part>\n'
    return (
        f'{_HEADER}<score-partwise version="4.0">\n{work}'
        f"  <part-list>\n{listed}  </part-list>\n{written}</score-partwise>\n"
    )


def _listed(number: int, part: Part) -> str:
    name = escape("".join(c for c in part.name if c.isprintable()))
    channel = number if number <= DRUMS else number + 1
    return (
        f'    <score-part id="P{number}">\n      <part-name>{name}</part-name>\n'
        f'      <score-instrument id="I{number}"><instrument-name>{name}</instrument-name>'
        "</score-instrument>\n"
        f'      <midi-instrument id="I{number}"><midi-channel>{channel}</midi-channel>'
        f"<midi-program>{part.program + 1}</midi-program></midi-instrument>\n"
        "    </score-part>\n"
    )


def save_musicxml(
    melody: Melody, path: str | Path, *, program: int = 0, tempo_bpm: float | None = None
) -> None:
    """Write a melody as MusicXML, compressed if the name ends in ``.mxl``; whole or not at all.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    save_score(musicxml(melody, program=program, tempo_bpm=tempo_bpm), path)


def save_score(text: str, path: str | Path) -> None:
    """Write the text of a score, compressed if the name ends in ``.mxl``; whole or not at all.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    path, content = Path(path), text.encode("utf-8")
    write_bytes(path, _zipped(content) if path.suffix.lower() == ".mxl" else content)


def _zipped(content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        members = {"META-INF/container.xml": _CONTAINER.encode(), "score.musicxml": content}
        for name, member in members.items():
            # A fixed date keeps the bytes the same.
            archive.writestr(
                zipfile.ZipInfo(name), member, compress_type=zipfile.ZIP_DEFLATED, compresslevel=6
            )
    return stream.getvalue()


def _measures(
    part: Part, stop: int, symbols: Sequence[ChordSymbol], direction: str
) -> Iterator[str]:
    """Return the text of each bar; the pick-up is bar 0, and a full bar follows it."""
    melody = part.melody
    bars = _bars(part, stop)
    sharps = melody.key.sharps if melody.key is not None else 0
    first = 0 if melody.downbeat else 1
    last = first + len(bars) - 1
    now, position = 0, -melody.downbeat % melody.bar_ticks
    for number, pieces in enumerate(bars, first):
        implicit = "" if number else ' implicit="yes"'
        opening = _attributes(melody) + direction if number == first else ""
        until = now + sum(piece.length for piece in pieces)
        here = [symbol for symbol in symbols if now <= symbol.tick < until]
        # All symbols stand before the notes, each with its distance from the barline.
        opening += "".join(_harmony(symbol, symbol.tick - now) for symbol in here)
        notes = "".join(_notes(pieces, sharps, list(_beamed(pieces, position, melody))))
        closing = _CLOSING * (number == last)
        yield f'    <measure number="{number}"{implicit}>\n{opening}{notes}{closing}'
        yield "    </measure>\n"
        now, position = until, 0


def _harmony(symbol: ChordSymbol, later: int) -> str:
    alter = f"<root-alter>{symbol.alter}</root-alter>" if symbol.alter else ""
    offset = f"<offset>{later}</offset>" if later else ""
    return (
        f"      <harmony><root><root-step>{symbol.letter}</root-step>{alter}</root>"
        f'<kind text="{symbol.text}">{symbol.kind}</kind>{offset}</harmony>\n'
    )


def _struck(part: Part) -> list[tuple[tuple[int, ...], int, int]]:
    """Return (pitches, onset, end) of the notes of a part, those that sound together as one."""
    found: list[tuple[tuple[int, ...], int, int]] = []
    for pitch, start, end in part.notes.tolist():
        if found and found[-1][1:] == (start, end):
            found[-1] = ((*found[-1][0], pitch), start, end)
        elif found and found[-1][2] > start:
            raise InputError(f"voices of the part {part.name!r} overlap at tick {start}")
        else:
            found.append(((pitch,), start, end))
    return found


def _bars(part: Part, stop: int) -> list[list[_Piece]]:
    """Return each bar's pieces: notes and rests cut at barlines and into lengths with a sign."""
    melody = part.melody
    bars: list[list[_Piece]] = [[]]
    now, barline = 0, melody.downbeat or melody.bar_ticks
    # Rest to the end of the last bar; after a pick-up one full bar at least.
    missing = max(stop, melody.downbeat + 1) - melody.downbeat
    close = melody.downbeat + -(-missing // melody.bar_ticks) * melody.bar_ticks
    silence: tuple[int, ...] = ()
    for pitches, start, end in (*_struck(part), (silence, close, close)):
        for sound, until in ((silence, start), (pitches, end)):
            begun = now
            while now < until:
                if now == barline:
                    bars.append([])
                    barline += melody.bar_ticks
                for length in signed_lengths(min(until, barline) - now):
                    tied = bool(sound)
                    stops, starts = tied and now > begun, tied and now + length < until
                    bars[-1].append(_Piece(sound, length, stops, starts))
                    now += length
    return bars


def _beamed(pieces: list[_Piece], position: int, melody: Melody) -> Iterator[Beams]:
    """Yield the beams of each piece of a bar; the first stands `position` ticks after a barline."""
    stems = []
    for piece in pieces:
        sign = signs().get(piece.length) if piece.pitches else None
        stems.append(Stem(position, sign.flags, sign.ratio) if sign else Stem(position, 0))
        position += piece.length
    return beams(stems, beam_ticks(Meter.assumed(melody.meter)))


def _notes(pieces: list[_Piece], sharps: int, beamed: Sequence[Beams]) -> Iterator[str]:
    """Return the text of the notes of one bar, with accidentals, beams and tuplet brackets."""
    altered: dict[tuple[str, int], int] = {}
    for piece, held, bracket in zip(pieces, beamed, _brackets(pieces), strict=True):
        ties = ["stop"] * piece.stops + ["start"] * piece.starts
        tied = "".join(f'<tied type="{tie}"/>' for tie in ties)
        for place, pitch in enumerate(piece.pitches or (None,)):
            sound, accidental = f"<rest{_WHOLE_BAR * (len(pieces) == 1)}/>", ""
            if pitch is not None:
                letter, alter, octave = _spelled(pitch, sharps)
                change = f"<alter>{alter}</alter>" if alter else ""
                sound = f"<pitch><step>{letter}</step>{change}<octave>{octave}</octave></pitch>"
                if altered.get((letter, octave), _signature(letter, sharps)) != alter:
                    accidental = f"<accidental>{_ACCIDENTALS[alter]}</accidental>"
                altered[letter, octave] = alter
            marks = tied if place else tied + bracket
            # The first note of a chord stands for the chord.
            bars = () if place else enumerate(held, 1)
            beam = "".join(f'<beam number="{level}">{word}</beam>' for level, word in bars)
            yield (
                f"      <note>{'<chord/>' * bool(place)}{sound}<duration>{piece.length}</duration>"
                + "".join(f'<tie type="{tie}"/>' for tie in ties)
                + f"<voice>1</voice>{_written(signs().get(piece.length), accidental)}{beam}"
                + (f"<notations>{marks}</notations></note>\n" if marks else "</note>\n")
            )


def _brackets(pieces: list[_Piece]) -> Iterator[str]:
    """Return for each piece the tuplet brackets that open and close at it."""
    found = [signs().get(piece.length) for piece in pieces]
    ratios = [sign.ratio if sign else (1, 1) for sign in found]
    inside = 0  # ticks since the bracket was opened
    for piece, ratio, following in zip(pieces, ratios, [*ratios[1:], (1, 1)], strict=True):
        text = ""
        if ratio != (1, 1):
            text = "" if inside else '<tuplet type="start"/>'
            inside += piece.length
            if inside % (TICKS_PER_QUARTER // 2) == 0 or following != ratio:
                text, inside = text + '<tuplet type="stop"/>', 0
        yield text


def _written(sign: Sign | None, accidental: str) -> str:
    if sign is None:
        return accidental
    actual, normal = sign.ratio
    ratio = f"<actual-notes>{actual}</actual-notes><normal-notes>{normal}</normal-notes>"
    changed = f"<time-modification>{ratio}</time-modification>" if actual != normal else ""
    return f"<type>{sign.kind}</type>{'<dot/>' * sign.dots}{accidental}{changed}"


def _spelled(pitch: int, sharps: int) -> tuple[str, int, int]:
    """Return letter, alteration and octave; `fifths` counts from C along the line of fifths."""
    fifths = (pitch * 7 - (sharps - 3)) % 12 + sharps - 3
    alter, place = divmod(fifths + 1, 7)
    return _LETTERS[place], alter, (pitch - alter) // 12 - 1


def _signature(letter: str, sharps: int) -> int:
    """Return the alteration that the key signature gives a letter."""
    place = _LETTERS.index(letter)
    return 1 if place < sharps else -1 if 7 - place <= -sharps else 0


def _attributes(melody: Melody) -> str:
    key = time = ""
    if melody.key is not None:
        key = f"<key><fifths>{melody.key.sharps}</fifths><mode>{melody.key.mode}</mode></key>"
    if melody.meter is not None:
        numerator, denominator = melody.meter
        time = f"<time><beats>{numerator}</beats><beat-type>{denominator}</beat-type></time>"
    sign, line = ("F", 4) if melody.pitch.mean() < 55 else ("G", 2)
    return (
        f"      <attributes><divisions>{TICKS_PER_QUARTER}</divisions>{key}{time}"
        f"<clef><sign>{sign}</sign><line>{line}</line></clef></attributes>\n"
    )


def _direction(tempo_bpm: float | None) -> str:
    if tempo_bpm is None:
        return ""
    return (
        '      <direction placement="above"><direction-type><metronome>'
        f"<beat-unit>quarter</beat-unit><per-minute>{tempo_bpm:g}</per-minute>"
        "</metronome></direction-type>"
        f'<sound tempo="{tempo_bpm:g}"/></direction>\n'
    )
