"""`Sheet` -> MusicXML, directly: the same music gives the same bytes, in milliseconds.

music21 would need a second to start and stamps the date into the file. What stands in a bar is
worked out in `mer.io.sheet`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from mer.io.midi.track import DRUMS
from mer.io.reading import write_bytes
from mer.io.sheet.bars import Notated, bars_of, beamed, tuplets
from mer.io.sheet.beams import Beams
from mer.io.sheet.phrasing import NO_PHRASING, Phrasing
from mer.io.sheet.sheet import ChordSymbol, Part, Sheet, metronome, printable
from mer.io.sheet.signs import Sign, signs
from mer.io.sheet.spelling import signature, spelled
from mer.notes.melody import TICKS_PER_QUARTER, Melody

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
    return score_of(Sheet.of(melody, program=program, tempo_bpm=tempo_bpm))


def score_of(sheet: Sheet) -> str:
    """Return a sheet as the text of a MusicXML score; repeats are written out.

    Voices of one part that sound together must begin and end together: they are written as chords.

    Raises
    ------
    InputError
        If voices of one part overlap.
    """
    listed = "".join(_listed(number, part) for number, part in enumerate(sheet.parts, 1))
    written = ""
    for number, part in enumerate(sheet.parts, 1):
        measures = "".join(_measures(part, sheet, leads=number == 1))
        written += f'  <part id="P{number}">\n{measures}  </part>\n'
    return (
        f'{_HEADER}<score-partwise version="4.0">\n{_about(sheet)}'
        f"  <part-list>\n{listed}  </part-list>\n{written}</score-partwise>\n"
    )


def _about(sheet: Sheet) -> str:
    """Return title, identification and the credits that are printed on the first page."""
    title = escape(sheet.title)
    composer = escape(printable(sheet.credits.composer))
    sources = [escape(printable(source)) for source in sheet.credits.sources]
    work = f"  <work>\n    <work-title>{title}</work-title>\n  </work>\n" if title else ""
    creator = f'    <creator type="composer">{composer}</creator>\n' if composer else ""
    encoding = "    <encoding><software>mer</software></encoding>\n"
    # The format has one element for all of them; on the page each has a line.
    taken = f"    <source>{'; '.join(sources)}</source>\n" if sources else ""
    printed = [
        ("title", "center", "top", title),
        ("composer", "right", "top", composer),
        ("rights", "center", "bottom", "\n".join(["Sources:", *sources]) if sources else ""),
    ]
    credits = "".join(
        f'  <credit page="1"><credit-type>{kind}</credit-type>'
        f'<credit-words justify="{side}" valign="{end}">{words}</credit-words></credit>\n'
        for kind, side, end, words in printed
        if words
    )
    return f"{work}  <identification>\n{creator}{encoding}{taken}  </identification>\n{credits}"


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


def save_musicxml(sheet: Sheet, path: str | Path) -> None:
    """Write a sheet as MusicXML, compressed if the name ends in ``.mxl``; whole or not at all.

    Raises
    ------
    InputError
        If voices of one part overlap, or the file cannot be written.
    """
    path, content = Path(path), score_of(sheet).encode("utf-8")
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


def _measures(part: Part, sheet: Sheet, *, leads: bool) -> Iterator[str]:
    """Return the text of each bar; the pick-up is bar 0, and a full bar follows it.

    Parameters
    ----------
    leads
        Whether chord symbols and tempo stand above this part.
    """
    melody = part.melody
    bars = bars_of(part, sheet.stop)
    sharps = melody.key.sharps if melody.key is not None else 0
    first = 0 if melody.downbeat else 1
    last = first + len(bars) - 1
    now, position = 0, -melody.downbeat % melody.bar_ticks
    for number, bar in enumerate(bars, first):
        implicit = "" if number else ' implicit="yes"'
        opening = _attributes(melody) if number == first else ""
        if leads:
            opening += _direction(sheet) if number == first else ""
            until = now + sum(one.length for one in bar)
            opening += "".join(_dynamics(sheet.phrasing, now, until))
            here = [symbol for symbol in sheet.symbols if now <= symbol.tick < until]
            # All symbols stand before the notes, each with its distance from the barline.
            opening += "".join(_harmony(symbol, symbol.tick - now) for symbol in here)
            now = until
        phrasing = sheet.phrasing if leads else NO_PHRASING
        notes = "".join(_notes(bar, sharps, beamed(bar, position, melody.meter), phrasing))
        closing = _CLOSING * (number == last)
        yield f'    <measure number="{number}"{implicit}>\n{opening}{notes}{closing}'
        yield "    </measure>\n"
        position = 0


def _dynamics(phrasing: Phrasing, start: int, stop: int) -> Iterator[str]:
    """Yield the dynamics and hairpins that begin or end in a bar, each with its distance."""
    signs: list[tuple[int, str]] = []
    for tick, sign in phrasing.dynamics:
        signs.append((tick, f"<dynamics><{sign}/></dynamics>"))
    for first, last, kind in phrasing.hairpins:
        signs.append((first, f'<wedge type="{kind}" number="1"/>'))
        signs.append((last, '<wedge type="stop" number="1"/>'))
    # What ends at a note ends before the next begins there.
    for tick, sign in sorted(signs, key=lambda one: (one[0], "stop" not in one[1])):
        if start <= tick < stop:
            offset = f"<offset>{tick - start}</offset>" if tick > start else ""
            yield (
                f'      <direction placement="below"><direction-type>{sign}</direction-type>'
                f"{offset}</direction>\n"
            )


def _harmony(symbol: ChordSymbol, later: int) -> str:
    alter = f"<root-alter>{symbol.alter}</root-alter>" if symbol.alter else ""
    offset = f"<offset>{later}</offset>" if later else ""
    bass = ""
    if symbol.bass_letter:
        change = f"<bass-alter>{symbol.bass_alter}</bass-alter>" if symbol.bass_alter else ""
        bass = f"<bass><bass-step>{symbol.bass_letter}</bass-step>{change}</bass>"
    return (
        f"      <harmony><root><root-step>{symbol.letter}</root-step>{alter}</root>"
        f'<kind text="{escape(symbol.text)}">{symbol.kind}</kind>{bass}{offset}</harmony>\n'
    )


def _notes(
    bar: Sequence[Notated], sharps: int, held: Sequence[Beams], phrasing: Phrasing
) -> Iterator[str]:
    """Return the text of the notes of one bar, with accidentals, beams, slurs, tuplet brackets."""
    altered: dict[tuple[str, int], int] = {}
    slurs, graces = phrasing.slur_signs(), dict(phrasing.graces)
    for one, beams, bracket in zip(bar, held, _brackets(bar), strict=True):
        ties = ["stop"] * one.stops + ["start"] * one.starts
        tied = "".join(f'<tied type="{tie}"/>' for tie in ties)
        if one.pitches and one.tick in slurs:
            tied += f'<slur number="1" type="{slurs[one.tick]}"/>'
        if one.pitches and one.tick in graces:
            yield _grace(graces[one.tick], sharps)
        if one.pitches and one.tick in phrasing.turns:
            tied += "<ornaments><turn/></ornaments>"
        for place, pitch in enumerate(one.pitches or (None,)):
            sound, accidental = f"<rest{_WHOLE_BAR * (len(bar) == 1)}/>", ""
            if pitch is not None:
                letter, alter, octave = spelled(pitch, sharps)
                change = f"<alter>{alter}</alter>" if alter else ""
                sound = f"<pitch><step>{letter}</step>{change}<octave>{octave}</octave></pitch>"
                if altered.get((letter, octave), signature(letter, sharps)) != alter:
                    accidental = f"<accidental>{_ACCIDENTALS[alter]}</accidental>"
                altered[letter, octave] = alter
            marks = tied if place else tied + bracket
            # The first note of a chord stands for the chord.
            joined = () if place else enumerate(beams, 1)
            beam = "".join(f'<beam number="{level}">{word}</beam>' for level, word in joined)
            yield (
                f"      <note>{'<chord/>' * bool(place)}{sound}<duration>{one.length}</duration>"
                + "".join(f'<tie type="{tie}"/>' for tie in ties)
                + f"<voice>1</voice>{_written(one.sign, accidental)}{beam}"
                + (f"<notations>{marks}</notations></note>\n" if marks else "</note>\n")
            )


def _grace(pitch: int, sharps: int) -> str:
    letter, alter, octave = spelled(pitch, sharps)
    change = f"<alter>{alter}</alter>" if alter else ""
    sound = f"<pitch><step>{letter}</step>{change}<octave>{octave}</octave></pitch>"
    return f'      <note><grace slash="yes"/>{sound}<voice>1</voice><type>eighth</type></note>\n'


def _brackets(bar: Sequence[Notated]) -> list[str]:
    """Return for each note of a bar the tuplet brackets that open and close at it."""
    text = [""] * len(bar)
    for first, after in tuplets(bar):
        text[first] += '<tuplet type="start"/>'
        text[after - 1] += '<tuplet type="stop"/>'
    return text


def _written(sign: Sign | None, accidental: str) -> str:
    if sign is None:
        return accidental
    actual, normal = sign.ratio
    ratio = f"<actual-notes>{actual}</actual-notes><normal-notes>{normal}</normal-notes>"
    changed = f"<time-modification>{ratio}</time-modification>" if actual != normal else ""
    return f"<type>{sign.kind}</type>{'<dot/>' * sign.dots}{accidental}{changed}"


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


def _direction(sheet: Sheet) -> str:
    """Return the tempo: in beats of the metre to readers, in quarters to players."""
    if sheet.tempo_bpm is None:
        return ""
    ticks, per_minute = metronome(sheet.tempo_bpm, sheet.leader.meter)
    beat = signs().get(ticks)
    if beat is None:  # no sign is as long
        beat, per_minute = signs()[TICKS_PER_QUARTER], sheet.tempo_bpm
    return (
        '      <direction placement="above"><direction-type><metronome>'
        f"<beat-unit>{beat.kind}</beat-unit>{'<beat-unit-dot/>' * beat.dots}"
        f"<per-minute>{round(per_minute, 2):g}</per-minute></metronome></direction-type>"
        f'<sound tempo="{sheet.tempo_bpm:g}"/></direction>\n'
    )
