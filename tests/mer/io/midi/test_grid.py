"""Rhythm as written: files on a grid, lengths that end short, performances, grids asked for."""

import numpy as np
import pytest

from mer.errors import InputError
from mer.io import read_melody, save_melody
from mer.io.midi.grid import QUANTISE, check_quantise, written
from mer.io.voices import Voice
from mer.notes.melody import Melody

LENGTHS = [480, 240, 240, 480, 480, 720, 240, 480, 480, 240, 240, 240, 240, 480, 960]


def voice(onset, duration, pitch=None):
    onset = np.asarray(onset, dtype=np.int64)
    steps = 60 + np.arange(len(onset)) * 2 % 7 if pitch is None else np.asarray(pitch)
    return Voice("", steps, onset, np.asarray(duration, dtype=np.int64))


def tune():
    onset = np.concatenate([[0], np.cumsum(LENGTHS)[:-1]])
    return voice(onset, LENGTHS)


def as_played(seed, *, swing=0.5, drift=0.0):
    """The tune as somebody plays it: 20 ms early and late at 120, every note a little short."""
    rng = np.random.default_rng(seed)
    line = tune()
    end = line.onset + line.duration

    def at(ticks):
        inside = np.interp(ticks % 480, [0, 240, 480], [0, 480 * swing, 480])
        beats = (ticks - ticks % 480 + inside) / 480
        return 480 * (beats + drift * np.sin(beats / 3))

    onset = np.maximum(np.rint(at(line.onset) + rng.normal(0, 19, len(end))), 0).astype(np.int64)
    length = np.rint(0.93 * (at(end) - at(line.onset))).astype(np.int64)
    return voice(onset, length)


def same(one, other):
    return all(
        (getattr(one, name) == getattr(other, name)).all()
        for name in ("pitch", "onset", "duration")
    )


@pytest.mark.parametrize("unit", [60, 80, 120, 160, 240])
def test_what_is_on_a_grid_stays_as_it_is(unit):
    line = voice(np.arange(12) * unit * 2, [unit] * 12)
    found = written(line, "auto", 120.0)
    assert found.voice is line
    assert found.remark == ""


def test_a_few_odd_notes_on_a_grid_stay_too():
    onset = [0, 480, 549, 617, 686, 754, 823, 891, 960, 1440, 1920, 2400, 2880, 3360, 3840, 4320]
    onset += [4800, 5280, 5760, 6240]
    line = voice(onset, np.diff([*onset, 6720]))  # seven in the time of a quarter
    assert written(line, "auto", 120.0).voice is line


@pytest.mark.parametrize("short", [1, 10, 25, 50])
def test_lengths_that_end_short_are_rounded_to_the_next_note(short):
    line = tune()
    clipped = voice(line.onset, line.duration - short)
    assert same(written(clipped, "auto", 120.0).voice, line)


def test_a_rest_stays_a_rest():
    line = voice([0, 480, 960, 1920, 2400, 2880, 3840], [470, 470, 470, 470, 470, 470, 470])
    found = written(line, "auto", 120.0)
    assert found.voice.duration.tolist() == [480] * 7
    assert found.remark == "rounded the lengths of 7 notes that end off the grid"


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("options", [{}, {"swing": 0.64}, {"drift": 0.08}])
def test_a_performance_is_written_as_it_was_meant(seed, options):
    found = written(as_played(seed, **options), "auto", 120.0)
    assert found.voice.onset.tolist() == tune().onset.tolist()
    assert (found.voice.duration == tune().duration)[:-1].all()
    assert found.remark.startswith("wrote the rhythm on a grid of 1/8")
    assert ("swung" in found.remark) == ("swing" in options)


def test_off_keeps_the_times_as_played():
    played = as_played(1)
    assert written(played, "off", 120.0).voice is played


def test_a_grid_that_is_asked_for():
    line = voice([0, 110, 250, 365, 490, 730], [100, 100, 100, 100, 100, 100])
    assert written(line, "1/16", 120.0).voice.onset.tolist() == [0, 120, 240, 360, 480, 720]
    assert written(line, "1/8T", 120.0).voice.onset.tolist()[0] == 0
    thirds = voice([0, 170, 310, 480, 650, 790], [150] * 6)
    assert written(thirds, "1/8T", 120.0).voice.onset.tolist() == [0, 160, 320, 480, 640, 800]


def test_notes_closer_than_a_grid_share_the_time_to_the_next():
    line = voice([0, 30, 480, 960, 1440, 1920], [30, 450, 480, 480, 480, 480])
    assert written(line, "1/4", 120.0).voice.onset.tolist() == [0, 240, 480, 960, 1440, 1920]


def test_three_notes_are_too_few_to_tell():
    line = voice([0, 471, 950], [400, 400, 400])
    assert written(line, "auto", 120.0).voice is line


def test_legato_keeps_a_falling_line():
    line = tune()
    onset = line.onset + np.array([0, 7, -9, 11, -6, 8, 13, -12, 5, -7, 9, -5, 14, 6, -8])
    over = voice(onset, line.duration + 70, pitch=90 - np.arange(15))
    found = written(over, "auto", 120.0)
    assert found.voice.onset.tolist() == line.onset.tolist()


def test_an_unknown_way_is_refused(tmp_path):
    for how in QUANTISE:
        check_quantise(how)
    with pytest.raises(InputError, match=r"quantise is '1/7'; choose one of auto, off, 1/4, 1/8"):
        check_quantise("1/7")
    save_melody(Melody(pitch=[60], onset=[0], duration=[480]), tmp_path / "x.mid")
    with pytest.raises(InputError, match="quantise is ''"):
        read_melody(tmp_path / "x.mid", quantise="")
