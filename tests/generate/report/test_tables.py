"""The table of neighbours."""

from generate.report.tables import neighbour_table
from mer.notes.melody import Melody, Phrase
from mer.search.match import Match

TUNE = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480] * 3)
PHRASE = Phrase(TUNE, "t1", "A Tune", "mine", 12, 0, 3)
MATCH = Match(PHRASE, 0.8765, -5, ((0, 0),), {"all": 0.8765}, 0, TUNE)


def test_the_table_of_neighbours() -> None:
    long = Match(
        PHRASE._replace(title="A Title of Thirty-Five Letters, So It Is"),
        1.0,
        12,
        ((0, 0),),
        {"all": 1.0},
        0,
        TUNE,
    )
    bare = MATCH._replace(phrase=PHRASE._replace(title=""))
    heading, *rows = neighbour_table([MATCH, long, bare])
    assert heading.split() == ["similar", "shift", "phrase", "title", "collection"]
    assert rows[0].split() == ["1", "0.876", "-5", "12", "A", "Tune", "mine"]
    assert rows[1].split()[:4] == ["2", "1.000", "+12", "12"]
    assert "A Title of Thirty-Five Letters, S…  mine" in rows[1]
    assert rows[2].split()[4] == "t1"
    places = {row.index("mine") for row in rows} | {heading.index("collection")}
    assert len(places) == 1
