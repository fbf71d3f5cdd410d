"""A melody written in ABC in one of many ways is read back as the same melody."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from mer.io.tunebook.fields import LETTER_CLASS, signature_of
from mer.io.tunebook.text import split_tunebook
from mer.io.tunebook.tunes import read_tune

SIGNS = {-2: "__", -1: "_", 0: "=", 1: "^", 2: "^^"}
KEYS = {"C": 0, "G": 1, "Dm": -1, "Edor": 2, "Bbmix": -3, "F#": 6, "Gloc": -4, "Aphr": -1}
BETWEEN = ["", " ", "  ", '"Am"', "{cd}", "!trill!", "~", "`", "[r:abc]", "$", '"^x"', "\n"]


@dataclass(frozen=True)
class Note:
    """A note to be written: pitch None for a rest; length in quarters."""

    letter: str | None
    octave: int
    alteration: int
    length: Fraction


notes = st.builds(
    Note,
    letter=st.sampled_from([*"CDEFGAB", None]),
    octave=st.integers(-2, 2),
    alteration=st.sampled_from([0, 0, 0, 1, -1, 2, -2]),
    length=st.builds(Fraction, st.integers(1, 12), st.sampled_from([1, 2, 3, 4, 8])),
)


def written_pitch(note: Note, sharps: int, in_bar: dict[str, int]) -> str:
    """Return the letter of a note, with a sign where key and bar do not give it."""
    assert note.letter is not None
    if note.octave > 0:
        name = note.letter.lower() + "'" * (note.octave - 1)
    else:
        name = note.letter + "," * -note.octave
    holds = in_bar.get(note.letter, signature_of(sharps).get(note.letter, 0))
    if note.alteration == holds:
        return name
    in_bar[note.letter] = note.alteration
    return SIGNS[note.alteration] + name


def length_text(length: Fraction) -> str:
    if length.denominator == 1:
        return "" if length == 1 else str(length.numerator)
    return f"{'' if length.numerator == 1 else length.numerator}/{length.denominator}"


def written(tune: Sequence[Note], sharps: int, unit: Fraction, between: Sequence[str]) -> str:
    """Return a tune in ABC: a tie over every fourth barline, a broken rhythm where one fits."""
    text, in_bar = "", dict[str, int]()
    skip = False
    for place, note in enumerate(tune):
        units = note.length / (4 * unit)
        after = tune[place + 1] if place + 1 < len(tune) else None
        sign, broken = "", skip
        if skip:
            skip, units = False, 2 * units
        elif after is not None and note.length == 3 * after.length:
            skip, units, sign = True, units * Fraction(2, 3), ">"
        if note.letter is None:
            text += "z" + length_text(units) + sign
        elif place % 4 == 3 and not sign and not broken:
            name = written_pitch(note, sharps, in_bar)
            in_bar.clear()
            plain = name.lstrip("^_=")
            text += f"{name}{length_text(units / 2)}-|{plain}{length_text(units / 2)}"
        else:
            text += written_pitch(note, sharps, in_bar) + length_text(units) + sign
        text += between[place % len(between)]
        if place % 4 == 1:
            text += "|"
            in_bar.clear()
    return text


@given(
    tune=st.lists(notes, min_size=1, max_size=24),
    key=st.sampled_from(sorted(KEYS)),
    unit=st.sampled_from([Fraction(1, 4), Fraction(1, 8), Fraction(1, 16), Fraction(1)]),
    between=st.lists(st.sampled_from(BETWEEN), min_size=1, max_size=5),
)
def test_what_is_written_is_read_back(
    tune: list[Note], key: str, unit: Fraction, between: list[str]
) -> None:
    # Grace notes of other letters than the tune's are no trouble; an accidental in one would be.
    tune = [*tune, Note("C", 0, 0, Fraction(1))]
    body = written(tune, KEYS[key], unit, between)
    text = f"X:1\nM:none\nL:{unit}\nK:{key}\n{body}|]\n"
    reading = read_tune(split_tunebook(text)[0])
    assert reading.melody is not None, text
    expected, now = [], Fraction(0)
    for note in tune:
        if note.letter is not None:
            pitch = 60 + LETTER_CLASS[note.letter] + 12 * note.octave + note.alteration
            expected.append((pitch, round(480 * now), round(480 * (now + note.length))))
        now += note.length
    begin = expected[0][1]
    melody = reading.melody
    found = zip(
        melody.pitch.tolist(),
        melody.onset.tolist(),
        (melody.onset + melody.duration).tolist(),
        strict=True,
    )
    assert list(found) == [(p, start - begin, end - begin) for p, start, end in expected], text
    assert reading.mended == ()
