"""Grids found and grids given: where the onsets of a performance lie on them."""

import numpy as np
import pytest

from mer.io.midi.grid import QUANTISE
from mer.io.midi.grid_search import GRIDS, found_grid, given_grid

EIGHTHS = np.arange(32) * 240


def test_every_grid_can_be_asked_for():
    assert ("auto", "off", *GRIDS) == QUANTISE


@pytest.mark.parametrize("seed", range(3))
def test_the_grid_with_the_fewest_places_is_found(seed):
    played = EIGHTHS + np.random.default_rng(seed).integers(-12, 13, 32)
    found = found_grid(played, noise=12.0)
    assert found is not None
    assert (found.name, found.pace) == ("1/8", 1.0)
    assert np.diff(found.position).tolist() == [240] * 31


@pytest.mark.parametrize("steps", [-4, 3])
def test_a_pace_is_found_that_is_not_the_file_s(steps):
    pace = 2.0 ** (steps / 12)
    written = np.cumsum([0, 480, 240, 240, 480, 720, 240, 480, 240, 240, 480, 240, 480, 240])
    found = found_grid(np.rint(written * pace).astype(np.int64), noise=8.0)
    assert found is not None
    assert found.pace == pytest.approx(pace)
    assert found.position.tolist() == written.tolist()


def test_there_is_no_grid_in_noise():
    onset = np.cumsum(np.random.default_rng(1).integers(37, 900, 60))
    assert found_grid(onset, noise=8.0) is None


@pytest.mark.parametrize("name", GRIDS)
def test_a_given_grid_keeps_what_lies_on_it(name):
    places = np.array(GRIDS[name].places)
    onset = (np.arange(4)[:, None] * 480 + places).ravel()
    found = given_grid(onset, name, noise=20.0)
    assert found.position.tolist() == onset.tolist()
    assert (found.name, found.period, found.pace) == (name, 480.0, 1.0)
