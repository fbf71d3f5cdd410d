"""Polyphony to melody: worked cases for the skyline and for the choice of a voice."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.errors import InputError
from mer.io.voices import Voice, choose_voice, skyline


def voice(*notes, name=""):
    columns = np.array(notes, dtype=np.int64)
    return Voice(name, columns[:, 0], columns[:, 1], columns[:, 2])


def line_of(*notes):
    line = skyline(voice(*notes))
    return list(zip(line.pitch.tolist(), line.onset.tolist(), line.duration.tolist(), strict=True))


def test_of_a_chord_the_highest_note_stays():
    assert line_of((60, 0, 480), (67, 0, 480), (64, 0, 480)) == [(67, 0, 480)]


def test_a_note_stops_where_the_next_begins():
    assert line_of((60, 0, 960), (62, 480, 480)) == [(60, 0, 480), (62, 480, 480)]


def test_a_lower_note_under_a_held_higher_one_is_left_out():
    assert line_of((72, 0, 960), (60, 480, 480), (74, 960, 480)) == [(72, 0, 960), (74, 960, 480)]


def test_legato_overlap_keeps_a_falling_line():
    assert line_of((72, 0, 500), (71, 480, 500), (69, 960, 480)) == [
        (72, 0, 480),
        (71, 480, 480),
        (69, 960, 480),
    ]


def test_a_rolled_chord_becomes_its_top_note_at_the_first_onset():
    assert line_of((60, 0, 480), (64, 10, 470), (67, 20, 460)) == [(67, 0, 480)]


def test_separate_short_notes_are_no_rolled_chord():
    assert line_of((60, 0, 20), (64, 20, 20), (67, 40, 400)) == [
        (60, 0, 20),
        (64, 20, 20),
        (67, 40, 400),
    ]


def test_notes_come_in_any_order():
    assert line_of((62, 480, 480), (60, 0, 480)) == [(60, 0, 480), (62, 480, 480)]


NOTE = st.tuples(st.integers(0, 127), st.integers(0, 3000), st.integers(1, 2000))


@given(st.lists(NOTE, min_size=1, max_size=40))
def test_a_skyline_is_one_voice_made_of_the_given_pitches(notes):
    line = skyline(voice(*notes))
    assert (line.duration >= 1).all()
    assert (line.onset[1:] >= (line.onset + line.duration)[:-1]).all()
    assert set(line.pitch.tolist()) <= {pitch for pitch, _, _ in notes}
    assert line.pitch.max() == max(pitch for pitch, _, _ in notes)
    again = skyline(line)
    assert again.pitch.tolist() == line.pitch.tolist()


def scale(low, name=""):
    return voice(*[(low + i % 5, 480 * i, 480) for i in range(16)], name=name)


def chords(low, name=""):
    notes = [(low + k, 480 * i, 480) for i in range(16) for k in (0, 4, 7)]
    return voice(*notes, name=name)


def test_one_voice_needs_no_remark():
    assert choose_voice([scale(60)]) == (0, "")


def test_the_highest_single_line_is_taken_and_the_others_are_listed():
    chosen, remark = choose_voice([chords(60, "Piano"), scale(70, "Violin"), scale(40, "Cello")])
    assert chosen == 1
    assert remark.startswith("took track 2 'Violin' of 3 (highest, mostly one note at a time")
    assert "the option track takes another" in remark
    assert "one note at a time): 16 notes, Bb4-D5; the option track" in remark
    assert remark.endswith("1 'Piano' (48 notes, C4-G4), 3 'Cello' (16 notes, E2-Ab2)")


def test_a_name_outweighs_height():
    assert choose_voice([scale(80, "Strings"), scale(60, "Vocals")])[0] == 1


def test_a_line_of_few_notes_loses():
    assert choose_voice([scale(60, "a"), voice((90, 0, 480), name="b")])[0] == 0


def test_a_figure_repeated_above_is_no_melody():
    figure = voice(*[(84 + 4 * (i % 3), 240 * i, 240) for i in range(64)], name="a")
    steps = np.cumsum([0, 2, 2, 1, -3, 2, -4, 5, -1, -2, 2, 3, -7, 4, 1, -5])
    tune = [(60 + int(step), 480 * i, 480 - 60 * (i % 3)) for i, step in enumerate(steps)]
    assert choose_voice([figure, voice(*tune, name="b")])[0] == 1


def test_a_line_below_the_singers_loses_to_one_among_them():
    assert choose_voice([scale(30, "a"), scale(45, "b"), scale(60, "c")])[0] == 2
    assert choose_voice([scale(64, "a"), scale(112, "b")])[0] == 0


TUNE = [(72, 0, 480), (79, 480, 480), (76, 960, 480), (84, 1440, 480), (79, 1920, 960)]


def test_a_tune_in_thirds_is_no_accompaniment():
    # All leaps, so that single notes and steps speak for the bass under it.
    leaps = [72, 79, 76, 84, 79, 72, 76, 84]
    tune = [(pitch, 960 * i, 960) for i, pitch in enumerate(leaps)]
    thirds = voice(*tune, *((pitch - 4, onset, 960) for pitch, onset, _ in tune), name="a")
    bass = voice(*((48 + 2 * (i % 5), 480 * i, 480) for i in range(16)), name="b")
    assert choose_voice([thirds, bass])[0] == 0
    assert choose_voice([bass, thirds])[0] == 1


def test_a_bass_that_goes_on_under_a_rest_is_left_out():
    # The tune rests in the fourth quarter; the bass sounds in every one.
    tune = [note for note in TUNE if note[1] != 1440]
    thirds = [(pitch - 4, onset, duration) for pitch, onset, duration in tune]
    bass = [(48 + 2 * (i % 2), 480 * i, 480) for i in range(6)]
    assert line_of(*tune, *thirds, *bass) == tune
    # A bass before the tune is no tune either, and what leaps down alone is no bass.
    late = [(pitch, onset + 960, duration) for pitch, onset, duration in tune]
    assert line_of(*late, *bass, (50, 2880, 960)) == late
    leap = (60, 1440, 480)
    assert line_of(*tune, leap, *bass[:3], *bass[4:]) == sorted([*tune, leap], key=lambda n: n[1])
    alone = [(72, 0, 480), (48, 480, 480), (74, 960, 480)]
    assert line_of(*alone) == alone


def test_words_and_instruments_are_heard():
    notes = scale(60)
    sung = Voice("a", notes.pitch, notes.onset, notes.duration, sung=0.9)
    chosen, remark = choose_voice([scale(72, "b"), sung])
    assert chosen == 1
    assert "(sung to the words, mostly one" in remark
    bass = Voice("a", notes.pitch, notes.onset, notes.duration, program=33)
    assert choose_voice([bass, scale(60, "b")])[0] == 1
    effect = Voice("a", notes.pitch, notes.onset, notes.duration, program=122)
    assert choose_voice([effect, scale(60, "b")])[0] == 1


@pytest.mark.parametrize(("track", "index"), [(2, 1), ("2", 1), ("flute", 1), ("Flu", 1), ("1", 0)])
def test_the_user_may_name_or_number_a_voice(track, index):
    assert choose_voice([scale(60, "Oboe"), scale(50, "Flute")], track=track)[0] == index


def test_a_name_that_is_a_number_goes_before_the_number():
    assert choose_voice([scale(60, "2"), scale(50, "1")], track="2")[0] == 0


@pytest.mark.parametrize("track", [0, 3, -1, "tuba", "", "o", "99999999999999999999"])
def test_an_unknown_voice_is_refused_with_the_list(track):
    voices = [scale(60, "Oboe d'amore"), scale(50, "Oboe")]
    with pytest.raises(
        InputError, match=r'x\.mid: no track .* there are 2: 1 "Oboe d.amore" \(16 notes, C4-E4\)'
    ):
        choose_voice(voices, track=track, source="x.mid")


def test_where_a_line_is_written_with_chords_a_single_note_is_the_tune():
    # A tune that begins in unison and goes on in two parts, an octave above.
    unison = [(62, 480 * i, 480) for i in range(4)]
    parts = [(pitch, 1920 + 480 * i, 480) for i in range(4) for pitch in (81, 78, 62)]
    whole = voice(*unison, *parts)
    assert skyline(whole).pitch.tolist() == [81] * 4
    assert skyline(replace(whole, chordal=True)).pitch.tolist() == [62] * 4 + [81] * 4
