"""What holds on a staff of MEI, and what was read of it; elements -> those that stand."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from mer.io.score.mei.signs import altered_letters, fifths, number, signed_meter
from mer.io.score.score_part import KeySign, ScoreNote, ScorePart, counted, ticks
from mer.notes.meter import Meter

_ONE_OF = {"app": ("lem", "rdg"), "choice": ("corr", "reg", "expan"), "subst": ("add",)}
_SAID = {
    "grace": ("dropped {}", "grace note"),
    "place": ("left out {} without a pitch", "note"),
    "range": ("left out {} outside the MIDI range 0 to 127", "note"),
    "span": ("left out {}: their notes last as they are written", "tuplet span"),
    "beats": ("left out {}", "repeated beat"),
}


@dataclass
class Staff:
    """A staff: its signatures, and what was read of it.

    Parameters
    ----------
    usual
        The value of notes that say none.
    transposed
        Semitones from what is written to what sounds.
    key, altered
        Semitones by letter, and by letter and octave within the bar.
    ids
        The number of each note by its id.
    awaited
        Ids of notes to which a tie leads that was read before them.
    bar
        The notes of the bar before by the number of their layer, from its barline.
    """

    name: str = ""
    usual: str = ""
    transposed: int = 0
    meter: tuple[int, int] | None = None
    key: dict[str, int] = field(default_factory=dict)
    altered: dict[tuple[str, str], int] = field(default_factory=dict)
    notes: list[ScoreNote] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)
    awaited: set[str] = field(default_factory=set)
    meters: list[tuple[int, tuple[int, int]]] = field(default_factory=list)
    keys: list[KeySign] = field(default_factory=list)
    bar: dict[str, list[ScoreNote]] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)

    @property
    def bar_quarters(self) -> Fraction:
        """Length of a bar; 4/4 is assumed where no metre is given."""
        meter = Meter.assumed(self.meter)
        return Fraction(4 * meter[0], meter[1])

    def fresh(self) -> Staff:
        """Return an empty staff with the same signatures."""
        signs = replace(self, key=dict(self.key), meters=list(self.meters), keys=list(self.keys))
        return replace(
            signs, altered={}, notes=[], ids={}, awaited=set(), bar={}, told=Counter(), name=""
        )

    def mark(self, identity: str, note: ScoreNote) -> None:
        """Put a note in the place of the one with this id."""
        self.notes[self.ids[identity]] = note

    def named(self, identity: str) -> ScoreNote | None:
        """Return the note with this id, if the staff has it."""
        return self.notes[self.ids[identity]] if identity in self.ids else None

    def part(self, starts: Sequence[Fraction], end: Fraction, remarks: Sequence[str]) -> ScorePart:
        """Return the staff as a part of a score whose bars begin at `starts`."""
        said = [
            how.format(counted(self.told[kind], noun))
            for kind, (how, noun) in _SAID.items()
            if self.told[kind]
        ]
        if self.told["mensural"]:
            said.append("read mensural values as halves of each other, as if none were perfect")
        return ScorePart(
            name=self.name,
            notes=self.notes,
            barlines=[ticks(start) for start in starts],
            end=ticks(end),
            meters=self.meters,
            keys=self.keys,
            remarks=[*remarks, *said],
        )


@dataclass
class Rules:
    """What holds for a whole file.

    Parameters
    ----------
    implied
        Whether accidentals hold until the barline, and signatures beyond it, because no note says
        how it sounds.
    notes, timed
        How many notes and chords were read, and how many of them have a value.
    """

    implied: bool
    notes: int = 0
    timed: int = 0


def take_signs(element: ET.Element, staves: Sequence[Staff], now: Fraction) -> None:
    """Take the signatures of a score or staff definition, or of a sign on a staff."""
    sign = element if element.tag == "meterSig" else element.find("meterSig")
    meter = None if element.tag == "meterSig" else _meter(element, "meter.")
    meter = meter or (None if sign is None else _meter(sign, ""))
    key = element if element.tag == "keySig" else element.find("keySig")
    count = fifths(element.get("key.sig") or element.get("keysig"))
    mode = element.get("key.mode", "")
    if key is not None:
        count = count if count is not None else fifths(key.get("sig"))
        mode = mode or key.get("mode", "")
    label = element.get("label") or element.findtext("label", "")
    shift = number(element.get("trans.semi"))
    for staff in staves:
        if label and element.tag == "staffDef":
            staff.name = " ".join(label.split())[:60]
        staff.usual = element.get("dur.default", staff.usual)
        if shift is not None and abs(shift) < 60:
            staff.transposed = int(shift)
        if meter:
            staff.meter = meter
            staff.meters.append((ticks(now), meter))
        if count is not None:
            staff.key = altered_letters(count)
            staff.keys.append(KeySign(ticks(now), count, mode))


def _meter(element: ET.Element, prefix: str) -> tuple[int, int] | None:
    return signed_meter(*(element.get(prefix + name) for name in ("count", "unit", "sym")))


def chosen(element: ET.Element) -> list[ET.Element]:
    """Return the children that stand: of several readings only the first, or the corrected one.

    Examples
    --------
    >>> written = ET.fromstring("<choice><sic><note/></sic><corr><rest/></corr></choice>")
    >>> [one.tag for one in chosen(written)]
    ['corr']
    """
    children = [child for child in element if child.tag not in ("del", "restore")]
    wanted = _ONE_OF.get(element.tag)
    if wanted is None:
        return children
    ranked = [child for tag in wanted for child in children if child.tag == tag]
    return [*ranked, *children][:1]
