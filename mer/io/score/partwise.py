"""Text of a MusicXML score, partwise or timewise -> its parts.

Time is counted as the format says: each note moves on by its duration, `<backup>` and `<forward>`
move alone, the notes of a chord begin with its first. A bar lasts as long as its longest part, so
that barlines meet; a bar with nothing in it lasts as its metre says.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from mer.errors import InputError
from mer.io.score.measure import MeasureReader, ReadMeasure, number, written_quarters
from mer.io.score.score_part import KeySign, ScorePart, counted, ticks

_Column = list[ET.Element | None]


def musicxml_parts(text: str) -> tuple[list[ScorePart], str]:
    """Return the parts of a MusicXML score, a part for each staff, and the title.

    Raises
    ------
    InputError
        If the text is no well-formed XML, or a note has a pitch that does not exist.

    Examples
    --------
    >>> note = "<note><pitch><step>A</step><octave>4</octave></pitch><duration>1</duration></note>"
    >>> bar = f"<part id='P'><measure>{note}</measure></part>"
    >>> parts, title = musicxml_parts(f"<score-partwise>{bar}</score-partwise>")
    >>> parts[0].notes[0].pitch
    69
    """
    try:
        root = ET.fromstring(text)
    except ET.ParseError as error:
        raise InputError(f"cannot be read as MusicXML; ParseError: {error}") from error
    if root.tag.startswith("{"):
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
    columns = _columns(root)
    names = {
        part.get("id", ""): " ".join(part.findtext("part-name", "").split())
        for part in root.iter("score-part")
    }
    divisions = _divisions(list(columns.values()))
    read = [_measures(column, *divisions[place]) for place, column in enumerate(columns.values())]
    starts = _starts(read)
    parts = [
        part
        for name, (measures, remarks) in zip(columns, read, strict=True)
        for part in _staves(names.get(name.split("\n")[0], ""), measures, starts, remarks)
    ]
    title = root.findtext(".//work-title", "") or root.findtext(".//movement-title", "")
    return parts, title


def _columns(root: ET.Element) -> dict[str, _Column]:
    """Return the measures of each part by its id, None where a timewise score leaves one out."""
    columns: dict[str, _Column] = {}
    tags = ("score-partwise", "score-timewise")
    root = next((found for tag in tags for found in root.iter(tag)), root)
    if root.tag != "score-timewise":
        for place, part in enumerate(root.findall("part")):
            columns[f"{part.get('id', '')}\n{place}"] = list(part.findall("measure"))
        return columns
    for place, measure in enumerate(root.findall("measure")):
        for part in measure.findall("part"):
            column = columns.setdefault(f"{part.get('id', '')}\n", [])
            column += [None] * (place - len(column))
            column.append(part)
    return columns


def _divisions(columns: Sequence[_Column]) -> list[tuple[Fraction, str]]:
    """Return the divisions of a quarter with which each part begins, and a remark.

    Where a part does not say them, the signs of its notes do; or else the other parts, if its
    fullest bar then lasts as the metre says; or else a division is a quarter.
    """
    said = [
        next(
            (
                found
                for measure in column
                if measure is not None
                for element in measure.iter("divisions")
                if (found := number(element.text)) and found > 0
            ),
            None,
        )
        for column in columns
    ]
    others = next((found for found in said if found), None)
    result = []
    for column, found in zip(columns, said, strict=True):
        if found:
            result.append((found, ""))
            continue
        guess = _from_signs(column) or (others if others and _fits(column, others) else None)
        guess = guess or Fraction(1)
        result.append((guess, f"took {guess} <divisions> for a quarter, which the part leaves out"))
    return result


def _from_signs(column: _Column) -> Fraction | None:
    """Return the divisions with which most durations are the lengths of their signs."""
    votes: Counter[Fraction] = Counter()
    for measure in column:
        for note in () if measure is None else measure.iter("note"):
            length = number(note.findtext("duration"))
            written = written_quarters(note)
            if length and length > 0 and written:
                votes[length / written] += 1
    return votes.most_common(1)[0][0] if votes else None


def _fits(column: _Column, divisions: Fraction) -> bool:
    """Return whether the longest bar lasts as the metre says, if this many divisions are one."""
    measures, _ = _measures(column, divisions, "")
    longest = max(measures, key=lambda measure: measure.furthest, default=None)
    return longest is not None and longest.furthest == longest.nominal


def _measures(
    column: _Column, divisions: Fraction, remark: str
) -> tuple[list[ReadMeasure], list[str]]:
    reader = MeasureReader(divisions)
    measures = [reader.read(element) for element in column]
    return measures, [remark] if remark else []


def _starts(read: Sequence[tuple[list[ReadMeasure], list[str]]]) -> list[Fraction]:
    """Return the quarter at which each bar begins, and at which the last one ends."""
    starts = [Fraction(0)]
    for place in range(max((len(measures) for measures, _ in read), default=0)):
        here = [measures[place] for measures, _ in read if place < len(measures)]
        longest = max(measure.furthest for measure in here)
        starts.append(starts[-1] + (longest or max(measure.nominal for measure in here)))
    return starts


def _staves(
    name: str, measures: list[ReadMeasure], starts: list[Fraction], remarks: list[str]
) -> Iterator[ScorePart]:
    """Yield a part for each of its staves, with the signs of the part."""
    shared = ScorePart(
        barlines=[ticks(start) for start in starts[: len(measures)]],
        end=ticks(starts[len(measures)]),
    )
    for measure, start in zip(measures, starts, strict=False):
        shared.meters += [(ticks(start + at), meter) for at, meter in measure.meters]
        shared.keys += [KeySign(ticks(start + at), *key) for at, key in measure.keys]
        shared.tempos += measure.tempos
        shared.chords += [(ticks(start + at), name) for at, name in measure.chords]
    held = sorted({staff for measure in measures for staff, _ in measure.notes}) or [1]
    for staff in held:
        left_out: Counter[str] = Counter()
        for measure in measures:
            left_out.update({w: n for (s, w), n in measure.left_out.items() if s == staff})
        yield replace(
            shared,
            name=name if staff == held[0] or not name else f"{name}, staff {staff}",
            notes=[
                note._replace(start=start + note.start, end=start + note.end)
                for measure, start in zip(measures, starts, strict=False)
                for on, note in measure.notes
                if on == staff
            ],
            remarks=[*remarks, *_sentences(left_out)],
        )


def _sentences(left_out: Counter[str]) -> Iterator[str]:
    """Yield what was left out or mended, most usual first."""
    for what, (before, noun, after) in _REMARKS.items():
        if left_out[what]:
            yield before + counted(left_out[what], noun) + after


_REMARKS = {
    "grace": ("dropped ", "grace note", ""),
    "cue": ("left out ", "cue note", ", which no one plays"),
    "hidden": ("left out ", "hidden note", " under printed ones"),
    "unpitched": ("left out ", "note", " without pitch"),
    "range": ("left out ", "note", " outside the MIDI range 0 to 127"),
    "length": ("took the length of ", "note", " from the sign, because there is no duration"),
}
