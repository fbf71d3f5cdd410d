"""The table of an index: one row a phrase, what a reader gets back, and what is refused."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from mer.__main__ import main
from mer.corpus.corpus import Corpus, Tune
from mer.errors import InputError
from mer.maps.table import FIELDS, table_as_csv, table_as_parquet
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex


def melody(pitch: list[int], **more: object) -> Melody:
    return Melody(pitch=pitch, onset=np.arange(8) * 480, duration=np.full(8, 480), **more)


MARKED = melody([60, 62, 64, 65, 67, 69, 71, 72], meter=(3, 4), key=Key(0), phrase_starts=(0, 5))
TUNES = [
    Tune("a", 'Quoted, "twice"', "mine", MARKED),
    Tune("b", "", "mine", melody([50, 52, 53, 55, 57, 58, 60, 62])),
]
INDEX = PhraseIndex.build(Corpus.from_tunes(TUNES))


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_each_phrase_is_a_row() -> None:
    found = rows(table_as_csv(INDEX))
    assert [(row["tune_id"], row["phrase"], row["start"], row["stop"]) for row in found] == [
        ("a", "1", "0", "5"),
        ("a", "2", "5", "8"),
        ("b", "1", "0", "8"),
    ]
    first, last = found[0], found[2]
    assert (first["title"], first["meter"], first["key"]) == ('Quoted, "twice"', "3/4", "C major")
    assert (first["notes"], first["quarters"], first["highest"]) == ("5", "5.0", "67")
    assert first["names"] == "C4 D4 E4 F4 G4"
    assert (last["meter"], last["key"], last["tempo_bpm"], last["lowest"]) == ("", "", "", "50")


def test_vectors_are_those_of_the_pool() -> None:
    found = rows(table_as_csv(INDEX, vectors=True))
    size = INDEX.pool.vectors.shape[1]
    values = [[float(row[f"v{n}"]) for n in range(size)] for row in found]
    assert np.allclose(values, INDEX.pool.vectors, atol=1e-6)
    assert list(found[0])[: len(FIELDS)] == list(FIELDS)
    # Their places keep as much of the distances between them as two directions can.
    places = np.array([[float(row["x"]), float(row["y"])] for row in found])
    vectors = INDEX.pool.vectors
    apart = [
        np.linalg.norm(rows[[0, 0, 1]] - rows[[1, 2, 2]], axis=1) for rows in (places, vectors)
    ]
    np.testing.assert_allclose(*apart, atol=1e-4)  # three points lie in a plane


def test_pandas_reads_it() -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.read_csv(io.StringIO(table_as_csv(INDEX, vectors=True)))
    assert table.shape == (3, len(FIELDS) + 2 + INDEX.pool.vectors.shape[1])
    assert table.title[0] == 'Quoted, "twice"'


def test_the_command_writes_it_or_says_why_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MER_HOME", str(tmp_path))
    INDEX.save(tmp_path / "mine")
    target = tmp_path / "mine.csv"
    asked = ["corpus", "export", "mine", str(target), "--quiet"]
    assert main(asked) == 0
    assert target.read_text() == table_as_csv(INDEX)
    assert main([*asked, "--unit", "melody", "--vectors"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == f"wrote 2 melodies to {target}"
    assert len(rows(target.read_text())) == 2
    for wrong in (str(tmp_path), str(tmp_path / "nowhere" / "mine.csv")):
        assert main(["corpus", "export", "mine", wrong]) == 2
        assert "name a file to write" in capsys.readouterr().err
    for wrong in ("mine.txt", "plain"):
        assert main(["corpus", "export", "mine", str(tmp_path / wrong)]) == 2
        assert "must end in .csv or .parquet" in capsys.readouterr().err
    assert not (tmp_path / "mine.txt").exists()


def test_a_notebook_shows_pictures_text_and_a_table() -> None:
    match = INDEX.search(MARKED.cut(0, 5), 1)[0]
    assert MARKED._repr_svg_().count("<rect") == 8
    assert match._repr_svg_() == match.explain().svg()
    assert "<pre>Quoted, &quot;twice&quot;" in match.explain()._repr_html_()
    assert "<td>mine</td><td>2</td>" in INDEX.corpus._repr_html_()
    assert INDEX._repr_html_().startswith("<p>3 phrases to search</p><table>")
    assert "<p>2 melodies to search" in INDEX.of_unit("melody")._repr_html_()


def test_parquet_is_read_by_pandas(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    pandas = pytest.importorskip("pandas")
    path = tmp_path / "t.parquet"
    path.write_bytes(table_as_parquet(INDEX, vectors=True))
    found = pandas.read_parquet(path)
    assert list(found.columns) == [*FIELDS, "x", "y", "vector"]
    assert found.tune_id.tolist() == ["a", "a", "b"]
    assert found.title.tolist()[0] == 'Quoted, "twice"'
    assert found.tempo_bpm.isna().all()
    np.testing.assert_array_equal(np.stack(found.vector), INDEX.pool.vectors.astype(np.float32))
    both = pandas.read_csv(io.StringIO(table_as_csv(INDEX)))
    assert both.notes.tolist() == found.notes.tolist()


def test_the_command_writes_parquet(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    INDEX.save(tmp_path / "toy.npz")
    out = tmp_path / "t.parquet"
    assert main(["corpus", "export", str(tmp_path / "toy.npz"), str(out), "--quiet"]) == 0
    assert out.read_bytes()[:4] == b"PAR1"


def test_parquet_without_pyarrow_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mer.maps.table.library", lambda name: None)
    with pytest.raises(InputError, match="needs pyarrow"):
        table_as_parquet(INDEX)
