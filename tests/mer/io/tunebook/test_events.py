"""Events: what can be taken out, and where lines and sections begin."""

from fractions import Fraction

from mer.io.tunebook.events import (
    Barline,
    Ending,
    Event,
    Sonority,
    Turn,
    is_sounding,
    stretches,
    total,
    without_first_endings,
)

ONE = Fraction(1)


def note(pitch: int, *, line: int = 0, section: int = 0) -> Sonority:
    return Sonority({pitch: ONE}, ONE, line=line, section=section)


def test_a_first_ending_goes_where_a_second_follows_a_repeat_sign() -> None:
    a, b, c = note(60), note(62), note(64)
    events: list[Event] = [
        a,
        Barline("|"),
        Ending("[1"),
        b,
        Barline(":|"),
        Ending("[2"),
        c,
        Barline("|]"),
    ]
    assert without_first_endings(events) == [a, Barline("|"), c, Barline("|]")]
    assert len(events) == 8


def test_a_first_ending_stays_where_something_would_be_lost() -> None:
    for middle in ([Barline("|")], [Turn(), Barline(":|")], [Barline(":|"), note(65)]):
        events: list[Event] = [note(60), Ending("[1"), note(62), *middle, Ending("[2"), note(64)]
        assert without_first_endings(events) == events


def test_stretches_begin_at_their_first_sound_if_they_hold_a_note() -> None:
    rest = Sonority({}, ONE, line=1)
    events = [
        note(60),
        Barline("|"),
        rest,
        note(62, line=1),
        Sonority({}, ONE, line=2),
        note(64, line=3),
    ]
    assert list(stretches(events, "line")) == [0, 2, 5]


def test_rests_last_and_do_not_sound() -> None:
    assert total([Sonority({}, ONE), Barline("|"), note(60)]) == 2
    assert not is_sounding([Sonority({}, ONE), Barline("|")])


def test_a_plain_barline_divides_nothing() -> None:
    plain = [Barline(text).divides for text in ("|", ".|", "||", ":|", "|]", "::", "[|")]
    assert plain == [False, False, True, True, True, True, True]


def test_a_sound_is_scaled_with_all_its_notes() -> None:
    chord = Sonority({60: ONE, 64: Fraction(2)}, ONE)
    chord.scale(Fraction(3, 2))
    assert (chord.length, chord.pitches) == (Fraction(3, 2), {60: Fraction(3, 2), 64: Fraction(3)})
