"""What the page does, without gradio: search, compose, re-roll, play, save."""

from pathlib import Path

import pytest

from app.compose import takes as actions
from app.compose.links import Link
from app.compose.takes import Files, Take
from app.compose.visits import Visits
from app.compose.wishes import Wishes
from generate.piece.composition import Composition, Source
from mer.errors import InputError
from mer.io import load_melody


def test_hostile_names_make_harmless_files() -> None:
    names = {
        "../../etc/passwd": "etc-passwd-take-1",
        "<script>alert(1)</script>": "script-alert-1-script-take-1",
        "日本": "motif-take-1",
        "x" * 500: "x" * 40 + "-take-1",
    }
    for name, stem in names.items():
        assert actions.file_stem(name, 1) == stem


def bars_of(take: Take) -> dict[int, list[tuple[int, int]]]:
    melody = take.composition.melody
    bars: dict[int, list[tuple[int, int]]] = {}
    for pitch, onset in zip(melody.pitch.tolist(), melody.onset.tolist(), strict=True):
        bars.setdefault((onset - melody.downbeat) // melody.bar_ticks + 1, []).append(
            (onset, pitch)
        )
    return bars


def test_reroll_keeps_what_is_locked_and_is_repeatable(visits: Visits) -> None:
    motif = visits.examples["Walk up"]
    brief = actions.brief_of(Link(motif, Wishes(max_copy=12)), visits.index)
    take = actions.grow(brief, 7)
    first = actions.regrow(take, "1-2,8", brief)
    second = actions.regrow(first, "1-2,8", brief)
    for made in (first, second):
        assert all(bars_of(made)[bar] == bars_of(take)[bar] for bar in (1, 2, 8))
        assert bars_of(made) != bars_of(take)
    assert bars_of(first) != bars_of(second)
    assert second.keeps == ("1-2,8", "1-2,8")
    again = actions.regrow(actions.regrow(actions.grow(brief, 7), "1-2,8", brief), "1-2,8", brief)
    assert again.composition.melody == second.composition.melody
    with pytest.raises(InputError, match="9"):
        actions.regrow(take, "9", brief)


@pytest.mark.parametrize("chords", ["none", "auto"])
def test_files_of_a_take(visits: Visits, tmp_path: Path, chords: str) -> None:
    motif = visits.examples["Walk up"]
    asked = Link(motif, Wishes(max_copy=12, chords=chords))
    brief = actions.brief_of(asked, visits.index)
    take = actions.grow(brief, 1)
    files = Files.at(tmp_path / "a.b-take-1")
    music = actions.save_take(take, asked, brief, files)
    assert bool(music.chords) == (chords == "auto")
    assert files.report.name == "a.b-take-1.json"
    assert '"kept_bars": []' in files.report.read_text()
    if chords == "none":
        assert load_melody(files.midi).pitch.tolist() == take.composition.melody.pitch.tolist()
    assert files.musicxml.read_text().count("<part ") == (1 if chords == "none" else 3)
    abc = files.abc.read_text()
    assert abc.startswith("X:1\nT:Walk up, take 1\nC:mer ")
    assert "\nS:" in abc
    assert ('"G"' in abc) == (chords == "auto")


def test_facts_of_a_copy(visits: Visits) -> None:
    motif = visits.examples["Walk up"]
    brief = actions.brief_of(Link(motif, Wishes(max_copy=12)), visits.index)
    tune = visits.index.corpus.tune(3).melody
    copied = Composition(tune, (Source("corpus", 0, 0, "t3", 1),) * len(tune))
    found = actions.facts(Take(1, copied), brief)
    assert found.run >= len(tune)
    assert found.title.startswith("Tune <")
    assert found.human is None  # known of the shipped tunes only
    assert found.bits.shape == (len(tune),)
