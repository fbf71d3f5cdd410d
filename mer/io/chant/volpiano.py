"""Text in Volpiano -> `Chant`.

Letters are notes, from 8 (F below middle C) over 9 and a to s; capitals and ``(`` ``)`` are
liquescent, and count as notes. ``y w i x z`` flatten B and E in their octaves and ``Y W I X Z``
restore them: a flat holds until it is restored, through words and bars. ``3`` to ``6`` are bars,
which end a phrase. ``7`` ends a line or page, ``1`` and ``2`` are the treble and the bass clef.

Departures: a bass clef moves the notes a twelfth and a third down, as the font draws them.
"""

from __future__ import annotations

import re

from mer.errors import InputError
from mer.io.chant.chant import Chant, told

_NOTES = "89abcdefghjklmnopqrs"
_LIQUESCENT = "()ABCDEFGHJKLMNOPQRS"
_LETTERS = "FGABCDE"
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
# Sign -> the place among `_NOTES` of the note that it flattens: E or B.
_FLATS = {sign: _NOTES.index(note) for sign, note in zip("ywixz", "bejmq", strict=True)}
_PLACES = {sign: place for row in (_NOTES, _LIQUESCENT) for place, sign in enumerate(row)}
# From a treble to a bass clef, in steps of the scale: the lowest line is G2 and not E4.
_BASS_STEPS = 12
_BARS = "3456"
_SILENT = set("-127 \t\r\n.")
_MARKED = re.compile(r"(?m)^\s*(?:volpiano|melody)\s*[:=]\s*", re.IGNORECASE)


def chant_of_volpiano(text: str) -> Chant:
    """Return the pitches of a chant, and a phrase end at each bar.

    Raises
    ------
    InputError
        If the text does not begin as Volpiano does, with a clef.

    Examples
    --------
    >>> chant_of_volpiano("1---f--g--ij--j---3---I--j--h---4").pitch
    [65, 67, 70, 70, 71, 69]
    """
    text = _MARKED.sub("", text).strip()
    if not re.match(r"[12]-", text):
        raise InputError("is no Volpiano, which begins with a clef and a hyphen, such as '1---'")
    chant = Chant()
    strange: list[str] = []
    flat: set[int] = set()
    steps = 0
    for sign in text:
        if sign in _PLACES:
            chant.pitch.append(_pitch(_PLACES[sign], steps, flat))
        elif sign.lower() in _FLATS and sign.isalpha():
            change = flat.add if sign.islower() else flat.discard
            change(_FLATS[sign.lower()])
        elif sign in _BARS:
            chant.breaths.append(len(chant.pitch))
        elif sign in "12":
            steps = {"1": 0, "2": -_BASS_STEPS}[sign]
        elif sign not in _SILENT:
            strange.append(sign)
    chant.remarks += told(strange, "that Volpiano does not have")
    return chant


def _pitch(place: int, steps: int, flat: set[int]) -> int:
    """Return the MIDI number of a note by its place in `_NOTES`; 0 is F below middle C."""
    octave, letter = divmod(place + steps, 7)
    step = _STEPS[_LETTERS[letter]]
    # Letters count from F, and octaves from C.
    octave += 3 + (letter >= _LETTERS.index("C"))
    return 12 * (octave + 1) + step - (place in flat)
