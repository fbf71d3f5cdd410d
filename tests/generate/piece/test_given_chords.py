"""The user's chords on a time line."""

from generate.piece.given_chords import (
    going_on,
    lasting_chords,
    moved_name,
    progression_text,
    repeated_progression,
)
from mer.io.sheet.sheet import ChordSymbol
from mer.notes.chord_names import KINDS, ChordName, chord_name


def test_a_progression_goes_round_in_bars_from_the_downbeat() -> None:
    found = repeated_progression("Am | F G C", 480, 1440, 3)
    assert [(one.onset, one.end, one.name.text) for one in found] == [
        (480, 1920, "Am"),
        (1920, 2400, "F"),
        (2400, 2880, "G"),
        (2880, 3360, "C"),
        (3360, 4800, "Am"),
    ]
    assert found[0].later(100)[:2] == (580, 2020)


def test_symbols_last_until_the_next_or_the_end() -> None:
    symbols = [
        ChordSymbol.of(tick, ChordName(letter, 0, "minor"))
        for tick, letter in ((0, "A"), (960, "D"), (1920, "E"))
    ]
    found = lasting_chords(symbols, 1440, shift=2)
    assert [(one.onset, one.end, one.name.text) for one in found] == [
        (0, 960, "Bm"),
        (960, 1440, "Em"),
    ]
    assert lasting_chords([], 1440) == ()


def test_moving_keeps_the_kind_and_an_octave_changes_nothing() -> None:
    for kind in KINDS:
        name = ChordName("D", -1, kind, "A", -1)
        for semitones in range(-12, 13):
            there = moved_name(name, semitones)
            assert there.kind == kind
            assert (there.root - name.root - semitones) % 12 == 0
            assert (there.bass - name.bass - semitones) % 12 == 0
        assert moved_name(name, 12) == moved_name(name, 0) == name
    plain = chord_name("G7")
    assert plain is not None
    assert moved_name(plain, 1).text == "Ab7"


def test_a_song_goes_on_and_comes_again() -> None:
    known = repeated_progression("Am F C", 480, 1920, 3)
    cut = (*known[:2], known[2]._replace(end=known[2].end - 960))
    found = going_on(cut, 480, 1920, 480 + 5 * 1920)
    assert [one.name.text for one in found] == ["Am", "F", "C", "Am", "F"]
    assert [one.onset for one in found] == [480 + 1920 * bar for bar in range(5)]
    # Each lasts until the next, the last to the end.
    assert [one.end for one in found] == [480 + 1920 * bar for bar in range(1, 6)]
    # What is before the barline stands there once.
    before = (known[0]._replace(onset=0, end=960), *known[1:])
    again = going_on(before, 480, 1920, 480 + 4 * 1920)
    assert [(one.onset, one.name.text) for one in again][:2] == [(0, "Am"), (480, "Am")]
    assert again[-1].name.text == "Am"


def test_chords_as_text_are_read_as_they_were() -> None:
    for text in ("Am F C G", "Am F | C G7", "C | C F C C | G", "Dm7/F | Bb"):
        known = repeated_progression(text, 0, 1920, 12)
        again = progression_text(known, 0, 1920)
        assert repeated_progression(again, 0, 1920, 12) == known
        assert len(again) <= len(text)
    # One bar of two chords is no two bars.
    known = repeated_progression("C G | C G", 0, 1920, 2)
    assert repeated_progression(progression_text(known, 0, 1920), 0, 1920, 2) == known
    assert progression_text((), 0, 1920) == ""
