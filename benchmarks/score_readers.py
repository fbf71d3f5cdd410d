"""The scores that music21 carries -> how often a second reader, verovio, hears the same notes.

    python benchmarks/score_readers.py read ours.json [--others 200]
    python benchmarks/score_readers.py read verovio.json --with verovio
    python benchmarks/score_readers.py compare verovio.json ours.json [before.json ...]

`read` notes the parts of each score as mer reads them, or as verovio does: pitch, onset and
duration in ticks from the first note, tied notes as one, no grace notes, repeats as written, of a
chord the highest note. Run it in another checkout, with the Python of that checkout, for the state
before a change; `--parts 1` takes the first part alone. The scores are the 408 chorales in
MusicXML, all files in kern but for a sample of those by Palestrina, and a sample of the other files
in MusicXML. `compare` counts the parts that differ, and names them.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import zip_longest
from pathlib import Path

import numpy as np

from mer.errors import InputError
from mer.io import load_melody

Notes = list[list[int]]
Reading = list[Notes] | str  # the notes of each part, or why the file is refused
QUARTER = 480
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
MEI = "{http://www.music-encoding.org/ns/mei}"


def corpus() -> Path:
    """Return the folder of scores inside music21, which is not imported."""
    spec = find_spec("music21")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "corpus"


def chosen(others: int) -> list[Path]:
    """Return the chorales, the kern files, and samples of what there is most of."""
    root = corpus()
    chorales = sorted((root / "bach").glob("bwv*.mxl"))
    kern = sorted(path for path in root.rglob("*.krn") if "palestrina" not in path.parts)
    palestrina = sorted((root / "palestrina").glob("*.krn"))
    rest = sorted(
        path
        for ending in ("mxl", "xml", "musicxml")
        for path in root.rglob(f"*.{ending}")
        if path not in set(chorales) and path.stat().st_size < 100_000
    )
    draw = random.Random(1)
    return [
        *chorales,
        *kern,
        *draw.sample(palestrina, min(others // 2, len(palestrina))),
        *draw.sample(rest, min(others // 2, len(rest))),
    ]


def ours(path: Path, parts: int) -> Reading:
    """Return the notes of each part as mer reads them, or why it refuses."""
    found: list[Notes] = []
    while len(found) < parts:
        try:
            melody = load_melody(path, track=len(found) + 1)
        except InputError as error:
            return found or f"refused: {str(error).partition(': ')[2]}"
        found.append(np.column_stack([melody.pitch, melody.onset, melody.duration]).tolist())
    return found


def verovio_reading(path: Path, parts: int) -> Reading:
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
    from mer.io.score.xml_text import musicxml_text

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


READERS = {"mer": ours, "verovio": verovio_reading}


def same(first: Notes | None, second: Notes | None) -> str:
    """Return "" if two readings are equal to a tick, or how they first differ."""
    if first is None or second is None:
        return "the part is missing in one"
    for place, (a, b) in enumerate(zip_longest(first, second)):
        if a is None or b is None or a[0] != b[0] or max(abs(a[1] - b[1]), abs(a[2] - b[2])) > 1:
            return f"note {place}: {a} | {b} ({len(first)} and {len(second)} notes)"
    return ""


def read(target: Path, options: argparse.Namespace) -> None:
    """Write the readings of all scores, and print how long they took."""
    begin = time.process_time()
    readings = {}
    for path in chosen(options.others):
        name = path.relative_to(corpus()).as_posix()
        readings[name] = READERS[options.reader](path, options.parts)
    target.write_text(json.dumps(readings))
    print(f"{len(readings)} scores, {time.process_time() - begin:.1f} s of the processor")


def compare(reference: Path, files: list[Path]) -> None:
    """Print for each file of readings how many parts differ from the reference."""
    expected = json.loads(reference.read_text())
    for file in files:
        found = json.loads(file.read_text())
        print(f"\n{file.name} against {reference.name}")
        for kind, here in groups(expected).items():
            known = [name for name in here if name in found]
            differing, parts = differences({n: (expected[n], found[n]) for n in known})
            scores = len({name for name, _ in differing})
            print(
                f"{kind}: {len(differing)} of {parts} parts differ, "
                f"in {scores} of {len(known)} scores"
            )
            for (name, part), difference in differing.items():
                print(f"    {name}, part {part}: {difference}")


def differences(
    pairs: dict[str, tuple[Reading, Reading]],
) -> tuple[dict[tuple[str, int], str], int]:
    """Return how the parts differ, by file and number, and how many parts there are."""
    differing: dict[tuple[str, int], str] = {}
    count = 0
    for name, (first, second) in pairs.items():
        if isinstance(first, str) or isinstance(second, str):
            count += 1
            if first != second:
                differing[name, 0] = f"{str(first)[:60]} | {str(second)[:60]}"
            continue
        for part, (a, b) in enumerate(zip_longest(first, second), start=1):
            count += 1
            if difference := same(a, b):
                differing[name, part] = difference
    return differing, count


def groups(names: dict[str, Reading]) -> dict[str, list[str]]:
    """Return the files by kind."""
    kinds: dict[str, list[str]] = {"chorales": [], "kern": [], "other MusicXML": []}
    for name in names:
        kind = "chorales" if name.startswith("bach/bwv") else "other MusicXML"
        kinds["kern" if name.endswith(".krn") else kind].append(name)
    return kinds


def main() -> int:
    """Run a command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    reading = commands.add_parser("read", help="note what a reader makes of the scores")
    reading.add_argument("target", type=Path, help="JSON file to write")
    reading.add_argument("--with", dest="reader", choices=READERS, default="mer", help="reader")
    reading.add_argument("--others", type=int, default=200, help="scores that are no chorales")
    reading.add_argument("--parts", type=int, default=100, help="parts of each score")
    comparing = commands.add_parser("compare", help="count the scores that differ")
    comparing.add_argument("files", type=Path, nargs="+", help="the reference, and others")
    arguments = parser.parse_args()
    if arguments.command == "read":
        read(arguments.target, arguments)
    else:
        compare(arguments.files[0], arguments.files[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
