import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.pictures.preview import SIZE, preview
from mer.notes.melody import Melody

Image = pytest.importorskip("PIL.Image", reason="pillow is not installed")
NOTE, GROUND = (15, 118, 110), (248, 250, 252)


def test_notes_lie_where_they_sound() -> None:
    low_then_high = Melody(pitch=[60, 67], onset=[0, 960], duration=[960, 960])
    with Image.open(io.BytesIO(preview(low_then_high, "Two notes"))) as picture:
        assert picture.size == SIZE
        lane = 310 / 8
        for place, row in ((330, 7), (870, 0)):  # the middle of each half; rows from the top
            assert picture.getpixel((place, int(250 + (row + 0.5) * lane))) == NOTE
            assert picture.getpixel((place, int(250 + (7.5 - row) * lane))) == GROUND


@given(st.text(max_size=120), st.lists(st.integers(0, 127), min_size=1, max_size=40))
@settings(max_examples=20, deadline=None)
def test_any_name_and_tune_can_be_drawn(name: str, pitch: list[int]) -> None:
    many = len(pitch)
    tune = Melody(pitch=pitch, onset=range(0, 30 * many, 30), duration=[30] * many)
    assert preview(tune, name)[:4] == b"\x89PNG"
