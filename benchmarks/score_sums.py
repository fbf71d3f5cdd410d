"""Parts that two readers hear differently -> whether mer's reading is what the durations add up to.

    python benchmarks/score_readers.py --list differences.txt
    python benchmarks/score_sums.py differences.txt

The plainest reading of a MusicXML part is made here without any of mer's reader: notes one after
another by their `<duration>`, chords by their highest note, ties joined, graces, cues and hidden
notes left out. What it cannot know is how long a bar is that the parts fill differently, so it
tries three answers: each part by itself (own), the fullest part (most), the emptiest that is not
empty (least). The table says for each score by which of these mer's reading comes out to the tick.
"""

from __future__ import annotations

import argparse
import re
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.score_readers import QUARTER, Notes, corpus, mer_reading, same, text_of
from mer.io.voices import Voice, skyline

STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_LISTED = re.compile(r"^(?P<score>.*), part (?P<part>\d+): ")


class Sign(NamedTuple):
    """A note of a bar, in ticks from its barline; and whether a tie joins it to one before."""

    pitch: int
    onset: float
    duration: float
    continues: bool


class Bar(NamedTuple):
    """A bar of one part: its notes, and what they and the rests add up to in ticks."""

    signs: list[Sign]
    length: float


def bars_of(part: ET.Element) -> list[Bar]:
    """Return the bars of a part."""
    divisions, found = 1, []
    for measure in part.findall("measure"):
        divisions = int(measure.findtext("attributes/divisions") or divisions)
        at = begun = longest = 0.0
        signs = []
        for element in measure:
            spent = int(element.findtext("duration") or 0) * QUARTER / divisions
            if element.tag == "backup":
                at -= spent
            elif element.tag == "forward":
                at += spent
            elif element.tag == "note" and element.find("grace") is None:
                begun = begun if element.find("chord") is not None else at
                at = begun + spent
                pitch = element.find("pitch")
                hidden = element.get("print-object") == "no" or element.find("cue") is not None
                if pitch is not None and not hidden:
                    tied = any(tie.get("type") == "stop" for tie in element.findall("tie"))
                    signs.append(Sign(number_of(pitch), begun, spent, tied))
            longest = max(longest, at)
        found.append(Bar(signs, longest))
    return found


def number_of(pitch: ET.Element) -> int:
    """Return the MIDI number of a written pitch."""
    octave = int(pitch.findtext("octave") or 4)
    step = STEPS[pitch.findtext("step") or "C"]
    return round(12 * (octave + 1) + step + float(pitch.findtext("alter") or 0))


def laid_out(bars: list[Bar], lengths: list[float]) -> Notes:
    """Return the notes of a part, its bars one after another, from the first note on."""
    start, notes = 0.0, []
    last: dict[int, list[float]] = {}
    for bar, length in zip(bars, lengths, strict=False):
        for sign in bar.signs:
            onset = start + sign.onset
            before = last.get(sign.pitch)
            if sign.continues and before is not None and abs(before[1] + before[2] - onset) <= 1:
                before[2] += sign.duration
            else:
                last[sign.pitch] = [sign.pitch, onset, sign.duration]
                notes.append(last[sign.pitch])
        start += length
    columns = np.round(np.array(notes)).astype(np.int64)
    line = skyline(Voice("", columns[:, 0], columns[:, 1], columns[:, 2]))
    rows: Notes = np.column_stack([line.pitch, line.onset - line.onset[0], line.duration]).tolist()
    return rows


def agreeing(path: Path, parts: list[int]) -> dict[int, list[str]]:
    """Return, for each part, by which lengths of bars the durations add up to mer's reading."""
    score = ET.fromstring(re.sub(r"<!DOCTYPE.*?>", "", text_of(path), flags=re.DOTALL))
    every = [bars_of(part) for part in score.findall("part")]
    ours = mer_reading(path)
    if isinstance(ours, str):
        return {part: [] for part in parts}
    sums = [[bar.length for bar in bars] for bars in every]
    shortest = min(len(one) for one in sums)
    most = [max(one[bar] for one in sums) for bar in range(shortest)]
    least = [min([one[bar] for one in sums if one[bar]] or [0.0]) for bar in range(shortest)]
    found: dict[int, list[str]] = {}
    for part in parts:
        found[part] = []
        if not 1 <= part <= min(len(every), len(ours)):
            continue  # a part on two staves is two to verovio
        for name, lengths in (("own", sums[part - 1]), ("most", most), ("least", least)):
            if not same(laid_out(every[part - 1], lengths), ours[part - 1]):
                found[part].append(name)
    return found


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("differences", type=Path, help="what score_readers.py --list wrote")
    options = parser.parse_args()
    listed: dict[str, list[int]] = {}
    for line in options.differences.read_text().splitlines():
        told = _LISTED.match(line)
        if told is not None and not told["score"].endswith(".krn"):
            listed.setdefault(told["score"], []).append(int(told["part"]))
    print("| score | parts | own | most | least | by none |\n|---|---|---|---|---|---|")
    total: Counter[str] = Counter()
    for score, parts in listed.items():
        found = agreeing(corpus() / score, parts)
        counts = Counter(name for names in found.values() for name in names)
        counts["none"] = sum(not names for names in found.values())
        total += counts + Counter(parts=len(parts))
        cells = [counts[name] for name in ("own", "most", "least", "none")]
        print(f"| {score} | {len(parts)} | {' | '.join(map(str, cells))} |", flush=True)
    cells = [total[name] for name in ("parts", "own", "most", "least", "none")]
    print(f"| together | {' | '.join(map(str, cells))} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
