"""A visitor's motif, two measures and the sliders -> the comparison, and the ranks that move.

Plain functions that know nothing of gradio; `app.compare.page` wires them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.compare.changes import Change
from app.compare.comparison import Side, comparison, side
from app.compare.overall import Agreement, agreement, told
from app.compare.ranking import MOST_NOTES, Field, field_of, rank_of
from app.explore.atlas import Atlases
from app.explore.measures import DESCRIPTIONS, MEASURES, deaf_to, name_of
from app.pictures.cards import player, stage
from app.pictures.dumbbells import LETTERS, Moved, dumbbells
from app.sound.sounds import Sounds, alone
from app.visitor.library import Library, Shelf
from app.visitor.motifs import HEARD_NAME, TYPED_NAME, Motif
from mer.errors import InputError
from mer.notes.columns import Columns
from mer.notes.drawing import escape, piano_roll
from mer.notes.melody import Melody

FOLLOWED = 6
_FEWEST = 30  # phrases, below which there is little to say about all of them
_NO_PLACES = (
    '<p class="empty">How far two measures agree over the whole corpus is told of those that place '
    "every phrase: all but the search and alignment alone.</p>"
)
_NO_MOTIF = "choose a motif on the first page, or take a phrase of the map as one"


@dataclass(frozen=True)
class Trials:
    """The actions of the comparison page, bound to what all visitors share."""

    library: Library
    atlases: Atlases
    sounds: Sounds

    def compare(self, motif: Motif | None, left: str, right: str, shelf: Shelf | None) -> str:
        """Return what two measures find for the motif, side by side, as HTML.

        Raises
        ------
        InputError
            If there is no motif, or a measure is unknown.
        """
        melody, measures, field = self._field(motif, left, right, shelf)
        sides = (side(field, measures[0], melody), side(field, measures[1], melody))
        assert motif is not None
        cut = f", the first of its {len(motif.melody)}" * (len(melody) < len(motif.melody))
        own = motif.name if motif.name in (TYPED_NAME, HEARD_NAME) else f"Your motif, {motif.name}"
        return comparison(field, melody, sides, self._heard, name=own + cut)

    def overall(self, left: str, right: str, shelf: Shelf | None) -> str:
        """Return how far two measures agree over the phrases of the map, as HTML.

        Raises
        ------
        InputError
            If a measure is unknown.
        """
        measures = (_measure(left), _measure(right))
        if not DESCRIPTIONS.keys() >= {*measures}:
            return _NO_PLACES
        index = self.library.index_of(shelf)
        atlas = self.atlases.of(index)
        if len(atlas.sample) < _FEWEST:
            return ""
        found: Agreement = atlas.kept(
            "agreement",
            " ".join(measures),
            lambda: agreement(atlas.rows(measures[0]), atlas.rows(measures[1])),
        )
        return told(found, measures, index, atlas.sample.tolist(), self._heard)

    def follow(
        self, motif: Motif | None, measures: tuple[str, str], change: Change, shelf: Shelf | None
    ) -> tuple[str, str]:
        """Return the changed motif as a picture, and the ranks of what it was near to, as HTML.

        Raises
        ------
        InputError
            If there is no motif, a measure is unknown, or the change cannot be made.
        """
        melody, names, field = self._field(motif, *measures, shelf)
        assert motif is not None
        changed = change.of(melody)
        drawn = piano_roll(changed, label=f"The motif, {change.words}; {len(changed)} notes")
        card = (
            f'<article class="card"><h3>{escape(motif.name)}</h3>'
            f'<p class="line">{escape(change.words)} · {len(changed)} notes</p>'
            f"{stage(drawn, changed, motif.tempo_bpm)}"
            f"{player(self._heard(changed, motif.tempo_bpm), 'Play the changed motif')}</article>"
        )
        sides = [self._followed(field, name, melody, changed) for name in names]
        return card, f'<div class="sides">{"".join(sides)}</div>'

    def _heard(self, melody: Melody, tempo_bpm: float | None = None) -> str:
        """Return the address of the sound of a melody."""
        return self.sounds.offer(alone(melody, tempo_bpm))

    def _field(
        self, motif: Motif | None, left: str, right: str, shelf: Shelf | None
    ) -> tuple[Melody, tuple[str, str], Field]:
        if motif is None:
            raise InputError(_NO_MOTIF)
        measures = (_measure(left), _measure(right))
        index = self.library.index_of(shelf)
        melody = motif.melody
        if len(melody) > MOST_NOTES:
            melody = melody.cut(0, MOST_NOTES)
        return melody, measures, field_of(index, self.atlases.of(index), measures, melody)

    def _followed(self, field: Field, measure: str, motif: Melody, changed: Melody) -> str:
        before = side(field, measure, motif)
        after = field.similarity(measure, changed)
        source = _source(field, motif)
        places = [*source, *(place for place in before.top if place not in source)][:FOLLOWED]
        moves = [
            Moved(_title(field, place, place in source), before.rank(place), rank_of(after, place))
            for place in places
        ]
        kept = sum(move.after is not None and move.after <= 10 for move in moves)
        words = f"{kept} of {len(moves)} are still among the first ten by {before.label}."
        return (
            f'<article class="card"><h3>{escape(before.label)}</h3>'
            f'<p class="line">{escape(words)} {escape(_limits(measure))}</p>'
            f"{dumbbells(moves, len(field), label=_told(before, moves))}</article>"
        )


def _measure(label: str) -> str:
    try:
        return name_of(label, MEASURES)
    except KeyError:
        raise InputError(f"unknown measure {label!r}; known: {', '.join(MEASURES)}") from None


def _source(field: Field, motif: Melody) -> list[int]:
    """Return the place of the phrase that the motif is, note for note, if it is one."""
    columns = field.index.columns
    same = np.flatnonzero(columns.lengths == len(motif))
    if field.numbers is not None:
        same = np.intersect1d(same, field.numbers)
    steps = np.diff(motif.pitch)
    own = Columns.from_melodies([motif])
    for number in same.tolist():
        notes = slice(int(columns.bounds[number]), int(columns.bounds[number + 1]))
        if (np.diff(columns.pitch[notes].astype(np.int64)) == steps).all() and (
            np.diff(columns.onset[notes]) == np.diff(own.onset)
        ).all():
            place = number if field.numbers is None else int(np.searchsorted(field.numbers, number))
            return [place]
    return []


def _title(field: Field, place: int, is_source: bool) -> str:
    phrase = field.index.phrase(field.number(place))
    where = "the motif: " if is_source else ""
    title, number = phrase.title or "Untitled", f", phrase {phrase.number}"
    room = LETTERS - len(where) - len(number)
    return where + (title if len(title) <= room else f"{title[: room - 1]}…") + number


def _limits(measure: str) -> str:
    if measure not in DESCRIPTIONS:
        return MEASURES[measure].misses
    deaf = deaf_to(measure)
    told = " or ".join([", ".join(deaf[:-1]), deaf[-1]] if len(deaf) > 1 else deaf)
    heard = f"It does not hear {told}." if deaf else "It hears every change."
    return f"{heard} {MEASURES[measure].misses}"


def _told(before: Side, moves: Sequence[Moved]) -> str:
    rows = "; ".join(
        f"{move.title}: {move.before or 'not found'} to {move.after or 'not found'}"
        for move in moves
    )
    return f"Ranks by {before.label}, before and after the change. {rows}"
