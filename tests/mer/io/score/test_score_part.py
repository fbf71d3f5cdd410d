"""Parts of a score -> a reading: ties, barlines, keys, and what other parts say."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.errors import InputError
from mer.io.score.score_part import KeySign, ScoreNote, ScorePart, joined, reading_of_parts
from mer.notes.key import Key


def note(pitch, start, end, ties=""):
    return ScoreNote(pitch, Fraction(start), Fraction(end), "]" in ties, "[" in ties)


def test_ties_join_what_meets():
    tied = [note(60, 0, 1, "["), note(64, 0, 1), note(60, 1, 2, "[]"), note(60, 2, 3, "]")]
    assert joined(tied) == [(60, 0, 1440), (64, 0, 480)]
    # Another pitch, and a gap, are not tied, and nothing is lost.
    assert len(joined([note(60, 0, 1, "["), note(61, 1, 2, "]")])) == 2
    assert len(joined([note(60, 0, 1, "["), note(60, 2, 3, "]")])) == 2
    # Two voices hold the same pitch.
    both = [note(60, 0, 1, "["), note(60, 0, 2, "["), note(60, 1, 3, "]"), note(60, 2, 4, "]")]
    assert joined(both) == [(60, 0, 1440), (60, 0, 1920)]


@given(st.lists(st.integers(1, 8), min_size=1, max_size=12), st.randoms())
def test_one_note_cut_into_pieces_is_one_note(lengths, order):
    ends = [sum(lengths[: n + 1]) for n in range(len(lengths))]
    last = len(lengths) - 1
    pieces = [
        note(60, end - length, end, "[" * (n < last) + "]" * (n > 0))
        for n, (length, end) in enumerate(zip(lengths, ends, strict=True))
    ]
    order.shuffle(pieces)
    assert joined(pieces) == [(60, 0, 480 * ends[-1])]


@pytest.mark.parametrize(
    ("sign", "key"),
    [
        (KeySign(0, 1), Key(7)),
        (KeySign(0, -3), Key(0, "minor")),  # the tune ends on its tonic
        (KeySign(0, 0, "dorian"), Key(2, "dorian")),
        (KeySign(0, 0, "aeolian"), Key(9, "minor")),
        (KeySign(0, 2, "none"), Key(2)),
    ],
)
def test_keys(sign, key):
    part = ScorePart(notes=[note(60, 0, 1)], keys=[sign], end=480)
    assert reading_of_parts([part]).melody.key == key


def test_barlines_and_the_other_parts():
    meter = [(0, (3, 4))]
    low = ScorePart("Bass", [note(40, 0, 4)], barlines=[0, 480], end=1920, meters=meter)
    high = ScorePart("", [note(70, 0, 1), note(72, 1, 4)], barlines=[0, 480], end=1920)
    melody = reading_of_parts([low, high], title=" A  tune ").melody
    assert (melody.meter, melody.downbeat, melody.title) == ((3, 4), 480, "A tune")
    with pytest.raises(InputError, match=r"no part '3'; there are 2: 1 'Bass' .*, 2 'part 2'"):
        reading_of_parts([low, high], track=3)
    with pytest.raises(InputError, match="holds no notes"):
        reading_of_parts([ScorePart()])
