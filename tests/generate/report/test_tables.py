"""Note names, and the table of neighbours."""

from dataclasses import replace

import pytest

from generate.report.tables import neighbour_table, note_number
from mer.errors import InputError
from mer.notes.melody import Melody, Phrase
from mer.search.match import Match

TUNE = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480] * 3)
PHRASE = Phrase(TUNE, "t1", "A Tune", "mine", 12, 0, 3)
MATCH = Match(PHRASE, 0.8765, -5, ((0, 0),), {"all": 0.8765}, 0, TUNE)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("C4", 60),
        ("c4", 60),
        ("B3", 59),
        ("Cb4", 59),
        ("B#3", 60),
        ("F#5", 78),
        ("A-1", 9),
        ("C-1", 0),
        (" G9 ", 127),
        ("0", 0),
        ("127", 127),
    ],
)
def test_notes_by_name_and_number(text: str, number: int) -> None:
    assert note_number(text) == number


@pytest.mark.parametrize("text", ["", "H4", "C", "C44", "4C", "Cbb4", "12345", "-3"])
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="cannot read the note"):
        note_number(text)


def test_the_table_of_neighbours() -> None:
    long = Match(
        replace(PHRASE, title="A Title of Thirty-Five Letters, So It Is"),
        1.0,
        12,
        ((0, 0),),
        {"all": 1.0},
        0,
        TUNE,
    )
    bare = replace(MATCH, phrase=replace(PHRASE, title=""))
    heading, *rows = neighbour_table([MATCH, long, bare])
    assert heading.split() == ["similar", "shift", "phrase", "title", "collection"]
    assert rows[0].split() == ["1", "0.876", "-5", "12", "A", "Tune", "mine"]
    assert rows[1].split()[:4] == ["2", "1.000", "+12", "12"]
    assert "A Title of Thirty-Five Letters, S…  mine" in rows[1]
    assert rows[2].split()[4] == "t1"
    places = {row.index("mine") for row in rows} | {heading.index("collection")}
    assert len(places) == 1
