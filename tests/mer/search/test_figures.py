"""Shared figures: hand-worked, and true of any two melodies."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mer.embeddings import SETS as VIEWS
from mer.embeddings import TERMS
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.search.figures import FINDERS, MOST_FIGURES, shared_figures

STEPS = {"interval", "interval-rhythm"}


def tune(pitch, duration=None):
    duration = [480] * len(pitch) if duration is None else duration
    onset = np.concatenate([[0], np.cumsum(duration)[:-1]]).astype(int)
    return Melody(pitch=pitch, onset=onset, duration=duration)


def told(query, phrase, view):
    pairs = [(note, note) for note in range(min(len(query), len(phrase)))]
    figures = [figure for figure in shared_figures(query, phrase, pairs) if figure.view == view]
    return [(figure.query_notes, figure.phrase_notes) for figure in figures]


def test_a_run_in_another_key_and_rhythm():
    query, phrase = tune([60, 64, 62, 67]), tune([70, 74, 72, 77, 70], [240, 480, 240, 960, 480])
    assert told(query, phrase, "interval") == [((0, 1, 2, 3), (0, 1, 2, 3))]
    # Long-short-long of the phrase is nowhere in the even query: not even one step is shared.
    assert told(query, phrase, "interval-rhythm") == []


def test_a_changed_note_splits_the_run_and_leaves_skips():
    query, phrase = tune([60, 62, 64, 65, 67, 69, 71]), tune([60, 62, 64, 70, 67, 69, 71])
    assert told(query, phrase, "interval")[:2] == [((0, 1, 2), (0, 1, 2)), ((4, 5, 6), (4, 5, 6))]
    skips = told(query, phrase, "three-note")
    assert ((1, 2, 4), (1, 2, 4)) in skips
    assert ((0, 1, 2), (0, 1, 2)) not in skips  # the run says it
    assert ((1, 2, 4, 5), (1, 2, 4, 5)) in told(query, phrase, "four-note")


def test_words():
    query, phrase = tune([60, 64, 62]), tune([67, 71, 69, 69])
    figure = shared_figures(query, phrase)[0]
    assert str(figure) == (
        "motif notes 1-3 = phrase notes 1-3: up a major third, down a whole tone, "
        "in the same rhythm"
    )


def test_long_runs_are_not_told_to_the_end():
    query = tune([60 + note % 5 * 2 for note in range(30)])
    assert shared_figures(query, query)[0].words.count(",") == 7


def test_every_view_of_the_index_can_be_told():
    assert set(FINDERS) >= set(VIEWS)


MELODIES = st.lists(
    st.tuples(st.integers(55, 65), st.sampled_from([240, 480, 960])), min_size=3, max_size=14
).map(lambda notes: tune([pitch for pitch, _ in notes], [length for _, length in notes]))


@given(MELODIES, MELODIES)
def test_told_figures_are_there_and_shared_terms_are_told(query, phrase):
    figures = shared_figures(query, phrase)
    for figure in figures:
        mine, theirs = list(figure.query_notes), list(figure.phrase_notes)
        assert (np.diff(query.pitch[mine]) == np.diff(phrase.pitch[theirs])).all()
        if figure.view in STEPS:
            assert (np.diff(mine) == 1).all()
            assert (np.diff(theirs) == 1).all()
    for view in FINDERS:
        count = sum(figure.view == view for figure in figures)
        assert count <= MOST_FIGURES
        if view in STEPS:
            sets = [
                {
                    int(key)
                    for keys, _ in TERMS[view](Columns.from_melodies([melody]))
                    for key in keys
                }
                for melody in (query, phrase)
            ]
            assert bool(sets[0] & sets[1]) == bool(count)
