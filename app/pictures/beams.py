"""MusicXML of one voice -> the same with beams: short notes of one beat hang together.

A score is read without beams as well, and our files have none; a picture of it needs them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

# The text is our own: `mer.io.score.musicxml` has written it.
from xml.etree import ElementTree

_LEVELS = {"eighth": 1, "16th": 2, "32nd": 3, "64th": 4}


def with_beams(score: str) -> str:
    """Return a score, as `mer.io.score.musicxml` writes it, with beams.

    Examples
    --------
    >>> from mer.io.score.musicxml import musicxml
    >>> from mer.notes.melody import Melody
    >>> four = Melody(pitch=[60, 62, 64, 65], onset=[0, 240, 480, 720], duration=[240] * 4)
    >>> text = with_beams(musicxml(four))
    >>> text.count(">begin</beam>"), text.count(">end</beam>")
    (2, 2)
    """
    root = ElementTree.fromstring(score)
    for part in root.iter("part"):
        divisions, beat = 480, 480
        for measure in part.iter("measure"):
            divisions = int(measure.findtext("attributes/divisions") or divisions)
            beats = measure.findtext("attributes/time/beats")
            kind = measure.findtext("attributes/time/beat-type")
            if beats and kind:
                compound = int(beats) % 3 == 0 and int(kind) >= 8
                beat = divisions * 4 // int(kind) * (3 if compound else 1)
                beat = max(beat, divisions)
            for group in _groups(measure, beat):
                _beam(group)
    return ElementTree.tostring(root, encoding="unicode")


def _groups(measure: ElementTree.Element, beat: int) -> Iterator[list[ElementTree.Element]]:
    """Yield the successive short notes of each beat; a rest or a longer note divides them."""
    # A pick-up is counted back from the barline.
    notes = [(n, int(n.findtext("duration") or 0)) for n in measure.iter("note")]
    now = 0
    if measure.get("implicit") == "yes":
        now = -sum(length for _, length in notes) % beat
    placed = []
    for note, length in notes:
        short = note.find("rest") is None and note.findtext("type") in _LEVELS
        placed.append((note, now // beat if short else -1))
        now += length
    for number, group in groupby(placed, key=lambda one: one[1]):
        found = [note for note, _ in group]
        if number >= 0 and len(found) > 1:
            yield found


def _beam(group: Sequence[ElementTree.Element]) -> None:
    levels = [_LEVELS[note.findtext("type") or ""] for note in group]
    for level in range(1, max(levels) + 1):
        for place, own in enumerate(levels):
            if own < level:
                continue
            before = place > 0 and levels[place - 1] >= level
            after = place + 1 < len(levels) and levels[place + 1] >= level
            hook = "forward hook" if place == 0 else "backward hook"
            words = {(True, True): "continue", (False, True): "begin", (True, False): "end"}
            beam = ElementTree.Element("beam", number=str(level))
            beam.text = words.get((before, after), hook)
            _insert(group[place], beam)


def _insert(note: ElementTree.Element, beam: ElementTree.Element) -> None:
    """Put a beam where the format wants it: before the notations."""
    place = next((n for n, child in enumerate(note) if child.tag == "notations"), len(note))
    note.insert(place, beam)
