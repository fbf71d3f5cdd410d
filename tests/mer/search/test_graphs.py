"""The graph of a corpus: made, brought up to date, used by a search, and told of."""

import pytest

from mer.__main__ import main
from mer.corpus.corpus import Corpus, Tune
from mer.errors import InputError
from mer.io import save_melody
from mer.search.graphs import make_graph
from mer.search.index import PhraseIndex
from mer.search.segments.writing import merge_segments, remove_tunes
from mer.search.stack.graph import GRAPH, NeighbourGraph
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
