"""The copy bound and every other constraint, against enumeration of all sequences."""

from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import numpy.typing as npt
import pytest

from generate.markov.copying import CopyGuard, draw_original
from generate.originality.bound import CopyBound
from generate.originality.originality import Originality
from generate.plan.rhythm import Slot
from generate.sampling.chain import Chain
from generate.sampling.constraints import (
    Constraint,
    classes_at,
    fixed,
    masked,
    of_scale,
    within_range,
)
from generate.sampling.sampler import Sampler
from mer.errors import InputError
from mer.notes.arrays import Ints
from mer.notes.columns import Columns
from mer.notes.melody import Melody

ALPHABET = np.array([60, 62, 64])
SIZE = len(ALPHABET)
NOTES = 7
DRAWS = 200_000
DURATIONS = (480, 480, 480, 480, 240, 240, 960)
SLOTS = [Slot(sum(DURATIONS[:note]), duration) for note, duration in enumerate(DURATIONS)]
FREE = np.ones(NOTES, dtype=bool)
CONSTRAINTS = {
    "range": within_range(ALPHABET, FREE, 61, 65),
    "scale": of_scale(ALPHABET, FREE, [0, 4], "the scale"),
    "first": fixed(ALPHABET, NOTES, {0: 64}, "the first note"),
    "middle": fixed(ALPHABET, NOTES, {3: 64, 4: 60}, "the bars that are kept"),
    "last": classes_at(ALPHABET, NOTES, [NOTES - 1], [0], "the last note C"),
    "cadence": Constraint(
        "a cadence", np.array([*[[True] * 3] * 5, [False, True, True], [True, False, True]])
    ),
}
COMBINATIONS: list[tuple[tuple[str, ...], int | None]] = [
    *(((name,), None) for name in CONSTRAINTS),
    *(((), bound) for bound in (2, 3, 4, 5)),
    (("first", "last"), 3),
    (("range", "cadence"), 4),
    (("scale", "middle", "last"), 3),
    (("first", "cadence", "scale"), 5),
    (("first", "middle", "last"), 4),
]


def tune(seed: int) -> Melody:
    rng = np.random.default_rng(seed)
    duration = np.array([480] * 30)
    duration[rng.random(30) < 0.25] = 240
    return Melody(
        pitch=rng.choice(ALPHABET, 30) + 5,
        onset=np.cumsum(duration) - duration,
        duration=duration,
    )


TUNES = [tune(seed) for seed in range(3)]
ORIGINALITY = Originality(Columns.from_melodies(TUNES))


@pytest.fixture(scope="module")
def chain() -> Chain:
    rng = np.random.default_rng(3)
    tables = [rng.random((SIZE,) * (order + 1)) ** 3 for order in range(4)]
    return Chain(tuple(table / table.sum(axis=-1, keepdims=True) for table in tables))


def grams(pitch: Ints, duration: Ints, notes: int, rhythm: bool = True) -> set[tuple[object, ...]]:
    """Return the runs of a melody without rests, counted naively."""
    found: set[tuple[object, ...]] = set()
    for start in range(len(pitch) - notes + 1):
        steps = tuple(np.diff(pitch[start : start + notes]).tolist())
        times = duration[start : start + notes - 1].tolist()
        ratios = tuple(Fraction(b, a) for a, b in pairwise(times))
        found.add((steps, ratios if rhythm else ()))
    return found


def enumerated(
    chain: Chain,
    weights: npt.NDArray[np.float64],
    bound: int | None,
    until: int = NOTES,
    pitch: int | None = None,
) -> dict[tuple[int, ...], float]:
    """Return the distribution by looking at every sequence and every run in its first notes."""
    known: set[tuple[object, ...]] = set()
    alone: set[tuple[object, ...]] = set()
    for melody in TUNES:
        if bound is not None:
            known |= grams(melody.pitch, melody.duration, bound + 1)
        if pitch is not None:
            alone |= grams(melody.pitch, melody.duration, pitch + 1, rhythm=False)
    duration = np.array(DURATIONS)
    mass = {}
    for sequence in product(range(len(ALPHABET)), repeat=NOTES):
        value = 1.0
        for position, symbol in enumerate(sequence):
            context = sequence[max(0, position - 3) : position]
            value *= chain.tables[len(context)][(*context, symbol)] * weights[position, symbol]
        if value > 0 and not (
            bound is not None
            and known & grams(ALPHABET[list(sequence)][:until], duration[:until], bound + 1)
        ):
            if pitch is not None:
                own = grams(ALPHABET[list(sequence)], duration, pitch + 1, rhythm=False)
                if alone & own:
                    continue
            mass[sequence] = value
    total = sum(mass.values())
    return {sequence: value / total for sequence, value in mass.items()}


@pytest.mark.parametrize(("names", "bound"), COMBINATIONS)
def test_draws_follow_the_enumerated_distribution(
    names: tuple[str, ...], bound: int | None, chain: Chain
) -> None:
    weights = masked(np.ones((NOTES, SIZE)), [CONSTRAINTS[name] for name in names])
    exact = enumerated(chain, weights, bound)
    rng = np.random.default_rng(0)
    if bound is None:
        drawn = Sampler(chain, weights).draw_many(rng, DRAWS)
    else:
        guard = CopyGuard(CopyBound(ORIGINALITY, bound + 1), ALPHABET, SLOTS)
        # In parts, so that runs are learned from few draws and many more are drawn without them.
        parts = [draw_original(chain, weights, guard, rng, count) for count in (50, DRAWS - 50)]
        drawn = np.concatenate(parts)
    assert_follows(drawn, exact)


@pytest.mark.parametrize("pitch", [4, 5])
@pytest.mark.parametrize("bound", [None, 3])
def test_a_bound_whatever_the_rhythm_leaves_the_exact_distribution(
    pitch: int, bound: int | None, chain: Chain
) -> None:
    weights = np.ones((NOTES, SIZE))
    exact = enumerated(chain, weights, bound, pitch=pitch)
    assert 0 < len(exact) < len(enumerated(chain, weights, bound))
    alone = CopyGuard(CopyBound(ORIGINALITY, pitch + 1, rhythm=False), ALPHABET, SLOTS)
    guard = alone
    if bound is not None:  # with its rhythm a shorter run is forbidden as well
        guard = CopyGuard(CopyBound(ORIGINALITY, bound + 1), ALPHABET, SLOTS, also=alone)
    rng = np.random.default_rng(0)
    parts = [draw_original(chain, weights, guard, rng, 50)]
    while sum(map(len, parts)) < DRAWS:
        parts.append(draw_original(chain, weights, guard, rng, DRAWS // 4))
    assert_follows(np.concatenate(parts)[:DRAWS], exact)


def test_only_the_runs_that_begin_among_the_notes_used_are_left_out(chain: Chain) -> None:
    weights = np.ones((NOTES, SIZE))
    guard = CopyGuard(CopyBound(ORIGINALITY, 6), ALPHABET, SLOTS)
    exact, whole = enumerated(chain, weights, 5, until=6), enumerated(chain, weights, 5)
    assert len(exact) > len(whole)
    rng = np.random.default_rng(0)
    parts = [draw_original(chain, weights, guard, rng, count, stop=1) for count in (50, DRAWS - 50)]
    assert_follows(np.concatenate(parts), exact)


def assert_follows(drawn: Ints, exact: dict[tuple[int, ...], float]) -> None:
    code = drawn @ SIZE ** np.arange(NOTES)[::-1]
    shares = np.bincount(code, minlength=SIZE**NOTES) / DRAWS
    target = np.zeros(SIZE**NOTES)
    for sequence, probability in exact.items():
        target[int(np.dot(sequence, SIZE ** np.arange(NOTES)[::-1]))] = probability
    assert np.abs(shares - target).sum() / 2 < 0.02
    assert (shares[target == 0] == 0).all()


def test_what_is_all_copied_is_refused(chain: Chain) -> None:
    weights = np.zeros((NOTES, SIZE))
    copied = np.searchsorted(ALPHABET, TUNES[0].pitch[:NOTES] - 5)
    weights[np.arange(NOTES), copied] = 1.0
    slots = [Slot(int(o), int(d)) for o, d in zip(TUNES[0].onset, TUNES[0].duration, strict=True)]
    for bound in (3, 6):
        guard = CopyGuard(CopyBound(ORIGINALITY, bound + 1), ALPHABET, slots[:NOTES])
        with pytest.raises(InputError):
            draw_original(chain, weights, guard, np.random.default_rng(0))
