"""Motif + index + settings -> `Brief`: everything a method needs, worked out once for all takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from generate.originality.bound import CopyBound
from generate.originality.originality import Originality
from generate.piece.composition import Composition, Fragment
from generate.plan.expectation import expectation_of
from generate.plan.frame import Frame, plan_frame, usable_motif
from generate.plan.habits import Habits, build_chain, habits
from generate.plan.layout import renewed
from generate.plan.material import Neighbour, gather, other_tunes
from generate.plan.plan import Plan, draw_plan, own_plan, plans_of
from generate.plan.rhythm import Stock, bar_stock
from generate.plan.settings import Settings
from generate.prediction import MelodyModel
from generate.sampling.chain import Chain
from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.notes.arrays import Ints
from mer.notes.melody import Melody
from mer.notes.meter import Meter
from mer.search.index import PhraseIndex
from mer.search.match import Match

# With fewer plans from the neighbours, further tunes are asked.
_FEWEST_PLANS = 3
# Writes one piece. A method makes it from a brief, and it holds what all pieces share.
Writer = Callable[[np.random.Generator], Composition]


@dataclass(frozen=True, eq=False)
class Brief:
    """What is known before composing begins.

    Parameters
    ----------
    settings
        What was asked for.
    motif
        The motif as it was given.
    frame
        What every method keeps to.
    theme
        The whole motif in the key of the piece.
    matches
        The retrieved phrases, nearest first.
    neighbours
        Their tunes, in the key of the piece.
    index
        What was searched; its corpus holds all that may be cited and must not be copied.
    remarks
        Sentences for the user.
    target
        The motif that a morph leads to, as it was given.
    destination
        The same in the key, metre and range of the piece; None for other methods.
    """

    settings: Settings
    motif: Melody
    frame: Frame
    theme: Fragment
    matches: tuple[Match, ...]
    neighbours: tuple[Neighbour, ...]
    index: PhraseIndex
    remarks: tuple[str, ...]
    target: Melody | None = None
    destination: Fragment | None = None

    @property
    def corpus(self) -> Corpus:
        """The tunes of the index."""
        return self.index.corpus

    @property
    def tempo_bpm(self) -> float | None:
        """Quarter notes a minute: as asked, or as in the motif."""
        return self.settings.tempo_bpm or self.theme.melody.tempo_bpm

    @cached_property
    def habits(self) -> Habits:
        """What the corpus does in keys of this kind."""
        return habits(self.corpus.columns("melody"), self.frame.key.mode)

    @cached_property
    def originality(self) -> Originality:
        """The corpus, ready to be searched for copies; all briefs share it."""
        attached = self.corpus.attached
        known = attached.get("originality")
        if not isinstance(known, Originality):
            known = attached["originality"] = Originality(self.corpus.columns("melody"))
        return known

    @cached_property
    def copy_bound(self) -> CopyBound:
        """The runs of the corpus that are one note longer than may be copied."""
        notes = self.settings.copy_bound + 1
        # The one that was used last is shared: a visitor seldom changes the bound.
        bound = self.corpus.attached.get("copy bound")
        if not isinstance(bound, CopyBound) or bound.notes != notes:
            bound = self.corpus.attached["copy bound"] = CopyBound(self.originality, notes)
        return bound

    @cached_property
    def bars(self) -> Stock:
        """The bars of the neighbours, from which the rhythm is taken."""
        return bar_stock(self.frame, self.theme.melody, self.neighbours)

    @property
    def is_planned(self) -> bool:
        """Whether a piece has a plan; else a form or a rhythm is asked for."""
        free = self.settings.form is None and not self.settings.keep_rhythm
        return free or self.frame.counterpart

    @cached_property
    def plans(self) -> tuple[list[Plan], list[float]]:
        """The plans that are lent, and their weights: by the neighbours, or else by other tunes."""
        frame, theme = self.frame, self.theme.melody
        if frame.counterpart and self.settings.keep_rhythm:
            return [own_plan(frame, theme)], [1.0]
        plans, weights = plans_of(frame, theme, self.neighbours)
        if len(plans) < _FEWEST_PLANS:
            others, far = plans_of(frame, theme, other_tunes(self.index, frame, self.neighbours))
            plans, weights = [*plans, *others], [*weights, *far]
        return (plans, weights) if plans else ([own_plan(frame, theme)], [1.0])

    def plan_drawn(self, rng: np.random.Generator) -> Plan:
        """Return one of the plans, drawn by their weights, in which enough is new."""
        return renewed(draw_plan(*self.plans, rng), self.frame)

    @property
    def left_out(self) -> int:
        """How many notes are composed to and left out: the motif's, where it is only answered.

        A counterpart is written beside the motif, whether or not that stands in front in the end.
        """
        opening = self.frame.opening
        return 0 if opening is None or self.settings.opens else len(opening)

    @property
    def bars_written(self) -> int:
        """How many bars a piece has in the end."""
        return self.frame.bars // 2 if self.left_out else self.frame.bars

    def chain(self, symbols: Ints) -> Chain:
        """Return how the pitches `symbols` follow each other in the neighbours and the corpus."""
        place = tuple(symbols.tolist())
        if place not in self._chains:
            theme = self.theme.melody
            self._chains[place] = build_chain(
                symbols, self.frame, theme, self.neighbours, self.habits
            )
        return self._chains[place]

    @property
    def model(self) -> MelodyModel | None:
        """The predictive model that chooses, its tonic C; None where the chain alone does."""
        if self.settings.model != "mixture" or self.settings.surprise is not None:
            return None
        return expectation_of(self.corpus, self.habits)

    @cached_property
    def _chains(self) -> dict[tuple[int, ...], Chain]:
        return {}


def at_tempo(brief: Brief, beats: float | None) -> Brief:
    """Return the brief at a tempo as people write it: in beats a minute of its metre.

    Parameters
    ----------
    beats
        Dotted quarters a minute in 6/8, quarters in 4/4; None keeps the brief as it is.
    """
    if beats is None:
        return brief
    tempo = Meter(*brief.frame.meter).quarters_a_minute(beats)
    return replace(brief, settings=replace(brief.settings, tempo_bpm=tempo))


def brief_of(
    motif: Melody, index: PhraseIndex, settings: Settings, *, target: Melody | None = None
) -> Brief:
    """Return the brief: neighbours retrieved and brought into the key and range of the piece.

    Parameters
    ----------
    target
        The motif that a morph leads to, as it is given; other methods ignore it.

    Raises
    ------
    InputError
        If the motif is too short, or does not fit the range.
    """
    if not isinstance(settings, Settings):
        raise InputError(f"settings is {settings!r}; give Settings, such as Settings(bars=8)")
    used, remarks = usable_motif(motif)
    matches = tuple(index.search(used, k=settings.k, distinct=True))
    frame, theme, more = plan_frame(motif, matches, settings)
    moved = theme.sources[0].transposition
    neighbours = tuple(gather(matches, index, frame, moved))
    return Brief(settings, motif, frame, theme, matches, neighbours, index, remarks + more, target)
