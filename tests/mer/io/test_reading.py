"""The last step of every loader, and the two touches of the file system."""

import numpy as np
import pytest

from mer.errors import InputError
from mer.io.reading import Notation, longest_meter, one_meter, read_bytes, reading_of, write_bytes
from mer.io.voices import Voice


def voice(onsets, duration=480):
    onset = np.array(onsets)
    return Voice("", np.full(len(onset), 60), onset, np.full(len(onset), duration))


def test_silence_is_dropped_and_the_place_in_the_bar_kept():
    melody = reading_of(voice([2400, 3000]), Notation(meter=(3, 4), barline=0)).melody
    assert melody.onset.tolist() == [0, 600]
    assert melody.downbeat == 480  # quarter 5 of a 3/4 time: one bar and two beats


def test_phrases_begin_after_the_marks():
    notation = Notation(phrase_ends=[480, 1440])
    assert reading_of(voice([0, 480, 960, 1440]), notation).melody.phrase_starts == (0, 2)
    only_last = Notation(phrase_ends=[1440])
    assert reading_of(voice([0, 480, 960, 1440]), only_last).melody.phrase_starts == ()


def test_titles_are_one_short_line():
    melody = reading_of(voice([0]), Notation(title="A\n long   title" + "x" * 500)).melody
    assert melody.title.startswith("A long title")
    assert len(melody.title) == 200


def test_limits():
    with pytest.raises(InputError, match="20,001 notes; at most 20,000"):
        reading_of(voice(range(20_001)), Notation())
    with pytest.raises(InputError, match="100,001 quarters; at most 100,000"):
        reading_of(voice([0, 480 * 100_001]), Notation())


@pytest.mark.parametrize(
    ("meter", "read"),
    [((1, 4), (4, 4)), ((1, 8), (4, 4)), ((2, 32), (4, 4)), ((2, 8), (2, 8)), ((1, 2), (1, 2))],
)
def test_a_metre_that_is_none_of_the_music_is_corrected_and_said(meter, read):
    # Quarters, in bars of a quarter or less: no musician wrote these.
    reading = reading_of(voice(range(0, 4800, 480), 360), Notation(meter=meter, barline=480))
    assert reading.melody.meter == read
    assert any("no metre of music; read as 4/4" in one for one in reading.remarks) == (
        meter != read
    )
    if read == (4, 4):
        assert reading.melody.downbeat == 480  # a barline of the file stays one


def test_one_bar_of_one_beat_stays_as_it_is():
    assert reading_of(voice([0]), Notation(meter=(1, 4))).melody.meter == (1, 4)


def test_a_metre_that_cannot_be_is_said():
    reading = reading_of(voice([0, 480]), Notation(meter=(0, 4)))
    assert reading.melody.meter is None
    assert reading.remarks == ("the file says 0/4, which is no metre; bars are counted in 4/4",)


def test_a_metre_that_changes_with_every_bar_is_counted():
    signs = [(1680 * place, ((4, 4), (3, 4))[place % 2]) for place in range(8)]
    meter, since, changes = longest_meter(signs, 8 * 1680)
    assert (meter, since, changes) == ((4, 4), 0, 7)
    assert one_meter(meter, changes)[0].endswith("(it changes 7 times)")
    assert one_meter(None, 0) == []
    # The same sign again is no change.
    assert longest_meter([(0, (4, 4)), (1920, (4, 4))], 3840) == ((4, 4), 0, 0)


def test_a_metre_counts_only_as_long_as_music_sounds():
    signs = [(0, (4, 4)), (1920, (3, 4)), (4800, (2, 4))]
    assert longest_meter(signs, 4800) == ((3, 4), 1920, 1)
    assert longest_meter([], 100) == (None, 0, 0)
    assert longest_meter([(500, (3, 4))], 100) == ((3, 4), 500, 0)


def test_files_are_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "x"
    write_bytes(path, b"one")
    write_bytes(path, b"two")
    assert read_bytes(path, 3) == b"two"
    with pytest.raises(InputError, match="3 bytes; at most 2"):
        read_bytes(path, 2)
    (tmp_path / "folder").mkdir()
    for target in (tmp_path / "folder", tmp_path / "a" / "b", tmp_path / "zero\0byte"):
        with pytest.raises(InputError, match="cannot be written"):
            write_bytes(target, b"x")
    assert {entry.name for entry in tmp_path.iterdir()} == {"x", "folder"}


@pytest.mark.parametrize(
    ("name", "message"),
    [("", "is a folder"), ("none", "no such file"), ("a" * 400, "no such file|cannot be read")],
)
def test_what_is_no_file_is_said(tmp_path, name, message):
    with pytest.raises(InputError, match=message):
        read_bytes(tmp_path / name, 10)
