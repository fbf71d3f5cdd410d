"""A layer of an MEI staff -> notes, one after another."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from fractions import Fraction

from mer.io.reading import MAX_NOTES
from mer.io.score.mei.signs import MENSURAL, accidental, number, pitch, quarters
from mer.io.score.mei.staff import Rules, Staff, chosen, take_signs
from mer.io.score.score_part import ScoreNote

_SKIPPED = frozenset(("del", "verse", "syl", "accid", "artic", "dot", "annot", "rend", "ossia"))
_RESTS = frozenset(("rest", "space"))
_BAR_RESTS = frozenset(("mRest", "mSpace"))
_LONGEST_REST = 500  # bars


class Line:
    """Reads a layer from the tick at which it begins.

    Parameters
    ----------
    rules, staff
        What holds; notes are added to the staff.
    start
        Quarters from the beginning of the score.
    before
        The notes of this layer in the bar before, from its barline, for signs that repeat it.
    """

    def __init__(
        self, rules: Rules, staff: Staff, start: Fraction, before: list[ScoreNote]
    ) -> None:
        self.rules, self.staff, self.start, self.now = rules, staff, start, start
        self.before = before

    def read(self, element: ET.Element, factor: Fraction) -> None:
        """Read what stands in an element, its written lengths multiplied by `factor`."""
        for child in chosen(element):
            self._one(child, factor)

    def _one(self, element: ET.Element, factor: Fraction) -> None:
        tag, staff = element.tag, self.staff
        if tag in ("note", "nc", "chord"):
            self._sounding(element, factor)
        elif tag in _RESTS:
            self.now += (quarters(element, staff.usual) or Fraction(1)) * factor
        elif tag in _BAR_RESTS:
            self.now = max(self.now, self.start + staff.bar_quarters)
        elif tag == "multiRest":
            count = number(element.get("num")) or 1.0
            self.now += staff.bar_quarters * int(min(max(count, 1), _LONGEST_REST))
        elif tag == "mRpt":
            self._repeat()
        elif tag in ("beatRpt", "halfmRpt"):
            staff.told["beats"] += 1
        elif tag in ("keySig", "meterSig", "staffDef"):
            take_signs(element, [staff], self.now)
        elif tag in ("barLine", "divLine"):
            staff.altered.clear()
            if staff.notes:  # of chant: the note before it ends a phrase
                staff.notes[-1] = staff.notes[-1]._replace(fermata=True)
        elif tag == "accid" and element.get("ploc"):
            change = accidental(ET.Element("note", {"accid": element.get("accid", "")}))
            place = (str(element.get("ploc")), str(element.get("oloc")))
            staff.altered[place] = change or 0
        elif tag == "tuplet":
            self.read(element, factor * _ratio(element))
        elif tag == "graceGrp":
            staff.told["grace"] += len(element.findall(".//note"))
        elif tag not in _SKIPPED:
            self.read(element, factor)

    def _sounding(self, element: ET.Element, factor: Fraction) -> None:
        staff = self.staff
        if element.get("grace"):
            staff.told["grace"] += 1
            return
        notes = element.findall(".//note") if element.tag == "chord" else [element]
        notes = [note for note in notes if not note.get("grace")]
        length = quarters(element, staff.usual)
        if length is None:
            own = [found for note in notes if (found := quarters(note)) is not None]
            length = max(own, default=None)
        self.rules.notes += 1
        self.rules.timed += length is not None
        staff.told["mensural"] += element.get("dur", "") in MENSURAL
        start, self.now = self.now, self.now + (length or Fraction(1)) * factor
        for note in notes:
            self._add(note, element, start)

    def _add(self, note: ET.Element, around: ET.Element, start: Fraction) -> None:
        staff = self.staff
        name, octave = note.get("pname"), note.get("oct")
        plain = pitch(name, note.get("oct.ges") or octave)
        if plain is None:
            staff.told["place"] += 1
            return
        place = (str(name), str(octave))
        own = accidental(note)
        if own is not None:
            staff.altered[place] = own
        elif place in staff.altered and (self.rules.implied or note.tag == "nc"):
            own = staff.altered[place]
        elif self.rules.implied:
            own = staff.key.get(str(name), 0)
        sounding = plain + (own or 0) + staff.transposed
        if not 0 <= sounding <= 127:
            staff.told["range"] += 1
            return
        if self._room() < 1:
            return
        ties = note.get("tie", "") + around.get("tie", "") * (around is not note)
        identity = next((v for k, v in note.attrib.items() if k.endswith("}id")), "")
        staff.ids[identity] = len(staff.notes)
        marked = note.get("fermata") or around.get("fermata")
        found = ScoreNote(sounding, start, self.now, fermata=bool(marked))
        found = found._replace(
            tied_from=any(sign in ties for sign in "mt") or identity in staff.awaited,
            tied_to=any(sign in ties for sign in "im"),
        )
        staff.notes.append(found)

    def _room(self) -> int:
        """Return how many notes more are kept: one more than may be read, which is refused."""
        return max(0, MAX_NOTES + 1 - len(self.staff.notes))

    def _repeat(self) -> None:
        self.staff.notes += [
            note._replace(start=self.start + note.start, end=self.start + note.end, tied_from=False)
            for note in self.before[: self._room()]
        ]
        last = max((note.end for note in self.before), default=self.staff.bar_quarters)
        self.now = self.start + max(last, self.staff.bar_quarters)


def _ratio(element: ET.Element) -> Fraction:
    num, base = (number(element.get(name)) for name in ("num", "numbase"))
    if not num or not base or not (1 <= num <= 64 and 1 <= base <= 64):
        return Fraction(2, 3) if num == 3 and not base else Fraction(1)
    return Fraction(int(base), int(num))
