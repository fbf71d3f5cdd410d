"""Brief -> composition: the motif as a theme, followed by variations on it and its neighbours.

Each candidate is the motif or a neighbouring phrase under one or two operators
(`generate.piece.operators`); `assembly` chooses among them and fills the frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from generate.lines.assembly import Candidate, chosen, joined
from generate.lines.joins import JoinPrices
from generate.lines.repair import finished
from generate.lines.sections import with_plan, with_returns
from generate.lines.stitch import parts, prepared, quoted
from generate.piece.composition import Composition, Fragment
from generate.piece.operators import OPERATORS, Subject, varied
from generate.plan.brief import Brief, Writer
from generate.plan.layout import LEAST_NEW
from mer.errors import InputError

# What suits a theme with variations in one key, and what each costs: plain operators are cheap, and
# those are expensive that make note lengths which real tunes lack
# (docs/experiments/distribution.md).
_CHAINS: tuple[tuple[tuple[str, ...], float], ...] = (
    (("diatonic transposition",), 0.1),
    (("ornament",), 0.2),
    (("diatonic transposition", "ornament"), 0.4),
    (("inversion",), 0.3),
    (("thinning",), 0.6),
    (("rhythm swap",), 0.3),
    (("reversed pitches",), 0.5),
    (("inversion", "ornament"), 0.7),
    (("diminution",), 1.2),
    (("augmentation",), 1.2),
    (("retrograde",), 1.0),
)
_NEIGHBOUR_COST = 0.4
_QUOTED = 16
_CHANCE = 0.6
_SHORTEST = 3


def varying(brief: Brief) -> Writer:
    """Return the writer of the motif and variations on it.

    The writer raises an `InputError` if no variation fits, or a copy bound cannot be kept.
    """
    prices, phrases = JoinPrices.of(brief), quoted(brief)

    def write(rng: np.random.Generator) -> Composition:
        candidates = list(_candidates(brief, phrases, rng))
        parts = chosen(brief.frame, candidates, prices, rng, chance=_CHANCE)
        plan = brief.plan_drawn(rng)
        line = joined(brief.frame, with_returns(brief.frame, parts, plan))
        piece = finished(brief, line, "vary", brief.settings.copy_bound, rng)
        return with_plan(piece, plan, brief.frame)

    return write


def _candidates(
    brief: Brief, phrases: Sequence[Candidate], rng: np.random.Generator
) -> Iterator[Candidate]:
    neighbours = phrases[:_QUOTED]
    rhythms = [c.fragment for c in neighbours] or [brief.theme]
    subjects = [(theme, 0.0) for theme in _themes(brief)]
    subjects += [(c.fragment, c.cost + _NEIGHBOUR_COST) for c in neighbours]
    for fragment, cost in subjects:
        if len(fragment) < _SHORTEST:
            continue
        for chain, extra in _CHAINS:
            other = rhythms[int(rng.integers(len(rhythms)))]
            changed = _changed(fragment, chain, brief, other, rng)
            if changed is None:
                continue
            candidate = prepared(brief, changed, cost + extra)
            if candidate is not None and _is_new(candidate.fragment):
                yield candidate
    # Plain phrases make sure that every length can be filled.
    yield from (Candidate(c.fragment, c.cost + 1.0) for c in phrases)


def _is_new(fragment: Fragment) -> bool:
    """Return whether enough of the notes are other ones than the motif has there."""
    own = [source.is_statement for source in fragment.sources]
    return 1.0 - sum(own) / len(own) >= LEAST_NEW


def _themes(brief: Brief) -> list[Fragment]:
    melody = brief.theme.melody
    stretches = dict.fromkeys(parts(melody, 0, len(melody), brief.frame))
    return [brief.theme.cut(start, stop) for start, stop in stretches]


def _changed(
    fragment: Fragment,
    chain: tuple[str, ...],
    brief: Brief,
    other: Fragment,
    rng: np.random.Generator,
) -> Fragment | None:
    """Return the fragment under a chain of operators; None where one does not apply."""
    changed = fragment
    for name in chain:
        subject = Subject(changed.melody, brief.frame.key, rng, other.melody)
        try:
            changed = varied(changed, name, OPERATORS[name].apply(subject))
        except InputError:
            return None
    same = len(changed) == len(fragment) and (changed.melody == fragment.melody)
    return None if same else changed
