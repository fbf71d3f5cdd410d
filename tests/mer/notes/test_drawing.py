"""Pictures are well-formed XML, show every note once, and cannot be broken by a title."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.notes.drawing import FADED, alignment_picture, piano_roll
from mer.notes.melody import Melody

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = ["<script>alert(1)</script>", '" onload="alert(1)', "a & b", "]]>", "'", "\u202e&#0;\x00"]

MELODIES = st.lists(st.tuples(st.integers(0, 127), st.integers(1, 2000)), min_size=1, max_size=40)


def melody_of(notes: list[tuple[int, int]]) -> Melody:
    onsets, now = [], 0
    for _, duration in notes:
        onsets.append(now)
        now += duration
    return Melody(pitch=[p for p, _ in notes], onset=onsets, duration=[d for _, d in notes])


@given(MELODIES)
def test_one_rectangle_a_note_inside_the_picture(notes: list[tuple[int, int]]) -> None:
    root = ET.fromstring(piano_roll(melody_of(notes), label="x"))
    rects = root.findall(f"{SVG}rect")
    assert len(rects) == len(notes)
    for rect in rects:
        x, y, w, h = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
        assert x >= 0
        assert x + w <= 1001.01
        assert y >= 0
        assert y + h <= 100
        assert w > 0
        assert h > 0


def test_higher_notes_stand_higher_and_later_notes_to_the_right() -> None:
    root = ET.fromstring(piano_roll(melody_of([(60, 480), (67, 480)]), label="x"))
    first, second = root.findall(f"{SVG}rect")
    assert float(second.attrib["y"]) < float(first.attrib["y"])
    assert float(second.attrib["x"]) == pytest.approx(500)


@given(MELODIES, MELODIES, st.integers(-12, 12))
def test_alignment_shows_both_melodies_and_each_pair(
    upper: list[tuple[int, int]], lower: list[tuple[int, int]], shift: int
) -> None:
    pairs = [(i, i) for i in range(min(len(upper), len(lower)))][::2]
    same = [i for i, _ in pairs if upper[i][0] + shift == lower[i][0]]
    picture = alignment_picture(
        melody_of(upper), melody_of(lower), pairs, transposition=shift, label="x"
    )
    root = ET.fromstring(picture)
    rects = root.findall(f"{SVG}rect")
    assert len(rects) == len(upper) + len(lower)
    joins = [line for line in root.findall(f"{SVG}line") if "join" in line.attrib["class"]]
    assert len(joins) == len(pairs)
    assert sum("changed" not in line.attrib["class"] for line in joins) == len(same)
    faded = [rect for rect in rects if rect.attrib["fill"] == FADED]
    assert len(faded) == len(rects) - 2 * len(same)
    assert all(0 <= float(rect.attrib["y"]) <= 200 for rect in rects)
    assert all(-0.01 <= float(rect.attrib["x"]) <= 1000 for rect in rects)


def test_a_match_in_the_middle_at_half_speed_stands_below_its_notes() -> None:
    upper = melody_of([(60, 480), (62, 480), (64, 480), (65, 480), (67, 480)])
    lower = melody_of([(64, 240), (65, 240), (67, 240)])
    root = ET.fromstring(alignment_picture(upper, lower, [(2, 0), (3, 1), (4, 2)], label="x"))
    for line in root.findall(f"{SVG}line"):
        if line.attrib["class"] == "join":
            assert float(line.attrib["x1"]) == pytest.approx(float(line.attrib["x2"]), abs=0.1)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_escaped(text: str) -> None:
    picture = piano_roll(melody_of([(60, 480)]), label=text, hints=[text], colours=[text])
    root = ET.fromstring(picture)
    assert "<script" not in picture
    assert set(root.attrib) == {"class", "role", "aria-label", "viewBox", "preserveAspectRatio"}
    visible = text.replace("\u202e", "").replace("\x00", "")
    assert root.attrib["aria-label"] == visible
    assert root.find(f"{SVG}rect/{SVG}title").text == visible  # type: ignore[union-attr]


def test_many_bars_are_not_drawn() -> None:
    long = Melody(pitch=[60], onset=[0], duration=[480 * 4 * 5000])
    assert piano_roll(long, label="x").count("<line") == 0
