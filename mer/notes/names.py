"""Numbers <-> the words that are used for them: counts, notes, intervals, transpositions."""

from __future__ import annotations

import re

from mer.errors import InputError

SHARP_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FLAT_NAMES = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_NOTES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ALTERATIONS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}
_NAME = r"([A-Ga-g])([#♯b♭]?)(-?\d)?"
_INTERVALS = (
    "",
    "a semitone",
    "a whole tone",
    "a minor third",
    "a major third",
    "a fourth",
    "a tritone",
    "a fifth",
    "a minor sixth",
    "a major sixth",
    "a minor seventh",
    "a major seventh",
)
_TIMES = {0.25: "a quarter", 0.5: "half", 2.0: "twice", 4.0: "four times"}
_SAME_OR_OCTAVE = {0: "at the same pitch", 12: "an octave higher", -12: "an octave lower"}


def counted(count: int, one: str, several: str = "") -> str:
    """Return a number with the noun that it counts; by default the plural ends in s.

    Examples
    --------
    >>> counted(1, "bar"), counted(1179, "tune"), counted(0, "query", "queries")
    ('1 bar', '1,179 tunes', '0 queries')
    """
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def note_number(text: str) -> int:
    """Return the MIDI number of a note name or of a number; C4 is 60.

    Raises
    ------
    InputError
        If the text is neither, or has no octave.

    Examples
    --------
    >>> note_number("C4"), note_number("B♭3"), note_number("g-1"), note_number("72")
    (60, 58, 7, 72)
    """
    given = text.strip()
    if re.fullmatch(r"\d{1,4}", given):
        return int(given)
    found = re.fullmatch(_NAME, given)
    if found is None or found[3] is None:
        raise InputError(f"cannot read the note {text!r}; write for example C4, F#5 or 60")
    return 12 * (int(found[3]) + 1) + _semitones(found)


def letter_semitones(text: str) -> int:
    """Return the semitones from the C below to a note name without octave: -1 (Cb) to 12 (B#).

    Raises
    ------
    InputError
        If the text is no such name.

    Examples
    --------
    >>> letter_semitones("F#"), letter_semitones("b♭"), letter_semitones("Cb")
    (6, 10, -1)
    """
    found = re.fullmatch(_NAME, text)
    if found is None or found[3] is not None:
        raise InputError(f"cannot read the note {text!r}; write for example C, F# or Bb")
    return _semitones(found)


def _semitones(name: re.Match[str]) -> int:
    return _STEPS[name[1].upper()] + _ALTERATIONS[name[2]]


def letter_name(pitch: int) -> str:
    """Return the name of a MIDI number in plain letters, without its octave.

    Examples
    --------
    >>> letter_name(60), letter_name(70), letter_name(5)
    ('C', 'Bb', 'F')
    """
    return _NOTES[pitch % 12]


def pitch_name(pitch: int) -> str:
    """Return the name of a MIDI number in plain letters, middle C being C4.

    Examples
    --------
    >>> pitch_name(60), pitch_name(70), pitch_name(5)
    ('C4', 'Bb4', 'F-1')
    """
    return f"{letter_name(pitch)}{pitch // 12 - 1}"


def note_name(pitch: int) -> str:
    """Return the name of a MIDI number with the signs for sharp and flat, middle C being C4.

    Examples
    --------
    >>> note_name(69), note_name(61)
    ('A4', 'C♯4')
    """
    return pitch_name(pitch).replace("#", "♯").replace("b", "♭")


def interval_name(semitones: int) -> str:
    """Return the name of the distance between two notes, whichever is higher.

    Examples
    --------
    >>> interval_name(-3), interval_name(19), interval_name(0)
    ('a minor third', 'an octave and a fifth', 'a unison')
    """
    octaves, rest = divmod(abs(semitones), 12)
    if not octaves:
        return _INTERVALS[rest] or "a unison"
    whole = "an octave" if octaves == 1 else f"{octaves} octaves"
    return f"{whole} and {_INTERVALS[rest]}" if rest else whole


def step_words(semitones: int) -> str:
    """Return how a melody goes on from one note to the next.

    Examples
    --------
    >>> step_words(2), step_words(-12), step_words(0)
    ('up a whole tone', 'down an octave', 'the same note')
    """
    if not semitones:
        return "the same note"
    return f"{'up' if semitones > 0 else 'down'} {interval_name(semitones)}"


def transposition_words(semitones: int) -> str:
    """Return where a phrase lies, compared with the motif.

    Examples
    --------
    >>> transposition_words(-1), transposition_words(12)
    ('1 semitone lower', 'an octave higher')
    """
    if semitones in _SAME_OR_OCTAVE:
        return _SAME_OR_OCTAVE[semitones]
    plural = "" if abs(semitones) == 1 else "s"
    return f"{abs(semitones)} semitone{plural} {'higher' if semitones > 0 else 'lower'}"


def augmentation_words(times: float) -> str:
    """Return how long the notes of a phrase are, compared with the motif's; "" if as long.

    Examples
    --------
    >>> augmentation_words(2.0), augmentation_words(0.25), augmentation_words(1.0)
    (', in notes twice as long', ', in notes a quarter as long', '')
    """
    return f", in notes {_TIMES[times]} as long" if times in _TIMES else ""
