from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from generate.compose import compose, prepare, takes
from generate.lines.joins import JoinPrices
from generate.lines.route import Route, route_of, step_bars
from generate.lines.target import with_destination
from generate.lines.waypoints import between, head, leaned, spliced
from generate.piece.composition import TARGET, Composition, Fragment, Source
from generate.plan.brief import Brief
from generate.plan.settings import Settings
from mer.corpus.shipped import data_folder, index_file
from mer.errors import InputError
from mer.io import load_melody
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex


def melody(pitch: Sequence[int], quarters: Sequence[float], **context: Any) -> Melody:
    duration = np.array([round(480 * q) for q in quarters])
    onset = np.cumsum(duration) - duration
    return Melody(pitch=np.array(pitch), onset=onset, duration=duration, **context)


UP = melody([60, 62, 64, 65, 67, 65, 64, 62], [1] * 8, meter=(4, 4), key=Key(0))
DOWN = melody([79, 77, 76, 74, 72, 71, 72], [1, 0.5, 0.5, 1, 1, 2, 2], meter=(4, 4), key=Key(5))
WALTZ = melody([67, 64, 60, 62, 64, 60], [2, 1, 1, 1, 1, 3], meter=(3, 4), key=Key(9, "minor"))
TARGETS = {"same metre": DOWN, "other metre and mode": WALTZ, "none": None}


def brief_of(index: PhraseIndex, target: Melody | None, **settings: Any) -> Brief:
    return prepare(UP, index, Settings(verb="morph", **settings), target=target)


def route_between(brief: Brief) -> Route | None:
    return route_of(brief, JoinPrices.of(brief))


def sections(piece: Composition) -> list[Melody]:
    starts = [*piece.melody.phrase_starts, len(piece)]
    return [piece.melody.cut(start, stop) for start, stop in pairwise(starts)]


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("bars", [8, 16])
def test_every_note_leads_back_to_its_source(name: str, bars: int, index: PhraseIndex) -> None:
    brief = brief_of(index, TARGETS[name], bars=bars)
    piece = takes(brief, np.random.default_rng(1), 1)[0]
    given = {"motif": UP, "target": TARGETS[name]}
    for pitch, source in zip(piece.melody.pitch.tolist(), piece.sources, strict=True):
        corpus = index.corpus
        cited = given.get(source.kind) or corpus.tune(corpus.find(source.tune_id)).melody
        assert cited.pitch[source.note] + source.transposition == pitch
    assert piece.melody.end[-1] == brief.frame.length
    assert piece.melody.pitch[-1] % 12 == brief.frame.key.tonic


@pytest.mark.parametrize("name", ["same metre", "other metre and mode"])
def test_the_piece_ends_as_the_target(name: str, index: PhraseIndex) -> None:
    brief = brief_of(index, TARGETS[name], bars=8)
    way = route_between(brief)
    assert way is not None
    piece = takes(brief, np.random.default_rng(1), 1)[0]
    closing = sections(piece)[-1]
    assert closing.pitch.tolist() == way.goal.melody.pitch.tolist()
    assert {source.kind for source in piece.sources[-len(closing) :]} == {TARGET}


def test_likeness_falls_and_rises(index: PhraseIndex) -> None:
    brief = brief_of(index, DOWN, bars=12)
    way = route_between(brief)
    assert way is not None
    table = way.measure(sections(takes(brief, np.random.default_rng(2), 1)[0]))
    assert (np.diff(table[:, 0]) < 0).all()
    assert (np.diff(table[:, 1]) > 0).all()


def test_the_range_widens_for_the_target_unless_it_is_asked_for(index: PhraseIndex) -> None:
    wide = melody([60, 81, 60], [1, 1, 2], meter=(4, 4), key=Key(0))
    assert brief_of(index, wide).frame.high - brief_of(index, wide).frame.low >= 21
    with pytest.raises(InputError, match="the target spans 21 semitones"):
        brief_of(index, wide, low=60, high=76)


def test_a_piece_without_room_says_so(index: PhraseIndex) -> None:
    brief = brief_of(index, DOWN, bars=2)
    assert route_between(brief) is None
    piece = compose(UP, index, Settings(verb="morph", bars=2), np.random.default_rng(0))
    assert any("too short for a morph" in remark for remark in piece.remarks)
    assert piece.melody.bars == 2


def test_without_a_target_a_neighbour_is_named(index: PhraseIndex) -> None:
    brief = brief_of(index, None)
    assert any("turns into a phrase of Tune" in remark for remark in brief.remarks)
    assert brief.destination is not None
    assert with_destination(brief).destination is not None


def test_phrases_between_are_near_both(index: PhraseIndex) -> None:
    brief = brief_of(index, DOWN)
    found = between(brief, DOWN)
    nearest = [match.number for match in index.search(UP, k=3)]
    assert len(set(found)) == len(found) > 20
    assert set(nearest) & set(found)


def fragment(pitch: Sequence[int], quarters: Sequence[float]) -> Fragment:
    tune = melody(pitch, quarters, meter=(4, 4), key=Key(0))
    return Fragment(tune, tuple(Source("motif", note, 0) for note in range(len(pitch))))


def test_leaning_moves_degrees_part_of_the_way(index: PhraseIndex) -> None:
    frame = brief_of(index, DOWN).frame
    own, goal = fragment([60, 60, 60, 60], [1] * 4), fragment([67, 60], [2, 2])
    # Half of the way from c to g, four steps up, is e; over the second half nothing moves.
    half = leaned(own, goal, 0.5, "leaning", frame)
    assert half.melody.pitch.tolist() == [64, 64, 60, 60]
    assert [source.operators for source in half.sources] == [("leaning",)] * 2 + [()] * 2
    assert leaned(own, goal, 1.0, "leaning", frame).melody.pitch.tolist() == [67, 67, 60, 60]


def test_splicing_cuts_and_joins_on_one_time_line(index: PhraseIndex) -> None:
    frame = brief_of(index, DOWN).frame
    begun, ended = fragment([60, 62], [3, 1]), fragment([71, 72, 74], [1, 1, 2])
    joined = spliced(begun, ended, 960, frame)
    assert joined is not None
    assert joined.melody.pitch.tolist() == [60, 74]
    assert joined.melody.duration.tolist() == [960, 960]
    assert joined.sources[0].operators == ("cut",)
    assert spliced(begun, ended, 1440, frame) is None


def test_a_short_motif_is_repeated_to_fill_bars(index: PhraseIndex) -> None:
    frame = brief_of(index, DOWN).frame
    twice = head(fragment([60, 62, 64], [1, 1, 1]), frame, 2)
    assert twice.melody.pitch.tolist() == [60, 62, 64] * 2
    assert twice.melody.duration.tolist() == [480, 480, 960] * 2


@pytest.mark.parametrize("way", range(1, 20))
@pytest.mark.parametrize("longest", [1, 2, 3, 4, 8])
def test_waypoints_fill_the_way(way: int, longest: int) -> None:
    steps = step_bars(way, longest)
    assert sum(steps) == way
    assert max(steps) <= max(longest, 2)


@pytest.mark.skipif(not index_file().exists(), reason="the shipped corpus has not been built")
def test_every_shipped_motif_turns_into_a_neighbour_that_lends() -> None:
    # Some are famous themes of the corpus: their own tune is found, and lends nothing.
    shipped = PhraseIndex.load()
    for file in sorted((data_folder() / "motifs").glob("*.mid")):
        brief = prepare(load_melody(file), shipped, Settings(verb="morph"))
        lenders = {neighbour.tune.title or neighbour.tune.tune_id for neighbour in brief.neighbours}
        said = [text for text in brief.remarks if "turns into a phrase of" in text]
        assert len(said) == 1
        assert said[0].partition("turns into a phrase of ")[2] in lenders
