"""Cuts and rolls: where they stand, and that the written notes stay."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from generate.harmony.arrangement import Extras, arrange, save_arrangement
from generate.sound.expression import expressed
from generate.sound.ornaments import CUT, ROLL, Ornament, ornamented
from mer.io import load_melody
from mer.io.sheet.sheet import Part
from mer.notes.key import Key
from mer.notes.melody import Melody


def played(melody: Melody) -> tuple[Part, tuple[Ornament, ...]]:
    return ornamented(expressed([Part(melody=melody)])[0])


def test_a_repeated_note_has_a_cut_from_the_scale_step_above() -> None:
    melody = Melody(
        pitch=[67, 67, 69, 69], onset=[0, 960, 1920, 2880], duration=[960] * 4, key=Key(7)
    )
    part, found = played(melody)
    assert found == (Ornament(1, CUT),)  # the last note has none
    touch, note = part.played[1:3]
    assert (touch.pitch, touch.note, touch.onset) == (69, -1, 960)
    assert (note.pitch, note.note, note.onset) == (67, 1, touch.end)
    assert touch.velocity < note.velocity


def test_a_long_note_on_a_strong_place_of_a_jig_has_a_roll() -> None:
    melody = Melody(
        pitch=[62, 67, 71, 74, 67],
        onset=[0, 720, 1440, 2160, 2880],
        duration=[720] * 4 + [1440],
        meter=(6, 8),
        key=Key(7),
        tempo_bpm=100.0,
    )
    part, found = played(melody)
    assert Ornament(1, ROLL) in found
    turn = [one for one in part.played if 720 <= one.onset < 1440]
    assert [one.pitch for one in turn] == [67, 69, 67, 66, 67]
    assert [one.note for one in turn] == [1, -1, -1, -1, -1]
    assert all(one.end <= after.onset for one, after in itertools.pairwise(turn))


def test_written_notes_are_all_there_and_a_bar_has_one_ornament_at_most() -> None:
    rng = np.random.default_rng(3)
    melody = Melody(
        pitch=rng.integers(60, 65, 64),
        onset=np.arange(64) * 480,
        duration=[480] * 64,
        meter=(3, 4),
        key=Key(0),
    )
    part, found = played(melody)
    assert sorted(one.note for one in part.played if one.note >= 0) == list(range(64))
    bars = [note // 3 for note, _ in found]
    assert len(bars) == len(set(bars)) > 5
    assert not {0, 63} & {note for note, _ in found}


@pytest.mark.parametrize("ending", ["abc", "musicxml"])
def test_scores_show_ornaments_and_are_read_without_them(tmp_path: Path, ending: str) -> None:
    melody = Melody(
        pitch=[67, 67, 69, 71, 69, 67, 66, 67],
        onset=480 * np.arange(8),
        duration=[480] * 8,
        meter=(4, 4),
        key=Key(7),
    )
    arranged = arrange(melody, "none", extras=Extras(ornaments=True))
    assert arranged.ornaments
    path = tmp_path / f"tune.{ending}"
    save_arrangement(arranged, path)
    text = path.read_text()
    cuts = sum(one.kind == "cut" for one in arranged.ornaments)
    assert text.count("{" if ending == "abc" else "<grace") == cuts > 0
    back = load_melody(path)
    assert back.pitch.tolist() == melody.pitch.tolist()
    assert back.onset.tolist() == melody.onset.tolist()
    assert back.duration.tolist() == melody.duration.tolist()


@pytest.mark.parametrize(("ending", "sign"), [("abc", "~"), ("musicxml", "<turn/>")])
def test_a_roll_is_a_turn_in_scores(tmp_path: Path, ending: str, sign: str) -> None:
    melody = Melody(
        pitch=[67, 69, 71, 67, 69, 71, 67],
        onset=[0, 240, 480, 720, 1440, 1680, 1920],
        duration=[240, 240, 240, 720, 240, 240, 960],
        meter=(6, 8),
        key=Key(7),
    )
    arranged = arrange(melody, "none", extras=Extras(ornaments=True))
    path = tmp_path / f"tune.{ending}"
    save_arrangement(arranged, path)
    rolls = sum(one.kind == "roll" for one in arranged.ornaments)
    assert path.read_text().count(sign) == rolls > 0
    assert load_melody(path).pitch.tolist() == melody.pitch.tolist()
