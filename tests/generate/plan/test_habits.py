"""The chain of pitches: hammered notes are rare; tables of wide ranges stay small."""

import numpy as np
import pytest

from generate.compose import prepare
from generate.plan.habits import ORDER, alphabet, build_chain
from generate.plan.settings import Settings
from generate.sampling.chain import Chain
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex


def chain_of(index: PhraseIndex, pitch: list[int], **settings: int) -> tuple[Chain, np.ndarray]:
    count = len(pitch)
    motif = Melody(
        pitch=pitch,
        onset=np.arange(count) * 480,
        duration=np.full(count, 480),
        meter=(4, 4),
        key=Key(0),
    )
    brief = prepare(motif, index, Settings(**settings))
    symbols = alphabet(brief.frame)
    theme = brief.theme.melody
    return build_chain(symbols, brief.frame, theme, brief.neighbours, brief.habits), symbols


def test_a_third_time_is_rare_unless_the_motif_insists(index: PhraseIndex) -> None:
    third = []
    for pitch in ([67, 67, 65, 64], [67, 67, 67, 64]):
        chain, symbols = chain_of(index, pitch)
        place = int(np.searchsorted(symbols, 67))
        third.append(chain.tables[2][place, place, place])
    assert third[0] < 0.5 * third[1]


@pytest.mark.parametrize(("low", "high", "order"), [(55, 79, ORDER), (0, 127, ORDER - 1)])
def test_the_tables_are_rows_of_probabilities(
    index: PhraseIndex, low: int, high: int, order: int
) -> None:
    chain, _ = chain_of(index, [67, 67, 65, 64], low=low, high=high)
    assert chain.order == order
    assert sum(table.nbytes for table in chain.tables) < 20_000_000
    for table in chain.tables:
        assert table.sum(axis=-1) == pytest.approx(1.0)


def test_after_a_wide_leap_a_turn_back_is_likelier_than_going_on(index: PhraseIndex) -> None:
    chain, symbols = chain_of(index, [67, 69, 71, 72], low=55, high=84)
    low, high = (int(np.searchsorted(symbols, pitch)) for pitch in (60, 72))
    after = chain.tables[2][low, high]
    assert after[:high].sum() > 2 * after[high + 1 :].sum()


def test_sevenths_are_rarer_than_octaves_and_sixths(index: PhraseIndex) -> None:
    chain, symbols = chain_of(index, [67, 69, 71, 72], low=55, high=84)
    place = {pitch: number for number, pitch in enumerate(symbols.tolist())}
    to_seventh, to_sixth = (chain.tables[1][place[60], place[pitch]] for pitch in (71, 69))
    assert to_seventh < 0.5 * to_sixth
