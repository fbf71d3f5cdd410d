"""Accents: barlines loudest, then beats, then what lies between; worked out by hand."""

import numpy as np
import pytest

from generate.sound.performance import perform, perform_parts
from mer.io.midi.files import Part
from mer.notes.melody import Melody
from mer.notes.meter import Meter


def units(meter: str, unit: int, count: int, *, downbeat: int = 0) -> Melody:
    """Return notes of one length, one after another."""
    onset = np.arange(count) * unit
    length = np.full(count, unit)
    return Melody(
        pitch=np.full(count, 60),
        onset=onset,
        duration=length,
        meter=Meter.parse(meter),
        downbeat=downbeat,
    )


@pytest.mark.parametrize(
    ("meter", "unit", "velocities"),
    [
        ("2/4", 240, [104, 84, 94, 84]),
        ("3/4", 240, [104, 84, 94, 84, 94, 84]),
        ("4/4", 240, [104, 84, 94, 84, 94, 84, 94, 84]),
        ("2/2", 480, [104, 84, 94, 84]),
        ("3/8", 240, [104, 94, 94]),
        ("5/8", 240, [104, 94, 94, 94, 94]),
        ("6/8", 240, [104, 84, 84, 94, 84, 84]),
        ("9/8", 240, [104, 84, 84, 94, 84, 84, 94, 84, 84]),
        ("12/8", 240, [104, 84, 84, 94, 84, 84, 94, 84, 84, 94, 84, 84]),
        ("6/4", 480, [104, 84, 84, 94, 84, 84]),
    ],
)
def test_two_bars(meter: str, unit: int, velocities: list[int]) -> None:
    melody = units(meter, unit, 2 * len(velocities))
    assert perform(melody, program=0).velocity.tolist() == velocities * 2


def test_a_pick_up_is_counted_back_from_the_barline() -> None:
    # The last eighth of a bar, then a bar: a jig that begins before the beat.
    jig = units("6/8", 240, 7, downbeat=240)
    assert perform(jig, program=0).velocity.tolist() == [84, 104, 84, 84, 94, 84, 84]


def test_an_unknown_metre_is_played_as_four_four() -> None:
    plain = Melody(pitch=[60] * 5, onset=[0, 240, 480, 1920, 2160], duration=[240] * 5)
    assert perform(plain, program=0).velocity.tolist() == [104, 84, 94, 104, 84]


def test_parts_keep_their_share_of_loudness() -> None:
    jig = units("6/8", 240, 4)
    parts = [Part(melody=jig), Part(melody=jig.transpose(-12), velocity=40)]
    played = perform_parts(parts)
    for number, velocities in enumerate(([104, 84, 84, 94], [52, 42, 42, 47])):
        assert played.velocity[played.part == number].tolist() == velocities
