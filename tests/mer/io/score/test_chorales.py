"""Chorales: the soprano, its fermatas and its title."""

from pathlib import Path

import pytest

from mer.build.collections import collection_named, music21_corpus, source_files
from mer.errors import InputError
from mer.io.score.chorales import bwv_number, chorale_titles, read_chorale

BACH = music21_corpus() / "bach"


def test_a_chorale_against_its_score() -> None:
    melody = read_chorale(BACH / "bwv253.mxl")
    assert melody.title == "Ach bleib bei uns, Herr Jesu Christ (BWV 253)"
    assert (melody.meter, str(melody.key), melody.downbeat) == ((4, 4), "A major", 480)
    assert melody.pitch[:9].tolist() == [73, 73, 74, 76, 73, 69, 71, 73, 74]
    # Fermatas stand over the notes before these and over the last.
    assert melody.phrase_starts == (0, 9, 20, 28)


def test_the_soprano_is_found_below_the_horns() -> None:
    horns_and_voices = read_chorale(BACH / "bwv1.6.mxl")
    assert len(horns_and_voices) < 80
    assert 60 <= horns_and_voices.pitch.min() <= horns_and_voices.pitch.max() <= 81


def test_a_piece_with_fewer_than_four_parts_is_no_chorale() -> None:
    with pytest.raises(InputError, match="2 parts"):
        read_chorale(BACH / "bwv846.mxl")


def test_a_file_that_is_no_score_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bwv1.mxl").write_bytes(b"PK nonsense")
    with pytest.raises(InputError, match=r"bwv1\.mxl"):
        read_chorale(tmp_path / "bwv1.mxl")


def test_most_chorales_have_a_title() -> None:
    known = chorale_titles()
    files = list(source_files(collection_named("chorales")))
    assert sum(bwv_number(path) in known for path in files) > 0.8 * len(files)
