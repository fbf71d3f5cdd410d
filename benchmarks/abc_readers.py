"""Tunes in ABC read by mer and by abc2midi -> how many come out alike, and where they differ.

    python benchmarks/abc_readers.py                     every ABC tune of the installed music21
    python benchmarks/abc_readers.py --sample 2000       so many of them, drawn with a fixed seed
    python benchmarks/abc_readers.py --list FILE         also write each tune that differs to FILE

abc2midi (Debian: ``apt-get install abcmidi``) plays repeats, parts, grace notes and ornaments;
mer reads what is written. So repeat signs, ending numbers and ``P:`` are taken out of the text that
both get, and grace notes, chord symbols and ornaments out of the text that abc2midi gets. Pitches
and onsets must be the same; lengths too, but for what abc2midi shortens between notes.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mer.build.collections import music21_corpus
from mer.io.tunebook.tunes import TuneText, read_tune, split_tunebook
from mer.io.voices import Voice, skyline
from mer.notes.arrays import Ints
from mer.notes.melody import TICKS_PER_QUARTER, Melody

SEED = 11
LIMIT_SEC = 10
NEAR_TICKS = 12
_QUOTED = re.compile(r'"[^"\n]*"')
_FIELD = re.compile(r"[A-Za-z+]:(?![|:])")
_BAR = re.compile(r"(\[[A-Za-z]:[^\]|]*\])|(?:\[(?=\|)|\||(?<![a-z]):|:(?![a-z])|(?<=\|)\])+")
_ENDING = re.compile(r"(?<=\|)[ \t]*\[?\d+(?:[,-]\d+)*\.?|\[\d+(?:[,-]\d+)*\.?")
_GRACE = re.compile(r"\{[^}\n]*\}")
_ORNAMENT = re.compile(
    r"![A-Za-z0-5+.<>][^!\s|]*!|\+[A-Za-z]*[h-z][A-Za-z]*\+|[.~](?!\|)|[HLMOPSTuvJRk]+(?=[\"'(\[^_=.A-Ga-g])"
)


@dataclass(frozen=True)
class Outcome:
    """What became of one tune: where it stands, its title, and how the two readings differ."""

    place: str
    title: str
    difference: str
    said: str


def without_repeats(text: str) -> str:
    r"""Return a tune with plain barlines, no endings and no parts.

    Examples
    --------
    >>> without_repeats("X:1\nP:AB\nK:C\n|:AB|1 c2:|2 d2|]")
    'X:1\nK:C\n|AB|c2|d2|'
    """
    lines = []
    for line in text.split("\n"):
        if _FIELD.match(line):
            # abc2midi swings what has R:hornpipe.
            lines += [] if line[0] in "PR" else [line]
        elif not line.startswith("%"):
            line = _ENDING.sub("", _BAR.sub(lambda found: found[1] or "|", line.split("%")[0]))
            lines.append(re.sub(r"\|(?:\s*\|)+", "|", line))
    return "\n".join(lines)


def without_ornaments(text: str) -> str:
    r"""Return a tune without chord symbols, grace notes and ornaments, which abc2midi plays.

    Examples
    --------
    >>> without_ornaments('K:C\n"Am"A>{c}B !trill!c')
    'K:C\nA>B c'
    """
    lines = []
    for whole in text.split("\n"):
        line = whole
        if not _FIELD.match(line):
            line = _GRACE.sub("", _QUOTED.sub("", line))
            line = _ORNAMENT.sub("", _ORNAMENT.sub("", line))
        if line.strip() or not whole.strip():  # an empty line would end the tune
            lines.append(line)
    return "\n".join(lines)


def played(text: str, folder: Path) -> tuple[list[Voice], str]:
    """Return the voices that abc2midi makes of a tune, and its first complaint."""
    source, target = folder / "tune.abc", folder / "tune.mid"
    source.write_text(text, encoding="latin-1", errors="replace")
    target.unlink(missing_ok=True)
    command = ["abc2midi", str(source), "-o", str(target), "-NFER", "-NGUI", "-NFNP"]
    done = subprocess.run(command, capture_output=True, timeout=LIMIT_SEC, check=False)
    said = [line for line in done.stdout.decode("latin-1").split("\n") if "Error" in line]
    complaint = said[0].split(" : ", 1)[-1] if said else ""
    return (list(_voices(target)) if target.is_file() else []), complaint


def _voices(path: Path) -> Iterator[Voice]:
    import mido

    score = mido.MidiFile(path)
    for track in score.tracks:
        now, sounding, spans = 0, dict[int, int](), list[tuple[int, int, int]]()
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                sounding.setdefault(message.note, now)
            elif message.type in ("note_on", "note_off") and message.note in sounding:
                spans.append((message.note, sounding.pop(message.note), now))
        if spans:
            ticks = np.array(spans) * [1, TICKS_PER_QUARTER, TICKS_PER_QUARTER]
            ticks[:, 1:] //= score.ticks_per_beat
            yield Voice("", ticks[:, 0], ticks[:, 1], ticks[:, 2] - ticks[:, 1])


def difference(melody: Melody, voices: list[Voice]) -> str:
    """Return how a melody differs from the nearest of several voices, or "" if it does not."""
    if not voices:
        return "abc2midi refuses it"
    return min(
        (_difference(melody, voice) for voice in voices), key=lambda said: (said != "", said)
    )


def _difference(melody: Melody, voice: Voice) -> str:
    line = skyline(Voice("", voice.pitch, _together(voice.onset), voice.duration))
    onset = line.onset - line.onset[0]
    mine = melody.onset
    if len(line) != len(melody):
        return f"{len(melody)} notes here, {len(line)} there"
    if (line.pitch != melody.pitch).any():
        place = int(np.flatnonzero(line.pitch != melody.pitch)[0])
        return f"note {place + 1}: pitch {melody.pitch[place]} here, {line.pitch[place]} there"
    if (abs(onset - mine) > NEAR_TICKS).any():
        place = int(np.flatnonzero(abs(onset - mine) > NEAR_TICKS)[0])
        return f"note {place + 1}: onset {melody.onset[place]} here, {onset[place]} there"
    return ""


def _together(onset: Ints) -> Ints:
    """Return onsets, those of a chord's notes as one: abc2midi strikes them one after another."""
    order = np.argsort(onset, kind="stable")
    found, begin = onset.copy(), int(onset[order[0]])
    for place in order:
        begin = int(onset[place]) if onset[place] - begin > NEAR_TICKS else begin
        found[place] = begin
    return found


def compared(tune: TuneText, place: str, folder: Path) -> Outcome:
    """Return what became of one tune."""
    text = without_repeats(tune.text)
    try:
        voices, complaint = played(without_ornaments(text), folder)
    except subprocess.TimeoutExpired:
        voices, complaint = [], "takes too long"
    plain = split_tunebook(text)
    reading = read_tune(plain[0]) if plain else None
    if reading is None or reading.melody is None:
        problem = "no tune" if reading is None else reading.problem
        said = "both refuse it" if not voices else "mer refuses it"
        return Outcome(place, tune.title, said, problem)
    mended = "; ".join(getattr(reading, "mended", ()))
    said = f"abc2midi: {complaint}; mer: {mended}"
    return Outcome(place, tune.title, difference(reading.melody, voices), said)


def kind(outcome: Outcome) -> str:
    """Return the kind of a difference, for the table."""
    found = outcome.difference
    if "notes here" in found:
        return "number of notes"
    return re.sub(r"note \d+: (\w+) .*", r"\1", found) or "equal"


def every_tune() -> list[tuple[str, TuneText]]:
    """Return every ABC tune in the installed music21 with its file and number."""
    folder = music21_corpus()
    found = []
    for path in sorted(folder.rglob("*.abc")):
        text = path.read_bytes().decode("utf-8-sig", "replace")
        name = path.relative_to(folder).as_posix()
        found += [(f"{name} X:{tune.number}", tune) for tune in split_tunebook(text)]
    return found


def main() -> int:
    """Run the comparison and print the table."""
    parser = argparse.ArgumentParser(description="Compare the ABC reader with abc2midi.")
    parser.add_argument("--sample", type=int, metavar="N", help="so many tunes only")
    parser.add_argument("--list", type=Path, metavar="FILE", help="write what differs here")
    options = parser.parse_args()
    tunes = every_tune()
    if options.sample:
        tunes = random.Random(SEED).sample(tunes, options.sample)
    begun = time.process_time()
    with tempfile.TemporaryDirectory(prefix="abc-readers-") as name:
        outcomes = [compared(tune, place, Path(name)) for place, tune in tunes]
    counts = Counter(map(kind, outcomes))
    print(f"{len(outcomes)} tunes, {time.process_time() - begun:.0f} s")
    for said, count in counts.most_common():
        print(f"{count:7,} {said}")
    if options.list:
        rows = [f"{o.place}\t{o.title}\t{o.difference}\t{o.said}" for o in outcomes if o.difference]
        options.list.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
