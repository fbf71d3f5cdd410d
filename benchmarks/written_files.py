"""Made pieces, written as MIDI, MusicXML and ABC -> how many each reader gets back as they were.

    python benchmarks/written_files.py                  40 pieces: ten motifs, each verb
    python benchmarks/written_files.py --motifs 2       the pieces of the first motifs only
    python benchmarks/written_files.py --list           also print each difference

Readers: mer, music21, mido, pretty_midi, verovio and abc2midi (Debian: ``apt-get install
abcmidi``), each where it is installed. Compared are notes (pitch, onset and duration in ticks, from
the first note on), sharps and mode of the key, metre, title, tempo, velocities and chord symbols. A
dash: the reader does not tell. mer and verovio read a strain between repeat signs once, as it is
written; music21 and abc2midi play it twice.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from benchmarks.written_readers import (
    ONCE,
    READERS,
    Told,
    from_first,
    is_installed,
    without_repeats,
)
from generate.compose import Settings, prepare, takes
from generate.harmony.arrangement import arrange, sheet_of
from generate.plan.verbs import VERBS
from generate.report.credits import credits_of
from generate.sound.performance import perform_parts
from mer.corpus.shipped import data_folder
from mer.errors import InputError
from mer.io import load_melody, save_sheet
from mer.io.sheet.sheet import Sheet
from mer.io.sheet.strains import strains
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.notes.meter import Meter
from mer.search.index import PhraseIndex

ASPECTS = ("notes", "sharps", "mode", "metre", "title", "tempo", "velocities", "chords")


class Written(NamedTuple):
    """A piece as it was written, and in whose words its differences are told."""

    name: str
    sheet: Sheet


def motifs() -> Iterator[tuple[str, Melody]]:
    """Yield ten motifs: simple and compound metres, pick-ups, triplets, five in a bar."""
    folder = data_folder() / "motifs"
    for name in ("greensleeves.abc", "londonderry-air.mid", "minuet-in-g.mxl", "fur-elise.mid"):
        yield name, load_melody(folder / name)
    for name in ("auld-lang-syne.mid", "sakura.mid", "kettle-lane.krn"):
        yield name, load_melody(folder / name)
    yield "frère jacques in 2/2", replace(load_melody(folder / "frere-jacques.mid"), meter=(2, 2))
    lengths = [480, 240, 240, 480, 480, 480, 960, 480, 480, 480]
    yield "five in a bar", _tune([67, 69, 71, 74, 71, 69, 67, 66, 69, 67], lengths, (5, 4))
    lengths = [160, 160, 160, 480, 240, 240, 320, 160, 480, 160, 160, 160, 480]
    pitches = [62, 64, 66, 67, 69, 67, 66, 64, 62, 66, 64, 62, 57]
    yield "triplets", _tune(pitches, lengths, (2, 4))


def _tune(pitches: list[int], lengths: list[int], meter: tuple[int, int]) -> Melody:
    onset = np.cumsum([0, *lengths[:-1]])
    return Melody(
        pitch=pitches, onset=onset, duration=lengths, meter=meter, key=Key(2), tempo_bpm=96.0
    )


def pieces(count: int) -> Iterator[Written]:
    """Yield a piece of each verb for each of the first motifs, with chords.

    Those that are varied come twice in a row, without chords, and so have a strain to repeat.
    """
    index = PhraseIndex.load()
    for number, (name, motif) in enumerate([*motifs()][:count]):
        for verb in VERBS:
            try:
                brief = prepare(motif, index, Settings(verb=verb))
                piece = takes(brief, np.random.default_rng(number), 1)[0]
            except InputError as error:
                print(f"{name}, {verb}: {error}", file=sys.stderr)
                continue
            melody = replace(piece.melody, title=f"After {name}, {verb}")
            # Chords would be chosen for the whole, and differ.
            arranged = arrange(_twice(melody), "none") if verb == "vary" else arrange(melody)
            music = sheet_of(arranged, credits=credits_of(piece, brief))
            yield Written(f"{name}, {verb}", music)


def _twice(melody: Melody) -> Melody:
    later = -(-int(melody.end[-1]) // melody.bar_ticks) * melody.bar_ticks
    return replace(
        melody,
        pitch=np.tile(melody.pitch, 2),
        onset=np.concatenate([melody.onset, melody.onset + later]),
        duration=np.tile(melody.duration, 2),
        phrase_starts=(),
        beat_strength=None,
    )


def truth(sheet: Sheet, *, once: bool) -> Told:
    """Return what a reader should tell; with `once`, of each strain its first time alone."""
    melody = sheet.leader
    stretches = strains(melody, sheet.symbols) if once else []
    rows, now = [], 0
    for strain in stretches:
        inside = (melody.onset >= strain.start) & (melody.onset < strain.stop)
        onset = melody.onset[inside] - strain.start + now
        rows.append(np.column_stack([melody.pitch[inside], onset, melody.duration[inside]]))
        now += strain.stop - strain.start
    columns = np.column_stack([melody.pitch, melody.onset, melody.duration])
    notes = np.concatenate(rows) if rows else columns
    played = perform_parts(sheet.parts)
    assert melody.key is not None
    return {
        "notes": from_first(notes.tolist()),
        "sharps": melody.key.sharps,
        "mode": melody.key.mode,
        "metre": str(Meter.assumed(melody.meter)),
        "title": sheet.title,
        "tempo": sheet.tempo_bpm,
        "velocities": played.velocity[played.part == 0].tolist(),
        "chords": without_repeats([symbol.name for symbol in sheet.symbols]),
    }


def differences(expected: Told, told: Told) -> dict[str, str]:
    """Return aspect -> "" if it is equal, or else what was told; without what was not told."""
    found = {}
    for aspect in ASPECTS:
        if aspect not in told:
            continue
        mine, theirs = expected[aspect], told[aspect]
        if aspect == "tempo" and mine is not None and theirs is not None:
            equal = abs(mine - theirs) < 0.02
        else:
            equal = mine == theirs
        if not equal and isinstance(theirs, list):
            pairs = zip_longest(mine, theirs)
            place, (mine, theirs) = next((n, p) for n, p in enumerate(pairs) if p[0] != p[1])
            mine = f"{place}: {mine}"
        found[aspect] = "" if equal else f"{str(mine)[:90]} | {str(theirs)[:90]}"
    return found


def main() -> int:
    """Print how many pieces each reader gets back, aspect by aspect."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--motifs", type=int, default=10, help="how many motifs (default: 10)")
    parser.add_argument("--list", action="store_true", help="print each difference")
    options = parser.parse_args()
    counts: dict[tuple[str, str], dict[str, list[bool]]] = {}
    repeated = total = 0
    for written in pieces(options.motifs):
        total += 1
        repeated += any(one.twice for one in strains(written.sheet.leader, written.sheet.symbols))
        with tempfile.TemporaryDirectory() as folder:
            for ending, readers in READERS.items():
                path = Path(folder) / f"piece.{ending}"
                save_sheet(written.sheet, path)
                for reader, read in readers.items():
                    if not is_installed(reader):
                        continue
                    expected = truth(written.sheet, once=(ending, reader) in ONCE)
                    row = counts.setdefault((ending, reader), {})
                    for aspect, said in differences(expected, read(path)).items():
                        row.setdefault(aspect, []).append(not said)
                        if said and options.list:
                            print(f"{written.name}, {ending}, {reader}, {aspect}: {said}")
    print(f"{total} pieces, {repeated} of them with a strain that is played twice; equal:")
    print(f"{'format':<9} {'reader':<12}" + "".join(f"{aspect:>11}" for aspect in ASPECTS))
    for (ending, reader), row in counts.items():
        cells = (f"{sum(row[a])} of {len(row[a])}" if a in row else "-" for a in ASPECTS)
        print(f"{ending:<9} {reader:<12}" + "".join(f"{cell:>11}" for cell in cells))
    return 0


if __name__ == "__main__":
    sys.exit(main())
