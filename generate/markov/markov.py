"""Brief -> composition: a plan and rhythm that neighbours lend, pitches by a variable-order chain.

Pitches are drawn from the chain under the constraints (range, scale, the motif in its planned
places, endings, cadence), exactly, or near what the chain and a predictive model want together
(`generate.markov.steering`); no run longer than the bound is shared with any tune of the corpus.
What comes again has to be known first: notes are drawn up to the first return of new ones, then
these stand fixed, and what remains is drawn. Every constraint holds throughout; what comes first
does not know what its return will meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from generate.markov.alone import restates, without_motif
from generate.markov.citation import cite
from generate.markov.copying import CopyGuard, draw_original
from generate.markov.demands import alphabet_of, demands, preferences
from generate.markov.idioms import idioms_of
from generate.markov.statements import (
    FEWER,
    Statement,
    exact_returns,
    not_restated,
    place_statements,
)
from generate.markov.steering import Expectation, steered
from generate.piece.composition import Composition, Return
from generate.plan.brief import Brief
from generate.plan.frame import Frame
from generate.plan.habits import with_joins
from generate.plan.layout import lay_out_plan, moved_within, with_returns
from generate.plan.own_rhythm import own_bars
from generate.plan.rhythm import Slot, choose_bars, lay_out, repeated_bars, stated
from generate.sampling.chain import Chain
from generate.sampling.constraints import Constraint, clash, masked
from generate.sampling.sampler import Sampler
from mer.errors import InputError
from mer.notes.arrays import Floats, Ints
from mer.notes.melody import Melody

_ATTEMPTS = 48
# So many times a counterpart that has a bar of the motif again is drawn anew.
_FRESH_ATTEMPTS = 24
# After how many attempts returns give way, step by step: those of a plan, and those of a form.
_LOOSER_AFTER, _FEWER_AFTER = (6, 14, 30), (3, 6, 14, 20, 34)
_PHRASE_BARS, _SHORTEST_PHRASE_BARS = 4, 2
STATED, KEPT = "the motif in its places", "the bars that are kept"


class ContradictionError(InputError):
    """No pitches meet all constraints; `explained` finds out which ones contradict each other."""

    def __init__(self, brief: Brief, slots: Sequence[Slot], keep: bool) -> None:
        super().__init__("no pitches meet all constraints")
        self._brief, self._slots, self._keep = brief, slots, keep

    def explained(self, rng: np.random.Generator) -> str:
        """Return the sentence that names a smallest set that contradicts itself."""
        brief, slots = self._brief, self._slots
        symbols, chain, guard = _alphabet(brief, slots, self._keep)
        constraints = demands(brief, symbols, slots, KEPT if self._keep else STATED)
        weights = preferences(brief, symbols, slots)

        def possible(kept: Sequence[Constraint | CopyGuard]) -> bool:
            table = masked(weights, [part for part in kept if isinstance(part, Constraint)])
            if guard not in kept:
                return _possible(chain, table)
            try:
                draw_original(chain, table, guard, rng)
            except InputError:
                return False
            return True

        parts: list[Constraint | CopyGuard] = [guard, *constraints]
        return clash(parts, possible)


def compose_markov(brief: Brief, rng: np.random.Generator) -> Composition:
    """Return a piece whose pitches the predictive model chooses, or the chain alone.

    Raises
    ------
    InputError
        If the constraints contradict each other; the message names them.
    """
    if brief.is_planned:
        return _planned(brief, rng)
    for attempt in range(_ATTEMPTS):
        # Where a statement and what follows it would copy a tune, it gives way to new notes.
        loose = sum(attempt >= tried for tried in _FEWER_AFTER)
        statements = place_statements(brief.frame, brief.theme, rng, loose=loose)
        given = [stated(statement.fragment, statement.start) for statement in statements]
        bars = (
            repeated_bars(brief.frame, own_bars(brief.theme.melody))
            if brief.settings.keep_rhythm
            else choose_bars(brief.frame, brief.theme.melody, brief.bars, rng)
        )
        slots = lay_out(brief.frame, bars, given)
        # A rhythm that is asked for goes on as it is; where nothing else works, letters differ.
        if brief.settings.form is not None and loose < len(_FEWER_AFTER):
            slots = with_returns(slots, brief.frame)
        try:
            piece = written(brief, slots, rng, statements=statements)
        except ContradictionError as contradiction:
            refused = contradiction
            continue
        said = not_restated(brief.frame, statements) if loose >= FEWER else ()
        return replace(piece, remarks=(*piece.remarks, *said))
    raise InputError(refused.explained(rng))


def _planned(brief: Brief, rng: np.random.Generator) -> Composition:
    """Return a piece to a plan that one of the neighbours lends, or that is given."""
    given = brief.given_plan
    first = 0 if given is None else given.draw
    spawned = [rng, *(rng.spawn(first) if first else [])]
    for attempt in range(first, first + _ATTEMPTS):
        # Each plan has random numbers of its own: given again, it meets the same ones.
        stream = spawned[-1] if attempt == first else rng.spawn(1)[0]
        plan = brief.plan_drawn(stream)
        if given is None:
            plan = plan.loosened(sum(attempt >= tried for tried in _LOOSER_AFTER))
        try:
            piece = written(brief, lay_out_plan(plan, brief.frame), stream)
        except ContradictionError as contradiction:
            refused = contradiction
            continue
        if attempt < _FRESH_ATTEMPTS and restates(piece, brief.frame):
            continue
        returns = exact_returns(piece, brief.frame)
        leading = [r.note for r in returns]
        if brief.frame.counterpart and brief.frame.opening is not None:
            leading.append(len(brief.frame.opening))
        starts = _phrase_starts(brief.frame, piece.melody.onset, leading)
        melody = replace(piece.melody, phrase_starts=starts)
        kinds = tuple(bar.recurrence for bar in plan.bars)
        whole = replace(
            piece,
            melody=melody,
            returns=returns,
            plan=kinds,
            lender=plan.lender,
            planned=plan._replace(draw=attempt),
        )
        return without_motif(whole, brief)
    said = refused.explained(rng)
    raise InputError(said if given is None else f"{said}, with the plan that is given")


def written(
    brief: Brief,
    slots: Sequence[Slot],
    rng: np.random.Generator,
    *,
    keep: bool = False,
    statements: Sequence[Statement] = (),
) -> Composition:
    """Return the slots with pitches drawn, and every note cited.

    Parameters
    ----------
    keep
        Whether the fixed notes are bars that are kept, rather than the motif alone; then they may
        be copies.
    statements
        The statements of the motif among the fixed notes.

    Raises
    ------
    ContradictionError
        If no pitches meet all constraints.
    InputError
        If a wish cannot be read.
    """
    known, target = _with_echoes(brief, slots, np.zeros(0, dtype=np.int64), keep), None
    while True:
        # What returns has to be known before it can stand where it returns.
        waiting = [slot.echo is not None and slot.pitch is None for slot in known]
        stop = waiting.index(True) if any(waiting) else len(known)
        pitch, target = _drawn(brief, known, rng, keep, statements, stop)
        if stop == len(known):
            break
        known = _with_echoes(brief, known, pitch, keep)
    return Composition(
        _melody(brief, slots, pitch, statements),
        cite(brief, slots, pitch, rng),
        brief.settings.verb,
        brief.remarks,
        tuple(_return(statement, slots) for statement in statements),
        target,
    )


def _drawn(
    brief: Brief,
    slots: Sequence[Slot],
    rng: np.random.Generator,
    keep: bool,
    statements: Sequence[Statement],
    stop: int,
) -> tuple[Ints, float | None]:
    """Return a pitch for each slot before `stop`, and the target in bits that they were bent to.

    Raises
    ------
    ContradictionError
        If no pitches meet all constraints.
    """
    symbols, chain, guard = _alphabet(brief, slots, keep)
    if guard.fixed_copy:
        raise ContradictionError(brief, slots, keep)
    constraints = demands(brief, symbols, slots, KEPT if keep else STATED)
    weights = preferences(brief, symbols, slots)
    allowed = masked(weights, constraints)
    used, target, model = chain, None, brief.model
    if brief.settings.surprise is not None and _possible(chain, allowed):
        from generate.markov.surprise import bent

        new = np.array([slot.pitch is None for slot in slots])
        used, target = bent(chain, allowed, new, brief.settings.surprise)
    try:
        if model is not None:
            rhythm = _melody(brief, slots, np.full(len(slots), symbols[0]), statements)
            expectation = Expectation(model, rhythm, symbols, idioms_of(brief.corpus))
            crowd = steered(chain, allowed, guard, expectation, rng, stop)
            return symbols[crowd.one(rng)], None
        drawn = draw_original(used, allowed, guard, rng, stop=stop)
    except InputError:
        raise ContradictionError(brief, slots, keep) from None
    return symbols[drawn[0, :stop]], target


def _with_echoes(brief: Brief, slots: Sequence[Slot], decided: Ints, keep: bool) -> list[Slot]:
    """Return the slots with the first pitches as decided, and what repeats them.

    Raises
    ------
    ContradictionError
        If what is moved leaves the range.
    """
    frame = brief.frame
    known = {slot.onset: slot.pitch for slot in slots if slot.pitch is not None}
    known |= {slot.onset: pitch for slot, pitch in zip(slots, decided.tolist(), strict=False)}
    found = []
    for slot in slots:
        pitch = known.get(slot.onset, slot.pitch)
        if pitch is None and slot.echo in known:
            pitch = moved_within(known[slot.echo], slot.steps, frame)
        given = keep or slot.source is None or slot.source.is_statement
        moved = slot.echo is not None or not given
        if moved and pitch is not None and not frame.low <= pitch <= frame.high:
            raise ContradictionError(brief, slots, keep)
        found.append(slot._replace(pitch=pitch))
    return found


def _alphabet(brief: Brief, slots: Sequence[Slot], keep: bool) -> tuple[Ints, Chain, CopyGuard]:
    """Return the pitches to choose from, how they follow each other, and what is a copy."""
    symbols = alphabet_of(brief, slots)
    chain = with_joins(brief.chain(symbols), _joins(symbols, slots))
    bound, *others = brief.copy_bounds
    also = [CopyGuard(other, symbols, slots, exempt_fixed=keep) for other in others]
    guard = CopyGuard(bound, symbols, slots, exempt_fixed=keep, also=next(iter(also), None))
    return symbols, chain, guard


def _possible(chain: Chain, weights: Floats) -> bool:
    try:
        Sampler(chain, weights)
    except InputError:
        return False
    return True


def _melody(
    brief: Brief, slots: Sequence[Slot], pitch: Ints, statements: Sequence[Statement]
) -> Melody:
    onset = np.array([slot.onset for slot in slots])
    return Melody(
        pitch=pitch,
        onset=onset,
        duration=np.array([slot.duration for slot in slots]),
        meter=brief.frame.meter,
        key=brief.frame.key,
        tempo_bpm=brief.tempo_bpm,
        downbeat=brief.frame.pickup,
        phrase_starts=_phrase_starts(
            brief.frame, onset, [_first(statement, onset) for statement in statements]
        ),
    )


def _joins(symbols: Ints, slots: Sequence[Slot]) -> set[tuple[int, int]]:
    """Return the successions of symbols between fixed notes, which the chain must allow."""
    place = {pitch: number for number, pitch in enumerate(symbols.tolist())}
    return {
        (place[a.pitch], place[b.pitch])
        for a, b in pairwise(slots)
        if a.pitch is not None and b.pitch is not None
    }


def _first(statement: Statement, onset: Ints) -> int:
    """Return the first note of a statement in a piece with these onsets."""
    return int(np.searchsorted(onset, statement.start))


def _return(statement: Statement, slots: Sequence[Slot]) -> Return:
    """Return where a statement stands in the piece."""
    return Return(
        section=statement.section.name,
        bar=statement.section.start + 1,
        note=_first(statement, np.array([slot.onset for slot in slots])),
        notes=len(statement.fragment),
        stated=statement.whole,
        transposition=statement.fragment.sources[0].transposition,
        variation=statement.variation,
        distance=statement.distance,
    )


def _phrase_starts(frame: Frame, onset: Ints, leading: Sequence[int]) -> tuple[int, ...]:
    """Return the first note of each section, and of every fourth bar of long ones.

    Parameters
    ----------
    leading
        The first notes of what begins with a pick-up.
    """
    first = set()
    for section in frame.sections:
        for bar in range(section.start, section.stop, _PHRASE_BARS):
            if bar and section.stop - bar < _SHORTEST_PHRASE_BARS:
                continue
            barline = frame.pickup + bar * frame.bar_ticks
            led = [n for n in leading if barline - frame.pickup <= onset[n] < barline]
            first.add(led[0] if bar and led else int(np.searchsorted(onset, barline * (bar > 0))))
    return tuple(sorted(note for note in first if note < len(onset)))
