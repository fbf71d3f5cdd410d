"""The name of a cadence -> the degrees that a melody ends on, and the chords under them.

The dominant has its major third in every mode: a minor one hardly leads to the tonic. Tonic and
subdominant are those of the mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import NamedTuple

from generate.piece.given_chords import GivenChord
from mer.errors import InputError
from mer.notes.chord_names import KINDS
from mer.notes.key import MODE_SCALES, Key

# Semitones from the tonic to the root of a chord, and its quality (`mer.notes.chord_names.KINDS`).
RootAndQuality = tuple[int, str]
TONIC, SUBDOMINANT, DOMINANT, DOMINANT_TRIAD = "tonic", "subdominant", "dominant", "dominant triad"
ANOTHER = "another"  # any chord on another root than the last one's
_DOMINANTS = (DOMINANT, DOMINANT_TRIAD)
_ROOTS = MappingProxyType({TONIC: 0, SUBDOMINANT: 5, DOMINANT: 7, DOMINANT_TRIAD: 7})


class Cadence(NamedTuple):
    """How a piece ends.

    Parameters
    ----------
    approach, last
        Degrees, in semitones above the tonic, of the last note but one and of the last.
    before, final
        What the last chord but one is to the tonic, and the last.
    """

    approach: tuple[int, ...]
    last: tuple[int, ...]
    before: str
    final: str


CADENCES: MappingProxyType[str, Cadence] = MappingProxyType(
    {
        "authentic": Cadence((2, 7, 11), (0,), DOMINANT, TONIC),
        "plagal": Cadence((5, 8, 9), (0,), SUBDOMINANT, TONIC),
        "half": Cadence((0, 3, 4, 5, 8, 9), (2, 7, 11), ANOTHER, DOMINANT_TRIAD),
    }
)


def cadence_named(name: str) -> Cadence:
    """Return a cadence.

    Raises
    ------
    InputError
        If there is none of this name.
    """
    if name not in CADENCES:
        raise InputError(f"unknown cadence {name!r}; choose one of {', '.join(CADENCES)}")
    return CADENCES[name]


def chords_of(function: str, mode: str) -> tuple[RootAndQuality, ...]:
    """Return the chords that have a function in a mode; () for any on another root.

    Examples
    --------
    >>> chords_of("subdominant", "minor"), chords_of("dominant", "minor")
    (((5, 'minor'),), ((7, 'major'), (7, 'dominant')))
    """
    if function == ANOTHER:
        return ()
    scale = MODE_SCALES[mode]
    qualities = {
        TONIC: ("major" if 4 in scale else "minor",),
        SUBDOMINANT: ("minor" if 8 in scale else "major",),
        DOMINANT: ("major", "dominant"),
        DOMINANT_TRIAD: ("major",),
    }
    return tuple((_ROOTS[function], quality) for quality in qualities[function])


def said_of_cadence(
    given: Sequence[GivenChord], name: str | None, key: Key, stop: int
) -> tuple[str, ...]:
    """Return a remark where chords that are given end otherwise than the cadence that is asked for.

    Parameters
    ----------
    given
        The user's chords or the song's, in order.
    name
        The cadence; None if none is asked for.
    stop
        Tick at which the piece ends: chords that stop before it say nothing of its end.

    Examples
    --------
    >>> from generate.piece.given_chords import repeated_progression
    >>> song = repeated_progression("C G", 0, 1920, 2)
    >>> said_of_cadence(song, "plagal", Key(0), 3840)
    ('the chords that are given stay: they end C G, which is no plagal cadence',)
    >>> said_of_cadence(song, "half", Key(0), 3840)
    ()
    """
    if name is None or not given or given[-1].end < stop:
        return ()
    cadence, last = cadence_named(name), given[-1].name
    before = next((one.name for one in given[::-1] if one.name.root != last.root), None)
    parts = [(before, cadence.before), (last, cadence.final)]
    if all(one is not None and _serves(one.root, one.kind, part, key) for one, part in parts):
        return ()
    ends = last.text if before is None else f"{before.text} {last.text}"
    article = "all are" if before is None else "they end"
    return (f"the chords that are given stay: {article} {ends}, which is no {name} cadence",)


def _serves(root: int, kind: str, function: str, key: Key) -> bool:
    """Return whether a chord may stand for a function; a third is asked of the dominant only."""
    if function == ANOTHER:
        return True
    minor = 3 in KINDS[kind].tones
    return (root - key.tonic) % 12 == _ROOTS[function] and not (minor and function in _DOMINANTS)
