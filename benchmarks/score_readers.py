"""The scores that music21 carries -> how often a second reader, verovio, hears the same notes.

    python benchmarks/score_readers.py [--palestrina 100] [--others 250] [--list FILE]

Each score is read by mer and by verovio, and part is compared with part, note by note: pitch, onset
and duration in ticks from the first note, tied notes as one, no grace notes, repeats as written, of
a chord the highest note. The chorales are all files `bach/bwv*` in MusicXML that music21 carries;
kern, all files but for a sample of those by Palestrina; other MusicXML, a sample of what is shorter
than 100,000 bytes. verovio reads in a process of its own, which may die without harm; a score that
takes it more than `LIMIT_SEC` of the processor counts as refused by it. The table is that of
docs/experiments/score-readers.md; `--list` writes each part that differs, with the first note that
does: pitch, onset and duration as verovio and as mer have them.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib.util import find_spec
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from mer.errors import InputError
from mer.io.score.kern import kern_parts
from mer.io.score.partwise import musicxml_parts
from mer.io.score.score_part import ScorePart, reading_of_parts
from mer.io.score.xml_text import musicxml_text

Notes = list[list[int]]
Reading = list[Notes] | str  # the notes of each part, or why the file is refused
QUARTER = 480
LIMIT_SEC = 60
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
MEI = "{http://www.music-encoding.org/ns/mei}"


class Compared(NamedTuple):
    """A score: how many parts and notes were compared, and how parts differ, by number from 1.

    `delayed` are the parts where a note of verovio's may begin later and end at the same time,
    which is what it does to a note with grace notes before it, and nothing else differs.
    """

    parts: int
    notes: int
    delayed: dict[int, str]
    differing: dict[int, str]


def corpus() -> Path:
    """Return the folder of scores inside music21, which is not imported."""
    spec = find_spec("music21")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "corpus"


def chosen(palestrina: int, others: int) -> dict[str, list[Path]]:
    """Return scores by kind: the chorales, the kern files, and a sample of the other MusicXML."""
    root = corpus()
    scores = sorted(
        path for ending in ("mxl", "xml", "musicxml") for path in root.rglob(f"*.{ending}")
    )
    chorales = [path for path in scores if path.match("bach/bwv*")]
    small = [path for path in scores if path.stat().st_size < 100_000]
    rest = [path for path in small if path not in set(chorales)]
    kern = sorted(path for path in root.rglob("*.krn") if "palestrina" not in path.parts)
    masses = sorted((root / "palestrina").glob("*.krn"))
    draw = random.Random(1)
    return {
        "chorales": chorales,
        "kern": kern,
        "kern, Palestrina": sorted(draw.sample(masses, min(palestrina, len(masses)))),
        "other MusicXML": sorted(draw.sample(rest, min(others, len(rest)))),
    }


def mer_reading(path: Path) -> Reading:
    """Return the notes of each part as mer reads them, or why it refuses."""
    found: list[Notes] = []
    try:
        parts, _ = kern_parts(text_of(path)) if path.suffix == ".krn" else _xml_parts(path)
        for number in range(1, len(parts) + 1):
            melody = reading_of_parts(parts, track=number).melody
            found.append(np.column_stack([melody.pitch, melody.onset, melody.duration]).tolist())
    except InputError as error:  # past the last part that has notes, too
        return found or f"refused: {error}"
    return found


def _xml_parts(path: Path) -> tuple[list[ScorePart], str]:
    return musicxml_parts(musicxml_text(path.read_bytes()))


def verovio_reading(path: Path, parts: int = 100) -> Reading:
    """Return the notes of each staff that has some as verovio plays them."""
    import verovio

    from mer.io.voices import Voice, skyline

    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    toolkit.setOptions({"expandNever": True})
    if not toolkit.loadData(text_of(path)):
        return "refused"
    times: dict[str, list[float]] = {}
    for moment in toolkit.renderToTimemap():
        for name in moment.get("on", ()):
            times[name] = [moment["qstamp"]]
        for name in moment.get("off", ()):
            times.get(name, []).append(moment["qstamp"])
    score = ET.fromstring(toolkit.getMEI().encode("utf-8", "replace"))
    staves: dict[int, list[tuple[int, int, int]]] = {}
    for number, names in sounding(score):
        known = [name for name in names if name in times]
        if not known:
            continue
        pitch = toolkit.getMIDIValuesForElement(known[0])["pitch"]
        begin = round(times[known[0]][0] * QUARTER)
        end = round(max(times[name][-1] for name in known) * QUARTER)
        if end > begin:
            staves.setdefault(number, []).append((pitch, begin, end - begin))
    found: list[Notes] = []
    for _, spans in sorted(staves.items())[:parts]:
        columns = np.array(spans, dtype=np.int64)
        line = skyline(Voice("", columns[:, 0], columns[:, 1], columns[:, 2]))
        rows = np.column_stack([line.pitch, line.onset - line.onset[0], line.duration])
        found.append(rows.tolist())
    return found or "holds no notes"


def text_of(path: Path) -> str:
    """Return the text of a score, unpacked if it is in a zip file."""
    content = path.read_bytes()
    return content.decode("latin-1") if path.suffix == ".krn" else musicxml_text(content)


def sounding(score: ET.Element) -> Iterator[tuple[int, list[str]]]:
    """Yield the staff and the names of the signs of each note, tied ones together, no graces."""
    after = {
        tie.get("startid", "")[1:]: tie.get("endid", "")[1:] for tie in score.iter(f"{MEI}tie")
    }
    tied = set(after.values())
    for staff in score.iter(f"{MEI}staff"):
        graces = {
            note
            for element in staff.iter()
            if element.get("grace") or element.tag == f"{MEI}graceGrp"
            for note in element.iter(f"{MEI}note")
        }
        for note in staff.iter(f"{MEI}note"):
            names = [note.get(XML_ID, "")]
            if note in graces or names[0] in tied or note.get("cue") == "true":
                continue
            while names[-1] in after and after[names[-1]] not in names:
                names.append(after[names[-1]])
            yield int(staff.get("n", "1")), names


class Verovio:
    """verovio in a process of its own, begun anew when it dies."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(max_workers=1)

    def read(self, path: Path) -> Reading:
        """Return the notes of each staff, or why there are none."""
        try:
            return self._pool.submit(_within_limit, path).result()
        except BrokenProcessPool:
            self._pool = ProcessPoolExecutor(max_workers=1)
            return "verovio dies or hangs"
        except Exception as error:  # what it writes may be no XML, say
            return f"verovio fails: {type(error).__name__}: {error}"

    def end(self) -> None:
        """Let the process end."""
        self._pool.shutdown()


def _within_limit(path: Path) -> Reading:
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)  # where verovio hangs, the process dies
    signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT_SEC)
    found = verovio_reading(path)
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return found


def same(first: Notes | None, second: Notes | None, *, delays: bool = False) -> str:
    """Return "" if two readings are equal to a tick, or how they first differ.

    With `delays`, a note of the first may begin later if it ends at the same time.
    """
    if first is None or second is None:
        return f"the part is missing in {'verovio' if first is None else 'mer'}"
    for place, (a, b) in enumerate(zip_longest(first, second)):
        alike = a is not None and b is not None and a[0] == b[0]
        alike = alike and abs(a[1] + a[2] - b[1] - b[2]) <= 1
        if not alike or (abs(a[1] - b[1]) > 1 and not (delays and a[1] > b[1])):
            return f"note {place}: {a} | {b} ({len(first)} and {len(second)} notes)"
    return ""


def compared(theirs: Reading, ours: Reading) -> Compared:
    """Return how two readings of a score differ."""
    if isinstance(theirs, str) or isinstance(ours, str):
        alike = isinstance(theirs, str) and isinstance(ours, str)
        told = f"{theirs if isinstance(theirs, str) else 'read'} | "
        told += ours if isinstance(ours, str) else "read"
        return Compared(1, 0, {}, {} if alike else {0: told})
    delayed, differing = {}, {}
    pairs = list(zip_longest(theirs, ours))
    for part, (first, second) in enumerate(pairs, start=1):
        if difference := same(first, second, delays=True):
            differing[part] = difference
        elif difference := same(first, second):
            delayed[part] = difference
    notes = sum(max(len(first or ()), len(second or ())) for first, second in pairs)
    return Compared(len(pairs), notes, delayed, differing)


def main() -> int:
    """Read the scores twice and print how many parts differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--palestrina", type=int, default=100, help="sample (default: 100)")
    parser.add_argument("--others", type=int, default=250, help="sample (default: 250)")
    parser.add_argument("--list", type=Path, help="file for the parts that differ")
    options = parser.parse_args()
    verovio = Verovio()
    print(
        "| | scores | parts | notes | parts: grace notes take time | differ otherwise | in scores |"
    )
    print("|---|---|---|---|---|---|---|", flush=True)
    seconds = {"verovio": 0.0, "mer": 0.0}
    readers: dict[str, Callable[[Path], Reading]] = {"verovio": verovio.read, "mer": mer_reading}
    for kind, paths in chosen(options.palestrina, options.others).items():
        scores = {}
        for path in tqdm(paths, desc=kind, unit="score", disable=None, leave=False):
            found = {}
            for name, read in readers.items():
                began = time.perf_counter()
                found[name] = read(path)
                seconds[name] += time.perf_counter() - began
            scores[path] = compared(found["verovio"], found["mer"])
        parts = sum(one.parts for one in scores.values())
        notes = sum(one.notes for one in scores.values())
        delayed = sum(len(one.delayed) for one in scores.values())
        differ = [len(one.differing) for one in scores.values() if one.differing]
        cells = (kind, len(paths), parts, notes, delayed, sum(differ), len(differ))
        print(f"| {' | '.join(str(cell) for cell in cells)} |", flush=True)
        told = [
            f"{path.relative_to(corpus()).as_posix()}, part {part}: {difference}\n"
            for path, one in scores.items()
            for part, difference in (one.differing | one.delayed).items()
        ]
        if options.list:
            with options.list.open("w" if kind == "chorales" else "a") as file:
                file.writelines(told)
    verovio.end()
    print("; ".join(f"{name}: {spent:.0f} s" for name, spent in seconds.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
