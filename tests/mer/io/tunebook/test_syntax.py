"""Mistakes in ABC are found, and correct ABC is left alone."""

import pytest

from mer.io.tunebook.syntax import abc_mistake, abc_voices

HEAD = "X:1\nT:x\nM:4/4\nL:1/8\nK:D\n"

RIGHT = [
    "ABcd efga|",
    "|:A,,B,c'd'' ^f_g=a ^^c__d|1 A4:|2 B4|]",
    "A2 B/2 c/ d// e3/2 f>g a<b A>>B|",
    "(3ABc (3:2:2A2B (5ABCDE (ABc) .A ~B HA|",
    '[CEG]2 [C2E2]- [CE] {c}d {/cd}e "Am"A "^text"B !trill!c +fermata+d|',
    "z2 x Z4|A-A|[M:3/4]ABc|[1 A2 :|[2 B2 ||",
    "A B \\\nc d|",
    "% a comment\nA B % another\n%%directive what?\nw: words - to_ sing*\nA|",
    "y2 A`B`c & d $ e::f:|:g|][|A|]",
    "A2!\nB2|",
]

WRONG = [
    ("ABq|", "line 6, column 3: cannot read 'q|'"),
    ("AB\ncd[eg|", "line 7, column 3: cannot read '[eg|'"),
    ("A0B|", "line 6, column 2"),
    ("A 3B|", "line 6, column 3"),
    ('"Am A|', "line 6, column 1"),
    ("{A B|", "line 6, column 1"),
    ("A?|", "line 6, column 2"),
    ("hello, world", "line 6, column 1"),
    ("A)B](|", "line 6, column 4"),
    ("z4|", "has no music"),
    ("M:waltz\nABC|", "line 6: cannot read the field 'M:waltz'"),
]


@pytest.mark.parametrize("music", RIGHT)
def test_correct_music_has_no_mistake(music):
    assert abc_mistake(HEAD + music) == ""


@pytest.mark.parametrize(("music", "message"), WRONG)
def test_the_first_mistake_is_named_with_its_place(music, message):
    assert abc_mistake(HEAD + music).startswith(message)


@pytest.mark.parametrize(
    "key", ["", "C", "Dm", "E dorian", "Bbmix", "F#min", "none", "HP", "D exp _B", "G clef=bass"]
)
def test_keys_that_are_read(key):
    assert abc_mistake(f"X:1\nK:{key}\nABc|") == ""


@pytest.mark.parametrize("meter", ["4/4", "C", "C|", "6/8", "2+3/8", "(2+3)/8", "none", ""])
def test_metres_that_are_read(meter):
    assert abc_mistake(f"X:1\nM:{meter}\nK:C\nABc|") == ""


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("X:1\n", "has no key"),
        ("X:1\nM:0/4\nK:C\n", "line 2"),
        ("X:1\nM:3/7\nK:C\n", "line 2"),
        ("X:1\nL:1/0\nK:C\n", "line 2"),
        ("X:1\nK:H\n", "line 2"),
        ("X:1\nABC\nK:C\n", "line 2: music before the key"),
    ],
)
def test_mistakes_in_the_header(header, message):
    music = "" if "ABC" in header or "K:" not in header else "ABC|"
    assert abc_mistake(header + music).startswith(message)


def test_lines_are_counted_in_the_file():
    assert abc_mistake(HEAD + "q", first_line=11).startswith("line 16, column 1")


def test_voices_are_separated_with_their_names():
    text = 'X:1\nV:1 name="Flute"\nV:2 nm=Cello\nK:C\nV:1\nc4|\nV:2\nC4|\n[V:1] d4|\n[V:2] D4|'
    assert abc_voices(text) == [
        ("Flute", "X:1\nK:C\nc4|\n d4|"),
        ("Cello", "X:1\nK:C\nC4|\n D4|"),
    ]


def test_one_voice_stays_as_it_is():
    assert abc_voices("X:1\nK:C\nc4|\n") == [("", "X:1\nK:C\nc4|")]


@pytest.mark.parametrize(
    "line", ["%%score 1 2", "% Good comment", "%%MIDI program 1", "N:A Good tune", "w: a b c", ""]
)
def test_a_line_between_key_and_first_voice_is_no_voice(line):
    text = f"X:1\nK:G\n{line}\nV:1 % Bass\nGABc| % A\n%%MIDI program 7\nV:2\nG,4|\n"
    found = abc_voices(text)
    assert [name for name, _ in found] == ["1", "2"]
    assert ["GABc" in music for _, music in found] == [True, False]
