"""Labels, keys and folds of the harmony benchmark, worked by hand."""

import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from chorale_chords import Chorale, beat_of, estimated_key, label  # noqa: E402
from harmony import groups, interval  # noqa: E402
from train_harmony import beat_slots, counted  # noqa: E402

sys.path.remove(str(BENCHMARKS))

from generate.harmony.chord_model import chord_model  # noqa: E402
from generate.harmony.chords import STATES  # noqa: E402
from mer.notes.key import Key  # noqa: E402
from mer.notes.melody import Melody  # noqa: E402


def named(*pitches: int, start: int = 0) -> str:
    spans = np.array([(pitch, start, start + 480) for pitch in pitches])
    state = STATES[label(spans, start, start + 480)]
    return f"{state.degree} {state.quality}"


@pytest.mark.parametrize(
    ("pitches", "expected"),
    [
        ((48, 64, 67, 72), "0 major"),
        ((45, 64, 69, 72), "9 minor"),
        ((43, 62, 65, 71), "7 dominant"),
        ((47, 62, 65, 74), "11 diminished"),
        ((52, 60, 67, 72), "0 major"),  # first inversion
        ((50, 60, 65, 69), "2 minor"),  # a seventh above a minor triad, root in the bass
    ],
)
def test_labels_of_four_voices(pitches: tuple[int, ...], expected: str) -> None:
    assert named(*pitches) == expected


def test_a_passing_note_does_not_change_the_label() -> None:
    spans = np.array([(48, 0, 480), (64, 0, 480), (67, 0, 240), (65, 240, 480), (72, 0, 480)])
    assert STATES[label(spans, 0, 480)].roman == "I"


def test_silence_has_no_label() -> None:
    assert label(np.array([(60, 0, 480)]), 480, 960) == -1


def test_the_final_bass_settles_the_key() -> None:
    # The notes of C major and A minor are the same; the last bass note is A.
    scale = [
        (pitch, i * 480, i * 480 + 480) for i, pitch in enumerate((60, 62, 64, 65, 67, 69, 71))
    ]
    assert str(estimated_key(np.array([*scale, (45, 3360, 3840)]))) == "A minor"
    assert str(estimated_key(np.array([*scale, (48, 3360, 3840)]))) == "C major"


def chorale(number: str, pitch: list[int], chords: list[int]) -> Chorale:
    onset = np.arange(len(pitch)) * 480
    melody = Melody(pitch=pitch, onset=onset, duration=[480] * len(pitch), meter=(4, 4), key=Key(0))
    return Chorale(number, melody, onset, np.array(chords))


def test_counts_worked_by_hand() -> None:
    one, five = 0, 7  # C major and G major
    counts = counted([chorale("x", [60, 62, 62, 64, 60], [one, five, five, one, one])])
    assert counts["start"][0].nonzero()[0].tolist() == [one]
    assert counts["change"][0, one, five] == counts["change"][0, five, one] == 1
    # Over the barline, at the fifth beat, the chord is held; inside the bar once of three times.
    assert counts["hold"][0].tolist() == [[2, 1], [0, 1]]
    assert counts["beats"][0, [one, five]].tolist() == [3, 2]
    # A downbeat counts in full (10 tenths), beat 3 as .75, the others as .625.
    assert counts["sound"][0, five].nonzero()[0].tolist() == [2]
    assert counts["sound"][0, one, 0] == 20
    assert not counts["start"][1].any()
    model = chord_model("major", counts)
    assert model.change.sum(axis=1) == pytest.approx(1.0)


def test_settings_of_one_tune_stay_together() -> None:
    tune = [60, 62, 64, 65, 67, 69, 71, 72, 60]
    moved = [pitch + 5 for pitch in tune]
    other = [60, 60, 67, 67, 69, 69, 67, 65, 64]
    silent = [0] * len(tune)
    chorales = [chorale(name, p, silent) for name, p in (("a", tune), ("b", moved), ("c", other))]
    found = groups(chorales).tolist()
    assert found[0] == found[1] != found[2]


def test_intervals_hold_the_mean_and_are_points_without_spread() -> None:
    low, high = interval(np.array([0.2, 0.4, 0.6, 0.8]), np.array([0, 0, 1, 2]))
    assert low < 0.5 < high
    assert interval(np.full(5, 0.3), np.arange(5)) == pytest.approx((0.3, 0.3))


def test_beats_of_compound_metres_are_slots() -> None:
    melody = Melody(pitch=[60], onset=[0], duration=[2880], meter=(12, 8))
    assert beat_of(melody) == 720
    whole = Chorale("x", melody, np.arange(0, 2880, 720), np.zeros(4, dtype=np.int64))
    assert beat_slots(whole).opens_bar.tolist() == [1, 0, 0, 0]
