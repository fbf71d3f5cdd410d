"""What the viewpoints look at, by hand: two short melodies that know nothing of each other."""

import pytest

from generate.prediction.notes import NOTHING, Notes
from mer.notes.melody import Melody

FIRST = Melody(
    pitch=[67, 60, 64, 64, 72],
    onset=[480, 960, 1440, 2160, 2640],
    duration=[480, 480, 480, 480, 960],
    meter=(3, 4),
    downbeat=960,
)
SECOND = Melody(pitch=[50, 52, 51], onset=[0, 240, 480], duration=[240, 240, 960])
NOTES = Notes.of([FIRST, SECOND])
N = NOTHING


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("melody", [0, 0, 0, 0, 0, 1, 1, 1]),
        ("place", [0, 1, 2, 3, 4, 0, 1, 2]),
        ("interval", [N, -7, 4, 0, 8, N, 2, -1]),
        ("contour", [N, -1, 1, 0, 1, N, 1, -1]),
        ("from_first", [0, -7, -3, -3, 5, 0, 2, 1]),
        ("highest", [N, 67, 67, 67, 67, N, 50, 52]),
        ("lowest", [N, 67, 60, 60, 60, N, 50, 50]),
        # Pitch classes above the first note: 0, then 5, then 9, twice.
        ("heard", [N, 1, 33, 545, 545, N, 1, 5]),
        # 240 ticks of silence before the fourth note.
        ("rest", [N, 0, 0, 240, 0, N, 0, 0]),
        # The pick-up lies before the first barline; bars of 4/4 where no metre is known.
        ("in_bar", [960, 0, 480, 1200, 240, 0, 240, 480]),
        ("since_pause", [0, 1, 2, 0, 1, 0, 1, 2]),
    ],
)
def test_what_is_known_of_each_note(name: str, values: list[int]) -> None:
    assert getattr(NOTES, name).tolist() == values


def test_earlier_notes_are_of_the_same_melody() -> None:
    assert NOTES.before(NOTES.pitch, 2).tolist() == [N, N, 67, 60, 64, N, N, 50]
    assert NOTES.before(NOTES.pitch, 4).tolist() == [N, N, N, N, 67, N, N, N]


@pytest.mark.parametrize(("ticks", "since"), [(1303, 0), (1302, 4)])
def test_a_long_note_is_a_pause_for_the_next(ticks: int, since: int) -> None:
    # Three notes of 480 ticks and the long one: 1303 is 1.9 times the mean of all four.
    tune = Melody(
        pitch=[60] * 5,
        onset=[0, 480, 960, 1440, 1440 + ticks],
        duration=[480, 480, 480, ticks, 480],
    )
    assert Notes.of([tune]).since_pause.tolist() == [0, 1, 2, 3, since]


def test_the_note_that_began_a_time_span_ago() -> None:
    assert NOTES.ago(480).tolist() == [N, 0, 1, 2, 3, N, N, 5]
    assert NOTES.ago(500).tolist() == [N, N, 0, 2, 2, N, N, N]
    assert NOTES.in_span(720).tolist() == [240, 0, 480, 480, 240, 0, 240, 480]
