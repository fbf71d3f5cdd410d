"""What a search found, and why: corresponding notes, shared figures, contributions.

A `Match` says which phrase, how near it is and which notes correspond; its `Explanation` says why,
as text and as a picture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from mer.alignment.aspects import drawn, is_pitched, names_of, values_of
from mer.notes.melody import Melody, Phrase
from mer.notes.names import augmentation_words, interval_name, pitch_name, transposition_words
from mer.notes.viewpoints import UNDEFINED
from mer.search.figures import SharedFigure, shared_figures

Pairs = tuple[tuple[int, int], ...]


_SHOWN_FIGURES = 3  # of each view, in the text
_CELL = 6
_ONLY = "."  # no note stands here
_CUT = "…"
_MOST_OUTSIDE = 6


class Match(NamedTuple):
    """A phrase found by a search, and why.

    Parameters
    ----------
    phrase
        The phrase and where it stands.
    similarity
        0 (nothing in common) to 1 (the same up to transposition and tempo).
    transposition
        Semitones to add to the query to bring it to the phrase.
    pairs
        Corresponding notes: (query note, phrase note), both counted from 0.
    contributions
        What each part adds to the similarity; the values sum to it exactly.
    number
        Number of the phrase in the index, from 0.
    query
        What was searched for.
    aspect
        The only aspect that was compared (a name in `mer.alignment.aspects.ASPECTS`), "" for all.
    augmentation
        How many times as long the query's notes have to be to match the phrase: 2.0 for crotchets
        where the query has quavers, .5 for the reverse. What is found so counts three tenths less.
    """

    phrase: Phrase
    similarity: float
    transposition: int
    pairs: Pairs
    contributions: dict[str, float]
    number: int
    query: Melody
    aspect: str = ""
    augmentation: float = 1.0

    def _repr_svg_(self) -> str:
        """Return the picture that a notebook shows: that of the explanation."""
        return self.explain().svg()

    def explain(self) -> Explanation:
        """Return why the phrase matched: note by note, as shared figures, as text and picture."""
        return Explanation(self)


class AlignedNotes(NamedTuple):
    """A note of the query and the note of the phrase that corresponds to it.

    Parameters
    ----------
    query_note, phrase_note
        Which notes, counted from 0.
    query_name, phrase_name
        Their names as written; the query's before it is transposed.
    difference
        Semitones from the transposed query note up to the phrase note: 0 where they are the same.
        Where pitch does not count, the difference of the steps to the two notes.
    """

    query_note: int
    phrase_note: int
    query_name: str
    phrase_name: str
    difference: int


class Explanation:
    """Why a phrase matched a query.

    Parameters
    ----------
    match
        What is explained.

    Examples
    --------
    >>> beat = {"onset": [0, 480, 960, 1440], "duration": [480] * 4}
    >>> motif = Melody(pitch=[60, 62, 64, 60], **beat)
    >>> found = Phrase(Melody(pitch=[67, 69, 71, 69], **beat), "t1", "A Tune", "mine", 2, 4, 8)
    >>> pairs = ((0, 0), (1, 1), (2, 2), (3, 3))
    >>> why = Match(found, 0.75, 7, pairs, {"aligned": 0.5, "interval": 0.25}, 0, motif).explain()
    >>> [notes.difference for notes in why.pairs]
    [0, 0, 0, 2]
    >>> print(why.text())
    A Tune · mine · phrase 2 · similarity 0.750
    The phrase lies 7 semitones higher (a fifth). 3 of 4 notes of the motif are the same, 1 changed.
      motif    C4    D4    E4    C4
      moved    G4    A4    B4    G4
      phrase   G4    A4    B4    (A4)
    In common:
      motif notes 1-3 = phrase notes 1-3: up a whole tone, up a whole tone, in the same rhythm
    The similarity adds up from:
      aligned    0.500
      interval   0.250
    """

    def __init__(self, match: Match) -> None:
        self.match = match

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the text, as it is."""
        from mer.notes.drawing import escape

        return f"<pre>{escape(self.text())}</pre>"

    @property
    def query(self) -> Melody:
        """What was searched for."""
        return self.match.query

    @property
    def phrase(self) -> Phrase:
        """What was found."""
        return self.match.phrase

    @property
    def transposition(self) -> int:
        """Semitones to add to the query to bring it to the phrase."""
        return self.match.transposition

    @property
    def contributions(self) -> dict[str, float]:
        """What each view or alignment adds to the similarity; the values sum to it exactly."""
        return dict(self.match.contributions)

    @cached_property
    def pairs(self) -> tuple[AlignedNotes, ...]:
        """The corresponding notes, in order."""
        aspect = self.match.aspect
        mine, theirs = (values_of(one, aspect) for one in (self.query, self.phrase.melody))
        shift = self.transposition if is_pitched(aspect) else 0

        def difference(a: int, b: int) -> int:
            known = UNDEFINED not in (mine[a], theirs[b])
            return int(theirs[b] - mine[a]) - shift if known else 0

        return tuple(
            AlignedNotes(
                query_note=a,
                phrase_note=b,
                query_name=self._names[0][a],
                phrase_name=self._names[1][b],
                difference=difference(a, b),
            )
            for a, b in self.match.pairs
        )

    @cached_property
    def _names(self) -> tuple[list[str], list[str]]:
        both = (self.query, self.phrase.melody)
        mine, theirs = (names_of(melody, self.match.aspect) for melody in both)
        return mine, theirs

    @cached_property
    def shared(self) -> tuple[SharedFigure, ...]:
        """The n-grams, joined into runs, and the skip-grams that query and phrase both have."""
        return shared_figures(
            self.query, self.phrase.melody, self.match.pairs, aspect=self.match.aspect
        )

    def text(self, *, width: int = 100) -> str:
        """Return the explanation in words, both melodies aligned note under note.

        Names in brackets are notes that correspond but differ; a dot stands where one of the two
        has no note. Lines of notes are broken at `width` characters.
        """
        lines = [self._heading(), self._summary(), *self._note_lines(width)]
        figures = list(self._told_figures())
        if figures:
            lines += ["In common:", *(f"  {figure}" for figure in figures)]
        lines.append("The similarity adds up from:")
        longest = max(map(len, self.contributions), default=0)
        lines += [f"  {name:<{longest}}   {part:.3f}" for name, part in self.contributions.items()]
        return "\n".join(lines)

    def svg(self) -> str:
        """Return an SVG picture: both melodies as piano rolls, with corresponding notes joined.

        The picture holds its own colours for light and dark pages, and loads no other file.
        """
        from mer.notes.drawing import captioned_alignment  # only those who ask pay for it

        aspect = self.match.aspect
        return captioned_alignment(
            drawn(self.query, aspect),
            drawn(self.phrase.melody, aspect),
            self.match.pairs,
            transposition=self.transposition if is_pitched(aspect) else 0,
            captions=(self._heading(), self._summary()),
        )

    def _heading(self) -> str:
        phrase = self.phrase
        name = phrase.title or phrase.tune_id
        place = f"{name} · {phrase.collection} · phrase {phrase.number}"
        return f"{place} · similarity {self.match.similarity:.3f}"

    def _summary(self) -> str:
        aspect = self.match.aspect
        where = f"Only {aspect} is compared" if aspect else ""
        if is_pitched(aspect):
            where += ". " if aspect else ""
            where += f"The phrase lies {transposition_words(self.transposition)}"
            if self.transposition % 12:
                where += f" ({interval_name(self.transposition)})"
        where += augmentation_words(self.match.augmentation)
        same = sum(not notes.difference for notes in self.pairs)
        changed = len(self.pairs) - same
        return (
            f"{where}. {same} of {len(self.query)} notes of the motif are the same, "
            f"{changed} changed."
        )

    def _told_figures(self) -> Iterator[SharedFigure]:
        """Yield the longest figures that the alignment agrees with and no longer one contains."""
        aligned, told = set(self.match.pairs), set[tuple[int, int]]()
        shown: Counter[str] = Counter()
        for figure in self.shared:
            notes = set(zip(figure.query_notes, figure.phrase_notes, strict=True))
            agrees = 2 * len(notes & aligned) >= len(notes)
            if agrees and not notes <= told and shown[figure.view] < _SHOWN_FIGURES:
                told |= notes
                shown[figure.view] += 1
                yield figure

    def _note_lines(self, width: int) -> Iterator[str]:
        columns = list(self._columns())
        per_line = max(1, (width - 11) // _CELL)
        blocks = range(0, len(columns), per_line)
        for start in blocks:
            if start:
                yield ""
            rows = zip(*columns[start : start + per_line], strict=True)
            for name, row in zip(("motif", "moved", "phrase"), rows, strict=True):
                if name == "moved" and not is_pitched(self.match.aspect):
                    continue
                cells = "".join(f"{cell:<{_CELL}}" for cell in row)
                yield f"  {name:<9}{cells}".rstrip()

    def _columns(self) -> Iterator[tuple[str, str, str]]:
        """Yield the three names that stand under each other, from end to end.

        Before the first pair and after the last, no more than a few are shown.
        """
        ends = (len(self.query), len(self.phrase.melody))
        places = [(-1, -1), *self.match.pairs, ends]
        for place, (before, after) in enumerate(pairwise(places)):
            columns = [(*self._mine(note), _ONLY) for note in range(before[0] + 1, after[0])]
            columns += [
                (_ONLY, _ONLY, self._names[1][note]) for note in range(before[1] + 1, after[1])
            ]
            inner = before[0] >= 0 and after != ends
            if not inner and len(columns) > _MOST_OUTSIDE:
                columns = [(_CUT, _CUT, _CUT)]
            yield from columns
            if place < len(self.pairs):
                yield self._column(self.pairs[place])

    def _column(self, notes: AlignedNotes) -> tuple[str, str, str]:
        theirs = notes.phrase_name if not notes.difference else f"({notes.phrase_name})"
        return (*self._mine(notes.query_note), theirs)

    def _mine(self, note: int) -> tuple[str, str]:
        moved = pitch_name(int(self.query.pitch[note]) + self.transposition)
        return self._names[0][note], moved
