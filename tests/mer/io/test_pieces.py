"""Ten pieces in each notation: read as they were written down by hand, and as others read them."""

import json
import re
import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path

import pytest

from mer.io import read_melody
from mer.io.reading import NO_RHYTHM
from mer.notes.melody import TICKS_PER_QUARTER
from mer.notes.names import note_number

FOLDER = Path(__file__).parent / "pieces"
WANTED = json.loads((FOLDER / "pieces.json").read_text())
KINDS = ("pae", "mei", "gabc", "volpiano")
FILES = sorted(path for kind in KINDS for path in (FOLDER / kind).iterdir())
STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}


def named(path):
    return f"{path.stem}{path.suffix}"


def wanted(path):
    """Pitch and quarters of each note, as they stand in pieces.json."""
    higher = 12 * (path.suffix == ".volpiano")
    words = [word.partition(":") for word in WANTED[path.stem].split()]
    return [(note_number(name) + higher, Fraction(length or 1)) for name, _, length in words]


def read(path):
    melody = read_melody(path).melody
    columns = zip(melody.pitch.tolist(), melody.duration.tolist(), strict=True)
    return [(pitch, Fraction(length, TICKS_PER_QUARTER)) for pitch, length in columns]


def test_there_are_ten_of_each():
    assert [len(list((FOLDER / kind).iterdir())) for kind in KINDS] == [10] * 4


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_piece_is_read_as_it_is_written_down(path):
    assert read(path) == wanted(path)


@pytest.mark.parametrize("path", FILES, ids=named)
def test_chant_has_no_rhythm_and_songs_have(path):
    reading = read_melody(path)
    chant = path.suffix in (".gabc", ".volpiano")
    assert reading.melody.rhythm_known is not chant
    assert (NO_RHYTHM in reading.remarks) is chant
    assert (reading.melody.meter is None) is chant


@pytest.mark.parametrize("path", [p for p in FILES if p.suffix == ".volpiano"], ids=named)
def test_music21_reads_the_same_volpiano(path):
    from music21 import volpiano

    part = volpiano.toPart(path.read_text().strip())
    assert [note.pitch.midi for note in part.recurse().notes] == [pitch for pitch, _ in read(path)]


def test_music21_reads_the_same_mei():
    from music21.mei import MeiToM21Converter

    # Of what it reads well: no readings beside each other, no chord, accidentals that are said.
    for name in ("old-hundredth", "frere-jacques", "jesu-bleibet"):
        path = FOLDER / "mei" / f"{name}.mei"
        score = MeiToM21Converter(path.read_text()).run()
        found = [note.pitch.midi for note in score.parts[0].recurse().notes]
        assert found == [pitch for pitch, _ in read(path)]


def by_verovio(path):
    """Pitches that verovio reads, from the MEI that it writes; ties and grace notes are apart."""
    verovio = pytest.importorskip("verovio")
    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit(False)
    toolkit.setResourcePath(str(Path(verovio.__file__).parent / "data"))
    toolkit.setOptions({"inputFrom": path.suffix[1:]})
    text = path.read_text()
    if path.suffix == ".gabc":  # verovio reads no header
        text = re.sub(r"[^\x00-\x7f]", "e", text.partition("%%\n")[2])
    assert toolkit.loadData(text)
    root = ET.fromstring(toolkit.getMEI({"removeIds": False}))
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    identity = "{http://www.w3.org/XML/1998/namespace}id"
    tied = {tie.get("endid", "").lstrip("#") for tie in root.iter("tie")}
    grace = {id(note) for group in root.iter("graceGrp") for note in group}
    found = []
    for element in root.iter():
        if element.tag not in ("note", "nc") or id(element) in grace:
            continue
        if element.get("grace") or element.get(identity) in tied:
            continue
        accids = [element, *element.findall("accid")]
        sign = next((a.get(k) for k in ("accid.ges", "accid") for a in accids if a.get(k)), "n")
        pitch = 12 * (int(element.get("oct")) + 1) + STEPS[element.get("pname")]
        found.append(pitch + {"s": 1, "f": -1, "n": 0}[sign])
    return found


# verovio writes the flats of chant beside the notes, and does not carry them.
SOFT = ("rorate-caeli.gabc", "regina-caeli.gabc")
IMPLIED = ("ode-to-joy.mei", "stille-nacht.mei", "greensleeves.mei")
# Both readings of a variant, and all notes of a chord.
SEVERAL = ("ah-vous-dirai-je.mei", "au-clair-de-la-lune.mei")


@pytest.mark.parametrize("path", [p for p in FILES if p.suffix != ".volpiano"], ids=named)
def test_verovio_reads_the_same(path):
    if path.name in (*SOFT, *IMPLIED, *SEVERAL):
        pytest.skip("verovio leaves this to who reads its MEI")
    assert by_verovio(path) == [pitch for pitch, _ in wanted(path)]
