"""Pairs to hear: both begin alike and end together, and the tune lends nothing to the piece."""

from dataclasses import replace

import pytest

from app.listen.pairs import BARS, MOTIF_BARS, draw_pair, opening, same_title, suitable
from mer.corpus.corpus import Corpus, Tune
from mer.errors import InputError
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

TICKS = BARS * 1920


def test_a_pair_begins_alike_and_ends_together(walking_index: PhraseIndex) -> None:
    pair = draw_pair(walking_index, 1)
    tune = walking_index.corpus.tune(walking_index.corpus.find(pair.tune_id)).melody
    assert pair.tune.pitch.tolist() == opening(tune, TICKS).pitch.tolist()
    motif = opening(tune, MOTIF_BARS * 1920)
    for melody in (pair.tune, pair.piece):
        assert melody.pitch[: len(motif)].tolist() == motif.pitch.tolist()
        assert int(melody.end[-1]) <= TICKS
        assert melody.meter == tune.meter
    assert pair.tune.pitch.tolist() != pair.piece.pitch.tolist()
    assert set(pair.heard) == {pair.tune, pair.piece}


def test_a_seed_gives_the_same_pair_and_both_orders_come(walking_index: PhraseIndex) -> None:
    pairs = [draw_pair(walking_index, seed, verb="vary") for seed in range(5)]
    assert pairs[3] == draw_pair(walking_index, 3, verb="vary")
    assert {pair.tune_first for pair in pairs} == {True, False}
    for pair in pairs:
        assert pair.heard[not pair.tune_first] == pair.tune


def test_tunes_of_one_title_go_together(walking_index: PhraseIndex) -> None:
    melody = walking_index.corpus.tune(0).melody
    titles = ["Kesh", "kesh", "", "", "Other"]
    corpus = Corpus.from_tunes(Tune(f"t{n}", t, "mine", melody) for n, t in enumerate(titles))
    assert [same_title(corpus, n) for n in range(5)] == [[0, 1], [0, 1], [2], [3], [4]]


def test_a_corpus_without_long_tunes_is_refused(walking_index: PhraseIndex) -> None:
    melody = walking_index.corpus.tune(0).melody
    short = Tune("a", "", "mine", melody.cut(0, 8))
    unknown = Tune("b", "", "mine", replace(melody, key=None))
    alone = Tune("c", "", "mine", melody)
    for tunes in ([short, unknown], [alone]):
        index = PhraseIndex.build(Corpus.from_tunes(tunes))
        assert len(suitable(index.corpus)) == (tunes == [alone])
        with pytest.raises(InputError, match="no tune of eight bars"):
            draw_pair(index, 0)


def test_a_held_note_is_cut_off() -> None:
    held = Melody(pitch=[60, 62], onset=[0, 480], duration=[480, 9000])
    assert opening(held, 1920).duration.tolist() == [480, 1440]
    assert opening(held, 480).pitch.tolist() == [60]
