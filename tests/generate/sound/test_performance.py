"""How music is played: when, and how loud; accents in every metre are worked out by hand."""

import numpy as np
import pytest

from generate.sound.performance import check_length, perform, perform_parts
from mer.errors import InputError
from mer.io.sheet.sheet import VELOCITY, Part
from mer.notes.melody import Melody
from mer.notes.meter import Meter

STRONG, MIDDLE, WEAK = 104, 94, 84


def quavers(notes: int, meter: tuple[int, int], *, downbeat: int = 0) -> Melody:
    return Melody(
        pitch=[72] * notes,
        onset=240 * np.arange(notes),
        duration=[240] * notes,
        meter=meter,
        downbeat=downbeat,
    )


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


def test_a_part_is_as_loud_as_its_velocity_says() -> None:
    soft = Part(melody=quavers(2, (4, 4)), velocity=VELOCITY // 2)
    assert perform_parts([soft]).velocity.tolist() == [STRONG // 2, WEAK // 2]
    loud = Part(melody=quavers(2, (4, 4)), velocity=127)
    assert perform_parts([loud]).velocity.tolist() == [127, 127]


def test_the_first_note_begins_at_once_and_the_tempo_is_that_asked_for() -> None:
    tune = Melody(pitch=[60, 62], onset=[960, 1440], duration=[480, 960], tempo_bpm=60)
    played = perform(tune, program=73)
    assert (played.start_sec.tolist(), played.end_sec.tolist()) == ([0.0, 1.0], [1.0, 3.0])
    assert played.duration_sec == 3.0
    assert perform(tune, program=73, tempo_bpm=240).start_sec.tolist() == [0.0, 0.25]
    plain = Melody(pitch=[60, 62], onset=[0, 480], duration=[480, 480])
    assert perform(plain, program=73).start_sec.tolist() == [0.0, 0.5]


def test_parts_are_played_in_order_of_time_then_pitch() -> None:
    high = Melody(pitch=[72, 74], onset=[0, 480], duration=[480, 480])
    low = Melody(pitch=[48, 50], onset=[0, 480], duration=[480, 480])
    both = perform_parts([Part(melody=high, program=73), Part(melody=low, program=32)])
    assert both.pitch.tolist() == [48, 72, 50, 74]
    assert both.part.tolist() == [1, 0, 1, 0]
    assert both.programs == (73, 32)


def test_ten_minutes_are_the_limit() -> None:
    check_length(480 * 1200, None)  # 120 quarters a minute
    check_length(480 * 600, 60.0)
    with pytest.raises(InputError, match="lasts 601 seconds at 60 quarters a minute; at most 600"):
        check_length(480 * 601, 60.0)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"program": 128}, "program 128; General MIDI has 0 to 127"),
        ({"program": -1}, "program -1"),
        ({"program": 0, "tempo_bpm": 0.5}, "tempo is 0.5"),
        ({"program": 0, "tempo_bpm": 1001.0}, "1 to 1000"),
    ],
)
def test_options_out_of_range_are_refused(given: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        perform(quavers(2, (4, 4)), **given)  # type: ignore[arg-type]
    perform(quavers(2, (4, 4)), program=127, tempo_bpm=1000.0)
    perform(quavers(2, (4, 4)), program=0, tempo_bpm=1.0)


def test_too_many_parts_and_a_silent_one_are_refused() -> None:
    part = Part(melody=quavers(2, (4, 4)))
    assert len(perform_parts([part] * 15).programs) == 15
    for parts, message in (([part] * 16, "16 parts"), ([], "0 parts")):
        with pytest.raises(InputError, match=message):
            perform_parts(parts)
    with pytest.raises(InputError, match="velocity is 0; 1 to 127"):
        perform_parts([Part(melody=quavers(2, (4, 4)), velocity=0)])
