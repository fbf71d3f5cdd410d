"""Strokes of keys become notes: worked pairs of note-ons and note-offs."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.io.midi.track import DRUMS, Track
from mer.io.reading import MAX_NOTES


def spans(strokes, end=None):
    """Spans of one key; `strokes` such as "+0 -480": the key goes down at 0 and up at 480."""
    track = Track()
    for stroke in strokes.split():
        track.strike((0, 60), int(stroke[1:]), stroke[0] == "+")
    track.finish(int(strokes.split()[-1][1:]) if end is None else end)
    return [(start, stop) for _, start, stop in track.spans.get(0, [])], track


@pytest.mark.parametrize(
    ("strokes", "notes"),
    [
        ("+0 -480 +480 -960", [(0, 480), (480, 960)]),
        ("+0 +480 -480 +960 -960 -1440", [(0, 480), (480, 960), (960, 1440)]),  # on before off
        ("+0 +480 -540 -960", [(0, 480), (480, 960)]),  # an overlap
        ("+0 +480 -960 -960", [(0, 480), (480, 960)]),
        ("+0 +0 -480", [(0, 480)]),  # struck twice at once
        ("+0 +0 -480 -480", [(0, 480)]),
        ("-0 +10 -20 -30", [(10, 20)]),  # note-offs of nothing
        ("+0 +480 -960 +1440 -1920", [(0, 480), (480, 960), (1440, 1920)]),  # a note-off lost
        ("+0 +480 -480 +960 -960 +1440 -1440", [(0, 480), (480, 960), (960, 1440)]),
    ],
)
def test_notes_worked_by_hand(strokes, notes):
    assert spans(strokes)[0] == notes


def test_a_note_never_ended_lasts_to_the_end_of_the_track():
    found, track = spans("+0 -480 +480", end=1000)
    assert found == [(0, 480), (480, 1000)]
    assert (track.unended, track.empty) == (1, 0)


def test_a_cut_file_keeps_the_repeats_whose_offs_come_late():
    found, track = spans("+0 +480 -480 +960 -960", end=960)
    assert found == [(0, 480), (480, 960)]
    assert track.empty == 0 or track.unended == 0


def test_all_notes_off_ends_the_notes_of_its_channel_only():
    track = Track()
    for channel in (0, 0, 1):
        track.strike((channel, 60), 0 if channel else 10, True)
    track.silence(0, 100)
    track.strike((1, 60), 200, False)
    assert track.spans == {0: [(60, 10, 100)], 1: [(60, 0, 200)]}


def test_drums_are_counted_and_a_note_without_length_too():
    track = Track()
    track.strike((DRUMS, 36), 0, True)
    track.strike((0, 60), 0, True)
    track.strike((0, 60), 0, False)
    assert (track.drums, track.empty, track.spans) == (1, 1, {})


def test_one_note_more_than_the_limit_is_kept():
    track = Track()
    for tick in range(MAX_NOTES + 5):
        track.strike((3, 60), tick, True)
        track.strike((3, 60), tick + 1, False)
    assert len(track.spans[3]) == MAX_NOTES + 1


@given(st.lists(st.tuples(st.integers(0, 300), st.booleans()), min_size=1, max_size=40))
def test_every_stroke_is_a_note_and_no_two_overlap(steps):
    track, tick, struck = Track(), 0, set()
    for delta, down in steps:
        tick += delta
        track.strike((0, 60), tick, down)
        struck |= {tick} if down else set()
    track.finish(tick + 1)
    found = sorted((start, end) for _, start, end in track.spans.get(0, []))
    starts = {start for start, _ in found}
    assert starts <= struck
    assert len(starts) == len(found)
    assert len(struck) - len(starts) <= track.empty  # only a note without length is left out
    assert all(one[1] <= other[0] for one, other in pairwise(found))
