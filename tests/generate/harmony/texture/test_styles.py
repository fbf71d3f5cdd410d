"""Which style suits which melody."""

import numpy as np
import pytest

from generate.harmony.texture.patterns import PATTERNS
from generate.harmony.texture.styles import DRONE, STYLES, fitting_style
from mer.notes.melody import Melody


def beats(meter: tuple[int, int], ticks: int, *, late: int = 0, tempo: float = 120.0) -> Melody:
    """Return notes of one length in a metre; the first `late` ticks are silent."""
    return Melody(
        pitch=[60] * 16,
        onset=np.arange(16) * ticks + late,
        duration=[ticks] * 16,
        meter=meter,
        tempo_bpm=tempo,
    )


MIXED = Melody(
    pitch=[60] * 12,
    onset=np.cumsum([0, *([480, 240, 240] * 4)[:-1]]),
    duration=[480, 240, 240] * 4,
    meter=(4, 4),
)


@pytest.mark.parametrize(
    ("melody", "dance", "style"),
    [
        (beats((6, 8), 240), "", "jig"),
        (beats((6, 8), 720), "jig", "ballad"),  # hardly a note on each beat is no jig
        (beats((4, 4), 240), "", "reel"),
        (beats((4, 4), 480), "", "hymn"),
        (MIXED, "", "ballad"),
        (beats((4, 4), 480, late=240), "", "pop"),
        (beats((4, 4), 480), "reel", "hymn"),
        (beats((4, 4), 480), "polka", "march"),
        (beats((4, 4), 240), "hornpipe", "hornpipe"),
        (beats((3, 4), 480), "", "waltz"),
        (beats((3, 4), 480, tempo=60.0), "", "ballad"),
        (beats((5, 4), 480), "", "ballad"),
    ],
)
def test_the_style_of_metre_pace_and_dance(melody: Melody, dance: str, style: str) -> None:
    assert fitting_style(melody, dance=dance) == style


def test_pipes_have_drones() -> None:
    assert fitting_style(beats((6, 8), 240), program=109) == DRONE


def test_every_style_names_patterns_that_there_are() -> None:
    for style in STYLES.values():
        assert {style.first, style.second, style.ending} <= set(PATTERNS)
        assert style.first != style.second
        assert 0.5 <= style.swing < 0.7
        assert 0.5 <= style.short <= 1.0
