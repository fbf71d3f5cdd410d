"""What is to be written: loudness, credits, limits."""

import pytest

from mer.errors import InputError
from mer.io.sheet.sheet import (
    ChordSymbol,
    Credits,
    Part,
    Sheet,
    metronome,
    printable,
    velocities,
)
from mer.notes.melody import Melody

TUNE = Melody(pitch=[60, 62, 64, 65], onset=[0, 240, 480, 1920], duration=[240, 240, 480, 480])


def test_accents_follow_the_bars_of_the_leader() -> None:
    assert velocities(Part(melody=TUNE), TUNE).tolist() == [104, 84, 94, 104]
    later = Melody(pitch=[72], onset=[0], duration=[480], downbeat=240)
    assert velocities(Part(melody=TUNE), later).tolist() == [84, 104, 84, 84]
    assert velocities(Part(melody=TUNE, velocity=40), TUNE).tolist() == [52, 42, 47, 52]
    assert velocities(Part(melody=TUNE, velocity=127), TUNE).tolist()[0] == 127
    assert velocities(Part(melody=TUNE, velocity=1), TUNE).min() == 1


def test_voices_of_a_part_are_in_order_of_time_then_pitch() -> None:
    low = TUNE.transpose(-12)
    both = Part(melody=TUNE, others=(low,))
    assert both.notes[:, 0].tolist() == [48, 60, 50, 62, 52, 64, 53, 65]
    assert velocities(both, TUNE).tolist() == [104, 104, 84, 84, 94, 94, 104, 104]


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        ({"parts": ()}, "0 parts; 1 to 15"),
        ({"parts": (Part(melody=TUNE),) * 16}, "16 parts"),
        ({"parts": (Part(melody=TUNE, program=128),)}, "instrument 128"),
        ({"parts": (Part(melody=TUNE, velocity=0),)}, "velocity 0 is outside 1 to 127"),
        ({"parts": (Part(melody=TUNE),), "tempo": 3.0}, "tempo 3 is outside 4 to 1000"),
    ],
)
def test_what_cannot_be_written_is_refused(sheet: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Sheet(**sheet)  # type: ignore[arg-type]


def test_credits_become_lines() -> None:
    credits = Credits("mer", ("A (B)", "C\n(D)"))
    sheet = Sheet(parts=(Part(melody=TUNE),), credits=credits)
    assert list(sheet.credit_lines()) == ["composer: mer", "source: A (B)", "source: C (D)"]
    assert list(Sheet.of(TUNE).credit_lines()) == []


def test_names_of_chords() -> None:
    names = [
        ChordSymbol(0, letter, alter, "", text).name
        for letter, alter, text in (("F", 1, "m"), ("B", -1, "7"), ("G", 0, ""), ("E", -2, "dim"))
    ]
    assert names == ["F#m", "Bb7", "G", "Ebbdim"]


@pytest.mark.parametrize(
    ("meter", "ticks", "beats"),
    [
        ((4, 4), 480, 90.0),
        ((2, 2), 960, 45.0),
        ((6, 8), 720, 60.0),
        ((6, 4), 1440, 30.0),
        ((3, 8), 240, 180.0),
        (None, 480, 90.0),
    ],
)
def test_a_tempo_counts_beats(meter: tuple[int, int] | None, ticks: int, beats: float) -> None:
    assert metronome(90.0, meter) == (ticks, beats)


def test_a_text_is_one_line() -> None:
    assert printable(" Für\tElise\x00\n2 ") == "Für Elise 2"
