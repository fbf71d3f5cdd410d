"""Traits and figures of phrases by hand."""

import numpy as np
import pytest

from mer.maps.traits import FIGURES, TRAITS, figure_words
from mer.notes.columns import Columns
from mer.notes.key import Key
from mer.notes.melody import Melody

ARCH = Melody(
    pitch=[60, 64, 67, 62], onset=[0, 480, 960, 1440], duration=[480, 480, 480, 960], key=Key(0)
)
HOME = Melody(pitch=[67, 62, 60], onset=[0, 240, 720], duration=[240, 480, 240], key=Key(0))
BOTH = Columns.from_melodies([ARCH, HOME])


@pytest.mark.parametrize(
    ("more", "values"),
    [
        ("more notes", (4, 3)),
        ("a wider range", (7, 7)),
        ("a rise from first note to last", (2, -7)),
        ("an arch: the middle lies above the ends", (63.25 - 61, 63 - 63.5)),
        ("a longer last note", (960 / 600, 240 / 320)),
        ("more often an end on the tonic", (0, 1)),
        ("a more even rhythm", (2 / 3, 0)),
    ],
)
def test_traits(more: str, values: tuple[float, float]) -> None:
    (trait,) = (trait for trait in TRAITS if trait.more == more)
    assert trait.values(BOTH).tolist() == pytest.approx(list(values), abs=1e-9)


def told(kind: str) -> list[tuple[int, str]]:
    code, owner = FIGURES[kind](BOTH)
    return [(int(s), figure_words(kind, int(c))) for c, s in zip(code, owner, strict=True)]


def test_figures_of_intervals_do_not_reach_over_a_phrase() -> None:
    assert told("intervals") == [
        (0, "up a major third, then up a minor third"),
        (0, "up a minor third, then down a fourth"),
        (1, "down a fourth, then down a whole tone"),
    ]


def test_figures_of_degrees_count_from_the_tonic() -> None:
    assert told("scale degrees") == [
        (0, "scale degrees 1 3 5"),
        (0, "scale degrees 3 5 2"),
        (1, "scale degrees 5 2 1"),
    ]


@pytest.mark.parametrize(
    ("ticks", "words"),
    [
        ([480, 480, 480], "three notes of one length"),
        ([480, 240, 240], "three lengths as 2 : 1 : 1"),
        ([240, 480, 240], "three lengths as 1 : 2 : 1"),
        ([360, 120, 240], "three lengths as 3 : 1 : 2"),
    ],
)
def test_figures_of_rhythm(ticks: list[int], words: str) -> None:
    ends = np.cumsum(ticks)
    tune = Melody(pitch=[60, 62, 64, 65], onset=[0, *ends], duration=[*ticks, 240])
    code, _ = FIGURES["rhythm"](Columns.from_melodies([tune]))
    assert figure_words("rhythm", int(code[0])) == words
