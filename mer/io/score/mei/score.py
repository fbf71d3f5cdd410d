"""Text of an MEI score -> its parts: common notation, mensural values and neumes.

Of variants the first reading stands; repeats are not played out. An accidental is what the note
says. Where no note of the file says how it sounds (``accid.ges``), an accidental holds until the
barline and the key signature beyond it.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from fractions import Fraction

from mer.errors import InputError
from mer.io.score.mei.layer import Line
from mer.io.score.mei.signs import number
from mer.io.score.mei.staff import Rules, Staff, chosen, take_signs
from mer.io.score.score_part import ScorePart

_AROUND = frozenset(("app", "choice", "corr", "reg", "lem", "rdg", "supplied"))


def mei_parts(text: str) -> tuple[list[ScorePart], str, bool]:
    """Return the parts of an MEI score, a part for each staff, its title, and if it has a rhythm.

    Raises
    ------
    InputError
        If the text is no well-formed XML, or no MEI.

    Examples
    --------
    >>> notes = "<layer><note pname='a' oct='4' dur='4'/><note pname='b' oct='4' dur='2'/></layer>"
    >>> score = f"<score><section><measure><staff n='1'>{notes}</staff></measure></section></score>"
    >>> parts, title, timed = mei_parts(f"<mei><music><body>{score}</body></music></mei>")
    >>> [note.pitch for note in parts[0].notes], timed
    ([69, 71], True)
    """
    try:
        root = ET.fromstring(text)
        for element in root.iter():
            element.tag = str(element.tag).rpartition("}")[2]
        if root.tag not in ("mei", "music"):
            raise InputError("holds no MEI score (no <mei>)")
        return _Score(root).parts()
    except ET.ParseError as error:
        raise InputError(f"cannot be read as MEI; ParseError: {error}") from error
    except RecursionError as error:
        raise InputError("cannot be read as MEI; its elements are nested too deep") from error


class _Score:
    """Goes through a score from the beginning to the end; `now` in quarters."""

    def __init__(self, root: ET.Element) -> None:
        self.root = root
        self.rules = Rules(implied=not any(one.get("accid.ges") for one in root.iter()))
        self.staves: dict[str, Staff] = {}
        self.usual = Staff()
        self.now = Fraction(0)
        self.starts: list[Fraction] = []
        self.tempos: list[float] = []
        self.remarks: list[str] = []

    def parts(self) -> tuple[list[ScorePart], str, bool]:
        scores = [one for one in self.root.iter() if one.tag in ("score", "parts")]
        held = [one for one in scores if any(n.tag in ("note", "nc") for n in one.iter())]
        if len(held) > 1:
            self.remarks.append(f"took the first movement of {len(held)}")
        for score in held[:1]:
            for element in score if score.tag == "score" else list(score)[:1]:
                self._walk(element)
        title = self.root.find(".//titleStmt/title")
        name = "" if title is None else " ".join("".join(title.itertext()).split())
        found = [staff.part(self.starts, self.now, self.remarks) for staff in self.staves.values()]
        for part in found:
            part.tempos = self.tempos
        return found, name, not self.rules.notes or self.rules.timed > 0

    def _walk(self, element: ET.Element) -> None:
        if element.tag in ("scoreDef", "staffGrp"):
            self._tempo(element)
            take_signs(element, [self.usual, *self.staves.values()], self.now)
            for child in element:
                self._walk(child)
        elif element.tag == "staffDef":
            take_signs(element, [self._staff(element.get("n", "1"))], self.now)
        elif element.tag == "measure":
            self._measure(element)
        elif element.tag == "staff":
            self.starts = self.starts or [self.now]
            self.now = self._layers(element, self.now)
        else:
            for child in chosen(element):
                self._walk(child)

    def _staff(self, name: str) -> Staff:
        if name not in self.staves:
            self.staves[name] = self.usual.fresh()
        return self.staves[name]

    def _tempo(self, element: ET.Element) -> None:
        if tempo := number(element.get("midi.bpm")):
            self.tempos.append(tempo)

    def _measure(self, measure: ET.Element) -> None:
        self.starts.append(self.now)
        furthest = self.now
        for element in measure:
            for staff in _staves_of(element):
                furthest = max(furthest, self._layers(staff, self.now))
        for element in measure:
            self._spanner(element)
        if furthest == self.now:
            furthest += max((one.bar_quarters for one in self.staves.values()), default=Fraction(0))
        self.now = furthest

    def _layers(self, element: ET.Element, start: Fraction) -> Fraction:
        """Return when the longest layer of a staff ends."""
        staff = self._staff(element.get("n", "1"))
        before, staff.bar = staff.bar, {}
        furthest = start
        layers = [one for one in element.iter() if one.tag == "layer"] or [element]
        for place, layer in enumerate(layers, 1):
            staff.altered.clear()
            name = (layer.get("n") if layer.tag == "layer" else None) or str(place)
            first = len(staff.notes)
            line = Line(self.rules, staff, start, before.get(name, []))
            line.read(layer, Fraction(1))
            furthest = max(furthest, line.now)
            staff.bar[name] = [
                note._replace(start=note.start - start, end=note.end - start)
                for note in staff.notes[first:]
            ]
        return furthest

    def _spanner(self, element: ET.Element) -> None:
        """Take what stands beside the staves, and names notes by their ids."""
        if element.tag == "tempo":
            self._tempo(element)
        begin = (element.get("startid") or "").lstrip("#")
        end = (element.get("endid") or "").lstrip("#")
        for staff in self.staves.values():
            first = staff.named(begin)
            if first is None:
                continue
            if element.tag == "tie":
                staff.mark(begin, first._replace(tied_to=True))
                second = staff.named(end)
                if second is None:
                    staff.awaited.add(end)
                else:
                    staff.mark(end, second._replace(tied_from=True))
            elif element.tag == "fermata":
                staff.mark(begin, first._replace(fermata=True))
            elif element.tag == "tupletSpan":
                staff.told["span"] += 1


def _staves_of(element: ET.Element) -> Iterator[ET.Element]:
    """Yield the staves of a measure, of several readings the first."""
    if element.tag == "staff":
        yield element
    elif element.tag in _AROUND:
        for child in chosen(element):
            yield from _staves_of(child)
