"""Pitch track -> notes, on tracks made by hand; no network is needed."""

import numpy as np

from mer.io.recording.heard import hear_notes
from mer.io.recording.pitch_track import HOP_SEC, PitchTrack


def track(pitch, *, voiced=None, level=None, rise=None):
    frames = len(pitch)
    return PitchTrack(
        pitch=np.asarray(pitch, dtype=float),
        voiced=np.ones(frames) if voiced is None else np.asarray(voiced, dtype=float),
        level_db=np.zeros(frames) if level is None else np.asarray(level, dtype=float),
        rise_db=np.zeros(frames) if rise is None else np.asarray(rise, dtype=float),
    )


def test_nothing_voiced_gives_no_notes():
    assert len(hear_notes(track(np.full(100, 60.0), voiced=np.zeros(100)))) == 0


def test_vibrato_stays_one_note():
    time = np.arange(200) * HOP_SEC
    heard = hear_notes(track(60.2 + 0.7 * np.sin(2 * np.pi * 5.5 * time)))
    assert heard.pitch.tolist() == [60]


def test_a_glide_is_no_note():
    glide = np.linspace(60, 67, 8)
    heard = hear_notes(track(np.concatenate([np.full(50, 60.0), glide, np.full(50, 67.0)])))
    assert heard.pitch.tolist() == [60, 67]


def test_a_slip_shorter_than_a_note_is_passed_over():
    pitch = np.full(120, 64.0)
    pitch[60:64] = 76.0
    assert hear_notes(track(pitch)).pitch.tolist() == [64]


def test_a_lost_pitch_does_not_divide_a_note_but_a_silence_does():
    lost, silent = np.ones(150), np.ones(150)
    lost[70:76] = 0.0
    silent[60:90] = 0.0
    assert len(hear_notes(track(np.full(150, 60.0), voiced=lost))) == 1
    assert len(hear_notes(track(np.full(150, 60.0), voiced=silent))) == 2


def test_strokes_divide_a_held_pitch():
    rise = np.zeros(150)
    rise[[50, 100]] = 8.0
    heard = hear_notes(track(np.full(150, 60.0), rise=rise))
    assert heard.pitch.tolist() == [60, 60, 60]


def test_a_late_change_of_pitch_begins_at_its_stroke():
    rise = np.zeros(120)
    rise[50] = 8.0
    pitch = np.where(np.arange(120) < 58, 60.0, 65.0)  # the old string rings on
    heard = hear_notes(track(pitch, rise=rise))
    assert heard.pitch.tolist() == [60, 65]
    assert abs(heard.start_sec[1] - 48 * HOP_SEC) < 1e-9


def test_a_singer_between_the_keys_is_rounded_to_one_tuning():
    notes = np.array([60.45, 62.55, 64.5, 60.48])
    heard = hear_notes(track(np.repeat(notes, 40)))
    assert np.diff(heard.pitch).tolist() == [2, 2, -4]
    assert heard.spread_cents < 10
