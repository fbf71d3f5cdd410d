"""Chants of a made table: what is read of a row, and what is told of one that cannot be read."""

from pathlib import Path

import pytest

from mer.errors import InputError
from mer.io.chant.cantus import read_cantus

HEAD = "chantlink,incipit,cantus_id,mode,siglum,melody\n"


def table(folder: Path, rows: str, head: str = HEAD) -> Path:
    path = folder / "chants.csv"
    path.write_text(head + rows, encoding="utf-8")
    return path


def test_a_row_with_a_melody_is_a_chant(tmp_path: Path) -> None:
    rows = "x,Ave prima,000001,1,A-1,1---d--fg--h---gf--e--d---4\nx,Sine nota,000002,2,A-1,\n"
    (chant,) = read_cantus(table(tmp_path, rows))
    assert chant.melody is not None
    assert (chant.number, chant.title) == (1, "Ave prima (000001)")
    # D F G A G F E D in Volpiano: d is D above middle C.
    assert chant.melody.pitch.tolist() == [62, 65, 67, 69, 67, 65, 64, 62]
    assert str(chant.melody.key) == "D dorian"


def test_a_melody_that_ends_elsewhere_has_no_key(tmp_path: Path) -> None:
    (chant,) = read_cantus(table(tmp_path, "x,Ave,1,1,A-1,1---d--fg--h---gf--e---4\n"))
    assert chant.melody is not None
    assert chant.melody.key is None


def test_a_row_that_is_no_volpiano_is_a_problem_with_its_number(tmp_path: Path) -> None:
    rows = "x,Bona,7,8,A-1,1---g--h--g---4\nx,Mala,,8,A-1,to be done\n"
    good, bad = read_cantus(table(tmp_path, rows))
    assert good.melody is not None
    assert (bad.number, bad.title, bad.melody) == (2, "Mala", None)
    assert "no Volpiano" in bad.problem


@pytest.mark.parametrize(
    ("head", "said"),
    [("incipit,mode\n", "has no column melody, cantus_id"), ("", "has no column melody, incipit")],
)
def test_another_table_is_refused(tmp_path: Path, head: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        list(read_cantus(table(tmp_path, "", head)))


def test_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "chants.csv"
    path.write_bytes(HEAD.encode() + b"x,\xff\xfe,1,1,A,1---d\n")
    with pytest.raises(InputError, match="is no table of chants in UTF-8"):
        list(read_cantus(path))
    with pytest.raises(InputError, match="cannot read"):
        list(read_cantus(tmp_path / "none.csv"))
