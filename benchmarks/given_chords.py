"""Chords that a user gives, in a file or typed: which are kept, and which new notes go with them.

    python benchmarks/given_chords.py [--takes 2] [--model chain]

Twelve openings in the manner of lead sheets, each with its chord symbols, are written to ABC,
MusicXML and MIDI and read again. Pieces of four verbs grow from them, once with the chords of the
file, and once with a progression for the whole piece. Counted is which chords are kept (root, kind,
bass, place), how many new notes on strong places belong to their chord, and, as the baseline, the
same for pieces that were made without knowing any chords.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from tqdm import tqdm

from generate.compose import prepare, takes
from generate.harmony.arrangement import arrange, sheet_of
from generate.harmony.chords import Chord
from generate.harmony.outline import Outline
from generate.piece.composition import MOTIF, Composition
from generate.piece.given_chords import GivenChord, lasting_chords
from generate.plan.settings import Settings
from generate.report.outlines import outline_of
from generate.sound.expression import strengths
from mer.io import read_melody, save_sheet
from mer.io.reading import Reading
from mer.search.index import PhraseIndex

# Metre, key, notes with chords (unit: an eighth), and a progression for the whole piece.
LEAD_SHEETS = (
    ("4/4", "C", '"C"E2G2 c2G2|"Am"A2c2 e2c2|"F"A2F2 C2F2|"G7"G4 B4|', "C Am F G7"),
    (
        "4/4",
        "G",
        '"G"B2d2 "Em"e2d2|"C"c2E2 "D7"F2A2|"G"G2B2 "C"c2e2|"D7sus4"d4 "D7"c4|',
        "G Em C D7",
    ),
    ("4/4", "Am", '"Am"A2c2 e2d2|"F"c2A2 F4|"C"E2G2 c2B2|"G"B4 G4|', "Am F C G"),
    ("4/4", "F", '"Fmaj7"A3c A2F2|"Dm7"F2A2 d2c2|"Gm7"B2G2 D2G2|"C7"E2G2 B4|', "F Dm Gm7 C7"),
    ("4/4", "D", '"D"F2A2 d2A2|"A/C#"A2c2 e2c2|"Bm"d2B2 F2B2|"G"B2G2 D4|', "D A/C# Bm G"),
    ("4/4", "Em", '"Em"E2G2 B2G2|"C"G2E2 C4|"G"B2d2 B2G2|"D"A2F2 D4|', "Em C G D"),
    ("3/4", "C", '"C"E2G2c2|"G7"B4G2|"Am"A2c2e2|"F"c6|', "C G7 Am F"),
    ("3/4", "Dm", '"Dm"D2F2A2|"Gm"B4A2|"A7"G2E2^C2|"Dm"D6|', "Dm Gm A7 Dm"),
    ("3/4", "G", '"G"D2G2B2|"C"c4B2|"D7"A2F2D2|"G"G6|', "G C D7 G"),
    ("6/8", "D", '"D"A2F A2d|"G"B2G B2d|"A7"c2A G2E|"D"F3 D3|', "D G A7 D"),
    ("6/8", "Ador", '"Am"A2B c2e|"G"d2B G2B|"Am"A2c e2d|"D"d2A ^F3|', "Am G Am D"),
    ("4/4", "Amix", '"A"A2c2 e2c2|"G"B2d2 B2G2|"D"A2F2 D2F2|"A"A4 E4|', "A G D A"),
)
VERBS = ("continue", "b-part", "answer", "vary")
STRONG = 0.5


def lead_sheet(number: int, folder: Path) -> Reading:
    """Return one of the openings, read from ABC."""
    meter, key, notes, _ = LEAD_SHEETS[number]
    path = folder / f"{number}.abc"
    path.write_text(f"X:1\nT:Lead {number}\nM:{meter}\nL:1/8\nK:{key}\n{notes}\n")
    return read_melody(path)


def kept(given: Sequence[GivenChord], chords: Sequence[Chord]) -> list[bool]:
    """Return of each given chord whether exactly it sounds for all of its time."""
    marks = []
    for one in given:
        under = [chord for chord in chords if chord.onset < one.end and chord.end > one.onset]
        same = all(chord.name == one.name for chord in under)
        reach = bool(under) and under[0].onset <= one.onset and under[-1].end >= one.end
        marks.append(same and reach)
    return marks


def read_again(reading: Reading, folder: Path) -> dict[str, list[bool]]:
    """Return by format which chord symbols are read as they were written."""
    stop = reading.melody.downbeat + reading.melody.bars * reading.melody.bar_ticks
    outline = Outline(given=lasting_chords(reading.chords, stop))
    sheet = sheet_of(arrange(reading.melody, outline=outline))
    found = {}
    for ending in (".abc", ".musicxml", ".mid"):
        save_sheet(sheet, folder / f"again{ending}")
        again = {(c.tick, c.name) for c in read_melody(folder / f"again{ending}").chords}
        found[ending] = [(c.tick, c.name) in again for c in reading.chords]
    return found


def strong_marks(piece: Composition, given: Sequence[GivenChord]) -> list[bool]:
    """Return of each new note on a strong place, but the last, whether it is in its chord."""
    melody, marks = piece.melody, []
    strong = strengths(melody.onset, melody) >= STRONG
    for note in np.flatnonzero(strong)[:-1].tolist():
        source, onset = piece.sources[note], int(melody.onset[note])
        if source.kind == MOTIF and source.rhythm is None:
            continue
        under = [one for one in given if one.onset <= onset < one.end]
        marks += [int(melody.pitch[note]) % 12 in one.name.pitch_classes for one in under]
    return marks


def main() -> None:
    """Make, count and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--takes", type=int, default=2)
    parser.add_argument("--model", default="chain")
    options = parser.parse_args()
    index = PhraseIndex.load()
    read: dict[str, list[bool]] = {}
    of_file: dict[str, list[bool]] = {verb: [] for verb in VERBS}
    typed: dict[str, list[bool]] = {verb: [] for verb in VERBS}
    told: dict[str, list[bool]] = {verb: [] for verb in VERBS}
    untold: dict[str, list[bool]] = {verb: [] for verb in VERBS}
    with tempfile.TemporaryDirectory() as name:
        for number in tqdm(range(len(LEAD_SHEETS)), disable=None):
            reading = lead_sheet(number, Path(name))
            for ending, marks in read_again(reading, Path(name)).items():
                read.setdefault(ending, []).extend(marks)
            for verb in VERBS:
                draws = {} if verb == "vary" else {"model": options.model}
                plain = Settings(verb=verb, **draws)
                bare = Settings(verb=verb, chords="none", **draws)
                asked = Settings(verb=verb, chords=LEAD_SHEETS[number][3], **draws)
                whole: tuple[GivenChord, ...] = ()
                for settings, keeping, inside in (
                    (asked, typed, told),
                    (plain, of_file, None),
                    (bare, None, untold),
                ):
                    brief = prepare(reading.melody, index, settings, chords=reading.chords)
                    for piece in takes(brief, np.random.default_rng(number), options.takes):
                        outline = outline_of(piece, brief)
                        if keeping is not None:
                            chords = arrange(piece.melody, outline=outline).chords
                            keeping[verb] += kept(outline.given, chords)
                        whole = whole or outline.given
                        if inside is not None:
                            inside[verb] += strong_marks(piece, whole)
    for ending, marks in read.items():
        print(f"chord symbols read again from {ending}: {sum(marks)} of {len(marks)}")
    print(
        "\n| verb | of the file, kept | typed, kept | new strong notes in their chord | baseline |"
    )
    print("|---|---|---|---|---|")
    for verb in VERBS:
        counts = [f"{sum(marks)} of {len(marks)}" for marks in (of_file[verb], typed[verb])]
        shares = [f"{np.mean(marks):.2f} ({len(marks)})" for marks in (told[verb], untold[verb])]
        print(f"| {verb} | {' | '.join((*counts, *shares))} |")


if __name__ == "__main__":
    main()
