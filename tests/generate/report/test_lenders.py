"""Who lent what of a piece: counted by hand, and in words."""

from generate.piece.composition import Composition, Source
from generate.piece.places import Place
from generate.report.lenders import Lenders, lenders, lent_line, lent_values
from mer.corpus.corpus import Corpus
from mer.notes.melody import Melody


def test_rhythm_and_notes_are_counted_apart() -> None:
    melody = Melody(pitch=[60] * 6, onset=range(6), duration=[1] * 6)
    sources = (
        Source("motif", 0, 0),
        Source("motif", 1, 0, rhythm=Place("t2", 1, 0)),
        Source("corpus", 3, 0, "t1", 1, rhythm=Place("", 0, 1)),
        Source("corpus", 4, 0, "t1", 1),
        Source("corpus", 5, 0, "t3", 1, ("own rhythm",)),
        Source("target", 0, 0),
    )
    found = lenders(Composition(melody, sources))
    assert found.form == ""
    assert dict(found.rhythm) == {"the motif": 2, "t2": 1, "t1": 1, "": 1, "the target": 1}
    assert dict(found.notes) == {"the motif": 2, "t1": 2, "t3": 1, "the target": 1}
    assert {"from": None, "notes": 1} in lent_values(found)["rhythm"]


def test_the_line_names_titles_and_adds_up_the_others(corpus: Corpus) -> None:
    found = Lenders(
        "t1", (("the motif", 9), ("", 2)), (("t1", 5), ("t2", 4), ("t3", 2), ("the motif", 1))
    )
    assert lent_line(corpus, found) == (
        "rhythm from the motif (9), no tune (2); notes from Tune 1 (5), Tune 2 (4), 2 others (3)"
    )
