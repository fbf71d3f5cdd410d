"""How parts are played: accents, arcs, breath, swing; nothing of the written notes is lost."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generate.sound.expression import arcs, expressed, phrase_spans, phrasing_of, strengths, swung
from mer.io.sheet.sheet import Part
from mer.notes.melody import Melody

METERS = [(2, 4), (3, 4), (4, 4), (6, 8), (9, 8), (5, 4), None]


def tune(notes: int, ticks: int = 480, meter: tuple[int, int] | None = (4, 4)) -> Melody:
    pitch = 60 + np.arange(notes) * 5 % 12
    return Melody(
        pitch=pitch, onset=np.arange(notes) * ticks, duration=[ticks] * notes, meter=meter
    )


def test_phrases_grow_and_fall_off() -> None:
    melody = tune(32)
    spans = phrase_spans(melody)
    assert spans == [(0, 16), (16, 32)]
    loud = arcs(melody.onset, melody, spans)
    first, second = loud[:16], loud[16:]
    assert 8 <= int(first.argmax()) <= 11
    assert first[0] < first.max() > first[-1]
    assert second[-1] < first[-1]  # the last phrase falls off more
    assert loud.max() <= 1.0


def test_accents_follow_the_metre() -> None:
    melody = replace(tune(8, 240, (6, 8)), pitch=np.full(8, 60))
    assert strengths(melody.onset, melody).tolist() == [1.0, 0.25, 0.25, 0.5, 0.25, 0.25, 1.0, 0.25]
    lead = expressed([Part(melody=tune(8, 480, (4, 4)))])[0]
    loud = [one.velocity for one in lead.played]
    assert loud[4] > loud[6] > loud[5]


def test_a_phrase_breathes_and_the_piece_does_not_end_early() -> None:
    melody = tune(32)
    lead = expressed([Part(melody=melody)])[0]
    ends = [one.end for one in lead.played]
    assert ends[15] == 16 * 480 - 120  # a quarter of the note
    assert ends[31] == 32 * 480
    assert [end for place, end in enumerate(ends) if place not in (15, 31)] == [
        (place + 1) * 480 for place in range(32) if place not in (15, 31)
    ]
    rested = replace(melody, duration=np.where(np.arange(32) == 15, 240, 480))
    assert expressed([Part(melody=rested)])[0].played[15].end == 15 * 480 + 240


def test_a_note_that_is_struck_again_is_let_go_of() -> None:
    melody = replace(tune(4), pitch=np.array([60, 60, 62, 62]))
    lead = expressed([Part(melody=melody)])[0]
    assert [one.end - one.onset for one in lead.played] == [450, 480, 450, 480]


@pytest.mark.parametrize("meter", METERS)
@pytest.mark.parametrize("swing", [0.5, 0.6, 0.66])
def test_swing_moves_no_beat_and_keeps_the_order(
    meter: tuple[int, int] | None, swing: float
) -> None:
    melody = tune(8, 240, meter)
    times = np.arange(0, 5 * 1920, 40)
    found = swung(times, melody, swing)
    on_beat = times % melody.beat_ticks == 0
    assert (found[on_beat] == times[on_beat]).all()
    assert (np.diff(found) > 0).all()


@given(
    st.lists(st.sampled_from([120, 240, 360, 480, 960]), min_size=1, max_size=40),
    st.sampled_from(METERS),
    st.sampled_from([0.5, 0.6]),
)
@settings(max_examples=40, deadline=None)
def test_every_note_is_played_once_within_its_time(
    lengths: list[int], meter: tuple[int, int] | None, swing: float
) -> None:
    onset = np.cumsum([0, *lengths[:-1]])
    melody = Melody(pitch=np.full(len(lengths), 60), onset=onset, duration=lengths, meter=meter)
    low = replace(melody, pitch=melody.pitch - 12)
    parts = expressed([Part(melody=melody), Part(melody=low, velocity=40)], swing=swing, short=0.7)
    for part in parts:
        assert [one.note for one in part.played] == list(range(len(melody)))
        for one, after in zip(part.played, (*part.played[1:], None), strict=True):
            assert 1 <= one.velocity <= 127
            assert one.end > one.onset
            assert after is None or one.end <= after.onset
    assert parts == expressed(parts, swing=swing, short=0.7)  # what is played is played again alike


def test_only_what_sings_breathes_with_the_leader() -> None:
    """A bass with as many strokes as the melody has notes is none the less accompaniment."""
    melody = tune(32)
    parts = [Part(melody=melody), Part(melody=replace(melody, pitch=melody.pitch - 12))]
    lead, low = expressed(parts, short=0.5)
    assert [one.end for one in low.played] != [one.end for one in lead.played]
    lead, second = expressed(parts, singing=2, short=0.5)
    assert [one.end for one in second.played] == [one.end for one in lead.played]


def test_a_score_says_slurs_and_hairpins() -> None:
    found = phrasing_of(tune(32))
    assert found.slurs == ((0, 15 * 480), (16 * 480, 31 * 480))
    assert [kind for _, _, kind in found.hairpins] == ["crescendo", "diminuendo"] * 2
    assert found.hairpins[0][:2] == (0, 10 * 480)
    assert phrasing_of(tune(1)).slurs == ()
