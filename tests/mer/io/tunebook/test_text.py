"""ABC text: encodings, titles, tunes. All tunes here were made up for the tests."""

import pytest

from mer.errors import InputError
from mer.io.tunebook.text import clean_title, decoded, is_field, split_tunebook


@pytest.mark.parametrize(
    ("printed", "clean"),
    [
        ("Blackbird, The", "The Blackbird"),
        ("Old Man, An", "An Old Man"),
        ("ACACIA -- REEL", "Acacia - Reel"),
        ("I'LL WAIT FOR O'NEILL", "I'll Wait For O'Neill"),
        ("A'WILLIE'S, THE", "The A'Willie's"),
        ("Golden Gat:e", "Golden Gate"),
        ("A March.", "A March"),
        ("And so on...", "And so on..."),
        ('"Quoted"', "Quoted"),
        ("Loose end,", "Loose end"),
        ("  ", "untitled"),
    ],
)
def test_titles_are_cleaned(printed: str, clean: str) -> None:
    assert clean_title(printed) == clean


def test_a_tunebook_is_split_at_every_number() -> None:
    text = "% a book\nM:3/4\n\nX:1\r\nT:\nT:One\r\nK:D\r\nA|\r\n\r\nX: 12 \nT:Two\nM:6/8\nK:G\nB|\n"
    one, two = split_tunebook(text)
    assert (one.number, one.title, two.number, two.title) == (1, "One", 12, "Two")
    assert "M:3/4" in one.text
    assert "\r" not in one.text
    # The tune's own metre comes after the shared one, so it wins.
    assert two.text.index("M:3/4") < two.text.index("M:6/8")


def test_text_without_a_number_is_one_tune() -> None:
    (tune,) = split_tunebook("T:No number\nK:D\nA|")
    assert (tune.number, tune.title) == (0, "No number")
    assert split_tunebook("No tune at all.\nOnly words, and more words.") == []
    assert len(split_tunebook("GABc|d4|")) == 1


TUNE = "X:1\nT:One\nM:4/4\nL:1/4\nK:C\nGABc|\n"


@pytest.mark.parametrize(
    "text",
    [
        "\nLearnt from a neighbour.\nIt goes well with others!\n",
        "\n\n   \nA: what a bad idea | that was\n",
        "\nWords first.\n\nMore words: GABc is how it begins\n\nX:2\nT:Two\nK:D\nA|\n",
        "\n% a comment\n%%vskip 1cm\n",
    ],
)
def test_text_after_the_empty_line_is_no_music(text: str) -> None:
    first = split_tunebook(TUNE + text)[0]
    assert [line for line in first.text.split("\n") if line] == TUNE.strip().split("\n")


def test_music_after_an_empty_line_goes_on() -> None:
    (tune,) = split_tunebook(TUNE + "\nefga|\nb4|]\n\nAnd so on.")
    assert tune.text.endswith("\n\nefga|\nb4|]")


def test_a_tune_whose_number_was_forgotten_is_a_tune() -> None:
    found = split_tunebook(TUNE + "\nT:Two\nM:3/4\nK:G\ndef|\n\nX:3\nT:Three\nK:D\nA|\n")
    assert [(tune.number, tune.title) for tune in found] == [(1, "One"), (0, "Two"), (3, "Three")]
    assert found[1].first_line == 8
    before = split_tunebook("T:Zero\nK:G\ndef|\n\n" + TUNE)
    assert [tune.title for tune in before] == ["Zero", "One"]


def test_a_text_block_is_left_out_and_lines_are_still_counted() -> None:
    block = "%%begintext\nX:7 is a number\nbe careful\n%%endtext\n"
    (tune,) = split_tunebook(f"%%beginps\nX:9\n%%endps\n{TUNE}{block}efga|")
    assert tune.first_line == 4
    assert "careful" not in tune.text
    assert tune.text.count("\n") == TUNE.count("\n") + 4


def test_a_block_that_nobody_ends_costs_no_tune() -> None:
    found = split_tunebook(f"{TUNE}%%begintext\nefga|\n\nX:2\nT:Two\nK:D\nA|")
    assert [tune.title for tune in found] == ["One", "Two"]
    assert "efga|" in found[0].text


def test_indented_numbers_and_file_header() -> None:
    one, two = split_tunebook("L:1/4\nN:a book\n\n X:1\n T:One\n K:C\nA|\n\n  X: 2\nK:G\nB|")
    assert (one.number, one.title, two.number) == (1, "One", 2)
    assert one.text.startswith("L:1/4\n X:1")
    assert (one.first_line, two.first_line) == (3, 8)


@pytest.mark.parametrize(
    "coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"]
)
def test_a_file_is_read_in_its_coding(coding: str) -> None:
    assert decoded("X:1\nT:Brännvin\nK:C\nA|".encode(coding)) == "X:1\nT:Brännvin\nK:C\nA|"


def test_a_declared_coding_and_windows_quotes() -> None:
    declared = "%%abc-charset iso-8859-2\nT:Łódź".encode("iso-8859-2")
    assert decoded(declared).endswith("Łódź")
    assert decoded("T:The Piper’s “Air”".encode("cp1252")).endswith("The Piper’s “Air”")
    assert decoded(b"%%abc-charset klingon\nT:\xe9") == "%%abc-charset klingon\nT:é"


@pytest.mark.parametrize("content", [b"X:1\0", b"\0\1\2\3\0\0", b"MThd\0\0\0\6"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="is not a text file"):
        decoded(content)


@pytest.mark.parametrize(
    ("line", "field"),
    [("K:", True), ("w:|:", True), ("E:|", False), ("c::", False), ("z:|", False), ("+:x", True)],
)
def test_a_note_before_a_repeat_sign_is_no_field(line: str, field: bool) -> None:
    assert is_field(line) is field
