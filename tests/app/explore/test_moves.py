"""Which phrases moved from one map to another, and the notes that are the reason."""

import numpy as np
import pytest

from app.explore.atlas import Atlas
from app.explore.map import moved
from app.explore.moves import MOST_REASONS, MOVED, Fit, Move, moves, without
from mer.corpus.corpus import Corpus, Tune
from mer.notes.arrays import Floats
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex


def tune(pitch: list[int], lengths: list[int]) -> Melody:
    onset = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    return Melody(pitch=pitch, onset=onset, duration=lengths, meter=(4, 4))


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    """Thirty random phrases, and one that walks up evenly but for one long note, the fourth."""
    rng = np.random.default_rng(4)
    tunes = [
        tune(
            (60 + np.cumsum(rng.integers(-2, 3, 12)) % 12).tolist(),
            (rng.integers(1, 3, 12) * 240).tolist(),
        )
        for _ in range(30)
    ]
    tunes.append(tune(list(range(60, 68)), [240, 240, 240, 1920, 240, 240, 240, 240]))
    made = [Tune(f"t{n}", f"Tune {n}", "made", one) for n, one in enumerate(tunes)]
    return Atlas(PhraseIndex.build(Corpus.from_tunes(made)))


def brute_force(before: Floats, after: Floats) -> float:
    """Return the least sum of squares that any turn, mirror and size leaves, on a fine grid."""
    old, now = before - before.mean(axis=0), after - after.mean(axis=0)
    best = np.inf
    for angle in np.linspace(0, 2 * np.pi, 721):
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        for mirror in (1.0, -1.0):
            carried = old * [1.0, mirror] @ turn
            size = max(float((carried * now).sum() / (carried**2).sum()), 0.0)
            best = min(best, float(((now - size * carried) ** 2).sum()))
    return best


@pytest.mark.parametrize("seed", range(5))
def test_no_turn_and_size_fits_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    before, after = rng.normal(size=(2, 9, 2))
    strayed = Fit.of(before, after).strayed(before, after)
    assert float((strayed**2).sum()) <= brute_force(before, after) + 1e-9
    assert float((strayed**2).sum()) == pytest.approx(brute_force(before, after), rel=1e-3)


def test_places_that_are_all_one_can_be_fitted() -> None:
    same = np.ones((4, 2))
    assert Fit.of(same, same).strayed(same, same).tolist() == [0.0] * 4


def test_reasons_are_the_notes_without_which_the_way_is_shorter(atlas: Atlas) -> None:
    before, after = ("interval", "directions"), ("rhythm", "directions")
    found = moves(atlas, before, after)
    assert moves(atlas, before, after) is found  # found once for all who ask
    assert len(found) == MOVED
    old, now = atlas.chart(*before).places, atlas.chart(*after).places
    fit = Fit.of(old, now)
    far = fit.strayed(old, now)
    assert [far[move.place] for move in found] == sorted(far, reverse=True)[:MOVED]
    for move in found:
        places = []
        for note in range(len(move.melody)):
            left = [without(move.melody, note)]
            places.append(fit.strayed(*(atlas.places(n, left, way) for n, way in (before, after))))
        saved = 1 - np.concatenate(places) / far[move.place]
        assert len(move.reasons) <= MOST_REASONS
        for note in move.reasons:
            assert saved[note] >= 0.1
        if move.reasons:
            assert move.share == pytest.approx(float(saved.max()))
            assert saved[move.reasons[0]] == pytest.approx(float(saved.max()))


def test_a_move_is_told_by_its_notes() -> None:
    melody = tune([60, 62, 64], [480, 480, 480])
    told = moved(Move(7, melody, (1,), 0.625))
    assert told["at"] == 7
    assert told["notes"] == [["C4", False], ["D4", True], ["E4", False]]
    assert told["why"] == "without D4 (note 2) 62% less"
    assert moved(Move(7, melody, (), 0.0))["why"] == "no single note is the reason"
