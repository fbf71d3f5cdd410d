"""Text in GABC, the code of Gregorio -> `Chant`.

Notes stand in round brackets behind their syllables, ``Ky(f)ri(gfg)e(h)``: a letter is a place on
the staff of four lines, ``d f h j``, and the clef says which line is C (``c1`` to ``c4``, middle C)
or F (``f1`` to ``f4``, the F below). ``cb3`` has a B flat throughout. ``ix`` flattens, ``i#``
sharpens and ``iy`` restores; each holds until the word or the bar ends. ``ss`` and ``vv`` sing a
note twice, ``sss`` and ``vvv`` three times; capitals (inclinata), liquescents and quilismas are
notes like others. A bar, ``,`` ``;`` ``:``, ends a phrase.
"""

from __future__ import annotations

import re

from mer.errors import InputError
from mer.io.chant.chant import Chant, told

_HEADER = re.compile(r"(?m)^([A-Za-z][\w-]*)\s*:((?:[^;]|;(?!\s*$))*?);{1,2}\s*$")
_BODY = re.compile(r"(?m)^%%[ \t]*$")
_VERBATIM = re.compile(r"<(v|alt|sp)>.*?</\1>", re.DOTALL)
_SYLLABLE = re.compile(r"([^()]*)\(([^()]*)\)")
_TOKEN = re.compile(
    r"(?P<clef>(?P<letter>[cf])(?P<soft>b?)(?P<line>[1-5]))(?:@[cf]b?[1-5])?"
    r"|(?P<custos>[a-np]\+|z0)"
    r"|(?P<accidental>[a-np](?:##|[xy#])\??)"
    r"|(?P<note>-?[a-npA-NP])(?P<repeat>(?:sss|ss|vvv|vv)?)"
    r"|(?P<bar>::|:\?|:|;[1-8]?|,[0_]?|`)"
    r"|(?P<aside>\[[^\]]*\])"
    r"|(?P<silent>[oOsvVwWrRqQzZ~<>.'_@!/|{}\d\s-])"
    r"|(?P<strange>.)",
    re.DOTALL,
)
_STAFF = "abcdefghijklmnp"
_LINES = {"1": "d", "2": "f", "3": "h", "4": "j", "5": "l"}
_SCALE = (0, 2, 4, 5, 7, 9, 11)
# Steps of the scale above C-1, the MIDI number 0: of middle C, and of the F below.
_CLEFS = {"c": 35, "f": 31}
_CHANGES = {"x": -1, "y": 0, "#": 1, "##": 2}
_SEVENTH = 6  # B, as a step above C
_DIVISIONS = ("::", ":", ";", ",")


def chant_of_gabc(text: str) -> Chant:
    r"""Return the pitches of a chant, its name, and a phrase end at each bar.

    Raises
    ------
    InputError
        If there are no notes in brackets, or none stand behind a clef.

    Examples
    --------
    >>> chant_of_gabc("name:Kyrie;\n%%\n(c4) Ky(f)ri(gfg)e(h_) *(,) e(ixi)le(h)").pitch
    [53, 55, 53, 55, 57, 58, 57]
    """
    parts = _BODY.split(text, maxsplit=1)
    head, body = (parts[0], parts[1]) if len(parts) == 2 else ("", text)
    named = {name.lower(): value.strip() for name, value in _HEADER.findall(head)}
    chant = Chant(title=named.get("name", ""))
    body = re.sub(r"(?m)%.*$", "", _VERBATIM.sub("", body))
    groups = _SYLLABLE.findall(body)
    if not groups:
        raise InputError("is no GABC: no notes stand in round brackets behind a syllable")
    singer = _Singer(chant, nabc=int(named.get("nabc-lines", "0").strip() in ("1", "2", "3")))
    for words, notes in groups:
        if re.search(r"\s", words.lstrip("\n") if not chant.pitch else words):
            singer.altered.clear()
        singer.sing(notes)
    if "(" in _SYLLABLE.sub("", body):
        chant.remarks.append("left out notes after a bracket that is not closed")
    if not singer.clef_seen:
        raise InputError("has no clef, such as (c4), before its notes")
    chant.remarks += told(singer.strange, "that GABC does not have")
    return chant


class _Singer:
    """Reads what stands in brackets: knows the clef, and which notes are altered."""

    def __init__(self, chant: Chant, *, nabc: int) -> None:
        self.chant, self.nabc = chant, nabc
        self.bottom, self.soft, self.clef_seen = 0, False, False
        self.altered: dict[int, int] = {}
        self.strange: list[str] = []

    def sing(self, notes: str) -> None:
        if self.nabc:  # the neumes of old manuscripts, line by line, stand behind strokes
            notes = "".join(notes.split("|")[:: self.nabc + 1])
        for found in _TOKEN.finditer(notes):
            if found["clef"]:
                line = _STAFF.index(_LINES[found["line"]])
                self.bottom = _CLEFS[found["letter"]] - line
                self.soft, self.clef_seen = bool(found["soft"]), True
                self.altered.clear()
            elif found["accidental"]:
                sign = found["accidental"].rstrip("?")
                self.altered[self.bottom + _STAFF.index(sign[0])] = _CHANGES[sign[1:]]
            elif found["note"]:
                times = max(len(found["repeat"]), 1)
                self.chant.pitch += [self._pitch(found["note"][-1].lower())] * times
            elif found["bar"]:
                self.altered.clear()
                if found["bar"].startswith(_DIVISIONS):
                    self.chant.breaths.append(len(self.chant.pitch))
            elif found["strange"]:
                self.strange.append(found[0])

    def _pitch(self, letter: str) -> int:
        step = self.bottom + _STAFF.index(letter)
        octave, place = divmod(step, 7)
        natural = -1 if self.soft and place == _SEVENTH else 0
        return 12 * octave + _SCALE[place] + self.altered.get(step, natural)
