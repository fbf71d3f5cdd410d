"""Text such as ``F#m7/C#`` <-> `ChordName`: root, kind and bass, and the tones of each kind.

Kinds are called as MusicXML calls them. A name that is no chord, such as a remark above the music
or a rehearsal letter in words, is None and no error: files hold both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import NamedTuple

from mer.errors import InputError

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


class ChordKind(NamedTuple):
    """How a kind of chord is written, the usual way first, and its tones above the root."""

    suffixes: tuple[str, ...]
    tones: tuple[int, ...]


# The first four are those that melodies are harmonised with.
KINDS: MappingProxyType[str, ChordKind] = MappingProxyType(
    {
        "major": ChordKind(("", "maj", "M", "major"), (0, 4, 7)),
        "minor": ChordKind(("m", "min", "-", "mi", "minor"), (0, 3, 7)),
        "diminished": ChordKind(("dim", "o", "°"), (0, 3, 6)),
        "dominant": ChordKind(("7", "dom7"), (0, 4, 7, 10)),
        "major-seventh": ChordKind(("maj7", "M7", "ma7", "j7", "Δ", "Δ7"), (0, 4, 7, 11)),
        "minor-seventh": ChordKind(("m7", "min7", "-7", "mi7"), (0, 3, 7, 10)),
        "half-diminished": ChordKind(("m7b5", "ø", "ø7", "min7b5", "-7b5"), (0, 3, 6, 10)),
        "diminished-seventh": ChordKind(("dim7", "o7", "°7"), (0, 3, 6, 9)),
        "major-minor": ChordKind(("m(maj7)", "mM7", "mmaj7", "minmaj7"), (0, 3, 7, 11)),
        "suspended-fourth": ChordKind(("sus4", "sus"), (0, 5, 7)),
        "suspended-second": ChordKind(("sus2",), (0, 2, 7)),
        "dominant-suspended": ChordKind(("7sus4", "7sus"), (0, 5, 7, 10)),
        "augmented": ChordKind(("aug", "+"), (0, 4, 8)),
        "major-sixth": ChordKind(("6", "maj6"), (0, 4, 7, 9)),
        "minor-sixth": ChordKind(("m6", "min6"), (0, 3, 7, 9)),
        "dominant-ninth": ChordKind(("9",), (0, 4, 7, 10, 2)),
        "major-ninth": ChordKind(("maj9", "M9"), (0, 4, 7, 11, 2)),
        "minor-ninth": ChordKind(("m9", "min9"), (0, 3, 7, 10, 2)),
        "added-ninth": ChordKind(("add9",), (0, 4, 7, 2)),
        "power": ChordKind(("5",), (0, 7)),
    }
)
# What MusicXML has no name of its own for is written as the nearest kind, with its text.
_NEAREST = MappingProxyType(
    {"dominant-suspended": "suspended-fourth", "added-ninth": "major", "major-minor": "major-minor"}
)
_KIND_OF = {suffix: kind for kind, (suffixes, _) in KINDS.items() for suffix in suffixes}
_PATTERN = r"([A-G])([#♯b♭]?)([^/\s]{0,12}?)(?:/([A-G])([#♯b♭]?))?"
_ALTERATIONS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}


class ChordName(NamedTuple):
    """A chord as it is named: letter and alteration of its root, its kind, and those of its bass.

    `bass_letter` is empty where the bass is the root.

    Examples
    --------
    >>> chord = ChordName("B", -1, "minor-seventh", "D", -1)
    >>> chord.text, chord.root, chord.bass, chord.pitch_classes
    ('Bbm7/Db', 10, 1, (10, 1, 5, 8))
    """

    letter: str
    alter: int
    kind: str
    bass_letter: str = ""
    bass_alter: int = 0

    @property
    def root(self) -> int:
        """Pitch class of the root."""
        return (_STEPS[self.letter] + self.alter) % 12

    @property
    def bass(self) -> int:
        """Pitch class of the lowest note."""
        return (_STEPS[self.bass_letter] + self.bass_alter) % 12 if self.bass_letter else self.root

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        """The pitch class of each tone, from the root upwards; a strange bass is none of them."""
        return tuple((self.root + tone) % 12 for tone in KINDS[self.kind].tones)

    @property
    def suffix(self) -> str:
        """What stands after the root."""
        return KINDS[self.kind].suffixes[0]

    @property
    def text(self) -> str:
        """The chord as it stands above the music."""
        bass = f"/{self.bass_letter}{_sign(self.bass_alter)}" if self.bass_letter else ""
        return f"{self.letter}{_sign(self.alter)}{self.suffix}{bass}"


def _sign(alter: int) -> str:
    return "#" * alter if alter > 0 else "b" * -alter


def chord_name(text: str) -> ChordName | None:
    """Return the chord that a text names, or None if it names none.

    Examples
    --------
    >>> chord_name("F#m7/C#").text, chord_name("Asus").kind, chord_name("Fine")
    ('F#m7/C#', 'suspended-fourth', None)
    """
    found = re.fullmatch(_PATTERN, text.strip())
    if found is None:
        return None
    letter, sign, suffix, bass, bass_sign = found.groups()
    kind = _KIND_OF.get(suffix) or _KIND_OF.get(suffix.replace("(", "").replace(")", ""))
    if kind is None:
        return None
    name = ChordName(letter, _ALTERATIONS[sign], kind, bass or "", _ALTERATIONS[bass_sign or ""])
    return name._replace(bass_letter="", bass_alter=0) if bass and name.bass == name.root else name


def musicxml_kind(kind: str) -> str:
    """Return the name that MusicXML has for a kind, or for the nearest one."""
    return _NEAREST.get(kind, kind)


def chord_bars(text: str) -> tuple[tuple[ChordName, ...], ...]:
    """Return the chords of each bar of a progression: one a bar, or bars between strokes.

    Raises
    ------
    InputError
        If it is empty, or something in it is no chord.

    Examples
    --------
    >>> [[chord.text for chord in bar] for bar in chord_bars("Am F | C G7")]
    [['Am', 'F'], ['C', 'G7']]
    >>> [[chord.text for chord in bar] for bar in chord_bars("Am F C G")]
    [['Am'], ['F'], ['C'], ['G']]
    """
    strokes = [bar.split() for bar in text.replace(",", " ").strip().strip("|").split("|")]
    bars: Sequence[Sequence[str]] = strokes if len(strokes) > 1 else [[one] for one in strokes[0]]
    if not bars or not all(bars):
        raise InputError(
            f"no chords in {text[:40]!r}; write for example 'Am F C G' or 'Am F | C G7'"
        )
    found = []
    for bar in bars:
        names = [(one, chord_name(one)) for one in bar]
        bad = [one for one, name in names if name is None]
        if bad:
            raise InputError(
                f"{bad[0][:20]!r} is no chord; write for example 'Am F C G' or 'Am F | C G7'"
            )
        found.append(tuple(name for _, name in names if name is not None))
    return tuple(found)
