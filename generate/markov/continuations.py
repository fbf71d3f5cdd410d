"""A brief -> the continuations that its chain adds up, each a note that may be cited.

What `generate.plan.habits.build_chain` smooths into tables is taken apart again. A table of order n
adds up the places at which the last n notes stand, each tune with its weight; beside them, by the
prior, the table of the order below; at the bottom what the corpus does on the same degree of the
scale, and chance.

References
----------
Lindvall, T. (1992). Lectures on the Coupling Method.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from generate.piece.composition import CORPUS, Source
from generate.plan.brief import Brief
from generate.plan.habits import (
    CHANCE,
    LARGEST_LEAP,
    LOWER_SHARE,
    MOTIF_WEIGHT,
    ONE_STEP,
    PRIOR,
    longest_order,
)
from mer.notes.arrays import Floats, Ints

_SEPARATOR = -1000
# Continuations that are no place in the material: what the corpus does after two notes, after one,
# and chance.
_TWO, _ONE, _ANY = -1, -2, -3


class Drawn(NamedTuple):
    """The place that was drawn for a note, and what all places had: their numbers and shares."""

    place: int
    places: Ints
    share: Floats


class Continuations:
    """All material in the key of the piece, tunes set apart by a separator.

    Parameters
    ----------
    brief
        Whose chain it is.
    symbols
        Shape (pitches,): the alphabet of the chain, rising.
    pitch, owner, note, weight
        Shape (notes of all tunes,): -1 owns the notes of the motif, other numbers are neighbours.
    """

    def __init__(
        self, brief: Brief, symbols: Ints, pitch: Ints, owner: Ints, note: Ints, weight: Floats
    ) -> None:
        self.brief, self.symbols = brief, symbols
        self.pitch, self.owner = pitch, owner
        self.note, self.weight = note, weight

    @classmethod
    def of(cls, brief: Brief, symbols: Ints) -> Continuations:
        """Return those of the chain of a brief over some pitches."""
        gap = np.array([_SEPARATOR])
        tunes = [brief.theme.melody.pitch, *(one.pitch for one in brief.neighbours)]
        weights = [MOTIF_WEIGHT, *(one.weight for one in brief.neighbours)]
        lengths = [len(tune) + 1 for tune in tunes]
        return cls(
            brief,
            symbols,
            pitch=np.concatenate([part for tune in tunes for part in (tune, gap)]),
            owner=np.repeat(np.arange(-1, len(tunes) - 1), lengths),
            note=np.concatenate([np.arange(length) for length in lengths]),
            weight=np.repeat(np.array(weights, dtype=np.float64), lengths),
        )

    def drawn(
        self, pitch: Ints, rng: np.random.Generator, before: Drawn | None = None
    ) -> tuple[Source, Drawn]:
        """Return the source of the last of some notes, drawn from its posterior.

        Parameters
        ----------
        pitch
            Shape (notes,): the piece up to that note.
        before
            What was drawn for the note before. Where that note's tune goes on as the piece does, it
            is followed as often as both posteriors allow (maximal coupling, Lindvall 1992): each
            note alone has its exact posterior, and most neighbouring notes come from one tune.
        """
        place, context, mass = self.masses(pitch)
        places, first = np.unique(place, return_index=True)
        share = np.add.reduceat(mass, first) if len(mass) else mass
        if not len(mass) or share.sum() <= 0.0:
            return self._anything(int(pitch[-1]), rng), Drawn(_ANY, places, share)
        share = share / share.sum()
        at = _followed(places, share, before, rng)
        own = place == at
        looked = int(context[own][picked(mass[own], rng)])
        if at >= 0:
            source: Source | None = self._source(at, int(pitch[-1]), looked)
        else:
            source = None if at == _ANY else self._in_corpus(pitch[-looked - 1 :], rng)
        if source is None:
            source = self._anything(int(pitch[-1]), rng)
        return source, Drawn(at, places, share)

    def masses(self, pitch: Ints) -> tuple[Ints, Ints, Floats]:
        """Return all continuations of some notes that lead to the last of them.

        Returns
        -------
        places, contexts, masses
            Shape (continuations,): where each stands in the material, in order, or a negative
            number for the corpus and chance; how many notes it looks back; its part of the
            probability of the last note under the chain, before ease of singing.
        """
        looked = min(len(pitch) - 1, longest_order(self.symbols))
        found: list[tuple[Ints, int, Floats]] = []
        left = 1.0
        for order in range(looked, -1, -1):
            if order == 0 and looked > 0:
                break
            context = pitch[len(pitch) - 1 - order : -1]
            places = self._after(context)
            total = float(self.weight[places].sum()) + PRIOR[order]
            own = places[self.pitch[places] == pitch[-1]]
            found.append((own, order, left * self.weight[own] / total))
            left *= PRIOR[order] / total
            if order == 2:
                two, one, any_ = self._usual(pitch[-3:])
                beside = left * (1.0 - LOWER_SHARE)
                found += [_single(_TWO, 2, beside * two), _single(_ONE, 1, beside * one)]
                found.append(_single(_ANY, 0, beside * any_))
                left *= LOWER_SHARE
            elif order == 1:
                _, one, any_ = self._usual(pitch[-2:])
                found += [_single(_ONE, 1, left * one), _single(_ANY, 0, left * any_)]
            elif order == 0:
                found.append(_single(_ANY, 0, np.array(left / len(self.symbols))))
        place = np.concatenate([places for places, _, _ in found])
        context = np.repeat([order for _, order, _ in found], [len(one) for one, _, _ in found])
        mass = np.concatenate([masses for _, _, masses in found])
        rank = np.lexsort((context, place))
        return place[rank], context[rank], mass[rank]

    def _after(self, context: Ints) -> Ints:
        """Return the places of the notes that follow some notes, all in the alphabet."""
        fits = np.isin(self.pitch, self.symbols)
        fits[: len(context)] = False
        for back, pitch in enumerate(context[::-1].tolist(), start=1):
            fits[back:] &= self.pitch[:-back] == pitch
        return np.flatnonzero(fits)

    def _usual(self, pitch: Ints) -> tuple[Floats, Floats, Floats]:
        """Return what two steps, one step and chance add to the last of two notes, or three.

        Of two notes, two steps add nothing.
        """
        known, tonic = self.brief.habits, self.brief.frame.key.tonic
        before, last = int(pitch[-2]), int(pitch[-1])
        near = np.abs(self.symbols - before) <= LARGEST_LEAP
        code = np.clip(self.symbols - before, -LARGEST_LEAP, LARGEST_LEAP) + LARGEST_LEAP
        at = self.symbols == last
        row = known.step[(before - tonic) % 12, code] * near
        chance = CHANCE * near / len(self.symbols)
        total = float((row + chance).sum()) or 1.0
        one, any_ = float(row[at].sum()) / total, float(chance[at].sum()) / total
        if len(pitch) < 3:
            return np.array(0.0), np.array(one), np.array(any_)
        step, first = before - int(pitch[-3]), (int(pitch[-3]) - tonic) % 12
        row = np.zeros(len(self.symbols))
        if abs(step) <= LARGEST_LEAP:
            row = known.two_steps[first, step + LARGEST_LEAP, code] * near
        total = float(row.sum()) + ONE_STEP
        below = ONE_STEP / total
        return np.array(float(row[at].sum()) / total), np.array(one * below), np.array(any_ * below)

    def _source(self, place: int, pitch: int, context: int) -> Source:
        owner, note = int(self.owner[place]), int(self.note[place])
        if owner < 0:
            seed = self.brief.theme.sources[note]
            extra = pitch - int(self.brief.theme.melody.pitch[note])
            return replace(seed, transposition=seed.transposition + extra, context=context)
        neighbour = self.brief.neighbours[owner]
        return neighbour.source(note, pitch - int(neighbour.tune.melody.pitch[note]), context)

    def _anything(self, pitch: int, rng: np.random.Generator) -> Source:
        """Return a note of this name, or any note: chance looks at nothing."""
        places = np.flatnonzero((self.pitch != _SEPARATOR) & ((self.pitch - pitch) % 12 == 0))
        if not len(places):
            places = np.flatnonzero(self.pitch != _SEPARATOR)
        found = picked(self.weight[places] + 1e-9, rng)
        return self._source(int(places[found]), pitch, 0)

    def _in_corpus(self, pitch: Ints, rng: np.random.Generator) -> Source | None:
        """Return a note of the sampled corpus reached by the same steps on the same degrees."""
        columns, known = self.brief.habits.notes, self.brief.habits
        places = self._steps(int(pitch[-2]), int(pitch[-1]))
        if len(pitch) > 2:
            places = places[places > 1]
            step = self._corpus_pitch[places - 1] - self._corpus_pitch[places - 2]
            same = known.owner[places] == known.owner[places - 2]
            places = places[(step == pitch[-2] - pitch[-3]) & same]
        if not len(places):
            return None
        found = int(places[int(rng.integers(len(places)))])
        row = int(known.owner[found])
        corpus, tune = self.brief.corpus, int(known.tunes[row])
        note = found - int(columns.bounds[row])
        first = int(np.searchsorted(corpus.phrase_bounds, corpus.tunes.bounds[tune]))
        there = int(corpus.tunes.bounds[tune]) + note
        phrase = int(np.searchsorted(corpus.phrase_bounds, there, side="right")) - first
        return Source(
            CORPUS,
            note,
            int(pitch[-1]) - int(columns.pitch[found]),
            corpus.tune_id(tune),
            phrase,
            context=len(pitch) - 1,
        )

    def _steps(self, before: int, pitch: int) -> Ints:
        """Return the notes of the sampled corpus that are reached by a step on a degree."""
        place = (before - self.brief.frame.key.tonic) % 12, pitch - before
        if place not in self._known_steps:
            known, own = self.brief.habits, self._corpus_pitch
            same = np.flatnonzero((own - known.tonic) % 12 == sum(place) % 12)
            same = same[same > 0]
            same = same[own[same] - own[same - 1] == place[1]]
            self._known_steps[place] = same[known.owner[same] == known.owner[same - 1]]
        return self._known_steps[place]

    @cached_property
    def _corpus_pitch(self) -> Ints:
        return self.brief.habits.notes.pitch.astype(np.int64)

    @cached_property
    def _known_steps(self) -> dict[tuple[int, int], Ints]:
        return {}


def _followed(places: Ints, share: Floats, before: Drawn | None, rng: np.random.Generator) -> int:
    """Return one of the places, drawn by its share, the one after the last where that can be."""
    if before is None:
        return int(places[picked(share, rng)])
    # What each place has in common with the one before it in its tune.
    there = np.minimum(np.searchsorted(before.places, places - 1), len(before.places) - 1)
    known = (places > 0) & (before.places[there] == places - 1)
    common = np.where(known, np.minimum(share, before.share[there]), 0.0)
    on = np.flatnonzero(known & (places - 1 == before.place))
    if len(on) and rng.random() * before.share[there[on[0]]] < common[on[0]]:
        return int(places[on[0]])
    rest = share - common
    return int(places[picked(rest if rest.sum() > 0.0 else share, rng)])


def picked(weights: Floats, rng: np.random.Generator) -> int:
    """Return a number, drawn in proportion to its weight."""
    reached = np.cumsum(weights)
    return min(int(np.searchsorted(reached, rng.random() * reached[-1], "right")), len(reached) - 1)


def _single(place: int, context: int, mass: Floats) -> tuple[Ints, int, Floats]:
    return np.array([place]), context, np.atleast_1d(mass)
