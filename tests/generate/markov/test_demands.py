"""What is demanded of each note, and what is welcome: cadences, endings, the leading note."""

from collections.abc import Sequence

import numpy as np
import pytest

from generate.markov.demands import alphabet_of, demands, preferences
from generate.plan.brief import Brief, brief_of
from generate.plan.rhythm import Slot
from generate.plan.settings import Settings
from mer.errors import InputError
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

SYMBOLS = np.arange(55, 80)
NOTES = 8
SLOTS = [Slot(480 * note, 480) for note in range(NOTES)]


def brief(index: PhraseIndex, key: Key, **settings: object) -> Brief:
    pitch = [60, 62, 64 - (key.mode == "minor"), 65, 67]
    motif = Melody(
        pitch=[p + key.tonic for p in pitch],
        onset=480 * np.arange(5),
        duration=[480] * 5,
        meter=(4, 4),
        key=key,
    )
    return brief_of(motif, index, Settings(low=55, high=79, **settings))  # type: ignore[arg-type]


def classes(asked: Brief, note: int, slots: Sequence[Slot] = SLOTS) -> set[int]:
    """Return the pitch classes, from the tonic, that all demands leave to a note."""
    found = demands(asked, SYMBOLS, slots, "the motif")
    allowed = np.logical_and.reduce([constraint.allowed for constraint in found])
    return {(int(pitch) - asked.frame.key.tonic) % 12 for pitch in SYMBOLS[allowed[note]]}


@pytest.mark.parametrize(
    ("cadence", "approach", "last"),
    # In C: D, G or B leads to C; F or A leads to C; C, E, F or A leads to D, G or B.
    [
        ("authentic", {2, 7, 11}, {0}),
        ("plagal", {5, 9}, {0}),
        ("half", {0, 4, 5, 9}, {2, 7, 11}),
    ],
)
@pytest.mark.parametrize("tonic", [0, 2])
def test_cadences(
    index: PhraseIndex, tonic: int, cadence: str, approach: set[int], last: set[int]
) -> None:
    asked = brief(index, Key(tonic), cadence=cadence)
    assert classes(asked, NOTES - 1) == last
    assert classes(asked, NOTES - 2) == approach
    assert classes(asked, NOTES - 3) == {0, 2, 4, 5, 7, 9, 11}


def test_an_unknown_cadence_is_refused(index: PhraseIndex) -> None:
    with pytest.raises(InputError, match="unknown cadence 'deceptive'; choose one of authentic"):
        classes(brief(index, Key(0), cadence="deceptive"), 0)


def test_the_piece_ends_on_the_tonic_unless_it_need_not(index: PhraseIndex) -> None:
    assert classes(brief(index, Key(0)), NOTES - 1) == {0}
    assert classes(brief(index, Key(0), end_on_tonic=False), NOTES - 1) == {0, 2, 4, 5, 7, 9, 11}


def test_minor_raises_the_seventh_just_before_the_tonic_only(index: PhraseIndex) -> None:
    asked = brief(index, Key(2, "minor"))
    assert classes(asked, NOTES - 2) == {0, 2, 3, 5, 7, 8, 11}
    assert classes(asked, NOTES - 3) == {0, 2, 3, 5, 7, 8, 10}
    free = brief(index, Key(2, "minor"), end_on_tonic=False)
    assert classes(free, NOTES - 2) == {0, 2, 3, 5, 7, 8, 10}


def test_open_and_closed_endings(index: PhraseIndex) -> None:
    slots = list(SLOTS)
    slots[3], slots[5] = Slot(1440, 480, ending="open"), Slot(2400, 480, ending="closed")
    asked = brief(index, Key(0))
    assert classes(asked, 3, slots) == {2, 4, 7}
    assert classes(asked, 5, slots) == {0}
    minor = brief(index, Key(0, "minor"))
    assert classes(minor, 3, slots) == {2, 3, 7}
    assert classes(minor, 4, slots) == {0, 2, 3, 5, 7, 8, 11}  # before a closed ending


def test_first_and_last_notes_are_taken_or_refused_by_name(index: PhraseIndex) -> None:
    asked = brief(index, Key(0), first_note=64, last_note=72)
    assert (classes(asked, 0), classes(asked, NOTES - 1)) == ({4}, {0})
    elsewhere = brief(index, Key(0), last_note=64)  # in place of the tonic, which is only usual
    assert classes(elsewhere, NOTES - 1) == {4}
    closed = brief(index, Key(0), last_note=64, form="A B.")  # which asks for the tonic itself
    assert closed.frame.end_on_tonic
    with pytest.raises(InputError, match=r"the first note C#4 is not in the key C major"):
        classes(brief(index, Key(0), first_note=61), 0)
    with pytest.raises(InputError, match=r"the last note C6 is outside the range G3 to G5"):
        classes(brief(index, Key(0), last_note=84), 0)


def test_the_alphabet_is_the_scale_in_the_range_and_what_is_given(index: PhraseIndex) -> None:
    asked = brief(index, Key(9, "minor"), scale="A C E")
    given = [*SLOTS, Slot(3840, 480, pitch=61)]
    triad = [57, 60, 64, 69, 72, 76]
    assert alphabet_of(asked, SLOTS).tolist() == triad
    assert alphabet_of(asked, given).tolist() == sorted([*triad, 61])
    raised = alphabet_of(brief(index, Key(9, "minor")), SLOTS).tolist()
    assert {56, 68} <= set(raised)
    assert 58 not in raised


def test_a_closed_ending_is_not_reached_from_its_own_note(index: PhraseIndex) -> None:
    asked = brief(index, Key(0))
    closed = [*SLOTS[:5], Slot(2400, 480, ending="closed"), *SLOTS[6:]]
    weights = preferences(asked, SYMBOLS, closed)
    before = weights[4] / preferences(asked, SYMBOLS, SLOTS)[4]
    # Every tonic that may close has its share in what the note before it counts.
    close = weights[5] * (SYMBOLS % 12 == 0)
    for pitch, found in zip(SYMBOLS.tolist(), before.tolist(), strict=True):
        move = np.clip(SYMBOLS - pitch, -12, 12)
        ways = np.minimum(asked.habits.arrival[move + 12], 1.0) ** 2
        again = 1.0 if pitch % 12 else 0.15
        assert found == pytest.approx(again * float((ways * close).sum() / close.sum()))


def test_a_close_after_a_given_note_is_the_nearest_tonic(index: PhraseIndex) -> None:
    asked = brief(index, Key(0))
    given = [*SLOTS[:4], Slot(1920, 480, pitch=62), Slot(2400, 480, ending="closed"), *SLOTS[6:]]
    free = [*SLOTS[:5], Slot(2400, 480, ending="closed"), *SLOTS[6:]]
    ratio = preferences(asked, SYMBOLS, given)[5] / preferences(asked, SYMBOLS, free)[5]
    from_d = {pitch: float(ratio[pitch == SYMBOLS][0]) for pitch in (60, 72)}
    for pitch, share in from_d.items():
        rarer = min(float(asked.habits.arrival[pitch - 62 + 12]), 1.0)
        assert share == pytest.approx(rarer**2)


def test_the_middle_of_the_motif_is_welcome_most(index: PhraseIndex) -> None:
    # Off the beat nothing but the register counts: a normal curve around E4, the median.
    weak = [Slot(240, 120)]
    weight = preferences(brief(index, Key(0)), SYMBOLS, weak)[0]
    assert SYMBOLS[weight.argmax()] == 64
    assert weight[SYMBOLS == 70] == pytest.approx(np.exp(-0.125))
    assert weight[SYMBOLS == 58] == pytest.approx(np.exp(-0.125))


def test_the_lender_has_a_say_on_downbeats_and_where_phrases_end(index: PhraseIndex) -> None:
    asked = brief(index, Key(0))
    # Near D, as the lender has it, at the bar and off it, and in the second half of bar 4.
    onsets = [0, 480, 3 * 1920 + 480, 3 * 1920 + 960]
    slots = [Slot(onset, 480, near=62) for onset in onsets]
    symbols = np.array([60, 62, 64, 74])
    weights = preferences(asked, symbols, slots)
    stressed = preferences(asked, symbols, [Slot(0, 480)])[0]
    stressed /= preferences(asked, symbols, [Slot(480, 480)])[0]
    plain = weights[1]
    assert (weights[0] / plain / stressed).tolist() == pytest.approx([1, 2, 1, 2])
    assert weights[2].tolist() == pytest.approx(plain.tolist())
    assert (weights[3] / plain).tolist() == pytest.approx([1, 4, 1, 4])
