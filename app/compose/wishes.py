"""The settings of the page as a musician sees them -> settings for the generator, and back as text.

The tables say what is offered. Every name stands in the address of a result, so that names once
published should stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from app.visitor.motifs import LONGEST_PROGRESSION
from app.visitor.notation import USUAL_TEMPO
from generate.harmony.texture.styles import CHOICES
from generate.markov.surprise import LEVELS
from generate.piece.given_chords import NO_CHORDS
from generate.plan.settings import USUAL_COPY_BOUND, Settings
from generate.plan.verbs import TAKEN_BY
from generate.sound.instruments import INSTRUMENTS
from mer.errors import InputError
from mer.notes.key import Key

MOST_TAKES = 5
LARGEST_TAKE = 999_999
LONGEST_BARS = 64
KEY_OF_MOTIF = METER_OF_MOTIF = "as the motif"
USUAL_FORM = "usual for the length"
ANY_SURPRISE = "as it comes"
NEIGHBOURS_RHYTHM = "from the neighbours"
MOTIFS_RHYTHM = "of the motif"
RHYTHMS = (NEIGHBOURS_RHYTHM, MOTIFS_RHYTHM)
BARS_OF_MOTIF, BARS_SHOWN = 0, "as the motif asks"
NO_BOUND, NO_BOUND_SHOWN = 0, "no bound"
_WHOLE = {
    "bars": "bars",
    "max_copy": "notes in a row",
    "max_copy_pitch": "pitches in a row",
    "takes": "takes",
    "take": "take",
}

VERB_NAMES: MappingProxyType[str, str] = MappingProxyType(
    {
        "Continue": "continue",
        "Answer": "answer",
        "B part": "b-part",
        "Vary": "vary",
        "Morph into a neighbour": "morph",
        "Stitch phrases": "stitch",
    }
)
# What addresses once called them, as `method`.
OLD_NAMES: MappingProxyType[str, str] = MappingProxyType(
    {"Grow from neighbours": "Continue", "Vary the motif": "Vary"}
)
FORMS = (USUAL_FORM, "A A' B A''", "A A' A A''", "A B A'", "A B A' B'", "A A' B B'", "A B C A'")
SURPRISES = (ANY_SURPRISE, *LEVELS)
CHORDS = CHOICES
# What addresses once called them.
OLD_CHORDS: MappingProxyType[str, str] = MappingProxyType({"block": "hymn", "arpeggio": "ballad"})
_MODES_OFFERED = ("major", "minor", "dorian", "mixolydian")
_Entry = TypeVar("_Entry")


class Closeness(NamedTuple):
    """How near the motif the music stays: neighbours asked, form if none is, whether it opens."""

    neighbours: int
    form: str | None
    opens: bool


CLOSENESS: MappingProxyType[str, Closeness] = MappingProxyType(
    {
        "very close": Closeness(4, "A A' A A''", True),
        "close": Closeness(8, None, True),
        "balanced": Closeness(12, None, True),
        "free": Closeness(24, "A B C A''", True),
        "only its neighbours": Closeness(24, None, False),
    }
)


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """The settings of the page.

    Parameters
    ----------
    verb
        A key of `VERB_NAMES`. Not every verb takes bars, surprise, form and rhythm: where it does
        not (`generate.plan.verbs.TAKEN_BY`), what they stand at does not count.
    bars
        Length of the new music in bars; 0 follows the motif.
    closeness
        A key of `CLOSENESS`.
    surprise
        One of `SURPRISES`.
    form
        One of `FORMS` or another plan.
    key
        A key such as "D dorian", or "as the motif".
    tempo_bpm
        Quarter notes a minute. The page and its links show beats.
    instrument
        A key of `generate.sound.instruments.INSTRUMENTS`.
    chords
        One of `CHORDS`.
    progression
        The chords that the music goes over, such as "Am F C G"; empty: those that suit the melody.
    rhythm
        One of `RHYTHMS`.
    max_copy
        Longest run of notes that may be shared with one tune.
    max_copy_pitch
        The same whatever the rhythm; 0 for no bound.
    takes, take
        How many takes, and the number of the first: the same number gives the same music again.
    """

    verb: str = "Continue"
    bars: int = BARS_OF_MOTIF
    closeness: str = "balanced"
    surprise: str = ANY_SURPRISE
    form: str = USUAL_FORM
    key: str = KEY_OF_MOTIF
    tempo_bpm: float = USUAL_TEMPO
    instrument: str = "flute"
    chords: str = "auto"
    progression: str = ""
    rhythm: str = NEIGHBOURS_RHYTHM
    max_copy: int = USUAL_COPY_BOUND
    max_copy_pitch: int = NO_BOUND
    takes: int = 3
    take: int = 1

    def settings(self) -> Settings:
        """Return the settings for the generator.

        Raises
        ------
        InputError
            If a wish is unknown or out of range.
        """
        verb = _chosen("verb", self.verb, VERB_NAMES)
        near = _chosen("closeness", self.closeness, CLOSENESS)
        for name, value, known in (
            ("surprise", self.surprise, SURPRISES),
            ("rhythm", self.rhythm, RHYTHMS),
            ("chords", self.chords, CHORDS),
        ):
            _chosen(name, value, dict.fromkeys(known))
        if self.bars != BARS_OF_MOTIF:
            _within("bars", self.bars, 1, LONGEST_BARS)
        _within("letters of the chords", len(self.progression), 0, LONGEST_PROGRESSION)
        _within("takes", self.takes, 1, MOST_TAKES)
        _within("take", self.take, 0, LARGEST_TAKE)
        takes = {option for option, verbs in TAKEN_BY.items() if verb in verbs}
        return Settings(
            verb=verb,
            bars=self.bars or None if "bars" in takes else None,
            k=near.neighbours,
            key=None if self.key == KEY_OF_MOTIF else Key.parse(self.key),
            max_copy=self.max_copy,
            max_copy_pitch=self.max_copy_pitch or None,
            tempo_bpm=self.tempo_bpm,
            form=self._form(near) if "form" in takes else None,
            open_with_motif=None if near.opens else False,
            surprise=self.surprise if "surprise" in takes and self.surprise in LEVELS else None,
            chords=self.progression.strip() or NO_CHORDS,
            keep_rhythm="keep-rhythm" in takes and self.rhythm == MOTIFS_RHYTHM,
        )

    def _form(self, near: Closeness) -> str | None:
        if self.form != USUAL_FORM:
            return self.form
        # A plan of four sections needs as many bars, and room for the motif in each.
        return near.form if self.bars == BARS_OF_MOTIF or self.bars >= 8 else None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Wishes:
        """Return the wishes that the controls stand at: name of the wish -> value.

        Examples
        --------
        >>> Wishes.of({"bars": 16.0}).bars
        16
        """
        numbers = {name: whole(words, told[name]) for name, words in _WHOLE.items() if name in told}
        return cls(**{**told, **numbers})

    @property
    def later(self) -> Wishes:
        """The wishes for the takes after those that are asked for.

        Examples
        --------
        >>> Wishes(take=1, takes=3).later.take
        4
        """
        return replace(self, take=min(self.take + self.takes, LARGEST_TAKE))

    @property
    def program(self) -> int:
        """The General MIDI program of the instrument."""
        return _chosen("instrument", self.instrument, INSTRUMENTS)


def _chosen(what: str, name: str, table: Mapping[str, _Entry]) -> _Entry:
    if name not in table:
        raise InputError(f"unknown {what} {str(name)[:40]!r}; choose one of {', '.join(table)}")
    return table[name]


def bars_offered() -> list[tuple[str, int]]:
    """Return the lengths that the page offers, as they are shown and as they are counted.

    Examples
    --------
    >>> bars_offered()[:3]
    [('as the motif asks', 0), ('1', 1), ('2', 2)]
    """
    return [(BARS_SHOWN, BARS_OF_MOTIF), *((str(n), n) for n in range(1, LONGEST_BARS + 1))]


def pitch_bounds_offered() -> list[tuple[str, int]]:
    """Return the bounds on pitches in a row that the page offers, as they are shown and counted.

    Examples
    --------
    >>> pitch_bounds_offered()[:3]
    [('no bound', 0), ('6', 6), ('7', 7)]
    """
    return [(NO_BOUND_SHOWN, NO_BOUND), *((str(n), n) for n in range(6, 17))]


def _within(name: str, value: float, low: int, high: int) -> None:
    if not low <= value <= high:
        raise InputError(f"{name} is {value}; {low} to {high} is supported")


def whole(name: str, value: object) -> int:
    """Return a whole number that came from a slider or a program.

    Raises
    ------
    InputError
        If it is none.
    """
    if not isinstance(value, int | float) or not (isinstance(value, int) or value.is_integer()):
        raise InputError(f"{name} is {value}; a whole number is needed")
    return int(value)


def keys_offered() -> list[str]:
    """Return the keys that the page offers.

    Examples
    --------
    >>> keys_offered()[:3]
    ['as the motif', 'C major', 'C minor']
    """
    keys = [str(Key(tonic, mode)) for tonic in range(12) for mode in _MODES_OFFERED]
    return [KEY_OF_MOTIF, *keys]
