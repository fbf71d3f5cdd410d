"""ABC text: titles, tunes, signs. All tunes here were made up for the tests."""

import pytest

from mer.io.tunebook.text import (
    MARKERS,
    clean_title,
    has_note,
    split_music,
    split_tunebook,
    without_first_endings,
)


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


def test_text_without_a_number_holds_no_tune() -> None:
    assert split_tunebook("T:No number\nK:D\nA|") == []


@pytest.mark.parametrize(
    ("line", "sounded"),
    [
        ('"Am7"A "_below"B', "A B"),
        ("A>{cd}B", "A>B"),
        ("!trill!A +fermata+B", "A B"),
        ("Ta ~b uc vd", "a b c d"),
        ("H(AB)", "(AB)"),
        ("A`B y C", "AB  C"),
        ("+CEG+", "+CEG+"),
    ],
)
def test_what_is_not_sounded_is_left_out(line: str, sounded: str) -> None:
    assert split_music(f"X:1\nK:C\n{line}")[1] == sounded


def test_fields_inside_a_line_get_lines_of_their_own() -> None:
    head, body = split_music("X:1\nN:a note\nM:4/4\nK:C\nAB[M:3/4]cd|\nP:B\n[V:2]ef|")
    assert head == "X:1\nM:4/4\nK:C"
    assert body.split("\n") == ["AB", "M:3/4", "cd|", "", "V:2", "ef|"]


def test_a_backslash_joins_two_lines() -> None:
    assert split_music("X:1\nK:C\nAB|\\\ncd|")[1] == "AB| cd|"


@pytest.mark.parametrize(
    ("printed", "once"),
    [
        ("AB|1 cd:|2 ef||", "AB| ef||"),
        ("AB|[1 cd:|[2 ef|]", "AB| ef|]"),
        ("AB|[1 cd:|\n[2 ef||", "AB| ef||"),
        ("AB|1 cd:|\nef|", "AB|1 cd:|\nef|"),
        ("A|1B:|2c||d|1e:|2f||", "A|c||d|f||"),
        ("AB|12c|", "AB|12c|"),
    ],
)
def test_of_two_endings_the_second_stays(printed: str, once: str) -> None:
    assert without_first_endings(printed) == once


def test_every_line_with_notes_gets_a_sign() -> None:
    assert MARKERS["lines"]("AB|\nK:G\nz4|\ncd|") == ("kAB|\nK:G\nz4|\nkcd|", 2)


@pytest.mark.parametrize(
    ("body", "signed", "sections"),
    [
        ("AB|cd:|ef|]", "kAB|cd:|kef|]", 2),
        ("|:AB:|:cd:|", "|:kAB:|:kcd:|", 2),
        ("AB::cd:|", "kAB::kcd:|", 2),
        ("AB||\ncd|]", "kAB||\nkcd|]", 2),
        ("A|1B:|2c||d|]", "kA|1B:|2c||kd|]", 2),
        ("AB|cd|", "kAB|cd|", 1),
        ("AB[|cd|]", "kAB[|kcd|]", 2),
    ],
)
def test_every_section_gets_a_sign(body: str, signed: str, sections: int) -> None:
    assert MARKERS["sections"](body) == (signed, sections)


def test_letters_of_a_field_are_no_notes() -> None:
    assert not has_note("K:G\nz2|")
    assert has_note("K:G\nz2A|")
