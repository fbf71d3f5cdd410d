"""A passage of a file becomes the motif, and the controls show what it is."""

from pathlib import Path

import pytest

from app.visitor.motifs import Passage, another_passage, load_motif, typed_motif
from app.visitor.passages import passage_asked, passage_shown, tempo_shown
from mer.errors import InputError

BOOK = """X:1
T:Reel
M:4/4
L:1/4
K:G
D|GABc|dedB|c2A2|B4|]

X:2
T:Jig
M:6/8
L:1/8
Q:3/8=120
K:D
A|d2f a2f|g2e c2A|d6|]
"""
FOUR_BARS = typed_motif("4/4 " + " | ".join(["C4 D E F"] * 4))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.abc"
    path.write_text(BOOK)
    return path


def test_the_controls_show_what_was_taken(book: Path) -> None:
    shown = passage_shown(load_motif(book))
    assert shown["tune"]["choices"] == [("1. Reel", "1"), ("2. Jig", "2")]
    assert (shown["tune"]["value"], shown["tune"]["visible"]) == ("1", True)
    assert shown["track"]["visible"] is False
    assert shown["from_bar"]["choices"] == [0, 1, 2, 3, 4]
    assert [shown[name]["value"] for name in ("from_bar", "to_bar", "meter")] == [0, 4, "4/4"]
    assert passage_shown(None)["to_bar"]["choices"] == []


def test_another_tune_of_the_file_has_bars_and_a_tempo_of_its_own(book: Path) -> None:
    reel = another_passage(load_motif(book), Passage(from_bar=1, to_bar=2))
    assert reel.text == "4/4 key=G-major G4 A4 B4 C5 | D5 E5 D5 B4"
    assert reel.span == (1, 2)
    jig = another_passage(reel, passage_asked(reel, "tune", "2"))
    assert (jig.name, jig.span, jig.melody.tempo_bpm) == ("Jig", (0, 3), 180.0)
    assert tempo_shown(jig) == {"label": "Beats a minute (♩.)", "value": 120.0}
    with pytest.raises(InputError, match="no bar 9; the tune has 3 bars and a pick-up"):
        another_passage(jig, Passage(tune="2", to_bar=9))
    with pytest.raises(InputError, match=r"^book\.abc: no tune '5'"):
        another_passage(jig, Passage(tune="5"))


@pytest.mark.parametrize(
    ("changed", "value", "span"),
    [
        ("to_bar", 2, (1, 2)),
        ("from_bar", 3, (3, 4)),
    ],
)
def test_bars_are_chosen_one_by_one(changed: str, value: int, span: tuple[int, int]) -> None:
    found = another_passage(FOUR_BARS, passage_asked(FOUR_BARS, changed, value))
    assert found.span == span
    assert len(found.melody) == 4 * (span[1] - span[0] + 1)


def test_a_first_bar_behind_the_last_moves_both_and_a_last_before_the_first_is_alone() -> None:
    two = another_passage(FOUR_BARS, Passage(from_bar=1, to_bar=2))
    assert passage_asked(two, "from_bar", 3) == Passage(from_bar=3, to_bar=4)
    assert passage_asked(two, "from_bar", 4) == Passage(from_bar=4, to_bar=4)
    later = another_passage(FOUR_BARS, Passage(from_bar=3, to_bar=4))
    assert passage_asked(later, "to_bar", 2) == Passage(from_bar=2, to_bar=2)
    assert passage_asked(later, "to_bar", None) == later.passage


def test_in_another_metre_bars_are_others() -> None:
    two = another_passage(FOUR_BARS, Passage(from_bar=1, to_bar=2))
    waltz = another_passage(two, passage_asked(two, "meter", "3/4"))
    assert (waltz.span, waltz.bars) == ((1, 6), range(1, 7))
    assert "read in 3/4 as asked, not in 4/4" in waltz.remarks
    with pytest.raises(InputError, match="'waltz' is no metre"):
        another_passage(two, passage_asked(two, "meter", "waltz"))


def test_a_long_tune_shows_how_far_the_motif_goes() -> None:
    long = typed_motif("4/4 " + " ".join(["C4 D E F"] * 70))
    assert (long.span, long.bars) == ((1, 64), range(1, 71))
    rest = another_passage(long, Passage(from_bar=67))
    assert (rest.span, len(rest.melody)) == ((67, 70), 16)


def test_what_comes_from_no_file_has_no_tunes() -> None:
    with pytest.raises(InputError, match="only a file has several tunes"):
        another_passage(FOUR_BARS, Passage(tune="2"))
