"""Numbers -> the words that are used for them: counts, notes, intervals, transpositions."""

from __future__ import annotations

_NOTES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
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
_SAME_OR_OCTAVE = {0: "at the same pitch", 12: "an octave higher", -12: "an octave lower"}


def counted(count: int, one: str, several: str = "") -> str:
    """Return a number with the noun that it counts; by default the plural ends in s.

    Examples
    --------
    >>> counted(1, "bar"), counted(1179, "tune"), counted(0, "query", "queries")
    ('1 bar', '1,179 tunes', '0 queries')
    """
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def pitch_name(pitch: int) -> str:
    """Return the name of a MIDI number in plain letters, middle C being C4.

    Examples
    --------
    >>> pitch_name(60), pitch_name(70)
    ('C4', 'Bb4')
    """
    return f"{_NOTES[pitch % 12]}{pitch // 12 - 1}"


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
