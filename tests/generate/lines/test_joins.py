import numpy as np
import pytest

from generate.compose import prepare
from generate.lines.joins import JoinPrices
from generate.piece.composition import Fragment, Source
from generate.plan.brief import Brief
from generate.plan.settings import Settings
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex


@pytest.fixture(scope="module")
def brief(index: PhraseIndex) -> Brief:
    motif = Melody(
        pitch=[60, 62, 64, 65, 67, 65, 64, 62],
        onset=np.arange(8) * 480,
        duration=[480] * 8,
        meter=(4, 4),
        key=Key(0),
    )
    return prepare(motif, index, Settings(verb="stitch"))


def piece(pitch: list[int], tune: str = "a", first: int = 0) -> Fragment:
    melody = Melody(pitch=pitch, onset=np.arange(len(pitch)) * 480, duration=[480] * len(pitch))
    return Fragment(
        melody, tuple(Source("corpus", first + n, 0, tune, 1) for n in range(len(pitch)))
    )


def test_bits_are_what_the_chain_says(brief: Brief) -> None:
    prices = JoinPrices.of(brief)
    place = {pitch: n for n, pitch in enumerate(prices.symbols.tolist())}
    left, right = piece([60, 62]), piece([64, 65], "b")
    table = prices.chain.tables[2]
    one = table[place[60], place[62], place[64]]
    two = table[place[62], place[64], place[65]]
    assert prices.bits([left], [right])[0, 0] == pytest.approx(-np.log2(one) - np.log2(two))


def test_a_step_is_cheaper_than_a_leap_and_an_octave_is_the_limit(brief: Brief) -> None:
    left = [piece([60, 62, 64])]
    right = [piece([p, p - 2, p - 4], "b") for p in (65, 72, 77)]
    step, leap, beyond = JoinPrices.of(brief).costs(left, right)[0].tolist()
    assert step < leap < beyond
    assert beyond > 8


def test_insisting_on_a_pitch_across_a_join_is_dear(brief: Brief) -> None:
    left = [piece([60, 62, 64, 64, 64])]
    right = [piece([64, 62, 60], "b"), piece([64, 64, 64, 62], "c")]
    once, six = JoinPrices.of(brief).costs(left, right)[0].tolist()
    assert six - once > 8


def test_another_tune_is_preferred_to_going_on_in_one_and_that_to_coming_again(
    brief: Brief,
) -> None:
    left = [piece([60, 62, 64], "a", 0)]
    right = [piece([65, 67, 65], "b"), piece([65, 67, 65], "a", 3), piece([60, 62, 64], "c")]
    other, same, again = JoinPrices.of(brief).costs(left, right)[0].tolist()
    assert other < same < again


def test_the_table_has_a_row_for_each_left_and_a_column_for_each_right(brief: Brief) -> None:
    left = [piece([60, 62]), piece([67])]
    right = [piece([64]), piece([65, 64], "b"), piece([72, 71, 69], "c")]
    costs = JoinPrices.of(brief).costs(left, right)
    assert costs.shape == (2, 3)
    assert np.isfinite(costs).all()
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            assert costs[i, j] == pytest.approx(JoinPrices.of(brief).costs([a], [b])[0, 0])
