"""Exact searches and patterns against naive ones, and what the command says of them."""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mer.__main__ import main
from mer.alignment.aspects import ASPECTS
from mer.corpus.corpus import Corpus, Tune
from mer.corpus.filters import Filter
from mer.errors import InputError
from mer.io import save_melody
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.sharing.holding import MOST_BETWEEN, Pattern, holding
from tests.mer.search.sharing.test_runs import melodies, naive_keys


def index_of(tunes: list[Melody]) -> PhraseIndex:
    return PhraseIndex.build(
        Corpus.from_tunes(Tune(f"t{n}", "", "mine", one) for n, one in enumerate(tunes))
    )


@pytest.mark.parametrize("aspect", ASPECTS)
@settings(max_examples=25)
@given(mine=melodies(), others=st.lists(melodies(), min_size=1, max_size=4))
def test_what_is_held_is_what_a_naive_search_finds(
    aspect: str, mine: Melody, others: list[Melody]
) -> None:
    mine = mine.cut(0, min(len(mine), 4))
    if len(mine) < 3:
        return
    keys, notes = naive_keys(mine, 0, len(mine), aspect), len(mine)
    expected = []
    for number, tune in enumerate(others):
        starts = range(len(tune) - notes + 1)
        places = [at for at in starts if naive_keys(tune, at, notes, aspect) & keys]
        expected += [(f"t{number}", places[0])] if places else []
    found = holding(mine, index_of(others), aspect=aspect)
    assert [(one.phrase.tune_id, one.phrase.start + one.pairs[0][1]) for one in found] == expected
    for one in found:
        assert one.similarity == sum(one.contributions.values()) == 1.0
        if aspect.startswith("pitch"):
            theirs = one.phrase.melody.pitch[[b for _, b in one.pairs]]
            assert (mine.pitch + one.transposition == theirs).all()


def naive_places(pitch: list[int], pattern: Pattern) -> set[tuple[int, ...]]:
    """Return all places of a pattern, by trying every gap."""
    places = {(start,) for start in range(len(pitch))}
    steps = zip(pairwise(pattern.pitch), pattern.between, strict=True)
    for (before, name), (least, most) in steps:
        places = {
            (*place, at)
            for place in places
            for at in range(place[-1] + 1 + least, min(place[-1] + 2 + most, len(pitch)))
            if pitch[at] - pitch[place[-1]] == name - before
        }
    return {
        place
        for place in places
        if place[0] >= pattern.before and len(pitch) - 1 - place[-1] >= pattern.after
    }


WORDS = st.sampled_from(["C4", "D", "E4", "?", "*"])


@settings(max_examples=60)
@given(words=st.lists(WORDS, min_size=3, max_size=7), seed=st.integers(0, 10_000))
def test_patterns_are_found_as_a_naive_search_finds_them(words: list[str], seed: int) -> None:
    try:
        pattern = Pattern.parse(" ".join(words))
    except InputError:
        gaps = re.split("[A-G]4?", "".join(words))
        assert len(gaps) < 4 or any(gap.count("*") > 1 for gap in gaps)
        return
    rng = np.random.default_rng(seed)
    tunes = [
        Melody(pitch=rng.integers(60, 64, n), onset=np.arange(n) * 240, duration=[240] * n)
        for n in rng.integers(1, 12, 3).tolist()
    ]
    found = {one.phrase.tune_id: one for one in holding(pattern, index_of(tunes))}
    for number, tune in enumerate(tunes):
        places = naive_places(tune.pitch.tolist(), pattern)
        one = found.get(f"t{number}")
        assert (one is None) == (not places)
        if one is not None:
            place = tuple(one.phrase.start + note for _, note in one.pairs)
            assert place in places
            assert place[0] == min(places)[0]


@pytest.mark.parametrize(
    ("text", "pitch", "between", "ends"),
    [
        ("C4 D E", (60, 62, 64), ((0, 0), (0, 0)), (0, 0)),
        ("c4, g f#", (60, 55, 54), ((0, 0), (0, 0)), (0, 0)),
        ("B C Bb", (59, 60, 58), ((0, 0), (0, 0)), (0, 0)),
        ("? C4 ? ? D * E *", (60, 62, 64), ((2, 2), (0, MOST_BETWEEN)), (1, 0)),
        ("C4 ? * G3 C ? * ?", (60, 55, 60), ((1, 1 + MOST_BETWEEN), (0, 0)), (0, 2)),
        ("C4 * D * E * F * G", (60, 62, 64, 65, 67), ((0, MOST_BETWEEN),) * 4, (0, 0)),
    ],
)
def test_a_pattern_is_read(
    text: str, pitch: tuple[int, ...], between: object, ends: tuple[int, int]
) -> None:
    found = Pattern.parse(text)
    assert (found.pitch, found.between) == (pitch, between)
    assert (found.before, found.after) == ends


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("C4 D E", [0, 1, 2]), ("C4 D E ?", [1, 2]), ("? C4 D E", [2]), ("* C4 D E *", [0, 1, 2])],
)
def test_a_gap_at_the_end_of_a_pattern_asks_for_a_note(text: str, numbers: list[int]) -> None:
    pitches = ([60, 62, 64], [60, 62, 64, 60], [70, 60, 62, 64, 60])
    tunes = [
        Melody(pitch=pitch, onset=np.arange(len(pitch)) * 240, duration=[240] * len(pitch))
        for pitch in pitches
    ]
    found = holding(Pattern.parse(text), index_of(tunes))
    assert [one.phrase.tune_id for one in found] == [f"t{number}" for number in numbers]


def test_starts_in_all_blocks_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mer.search.sharing.holding._BLOCK", 2)
    tunes = [TUNE, TUNE.cut(0, 3), TUNE.cut(5, 8)]
    assert len(holding(Pattern.parse("C4 D E"), index_of(tunes))) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("C4 D", "names 2 notes"),
        ("* ? *", "names 0"),
        ("C4 H E", "'H' is no note"),
        ("", "names 0"),
        ("C4 D E#x", "no note"),
        ("C4 D4 E99", "no note"),
        ("C4 * * D E", "twice in one gap"),
        ("C4 D E * ? *", "twice in one gap"),
        ("* * *", "names 0"),
        ("C4" + " * D" * 10, "skip up to 160; at most 64"),
        ("C4 D" + " ?" * 65 + " E", "skip up to 65"),
    ],
)
def test_what_is_no_pattern_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        Pattern.parse(text)


TUNE = Melody(
    pitch=[60, 62, 64, 65, 67, 60, 62, 64, 72, 71, 60, 62, 64],
    onset=np.arange(13) * 240,
    duration=[240] * 13,
    phrase_starts=(0, 5, 10),
)


@pytest.mark.parametrize(
    ("place", "number", "notes"), [("anywhere", 1, 0), ("opening", 1, 0), ("ending", 3, 10)]
)
def test_openings_and_endings(place: str, number: int, notes: int) -> None:
    (match,) = holding(TUNE.cut(0, 3), index_of([TUNE]), where=Filter(place=place))
    assert (match.phrase.number, match.phrase.start + match.pairs[0][1]) == (number, notes)


def test_a_place_over_two_phrases_shows_both() -> None:
    (match,) = holding(Pattern.parse("F4 G C4 D"), index_of([TUNE]))
    assert (match.phrase.number, match.phrase.start, match.phrase.stop) == (1, 0, 10)
    assert match.pairs == ((0, 3), (1, 4), (2, 5), (3, 6))
    assert match.phrase.melody.pitch.tolist() == TUNE.pitch[:10].tolist()


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MER_HOME", str(tmp_path))
    index_of([TUNE]).save(tmp_path / "mine")
    save_melody(TUNE.cut(5, 10).transpose(1), tmp_path / "motif.mid")
    exact = ["search", str(tmp_path / "motif.mid"), "--corpus", "mine", "--exact"]
    assert main(exact) == 0
    assert "C D E C B" in capsys.readouterr().out
    assert main([*exact, "--by", "contour", "--explain"]) == 0
    assert "Only contour is compared" in capsys.readouterr().out
    notes = ["search", "--corpus", "mine", "--notes"]
    assert main([*notes, "C4 ? E * B4"]) == 0
    assert "C + E + + + + + + B" in capsys.readouterr().out
    assert main([*notes, "C4 C# D"]) == 0
    assert "holds these notes" in capsys.readouterr().err
    assert main(["search", "--corpus", "mine", "--like", ""]) == 2
    assert capsys.readouterr().err == (
        "error: no tune has an empty name; give its title or its id\n"
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--notes", "C4 D E", "--by", "rhythm"], "pitch alone"),
        (["--notes", "C4 D E", "--method", "motif"], "a search that ranks"),
        (["--notes", "C4 D E", "--like", "x"], "one of these"),
        (["--like", "x", "--exact"], "not --like"),
        (["m.mid", "--by", "rhythm", "--method", "motif"], "give one of them"),
        (["m.mid", "--exact", "--distinct"], "a search that ranks"),
        (["--notes", "C4 x E"], "no note of a pattern"),
    ],
)
def test_the_command_refuses(
    capsys: pytest.CaptureFixture[str], asked: list[str], said: str
) -> None:
    assert main(["search", *asked]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
