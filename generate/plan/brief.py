"""Motif + index + settings -> `Brief`: everything a method needs, worked out once for all takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from generate.originality.bound import CopyBound
from generate.originality.originality import JointCheck, Originality
from generate.piece.cadences import said_of_cadence
from generate.piece.composition import Composition, Fragment
from generate.piece.given_chords import (
    NO_CHORDS,
    GivenChord,
    going_on,
    lasting_chords,
    named_chords,
    progression_text,
    repeated_progression,
)
from generate.piece.planned import Plan
from generate.plan.expectation import expectation_of
from generate.plan.frame import Frame, plan_frame, usable_motif
from generate.plan.habits import Habits, build_chain, habits
from generate.plan.layout import renewed
from generate.plan.material import Neighbour, gather, lending, on_scale, other_tunes, shift_into
from generate.plan.own_rhythm import (
    FEWEST_LENDERS,
    in_own_rhythm,
    is_foreign,
    own_plans,
    own_stock,
)
from generate.plan.plan import at_rest, draw_plan, has_form, own_counterparts, plans_of
from generate.plan.rhythm import Stock, bar_stock
from generate.plan.settings import Settings
from generate.plan.verbs import GOING_ON, verb_named
from generate.prediction import MelodyModel
from generate.sampling.chain import Chain
from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.io.sheet.sheet import ChordSymbol
from mer.notes.arrays import Ints
from mer.notes.melody import Melody
from mer.notes.meter import Meter
from mer.search.index import PhraseIndex
from mer.search.keys import VOTERS, is_doubtful, with_key
from mer.search.match import Match

if TYPE_CHECKING:
    from generate.piece.given_plan import GivenPlan

# Writes one piece. A method makes it from a brief, and it holds what all pieces share.
Writer = Callable[[np.random.Generator], Composition]
# Matches beside those wanted, in place of those in the motif's own tune.
_SPARE = 8


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
    given
        The user's chords, on the time line of the piece that is composed.
    given_plan
        What the user gives of a plan; None for nothing.
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
    given: tuple[GivenChord, ...] = ()
    given_plan: GivenPlan | None = None

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
        """The runs of the corpus, with their rhythm, that are a note longer than may be copied."""
        notes = self.settings.copy_bound + 1
        # The one that was used last is shared: a visitor seldom changes the bound.
        bound = self.corpus.attached.get("copy bound")
        if not isinstance(bound, CopyBound) or bound.notes != notes:
            bound = self.corpus.attached["copy bound"] = CopyBound(self.originality, notes)
        return bound

    @cached_property
    def copy_bounds(self) -> tuple[CopyBound, ...]:
        """What may not be copied: with its rhythm, whatever the rhythm, or both, shorter first.

        What bounds runs whatever the rhythm bounds those with it as well.
        """
        pitch = self.settings.max_copy_pitch
        if pitch is None:
            return (self.copy_bound,)
        alone = CopyBound(self.originality, pitch + 1, rhythm=False)
        return (alone,) if pitch <= self.settings.copy_bound else (self.copy_bound, alone)

    def copy_checks(self, bound: int | None) -> JointCheck | None:
        """Return what finds copies in whole lines; None if nothing is bound.

        Parameters
        ----------
        bound
            Longest run, in notes and with its rhythm, that may be copied; None for any.
        """
        pitch, checks = self.settings.max_copy_pitch, []
        if bound is not None and (pitch is None or pitch > bound):
            checks.append(self.originality.check(bound + 1))
        if pitch is not None:
            checks.append(self.originality.check(pitch + 1, rhythm=False))
        return JointCheck(tuple(checks)) if checks else None

    @cached_property
    def _lent_bars(self) -> Stock:
        """The bars of the neighbours, and of further tunes where they are few in this metre."""
        frame, theme = self.frame, self.theme.melody
        stock = bar_stock(frame, theme, self.neighbours)
        if len(stock) < FEWEST_LENDERS:
            others = other_tunes(self.index, frame, self.neighbours)
            stock = [*stock, *bar_stock(frame, theme, others)]
        return stock

    @cached_property
    def keeps_own_rhythm(self) -> bool:
        """Whether the motif's rhythm is foreign to what was found, so that its bars are varied."""
        return is_foreign(self.theme.melody, self._lent_bars)

    @cached_property
    def bars(self) -> Stock:
        """The bars from which the rhythm is taken: of the neighbours, or the motif's own."""
        return own_stock(self.theme.melody) if self.keeps_own_rhythm else self._lent_bars

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
            return own_counterparts(frame, theme, kept=True)
        plans, weights = plans_of(frame, theme, self.neighbours)
        if len(plans) < FEWEST_LENDERS:
            others, far = plans_of(frame, theme, other_tunes(self.index, frame, self.neighbours))
            plans, weights = [*plans, *others], [*weights, *far]
        if len(plans) < FEWEST_LENDERS:
            return (own_counterparts if frame.counterpart else own_plans)(frame, theme)
        if self.keeps_own_rhythm:
            # Chance of its own: a brief is the same however often it is made.
            chances = map(np.random.default_rng, range(len(plans)))
            varied = map(in_own_rhythm, plans, [theme] * len(plans), chances)
            plans = [at_rest(plan, frame) for plan in varied]
        return plans, weights

    def plan_drawn(self, rng: np.random.Generator) -> Plan:
        """Return one of the plans, drawn by their weights, in which enough is new.

        What the user gives of it stands as it is given, and nothing is taken away from that.
        """
        drawn = draw_plan(*self.plans, rng)
        if self.given_plan is None:
            return renewed(drawn, self.frame)
        return self.given_plan.over(drawn)

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
    motif: Melody,
    index: PhraseIndex,
    settings: Settings,
    *,
    target: Melody | None = None,
    key_is_sure: bool = False,
    chords: Sequence[ChordSymbol] = (),
) -> Brief:
    """Return the brief: neighbours retrieved and brought into the key and range of the piece.

    Parameters
    ----------
    target
        The motif that a morph leads to, as it is given; other methods ignore it.
    key_is_sure
        Whether the key that the motif comes with stays, whatever its notes say.
    chords
        Chord symbols of the motif's song, on its time line, under it and later: what goes on with
        the motif goes on over them, and they tell of its key.

    Raises
    ------
    InputError
        If the motif is too short, or does not fit the range.
    """
    if not isinstance(settings, Settings):
        raise InputError(f"settings is {settings!r}; give Settings, such as Settings(bars=8)")
    used, remarks = usable_motif(motif)
    doubtful = is_doubtful(used) and not key_is_sure
    found = index.search(used, max(settings.k + _SPARE, VOTERS * doubtful), distinct=True)
    matches = tuple(found[: settings.k])
    if doubtful:
        used, said = with_key(used, index, found, chords=named_chords(settings.chords, chords))
        motif, remarks = replace(motif, key=used.key), remarks + said
    frame, theme, more = plan_frame(motif, matches, settings)
    lent = lending(found, index, used, settings.copy_bound)[: settings.k]
    neighbours = tuple(gather(lent, index, frame, theme.sources[0].transposition))
    frame = on_scale(frame, neighbours, settings)
    brief = Brief(settings, motif, frame, theme, matches, neighbours, index, remarks + more, target)
    given, said = _given_chords(brief, chords)
    stop = frame.pickup + frame.bars * frame.bar_ticks
    said += said_of_cadence(given, settings.cadence, frame.key, stop)
    return replace(brief, given=given, remarks=brief.remarks + _said_of_rhythm(brief) + said)


def with_plan(brief: Brief, plan: GivenPlan) -> Brief:
    """Return the brief with what the user gives of a plan.

    Raises
    ------
    InputError
        If the plan is in another metre, has more bars or fewer, or cites what is not there.
    """
    meter = Meter(*brief.frame.meter)
    if plan.meter is not None and plan.meter != meter:
        hint = f"give a plan in {meter}, or a motif in {plan.meter}"
        raise InputError(f"the plan is in {plan.meter}, the piece in {meter}; {hint}")
    from generate.piece.given_plan import check_cited

    whole = plan.over(brief.plans[0][0])
    check_cited(whole, brief.corpus, brief.theme.melody)
    if plan.lender and not _is_lent(brief, plan):
        plan = replace(plan, lender="")
    return replace(brief, given_plan=plan)


def _is_lent(brief: Brief, plan: GivenPlan) -> bool:
    """Return whether what the given bars take is what the tune lends that the plan names."""
    lent = [one for one in brief.plans[0] if one.lender == plan.lender]
    if not lent:
        number = int(brief.corpus.found([plan.lender or ""])[0])
        if number < 0:
            raise InputError(f"no tune {plan.lender!r}, which lent_by names; leave lent_by out")
        tune = brief.corpus.tune(number)
        far = Neighbour(tune, (), shift_into(tune.melody, brief.frame, 0), 1.0)
        lent = plans_of(brief.frame, brief.theme.melody, [far])[0]
    return has_form([bar.recurrence for bar in plan.bars], lent, brief.frame)


def _given_chords(
    brief: Brief, chords: Sequence[ChordSymbol]
) -> tuple[tuple[GivenChord, ...], tuple[str, ...]]:
    """Return the user's chords where the piece has them, and a remark on those that it has not."""
    frame, settings = brief.frame, brief.settings
    if settings.chords == NO_CHORDS:
        return (), ()
    if settings.chords is not None:
        first = frame.bars - brief.bars_written
        start = frame.pickup + first * frame.bar_ticks
        bars = brief.bars_written
        return repeated_progression(settings.chords, start, frame.bar_ticks, bars), ()
    goes_on = settings.verb in GOING_ON
    if not chords or frame.opening is None or (brief.left_out and not goes_on):
        return (), ()
    own = brief.motif.key
    if own is not None and own.mode != frame.key.mode:
        return (), ("the chords of the motif are left out: they are in another mode",)
    heard = frame.opening.melody
    bars = -(-(int(heard.end[-1]) - heard.downbeat) // heard.bar_ticks)
    stop = heard.downbeat + bars * heard.bar_ticks
    shift = brief.theme.sources[0].transposition
    lead = int(heard.onset[0])  # of a motif that begins with a rest
    if not goes_on:
        return tuple(
            one.later(lead) for one in lasting_chords(chords, stop - lead, shift=shift)
        ), ()
    # The bar of the last one that is named is the last that is known of the song.
    last = (chords[-1].tick + lead - heard.downbeat) // heard.bar_ticks + 1
    known = max(stop, heard.downbeat + last * heard.bar_ticks)
    song = [one.later(lead) for one in lasting_chords(chords, known - lead, shift=shift)]
    end = frame.pickup + frame.bars * frame.bar_ticks
    given = going_on(song, heard.downbeat, heard.bar_ticks, end)
    text = progression_text(song, heard.downbeat, heard.bar_ticks)
    return given, (f"over the song's own chords, again and again: {text}",)


def _said_of_rhythm(brief: Brief) -> tuple[str, ...]:
    """Return a remark where the motif's own bars are varied instead of those that tunes lend."""
    settings = brief.settings
    draws = verb_named(settings.verb).method == "markov"
    if not draws or settings.keep_rhythm or not brief.keeps_own_rhythm:
        return ()
    meter = Meter(*brief.frame.meter)
    few = len(brief._lent_bars) < FEWEST_LENDERS
    why = f"hardly any tune is in {meter}" if few else "few tunes found are syncopated so"
    return (f"{why}: the rhythm varies the bars of the motif",)
