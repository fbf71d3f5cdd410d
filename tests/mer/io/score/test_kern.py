"""Kinds of kern that mislead a reader, each with what it means, and damage."""

import contextlib

import numpy as np
import pytest

from mer.errors import InputError
from mer.io import read_melody
from mer.io.score.kern import kern_parts
from mer.notes.key import Key


@pytest.fixture
def read(tmp_path):
    def reader(text, **options):
        path = tmp_path / "x.krn"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_melody(path, **options)

    return reader


def kern(*lines):
    """Return a file; columns stand two blanks apart."""
    return "".join(line.replace("  ", "\t") + "\n" for line in lines)


def heard(reading):
    """Return (pitch, quarters, onset in quarters) of each note."""
    melody = reading.melody
    columns = melody.pitch, melody.duration / 480, melody.onset / 480
    return [(int(p), float(d), float(o)) for p, d, o in zip(*columns, strict=True)]


TWICE = kern(
    *("**kern", "*M3/4", "=1", "*^", "4cc  2.e", "4dd  .", "4ee  .", "*v  *v"),
    *("=2", "*^", "*^  *", "4ff  4g  2.c", "4gg  4a  .", "4aa  4b  .", "*v  *v  *v"),
    *("=3", "*^", "4gg  2.d", "2ff  .", "*v  *v", "=4", "2.ee", "==", "*-"),
)
# What -> (file, notes of the highest part, or of the one named).
KINDS = {
    "a spine splits into two, three, two": (
        TWICE,
        [
            *((72, 1, 0), (74, 1, 1), (76, 1, 2), (77, 1, 3), (79, 1, 4), (81, 1, 5)),
            *((79, 1, 6), (77, 2, 7), (76, 3, 9)),
        ],
    ),
    "both staves split and join in one line": (
        kern(
            *("**kern  **kern", "*^  *^", "2C  2E  4cc  2e", ".  .  4dd  ."),
            *("*v  *v  *v  *v", "4D  4ee", "*-  *-"),
        ),
        [(72, 1, 0), (74, 1, 1), (76, 1, 2)],
    ),
    "the higher voice is the right one": (
        kern("**kern", "*^", "2c  4ee", ".  4ff", "*v  *v", "4gg", "*-"),
        [(76, 1, 0), (77, 1, 1), (79, 1, 2)],
    ),
    "a voice falls silent without a rest and comes back": (
        kern("**kern", "*^", "4cc  4e", "4dd  .", "4ee  4g", "*v  *v", "4ff", "*-"),
        [(72, 1, 0), (74, 1, 1), (76, 1, 2), (77, 1, 3)],
    ),
    "spines are exchanged": (
        kern("**kern  **kern", "4C  4cc", "*x  *x", "4dd  4D", "*x  *x", "4E  4ee", "*-  *-"),
        [(72, 1, 0), (74, 1, 1), (76, 1, 2)],
    ),
    "a spine is added, another ends": (
        kern(
            *("**kern  **text", "4cc  la", "*+  *", "*  **kern  *", "4dd  4D  la", "*  *-  *"),
            *("4ee  li", "*-  *-"),
        ),
        [(72, 1, 0), (74, 1, 1), (76, 1, 2)],
    ),
    **{
        f"a spine of {kind} has rests and signs of its own": (
            kern(
                *(f"**kern  **{kind}", "*M2/4  *", "4c  r", "4r  r", "=  =", "*  *^"),
                *("4d  4I  r", "4e  .  V7b", "*  *v  *v", "*-  *-"),
            ),
            [(60, 1, 0), (62, 1, 2), (64, 1, 3)],
        )
        for kind in ("harm", "text", "dynam", "root", "fb", "mxhm", "silbe", "cdata")
    },
    "words stand on the left": (
        kern("**text  **kern", "one  4c", ".  4d", "*-  *-"),
        [(60, 1, 0), (62, 1, 1)],
    ),
    "ties run through, over barlines and splits": (
        kern(
            *("**kern", "[2c", "=2", "*^", "4c_  4e", "*v  *v", "4c]", "4c", "=", "*-"),
        ),
        [(60, 2, 0), (64, 1, 2), (60, 1, 4)],
    ),
    "chords tie note by note": (
        kern("**kern", "[2c 2e", "2c] 2f", "*-"),
        [(64, 2, 0), (65, 2, 2)],
    ),
    "grace notes take no time": (
        kern("**kern", "4c", "8qd", "16qqe", "4f", "Qg", "4a", "*-"),
        [(60, 1, 0), (65, 1, 1), (69, 1, 2)],
    ),
    "lengths: breve, long, dots, tuplets": (
        kern("**kern", "0c", "00d", "4..e", "16f", "6g", "6a", "6b", "3%2cc", "*-"),
        [
            *((60, 8, 0), (62, 16, 8), (64, 1.75, 24), (65, 0.25, 25.75)),
            *((67, 2 / 3, 26), (69, 2 / 3, 26 + 2 / 3), (71, 2 / 3, 26 + 4 / 3)),
            (72, 8 / 3, 28),
        ],
    ),
    "a rest may stand at a pitch": (
        kern("**kern", "4c", "4ggr", "4d", "*-"),
        [(60, 1, 0), (62, 1, 2)],
    ),
    "accidentals and octaves": (
        kern("**kern", "4C#", "4BB-", "4f##", "4ccc--", "4dn", "*-"),
        [(49, 1, 0), (46, 1, 1), (67, 1, 2), (82, 1, 3), (62, 1, 4)],
    ),
    "signs beside the notes": (
        kern("**kern", "(>4c'/L{", "8.d;\\J)", "16eTt", "4f}y", "*-"),
        [(60, 1, 0), (62, 0.75, 1), (64, 0.25, 1.75), (65, 1, 2)],
    ),
    "comments, repeats, numbers of bars": (
        kern("!! one", "**kern", "! two", "=1-", "4c", "=:|!|:", "4d", "=2a", "4e", "==", "*-"),
        [(60, 1, 0), (62, 1, 1), (64, 1, 2)],
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_read_as_it_is_meant(read, kind):
    text, notes = KINDS[kind]
    expected = [(p, pytest.approx(d, abs=2e-3), pytest.approx(o, abs=2e-3)) for p, d, o in notes]
    assert heard(read(text)) == expected
    assert heard(read(text.replace("\n", "\r\n"))) == expected


@pytest.mark.parametrize(
    ("signs", "key"),
    [
        (["*d:dor"], Key(2, "dorian")),
        (["*k[]", "*d:dor"], Key(2, "dorian")),
        (["*e:phr", "*k[]"], Key(4, "phrygian")),
        (["*k[]", "*G:mix"], Key(7, "mixolydian")),
        (["*F:lyd"], Key(5, "lydian")),
        (["*k[f#]", "*e:"], Key(4, "minor")),
        (["*B-:"], Key(10)),
        (["*f#:"], Key(6, "minor")),
        (["*a:aeo"], Key(9, "minor")),
        (["*C:ion"], Key(0)),
        (["*b:loc"], Key(11, "locrian")),
        (["*k[b-e-]"], Key(10)),
        (["*k[b-]"], Key(2, "minor")),
        (["*clefG2"], None),
    ],
)
def test_keys(read, signs, key):
    ending = "4d" if key == Key(2, "minor") else "4c"
    assert read(kern("**kern", *signs, ending, "*-")).melody.key == key


def test_metre_tempo_title_and_fermatas(read):
    text = kern(
        *("!!!OTL@@DE: Ein Lied", "!!!OMD: Trio", "**kern", "*M3/4", "*MM[Slow]", "*MM=c. 66"),
        *("4g", "=1", "4cc", "4dd;", "4ee", "=2", "2.cc;", "==", "*-"),
    )
    melody = read(text).melody
    assert (melody.meter, melody.tempo_bpm, melody.downbeat) == ((3, 4), 66, 480)
    assert (melody.title, melody.phrase_starts) == ("Ein Lied", (0, 3))
    assert read(text.replace("@@DE", "")).melody.title == "Ein Lied"
    assert read(text.replace("!!!OTL@@DE: Ein Lied", "!! x")).melody.title == "Trio"


def test_parts_are_numbered_from_the_highest_staff_and_named(read):
    text = kern("**kern  **kern", '*I"Cello  *Isoprn', "4C  4cc", "4D  4dd", "*-  *-")
    reading = read(text)
    assert heard(reading) == [(72, 1, 0), (74, 1, 1)]
    assert "took part 1 'Soprano' of 2" in reading.remarks[0]
    assert heard(read(text, track="cello")) == [(48, 1, 0), (50, 1, 1)]


@pytest.mark.parametrize("coding", ["utf-8", "latin-1", "utf-8-sig", "utf-16"])
def test_codings(read, coding):
    text = kern("!!!OTL: Brännvin", "**kern", "4c", "*-")
    assert read(text.encode(coding)).melody.title == "Brännvin"


def test_what_was_mended_is_said(read):
    assert read(kern("**kern", "c", "4d", "qe", "4f", "*-")).remarks == (
        "dropped 1 grace note",
        "took 1 note without a length for a quarter",
    )
    uneven = kern("**kern  **kern", "2C  4c", "4D  4d", "4E  4e", "*-  *-")
    reading = read(uneven)
    assert heard(reading) == [(60, 1, 0), (62, 1, 2), (64, 1, 3)]
    assert "the voices do not add up at line 3" in reading.remarks
    again = kern("**kern", "4c", "*-", "**kern", "4d", "*-")
    assert "took what stands before the spines end" in read(again).remarks[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (kern("**kern  **kern", "4c", "*-  *-"), "line 2 has 1 column, where there are 2 spines"),
        (kern("4c", "**kern", "4c"), "line 1 begins no spines"),
        (kern("**kern", "4r", "*-"), "holds no notes"),
        (kern("**kern", *["."] * 500_001), "tokens; at most 500,000"),
    ],
)
def test_what_is_wrong_is_said(read, text, message):
    with pytest.raises(InputError, match=message):
        read(text)


def test_mutated_files_are_refused_or_read(read):
    rng = np.random.default_rng(12)
    seeds = [text for text, _ in KINDS.values()]
    marks = [
        "*^",
        "*v",
        "*x",
        "*+",
        "*-",
        "**kern",
        ".",
        "4r",
        "0c",
        "4q",
        "*M0/0",
        "=",
        "%",
        "[4c",
    ]
    for turn in range(200):
        tokens = seeds[turn % len(seeds)]
        lines = [line.split("\t") for line in tokens.split("\n")]
        for _ in range(int(rng.integers(1, 5))):
            line = lines[int(rng.integers(len(lines)))]
            line[int(rng.integers(len(line)))] = marks[int(rng.integers(len(marks)))]
        text = "\n".join("\t".join(line) for line in lines)
        with contextlib.suppress(InputError):
            assert len(read(text[: int(rng.integers(8, 400))]).melody) >= 1


def test_a_token_that_cannot_be_read_is_told() -> None:
    parts, _ = kern_parts("**kern\n4c\n4?\n4d\n4\u00a7e\n*-\n")
    assert [note.pitch for note in parts[0].notes] == [60, 62, 64]
    assert parts[0].remarks == [
        "cannot read all of '4?' (line 3)",
        "cannot read all of '4§e' (line 5)",
    ]


def test_spines_that_do_not_end_are_told() -> None:
    parts, _ = kern_parts("**kern\n4c\n4d\n")
    assert parts[0].remarks == ["the spines do not end ('*-'); the file may be cut short"]


def test_a_tremolo_takes_no_time() -> None:
    parts, _ = kern_parts("**kern\n@16@2c\n4d\n*-\n")
    assert [float(note.start) for note in parts[0].notes] == [0.0, 2.0]
