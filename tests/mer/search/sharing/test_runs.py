"""Shared runs against a naive search, aspect by aspect, and what is usual in a corpus."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mer.alignment.aspects import ASPECTS, aspect_named
from mer.corpus.corpus import Corpus, Tune
from mer.errors import InputError
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.search.sharing import runs
from mer.search.sharing.prints import Prints
from mer.search.sharing.runs import LEAST_RUN, SharedRuns, within
from mer.search.sharing.usual import LONGEST, Share, Usual, shared_from, title_groups

# Aspect -> whether intervals, directions and proportions of time are told apart.
HEARS = {
    "pitch and rhythm": (True, True),
    "pitch": (True, False),
    "rhythm": (False, True),
    "contour": (None, False),
}


def naive_keys(melody: Melody, start: int, notes: int, aspect: str) -> set[tuple[object, ...]]:
    """Return the two keys by which a run is compared in an aspect, in exact fractions."""
    pitch = melody.pitch.tolist()[start : start + notes]
    intervals = [b - a for a, b in pairwise(pitch)]
    hears, times = HEARS[aspect]
    heard = intervals if hears else [] if hears is False else np.sign(intervals).tolist()
    keys: set[tuple[object, ...]] = set()
    between = np.diff(melody.onset).tolist()[start : start + notes - 1]
    for lengths in (melody.duration.tolist()[start : start + notes - 1], between):
        ratios = [Fraction(b, a) for a, b in pairwise(lengths)] if times else []
        keys.add((*heard, "in", *ratios))
    return keys


def naive_longest(mine: Melody, theirs: Melody, aspect: str) -> int:
    for notes in range(min(len(mine), len(theirs)), LEAST_RUN - 1, -1):
        known = set[tuple[object, ...]]().union(
            *(naive_keys(theirs, at, notes, aspect) for at in range(len(theirs) - notes + 1))
        )
        if any(naive_keys(mine, at, notes, aspect) & known for at in range(len(mine) - notes + 1)):
            return notes
    return 0


@st.composite
def melodies(draw: st.DrawFn) -> Melody:
    notes = draw(st.integers(1, 12))
    pitch = draw(st.lists(st.integers(60, 63), min_size=notes, max_size=notes))
    duration = draw(st.lists(st.sampled_from([240, 480]), min_size=notes, max_size=notes))
    rest = draw(st.lists(st.sampled_from([0, 0, 0, 0, 240]), min_size=notes, max_size=notes))
    step = np.array(duration) + rest
    return Melody(pitch=np.array(pitch), onset=np.cumsum(step) - step, duration=np.array(duration))


@pytest.mark.parametrize("aspect", ASPECTS)
@settings(max_examples=25)
@given(mine=melodies(), others=st.lists(melodies(), min_size=1, max_size=4))
def test_runs_of_tunes_equal_the_naive_search(
    aspect: str, mine: Melody, others: list[Melody]
) -> None:
    alone = ASPECTS[aspect]
    known = SharedRuns(alone(Columns.from_melodies(others)))
    found = known.of_tunes(Prints.of_columns(alone(Columns.from_melodies([mine]))))
    for number, other in enumerate(others):
        notes = int(found.notes[number])
        assert notes == naive_longest(mine, other, aspect)
        if notes:
            here = naive_keys(mine, int(found.start[number]), notes, aspect)
            assert here & naive_keys(other, int(found.note[number]), notes, aspect)


@pytest.mark.parametrize("aspect", ASPECTS)
@settings(max_examples=25)
@given(tunes=st.lists(melodies(), min_size=1, max_size=5), data=st.data())
def test_what_is_usual_equals_the_naive_search(
    aspect: str, tunes: list[Melody], data: st.DataObject
) -> None:
    groups = np.array([data.draw(st.integers(0, 2)) for _ in tunes])
    columns = Columns.from_melodies(tunes)
    longest = shared_from(ASPECTS[aspect](columns), groups)
    usual = Usual(np.asarray(columns.bounds, dtype=np.int64), {aspect: longest})
    for notes in (4, 7):
        long_enough = [number for number, tune in enumerate(tunes) if len(tune) >= notes]
        expected = [
            max(
                (
                    naive_longest(tunes[number].cut(0, notes), other, aspect)
                    for at, other in enumerate(tunes)
                    if groups[at] != groups[number]
                ),
                default=0,
            )
            for number in long_enough
        ]
        assert usual.of_tunes(aspect, notes).tolist() == expected


def test_a_share_is_of_stretches_as_long_as_the_melody() -> None:
    bounds = np.array([0, 6, 12, 16])
    longest = np.array([6, 5, 4, 0, 0, 0, 4, 0, 0, 0, 0, 0, 4, 0, 0, 0], dtype=np.uint8)
    usual = Usual(bounds, {"pitch": longest})
    assert usual.share("pitch", 4, 4) == Share(3, 3, 4)
    assert usual.share("pitch", 5, 4) == Share(1, 2, 5)  # stretches are as long as the run at least
    # Fewer than 200 tunes: as many notes as all of them have, and no more.
    assert usual.share("pitch", 4, 6) == Share(3, 3, 4)
    assert usual.share("pitch", 400, 600) == Share(0, 1, LONGEST)


@settings(max_examples=40)
@given(count=st.integers(1, 400), data=st.data())
def test_an_interval_holds_its_share(count: int, data: st.DataObject) -> None:
    share = Share(data.draw(st.integers(0, count)), count, 8)
    low, high = share.interval
    assert 0.0 <= low <= share.value <= high <= 1.0
    assert high - low < 2.0 / np.sqrt(count)


def test_titles_are_the_same_however_they_are_written() -> None:
    titles = ["The Blackbird", "BLACKBIRD - Reel", "Blackbird, The", "", "", "The Blackbird's Nest"]
    note = Melody(pitch=[60], onset=[0], duration=[480])
    corpus = Corpus.from_tunes(Tune(str(n), t, "", note) for n, t in enumerate(titles))
    assert title_groups(corpus).tolist() == [0, 0, 0, 1, 2, 3]


def test_what_is_usual_is_kept_on_disk(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("MER_HOME", str(tmp_path))
    beat = {"onset": range(0, 2400, 480), "duration": [480] * 5}
    tune = Melody(pitch=[60, 62, 64, 65, 67], **beat)
    corpus = Corpus.from_tunes([Tune("a", "A", "", tune), Tune("b", "B", "", tune.transpose(3))])
    made = Usual.of(corpus)
    assert made.longest["pitch"].tolist() == [5, 4, 0, 0, 0] * 2
    monkeypatch.setattr("mer.search.sharing.usual.shared_from", None)
    assert Usual.of(corpus).longest["contour"].tolist() == [5, 4, 0, 0, 0] * 2
    for file in tmp_path.rglob("usual-*"):
        file.write_bytes(b"damaged")
    monkeypatch.undo()
    monkeypatch.setenv("MER_HOME", str(tmp_path))
    assert Usual.of(corpus).longest["rhythm"].tolist() == [5, 4, 0, 0, 0] * 2


def test_runs_within_a_stretch_are_left_out() -> None:
    aside = np.array([0, 0, 0, -1, 1, 1])
    assert within(aside, np.array([2, 3, 5]), 2).tolist() == [True, False, True]
    assert within(None, np.array([2]), 2).tolist() == [False]
    scale = Melody(pitch=[60, 62, 64, 65, 67, 69], onset=np.arange(6) * 480, duration=[480] * 6)
    known = SharedRuns(Columns.from_melodies([scale]))
    assert known.longest(scale).notes == 6
    assert known.longest(scale, np.zeros(6, dtype=np.int64)).notes == 1


def test_a_rise_of_many_notes_has_a_contour() -> None:
    rise = Melody(pitch=np.arange(300) % 100, onset=np.arange(300) * 10, duration=[10] * 300)
    columns = ASPECTS["contour"](Columns.from_melodies([rise, rise, rise]))
    assert (np.diff(columns.pitch) <= 1).all()
    assert len(SharedRuns(columns).prints.first) == 900


def test_an_unknown_aspect_is_refused() -> None:
    assert aspect_named("pitch") is ASPECTS["pitch"]
    with pytest.raises(InputError, match="unknown aspect 'harmony'; choose one of pitch"):
        aspect_named("harmony")


def test_the_longest_run_is_the_same_in_whatever_parts_it_is_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)

    def walk(notes: int) -> Melody:
        ticks = np.arange(notes) * 480
        return Melody(pitch=rng.integers(60, 64, notes), onset=ticks, duration=np.full(notes, 480))

    tunes = [walk(40) for _ in range(20)]
    known = SharedRuns(Columns.from_melodies(tunes))
    asked = [walk(60) for _ in range(30)]
    found = []
    for starts in (1, 7, 1000):
        monkeypatch.setattr(runs, "_STARTS", starts)
        found.append([known.longest(melody) for melody in asked])
    assert found[0] == found[1] == found[2]
    assert len({run.notes for run in found[0]}) > 1
