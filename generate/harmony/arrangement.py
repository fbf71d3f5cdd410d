"""Melody + wishes for its accompaniment -> `Arrangement`: chords, parts, and files of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from generate.harmony.chord_model import COUNTED_MODES, PARENTS, load_counts
from generate.harmony.chords import MODEL, PLAN, PROGRESSION, USER, Chord
from generate.harmony.colour import coloured
from generate.harmony.harmony import drone, harmonise, sounding_key
from generate.harmony.outline import NO_OUTLINE, Outline, returns_in
from generate.harmony.texture.accompaniment import accompany
from generate.harmony.texture.styles import (
    AUTO,
    CHOICES,
    DRONE,
    NONE,
    STYLES,
    Style,
    fitting_style,
)
from generate.sound.expression import expressed, phrasing_of, strengths
from generate.sound.ornaments import Ornament, ornamented, written_ornaments
from mer.errors import InputError
from mer.io import save_sheet
from mer.io.sheet.sheet import FLUTE, NO_CREDITS, ChordSymbol, Credits, Part, Sheet
from mer.notes.melody import Melody
from mer.notes.names import counted

SOURCE = (
    "likeliest chords under the melody, by a hidden Markov model counted in {chorales} chorales "
    "({origin}; numbers only)"
)
MADE_SOURCE = (
    "; the chorales hold next to nothing in this mode, so its tables are those of {parent}, each "
    "chord moved to the step of the mode"
)
DRONE_SOURCE = "the tonic and its fifth, held; no chord is chosen"
_PLAIN = Style(first="block", second="block")
_ORIGINS = MappingProxyType(
    {
        USER: "given by the user",
        PLAN: "brought back by the plan",
        PROGRESSION: "of a stock progression",
        MODEL: "chosen by the model",
    }
)


class Extras(NamedTuple):
    """What an arrangement has beside melody, chords and bass.

    Parameters
    ----------
    second_voice
        Whether a second voice goes with the melody in thirds and sixths.
    ornaments
        Whether the melody is played with cuts and rolls.
    canon
        Whether a voice follows the melody in canon (`generate.harmony.texture.canon`).
    """

    second_voice: bool = False
    ornaments: bool = False
    canon: bool = False


NO_EXTRAS = Extras()


class Arrangement(NamedTuple):
    """A melody and what accompanies it.

    Parameters
    ----------
    parts
        The melody, then a second voice if there is one, then the accompaniment; all with their
        notes as they are played (`generate.sound.expression`).
    chords
        In order; () if there is no accompaniment.
    style
        One of `generate.harmony.texture.styles.CHOICES`, never ``"auto"``.
    ornaments
        Those that the melody is played with; its notes as written have none.
    lender
        The tune that lent the plan by which chords come back; the empty string for none.
    """

    parts: tuple[Part, ...]
    chords: tuple[Chord, ...]
    style: str
    ornaments: tuple[Ornament, ...] = ()
    lender: str = ""

    @property
    def melody(self) -> Melody:
        """The melody."""
        return self.parts[0].melody

    @property
    def source(self) -> str:
        """A sentence on where the chords come from, empty if there are none."""
        if not self.chords:
            return ""
        if self.style == DRONE:
            return DRONE_SOURCE
        counts = Counter(chord.origin for chord in self.chords)
        said = [f"{counts[origin]} {words}" for origin, words in _ORIGINS.items() if counts[origin]]
        text = f"{counted(len(self.chords), 'chord')}: {', '.join(said)}"
        if counts[PLAN] and self.lender:
            text += f"; the plan is lent by {self.lender}"
        if not counts[MODEL] + counts[PLAN]:
            return text
        header = load_counts()[1]
        mode = self.chords[0].key.mode
        text += "; " + SOURCE.format(chorales=header["chorales"], origin=header["source"])
        made = MADE_SOURCE.format(parent=PARENTS[mode])
        return text if mode in COUNTED_MODES else text + made


def check_style(style: str, *, name: str = "style") -> str:
    """Return the name of a style that the user asked for.

    Parameters
    ----------
    name
        What the user gave it as.

    Raises
    ------
    InputError
        If there is no such style.
    """
    if style not in CHOICES:
        raise InputError(f"{name} is {style!r}; choose one of {', '.join(CHOICES)}")
    return style


def arrange(
    melody: Melody,
    style: str = AUTO,
    *,
    program: int = FLUTE,
    outline: Outline = NO_OUTLINE,
    extras: Extras = NO_EXTRAS,
) -> Arrangement:
    """Return a melody with chords under it, as it is played.

    Parameters
    ----------
    style
        One of `generate.harmony.texture.styles.CHOICES`; ``"auto"`` suits metre, pace and dance,
        and, unless chords are given, the instrument. A drone has no chords but its own.
    program
        General MIDI instrument of the melody, 0 to 127.
    outline
        What is known of the piece: its plan, the chords that are given, its dance.
    extras
        A second voice, a canon, ornaments.

    Raises
    ------
    InputError
        If there is no such style, or no melody, or one that is too short for a canon.

    Examples
    --------
    >>> tune = Melody(pitch=[72, 74, 71, 72], onset=[0, 480, 960, 1440],
    ...               duration=[480, 480, 480, 1440], meter=(3, 4))
    >>> arranged = arrange(tune)
    >>> arranged.style, [part.name for part in arranged.parts]
    ('waltz', ['Melody', 'Chords', 'Bass'])
    """
    check_style(style)
    if not isinstance(melody, Melody):
        hint = "; give its .melody" if hasattr(melody, "melody") else ""
        raise InputError(f"chords are put under a Melody, not {type(melody).__name__}{hint}")
    if style == AUTO:
        # A drone has no chords; where some are given, they are wanted.
        instrument = FLUTE if outline.given else program
        style = fitting_style(melody, program=instrument, dance=outline.dance)
    own = STYLES.get(style, _PLAIN)
    outline = outline._replace(plan=returns_in(outline.plan, melody, sounding_key(melody)))
    chords = _chords(melody, style, outline)
    parts = [Part(melody=melody, name="Melody", program=program)]
    if extras.second_voice:
        from generate.harmony.texture.second_voice import second_voice

        parts.append(second_voice(melody, chords, sounding_key(melody), program=program))
    if extras.canon:
        from generate.harmony.texture.canon import canon_under

        following = canon_under(melody, sounding_key(melody), program=program)
        if following is None:
            raise InputError(f"the melody has {counted(melody.bars, 'bar')}: too short for a canon")
        parts.append(following.part)
    singing = len(parts)
    parts += accompany(melody, chords, style, outline=outline)
    played = expressed(parts, singing=singing, swing=own.swing, short=own.short)
    ornaments: tuple[Ornament, ...] = ()
    if extras.ornaments:
        lead, ornaments = ornamented(played[0])
        played = (lead, *played[1:])
    return Arrangement(played, chords, style, ornaments, outline.lender)


def _chords(melody: Melody, style: str, outline: Outline) -> tuple[Chord, ...]:
    if style == NONE:
        return ()
    if style == DRONE:
        return drone(melody)
    own = STYLES.get(style, _PLAIN)
    chords = harmonise(melody, calm=own.calm, outline=outline, in_loops=own.loops)
    return coloured(chords, melody, sevenths=own.sevenths, suspensions=own.suspensions)


def sheet_of(
    arrangement: Arrangement, *, credits: Credits = NO_CREDITS, tempo_bpm: float | None = None
) -> Sheet:
    """Return an arrangement as it is to be written: repeats may be written as repeats.

    Parameters
    ----------
    credits
        Who and what it is owed to (see `generate.report.credits.credits_of`).
    tempo_bpm
        Quarter notes a minute, instead of the melody's own tempo.

    Raises
    ------
    InputError
        If the tempo is out of range.
    """
    symbols = tuple(symbol_of(chord) for chord in changes(arrangement.chords))
    graces, turns = written_ornaments(arrangement.melody, arrangement.ornaments)
    return Sheet(
        parts=arrangement.parts,
        symbols=symbols,
        credits=credits,
        tempo=tempo_bpm,
        repeats=True,
        phrasing=phrasing_of(arrangement.melody)._replace(graces=graces, turns=turns),
    )


def save_arrangement(
    arrangement: Arrangement,
    path: str | Path,
    *,
    credits: Credits = NO_CREDITS,
    tempo_bpm: float | None = None,
) -> None:
    """Write an arrangement with its chord symbols: all parts, but in ABC the melody alone.

    Parameters
    ----------
    path
        Ends in one of `mer.io.SAVERS`.
    credits, tempo_bpm
        See `sheet_of`.

    Raises
    ------
    InputError
        If the ending is unknown, an option is out of range or the file cannot be written.
    """
    save_sheet(sheet_of(arrangement, credits=credits, tempo_bpm=tempo_bpm), path)


def changes(chords: Sequence[Chord]) -> list[Chord]:
    """Return the chords that differ from the one before, as a lead sheet shows them."""
    return [
        chord
        for number, chord in enumerate(chords)
        if number == 0 or chord.name != chords[number - 1].name
    ]


def chord_line(chords: Sequence[Chord]) -> str:
    """Return the symbols of chords on one line, a bar between two strokes.

    Examples
    --------
    >>> from mer.notes.key import Key
    >>> half = [Chord(key=Key(0), degree=d, quality="major", onset=0, duration=960, bar=b)
    ...         for d, b in ((0, 1), (5, 2), (7, 2), (0, 3))]
    >>> chord_line(half)
    'C | F G | C'
    """
    bars: dict[int, list[str]] = {}
    for chord in chords:
        bars.setdefault(chord.bar, []).append(chord.symbol)
    return " | ".join(" ".join(symbols) for symbols in bars.values())


def symbol_of(chord: Chord) -> ChordSymbol:
    """Return a chord as it stands above the music."""
    return ChordSymbol.of(chord.onset, chord.name)


def fit_of(melody: Melody, chords: Sequence[Chord]) -> float:
    """Return the share of notes beginning on a beat's first strength that belong to their chord.

    Counted are notes that begin on a barline, or on the middle of a bar of two or four beats.

    Examples
    --------
    >>> tune = Melody(pitch=[72, 71, 73], onset=[0, 960, 1920], duration=[960] * 3, meter=(4, 4))
    >>> round(fit_of(tune, harmonise(tune)), 2)
    0.67
    """
    strong = strengths(melody.onset, melody) >= 0.5
    marks = []
    for pitch, onset in zip(melody.pitch[strong], melody.onset[strong], strict=True):
        under = [chord for chord in chords if chord.onset <= onset < chord.end]
        marks += [int(pitch) % 12 in chord.pitch_classes for chord in under]
    return sum(marks) / len(marks) if marks else 1.0


def describe_chords(arrangement: Arrangement) -> dict[str, Any]:
    """Return the chords as plain values for the report; empty if there are none.

    Examples
    --------
    >>> from mer.notes.key import Key
    >>> tune = Melody(pitch=[72, 71, 72], onset=[0, 480, 960], duration=[480] * 3, key=Key(0))
    >>> [chord["symbol"] for chord in describe_chords(arrange(tune))["chords"]]
    ['G', 'C']
    """
    if not arrangement.chords:
        return {}
    listed = [
        {
            "bar": chord.bar,
            "onset_quarter": chord.onset_quarter,
            "duration_quarter": chord.duration_quarter,
            "symbol": chord.symbol,
            "roman": chord.roman,
            "probability": chord.probability,
            "origin": chord.origin,
        }
        | ({"of_bar": chord.of_bar} if chord.of_bar else {})
        for chord in arrangement.chords
    ]
    return {
        "style": arrangement.style,
        "key": str(arrangement.chords[0].key),
        "source": arrangement.source,
        "chord_tones_on_strong_beats": round(fit_of(arrangement.melody, arrangement.chords), 4),
        "parts": [
            {"name": part.name, "program": part.program, "notes": len(part.notes)}
            for part in arrangement.parts
        ],
        "ornaments": [one._asdict() for one in arrangement.ornaments],
        "chords": listed,
    }
