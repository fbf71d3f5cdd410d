"""What the page does, without gradio: search, compose, re-roll, play, save."""

from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest

from app.compose import takes as actions
from app.compose.links import Link, read_link, write_link
from app.compose.takes import Files, Take
from app.compose.visits import Visits
from app.compose.wishes import Wishes
from generate.piece.composition import Composition, Source
from generate.piece.given_chords import later, repeated_progression
from mer.errors import InputError
from mer.io import load_melody
from mer.io.midi.events import midi_file
from mer.io.midi.writing.files import save_midi
from mer.io.sheet.sheet import Part, Sheet
from mer.notes.melody import Melody


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
    music = actions.arranged(take, asked, brief)
    actions.save_take(music, take, asked, brief, files)
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


def song(path: Path, *, pickup: bool = False) -> bytes:
    """Write a song of sixteen bars: tune, strings, guitar and bass; return its bytes."""
    beats = np.arange(64)
    tune = Melody(
        pitch=72 + np.array([0, 2, 4, 7, 4, 2, 0, -1])[beats % 8],
        onset=beats * 480,
        duration=[480] * 64,
        meter=(4, 4),
        tempo_bpm=96.0,
        title="Song",
        downbeat=480 if pickup else 0,
    )
    under = [
        replace(tune, pitch=tune.pitch[::4] - down, onset=tune.onset[::4], duration=[1920] * 16)
        for down in (12, 17, 31)
    ]
    parts = [Part(melody=tune, name="Lead"), *(Part(melody=one, name="Under") for one in under)]
    save_midi(Sheet(parts=tuple(parts)), path)
    return path.read_bytes()


@pytest.mark.parametrize("pickup", [False, True])
@pytest.mark.parametrize(("verb", "begins"), [("Continue", 4), ("Answer", 8)])
def test_a_song_goes_on_beside_its_own_tracks_over_its_own_chords(
    visits: Visits, tmp_path: Path, verb: str, begins: int, pickup: bool
) -> None:
    own = song(tmp_path / "song.mid", pickup=pickup)
    motif = visits.upload(str(tmp_path / "song.mid"))
    assert motif.whole is not None
    assert motif.whole.tracks[0].split(" (")[0] == "1 Lead"
    motif = visits.chosen_bars(motif, 5, 8)
    assert motif.progression
    asked = Link(motif, Wishes(verb=verb, bars=8, max_copy=16, progression=motif.progression))
    brief = actions.brief_of(asked, visits.index)
    files = Files.at(tmp_path / "take")
    take = actions.grow(brief, 1)
    music = actions.arranged(take, asked, brief)
    actions.save_take(music, take, asked, brief, files)
    # The chords are those of the song at that place of it.
    text = motif.progression if verb == "Continue" else later(motif.progression, 4)
    melody = take.composition.melody
    wanted = repeated_progression(text, melody.downbeat, melody.bar_ticks, melody.bars)
    for one in wanted:
        under = [chord for chord in music.chords if chord.onset <= one.onset < chord.end]
        assert [chord.name for chord in under] == [one.name]
    assert read_link(write_link(asked), {}).wishes.progression == motif.progression
    joined = midi_file(files.joined.read_bytes())
    # All that was there is there, and the new part stands where the motif does, or after it.
    assert own[14:] in files.joined.read_bytes()
    assert len(joined.tracks) == 6
    ((_, spans),) = joined.tracks[-1].spans.items()
    assert spans[0][1] // 480 == 4 * (begins + pickup)
    assert len(spans) == len(take.composition)
    assert len(mido.MidiFile(files.joined).tracks) == 6


def test_one_track_alone_is_joined_with_nothing(visits: Visits, tmp_path: Path) -> None:
    asked = Link(visits.examples["Walk up"], Wishes(bars=4))
    brief = actions.brief_of(asked, visits.index)
    files = Files.at(tmp_path / "take")
    take = actions.grow(brief, 1)
    actions.save_take(actions.arranged(take, asked, brief), take, asked, brief, files)
    assert files.midi.exists()
    assert not files.joined.exists()
