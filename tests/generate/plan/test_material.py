"""Tunes of the matches: where their notes stand, how much they count, how they are moved."""

import numpy as np
import pytest

from generate.piece.places import Place
from generate.plan.form import plan_form
from generate.plan.frame import Frame
from generate.plan.material import (
    Neighbour,
    gather,
    lending,
    longest_shared,
    on_scale,
    shift_into,
)
from generate.plan.settings import Settings
from mer.corpus.corpus import Corpus, Tune
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex


def melody(pitch: list[int], *, key: Key | None = None, starts: tuple[int, ...] = ()) -> Melody:
    onset = 480 * np.arange(len(pitch))
    return Melody(
        pitch=pitch, onset=onset, duration=[480] * len(pitch), key=key, phrase_starts=starts
    )


def frame(low: int, high: int, key: Key) -> Frame:
    return Frame(
        meter=(4, 4),
        bars=8,
        bar_ticks=1920,
        pickup=0,
        key=key,
        low=low,
        high=high,
        end_on_tonic=True,
        opening=None,
        sections=plan_form(8),
        scale=key.scale,
    )


TUNE = melody([67, 71, 74, 67, 69, 66, 67], key=Key(7), starts=(0, 3))


def neighbour(tune: Melody, shift: int) -> Neighbour:
    return Neighbour(Tune("t1", "Tune", "mine", tune), (), shift, 1.0)


def test_notes_are_cited_by_tune_phrase_and_note() -> None:
    found = neighbour(TUNE, -2)
    assert [found.place(note) for note in (0, 2, 3, 6)] == [
        Place("t1", 1, 0),
        Place("t1", 1, 2),
        Place("t1", 2, 3),
        Place("t1", 2, 6),
    ]
    source = found.source(4, -2, context=3)
    assert (source.tune_id, source.phrase, source.note) == ("t1", 2, 4)
    assert (source.transposition, source.context) == (-2, 3)
    assert neighbour(melody([60, 62, 64]), 0).place(2) == Place("t1", 1, 2)


def test_a_fragment_can_be_replayed_from_its_sources() -> None:
    fragment = neighbour(TUNE, 5).fragment(3, 6)
    assert fragment is not None
    assert fragment.melody.pitch.tolist() == [72, 74, 71]
    cited = [TUNE.pitch[source.note] + source.transposition for source in fragment.sources]
    assert cited == fragment.melody.pitch.tolist()


def test_nothing_is_taken_from_beyond_the_notes_that_there_are() -> None:
    assert neighbour(TUNE, 53).fragment(0, 3) is not None  # up to 127
    assert neighbour(TUNE, 54).fragment(0, 3) is None
    assert neighbour(TUNE, -67).fragment(0, 3) is not None  # down to 0
    assert neighbour(TUNE, -68).fragment(0, 3) is None


@pytest.mark.parametrize(
    ("low", "high", "shift"),
    # The tonic G goes to C, a fourth up or a fifth down, to where the middle of the range is.
    [(60, 79, 5), (48, 67, -7), (72, 91, 17)],
)
def test_a_tune_goes_tonic_on_tonic_into_the_middle_of_the_range(
    low: int, high: int, shift: int
) -> None:
    assert shift_into(TUNE, frame(low, high, Key(0)), 0) == shift


def test_where_two_moves_fit_alike_the_matched_notes_decide() -> None:
    # Three notes of C major lie as well in six of its places; no tonic helps: the key is far off.
    tune = melody([60, 62, 64], key=Key(1))
    for matched in (0, 5, 7):
        assert (shift_into(tune, frame(60, 79, Key(0)), matched) - matched) % 12 == 0


def test_each_tune_comes_once_and_counts_by_the_square_of_its_likeness() -> None:
    near = melody([67, 69, 71, 72, 74, 72], key=Key(7), starts=(0, 3))
    far = melody([60, 72, 59, 71, 62, 74], key=Key(0), starts=(0, 3))
    tunes = [Tune("far", "Far", "mine", far), Tune("near", "Near", "mine", near)]
    index = PhraseIndex.build(Corpus.from_tunes(tunes))
    matches = index.search(melody([60, 62, 64]), k=4)
    found = gather(matches, index, frame(60, 79, Key(0)), 0)
    assert [one.tune.tune_id for one in found] == ["near", "far"]
    assert [len(one.matches) for one in found] == [2, 2]
    best, other = (one.matches[0].similarity for one in found)
    assert found[0].weight == 1.0
    assert found[1].weight == pytest.approx((other / best) ** 2)
    assert gather([], index, frame(60, 79, Key(0)), 0) == []


def test_the_own_tune_of_a_motif_lends_nothing(index: PhraseIndex, corpus: Corpus) -> None:
    motif = corpus.tune(3).melody.cut(0, 14)
    found = index.search(motif, 20, distinct=True)
    assert "t3" in {match.phrase.tune_id for match in found}
    others = lending(found, index, motif, 8)
    assert "t3" not in {match.phrase.tune_id for match in others}
    assert len(others) < len(found)


def test_a_short_motif_has_no_tune_of_its_own(index: PhraseIndex, corpus: Corpus) -> None:
    motif = corpus.tune(3).melody.cut(0, 5)
    found = index.search(motif, 20)
    assert lending(found, index, motif, 8) is found


def test_where_few_others_are_left_all_lend(index: PhraseIndex, corpus: Corpus) -> None:
    motif = corpus.tune(3).melody.cut(0, 14)
    found = [match for match in index.search(motif, 20) if match.phrase.tune_id == "t3"]
    assert found
    assert lending(found, index, motif, 8) is found


def test_the_longest_shared_run_is_in_notes() -> None:
    beats = {"onset": range(0, 2880, 480), "duration": [480] * 6}
    tune = Melody(pitch=[60, 62, 64, 65, 67, 60], **beats)
    assert longest_shared(tune, tune.transpose(5)) == 6
    assert longest_shared(tune, Melody(pitch=[70, 69, 68, 70, 72, 73], **beats)) == 4


FIVE, SEVEN = melody([60, 62, 64, 67, 69]), melody([60, 62, 64, 65, 67, 69, 71])


@pytest.mark.parametrize(
    ("others", "settings", "notes"),
    [
        ([FIVE, FIVE, SEVEN], Settings(), 5),
        ([FIVE, SEVEN, SEVEN], Settings(), 7),
        ([FIVE, SEVEN, SEVEN], Settings(scale="pentatonic"), 5),
        ([FIVE, SEVEN, SEVEN], Settings(verb="vary"), 5),
        ([], Settings(), 5),
    ],
)
def test_a_piece_stays_on_five_notes_where_its_neighbours_do(
    others: list[Melody], settings: Settings, notes: int
) -> None:
    given = frame(55, 79, Key(0))._replace(scale=(0, 2, 4, 7, 9))
    found = on_scale(given, [neighbour(tune, 0) for tune in others], settings)
    assert len(found.scale) == notes


def test_five_notes_with_semitones_stay() -> None:
    given = frame(55, 79, Key(9, "minor"))._replace(scale=(9, 11, 0, 4, 5))
    assert on_scale(given, [neighbour(SEVEN, 0)], Settings()) == given
