"""ABC files: which tune is taken, and what a file may do to the reader."""

from pathlib import Path

import numpy as np
import pytest

from mer.errors import InputError
from mer.io import load_melody, read_melody

BOOK = """% my tunes
X:1
T:Reel, The
M:4/4
L:1/4
K:C
CDEF|

X:7
T:Reel of Two
K:G
GABc|

X:9
T:Rests
K:G
z4|
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.abc"
    path.write_text(BOOK)
    return path


@pytest.mark.parametrize("tune", [7, "7", "X:7", "reel of two", "Two", "of two", "Reel Of Two"])
def test_a_tune_is_chosen_by_number_or_title(book: Path, tune: int | str) -> None:
    reading = read_melody(book, tune=tune)
    assert reading.melody.title == "Reel of Two"
    assert reading.remarks == ()
    assert load_melody(book, tune=tune) == reading.melody


def test_an_article_may_stand_where_it_is_printed(book: Path) -> None:
    assert load_melody(book, tune="Reel, The").title == "The Reel"
    assert load_melody(book, tune="the reel").title == "The Reel"


@pytest.mark.parametrize(
    ("tune", "said"),
    [
        (2, "no tune '2'; there are 3: 1 'The Reel', 7 'Reel of Two', 9 'Rests'"),
        ("jig", "no tune 'jig'; there are 3"),
        ("reel", "2 tunes match 'reel'; there are 3: 1 'The Reel', 7 'Reel of Two'"),
        ("", "no tune ''"),
        ("9" * 5000, "no tune '9999"),
        (9, "has no music"),
    ],
)
def test_a_tune_that_is_not_there_is_refused(book: Path, tune: int | str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_melody(book, tune=tune)
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{book}: ")
    assert "\n" not in str(caught.value)


def test_the_first_tune_with_music_is_taken(book: Path) -> None:
    assert read_melody(book).remarks == (
        "took the first tune, 'The Reel', of 3 in the file; the option tune takes another, by "
        "number (X:) or title",
    )
    book.write_text("X:0\nT:About this book\nK:C\n\n" + BOOK)
    assert load_melody(book).title == "The Reel"


def test_only_a_tunebook_has_tunes(tmp_path: Path) -> None:
    (tmp_path / "x.mid").write_bytes(b"MThd")
    with pytest.raises(InputError, match=r"no tune '2'; only a tunebook \(\.abc\) holds several"):
        read_melody(tmp_path / "x.mid", tune=2)


def test_a_tune_without_a_title_has_none(tmp_path: Path) -> None:
    (tmp_path / "x.abc").write_text("K:D\nDEF GAB|")
    reading = read_melody(tmp_path / "x.abc")
    assert (reading.melody.title, reading.remarks) == ("", ())


SEED_TEXT = """X:1
T:Seed, The
M:6/8
L:1/8
Q:3/8=100
K:D Mix
V:1 name="One" clef=treble-8
|:"D"d2>e {g}f3|(3ABc d'>.e ^f-|f2g & [A,C]3|1 Z|X2:|2 [d-f]2 [df]!trill!a:|
[V:2] +ff+A,,2 z/ B//|[K:G exp _b] ~c<(d e)|[M:2/4][r:no] c4-c4|]
w: la la
%%begintext
some text
%%endtext
"""
ODD = "[]{}()<>\"!+&-|:/\\^_=~.%$zZxXyABCabc0123\n \t?'é,"


def damaged(rng: np.random.Generator) -> str:
    """Return the seed with a few places changed, repeated, exchanged or cut off."""
    text = list(SEED_TEXT)
    for _ in range(int(rng.integers(1, 9))):
        place = int(rng.integers(len(text)))
        span = int(rng.integers(1, 12))
        action = int(rng.integers(5))
        if action == 0:
            text[place] = ODD[int(rng.integers(len(ODD)))]
        elif action == 1:
            del text[place : place + span]
        elif action == 2:
            text[place:place] = text[place : place + span] * int(rng.integers(1, 4))
        elif action == 3:
            text[place:place] = [ODD[int(n)] for n in rng.integers(len(ODD), size=span)]
        else:
            other = int(rng.integers(len(text)))
            text[place], text[other] = text[other], text[place]
        if not text:
            break
    return "".join(text)


def test_damaged_text_is_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.abc"
    read, lines = 0, set[str]()
    for seed in range(300):
        path.write_text(damaged(np.random.default_rng(seed)), encoding="utf-8")
        try:
            assert len(load_melody(path)) >= 1
            read += 1
        except InputError as error:
            lines.update(str(error).splitlines()[1:])
    assert read > 250
    assert lines == set()


@pytest.mark.parametrize(
    "body",
    ["[" * 20_000, "{" * 20_000, "(3" * 20_000, '"' * 20_001, "!" * 20_001, "<>" * 10_000,
     "A&" * 10_000, "&" * 20_000, "|" * 20_000, "[1" * 10_000, "A-" * 10_000, "+" * 20_001],
)  # fmt: skip
def test_no_sign_does_harm_however_often_it_stands(tmp_path: Path, body: str) -> None:
    path = tmp_path / "x.abc"
    path.write_text(f"X:1\nK:C\nABc|{body}\n")
    assert len(load_melody(path)) >= 3


def test_a_notated_rhythm_is_not_quantised_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "tune.abc").write_text("X:1\nL:1/4\nK:C\nC D E F|\n")
    reading = read_melody(tmp_path / "tune.abc", quantise="1/8")
    assert reading.melody == load_melody(tmp_path / "tune.abc", quantise="off")
    (remark,) = reading.remarks
    assert remark == "the rhythm stays as it is written: '1/8' is for MIDI files"
    with pytest.raises(InputError, match="choose one of"):
        load_melody(tmp_path / "tune.abc", quantise="1/7")
