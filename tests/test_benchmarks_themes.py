"""The famous themes hold what was checked: bars, key, range, fields, and a second reading."""

import sys
from fractions import Fraction
from pathlib import Path

import pytest

from mer.errors import InputError

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

import themes_checks  # noqa: E402
import typed_themes  # noqa: E402
from themes_checks import Theme, bar_lengths, complaints, disagreement, semitones  # noqa: E402

THEMES = themes_checks.themes()
# Chromatic from end to end.
KNOWN = {"Flight of the Bumblebee (Rimsky-Korsakov)": 1}


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: f"{theme.group}-{theme.number}")
def test_nothing_is_odd_about_a_theme(theme: Theme) -> None:
    assert len(list(complaints(theme))) == KNOWN.get(theme.title, 0)


def test_titles_are_told_once() -> None:
    assert len({theme.title for theme in THEMES}) == len(THEMES) >= 150


def test_the_second_reading_agrees() -> None:
    steps = themes_checks.second_reading()
    assert set(steps) == {theme.title for theme in THEMES}
    assert [t.title for t in THEMES if disagreement(t, steps[t.title])] == []


def test_typed_openings_are_of_the_pack() -> None:
    typed = typed_themes.typed_openings(typed_themes.FILE)
    assert {opening.title for opening in typed} <= {theme.title for theme in THEMES}
    assert len(typed) >= 24


def test_a_line_of_two_parts_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "typed.txt"
    file.write_text("# a remark\nOde to Joy | E E F G | none\nOde to Joy | E E F G\n")
    with pytest.raises(InputError, match="line 3"):
        typed_themes.typed_openings(file)


def test_a_wrong_note_is_noticed() -> None:
    theme = next(theme for theme in THEMES if theme.title == "Frère Jacques")
    assert disagreement(theme, "1 2 3 1 1 2 3 1") == ""
    assert disagreement(theme, "1 2 3 1 1 2 4 1").startswith("note 7: D4 +2 in the book, +3")


def test_bars_are_summed_from_the_text() -> None:
    # 3/2 + 3/4 + 1/4 eighths and a triplet in the time of two; a bar over two lines.
    bars = bar_lengths("A2|B3/2c/2>d/2 (3ddd|\ne2\nf2|", Fraction(1, 8))
    assert bars == [Fraction(1, 4), Fraction(9, 16), Fraction(1, 2)]


def test_steps_are_those_of_the_scale() -> None:
    assert semitones("5, 1 b3 #4 1'", "major") == [-5, 0, 3, 6, 12]
