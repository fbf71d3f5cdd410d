"""Tunes that are in a corpus twice: each kind by hand, groups, and what is printed and refused."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mer.__main__ import main
from mer.corpus.corpus import Corpus, Tune
from mer.errors import InputError
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.sharing.duplicates import Duplicate, duplicates


def line(seed: int, notes: int = 40) -> Melody:
    rng = np.random.default_rng(seed)
    pitch = 66 + np.cumsum(rng.integers(-4, 5, notes)).clip(-20, 20)
    return Melody(pitch=pitch, onset=np.arange(notes) * 240, duration=[240] * notes, meter=(4, 4))


def with_changes(melody: Melody, notes: list[int]) -> Melody:
    pitch = melody.pitch.copy()
    pitch[notes] += 5
    return replace(melody, pitch=pitch)


def in_dots(melody: Melody) -> Melody:
    """Return the same pitches, long and short by turns."""
    step = np.where(np.arange(len(melody)) % 2, 120, 360)
    return replace(melody, onset=np.cumsum(step) - step, duration=step)


MELODIES = {
    "first": line(1),
    "other": line(2),
    "moved": line(1).transpose(3),
    "dotted": in_dots(line(1)).transpose(-2),
    "changed": with_changes(line(1), [9, 20, 31]),
    "long": replace(line(3, 90)),
    "part": line(3, 90).cut(20, 60).transpose(5),
    "too far": with_changes(line(2), list(range(0, 40, 3))),
    "short": line(1).cut(0, 5),
}
CORPUS = Corpus.from_tunes(
    Tune(name, f"Tune {name}", "mine", melody) for name, melody in MELODIES.items()
)


def told(groups: list[tuple[Duplicate, ...]]) -> dict[tuple[str, str], str]:
    return {
        (CORPUS.tune_id(one.tune), CORPUS.tune_id(one.of)): one.reason()
        for group in groups
        for one in group
    }


def test_each_kind_is_found_with_its_reason() -> None:
    groups = duplicates(CORPUS)
    assert [len(group) for group in groups] == [3, 1]
    assert told(groups) == {
        ("moved", "first"): "the same notes, 3 semitones higher",
        ("dotted", "first"): "the same pitches in another rhythm, 2 semitones lower",
        ("changed", "first"): "a variant: 37 of 40 notes the same, at the same pitch",
        ("part", "long"): "one is a part of the other: 40 of 40 notes the same, 5 semitones higher",
    }


def test_how_near_is_near_enough() -> None:
    assert ("changed", "first") not in told(duplicates(CORPUS, least=0.95))
    assert ("part", "long") in told(duplicates(CORPUS, least=1.0))
    for least in (0.4, 1.1):
        with pytest.raises(InputError, match=r"a share of .5 to 1"):
            duplicates(CORPUS, least=least)


def test_a_chain_is_one_group_and_each_tune_stands_in_it_once() -> None:
    chain = [line(1)]
    for number in range(6):
        chain.append(with_changes(chain[-1], [5 * number + 8, 5 * number + 9]))
    order = [3, 0, 5, 1, 6, 2, 4]
    corpus = Corpus.from_tunes(Tune(str(n), "", "", chain[n]) for n in order)
    (group,) = duplicates(corpus)
    assert group[0].of == 0
    assert sorted(one.tune for one in group) == list(range(1, 7))
    seen = {0}
    for one in group:
        assert one.of in seen
        seen.add(one.tune)
        assert abs(order[one.tune] - order[one.of]) <= 1  # nearest stand beside each other


def test_turned_round_it_says_the_same() -> None:
    one = Duplicate(4, 2, "variant", 30, 32, 5)
    assert one.turned() == Duplicate(2, 4, "variant", 30, 32, -5)


def test_nothing_is_found_where_there_is_nothing() -> None:
    tunes = [Tune("a", "", "", line(1)), Tune("b", "", "", line(2))]
    assert duplicates(Corpus.from_tunes(tunes)) == []
    assert duplicates(Corpus.from_tunes(tunes[:1])) == []


def test_the_command_lists_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MER_HOME", str(tmp_path))
    PhraseIndex.build(CORPUS).save(tmp_path / "mine")
    asked = ["corpus", "duplicates", "mine", "--quiet"]
    assert main(asked) == 0
    said = capsys.readouterr().out
    assert "1. Tune first (first)\n" in said
    assert "   Tune moved (moved): the same notes, 3 semitones higher\n" in said
    assert said.endswith("6 tunes in 2 groups, of 9 in all\n")
    assert main([*asked, "--json"]) == 0
    groups = json.loads(capsys.readouterr().out)
    assert groups[1][0]["tune"] == "part"
    assert groups[1][0]["kind"] == "part"
    assert main([*asked, "--least", "2"]) == 2
    PhraseIndex.build(Corpus.from_tunes([CORPUS.tune(0), CORPUS.tune(1)])).save(tmp_path / "two")
    capsys.readouterr()
    assert main(["corpus", "duplicates", "two"]) == 0
    assert capsys.readouterr().out == "none of 2 tunes is nearly another\n"
