"""What a visitor types or pastes <-> `Melody`: note names with lengths, ABC, or another notation.

    3/4 key=D-minor tempo=96 D4:1/2 | A4 A4 A4

A note is a name, with or without octave and length in quarters; ``R`` is a rest. A tempo counts the
beats of the metre: dotted quarters in 6/8, quarters in 3/4 or without a metre. The first stroke
says where a bar begins (or ``upbeat=``, the quarters before it); the others are for the reader.
Where nothing is said of time, by a length, a rest, a stroke, a metre or a tempo, only pitch counts;
``rhythm=told`` means even quarters, and ``rhythm=none`` is for chant, whose lengths say nothing.
What a melody is written as reads back as the same melody. Pasted MEI, MusicXML, kern, Plaine &
Easie, GABC and Volpiano are told by how they begin.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from mer.errors import InputError
from mer.io import Reading, read_melody
from mer.notes.key import Key
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.notes.meter import Meter
from mer.notes.names import FLAT_NAMES, SHARP_NAMES, letter_semitones, note_number

# Where no tempo is written: quarters a minute; dotted quarters, which jigs go by.
USUAL_TEMPO, _USUAL_COMPOUND_BEATS = 110.0, 96.0
LONGEST_TEXT = 12_000
_LENGTH = r"(?::(\d{1,6}(?:\.\d{1,4}|/\d{1,3})?))?"
_NOTE = re.compile(rf"([A-G][#♯b♭]?)(-?\d)?{_LENGTH}")
_REST = re.compile(rf"[RZ]{_LENGTH}")
_METER = re.compile(r"(\d{1,2})/(\d{1,2})")
_SETTING = re.compile(r"(key|tempo|upbeat|rhythm)=(\S+)", re.IGNORECASE)
# How a pasted text looks -> the ending of a file with it.
_PASTED = (
    (re.compile(r"<(?:mei|music)[\s>]"), ".mei"),
    (re.compile(r"<score-(?:part|time)wise[\s>]"), ".musicxml"),
    (re.compile(r"\*\*kern\b"), ".krn"),
    (re.compile(r"@(?:clef|data)\s*:|\A\s*%[A-Ga-g][-+]\d|\A\s*\{\s*\"(?:clef|data)\""), ".pae"),
    (re.compile(r"\A\s*[12]-{2,}"), ".volpiano"),
)
# ABC has slurs in round brackets, GABC a clef alone in them, or a head that ends with "%%".
_ABC_FIELD = re.compile(r"(?m)^[ \t]*[KX]:|\[K:")
_IN_BRACKETS = re.compile(r"\([^)]*\)?")
_ABC_NOTES = re.compile(r"(?=[^0-9|]*[0-9|])[A-Ga-gzx0-9/,'|:^_=<>~.\[\]\s-]+")
_CLEF = re.compile(r"\([cf]b?[1-5](?:@[cf]b?[1-5])?\)")
_HEADED_CLEF = re.compile(r"\([cf]b?[1-5]\W")
_HEAD_END = re.compile(r"(?m)^%%[ \t]*\r?$")
_MIDDLE_C = 60
_LONGEST = 1000 * TICKS_PER_QUARTER


def read_notes(text: str) -> Reading:
    """Return the melody that a text holds: note names, a notation that tells itself, or else ABC.

    Raises
    ------
    InputError
        If it is neither; the message says what could not be read.

    Examples
    --------
    >>> read_notes("C4 D E:2 G").melody.onset_quarter.tolist()
    [0.0, 1.0, 2.0, 4.0]
    >>> read_notes("|: GABc dedB :|").melody.pitch.tolist()
    [67, 69, 71, 72, 74, 76, 74, 71]
    >>> read_notes("(c4) Ky(f)ri(gfg)e(h)").melody.pitch.tolist()
    [53, 55, 53, 55, 57]
    """
    if not text.strip():
        raise InputError("no notes were given; type some, such as C4 D E G")
    if len(text) > LONGEST_TEXT:
        raise InputError(f"the text has {len(text):,} letters; at most {LONGEST_TEXT:,} are read")
    pasted = pasted_ending(text)
    if pasted:
        return _read_as(text, pasted)
    tokens = text.replace(",", " ").split()
    # "c4" is a long note in ABC and a name elsewhere: ABC has bars, or at least a key.
    looks_like_abc = "|" in text or "K:" in text
    if _are_names(tokens):
        return _named(tokens)
    capitals = [token[:1].upper() + token[1:] for token in tokens]
    if not looks_like_abc and _are_names(capitals):
        return _named(capitals)
    bad = f"cannot read the note {_first_bad(tokens, capitals)!r}; {_HOW}"
    if looks_like_abc:
        return _read_abc(text)
    if 2 * sum(map(bool, map(_kind, capitals))) > len(tokens):
        raise InputError(bad)
    try:
        return _read_abc(text)
    except InputError as error:
        raise InputError(bad) from error


_HOW = "write names such as C4 D E:2 F#:1/2, or ABC"
_NO_LENGTHS = (
    "no lengths are given: only pitch is compared, and it is played in quarters; write some, "
    "such as D:1/2 E:2, or rhythm=told if all are quarters"
)


def pasted_ending(text: str) -> str:
    """Return the ending of a file with the notation that a text is in; "" for names and ABC.

    Examples
    --------
    >>> pasted_ending("1---g--h"), pasted_ending("@clef:G-2"), pasted_ending("C4 D E")
    ('.volpiano', '.pae', '')
    """
    found = next((ending for looks, ending in _PASTED if looks.search(text)), "")
    return found or (".gabc" if _is_gabc(text) else "")


def _is_gabc(text: str) -> bool:
    # "(c2) d2 e2 |" is a slur: in chant all notes are in brackets, and words are between them.
    between = _IN_BRACKETS.sub("", text)
    alone = not between.strip() and text.count("(") == 1
    if _ABC_FIELD.search(text) or alone or _ABC_NOTES.fullmatch(between):
        return False
    return bool(_CLEF.search(text) or (_HEAD_END.search(text) and _HEADED_CLEF.search(text)))


def _kind(token: str) -> str:
    """Return what a token is, or the empty string."""
    if token.strip("|:[]") == "" and "|" in token:
        return "stroke"
    if _REST.fullmatch(token):
        return "rest"
    if _NOTE.fullmatch(token):
        return "note"
    if _METER.fullmatch(token):
        return "meter"
    return "setting" if _SETTING.fullmatch(token) else ""


def are_names(text: str) -> bool:
    r"""Return whether a text that can be read names its notes one by one; else it is ABC.

    Examples
    --------
    >>> are_names("4/4 c d e:2"), are_names("X:1\nK:G\n|: GABc :|")
    (True, False)
    """
    tokens = text.replace(",", " ").split()
    looks_like_abc = "|" in text or "K:" in text
    capitals = [token[:1].upper() + token[1:] for token in tokens]
    return _are_names(tokens) or (not looks_like_abc and _are_names(capitals))


def _are_names(tokens: list[str]) -> bool:
    kinds = [_kind(token) for token in tokens]
    return "note" in kinds and all(kinds)


def _first_bad(tokens: list[str], capitals: list[str]) -> str:
    """Return the first token that is nothing, as it was typed."""
    bad = (typed for typed, token in zip(tokens, capitals, strict=True) if not _kind(token))
    return next(bad, tokens[0])[:20]


def _named(tokens: list[str]) -> Reading:
    melody = _melody(tokens)
    said = any(token.lower().startswith("rhythm=") for token in tokens)
    assumed = not melody.rhythm_known and not said and len(melody) > 1
    return Reading(melody, (_NO_LENGTHS,) if assumed else ())


def _tells_time(token: str) -> bool:
    kind = _kind(token)
    if kind == "setting":
        return not token.lower().startswith("key=")
    return kind != "note" or ":" in token


def _melody(tokens: list[str]) -> Melody:
    pitches: list[int] = []
    spans: list[tuple[int, int]] = []
    told: dict[str, str] = {}
    now, downbeat = 0, None
    timed = any(map(_tells_time, tokens))
    for token in tokens:
        kind = _kind(token)
        if kind == "meter":
            told["meter"] = token
        elif kind == "setting":
            name, _, value = token.partition("=")
            told[name.lower()] = value
        elif kind == "stroke":
            downbeat = now if downbeat is None else downbeat
        else:
            length = _ticks(token.partition(":")[2])
            if kind == "note":
                pitches.append(_pitch(token, pitches[-1] if pitches else None))
                spans.append((now, length))
            # A melody begins with its first note.
            now = now + length if pitches else 0
    meter = Meter.parse(told["meter"]) if "meter" in told else None
    found = Melody(
        pitch=np.array(pitches),
        onset=np.array([onset for onset, _ in spans]),
        duration=np.array([length for _, length in spans]),
        meter=meter,
        key=Key.parse(told["key"].replace("-", " ")) if "key" in told else None,
        tempo_bpm=_tempo(told["tempo"], meter) if "tempo" in told else None,
        rhythm_known=_has_rhythm(told["rhythm"]) if "rhythm" in told else timed,
    )
    if "upbeat" in told:
        downbeat = _ticks(told["upbeat"])
    if meter is None or downbeat is None:
        return found
    return replace(found, downbeat=downbeat % found.bar_ticks)


def _ticks(length: str) -> int:
    """Return a length in quarters, such as 1/2, as ticks; 1 if it is empty."""
    try:
        ticks = Fraction(length or 1) * TICKS_PER_QUARTER
    except (ValueError, ZeroDivisionError):
        ticks = Fraction(0)
    if not 1 <= ticks <= _LONGEST:
        raise InputError(f"the length {length[:20]!r} is outside 1/480 to 1000 quarters")
    return round(ticks)


def _pitch(token: str, before: int | None) -> int:
    found = _NOTE.fullmatch(token)
    assert found is not None
    name, octave, _ = found.groups()
    if octave is not None:
        return note_number(name + octave)
    step = letter_semitones(name)
    if before is None:
        return _MIDDLE_C + step
    # Without an octave, the nearest one to the note before, upwards if two are as near.
    away = (step - before) % 12
    return before + (away if away <= 6 else away - 12)


def _has_rhythm(text: str) -> bool:
    if text.lower() not in ("told", "none"):
        raise InputError(f"rhythm={text[:20]!r} is unknown; write rhythm=none, or rhythm=told")
    return text.lower() == "told"


def _tempo(text: str, meter: Meter | None) -> float:
    try:
        return Meter.assumed(meter).quarters_a_minute(float(text))
    except ValueError as error:
        raise InputError(f"cannot read the tempo {text[:20]!r}; write for example 96") from error


def _read_abc(text: str) -> Reading:
    head = "" if re.search(r"(?m)^K:", text) else "X:1\nK:C\n"
    try:
        return _read_as(f"{head}{text}", ".abc")
    except InputError as error:
        raise InputError(f"{error}; {_HOW}") from error


def _read_as(text: str, ending: str) -> Reading:
    """Return what a file with this text holds."""
    with tempfile.TemporaryDirectory(prefix="mer-typed-") as folder:
        path = Path(folder) / f"notes{ending}"
        path.write_bytes(f"{text.strip()}\n".encode(errors="replace"))
        try:
            return read_melody(path)
        except InputError as error:
            raise InputError(str(error).replace(f"{path}: ", "the text ")) from error


def usual_tempo(meter: Meter) -> float:
    """Return the tempo of music that comes without one, in quarter notes a minute.

    Examples
    --------
    >>> usual_tempo(Meter(4, 4)), usual_tempo(Meter(6, 8))
    (110.0, 144.0)
    """
    return meter.quarters_a_minute(_USUAL_COMPOUND_BEATS) if meter.is_compound else USUAL_TEMPO


def write_notes(melody: Melody) -> str:
    """Return a melody as text that `read_notes` reads back: pitches, times, metre, key and tempo.

    A tempo is written with six digits.

    Examples
    --------
    >>> tune = read_notes("3/4 D4:1/2 | A4 A4 R:1/2 A4:0.5").melody
    >>> write_notes(tune)
    '3/4 D4:1/2 | A4 A4 R:1/2 A4:1/2'
    """
    head = []
    if melody.meter is not None:
        head.append(str(melody.meter))
    if melody.key is not None:
        head.append(f"key={melody.key}".replace(" ", "-"))
    if melody.tempo_bpm is not None:
        beats = Meter.assumed(melody.meter).beats_a_minute(melody.tempo_bpm)
        head.append(f"tempo={beats:.6g}")
    position = melody.bar_position.tolist()
    if melody.downbeat and melody.downbeat not in melody.onset:
        head.append(f"upbeat={Fraction(melody.downbeat, TICKS_PER_QUARTER)}")
    names = FLAT_NAMES if melody.key is not None and melody.key.sharps < 0 else SHARP_NAMES
    words: list[str] = []
    now = 0
    for note, (pitch, onset) in enumerate(
        zip(melody.pitch.tolist(), melody.onset.tolist(), strict=True)
    ):
        if onset > now:
            words.append(f"R{_length(onset - now)}")
        if melody.meter is not None and onset and position[note] == 0:
            words.append("|")
        length = int(melody.duration[note])
        words.append(f"{names[pitch % 12]}{pitch // 12 - 1}{_length(length)}")
        now = onset + length
    if melody.rhythm_known != any(map(_tells_time, [*head, *words])):
        head.append("rhythm=told" if melody.rhythm_known else "rhythm=none")
    return " ".join([*head, *words])


def _length(ticks: int) -> str:
    return "" if ticks == TICKS_PER_QUARTER else f":{Fraction(ticks, TICKS_PER_QUARTER)}"
