"""Chorale melodies without marks -> the same with key and fermatas, from the scores in music21.

The set of 185 chorales that is used for prediction holds pitches, onsets and durations only. The
scores that music21 brings hold the key signature, with its mode, and the fermatas. The soprano of
each is laid beside the melody of the same number in Schmieder's catalogue; where a note of the
melody has no partner, as in a repeat that one of the two writes out, it has no fermata.
"""

from __future__ import annotations

import difflib
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

from mer.evaluation.labelled import Labelled
from mer.notes.key import Key
from mer.notes.melody import Melody

STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@dataclass(frozen=True)
class Soprano:
    """Pitches of the notes of a first part, ties merged; which bear a fermata; and the key."""

    pitch: tuple[int, ...]
    fermata: tuple[bool, ...]
    key: Key


def folder() -> Path:
    """Return the folder of the chorales in the installed music21."""
    spec = find_spec("music21")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("music21 is not installed: python3 setup_env.py --dev")
    return Path(spec.origin).parent / "corpus" / "bach"


def soprano(score: str) -> Soprano:
    """Return the first part of a MusicXML score.

    Examples
    --------
    >>> note = "<note><pitch><step>{}</step><octave>4</octave></pitch>{}</note>"
    >>> rest = "<note><rest/></note>"
    >>> end = "<notations><fermata/></notations>"
    >>> found = soprano("<score-partwise><part><measure><attributes><key><fifths>1</fifths>"
    ...     + "<mode>minor</mode></key></attributes>" + note.format("E", "") + rest
    ...     + note.format("B", end) + "</measure></part></score-partwise>")
    >>> found.pitch, found.fermata, found.key.tonic, found.key.mode
    ((64, 71), (False, True), 4, 'minor')
    """
    part = ElementTree.fromstring(score).find("part")
    assert part is not None
    pitches: list[int] = []
    fermatas: list[bool] = []
    for note in part.iter("note"):
        pitch = note.find("pitch")
        if pitch is None or note.find("chord") is not None:
            continue
        alter = int(float(pitch.findtext("alter") or 0))
        number = 12 * (int(pitch.findtext("octave") or 0) + 1) + alter
        number += STEPS[pitch.findtext("step") or "C"]
        marked = note.find("notations/fermata") is not None
        if any(tie.get("type") == "stop" for tie in note.findall("tie")) and pitches:
            fermatas[-1] |= marked
            continue
        pitches.append(number)
        fermatas.append(marked)
    fifths = int(part.findtext(".//key/fifths") or 0)
    mode = part.findtext(".//key/mode") or "major"
    tonic = (7 * fifths + (9 if mode == "minor" else 0)) % 12
    return Soprano(
        tuple(pitches), tuple(fermatas), Key(tonic, "minor" if mode == "minor" else "major")
    )


def marked(melody: Melody, score: Soprano) -> Melody:
    """Return the melody with the key of the score, and a phrase after each fermata.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 64, 65], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> marked(tune, Soprano((60, 62, 64), (False, True, False), Key(0))).phrase_starts
    (0, 2)
    """
    own, other = melody.pitch.tolist(), list(score.pitch)
    ways = {
        move: difflib.SequenceMatcher(None, own, [pitch + move for pitch in other], False)
        for move in sorted({0, own[0] - other[0]} if other else {0})
    }
    move, match = max(ways.items(), key=lambda way: way[1].ratio())
    starts = {0}
    for block in match.get_matching_blocks():
        for place in range(block.size):
            if score.fermata[block.b + place] and block.a + place + 1 < len(melody):
                starts.add(block.a + place + 1)
    key = Key((score.key.tonic + move) % 12, score.key.mode)
    return replace(melody, key=key, phrase_starts=tuple(sorted(starts)))


def with_marks(melodies: Sequence[Labelled], scores: Path | None = None) -> list[Melody]:
    """Return the melodies with the marks of the scores of their numbers, where there are any."""
    place, found = scores or folder(), []
    for item in melodies:
        number = re.search(r"bwv\d+", item.id)
        path = place / f"{number.group()}.mxl" if number else place
        if path.suffix != ".mxl" or not path.exists():
            found.append(item.melody)
            continue
        with zipfile.ZipFile(path) as packed:
            name = next(n for n in packed.namelist() if not n.startswith("META"))
            found.append(marked(item.melody, soprano(packed.read(name).decode())))
    return found
