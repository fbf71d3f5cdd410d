"""Tunebooks of `data/themes` -> what can be checked without another source: bars, key, steps.

Bars are summed from the text, by a reader of few signs that shares nothing with `mer.io.tunebook`.
A second reading of the openings, as steps of the scale (`themes_degrees.txt`), is compared with the
notes, interval by interval.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mer.io.tunebook.tunes import Convention, read_tune, split_tunebook
from mer.notes.melody import Melody
from mer.notes.names import pitch_name

ROOT = Path(__file__).resolve().parent.parent
BOOKS = ROOT / "data" / "themes"
DEGREES = ROOT / "benchmarks" / "themes_degrees.txt"
FIELDS = ("X", "T", "C", "S", "M", "L", "Q", "K")
RANGE = (43, 96)  # semitones: G2, where a cello suite begins, to C7
MOST_OUT_OF_KEY = 0.34
STEPS = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
STEPS["dorian"] = (0, 2, 3, 5, 7, 9, 10)
_SIGN = re.compile(r"(\(3)|([_=^]*[A-Ga-g][,']*|z)(\d*)(/?)(\d*)|([<>])|(\|\]?)|(-)|( )")


@dataclass(frozen=True)
class Theme:
    """One tune of a tunebook: the text and what mer reads of it."""

    group: str
    number: int
    title: str
    fields: dict[str, str]
    music: str
    melody: Melody


def themes() -> list[Theme]:
    """Return all themes, book by book."""
    found = []
    for path in sorted(BOOKS.glob("*.abc")):
        for tune in split_tunebook(path.read_text(encoding="utf-8")):
            lines = [line for line in tune.text.splitlines() if not line.startswith("%")]
            fields = {line[0]: line[2:].strip() for line in lines if line[1:2] == ":"}
            music = "\n".join(line for line in lines if line.strip() and line[1:2] != ":")
            reading = read_tune(tune, convention=Convention(marks="lines"))
            assert reading.melody is not None, (path.name, tune.title, reading.problem)
            assert not reading.mended, (path.name, tune.title, reading.mended)
            melody = reading.melody
            found.append(Theme(path.stem, tune.number, tune.title, fields, music, melody))
    return found


def bar_lengths(music: str, unit: Fraction) -> list[Fraction]:
    """Return the length of each bar in whole notes, summed from the text.

    Examples
    --------
    >>> bar_lengths("A2|B>c (3ddd|e4|", Fraction(1, 8))
    [Fraction(1, 4), Fraction(1, 2), Fraction(1, 2)]
    """
    bars, lengths, triplet = [], list[Fraction](), 0
    factor = Fraction(1)
    place = 0
    text = music.replace("\n", "")
    while place < len(text):
        sign = _SIGN.match(text, place)
        if sign is None:
            raise ValueError(f"{text[place : place + 10]!r} is not understood")
        place = sign.end()
        if sign[1]:
            triplet = 3
        elif sign[2]:
            length = Fraction(int(sign[3] or 1))
            length /= int(sign[5] or 2) if sign[4] else 1
            length *= factor * (Fraction(2, 3) if triplet else 1)
            factor, triplet = Fraction(1), max(0, triplet - 1)
            lengths.append(length * unit)
        elif sign[6]:
            long, short = Fraction(3, 2), Fraction(1, 2)
            lengths[-1] *= long if sign[6] == ">" else short
            factor = short if sign[6] == ">" else long
        elif sign[7]:
            bars.append(sum(lengths, Fraction(0)))
            lengths = []
    return [*bars, sum(lengths, Fraction(0))] if lengths else bars


def complaints(theme: Theme) -> Iterator[str]:
    """Yield what is odd about a theme, one sentence each."""
    missing = [name for name in FIELDS if not theme.fields.get(name)]
    if missing:
        yield f"has no field {', '.join(missing)}"
    full = Fraction(theme.fields["M"])
    bars = bar_lengths(theme.music, Fraction(theme.fields["L"]))
    inner = bars[1:-1] if bars[0] < full else bars[:-1]
    wrong = [number for number, bar in enumerate(inner) if bar != full]
    if wrong:
        first = len(bars) - 1 - len(inner)
        told = ", ".join(f"{n + first + 1} ({inner[n]})" for n in wrong)
        yield f"bars {told} are not {full}"
    last, lead = bars[-1], bars[0] if bars[0] < full else Fraction(0)
    if last not in (full, full - lead) and last > full:
        yield f"the last bar is {last}"
    low, high = int(theme.melody.pitch.min()), int(theme.melody.pitch.max())
    if low < RANGE[0] or high > RANGE[1]:
        yield f"goes from {pitch_name(low)} to {pitch_name(high)}"
    key = theme.melody.key
    if key is None:
        yield "has no key"
        return
    steps = STEPS[key.mode]
    foreign = sum((int(pitch) - key.tonic) % 12 not in steps for pitch in theme.melody.pitch)
    out = foreign / len(theme.melody)
    if out > MOST_OUT_OF_KEY:
        yield f"{out:.0%} of the notes are not in {key}"
    if len(theme.melody) < 8:
        yield f"has {len(theme.melody)} notes"


def second_reading() -> dict[str, str]:
    """Return the steps of `themes_degrees.txt` by title."""
    lines = DEGREES.read_text(encoding="utf-8").splitlines()
    return dict(line.rsplit(": ", 1) for line in lines if line and not line.startswith("#"))


def semitones(steps: str, mode: str) -> list[int]:
    """Return the pitches above the tonic of steps such as ``5, 1 #7``.

    Examples
    --------
    >>> semitones("5, 1 3 #7 1'", "minor")
    [-5, 0, 3, 11, 12]
    """
    scale = STEPS[mode]
    found = []
    for sign in steps.split():
        digit = int(re.sub(r"[^1-7]", "", sign))
        octave = sign.count("'") - sign.count(",")
        found.append(scale[digit - 1] + 12 * octave + sign.count("#") - sign.count("b"))
    return found


def disagreement(theme: Theme, steps: str) -> str:
    """Return where the second reading departs from the notes, or nothing."""
    assert theme.melody.key is not None
    told = semitones(steps, theme.melody.key.mode)
    notes = theme.melody.pitch[: len(told)].tolist()
    if len(notes) < len(told):
        return f"{len(told)} notes told, {len(notes)} there"
    ours = [b - a for a, b in pairwise(notes)]
    theirs = [b - a for a, b in pairwise(told)]
    wrong = [place for place in range(len(ours)) if ours[place] != theirs[place]]
    if not wrong:
        return ""
    at = wrong[0]
    return (
        f"note {at + 2}: {pitch_name(notes[at])} {ours[at]:+d} in the book, "
        f"{theirs[at]:+d} in the second reading ({len(wrong)} intervals differ)"
    )
