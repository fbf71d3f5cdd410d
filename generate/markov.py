"""Brief -> composition: the rhythm of the neighbours' bars, pitches by a variable-order chain.

Pitches are drawn from the exact distribution of the chain under the constraints (range, key, motif
in its places, cadence), and no run longer than the bound is shared with any tune of the corpus.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from generate.brief import Brief
from generate.citation import cite
from generate.composition import Composition
from generate.constraints import Constraint, fixed, masked, one_of, within_key, within_range
from generate.copying import CopyBound, CopyGuard, draw_original
from generate.frame import DEFAULT_COPY_BOUND, Frame
from generate.model import alphabet, build_chain
from generate.rhythm import Slot, choose_bars, lay_out
from mer.errors import InputError
from mer.melody import IntArray, Melody

_ATTEMPTS = 12
_SECTION_BARS = 4
# Semitones around the middle of the range within which melodies mostly stay.
_REGISTER = 6.0
_STRESS_POWER = 0.6
# A section that is not the last pauses on the second, third or fifth degree rather than at home.
_HALF_CLOSE = np.array([0.4, 0.1, 1.0, 0.8, 0.8, 0.3, 0.1, 1.5, 0.1, 0.2, 0.2, 0.5])


def compose_markov(brief: Brief, rng: np.random.Generator) -> Composition:
    """Return a piece drawn from the chain of the neighbours.

    Raises
    ------
    InputError
        If the constraints contradict each other; the message names them.
    """
    bound = brief.settings.max_copy or DEFAULT_COPY_BOUND
    symbols = alphabet(brief.frame)
    chain = build_chain(symbols, brief.frame, brief.theme.melody, brief.neighbours, brief.habits)
    for _ in range(_ATTEMPTS):
        bars = choose_bars(brief.frame, brief.theme.melody, brief.neighbours, rng)
        slots = lay_out(brief.frame, bars)
        constraints = _constraints(symbols, slots, brief.frame)
        weights = masked(_weights(symbols, slots, brief), constraints)
        guard = CopyGuard(CopyBound(brief.originality, bound + 1), symbols, slots)
        try:
            drawn = draw_original(chain, weights, guard, rng)
        except InputError:
            continue
        return _composition(brief, slots, symbols[drawn], rng)
    names = " and ".join(constraint.name for constraint in constraints)
    raise InputError(
        f"impossible together, in {_ATTEMPTS} attempts: at most {bound} notes copied in a row "
        f"(max-copy), {names}; raise max-copy or widen the range"
    )


def _constraints(symbols: IntArray, slots: Sequence[Slot], frame: Frame) -> list[Constraint]:
    free = np.array([slot.pitch is None for slot in slots])
    stated = {i: slot.pitch for i, slot in enumerate(slots) if slot.pitch is not None}
    constraints = [
        within_range(symbols, free, frame.low, frame.high),
        within_key(symbols, free, frame.key),
        fixed(symbols, len(slots), stated, "the motif in its places"),
    ]
    if frame.end_on_tonic:
        tonic, name = [frame.key.tonic], f"the last note {frame.key.tonic_name}"
        constraints.append(one_of(symbols, len(slots), len(slots) - 1, tonic, name))
    return constraints


def _weights(symbols: IntArray, slots: Sequence[Slot], brief: Brief) -> npt.NDArray[np.float64]:
    """Return how welcome each pitch is at each note: register, metre, cadence."""
    frame, known = brief.frame, brief.habits
    degree = (symbols - frame.key.tonic) % 12
    middle = float(np.median(brief.theme.melody.pitch))
    register = np.exp(-(((symbols - middle) / _REGISTER) ** 2) / 2)
    stress = known.stress[degree] ** _STRESS_POWER
    weights = np.tile(register**0.25, (len(slots), 1))
    for note, slot in enumerate(slots):
        on_downbeat = (slot.onset - frame.pickup) % frame.bar_ticks == 0
        if slot.pauses:
            weights[note] *= _HALF_CLOSE[degree]
        elif on_downbeat or slot.duration >= 2 * frame.beat_ticks:
            weights[note] *= stress
    if frame.end_on_tonic and len(slots) > 1:
        weights[-2] *= known.approach[degree]
        # The closing tonic is the one near the middle, not an octave away.
        weights[-1] *= register
    return weights


def _composition(
    brief: Brief, slots: Sequence[Slot], pitch: IntArray, rng: np.random.Generator
) -> Composition:
    frame = brief.frame
    section = [
        (slot.onset + frame.pickup * (i == 0)) // (_SECTION_BARS * frame.bar_ticks)
        for i, slot in enumerate(slots)
    ]
    starts = [i for i in range(len(slots)) if i == 0 or section[i] != section[i - 1]]
    melody = Melody(
        pitch=pitch,
        onset=np.array([slot.onset for slot in slots]),
        duration=np.array([slot.duration for slot in slots]),
        meter=frame.meter,
        key=frame.key,
        tempo_bpm=brief.tempo_bpm,
        downbeat=frame.pickup,
        phrase_starts=tuple(starts),
    )
    sources = cite(brief, slots, pitch, rng)
    return Composition(melody, sources, "markov", brief.remarks)
