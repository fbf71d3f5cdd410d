"""What is right about an answer, worked by hand."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from generate.prediction.practice.marks import marks
from mer.notes.melody import Melody

PHRASE = Melody(
    pitch=[60, 62, 64, 65, 67],
    onset=[0, 480, 720, 960, 1440],
    duration=[480, 240, 240, 480, 960],
)


def test_the_phrase_itself_is_all_right_in_any_key_and_at_any_speed() -> None:
    for semitones in (0, 7, -12):
        moved = PHRASE.transpose(semitones)
        found = marks(moved, PHRASE)
        assert found.all_right
        assert found.transposition == semitones
        slower = replace(moved, onset=moved.onset * 2, duration=moved.duration * 2)
        assert marks(slower, PHRASE).all_right


def test_a_note_left_out_does_not_make_the_next_ones_wrong() -> None:
    answer = Melody(pitch=[60, 64, 65, 67], onset=[0, 480, 720, 1200], duration=[480, 240, 480, 9])
    found = marks(answer, PHRASE)
    assert found.pairs == ((0, 0), (1, 2), (2, 3), (3, 4))
    assert (found.in_time, found.notes, found.added) == (4, 5, 0)
    assert not found.all_right


def test_wrong_lengths_and_added_notes_are_counted() -> None:
    answer = Melody(
        pitch=[60, 62, 61, 64, 65, 67],
        onset=[0, 480, 960, 1200, 1440, 1920],
        duration=[480, 480, 240, 240, 480, 960],
    )
    found = marks(answer, PHRASE)
    assert found.pairs == ((0, 0), (1, 1), (3, 2), (4, 3), (5, 4))
    assert (found.in_time, found.added) == (4, 1)


def test_nothing_in_common() -> None:
    found = marks(Melody(pitch=[127], onset=[0], duration=[480]), PHRASE)
    # One note is right in some key, if it lies within two octaves.
    assert found.pairs == ()
    assert found.in_time == 0


@given(st.lists(st.integers(60, 72), min_size=1, max_size=12), st.integers(-12, 12))
def test_a_right_answer_is_found_right(pitch: list[int], semitones: int) -> None:
    count = len(pitch)
    phrase = Melody(pitch=pitch, onset=[480 * n for n in range(count)], duration=[480] * count)
    assert marks(phrase.transpose(semitones), phrase).all_right
