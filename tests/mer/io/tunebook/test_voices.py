"""Voices of one tune, and tunes without the fields they should have."""

import pytest

from mer.errors import InputError
from mer.io.tunebook.text import split_tunebook
from mer.io.tunebook.tunes import TuneReading, read_tune
from mer.io.tunebook.voices import read_score_text

HEAD = "X:1\nM:4/4\nL:1/4\n"


def read(text: str, track: str | None = None) -> TuneReading:
    return read_tune(split_tunebook(text)[0], track=track)


def pitches(text: str, track: str | None = None) -> list[int]:
    melody = read(text, track).melody
    assert melody is not None
    return melody.pitch.tolist()


DUETS = [
    "K:C\nV:1\nc d|e f|\nV:2\nC D|E F|\n",
    "K:C\n[V:1]c d|\n[V:2]C D|\n[V:1]e f|\n[V:2]E F|\n",
    "V:1\nV:2 clef=bass\nK:C\n[V:1] c d|\n[V:2] C D|\n[V:1] e f|\n[V:2] E F|\n",
    "V:1 name=Top\nV:2 name=Low\nK:C\nV:1\nc d|\nV:2\nC D|\nV:1\ne f|\nV:2\nE F|\n",
    "K:C\nc d|\nV:2\nC D|\nV:1\ne f|\nV:2\nE F|\n",  # music before any V: is the first voice
    "V:1\nV:2\nK:C\nc d|e f|\nV:2\nC D|E F|\n",
    "K:C\nV:2\nC D|E F|\nV:1\nc d|e f|\n",
]


@pytest.mark.parametrize("text", DUETS)
def test_voices_are_told_apart_however_they_change(text: str) -> None:
    assert pitches(HEAD + text) == [72, 74, 76, 77]
    assert pitches(HEAD + text, track="2") in ([60, 62, 64, 65], [72, 74, 76, 77])


def test_a_voice_is_chosen_by_name() -> None:
    text = HEAD + DUETS[3]
    assert pitches(text, track="low") == [60, 62, 64, 65]
    assert "took voice 1 'Top' of 2" in read(text).remarks[0]
    with pytest.raises(InputError, match=r"no voice '3'; there are 2: 1 'Top' .*, 2 'Low'"):
        read(text, track="3")


def test_fields_hold_for_their_voice() -> None:
    text = HEAD + "K:C\nV:1\nF|\nK:G\nL:1/8\nF|\nV:2\nF|F|\n"
    assert pitches(text, track="1") == [65, 66]
    assert pitches(text, track="2") == [65, 65]
    before = HEAD + "K:C\nK:G\nL:1/8\nV:1\nF|\nV:2\nF|F|\n"
    assert pitches(before, track="2") == [66, 66]


def test_clefs_and_octaves_hold_for_their_voice() -> None:
    text = HEAD + "V:1 clef=treble-8\nV:2 octave=1\nK:C transpose=2\n[V:1]c|[V:2]c|[V:1]d|\n"
    assert pitches(text, track="1") == [62, 64]
    assert pitches(text, track="2") == [86]
    assert str(read(text).melody and read(text).melody.key) == "D major"  # type: ignore[union-attr]


def test_a_transposition_for_players_is_followed() -> None:
    text = HEAD + "%%MIDI transpose -24\nK:C\n[V:1]c|\n[V:2]c|\n%%MIDI transpose 12\n[V:2]d|\n"
    assert pitches(text, track="1") == [48]
    assert pitches(text, track="2") == [48, 86]


def test_an_accidental_of_one_voice_is_not_the_other_s() -> None:
    text = HEAD + "K:C\n[V:1]^c [V:2]c [V:1]c|\n"
    assert pitches(text, track="1") == [73, 73]
    assert pitches(text, track="2") == [72]


@pytest.mark.parametrize(
    ("text", "expected", "said"),
    [
        ("X:1\nM:4/4\nL:1/4\nFGAB|\n", [65, 67, 69, 71], "no key stands before the music"),
        ("X:1\nT:Tune\nF G A B\n", [65, 67, 69, 71], "no key stands before the music"),
        ("FGAB|\n", [65, 67, 69, 71], "no key stands before the music"),
        ("X:1\nFG|\nK:G\nFG|\n", [65, 67, 66, 67], "read without sharps and flats (line 2)"),
        ("X:1\nK:J\nF|\n", [65], "cannot read the key 'J'; read without sharps and flats (line 2)"),
        ("X:1\nK:H\nF|\n", [66], "cannot read the key 'H'; read as B major (line 2)"),
        ("X:1\nK:G\nF=3DF|=20\nF=\nG|\n", [66, 65, 66, 67], "decoded what a mail program"),
        ("X:1\nK:Dq\nF|\n", [66], "cannot read the key 'Dq'; read as D major (line 2)"),
        ("X:1\nK:G\nFF|=20\nFG|\n", [66, 66, 66, 67], "decoded what a mail program"),
        ("X:1\nH:A story that goes\nover two lines of text\nK:G\nF|\n", [66], ""),
        (" X:1\n  T:x\n  K:G\n  F|\n", [66], ""),
    ],
)
def test_a_tune_without_its_fields_is_read_all_the_same(
    text: str, expected: list[int], said: str
) -> None:
    assert pitches(text) == expected
    assert said in "; ".join(read(text).mended)
    assert bool(said) == bool(read(text).mended)


def test_the_first_tempo_counts() -> None:
    assert read_score_text(split_tunebook("X:1\nQ:1/2=60\nK:C\nc|")[0]).tempo_bpm == 120
    late = "X:1\nL:1/8\nQ:C3=40\nL:1/4\nK:C\nc|[Q:1/4=90]c|"
    assert read_score_text(split_tunebook(late)[0]).tempo_bpm == 120
    assert read_score_text(split_tunebook("X:1\nK:C\nc[Q:1/4=90]c|")[0]).tempo_bpm == 90


def test_the_metre_that_lasts_longest_is_kept() -> None:
    found = read("X:1\nL:1/4\nM:2/4\nK:C\nc2|[M:3/4]c3|c3|c3|]")
    assert found.melody is not None
    assert (found.melody.meter, found.melody.downbeat) == ((3, 4), 960)
    assert "kept one metre, 3/4" in found.remarks[0]
