"""What is typed is read as it is meant, and what is written reads back as the same notes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.visitor.notation import LONGEST_TEXT, pasted_ending, read_notes, write_notes
from mer.errors import InputError
from mer.io import read_melody
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex


@pytest.mark.parametrize(
    ("text", "pitch", "length"),
    [
        ("C4 D E G", [60, 62, 64, 67], [480] * 4),
        ("C4, D4, E4", [60, 62, 64], [480] * 3),
        ("c d e g", [60, 62, 64, 67], [480] * 4),
        ("B4 C F", [71, 72, 77], [480] * 3),  # without an octave, the nearest
        ("F#4:1/2 Bb:0.5 B#4:2", [66, 70, 72], [240, 240, 960]),
        ("G3 R:1/2 A♭3 | B3", [55, 56, 59], [480] * 3),
        ("CDE|", [60, 62, 64], [240] * 3),
        ("X:1\nL:1/4\nK:D\nDFA2|", [62, 66, 69], [480, 480, 960]),
        ("|: GABc dedB :|", [67, 69, 71, 72, 74, 76, 74, 71], [240] * 8),
    ],
)
def test_typed_notes(text: str, pitch: list[int], length: list[int]) -> None:
    melody = read_notes(text).melody
    assert melody.pitch.tolist() == pitch
    assert melody.duration.tolist() == length


def test_settings_and_barlines() -> None:
    melody = read_notes("3/4 key=D-minor tempo=96 D4:1/2 | A4 A4 A4").melody
    assert (melody.meter, melody.key, melody.tempo_bpm) == ((3, 4), Key(2, "minor"), 96.0)
    assert melody.downbeat == 240
    assert read_notes("3/4 upbeat=1/2 C4 D E").melody.downbeat == 240
    # The stroke after a whole bar is no pick-up.
    assert read_notes("3/4 C4 D E | F").melody.downbeat == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no notes"),
        ("   ", "no notes"),
        ("hello world", "'hello'"),
        ("C4 H E", "'H'"),
        ("C4 D:1/0 E", "1/0"),
        ("C4 D:5000 E", "5000"),
        ("C4 D tempo=fast", "fast"),
        ("C4 D key=Q", "'Q'"),
        ("C4 D 9/7", "9/7"),
        ("K:C\n????|", "ABC"),
        ("<script>alert(1)</script>", "cannot read the note"),
        ("C4 " * LONGEST_TEXT, "letters"),
    ],
)
def test_bad_text(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_notes(text)
    message = str(caught.value)
    assert said in message
    assert "\n" not in message
    assert "/tmp" not in message


@st.composite
def melodies(draw: st.DrawFn) -> Melody:
    notes = draw(st.lists(st.tuples(st.integers(0, 127), st.integers(1, 5000)), min_size=1))
    rests = draw(st.lists(st.integers(0, 700), min_size=len(notes), max_size=len(notes)))
    duration = np.array([length for _, length in notes])
    onset = np.concatenate([[0], np.cumsum(duration + rests)[:-1]])
    meter = draw(st.sampled_from([None, (4, 4), (3, 4), (6, 8)]))
    return Melody(
        pitch=np.array([pitch for pitch, _ in notes]),
        onset=onset,
        duration=duration,
        meter=meter,
        key=draw(st.sampled_from([None, Key(0), Key(5), Key(11, "minor")])),
        tempo_bpm=draw(st.sampled_from([None, 96.0, 102.5])),
        downbeat=0 if meter is None else draw(st.integers(0, 1439)),
    )


def test_a_tempo_counts_the_beats_of_the_metre_wherever_it_stands() -> None:
    for text in ("6/8 tempo=90 C4 D E", "tempo=90 6/8 C4 D E"):
        melody = read_notes(text).melody
        assert melody.tempo_bpm == 135.0
        assert write_notes(melody) == "6/8 tempo=90 C4 D4 E4"
    assert read_notes("tempo=90 C4 D E").melody.tempo_bpm == 90.0


@given(melodies())
def test_round_trip(melody: Melody) -> None:
    assert read_notes(write_notes(melody)).melody == melody


PIECES = Path(__file__).parents[2] / "mer" / "io" / "pieces"


@pytest.mark.parametrize("ending", ["mei", "pae", "gabc", "volpiano"])
def test_a_notation_is_pasted(ending):
    for path in sorted((PIECES / ending).iterdir()):
        text = path.read_text()
        assert pasted_ending(text) == f".{ending}"
        melody = read_notes(text).melody
        assert melody.pitch.tolist() == read_melody(path).melody.pitch.tolist()
        assert melody.rhythm_known is (ending in ("mei", "pae"))
        assert read_notes(write_notes(melody)).melody == replace(melody, title="", phrase_starts=())


@pytest.mark.parametrize("text", ["1--", "@clef:G-2", "(c4) Ky", "<mei>"])
def test_a_pasted_text_that_cannot_be_read_is_refused(text):
    with pytest.raises(InputError, match="the text "):
        read_notes(text)


def test_a_rhythm_is_none_or_told():
    assert not read_notes("rhythm=none C4 D E").melody.rhythm_known
    with pytest.raises(InputError, match="rhythm='free'"):
        read_notes("rhythm=free C4 D E")


@pytest.mark.parametrize(
    ("text", "pitch"),
    [
        ("X:1\nM:4/4\nL:1/8\nK:G\nG2 A2 (c2 d2)|(f2 e2) d4|", [67, 69, 72, 74, 78, 76, 74]),
        ("X:1\nL:1/8\nK:C\n(c2) B2 A4|", [72, 71, 69]),
        ("|: (c2 B2) A4 | G8 :|", [72, 71, 69, 67]),
        ("(c2) B2 (A2 G2) | F4", [72, 71, 69, 67, 65]),
        ("(c2) B2 A4|", [72, 71, 69]),
        ("(c2)", [72]),
    ],
)
def test_slurs_of_abc_are_no_clefs_of_chant(text, pitch):
    assert pasted_ending(text) == ""
    assert read_notes(text).melody.pitch.tolist()[: len(pitch)] == pitch


@pytest.mark.parametrize(
    "text", ["(c4) Ky(f)", "(cb3@f3) Ky(f)", "name:X;\n%%\n(c3 f) A(g)", "(f3) REX:(f) K:(g)"]
)
def test_a_clef_in_brackets_tells_chant(text):
    assert pasted_ending(text) == ".gabc"


@pytest.mark.parametrize(
    "text",
    ["C4 D:1 E", "C4 D R E", "C4 D | E", "3/4 C4 D E", "tempo=90 C4 D E", "rhythm=told C D E"],
)
def test_whoever_says_something_of_time_has_a_rhythm(text: str) -> None:
    reading = read_notes(text)
    assert (reading.melody.rhythm_known, reading.remarks) == (True, ())


def test_names_alone_have_no_rhythm_and_that_is_said() -> None:
    reading = read_notes("key=C-major c4 d e")
    assert not reading.melody.rhythm_known
    assert "only pitch is compared" in reading.remarks[0]
    told = replace(reading.melody, rhythm_known=True)
    assert read_notes(write_notes(told)).melody == told
    assert read_notes("rhythm=none C4 D E").remarks == ()


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("G G A G C5 B G G A G D5 C5", "Good Morning to All (Happy Birthday)"),
        ("E5 D#5 E5 D#5 E5 B D5 C5 A", "Für Elise (Beethoven)"),
    ],
)
def test_a_theme_typed_without_lengths_is_found(typed: str, title: str) -> None:
    assert PhraseIndex.load().search(read_notes(typed).melody, 1)[0].phrase.title == title
