"""Melody -> file -> the same melody, for every format that can be written."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mer.evaluation.labelled import Labelled, load_labelled, save_labelled
from mer.io import load_melody, save_melody
from mer.io.tunebook.text import clean_title
from mer.notes.key import MODES, Key
from mer.notes.melody import Melody

METERS = [None, (4, 4), (3, 4), (6, 8), (5, 8), (2, 2), (7, 16), (3, 32)]
KEYS = st.none() | st.builds(Key, st.integers(0, 11), st.sampled_from(MODES))


@st.composite
def melodies(draw, longest=2000):
    """Melodies with rests, pick-ups, any durations, any metre and key, awkward titles."""
    count = draw(st.integers(1, 12))
    lengths = st.sampled_from([1, 15, 80, 96, 160, 240, 320, 480, 720, 960]) | st.integers(
        1, longest
    )
    duration = draw(st.lists(lengths, min_size=count, max_size=count))
    rests = [*draw(st.lists(st.just(0) | lengths, min_size=count - 1, max_size=count - 1)), 0]
    step = np.array(duration) + np.array(rests)
    melody = Melody(
        pitch=draw(st.lists(st.integers(0, 127), min_size=count, max_size=count)),
        onset=np.cumsum(step) - step,
        duration=duration,
        meter=draw(st.sampled_from(METERS)),
        key=draw(KEYS),
        tempo_bpm=draw(st.none() | st.integers(4, 1000).map(float)),
        title=draw(st.sampled_from(["", "Tune", "Für Élise & <Co>", 'A "tune"', "春の海"])),
    )
    # Where most notes are longer than a short bar, the metre is none of the music: it is corrected.
    long = sum(length > melody.bar_ticks for length in duration)
    assume(melody.bar_ticks >= 960 or 2 * long <= count)
    downbeat = draw(st.integers(0, melody.bar_ticks - 1) | st.just(0))
    return replace(melody, downbeat=downbeat)


def exactly(melody):
    """The melody with its tempo as MIDI holds it: whole microseconds a quarter."""
    if melody.tempo_bpm is None:
        return melody
    return replace(melody, tempo_bpm=round(60e6 / round(60e6 / melody.tempo_bpm), 2))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(melody=melodies())
def test_midi(tmp_path, melody):
    save_melody(melody, tmp_path / "x.mid")
    # Onsets at any tick are not on a grid: they are what `quantise` would round.
    assert load_melody(tmp_path / "x.mid", quantise="off") == exactly(melody)


WORKED = {
    "plain": Melody(pitch=[60, 62, 64, 65], onset=[0, 480, 960, 1440], duration=[480] * 4),
    "triplets": Melody(
        pitch=[67, 69, 71, 72, 74],
        onset=[0, 160, 320, 480, 800],
        duration=[160, 160, 160, 320, 160],
        meter=(2, 4),
        key=Key(7),
    ),
    "quintuplet": Melody(
        pitch=[60, 61, 62, 63, 64], onset=[0, 96, 192, 288, 384], duration=[96] * 5, meter=(4, 4)
    ),
    "tie over two barlines": Melody(
        pitch=[72, 71], onset=[0, 4800], duration=[4800, 480], meter=(4, 4), key=Key(9, "minor")
    ),
    "pick-up": Melody(
        pitch=[62, 67, 69],
        onset=[0, 240, 1680],
        duration=[240, 720, 240],
        meter=(6, 8),
        downbeat=240,
        tempo_bpm=96.0,
        title="Pick & up",
    ),
    "pick-up alone": Melody(pitch=[62], onset=[0], duration=[240], meter=(3, 4), downbeat=480),
    "rests": Melody(
        pitch=[70, 66, 61],
        onset=[0, 1200, 5000],
        duration=[240, 480, 100],
        meter=(3, 4),
        key=Key(10, "minor"),
    ),
    "odd lengths": Melody(pitch=[60, 60, 61], onset=[0, 7, 480], duration=[7, 461, 1013]),
    "every accidental": Melody(
        pitch=list(range(58, 76)),
        onset=[120 * i for i in range(18)],
        duration=[120] * 18,
        key=Key(4, "dorian"),
        meter=(9, 8),
    ),
}


@pytest.mark.parametrize("name", WORKED)
@pytest.mark.parametrize("ending", [".mid", ".midi", ".musicxml", ".xml", ".mxl", ".abc"])
def test_worked_melodies(tmp_path, name, ending):
    path = tmp_path / f"x{ending}"
    save_melody(WORKED[name], path)
    assert load_melody(path) == WORKED[name]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(melody=melodies(longest=500))
def test_musicxml(tmp_path, melody):
    save_melody(melody, tmp_path / "x.musicxml")
    assert load_melody(tmp_path / "x.musicxml") == melody


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(melody=melodies(longest=500))
def test_abc(tmp_path, melody):
    save_melody(melody, tmp_path / "x.abc")
    # Titles are tidied on reading.
    tidy = clean_title(melody.title) if melody.title else ""
    assert load_melody(tmp_path / "x.abc") == replace(melody, title=tidy)


ABC = """X:1
T:Worked
M:3/4
L:1/8
Q:1/4=90
K:G
D2|G2 (3ABc d2-|d2 z2 {f}e2|[DGB]4 "Am"A2|G6|]
"""
KERN = """**kern
*k[f#]
*G:
*M3/4
*MM90
4d
=1
4g
12a
12b
12cc
[4dd
=2
4dd]
4r
8eeq
4ee
=3
2d 2g 2b
4a
=4
2.g
==
*-
"""


@pytest.mark.parametrize(("ending", "text"), [(".abc", ABC), (".krn", KERN)])
def test_triplets_ties_pick_up_rests_grace_notes_and_chords(tmp_path, ending, text):
    path = tmp_path / f"x{ending}"
    path.write_text(text, encoding="utf-8")
    melody = load_melody(path)
    #                         pick-up | G  triplet of A B c  d tied  | rest, e | chord   A   | G
    assert melody.pitch.tolist() == [62, 67, 69, 71, 72, 74, 76, 71, 69, 67]
    assert melody.onset.tolist() == [0, 480, 960, 1120, 1280, 1440, 2880, 3360, 4320, 4800]
    assert melody.duration.tolist() == [480, 480, 160, 160, 160, 960, 480, 960, 480, 1440]
    assert melody.downbeat == 480
    assert melody.meter == (3, 4)
    assert melody.key == Key(7)
    assert melody.tempo_bpm == 90.0
    save_melody(melody, tmp_path / "x.mxl")
    assert load_melody(tmp_path / "x.mxl") == melody


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tunes=st.lists(melodies(), min_size=1, max_size=4))
def test_labelled(tmp_path, tunes):
    written = [
        Labelled(
            id=str(i),
            family="f" if i % 2 else None,
            melody=replace(tune, tempo_bpm=None, phrase_starts=(0,), title="T"),
            collection="c",
            titles=("T", "another"),
        )
        for i, tune in enumerate(tunes)
    ]
    save_labelled(written, tmp_path / "x.jsonl.gz")
    assert load_labelled(tmp_path / "x.jsonl.gz") == written
