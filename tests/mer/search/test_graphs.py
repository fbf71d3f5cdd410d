"""The graph of a corpus: made, brought up to date, used by a search, and told of."""

import pytest

from mer.__main__ import main
from mer.corpus.corpus import Corpus, Tune
from mer.corpus.filters import Filter
from mer.corpus.shipped import GRAPH
from mer.errors import InputError
from mer.io import save_melody
from mer.search.graphs import make_graph, more_like
from mer.search.index import PhraseIndex
from mer.search.segments.writing import merge_segments, remove_tunes
from mer.search.stack.comparison import LOCALLY
from mer.search.stack.graph import KEPT, NeighbourGraph
from mer.search.stack.neighbours import NeighbourLists
from tests.mer.search.stack.test_graph import line


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the folder of a corpus of 12 tunes, large enough for a graph."""
    monkeypatch.setenv("MER_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("mer.search.stack.pool.SMALL_POOL_NOTES", 0)
    tunes = [Tune(str(n), f"Tune {n}", "mine", line(n, 20)) for n in range(12)]
    made = tmp_path / "home" / "mine"
    PhraseIndex.build(Corpus.from_tunes(tunes)).save(made)
    return made


def lists(folder):
    """Return the lists that a search of whole melodies reads."""
    return NeighbourLists.of_pool(PhraseIndex.load(folder).of_unit("melody").pool)


def test_a_graph_is_made_once_and_then_brought_up_to_date(folder):
    assert make_graph(folder) == (12, 12)
    made = (folder / GRAPH).read_bytes()
    assert make_graph(folder) == (12, 0)
    assert (folder / GRAPH).read_bytes() == made
    more = [Tune(str(n), "", "mine", line(n, 20)) for n in range(12, 15)]
    PhraseIndex.load(folder).add(more).save(folder)
    assert make_graph(folder) == (15, 3)
    anew = NeighbourGraph.of(PhraseIndex.load(folder).of_unit("melody").pool)
    assert (NeighbourGraph.load(folder / GRAPH).numbers == anew.numbers).all()


def test_removing_and_merging_leave_a_graph_that_fits(folder):
    make_graph(folder)
    before = lists(folder)._numbers
    remove_tunes(folder, ["3", "7"])
    merge_segments(folder)
    gone = {3, 7}
    left = [n for n in range(12) if n not in gone]
    for row, number in enumerate(left):
        expected = [left.index(n) for n in before[number].tolist() if n >= 0 and n not in gone]
        assert lists(folder)._numbers[row][: len(expected)].tolist() == expected
    assert make_graph(folder) == (10, 0)


def test_a_search_of_whole_melodies_reads_it(folder, tmp_path, capsys):
    make_graph(folder)
    motif = tmp_path / "motif.mid"
    save_melody(line(4, 20).transpose(2), motif)
    asked = ["search", str(motif), "--corpus", "mine", "--unit", "melody", "--method", "full"]
    assert main([*asked, "--k", "3"]) == 0
    assert "Tune 4" in capsys.readouterr().out.splitlines()[1]
    (folder / GRAPH).write_bytes(b"no graph")
    assert main(asked) == 2
    assert GRAPH in capsys.readouterr().err


def test_the_command_says_what_it_did(folder, capsys, monkeypatch):
    assert main(["corpus", "graph", "mine", "--quiet"]) == 0
    assert capsys.readouterr().out == ("corpus 'mine': graph of 12 tunes, 12 of them new to it\n")
    monkeypatch.setattr("mer.search.stack.pool.SMALL_POOL_NOTES", 50_000)
    assert main(["corpus", "graph", "mine"]) == 0
    assert "needs no graph" in capsys.readouterr().out
    assert main(["corpus", "graph", "nothing"]) == 2
    assert main(["corpus", "graph", "folk"]) == 2


def test_workers_write_the_same_bytes(folder, capsys, monkeypatch):
    assert main(["corpus", "graph", "mine", "--quiet", "--workers", "1"]) == 0
    made = (folder / GRAPH).read_bytes()
    (folder / GRAPH).unlink()
    monkeypatch.setattr("mer.search.stack.graph._PAIRS_OF_NOTES", 2000)
    assert main(["corpus", "graph", "mine", "--quiet", "--workers", "2"]) == 0
    assert (folder / GRAPH).read_bytes() == made


def test_servers_have_no_place_for_a_graph(capsys):
    assert main(["corpus", "graph", "postgresql://a/music"]) == 2
    assert "the corpus that was pushed" in capsys.readouterr().err


def test_adding_says_that_the_graph_lacks_the_new_tunes(folder, tmp_path, capsys):
    make_graph(folder)
    own = tmp_path / "own"
    own.mkdir()
    save_melody(line(50, 20), own / "new.mid")
    assert main(["corpus", "add", str(own), "--into", "mine", "--quiet", "--workers", "1"]) == 0
    assert "corpus graph mine" in capsys.readouterr().out


def test_a_write_that_fails_leaves_the_graph_as_it_was(folder, monkeypatch):
    make_graph(folder)
    made = (folder / GRAPH).read_bytes()
    PhraseIndex.load(folder).add([Tune("z", "", "mine", line(60, 20))]).save(folder)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mer.corpus.storage._write_member", full)
    with pytest.raises(InputError, match="No space"):
        make_graph(folder)
    assert sorted(p.name for p in folder.iterdir() if "graph" in p.name) == [GRAPH]
    assert (folder / GRAPH).read_bytes() == made


def ids(matches):
    return [match.phrase.tune_id for match in matches]


def test_the_graph_tells_what_is_like_a_tune_as_an_alignment_does(folder):
    index = PhraseIndex.load(folder)
    searched = more_like(index, "5", 4, method="align")
    assert index.graph_file is not None
    assert not index.graph_file.exists()
    make_graph(folder)
    found = more_like(index, "5", 4)
    assert ids(found) == ids(searched)
    for one, other in zip(found, searched, strict=True):
        assert one.similarity == pytest.approx(other.similarity, abs=1e-3)
        assert (one.pairs, one.number) == (other.pairs, other.number)
        assert one.contributions == {LOCALLY: one.similarity}
        assert one.query == PhraseIndex.load(folder).corpus.tune(5).melody
        moved = one.query.pitch + one.transposition
        same = sum(moved[a] == one.phrase.melody.pitch[b] for a, b in one.pairs)
        assert 2 * same >= len(one.pairs)


def test_what_the_graph_cannot_tell_is_searched(folder, monkeypatch):
    make_graph(folder)
    index = PhraseIndex.load(folder)
    assert len(more_like(index, "5", KEPT + 1)) == 11  # all others
    some = Filter(collections=["mine"])
    assert ids(more_like(index, "5", 3, where=some)) == ids(more_like(index, "5", 3))
    monkeypatch.setattr("mer.search.graphs.NeighbourGraph", None)
    assert "5" not in ids(more_like(index, "5", 3, method="ngram"))
    assert len(more_like(index, "5", 3, distinct=True)) == 3


def test_phrases_are_like_phrases(folder):
    index = PhraseIndex.load(folder)
    found = more_like(index, "5", 3, phrase=1)
    number = next(n for n in range(len(index)) if index.phrase(n).tune_id == "5")
    assert found == index.more_like(number, 3)
    assert number not in [match.number for match in found]
    melody = index.phrase(number).melody
    assert [m.number for m in index.search(melody, 4) if m.number != number][:3] == [
        match.number for match in found
    ]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"tune_id": "x"}, "no tune 'x'"),
        ({"tune_id": "5", "phrase": 0}, "no phrase 0; it has"),
        ({"tune_id": "5", "k": 0}, "k is 0"),
        ({"tune_id": "5", "method": "best"}, "unknown method"),
    ],
)
def test_more_like_refuses(folder, asked, said):
    with pytest.raises(InputError, match=said):
        more_like(PhraseIndex.load(folder), **asked)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["motif.mid", "--like", "Tune 5"], "one of these"),
        ([], "one of these"),
        (["motif.mid", "--phrase", "1"], "add --like"),
        (["--like", "Tune 5", "--unit", "phrase"], "with --phrase N phrases"),
        (["--like", "Tune"], "give an id"),
    ],
)
def test_the_command_refuses(folder, capsys, asked, said):
    assert main(["search", *asked, "--corpus", "mine"]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_the_command_finds_more_of_the_same(folder, capsys):
    assert main(["search", "--like", "tune 4", "--corpus", "mine", "--k", "2"]) == 0
    whole = capsys.readouterr().out
    assert "Tune 4 " not in whole
    assert "notes" in whole.splitlines()[0]
    assert main(["search", "--like", "4", "--phrase", "1", "--corpus", "mine", "--json"]) == 0
    assert '"phrase": ' in capsys.readouterr().out


def test_only_searches_of_whole_melodies_read_the_graph(folder):
    make_graph(folder)
    index = PhraseIndex.load(folder)
    assert index.pool.graph_file is None
    assert index.of_unit("melody").pool.graph_file == folder / GRAPH
