"""The table of collections against what is installed."""

import subprocess
import sys

import pytest

from mer.build.batches import READERS
from mer.build.collections import (
    COLLECTIONS,
    SHIPPED_NAMES,
    collection_named,
    music21_corpus,
    source_files,
)
from mer.errors import InputError
from mer.io.tunebook.tunes import MARKS


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_collection_says_where_it_comes_from(name: str) -> None:
    collection = COLLECTIONS[name]
    assert collection.name == name
    for text in (collection.title, collection.source, collection.year, collection.encoders):
        assert text.strip()
    assert len(collection.licence) > 40
    assert collection.reader in READERS
    assert collection.convention.marks in MARKS
    assert collection.id_format.format(stem="a", file=1, number=1).isascii()


@pytest.mark.parametrize("name", COLLECTIONS)
def test_the_installed_files_are_the_expected_ones(name: str) -> None:
    try:
        files = list(source_files(COLLECTIONS[name]))
    except InputError as error:
        assert COLLECTIONS[name].home == "pycantus"
        pytest.skip(str(error))
    assert len(files) == COLLECTIONS[name].files
    assert files == sorted(files)


def test_essen_is_not_shipped() -> None:
    assert "essen" not in SHIPPED_NAMES
    assert "non-commercial" in COLLECTIONS["essen"].licence


def test_chant_is_not_shipped() -> None:
    assert "chant" not in SHIPPED_NAMES
    assert "non-commercial" in COLLECTIONS["chant"].licence


def test_a_package_that_is_missing_is_told_with_its_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pycantus is not installed; .*--no-deps pycantus"):
        source_files(COLLECTIONS["chant"])


def test_themes_lie_beside_the_pack() -> None:
    folders = {path.parent for path in source_files(COLLECTIONS["themes"])}
    assert [folder.name for folder in folders] == ["themes"]


def test_files_whose_terms_reserve_rights_are_left_out() -> None:
    # The kern files of the chorales reserve all rights to derivatives.
    assert all(path.suffix != ".krn" for path in source_files(COLLECTIONS["chorales"]))


def test_an_unknown_collection_is_refused() -> None:
    with pytest.raises(InputError, match=r"unknown collection 'x'.*oneills"):
        collection_named("x")


def test_music21_is_found_without_being_imported() -> None:
    program = (
        "import sys; from mer.build.collections import music21_corpus; music21_corpus();"
        "sys.exit('music21' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
    assert (music21_corpus() / "bach").is_dir()
