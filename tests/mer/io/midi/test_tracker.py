"""Places on a grid for onsets as played: worked cases, drift, and notes closer than any places."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mer.io.midi.tracker import Grid, Guess, track, tracks

EIGHTHS = Grid("1/8", (0, 240))
SIXTEENTHS = Grid("1/16", (0, 120, 240, 360))
SWUNG = Grid("1/8, swung", (0, 240), swing=2 / 3)


def test_places_by_hand():
    played = np.array([3, 244, 470, 961, 1195, 1450])
    assert track(played, Guess(EIGHTHS), noise=20.0).position.tolist() == [
        0,
        240,
        480,
        960,
        1200,
        1440,
    ]


def test_the_beat_is_followed_where_it_slows_down():
    # Each quarter lasts 2 per cent longer than the one before: a quarter late after nine.
    written = np.arange(0, 24 * 480, 240)
    played = np.cumsum([0.0] + [240 * 1.02 ** (n / 2) for n in range(len(written) - 1)])
    found = track(played.round().astype(np.int64), Guess(EIGHTHS), noise=20.0)
    assert found.position.tolist() == written.tolist()
    assert found.period > 600


def test_swung_eighths_are_even_on_paper():
    played = np.array([0, 320, 480, 800, 960, 1280, 1440])
    found = track(played, Guess(SWUNG), noise=15.0)
    assert found.position.tolist() == [0, 240, 480, 720, 960, 1200, 1440]
    assert found.cost < track(played, Guess(SIXTEENTHS), noise=15.0).cost


def test_the_first_note_keeps_its_place_in_the_quarter():
    played = np.array([358, 482, 960, 1441])
    assert track(played, Guess(SIXTEENTHS), noise=15.0).position.tolist() == [360, 480, 960, 1440]


def test_what_places_cost_and_which_go_together():
    grid = Grid("", (0, 120, 160, 240, 320, 360))
    assert grid.kinds.tolist() == [3, 1, 2, 1, 2, 1]
    assert Grid("", (0, 80, 120, 160, 240)).kinds.tolist() == [3, 2, 1, 2, 3]
    assert np.exp(-grid.first_costs).sum() == pytest.approx(1.0)
    assert grid.first_costs.argmin() == 0
    assert SWUNG.sounded.tolist() == [0.0, 320.0]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 2_000), min_size=1, max_size=25))
def test_every_note_has_its_own_place_on_the_grid(steps):
    found = track(np.cumsum(steps), Guess(SIXTEENTHS), noise=20.0, passes=1).position
    assert (np.diff(found) > 0).all()
    assert (found % 120 == 0).all()


def test_guesses_side_by_side_are_found_as_alone():
    played = np.cumsum([0, 250, 118, 131, 470, 161, 149, 170, 236, 480])
    guesses = [
        Guess(EIGHTHS),
        Guess(SIXTEENTHS, 440.0),
        Guess(SWUNG),
        Guess(Grid("", (0, 160, 320))),
    ]
    together = tracks(played, guesses, noise=18.0)
    for guess, found in zip(guesses, together, strict=True):
        alone = track(played, guess, noise=18.0)
        assert found.position.tolist() == alone.position.tolist()
        assert found.cost == pytest.approx(alone.cost)


def test_a_place_that_is_rarely_used_costs_more_than_it_explains():
    played = np.arange(0, 40 * 240, 240)
    coarse, fine = tracks(played, [Guess(EIGHTHS), Guess(SIXTEENTHS)], noise=20.0)
    assert coarse.position.tolist() == fine.position.tolist()
    assert coarse.cost < fine.cost


def test_what_usually_follows_decides_where_time_alone_does_not():
    # Dotted pairs (0, 360) throughout; one pair at 335, nearer to the triplet than to the 16th.
    grid = Grid("", (0, 120, 160, 240, 320, 360))
    written = np.sort(np.concatenate([np.arange(16) * 480, np.arange(16) * 480 + 360]))
    played = written.copy()
    played[15] -= 25
    assert track(played, Guess(grid), noise=20.0).position.tolist() == written.tolist()


def test_the_work_of_a_note_is_bounded_whatever_came_before():
    rng = np.random.default_rng(5)
    onset = np.cumsum(rng.integers(1, 4_000, 60))
    guesses = [Guess(SIXTEENTHS, period) for period in (330.0, 480.0, 700.0)]
    found = tracks(onset, guesses, noise=8.0)
    assert [len(one.position) for one in found] == [60, 60, 60]
    assert all((np.diff(one.position) > 0).all() for one in found)
