"""Melody + wish for chords -> `Arrangement`: chords, parts, and the files they are written to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from generate.harmony.accompaniment import AUTO, CHOICES, DRONE, NONE, accompany, fitting_pattern
from generate.harmony.chord_model import COUNTED_MODES, PARENTS, load_counts
from generate.harmony.chords import Chord
from generate.harmony.harmony import drone, harmonise
from mer.errors import InputError
from mer.io import save_sheet
from mer.io.sheet.sheet import FLUTE, NO_CREDITS, ChordSymbol, Credits, Part, Sheet
from mer.notes.melody import Melody

SOURCE = (
    "likeliest chords under the melody, by a hidden Markov model counted in {chorales} chorales "
    "({origin}; numbers only)"
)
MADE_SOURCE = (
    "; the chorales hold next to nothing in this mode, so its tables are those of {parent}, each "
    "chord moved to the step of the mode"
)
DRONE_SOURCE = "the tonic and its fifth, held; no chord is chosen"
_KINDS = MappingProxyType({"fifth": "power"})  # MusicXML's names, where they are not ours


@dataclass(frozen=True)
class Arrangement:
    """A melody and what accompanies it.

    Parameters
    ----------
    parts
        The melody, then the accompaniment; see `generate.harmony.accompaniment.accompany`.
    chords
        In order; () if there is no accompaniment.
    pattern
        One of `generate.harmony.accompaniment.CHOICES`, never ``"auto"``.
    """

    parts: tuple[Part, ...]
    chords: tuple[Chord, ...]
    pattern: str

    @property
    def melody(self) -> Melody:
        """The melody."""
        return self.parts[0].melody

    @property
    def source(self) -> str:
        """A sentence on where the chords come from, empty if there are none."""
        if not self.chords:
            return ""
        if self.pattern == DRONE:
            return DRONE_SOURCE
        header = load_counts()[1]
        mode = self.chords[0].key.mode
        text = SOURCE.format(chorales=header["chorales"], origin=header["source"])
        made = MADE_SOURCE.format(parent=PARENTS[mode])
        return text if mode in COUNTED_MODES else text + made


def check_pattern(pattern: str, *, name: str = "pattern") -> str:
    """Return the name of a pattern that the user asked for.

    Parameters
    ----------
    name
        What the user gave it as.

    Raises
    ------
    InputError
        If there is no such pattern.
    """
    if pattern not in CHOICES:
        raise InputError(f"{name} is {pattern!r}; choose one of {', '.join(CHOICES)}")
    return pattern


def arrange(melody: Melody, pattern: str = AUTO, *, program: int = FLUTE) -> Arrangement:
    """Return a melody with chords under it.

    Parameters
    ----------
    pattern
        One of `generate.harmony.accompaniment.CHOICES`; ``"auto"`` suits the metre and the
        instrument.
    program
        General MIDI instrument of the melody, 0 to 127.

    Raises
    ------
    InputError
        If the pattern is unknown, or there is no melody.

    Examples
    --------
    >>> tune = Melody(pitch=[72, 74, 71, 72], onset=[0, 480, 960, 1440],
    ...               duration=[480, 480, 480, 1440], meter=(3, 4))
    >>> arranged = arrange(tune)
    >>> arranged.pattern, [part.name for part in arranged.parts]
    ('waltz', ['Melody', 'Chords', 'Bass'])
    """
    check_pattern(pattern)
    if not isinstance(melody, Melody):
        hint = "; give its .melody" if hasattr(melody, "melody") else ""
        raise InputError(f"chords are put under a Melody, not {type(melody).__name__}{hint}")
    if pattern == AUTO:
        pattern = fitting_pattern(melody.meter, program=program)
    if pattern == NONE:
        return Arrangement((Part(melody=melody, name="Melody", program=program),), (), NONE)
    chords = drone(melody) if pattern == DRONE else harmonise(melody)
    lead = Part(melody=melody, name="Melody", program=program)
    return Arrangement((lead, *accompany(melody, chords, pattern)), chords, pattern)


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
    return Sheet(
        parts=arrangement.parts, symbols=symbols, credits=credits, tempo=tempo_bpm, repeats=True
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
        if number == 0 or chord.kind != chords[number - 1].kind
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
    letter, alter = chord.root_spelling
    kind = _KINDS.get(chord.quality, chord.quality)
    return ChordSymbol(chord.onset, letter, alter, kind, chord.suffix)


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
        }
        for chord in arrangement.chords
    ]
    return {
        "pattern": arrangement.pattern,
        "key": str(arrangement.chords[0].key),
        "source": arrangement.source,
        "parts": [
            {"name": part.name, "program": part.program, "notes": len(part.notes)}
            for part in arrangement.parts
        ],
        "chords": listed,
    }
