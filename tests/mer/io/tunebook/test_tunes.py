"""ABC tunebooks. All tunes here were made up for the tests."""

from dataclasses import replace
from pathlib import Path

import pytest

from mer.errors import InputError
from mer.io.tunebook.tunes import Convention, TuneReading, read_tune, read_tunebook, split_tunebook
from mer.notes.melody import Melody

LINES = Convention(marks="lines")
SECTIONS = Convention(marks="sections", align_bars=True, first_endings=False)


def read(
    body: str, *, head: str = "M:4/4\nL:1/4\nK:C", convention: Convention | None = None
) -> Melody:
    tune = split_tunebook(f"X:1\nT:Test\n{head}\n{body}\n")[0]
    reading = read_tune(tune, convention=convention or Convention())
    assert reading.melody is not None, reading.problem
    return reading.melody


def test_a_tune_worked_by_hand() -> None:
    melody = read("D|G2 B>A|G3:|", head="M:4/4\nL:1/4\nQ:1/4=90\nK:G")
    assert melody.pitch.tolist() == [62, 67, 71, 69, 67]
    assert melody.onset.tolist() == [0, 480, 1440, 2160, 2400]
    assert melody.duration.tolist() == [480, 960, 720, 240, 1440]
    assert melody.downbeat == 480
    assert (melody.meter, str(melody.key), melody.tempo_bpm) == ((4, 4), "G major", 90.0)
    assert melody.title == "Test"


def test_lines_of_music_become_phrases() -> None:
    melody = read("c|GABc|d2\nd|edcB|A2\n% a comment\nA|GFED|C3|]", convention=LINES)
    assert melody.phrase_starts == (0, 6, 12)


def test_a_line_that_begins_with_a_rest_marks_the_next_note() -> None:
    assert read("GABc|\nzdef|]", convention=LINES).phrase_starts == (0, 4)


def test_a_line_that_goes_on_is_one_phrase() -> None:
    assert read("GABc|\\\ndefg|\nabc'2|]", convention=LINES).phrase_starts == (0, 8)


@pytest.mark.parametrize(
    "opening", ["(3GAB", "(GA", "{a}G", '"Am"G', "|:G", "TG", "~G", ".G", "^G"]
)
def test_signs_before_the_first_note_of_a_line_do_no_harm(opening: str) -> None:
    melody = read(f"GABc|\n{opening} c d|]", convention=LINES)
    assert melody.phrase_starts == (0, 4)


def test_a_line_that_begins_inside_a_tied_note_begins_no_phrase() -> None:
    melody = read("GABc-|\nc3|\nGABc|]", convention=LINES)
    assert melody.phrase_starts == ()
    assert melody.pitch.tolist() == [67, 69, 71, 72, 67, 69, 71, 72]


def test_a_field_inside_a_line_begins_no_phrase() -> None:
    melody = read("GABc|[M:2/4]de|\n[L:1/8]f2g2|]", convention=LINES)
    assert melody.phrase_starts == (0, 6)


@pytest.mark.parametrize(
    ("body", "starts"),
    [
        ("AB|cd:|ef|]", (0, 4)),
        ("|:AB:|:cd:|", (0, 2)),
        ("AB::cd:|", (0, 2)),
        ("AB||\ncd|]", (0, 2)),
        ("A|1B:|2c||d|]", (0, 3)),
        ("AB|cd|", (0,)),
        ("AB[|cd|]", (0, 2)),
        ("AB:|z2|:cd|", (0, 2)),
    ],
)
def test_sections_begin_at_repeat_signs_and_double_bars(body: str, starts: tuple[int, ...]) -> None:
    found = read(body, convention=Convention(marks="sections", first_endings=True))
    assert found.phrase_starts == starts


def test_ties_are_merged_and_grace_notes_dropped() -> None:
    melody = read("G2-G-G|{ab}A4|]")
    assert melody.pitch.tolist() == [67, 69]
    assert melody.duration.tolist() == [1920, 1920]


def test_a_grace_note_does_not_break_a_broken_rhythm() -> None:
    assert read("G>{a}A c2|]").duration.tolist() == [720, 240, 960]


def test_an_accidental_holds_until_the_barline() -> None:
    assert read("^FFf2|F4|]").pitch.tolist() == [66, 66, 78, 65]


def test_triplets_are_exact() -> None:
    assert read("(3GAB c3|]").onset.tolist() == [0, 320, 640, 960]


def test_repeats_are_not_played_out() -> None:
    assert len(read("|:GABc:|")) == 4


def test_of_two_endings_the_second_is_kept_where_asked() -> None:
    assert len(read("|:GABc|1 d4:|2 e4|]")) == 6
    once = read("|:GABc|1 d4:|2 e4|]", convention=SECTIONS)
    assert once.pitch.tolist() == [67, 69, 71, 72, 76]


def test_a_pick_up_after_a_full_bar_waits_for_its_barline() -> None:
    body = "GABc|d4:|:G|cdef|g3:|"
    assert read(body).onset[5:7].tolist() == [3840, 4320]
    aligned = read(body, convention=SECTIONS)
    assert aligned.onset[5:7].tolist() == [5280, 5760]
    assert aligned.phrase_starts == (0, 5)
    assert aligned.bar_position[6] == 0


def test_a_metre_that_is_wrong_throughout_is_left_alone() -> None:
    body = "GAB|cde|fga|gfe|dcB|]"
    assert read(body, convention=SECTIONS).onset.tolist() == read(body).onset.tolist()


def test_a_bar_too_long_does_not_change_the_metre() -> None:
    melody = read("GABc de|fedc|BAGF|]")
    assert melody.meter == (4, 4)


def test_the_mode_is_told_from_the_notes() -> None:
    tonic = Convention(key_is_tonic=True)
    assert (
        str(read("D=FGA|=cAGE|=FEDD|]", head="M:4/4\nL:1/4\nK:D", convention=tonic).key)
        == "D minor"
    )
    assert str(read("DEFG|AGFE|D4|]", head="M:4/4\nL:1/4\nK:D", convention=tonic).key) == "D major"
    dorian = read("DE=FG|ABAG|=FEDD|=cBAG|]", head="M:4/4\nL:1/4\nK:D", convention=tonic)
    assert str(dorian.key) == "D dorian"


def test_of_several_voices_the_first_with_notes_is_read() -> None:
    melody = read("V:1\nGABc|]\nV:2\nEFGA|]")
    assert melody.pitch.tolist() == [67, 69, 71, 72]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("X:1\nT:Empty\nK:C\n", "no music"),
        ("X:1\nT:Rests\nM:4/4\nL:1/4\nK:C\nz4|", "no music"),
        ("X:1\nT:Words\nK:C\nhello, world", "is text and no music"),
        ("X:1\nT:No fields\n", "no music"),
        ("X:1\nT:Too long\nL:1/4\nK:C\n" + "G" * 100_001, "at most"),
    ],
)
def test_a_broken_tune_is_reported_in_one_line(text: str, word: str) -> None:
    reading = read_tune(split_tunebook(text)[0])
    assert reading.melody is None
    assert word in reading.problem
    assert "\n" not in reading.problem


def test_a_broken_tune_does_not_stop_the_book(tmp_path: Path) -> None:
    book = tmp_path / "book.abc"
    book.write_text(
        "X:1\nT:A\nL:1/4\nK:C\nGABc|\n\nX:2\nT:B\nK:C\nz4|\n\nX:3\nT:C\nL:1/4\nK:D\nAB|\n"
    )
    readings = list(read_tunebook(book))
    assert [reading.number for reading in readings] == [1, 2, 3]
    assert [reading.melody is None for reading in readings] == [False, True, False]


@pytest.mark.parametrize("content", [b"", b"no tune here", b"\xff\xfe\x00\x00", b"X:1\0"])
def test_a_file_without_tunes_is_refused(tmp_path: Path, content: bytes) -> None:
    book = tmp_path / "book.abc"
    book.write_bytes(content)
    with pytest.raises(InputError, match=r"book\.abc"):
        list(read_tunebook(book))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        list(read_tunebook(tmp_path / "none.abc"))


@pytest.mark.parametrize(
    ("printed", "once"),
    [
        ("AB|1 cd:|2 ef||", "AB| ef||"),
        ("AB|[1 cd:|[2 ef|]", "AB| ef|]"),
        ("AB|[1 cd:|\n[2 ef||", "AB| ef||"),
        ("AB|1 cd:|\nef|", "AB|cd:|\nef|"),
        ("A|1B:|2c||d|1e:|2f||", "A|c||d|f||"),
        ("AB|[1,3 cd:|[2,4 ef|]", "AB|cd|ef|]"),
        ("AB|1 cd|ef|2 ga|]", "AB|cd|ef|ga|]"),  # no repeat sign: both are played
        ("AB|1 c[K:D]f:|2 cf|]", "AB|c^f|^c^f|]"),  # the key must not be lost
    ],
)
def test_of_two_endings_the_second_stays(printed: str, once: str) -> None:
    convention = Convention(first_endings=False)
    assert read(printed, convention=convention) == read(once)


def test_what_was_mended_is_said() -> None:
    reading = read_tune(split_tunebook("X:1\nL:1/4\nK:J\nG?A[Bd|{c}e & C2|]")[0])
    assert reading.melody is not None
    assert reading.mended == (
        "cannot read the key 'J'; read without sharps and flats (line 3)",
        "passed over '?' (line 4, column 2)",
        "a chord is not closed; its notes were read one after another (line 4)",
    )
    assert reading.remarks == ("dropped 1 grace note", "left out 1 note of voice overlays (&)")


def test_readings_are_values() -> None:
    reading = TuneReading(1, "A", None, "why")
    assert replace(reading, number=2).number == 2


@pytest.mark.parametrize(
    ("body", "cut"),
    [
        ("D|CDEF|GA", True),
        ("|:D|CDEF|GAB", False),  # a pick-up and its rest
        ("CDEF|GABc", False),
        ("CDEF|GA|", False),  # whoever wrote the barline meant it
        ("CDE", False),  # a motif without bars
        ("D|", False),
    ],
)
def test_a_tune_that_breaks_off_inside_a_bar_is_told(body: str, cut: bool) -> None:
    reading = read_tune(split_tunebook(f"X:1\nM:4/4\nL:1/4\nK:C\n{body}\n")[0])
    said = "the last bar is short and no barline ends it; the file may be cut off"
    assert (said in reading.remarks) == cut


def test_a_tune_with_too_many_notes_is_refused_at_the_first_too_many() -> None:
    problem = read_tune(split_tunebook("X:1\nK:C\n" + "c" * 20_001)[0]).problem
    assert problem == "more than 20,000 notes; at most 20,000 are read"
