"""The chain of pitches: hammered notes are rare; tables of wide ranges stay small."""

import numpy as np
import pytest

from generate.compose import prepare
from generate.plan.habits import ORDER, alphabet, build_chain, habits
from generate.plan.settings import Settings
from generate.sampling.chain import Chain
from mer.notes.columns import Columns
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
    assert to_seventh < 0.6 * to_sixth


def test_tunes_of_unknown_key_are_sorted_by_their_third() -> None:
    # C major and A minor by their notes, D dorian by its signature; none has a leading note.
    tunes = (
        ([60, 64, 67, 60], None),
        ([69, 72, 76, 69], None),
        ([62, 65, 69, 62], Key(2, "dorian")),
    )
    columns = Columns.from_melodies(
        [Melody(pitch=p, onset=480 * np.arange(4), duration=[480] * 4, key=k) for p, k in tunes]
    )
    major, minor = habits(columns, "major"), habits(columns, "minor")
    assert (major.tunes.tolist(), minor.tunes.tolist()) == ([0], [1, 2])
    assert major.tonic.tolist() == [0] * 4
    assert minor.tonic.tolist() == [9] * 4 + [2] * 4
    # From the tonic up to the third, from there to the fifth, and down to the tonic.
    steps = [(0, 4), (4, 3), (7, -7)]
    assert [tuple(found) for found in np.argwhere(major.step)] == [(d, s + 12) for d, s in steps]
    assert minor.step[0, 3 + 12] == 2.0
    assert (major.stress.shape, major.arrival.shape) == ((12,), (25,))


def test_a_close_is_reached_as_tunes_reach_theirs() -> None:
    # Inside, the tonic comes from the fifth below and from the step above, once each in every tune;
    # at the end it always comes from the step above.
    pitch = [60, 67, 72, 74, 72, 76, 62, 60]
    tune = Melody(pitch=pitch, onset=480 * np.arange(8), duration=[480] * 8, key=Key(0))
    arrival = habits(Columns.from_melodies([tune] * 150), "major").arrival
    fifth, step = arrival[5 + 12], arrival[-2 + 12]
    # Counted with one more each: (151 + 50 c) / (151 + 50) and (1 + 50 d) / (151 + 50), c and d
    # being what intervals of their kind have; 324 in all lead to inner tonics, 175 to closing ones.
    steps, leaps = (151 + 8) / (151 + 8), (1 + 15) / (151 + 15)
    assert step == pytest.approx((151 + 50 * steps) / 201 * 325 / 175)
    assert fifth == pytest.approx((1 + 50 * leaps) / 201 * 325 / 175)


def test_more_than_thirty_pitches_are_looked_back_on_by_one_note_less(index: PhraseIndex) -> None:
    motif = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480] * 3, key=Key(0))
    brief = prepare(motif, index, Settings())
    theme = brief.theme.melody
    for pitches, order in ((30, ORDER), (31, ORDER - 1)):
        symbols = np.arange(50, 50 + pitches)
        chain = build_chain(symbols, brief.frame, theme, brief.neighbours, brief.habits)
        assert chain.order == order
