"""Phrases that add up, and that come again where the plan says so."""

import numpy as np
import pytest

from generate.compose import prepare, takes
from generate.lines.assembly import line_of
from generate.lines.sections import with_plan, with_returns
from generate.piece.composition import Composition, Fragment, Source
from generate.piece.planned import Bar, Plan, PlannedBar
from generate.piece.self_similarity import EXACT, NEW, Recurrence
from generate.plan.frame import Frame
from generate.plan.settings import Settings
from mer.corpus.corpus import Corpus
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

BAR = 1920


def frame_of(index: PhraseIndex, corpus: Corpus, bars: int) -> Frame:
    motif = corpus.tune(0).melody
    return prepare(motif, index, Settings(bars=bars, open_with_motif=False)).frame


def phrase(pitch: list[int], tune: str) -> Fragment:
    melody = Melody(
        pitch=pitch,
        onset=480 * np.arange(len(pitch)),
        duration=[480] * len(pitch),
        meter=(4, 4),
    )
    return Fragment(melody, tuple(Source("corpus", n, 0, tune, 1) for n in range(len(pitch))))


def plan_of(*takes_after: int) -> Plan:
    whole = Bar((0,), (BAR,), (None,))
    kinds = [Recurrence(EXACT, bar) if bar >= 0 else Recurrence(NEW) for bar in takes_after]
    return Plan(tuple(PlannedBar(kind, whole, False, ()) for kind in kinds), "lender")


FIRST, SECOND = [60, 62, 64, 65, 67, 65, 64, 62], [67, 69, 71, 72, 71, 69, 67, 65]
THIRD, LAST = [64, 62, 60, 62, 64, 65, 64, 62], [67, 65, 64, 62, 60, 62, 60, 60]


def test_a_phrase_stands_again_where_the_plan_has_it(index: PhraseIndex, corpus: Corpus) -> None:
    frame = frame_of(index, corpus, 8)._replace(meter=(4, 4), bar_ticks=BAR, pickup=0)
    parts = [
        (number * 2 * BAR, phrase(notes, f"t{number}"))
        for number, notes in enumerate([FIRST, SECOND, THIRD, LAST])
    ]
    again = with_returns(frame, parts, plan_of(-1, -1, -1, -1, 0, 1, -1, -1))
    assert [part[0] for part in again] == [0, 2 * BAR, 4 * BAR, 6 * BAR]
    assert again[2][1].melody.pitch.tolist() == FIRST
    assert again[2][1].sources[0].tune_id == "t0"
    # Bars that come again out of their places are none of a phrase, and the last one closes.
    for other in (plan_of(-1, -1, -1, -1, 1, 2, -1, -1), plan_of(*[-1] * 6, 0, 1)):
        assert with_returns(frame, parts, other) == parts


def test_a_leap_of_more_than_an_octave_keeps_a_phrase_away(
    index: PhraseIndex, corpus: Corpus
) -> None:
    frame = frame_of(index, corpus, 8)._replace(meter=(4, 4), bar_ticks=BAR, pickup=0)
    high = [pitch + 12 for pitch in SECOND]
    parts = [
        (number * 2 * BAR, phrase(notes, f"t{number}"))
        for number, notes in enumerate([FIRST, high, high, LAST])
    ]
    assert with_returns(frame, parts, plan_of(-1, -1, -1, -1, 0, 1, -1, -1)) == parts


def test_only_what_is_heard_again_is_said_to_come_again(index: PhraseIndex, corpus: Corpus) -> None:
    frame = frame_of(index, corpus, 4)._replace(meter=(4, 4), bar_ticks=BAR, pickup=0)
    made = phrase([*FIRST, *FIRST[:4], 60, 60, 60, 60], "t0")
    piece = Composition(made.melody, made.sources, "stitch")
    told = with_plan(piece, plan_of(-1, -1, 0, 1), frame)
    assert [one.kind for one in told.plan] == [NEW, NEW, EXACT, NEW]
    assert told.lender == "lender"
    nothing = with_plan(piece, plan_of(-1, -1, -1, -1), frame)
    assert (nothing.plan, nothing.lender) == ((), "")


@pytest.mark.parametrize("verb", ["stitch", "vary"])
def test_phrases_add_up_to_two_bars_and_more(index: PhraseIndex, corpus: Corpus, verb: str) -> None:
    even = 0
    for number in range(0, 12, 3):
        tune = corpus.tune(number).melody
        motif = tune.cut(0, int(np.searchsorted(tune.onset, 2 * tune.bar_ticks)))
        brief = prepare(motif, index, Settings(verb=verb, bars=8))
        piece = takes(brief, np.random.default_rng(number), 1)[0]
        starts = piece.melody.onset[list(piece.melody.phrase_starts)]
        lines = line_of(starts, brief.frame)
        even += int((lines % 2 == 0).all())
    assert even >= 3


def test_a_morph_closes_on_a_beat_and_has_room_for_both(index: PhraseIndex, corpus: Corpus) -> None:
    motif = corpus.tune(0).melody.cut(0, 8)
    target = Melody(
        pitch=[67, 65, 64, 62, 60, 62],
        onset=[0, 480, 960, 1440, 1920, 2640],
        duration=[480, 480, 480, 480, 720, 1200],
        meter=(4, 4),
    )
    brief = prepare(motif, index, Settings(verb="morph"), target=target)
    piece = takes(brief, np.random.default_rng(0), 1)[0].melody
    assert piece.bar_position[-1] % piece.beat_ticks == 0
    assert piece.end[-1] == brief.frame.length
    assert brief.frame.bars >= 2 * motif.bars + 2
