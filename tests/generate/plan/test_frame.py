"""What is decided before a note is written: how much of the motif, which key, which range."""

import numpy as np
import pytest

from generate.plan.frame import plan_frame, usable_motif
from generate.plan.settings import Settings
from mer.errors import InputError
from mer.notes.key import Key
from mer.notes.melody import Melody


def motif(pitch: list[int], **given: object) -> Melody:
    onset = 480 * np.arange(len(pitch))
    known = {"meter": (4, 4), "key": Key(0)} | given
    return Melody(pitch=pitch, onset=onset, duration=[480] * len(pitch), **known)


FIVE = [60, 62, 64, 65, 67]  # C4 to G4


def test_a_long_motif_ends_with_a_phrase_if_one_ends_in_time() -> None:
    long = [60, 62] * 15
    for starts, notes in (((), 24), ((0, 10, 20, 27), 20), ((0, 3), 24), ((0, 24), 24)):
        used, remarks = usable_motif(motif(long, phrase_starts=starts))
        assert len(used) == notes
        assert f"only the first {notes} are used" in remarks[0]
    whole = motif(long[:24], phrase_starts=(0, 10))
    assert usable_motif(whole) == (whole, ())
    with pytest.raises(InputError, match=r"has 2 notes; at least 3"):
        usable_motif(motif(long[:2]))


@pytest.mark.parametrize(
    ("settings", "low", "high"),
    [
        (Settings(), 53, 78),  # ten semitones below Eb4, the middle, and fifteen above
        (Settings(verb="vary"), 54, 72),  # nine semitones on either side
        (Settings(low=60), 60, 79),  # a twelfth at least
        (Settings(high=67), 48, 67),
        (Settings(low=57, high=70), 57, 70),
    ],
)
def test_the_range_lies_around_the_motif(settings: Settings, low: int, high: int) -> None:
    frame, theme, _ = plan_frame(motif(FIVE), [], settings)
    assert (frame.low, frame.high) == (low, high)
    assert theme.melody.pitch.tolist() == FIVE


def test_a_motif_outside_the_range_moves_by_octaves() -> None:
    frame, theme, _ = plan_frame(motif(FIVE), [], Settings(low=74, high=93))
    assert (frame.low, frame.high) == (74, 93)
    assert theme.melody.pitch.tolist() == [pitch + 24 for pitch in FIVE]
    assert {source.transposition for source in theme.sources} == {24}
    with pytest.raises(
        InputError, match=r"spans C4 to C6 and does not fit the range C4 to C5 in any octave"
    ):
        plan_frame(motif([60, 84, 72]), [], Settings(low=60, high=72))


@pytest.mark.parametrize(("key", "shift"), [("A", -3), ("G", -5), ("F", 5), ("F#", -6), ("D", 2)])
def test_a_motif_takes_the_shorter_way_to_another_key(key: str, shift: int) -> None:
    frame, theme, _ = plan_frame(motif(FIVE), [], Settings(key=key))
    assert frame.key == Key.parse(key)
    assert (theme.melody.pitch - FIVE).tolist() == [shift] * 5


def test_another_mode_bends_the_third() -> None:
    frame, theme, _ = plan_frame(motif(FIVE), [], Settings(key="C minor"))
    assert theme.melody.pitch.tolist() == [60, 62, 63, 65, 67]
    assert [source.transposition for source in theme.sources] == [0, 0, -1, 0, 0]
    assert {source.operators for source in theme.sources} == {("mode change",)}
    assert frame.scale == (0, 2, 3, 5, 7, 8, 10)


def test_what_is_not_notated_is_guessed_and_said() -> None:
    frame, _, remarks = plan_frame(motif(FIVE, meter=None, key=None), [], Settings())
    assert (frame.meter, frame.key) == ((4, 4), Key(0))
    assert remarks[0] == "the motif has no metre; 4/4 is assumed"
    assert remarks[1] == "the motif has no key signature; the key is estimated as C major"


def test_the_opening_is_as_much_as_the_first_section_holds() -> None:
    long = motif([60, 62, 64, 65] * 5)
    frame, theme, remarks = plan_frame(long, [], Settings(bars=8))
    assert (len(theme), len(frame.opening or ())) == (20, 8)  # two bars of four beats
    assert "only the first 8 of the motif's 20 notes" in remarks[0]
    frame, _, _ = plan_frame(long, [], Settings(bars=16))
    assert len(frame.opening or ()) == 16
    frame, _, _ = plan_frame(long, [], Settings(bars=8, form="A"))
    assert len(frame.opening or ()) == 16  # half of the piece
    frame, _, remarks = plan_frame(long, [], Settings(open_with_motif=False))
    assert (frame.opening, remarks) == (None, ())


def test_a_pick_up_lengthens_the_piece_if_the_motif_opens_it() -> None:
    upbeat = motif(FIVE, downbeat=480)
    frame, _, _ = plan_frame(upbeat, [], Settings(bars=4))
    assert (frame.pickup, frame.length) == (480, 480 + 4 * 1920)
    frame, _, _ = plan_frame(upbeat, [], Settings(bars=4, open_with_motif=False))
    assert (frame.pickup, frame.length) == (0, 4 * 1920)


def test_a_range_without_the_tonic_is_refused() -> None:
    given = Settings(low=61, high=70, open_with_motif=False)
    with pytest.raises(InputError, match="does not contain the tonic, C"):
        plan_frame(motif(FIVE), [], given)
    free = Settings(low=61, high=70, open_with_motif=False, end_on_tonic=False)
    assert plan_frame(motif(FIVE), [], free)[0].low == 61
