"""Notes + where each came from -> `Fragment` and `Composition`.

Every note that is generated cites one note of the motif, of the motif that a morph leads to, or of
a corpus tune. The citation is numeric, so it can be replayed: cited pitch + transposition =
written pitch, always, whatever operators lie between the two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from generate.piece.places import Place
from generate.piece.planned import Plan
from generate.piece.self_similarity import Recurrence
from mer.errors import InputError
from mer.notes.arrays import Ints
from mer.notes.melody import Melody
from mer.notes.names import letter_name

MOTIF = "motif"
TARGET = "target"
CORPUS = "corpus"
# The operator of a note whose duration no note lends: in even beats, or in a rhythm that is given.
OWN_RHYTHM = "own rhythm"
# Operators that a statement of the motif may carry and still be the user's own music.
_STATEMENT_OPERATORS = frozenset({"mode change", "hold"})


@dataclass(frozen=True)
class Source:
    """Where one note comes from.

    Parameters
    ----------
    kind
        ``"motif"``, ``"target"`` (the motif that a morph leads to) or ``"corpus"``.
    note
        Note index, from 0, in the tune or in the seed or target.
    transposition
        Semitones from the cited note to the written one.
    tune_id, phrase
        The tune and the phrase in it (from 1); the empty string and 0 for the motif.
    operators
        Names of the operators that made the note from the cited one, first to last.
    rhythm
        The note that the duration was taken from, where it is not the cited one.
    context
        Number of notes before the cited one that agree too (how far the model looked back).
    """

    kind: str
    note: int
    transposition: int
    tune_id: str = ""
    phrase: int = 0
    operators: tuple[str, ...] = ()
    rhythm: Place | None = None
    context: int = 0

    def __post_init__(self) -> None:
        if self.kind not in (MOTIF, TARGET, CORPUS):
            raise InputError(f"source kind is {self.kind!r}; motif, target or corpus is needed")

    @property
    def is_statement(self) -> bool:
        """Whether the note belongs to a motif as the user gave it, rhythm included."""
        given = self.kind != CORPUS and self.rhythm is None
        return given and _STATEMENT_OPERATORS.issuperset(self.operators)

    @property
    def has_own_rhythm(self) -> bool:
        """Whether the duration is taken from no note."""
        return OWN_RHYTHM in self.operators

    def then(self, operator: str, semitones: int = 0) -> Source:
        """Return the source after one more operator that moves the pitch by `semitones`."""
        return replace(
            self,
            transposition=self.transposition + semitones,
            operators=(*self.operators, operator),
        )


@dataclass(frozen=True)
class Fragment:
    """A melody with one source per note.

    Raises
    ------
    InputError
        If notes and sources differ in number.
    """

    melody: Melody
    sources: tuple[Source, ...]

    def __post_init__(self) -> None:
        if len(self.melody) != len(self.sources):
            raise InputError(f"{len(self.melody)} notes have {len(self.sources)} sources")

    def __len__(self) -> int:
        return len(self.sources)

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the notes, coloured by what they cite, and the tunes."""
        # Only those who look pay for it.
        from mer.notes.drawing import ACCENT, FADED, SOURCE_COLOURS, escape, piano_roll

        names = [source.tune_id or source.kind for source in self.sources]
        ranked = Counter(names).most_common()
        cited = [name for name, _ in ranked if name != MOTIF]
        colours = {MOTIF: ACCENT} | dict(zip(cited, SOURCE_COLOURS, strict=False))
        hints = [
            f"{letter_name(pitch)}: {name}, note {source.note + 1}"
            for pitch, name, source in zip(
                self.melody.pitch.tolist(), names, self.sources, strict=True
            )
        ]
        picture = piano_roll(
            self.melody,
            label=f"{self.melody.title or 'a piece'}, {len(self)} notes by what they cite",
            colours=[colours.get(name, FADED) for name in names],
            hints=hints,
        )
        rows = "".join(
            f'<tr><td><span style="color:{colours.get(name, FADED)}">&#9632;</span> '
            f"{escape(name)}</td><td>{count}</td></tr>"
            for name, count in ranked
        )
        return (
            f"{picture}<table><thead><tr><th>cites</th><th>notes</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )

    def cut(self, start: int, stop: int) -> Fragment:
        """Return notes `start` to `stop` (not included), beginning at tick 0."""
        return Fragment(self.melody.cut(start, stop), self.sources[start:stop])

    def head(self, notes: int) -> Fragment:
        """Return the first notes, where they are: a rest before them stays."""
        lead, cut = int(self.melody.onset[0]), self.cut(0, notes)
        if not lead:
            return cut
        melody = replace(cut.melody, onset=cut.melody.onset + lead, downbeat=self.melody.downbeat)
        return replace(cut, melody=melody)

    def transpose(self, semitones: int) -> Fragment:
        """Return the fragment `semitones` higher; the citations stay true."""
        if not semitones:
            return self
        sources = tuple(
            replace(source, transposition=source.transposition + semitones)
            for source in self.sources
        )
        return Fragment(self.melody.transpose(semitones), sources)

    def with_pitch(self, pitch: Ints, operator: str) -> Fragment:
        """Return the fragment with other pitches; the notes that changed cite `operator`."""
        moves = (np.asarray(pitch) - self.melody.pitch).tolist()
        if not any(moves):
            return self
        sources = tuple(
            source.then(operator, move) if move else source
            for source, move in zip(self.sources, moves, strict=True)
        )
        return Fragment(replace(self.melody, pitch=np.asarray(pitch)), sources)

    def with_last(self, ticks: int) -> Fragment:
        """Return the fragment with a last note of `ticks` ticks, which cites a hold or a cut."""
        duration = np.array(self.melody.duration)
        if ticks == duration[-1]:
            return self
        last = self.sources[-1].then("hold" if ticks > duration[-1] else "cut")
        duration[-1] = ticks
        return Fragment(replace(self.melody, duration=duration), (*self.sources[:-1], last))


class Return(NamedTuple):
    """A planned place of the motif.

    Parameters
    ----------
    section
        The section of the form that it opens, such as ``"A'"``.
    bar
        The bar that it begins in or leads to, from 1.
    note, notes
        Its first note in the piece, from 0, and how many they are.
    stated
        How many notes of the motif it states: the first ones.
    transposition
        Semitones from the motif as given to its first note.
    variation
        What was done to it; ``"exact"`` for nothing.
    distance
        From the motif, 0 to 1 (see `generate.markov.statements.distance`).
    """

    section: str
    bar: int
    note: int
    notes: int
    stated: int
    transposition: int
    variation: str
    distance: float


@dataclass(frozen=True)
class Composition(Fragment):
    """A finished piece.

    Parameters
    ----------
    verb, remarks
        What was made of the motif (``"infill"`` where bars were kept), and sentences for the user.
    returns
        The planned places of the motif.
    target_bits
        The mean information content that its new notes were drawn for; None for no target.
    plan
        What each bar takes from an earlier one, where that was planned. The last bar closes anew,
        and a pick-up may take the place of the last notes before what it leads to.
    lender
        The tune that the plan was borrowed from; the empty string for none.
    planned
        The whole plan as it was carried out, the motif's bars before an answer included; None
        where there is none.
    """

    verb: str = ""
    remarks: tuple[str, ...] = ()
    returns: tuple[Return, ...] = ()
    target_bits: float | None = None
    plan: tuple[Recurrence, ...] = ()
    lender: str = ""
    planned: Plan | None = None


def statement_runs(sources: Sequence[Source]) -> Ints:
    """Return, for each note, which statement of the motif it belongs to, or -1, shape (notes,).

    A statement is a run of consecutive motif notes in their own order. Only runs inside one
    statement are the user's own; a run across the join of two is new.

    Examples
    --------
    >>> motif = [Source("motif", note, 0) for note in (0, 1, 2, 0, 1)]
    >>> statement_runs([*motif, Source("corpus", 7, 2, "a1", 1)]).tolist()
    [0, 0, 0, 1, 1, -1]
    """
    runs, number = [], -1
    previous: Source | None = None
    for source in sources:
        if source.is_statement:
            continues = (
                previous is not None
                and previous.is_statement
                and (source.kind, source.note) == (previous.kind, previous.note + 1)
            )
            number += 0 if continues else 1
        runs.append(number if source.is_statement else -1)
        previous = source
    return np.array(runs, dtype=np.int64)
