"""Skip-grams by hand: how many there are, and what they survive."""

import pytest

from mer.embeddings.skipgrams import skipgram_terms
from mer.notes.columns import Columns
from mer.notes.melody import Melody


def melody(pitch: list[int], onset: list[int]) -> Melody:
    ends = [*onset[1:], onset[-1] + 240]
    return Melody(
        pitch=pitch, onset=onset, duration=[b - a for a, b in zip(onset, ends, strict=True)]
    )


def terms(*melodies: Melody, reach: int = 3, notes: int = 3) -> list[tuple[int, int]]:
    """Return (sequence, term) of all skip-grams."""
    batches = skipgram_terms(reach, notes)(Columns.from_melodies(melodies))
    return [(int(s), int(k)) for keys, owner in batches for k, s in zip(keys, owner, strict=True)]


TUNE = melody([60, 62, 64, 65], [0, 240, 480, 960])


@pytest.mark.parametrize(("reach", "count"), [(2, 2), (3, 4), (4, 4)])
def test_three_notes_within_the_reach_are_a_skip_gram(reach: int, count: int) -> None:
    # 012 123 lie within two notes of the first, 013 023 within three.
    assert len(terms(TUNE, reach=reach)) == count


def test_two_notes_have_none() -> None:
    assert terms(melody([60, 62], [0, 240])) == []


def test_none_reaches_over_the_end_of_a_sequence() -> None:
    found = terms(TUNE, melody([60, 62, 64], [0, 240, 480]))
    assert [owner for owner, _ in found] == [0, 0, 0, 0, 1]


def test_transposed_and_twice_as_slow_they_are_the_same() -> None:
    slow = melody([67, 69, 71, 72], [0, 480, 960, 1920])
    assert terms(slow) == terms(TUNE)
    assert terms(melody([60, 58, 56, 55], [0, 240, 480, 960])) != terms(TUNE)
    assert set(terms(melody([60, 62, 64, 65], [0, 240, 960, 1200]))) != set(terms(TUNE))


def test_a_note_put_in_between_breaks_none_that_skips_it() -> None:
    straight = melody([60, 62, 64], [0, 480, 960])
    turned = melody([60, 61, 62, 64], [0, 240, 480, 960])
    assert set(terms(straight)) < set(terms(turned))
    assert not set(terms(straight, reach=2)) & set(terms(turned, reach=2))


def test_times_that_differ_by_less_than_a_quarter_of_a_doubling_are_one() -> None:
    swung = melody([60, 62, 64], [0, 250, 480])
    assert terms(swung) == terms(melody([60, 62, 64], [0, 240, 480]))
    assert terms(melody([60, 62, 64], [0, 290, 480])) != terms(swung)


@pytest.mark.parametrize(("reach", "count"), [(3, 2), (4, 5), (5, 5)])
def test_four_notes_within_the_reach_are_a_skip_gram(reach: int, count: int) -> None:
    # Of five notes, 0123 and 1234 lie within three of the first; 0124 0134 0234 within four.
    tune = melody([60, 62, 64, 65, 67], [0, 240, 480, 960, 1200])
    assert len(terms(tune, reach=reach, notes=4)) == count


def test_four_notes_hear_both_ratios_of_time_and_all_intervals() -> None:
    four = melody([60, 62, 64, 65], [0, 240, 480, 720])
    alike = melody([67, 69, 71, 72], [0, 480, 960, 1440])
    assert terms(four, notes=4) == terms(alike, notes=4)
    for pitch, onset in (
        ([60, 62, 64, 66], [0, 240, 480, 720]),
        ([60, 62, 63, 65], [0, 240, 480, 720]),
        ([60, 62, 64, 65], [0, 240, 480, 960]),
        ([60, 62, 64, 65], [0, 240, 720, 960]),
    ):
        assert terms(melody(pitch, onset), notes=4) != terms(four, notes=4)
