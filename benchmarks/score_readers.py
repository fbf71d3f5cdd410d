"""The scores that music21 carries -> how often a second reader, verovio, hears the same notes.

    python benchmarks/score_readers.py read ours.json [--others 200]
    python benchmarks/score_readers.py read verovio.json --with verovio
    python benchmarks/score_readers.py compare verovio.json ours.json [before.json ...]

`read` notes the first part of each score as mer reads it, or as verovio does: pitch, onset and
duration in ticks from the first note, repeats as written, of a chord the highest note. Run it in
another checkout, with the Python of that checkout, for the state before a change. The scores are
the 408 chorales in MusicXML, all files in kern but for a sample of those by Palestrina, and a
sample of the other files in MusicXML. `compare` counts the files that differ, and names them.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
import xml.etree.ElementTree as ET
from importlib.util import find_spec
from itertools import zip_longest
from pathlib import Path

import numpy as np

from mer.errors import InputError
from mer.io import load_melody
from mer.io.voices import Voice, skyline
from mer.notes.melody import TICKS_PER_QUARTER

Notes = list[list[int]]
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


def ours(path: Path) -> Notes | str:
    """Return the notes of the first part as mer reads them, or why it refuses."""
    try:
        melody = load_melody(path, track=1)
    except InputError as error:
        return f"refused: {str(error).partition(': ')[2]}"
    return np.column_stack([melody.pitch, melody.onset, melody.duration]).tolist()


def verovio_reading(path: Path) -> Notes | str:
    """Return the notes of the highest staff that has some as verovio plays them."""
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    toolkit.setOptions({"expandNever": True})
    if not toolkit.loadFile(str(path)):
        return "refused"
    times: dict[str, list[float]] = {}
    for moment in toolkit.renderToTimemap():
        for name in moment.get("on", ()):
            times[name] = [moment["qstamp"]]
        for name in moment.get("off", ()):
            times.get(name, []).append(moment["qstamp"])
    staves: dict[int, list[str]] = {}
    mei = toolkit.getMEI().encode("utf-8", "replace")
    for staff in ET.fromstring(mei).iter(f"{MEI}staff"):
        for element in staff.iter():
            if element.tag == f"{MEI}note" and element.get(XML_ID, "") in times:
                staves.setdefault(int(staff.get("n", "1")), []).append(element.get(XML_ID, ""))
    if not staves:
        return "holds no notes"
    spans = []
    for name in staves[min(staves)]:
        on, off = times[name][0], times[name][-1]
        pitch = toolkit.getMIDIValuesForElement(name)["pitch"]
        begin, end = round(on * TICKS_PER_QUARTER), round(off * TICKS_PER_QUARTER)
        if end > begin:
            spans.append((pitch, begin, end - begin))
    columns = np.array(spans, dtype=np.int64)
    line = skyline(Voice("", columns[:, 0], columns[:, 1], columns[:, 2]))
    return np.column_stack([line.pitch, line.onset - line.onset[0], line.duration]).tolist()


READERS = {"mer": ours, "verovio": verovio_reading}


def same(first: Notes | str, second: Notes | str) -> str:
    """Return "" if two readings are equal to a tick, or how they first differ."""
    if isinstance(first, str) or isinstance(second, str):
        return "" if first == second else f"{str(first)[:60]} | {str(second)[:60]}"
    for place, (a, b) in enumerate(zip_longest(first, second)):
        if a is None or b is None or a[0] != b[0] or max(abs(a[1] - b[1]), abs(a[2] - b[2])) > 1:
            return f"note {place}: {a} | {b} ({len(first)} and {len(second)} notes)"
    return ""


def read(target: Path, reader: str, others: int) -> None:
    """Write the readings of all scores, and print how long they took."""
    begin = time.process_time()
    readings = {}
    for path in chosen(others):
        readings[path.relative_to(corpus()).as_posix()] = READERS[reader](path)
    target.write_text(json.dumps(readings))
    print(f"{len(readings)} scores, {time.process_time() - begin:.1f} s of the processor")


def compare(reference: Path, files: list[Path]) -> None:
    """Print for each file of readings how many scores and notes differ from the reference."""
    expected = json.loads(reference.read_text())
    for file in files:
        found = json.loads(file.read_text())
        print(f"\n{file.name} against {reference.name}")
        for kind, here in groups(expected).items():
            known = [name for name in here if name in found]
            differing = {n: d for n in known if (d := same(expected[n], found[n]))}
            print(f"{kind}: {len(differing)} of {len(known)} differ")
            for name, difference in differing.items():
                print(f"    {name}: {difference}")


def groups(names: dict[str, Notes | str]) -> dict[str, list[str]]:
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
    comparing = commands.add_parser("compare", help="count the scores that differ")
    comparing.add_argument("files", type=Path, nargs="+", help="the reference, and others")
    arguments = parser.parse_args()
    if arguments.command == "read":
        read(arguments.target, arguments.reader, arguments.others)
    else:
        compare(arguments.files[0], arguments.files[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
