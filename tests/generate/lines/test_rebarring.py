from collections.abc import Sequence

import numpy as np
import pytest

from generate.lines.rebarring import rebarred
from generate.piece.composition import Fragment, Source
from generate.piece.places import Place
from generate.piece.planned import Bar
from generate.plan.frame import Frame
from mer.notes.key import Key
from mer.notes.melody import Melody


def frame(meter: tuple[int, int]) -> Frame:
    return Frame(
        meter=meter,
        bars=8,
        bar_ticks=meter[0] * 1920 // meter[1],
        pickup=0,
        key=Key(0),
        low=55,
        high=79,
        end_on_tonic=True,
        opening=None,
        sections=(),
        scale=Key(0).scale,
    )


def waltz(quarters: Sequence[float], downbeat: int = 0) -> Fragment:
    duration = np.array([round(480 * q) for q in quarters])
    tune = Melody(
        pitch=np.arange(60, 60 + len(duration)),
        onset=np.cumsum(duration) - duration,
        duration=duration,
        meter=(3, 4),
        downbeat=downbeat,
    )
    return Fragment(tune, tuple(Source("corpus", n, 0, "w", 1) for n in range(len(duration))))


def test_downbeats_stay_downbeats() -> None:
    made = rebarred(waltz([1, 1, 1, 2, 1, 3]), frame((4, 4)), [])
    assert made is not None
    assert made.melody.meter == (4, 4)
    downbeats = np.flatnonzero(made.melody.bar_position == 0).tolist()
    assert downbeats == [0, 3, 5]
    assert made.melody.pitch.tolist() == [60, 61, 62, 63, 64, 65]
    assert all(source.operators == ("rebarring",) for source in made.sources)


def test_a_bar_of_the_stock_with_as_many_notes_is_taken_and_cited() -> None:
    place = Place("r", 1, 4)
    stock = [Bar((0, 480, 960), (480, 480, 960), (place,) * 3), Bar((0,), (1920,), (None,))]
    made = rebarred(waltz([1, 1, 1]), frame((4, 4)), stock)
    assert made is not None
    assert made.melody.onset.tolist() == [0, 480, 960]
    assert made.melody.duration.tolist() == [480, 480, 960]
    assert [source.rhythm for source in made.sources] == [place] * 3


def test_a_rhythm_of_other_proportions_is_not_taken() -> None:
    stock = [Bar((0, 120, 240), (120, 120, 1680), (None,) * 3)]
    made = rebarred(waltz([1, 1, 1]), frame((4, 4)), stock)
    assert made is not None
    assert made.melody.onset.tolist() == [0, 720, 1200]  # thirds of a bar, to the nearest eighth


def test_the_pick_up_is_left_out() -> None:
    made = rebarred(waltz([1, 1, 1, 1], downbeat=480), frame((4, 4)), [])
    assert made is not None
    assert made.melody.pitch.tolist() == [61, 62, 63]
    assert made.melody.downbeat == 0


@pytest.mark.parametrize("notes", [8, 12, 24])
def test_many_notes_are_set_on_a_finer_grid_or_refused(notes: int) -> None:
    made = rebarred(waltz([3 / notes] * notes), frame((3, 8)), [])
    assert (made is None) == (notes == 24)
    if made is not None:
        assert len(made) == notes
        assert made.melody.end[-1] == 720
