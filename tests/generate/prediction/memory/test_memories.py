from collections import Counter

import numpy as np
import pytest

from generate.prediction.memory.memories import (
    LONG,
    SHORT,
    Assigned,
    LongTerm,
    earlier_pairs,
    owned_keys,
    short_term,
)
from generate.prediction.notes import Notes
from generate.prediction.views import PITCH_VIEWPOINTS, View, view
from mer.notes.melody import Melody


def tune(*pitch: int) -> Melody:
    many = len(pitch)
    return Melody(pitch=pitch, onset=np.arange(many) * 480, duration=[480] * many)


TUNES = [
    tune(60, 62, 64, 60, 62, 64, 65),
    tune(60, 62, 60, 62, 67),
    tune(64, 62, 60, 64, 62),
    tune(65),
    tune(62, 64, 65, 62, 64, 65, 67, 60),
]
ALPHABET = np.arange(60, 68)


def seen(melodies: list[Melody], name: str) -> tuple[Notes, View]:
    notes = Notes.of(melodies)
    return notes, view(notes, ALPHABET, notes.pitch, PITCH_VIEWPOINTS[name])


@pytest.mark.parametrize("name", PITCH_VIEWPOINTS)
def test_leaving_out_equals_counting_again(name: str) -> None:
    notes, whole = seen(TUNES, name)
    left_out = LongTerm.of(whole).consult_without_own(whole, notes.melody, np.arange(len(notes)))
    for number in range(len(TUNES)):
        mine = np.flatnonzero(notes.melody == number)
        others = np.flatnonzero(notes.melody != number)
        again = LongTerm.of(whole.take(others)).consult(whole.take(mine))
        assert left_out.log_probability[mine] == pytest.approx(again.log_probability, abs=1e-5)
        assert (left_out.level[mine] == again.level).all()
        assert (left_out.often[mine] == again.often).all()


def test_banning_equals_counting_without() -> None:
    notes, whole = seen(TUNES, "interval")
    asked_notes, asked = seen([TUNES[0], TUNES[4]], "interval")
    banned_notes = np.flatnonzero(np.isin(notes.melody, [0, 1]))
    banned_notes = np.append(banned_notes, np.flatnonzero(notes.melody == 4))
    owner = np.where(notes.melody[banned_notes] == 4, 1, 0)
    banned = Assigned.of(whole, banned_notes, owner, owned_keys(asked, asked_notes.melody))
    said = LongTerm.of(whole).consult(asked, melody=asked_notes.melody, banned=banned)
    for number, gone in ((0, [0, 1]), (1, [4])):
        mine = np.flatnonzero(asked_notes.melody == number)
        kept = np.flatnonzero(~np.isin(notes.melody, gone))
        again = LongTerm.of(whole.take(kept)).consult(asked.take(mine))
        assert said.log_probability[mine] == pytest.approx(again.log_probability, abs=1e-5)


def test_what_is_assigned_speaks_to_its_owner_only() -> None:
    notes, whole = seen(TUNES, "pitch")
    asked_notes, asked = seen([TUNES[0], TUNES[2]], "pitch")
    given = np.flatnonzero(np.isin(notes.melody, [1, 4]))
    owner = np.where(notes.melody[given] == 1, 0, 1)
    near = Assigned.of(whole, given, owner, owned_keys(asked, asked_notes.melody))
    said = near.consult(asked, asked_notes.melody)
    for number, of_tune in ((0, 1), (1, 4)):
        mine = np.flatnonzero(asked_notes.melody == number)
        alone = LongTerm.of(whole.take(np.flatnonzero(notes.melody == of_tune)))
        again = alone.consult(asked.take(mine))
        assert said.log_probability[mine] == pytest.approx(again.log_probability, abs=1e-5)


def smoothed(pitches: list[int], alphabet: list[int]) -> dict[int, float]:
    """Return the short-term distribution after `pitches`, by the definition, in plain Python."""
    chances = dict.fromkeys(alphabet, 1 / len(alphabet))
    past = [None] * 8 + pitches
    for level in range(9):
        context = past[len(past) - level :]
        after = Counter(
            past[i] for i in range(8, len(past)) if past[i - level : i] == context or level == 0
        )
        total = sum(after.values())
        if not total:
            break
        kept = {p: max(after[p] - SHORT.discount, 0.0) for p in alphabet}
        spare = total - sum(kept.values()) + SHORT.extra
        chances = {p: (kept[p] + spare * chances[p]) / (total + SHORT.extra) for p in alphabet}
    return chances


def test_the_piece_so_far_by_brute_force() -> None:
    melody = TUNES[4]
    notes, whole = seen([TUNES[0], melody], "pitch")
    said = short_term(whole, notes)
    for place in range(len(melody)):
        chances = smoothed(melody.pitch[:place].tolist(), ALPHABET.tolist())
        logs = np.log([chances[p] for p in ALPHABET.tolist()])
        row = len(TUNES[0]) + place
        assert said.log_probability[row] == pytest.approx(logs - logs.mean(), abs=1e-4)


def test_the_future_says_nothing() -> None:
    for name in PITCH_VIEWPOINTS:
        notes, whole = seen([TUNES[0]], name)
        other = tune(*TUNES[0].pitch[:4].tolist(), 67, 60, 66)
        changed_notes, changed = seen([other], name)
        said = short_term(whole, notes).log_probability[:5]
        assert said == pytest.approx(short_term(changed, changed_notes).log_probability[:5])


def test_a_fading_memory_prefers_the_recent() -> None:
    notes, whole = seen([tune(60, 60, 62, 64, 64, 62)], "pitch")
    steady = short_term(whole, notes).log_probability[5]
    fading = short_term(whole, notes, fading=2.0).log_probability[5]
    assert fading[4] - fading[0] > steady[4] - steady[0]


def test_a_long_piece_is_remembered_for_a_while_only() -> None:
    notes = Notes.of([tune(*[60] * 900)])
    now, earlier = earlier_pairs(notes, np.arange(len(notes)))
    assert (now - earlier).max() == 400
    assert (earlier < now).all()


def test_long_and_short_smooth_differently() -> None:
    assert LONG != SHORT
