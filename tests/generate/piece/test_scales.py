"""The notes that new music is made of: asked for, or heard in the motif."""

import pytest

from generate.piece.scales import leading_note, scale_of
from mer.errors import InputError
from mer.notes.key import Key
from mer.notes.melody import Melody


def tune(pitch: list[int]) -> Melody:
    onset = [240 * note for note in range(len(pitch))]
    return Melody(pitch=pitch, onset=onset, duration=[240] * len(pitch))


PENTATONIC = [62, 64, 66, 69, 71, 69, 66, 64]  # D E F# A B
SAKURA = [69, 69, 71, 69, 69, 71, 72, 65, 64]  # A B C E F


def test_a_motif_on_five_notes_stays_on_them() -> None:
    assert scale_of(None, tune(PENTATONIC), Key(2)) == (2, 4, 6, 9, 11)
    assert scale_of(None, tune(SAKURA), Key(9, "minor")) == (9, 11, 0, 4, 5)


def test_five_notes_without_the_tonic_are_no_scale_to_end_on() -> None:
    assert scale_of(None, tune(PENTATONIC), Key(7)) == Key(7).scale


def test_seven_notes_say_too_little_of_a_scale() -> None:
    assert scale_of(None, tune(PENTATONIC[:7]), Key(2)) == Key(2).scale


def test_five_notes_of_no_known_scale_and_other_numbers_take_the_key() -> None:
    assert scale_of(None, tune([60, 62, 64, 65, 67, 65, 64, 62]), Key(0)) == Key(0).scale
    assert scale_of(None, tune([*PENTATONIC, 67]), Key(2)) == Key(2).scale


@pytest.mark.parametrize(
    ("wish", "key", "scale"),
    [
        ("key", Key(9, "minor"), (9, 11, 0, 2, 4, 5, 7)),
        ("pentatonic", Key(7), (7, 9, 11, 2, 4)),
        ("Pentatonic", Key(9, "minor"), (9, 0, 2, 4, 7)),
        ("pentatonic", Key(2, "dorian"), (2, 5, 7, 9, 0)),
        ("chromatic", Key(11), (11, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)),
        ("c d, e g A", Key(7), (7, 9, 0, 2, 4)),
        ("F# Bb Cb", Key(0), (6, 10, 11)),
    ],
)
def test_wishes(wish: str, key: Key, scale: tuple[int, ...]) -> None:
    assert scale_of(wish, tune(PENTATONIC), key) == scale


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ("C D H", "'C D H' at 'H'"),
        ("C D", "has 2 notes; at least 3"),
        ("C C# Db", "has 2 notes"),
        ("", "has 0 notes"),
    ],
)
def test_what_is_no_scale_is_refused(wish: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        scale_of(wish, tune(PENTATONIC), Key(0))


def test_only_minor_raises_its_seventh_and_only_where_it_has_one() -> None:
    for tonic, raised in ((9, 8), (0, 11), (2, 1)):
        key = Key(tonic, "minor")
        assert leading_note(key, key.scale) == raised
    assert leading_note(Key(9, "minor"), (9, 11, 0, 4, 5)) is None
    for mode in ("major", "dorian", "mixolydian", "phrygian"):
        assert leading_note(Key(9, mode), Key(9, mode).scale) is None
