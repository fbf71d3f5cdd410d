"""The rules of ABC music, each on a tune worked by hand: pitch:length@onset in quarters."""

from fractions import Fraction

import pytest

from mer.io.tunebook.text import split_tunebook
from mer.io.tunebook.tunes import TuneReading, read_tune

HEAD = "X:1\nT:Test\nM:4/4\nL:1/4\nK:C\n"


def reading(body: str, head: str = HEAD) -> TuneReading:
    return read_tune(split_tunebook(head + body)[0])


def heard(body: str, head: str = HEAD) -> str:
    melody = reading(body, head).melody
    assert melody is not None
    rows = zip(melody.pitch, melody.duration, melody.onset, strict=True)
    return " ".join(f"{p}:{Fraction(int(d), 480)}@{Fraction(int(o), 480)}" for p, d, o in rows)


@pytest.mark.parametrize(
    "body",
    [
        "c>d", "c > d", "c>(d", "(c>d)", "c>.d", "c>{e}d", "c{e}>d", 'c>"Am"d', "c>!trill!d",
        "c>~d", "c)>d", "c>y d", "c>`d", "c>\nd", "c>[d]", "c3/2d/", "c>d/", "c>|d",
    ],
)  # fmt: skip
def test_broken_rhythm_whatever_stands_beside_it(body: str) -> None:
    assert heard(body) == "72:3/2@0 74:1/2@3/2"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("c<d", "72:1/2@0 74:3/2@1/2"),
        ("c>>d", "72:7/4@0 74:1/4@7/4"),
        ("c<<<d", "72:1/8@0 74:15/8@1/8"),
        ("c>d>e", "72:3/2@0 74:3/4@3/2 76:1/2@9/4"),
        ("[ce]>[df]", "76:3/2@0 77:1/2@3/2"),
        ("c>z d", "72:3/2@0 74:1@2"),
        ("z>c d", "72:1/2@0 74:1@1/2"),
        ("c2>d2", "72:3@0 74:1@3"),
        ("(3c>de f", "72:1@0 74:1/3@1 76:2/3@4/3 77:1@2"),
        ("c/<d", "72:1/2@0 74:3/2@1/2"),  # the short note is written short already
        ("[A>e>][A/e/]", "76:3/2@0 76:1/2@3/2"),
        ("c> d", "72:3/2@0 74:1/2@3/2"),
        (">c d", "72:1@0 74:1@1"),
        ("c d>", "72:1@0 74:1@1"),
    ],
)
def test_broken_rhythm(body: str, expected: str) -> None:
    assert heard(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("(3cde f", "72:2/3@0 74:2/3@2/3 76:2/3@4/3 77:1@2"),
        ("(3[ce]de f", "76:2/3@0 74:2/3@2/3 76:2/3@4/3 77:1@2"),
        ("(3c{g}de f", "72:2/3@0 74:2/3@2/3 76:2/3@4/3 77:1@2"),
        ("(3czd e", "72:2/3@0 74:2/3@4/3 76:1@2"),
        ("(3:2:2c2d e", "72:4/3@0 74:2/3@4/3 76:1@2"),
        ("(3(cde) f", "72:2/3@0 74:2/3@2/3 76:2/3@4/3 77:1@2"),
        ("((3cde) f", "72:2/3@0 74:2/3@2/3 76:2/3@4/3 77:1@2"),
        ("(3cy d e f", "72:2/3@0 74:2/3@2/3 76:2/3@4/3 77:1@2"),
    ],
)
def test_tuplets(body: str, expected: str) -> None:
    assert heard(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("c-c d", "72:2@0 74:1@2"),
        ("c- c|d", "72:2@0 74:1@2"),
        ("c2-|c2 d", "72:4@0 74:1@4"),
        ("c-\nc d", "72:2@0 74:1@2"),
        ("c -c d", "72:2@0 74:1@2"),
        ('c-"Am"c d', "72:2@0 74:1@2"),
        ("c-{e}c d", "72:2@0 74:1@2"),
        ("(c-c) d", "72:2@0 74:1@2"),
        ("c-c-c d", "72:3@0 74:1@3"),
        ("c-d c", "72:1@0 74:1@1 72:1@2"),  # a slur of old days
        ("c-z c", "72:1@0 72:1@2"),
        ("-c d", "72:1@0 74:1@1"),
        ("[ce]-[ce] d", "76:2@0 74:1@2"),
        ("[ce]2-|[ce]2 d", "76:4@0 74:1@4"),
        ("[ce-]e d", "76:2@0 74:1@2"),
        ("[c-e]c d", "76:1@0 74:1@2"),  # c is held under e: see mer.io.voices
        ("e-[ce] d", "76:2@0 74:1@2"),
        ("[ce]-e d", "76:2@0 74:1@2"),
        ("^c-|c c", "73:2@0 72:1@2"),
        ("^c-|c-|c d", "73:3@0 74:1@3"),
        ("_B2-|B B =B", "70:3@0 71:1@3 71:1@4"),
        ("[^ce]-|[ce] c", "76:2@0 72:1@2"),
        ("[^c-A]|[cA] c", "73:2@0 72:1@2"),
        ("^c- c c|c", "73:2@0 73:1@2 72:1@3"),
    ],
)
def test_ties(body: str, expected: str) -> None:
    assert heard(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("[CEG]2 c", "67:2@0 72:1@2"),
        ("[C2E2G2] c", "67:2@0 72:1@2"),
        ("[C2E2]/2 c", "64:1@0 72:1@1"),
        ("[cc] d", "72:1@0 74:1@1"),
        ('["Am"C!f!E] c', "64:1@0 72:1@1"),
        ("[c2e]d", "76:1@0 74:1@2"),
        ("+CEG+2 c", "67:1@0 72:1@1"),
        ("[c\ne]2 d", "76:2@0 74:1@2"),
        ("[e\n", "76:1@0"),
    ],
)
def test_chords(body: str, expected: str) -> None:
    assert heard(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("c z d2|e", "72:1@0 74:2@2 76:1@4"),
        ("c4|Z|e4", "72:4@0 76:4@8"),
        ("c4|Z3|e4", "72:4@0 76:4@16"),
        ("c4|X2|e4", "72:4@0 76:4@12"),
        ("c x d2", "72:1@0 74:2@2"),
        ("[M:3/4]c3|Z2|e3", "72:3@0 76:3@9"),
        ("c y4 d", "72:1@0 74:1@1"),
        ("c4 Hx|d", "72:4@0 74:1@4"),  # the rest only carries a fermata
        ("c3 Hx d", "72:3@0 74:1@4"),
    ],
)
def test_rests(body: str, expected: str) -> None:
    assert heard(body) == expected


def test_a_bar_of_rest_without_a_metre_is_four_quarters() -> None:
    assert heard("c Z d", "X:1\nL:1/4\nK:C\n") == "72:1@0 74:1@5"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("c4 & E4|d4", "72:4@0 74:4@4"),
        ("c4 & e2 f2|d4", "72:4@0 74:4@4"),  # the voice itself, though the overlay is higher
        ("c4 & (E2 F2) & A,4|d4", "72:4@0 74:4@4"),
        ("z4 & E4|d4", "64:4@0 74:4@4"),  # where the voice is silent the overlay is heard
        ("g4|c4|e4 && A4|B4|d4", "79:4@0 72:4@4 76:4@8 74:4@12"),
        ("c2 & E4|d4", "72:2@0 74:4@4"),
        ("(&c4|d4& E4|F4&)|e4", "72:4@0 74:4@4 76:4@8"),
        ("c4- & E4|c4", "72:8@0"),
        ("c4 & E4", "72:4@0"),
        ("^c4 & c4|d4", "73:4@0 74:4@4"),
    ],
)
def test_overlays(body: str, expected: str) -> None:
    assert heard(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("c d|]", "72:1@0 74:1@1"),
        ("|:c::d:|", "72:1@0 74:1@1"),
        ("c D::\ne", "72:1@0 62:1@1 76:1@2"),
        ("C:|\nE::\nd", "60:1@0 64:1@1 74:1@2"),
        ("c|1 d:|2 e:|3 f|]", "72:1@0 74:1@1 76:1@2 77:1@3"),
        ("c|[1,3 d:|[2,4 e|[5-7 f|]", "72:1@0 74:1@1 76:1@2 77:1@3"),
        ("c:|[3 d||e", "72:1@0 74:1@1 76:1@2"),
        ('c|["last time" d|]', "72:1@0 74:1@1"),
        ("c|\\\n1 d:|\n2 e|]", "72:1@0 74:1@1 76:1@2"),
        ("^c|c:|^c|:c|]", "73:1@0 72:1@1 73:1@2 72:1@3"),
        ("^c||c|^c.|c[|c", "73:1@0 72:1@1 73:1@2 72:1@3 72:1@4"),
    ],
)  # fmt: skip
def test_bars_and_endings_as_they_stand(body: str, expected: str) -> None:
    assert heard(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "c d|!\ne|]", "c d!\ne", "c!d!e", "c d|! e|]", "c$d$e", "c [r:a remark, b] d e",
        "+p+c +ff+ d +trill+e", "c !f!d !fff!e", "c{abg}d{/f}e", "c % a b\nd e", "c \\\nd e",
        "c d\nw: a la la\ne", "c\n+: more\nd e", "c\nP:B\nd e", "c\n%%text a b c\nd e",
        "c\n%%begintext\na b c|\n%%endtext\nd e", "c d* e;", "c `d` e", ".c ~d Te", "c[P:A]d[I:x]e",
        "c[Q:1/4=90]d e", "c d e\n\nThat was all. A bad egg.", "c\nU:n=!trill!\nnd e",
        "c\nU:h=!fermata!\nhd e", "c\ns: * *\nd e", '"Am"c"^up"d"_down"e',
    ],
)  # fmt: skip
def test_what_stands_between_notes_adds_none(body: str) -> None:
    found = reading(body)
    assert heard(body) == "72:1@0 74:1@1 76:1@2"
    assert found.mended == ()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("c L:1/8\nd", None),
        ("c\nL:1/8\nd", "72:1@0 74:1/2@1"),
        ("c[L:1/8]d", "72:1@0 74:1/2@1"),
        ("c\nL:1\nd/4", "72:1@0 74:1@1"),
        ("c\nM:2/4\nd", "72:1@0 74:1@1"),
        ("F[K:G]F", "65:1@0 66:1@1"),
        ("F\nK:D =f\nF C", "65:1@0 65:1@1 61:1@2"),
        ("c[K:clef=bass]c", "72:1@0 72:1@1"),
        ("c[K:octave=-1]c", "72:1@0 60:1@1"),
        ("^F F\nI:propagate-accidentals not\n|^F F", "66:1@0 66:1@1 66:1@2 65:1@3"),
    ],
)
def test_fields_in_the_body(body: str, expected: str | None) -> None:
    if expected is not None:
        assert heard(body) == expected


@pytest.mark.parametrize(
    ("head", "length"),
    [
        ("X:1\nK:C\n", "1/2"),
        ("X:1\nM:4/4\nK:C\n", "1/2"),
        ("X:1\nM:3/4\nK:C\n", "1/2"),
        ("X:1\nM:2/4\nK:C\n", "1/4"),
        ("X:1\nM:5/8\nK:C\n", "1/4"),
        ("X:1\nM:C|\nK:C\n", "1/2"),
        ("X:1\nM:none\nK:C\n", "1/2"),
        ("X:1\nL:1\nM:2/4\nK:C\n", "4"),
        ("X:1\nM:2/4\nL:1/4\nK:C\n", "1"),
    ],
)
def test_the_unit_length_follows_the_metre_where_it_is_not_given(head: str, length: str) -> None:
    assert heard("c", head) == f"72:{length}@0"


@pytest.mark.parametrize(
    ("body", "expected", "said"),
    [
        ("c?d", "72:1@0 74:1@1", "passed over '?' (line 6, column 2)"),
        ("c q d", "72:1@0 74:1@1", "passed over 'q' (line 6, column 3)"),
        ("c2 Z d|", "72:2@0 74:1@3", "'Z' stands inside a bar; read as a short rest"),
        ("c 3d", "72:1@0 74:1@1", "passed over '3' (line 6, column 3)"),
        ("c0 d", "72:1@0 74:1@1", "the length '0' is no length; 1 was taken (line 6, column 1)"),
        ("c [de|", "72:1@0 74:1@1 76:1@2", "a chord is not closed"),
        ("c ]d", "72:1@0 74:1@1", "passed over ']' (line 6, column 3)"),
        ("c {d e", "72:1@0 74:1@1 76:1@2", "passed over '{' (line 6, column 3)"),
        ('c "Am d', "72:1@0 74:1@1", "a quotation mark is not closed (line 6, column 3)"),
        ("c\nA tune by someone whom I do not know\nd", "72:1@0 74:1@1", "is text and no music"),
        ("c [M:3/4 d", "72:1@0", "the field '[M:3/4 d' is not closed"),
        ("c >", "72:1@0", ""),
        ("> c", "72:1@0", "passed over '>' (line 6, column 1)"),
        ("c ^/d", "72:1@0 74:1@1", "rounded 1 microtone to the nearest semitone"),
        ("c'''''' d", "120:1@0 74:1@1", "moved 1 note outside the MIDI range by octaves"),
        ("C,,,,,, d", "0:1@0 74:1@1", "moved 1 note outside the MIDI range by octaves"),
        ("(3:0cd", "72:1@0 74:1@1", "passed over '(3:0'"),
        ("c\nM:waltz\nd", "72:1@0 74:1@1", "cannot read the metre 'waltz'"),
        ("c\nL:x\nd", "72:1@0 74:1@1", "cannot read the length 'x'"),
    ],
)
def test_damage_is_mended_and_said(body: str, expected: str, said: str) -> None:
    found = reading(body)
    assert heard(body) == expected
    assert said in "; ".join(found.mended)
    assert bool(said) == bool(found.mended)


def test_a_few_remarks_are_enough() -> None:
    found = reading("c ? ? ? ? ? ? ? d")
    assert len(found.mended) == 6
    assert found.mended[-1] == "and 2 more of the kind"
