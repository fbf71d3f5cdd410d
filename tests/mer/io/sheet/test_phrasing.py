"""Slurs, dynamics and hairpins, as MusicXML says them."""

import xml.etree.ElementTree as ET

from mer.io.score.musicxml import score_of
from mer.io.sheet.phrasing import NO_PHRASING, Phrasing
from mer.io.sheet.sheet import Part, Sheet
from mer.notes.melody import Melody

TUNE = Melody(
    pitch=[60, 62, 64, 65, 67, 65],
    onset=[0, 480, 960, 1440, 1920, 2880],
    duration=[480] * 4 + [960] * 2,
)
PHRASING = Phrasing(
    slurs=((0, 1440), (1920, 2880)),
    dynamics=((0, "mf"),),
    hairpins=((0, 960, "crescendo"), (960, 1440, "diminuendo")),
)


def score(phrasing: Phrasing) -> ET.Element:
    return ET.fromstring(
        score_of(Sheet(parts=(Part(melody=TUNE),), phrasing=phrasing)).split(">", 2)[2]
    )


def test_nothing_is_said_unless_it_is_asked_for() -> None:
    text = score_of(Sheet(parts=(Part(melody=TUNE),)))
    assert NO_PHRASING.slur_signs() == {}
    assert not any(word in text for word in ("<slur", "<wedge", "<dynamics"))


def test_slurs_begin_and_end_at_their_notes() -> None:
    notes = list(score(PHRASING).iter("note"))
    said = [[slur.get("type") for slur in note.iter("slur")] for note in notes]
    assert said == [["start"], [], [], ["stop"], ["start"], ["stop"]]


def test_hairpins_stand_in_their_bars_and_end_before_the_next_begins() -> None:
    first, second = score(PHRASING).iter("measure")
    wedges = [
        (w.get("type"), d.findtext("offset"))
        for d in first.iter("direction")
        for w in d.iter("wedge")
    ]
    assert wedges == [
        ("crescendo", None),
        ("stop", "960"),
        ("diminuendo", "960"),
        ("stop", "1440"),
    ]
    assert first.find(".//dynamics/mf") is not None
    assert second.find(".//direction") is None
