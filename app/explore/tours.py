"""A visitor's click on the map -> what is shown: the drawing, a phrase, what sets a group apart.

Plain functions that know nothing of gradio; `app.explore.page` wires them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from app.explore import map as maps
from app.explore.atlas import Atlases
from app.explore.layouts import LAYOUTS
from app.explore.map import NamedMelody
from app.explore.measures import DESCRIPTIONS, WithLabel, name_of
from app.explore.moves import moves
from app.pictures import cards
from app.sound.sounds import Sounds, alone
from app.visitor.library import Library, Shelf
from app.visitor.motifs import Motif
from mer.errors import InputError
from mer.maps.contrast import Contrast, differences
from mer.notes.arrays import Ints
from mer.notes.drawing import escape, piano_roll
from mer.notes.melody import Phrase

NEIGHBOURS = 10
MOST_TAKES = 8
_MOST_NUMBERS = 20_000


@dataclass(frozen=True)
class Tours:
    """The actions of the map page, bound to what all visitors share."""

    library: Library
    atlases: Atlases
    sounds: Sounds

    def drawing(
        self,
        way: tuple[str, str],
        motif: Motif | None,
        takes: Sequence[NamedMelody],
        shelf: Shelf | None,
        *,
        before: tuple[str, str] | None = None,
    ) -> str:
        """Return the map of a representation, the motif and all that belongs to it marked.

        Parameters
        ----------
        way
            The representation and the layout, by their names or labels.
        before
            Those of the map of the same phrases that was shown before: then it is told which
            phrases moved most, and why.

        Raises
        ------
        InputError
            If there is no such representation or layout.
        """
        name, layout = _way(way)
        index = self.library.index_of(shelf)
        atlas = self.atlases.of(index)
        found = [] if motif is None else index.search(motif.melody, NEIGHBOURS, distinct=True)
        drawn = maps.drawing(
            atlas,
            name,
            layout,
            motif=None if motif is None else (motif.name, motif.melody),
            neighbours=found,
            takes=tuple(takes or ())[:MOST_TAKES],
        )
        moved = [] if before is None else moves(atlas, _way(before), (name, layout))
        # What a point sounds like is asked for by its number among the shipped phrases.
        return maps.as_text(
            {**drawn, "moved": [maps.moved(one) for one in moved], "heard": shelf is None}
        )

    def phrase(self, number: float | None, shelf: Shelf | None) -> Phrase:
        """Return a phrase by its number.

        Raises
        ------
        InputError
            If there is no phrase of that number.
        """
        index = self.library.index_of(shelf)
        if number is None or number != int(number) or not 0 <= number < len(index):
            raise InputError(
                f"there is no phrase {number}; they are numbered 0 to {len(index) - 1}"
            )
        return index.phrase(int(number))

    def card(self, phrase: Phrase) -> str:
        """Return a phrase as HTML: what it is, its notes drawn, and a player."""
        melody = phrase.melody
        title = phrase.title or "Untitled"
        name = f"{title}, phrase {phrase.number}"
        sound = self.sounds.offer(alone(melody))
        facts = [phrase.collection, f"phrase {phrase.number}", f"{len(melody)} notes"]
        if melody.meter is not None:
            facts.append(str(melody.meter))
        if melody.key is not None:
            facts.append(str(melody.key))
        picture = piano_roll(melody, label=f"Piano roll of {name}, {len(melody)} notes")
        return (
            f'<article class="card"><h3>{escape(title)}</h3>'
            f'<p class="line">{escape(" · ".join(facts))}</p>{picture}'
            f"{cards.player(sound, f'Play {name}')}</article>"
        )

    def reasons(self, numbers: str, shelf: Shelf | None) -> str:
        """Return what sets a group of phrases apart from the others on the map, as HTML.

        Parameters
        ----------
        numbers
            Numbers of the phrases, with commas between them.

        Raises
        ------
        InputError
            If that is no list of phrases, or they are too few.
        """
        index = self.library.index_of(shelf)
        atlas = self.atlases.of(index)
        group = _numbers(numbers, len(index))
        pool = np.union1d(atlas.sample, group)
        collections = [index.corpus.collection(tune) for tune in atlas.tune_of[pool].tolist()]
        found = differences(
            atlas.columns.take(pool), np.isin(pool, group), kinds={"collection": collections}
        )
        return _told(found, len(group), len(pool) - len(group))


def _way(told: tuple[str, str]) -> tuple[str, str]:
    return _known("representation", told[0], DESCRIPTIONS), _known("layout", told[1], LAYOUTS)


def _known(what: str, name: str, table: Mapping[str, WithLabel]) -> str:
    try:
        return name_of(name, table)
    except KeyError:
        raise InputError(f"unknown {what} {name!r}; known: {', '.join(table)}") from None


def _numbers(text: str, phrases: int) -> Ints:
    words = [word for word in (text or "").replace(" ", "").split(",") if word]
    if len(words) > _MOST_NUMBERS:
        raise InputError(
            f"{len(words):,} phrases are named; at most {_MOST_NUMBERS:,} are compared"
        )
    found = np.zeros(0, dtype=np.int64)
    with suppress(ValueError, OverflowError):
        found = np.unique(np.array([int(word) for word in words], dtype=np.int64))
        if len(found) and found[0] >= 0 and found[-1] < phrases:
            return found
    if not words:
        raise InputError("no phrase is chosen; draw a line around some points")
    raise InputError(f"not all of these are numbers of phrases, 0 to {phrases - 1}: {text[:40]!r}")


def _told(found: Sequence[Contrast], inside: int, outside: int) -> str:
    head = (
        f'<section class="results" role="status"><h2>What these {inside:,} have in common</h2>'
        f'<p class="lead">Compared with the other {outside:,} phrases on the map, most telling '
        "first.</p>"
    )
    if not found:
        return (
            f'{head}<p class="empty">Nothing that can be named: they are a mixed lot.</p></section>'
        )
    rows = "".join(
        f'<li><span class="why">{escape(item.words)}</span>'
        f'<span class="size {item.strength}">{item.strength}</span>'
        f'<span class="line">{escape(item.group)} here, {escape(item.others)} elsewhere</span></li>'
        for item in found
    )
    return f'{head}<ul class="card reasons">{rows}</ul></section>'
