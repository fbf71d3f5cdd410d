"""Searches that hear one aspect alone, or one place or key: what is ignored changes nothing."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mer.__main__ import main
from mer.alignment.aspects import drawn, names_of
from mer.corpus.corpus import Corpus, Tune
from mer.corpus.filters import Filter
from mer.errors import InputError
from mer.io import save_melody
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.listing import alignment_line, matches_as_json, matches_as_text
from mer.search.match import Match

ASPECTS = ("pitch", "rhythm", "contour")


def line(seed: int, notes: int = 24) -> Melody:
    rng = np.random.default_rng(seed)
    pitch = 66 + np.cumsum(rng.integers(-4, 5, notes)).clip(-20, 20)
    step = rng.choice([120, 240, 240, 480, 720], notes)
    return Melody(
        pitch=pitch,
        onset=np.cumsum(step) - step,
        duration=step,
        phrase_starts=tuple(start for start in (0, 8, 16) if start < notes),
        key=Key(seed % 3 * 2, "dorian" if seed % 2 else "major"),
    )


def index_of(melodies: list[Melody]) -> PhraseIndex:
    tunes = (Tune(f"t{n}", f"Tune {n}", "mine", one) for n, one in enumerate(melodies))
    return PhraseIndex.build(Corpus.from_tunes(tunes))


MELODIES = [line(seed) for seed in range(20)]
INDEX = index_of(MELODIES)


def other_rhythm(melody: Melody, rng: np.random.Generator) -> Melody:
    step = rng.choice([120, 360, 480], len(melody))
    return replace(melody, onset=np.cumsum(step) - step, duration=step)


def other_pitch(melody: Melody, rng: np.random.Generator) -> Melody:
    return replace(melody, pitch=rng.integers(50, 80, len(melody)))


def other_sizes(melody: Melody, rng: np.random.Generator) -> Melody:
    """Return a melody with the same ups and downs, each of another size, in another rhythm."""
    step = np.sign(np.diff(melody.pitch)) * rng.integers(1, 3, len(melody) - 1)
    return other_rhythm(replace(melody, pitch=66 + np.cumsum([0, *step])), rng)


IGNORED = {"pitch": other_rhythm, "rhythm": other_pitch, "contour": other_sizes}


def ranked(matches: list[Match]) -> list[tuple[int, float]]:
    return [(match.number, match.similarity) for match in matches]


@pytest.mark.parametrize("aspect", ASPECTS)
@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), notes=st.integers(3, 12))
def test_what_is_ignored_does_not_change_the_ranking(aspect: str, seed: int, notes: int) -> None:
    rng = np.random.default_rng(seed)
    query = line(seed, notes) if seed % 2 else MELODIES[seed % 20].cut(4, 4 + notes)
    query = replace(query, phrase_starts=())
    found = INDEX.search(query, 20, method=f"by-{aspect}")
    changed = INDEX.search(IGNORED[aspect](query, rng), 20, method=f"by-{aspect}")
    assert ranked(found) == ranked(changed)
    assert len(found) == 20


@pytest.mark.parametrize("aspect", ASPECTS)
def test_what_is_ignored_in_the_tunes_does_not_change_it_either(aspect: str) -> None:
    rng = np.random.default_rng(3)
    changed = index_of([IGNORED[aspect](melody, rng) for melody in MELODIES])
    for seed in range(3):
        query = line(100 + seed, 7 + seed)
        expected = ranked(INDEX.search(query, 15, method=f"by-{aspect}"))
        assert ranked(changed.search(query, 15, method=f"by-{aspect}")) == expected


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("notes", [3, 8])
def test_what_is_kept_finds_the_phrase(aspect: str, notes: int) -> None:
    rng = np.random.default_rng(5)
    for number in range(0, 20, 4):
        query = IGNORED[aspect](MELODIES[number].cut(8, 8 + notes).transpose(2), rng)
        match = INDEX.search(query, 60, method=f"by-{aspect}")
        best = [one for one in match if one.similarity >= match[0].similarity - 1e-9]
        assert notes == 3 or (f"t{number}", 2) in {
            (one.phrase.tune_id, one.phrase.number) for one in best
        }
        assert match[0].similarity > 0.75
        assert sum(match[0].contributions.values()) == match[0].similarity


@pytest.mark.parametrize("aspect", ["rhythm", "contour"])
def test_no_word_of_what_is_not_heard(aspect: str) -> None:
    match = INDEX.search(MELODIES[4].cut(8, 16), 1, method=f"by-{aspect}")[0]
    text = match.explain().text()
    assert f"Only {aspect} is compared. 8 of 8 notes of the motif are the same, 0 changed." in text
    told = text.split("\n", 1)[1]
    assert not re.search(r"\b[A-G][#b]?\d\b|semitone|third|moved", told)
    assert "in the same" not in told
    assert "<svg" in match.explain().svg()
    assert {figure.view for figure in match.explain().shared} == {aspect}
    assert not re.search(r"[A-G]", alignment_line(match).replace("…", ""))
    row = matches_as_text([match]).splitlines()[1]
    assert not re.search(r"[+-]\d+$", row)
    assert matches_as_json([match])[0]["transposition"] is None


def test_what_differs_in_an_aspect_is_in_brackets() -> None:
    tune = Melody(pitch=[60, 64, 62, 67, 65], onset=range(0, 2400, 480), duration=[480] * 5)
    query = replace(tune, pitch=np.array([60, 61, 50, 49, 48]))
    match = index_of([tune]).search(query, 1, method="by-contour")[0]
    assert alignment_line(match) == "* up down (up) down"
    assert [notes.difference for notes in match.explain().pairs] == [0, 0, 0, 2, 0]


def test_names_and_pictures_of_an_aspect() -> None:
    tune = Melody(pitch=[60, 67, 67, 40], onset=[0, 480, 640, 800], duration=[480, 160, 160, 720])
    assert names_of(tune, "rhythm") == ["1", "1/3", "1/3", "3/2"]
    assert names_of(tune, "contour") == ["*", "up", "same", "down"]
    assert drawn(tune, "contour").pitch.tolist() == [60, 62, 60, 58]
    assert set(drawn(tune, "rhythm").pitch.tolist()) == {60}
    assert drawn(tune, "") is tune


def test_a_place_is_searched_alone() -> None:
    for place, number in (("opening", 1), ("ending", 3)):
        found = INDEX.search(MELODIES[3].cut(8, 16), 60, where=Filter(place=place))
        assert {match.phrase.number for match in found} == {number}
        assert len(found) == 20
    with pytest.raises(InputError, match="only phrases have a place"):
        INDEX.of_unit("melody").search(MELODIES[0], where=Filter(place="ending"))
    with pytest.raises(InputError, match="unknown place 'middle'"):
        Filter(place="middle")


def test_a_key_is_searched_alone() -> None:
    where = Filter(keys=["D dorian", Key(0)])
    found = {match.phrase.tune_id for match in INDEX.search(MELODIES[1], 60, where=where)}
    expected = {n for n in range(20) if MELODIES[n].key in where.keys}
    assert found == {f"t{n}" for n in expected}
    assert 0 < len(expected) < 20
    for wrong in ("H", 3):
        with pytest.raises(InputError, match="key"):
            Filter(keys=[wrong])


def test_the_command_takes_the_switches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MER_HOME", str(tmp_path))
    INDEX.save(tmp_path / "mine")
    motif = tmp_path / "motif.mid"
    save_melody(replace(MELODIES[3].cut(0, 8), key=None), motif)
    asked = ["search", str(motif), "--corpus", "mine", "--json"]
    assert main([*asked, "--by", "rhythm", "--at", "ending", "--k", "4"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {one["aspect"] for one in found} == {"rhythm"}
    assert {one["phrase"] for one in found} == {3}
    assert main([*asked, "--key", "C dorian", "--key", "E", "--k", "50"]) == 0
    ids = {one["tune_id"] for one in json.loads(capsys.readouterr().out)}
    keys = (Key(0, "dorian"), Key(4))
    assert ids == {f"t{n}" for n in range(20) if MELODIES[n].key in keys}
