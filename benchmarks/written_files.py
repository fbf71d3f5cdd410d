"""Made pieces, written as MIDI, MusicXML and ABC -> how many each reader gets back as they were.

    python benchmarks/written_files.py                  40 pieces: ten motifs, four methods
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
import multiprocessing
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.score_readers import MEI, XML_ID, verovio_reading
from generate.compose import METHODS, Settings, prepare, takes
from generate.harmony.arrangement import arrange, sheet_of
from generate.report.credits import credits_of
from generate.sound.performance import perform_parts
from mer.corpus.shipped import data_folder
from mer.errors import InputError
from mer.io import load_melody, save_sheet
from mer.io.libraries import library
from mer.io.sheet.sheet import Sheet
from mer.io.sheet.strains import strains
from mer.notes.key import Key
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.notes.meter import Meter
from mer.search.index import PhraseIndex

ASPECTS = ("notes", "sharps", "mode", "metre", "title", "tempo", "velocities", "chords")
CHORDS = {"": (0, 4, 7), "m": (0, 3, 7), "dim": (0, 3, 6), "7": (0, 4, 7, 10), "5": (0, 7)}
Told = dict[str, Any]


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
    """Yield a piece of each method for each of the first motifs, with chords.

    Those that are varied come twice in a row, without chords, and so have a strain to repeat.
    """
    index = PhraseIndex.load()
    for number, (name, motif) in enumerate([*motifs()][:count]):
        for method in METHODS:
            try:
                brief = prepare(motif, index, Settings(method=method, bars=8))
                piece = takes(brief, np.random.default_rng(number), 1)[0]
            except InputError as error:
                print(f"{name}, {method}: {error}", file=sys.stderr)
                continue
            melody = replace(piece.melody, title=f"After {name}, {method}")
            # Chords would be chosen for the whole, and differ.
            arranged = arrange(_twice(melody), "none") if method == "vary" else arrange(melody)
            music = sheet_of(arranged, credits=credits_of(piece, brief))
            yield Written(f"{name}, {method}", music)


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
        "notes": _from_first(notes.tolist()),
        "sharps": melody.key.sharps,
        "mode": melody.key.mode,
        "metre": str(Meter.assumed(melody.meter)),
        "title": sheet.title,
        "tempo": sheet.tempo_bpm,
        "velocities": played.velocity[played.part == 0].tolist(),
        "chords": _without_repeats([symbol.name for symbol in sheet.symbols]),
    }


def _from_first(notes: list[list[int]]) -> list[list[int]]:
    return [[pitch, onset - notes[0][1], length] for pitch, onset, length in notes]


def _without_repeats(names: list[str]) -> list[str]:
    return [name for place, name in enumerate(names) if not place or name != names[place - 1]]


def by_mer(path: Path) -> Told:
    """Return what mer tells."""
    melody = load_melody(path)
    notes = np.column_stack([melody.pitch, melody.onset, melody.duration]).tolist()
    assert melody.key is not None
    return {
        "notes": notes,
        "sharps": melody.key.sharps,
        "mode": melody.key.mode,
        "metre": str(Meter.assumed(melody.meter)),
        "title": melody.title,
        "tempo": melody.tempo_bpm,
    }


def by_music21(path: Path) -> Told:
    """Return what music21 tells of the first part, repeats played out."""
    from music21 import converter

    score = converter.parse(path, forceSource=True, quantizePost=False)
    lead = score.parts[0]
    if path.suffix == ".abc":
        lead = lead.expandRepeats()
    flat = lead.stripTies().flatten()
    symbols = list(flat.getElementsByClass("ChordSymbol"))
    notes = [
        [note.pitch.midi, _ticks(note.offset), _ticks(note.quarterLength)]
        for note in flat.notes
        if "ChordSymbol" not in note.classes
    ]
    key = next(iter(lead.recurse().getElementsByClass("KeySignature")))
    meter = next(iter(lead.recurse().getElementsByClass("TimeSignature")))
    tempo = next(iter(score.recurse().getElementsByClass("MetronomeMark")))
    told: Told = {
        "notes": _from_first(notes),
        "sharps": key.sharps,
        "metre": meter.ratioString,
        "tempo": tempo.getQuarterBPM(),
    }
    if path.suffix != ".mid":
        told |= {"mode": key.mode, "title": score.metadata.bestTitle}
        told["chords"] = _without_repeats([_symbol(one) for one in symbols])
    return told


def _symbol(symbol: Any) -> str:
    """Return a chord symbol of music21 as we write it, told by its pitches."""
    root = symbol.root()
    tones = tuple(sorted((pitch.pitchClass - root.pitchClass) % 12 for pitch in symbol.pitches))
    suffix = next((text for text, known in CHORDS.items() if known == tones), "?")
    return str(root.name).replace("-", "b") + suffix


def _ticks(quarters: Any) -> int:
    return round(float(quarters) * TICKS_PER_QUARTER)


def by_verovio(path: Path) -> Told:
    """Return what verovio tells of the first staff."""
    import verovio

    toolkit = verovio.toolkit()
    toolkit.loadFile(str(path))
    root = ET.fromstring(toolkit.getMEI().encode("utf-8", "replace"))
    notes = verovio_reading(path)
    meter = next(root.iter(f"{MEI}meterSig"))
    score = next(root.iter(f"{MEI}scoreDef"))
    sign = next(root.iter(f"{MEI}keySig"), None)
    told = score.get("keysig", "0") if sign is None else sign.get("sig", "0")
    count = int(told.rstrip("sf"))
    titles = [title.text for title in root.iter(f"{MEI}title") if title.text]
    order = {one.get(XML_ID): place for place, one in enumerate(root.iter())}
    chords = sorted(
        root.iter(f"{MEI}harm"),
        key=lambda harm: order.get(harm.get("startid", "")[1:], order[harm.get(XML_ID)]),
    )
    mode = score.get("key.mode", "major") if sign is None else sign.get("mode", "major")
    return {
        "notes": notes,
        "sharps": -count if told.endswith("f") else count,
        "mode": mode,
        "metre": f"{meter.get('count')}/{meter.get('unit')}",
        "title": titles[0] if titles else "",
        "chords": _without_repeats([_harm(harm) for harm in chords]),
    }


def by_verovio_alone(path: Path) -> Told:
    """Return what verovio tells in a process of its own.

    Verovio 6.4 carries the key signature of one ABC tune over to the next without sharps or flats.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(by_verovio, path).result()


def _harm(harm: ET.Element) -> str:
    text = "".join(harm.itertext())
    return text.replace("\u266d", "b").replace("\u266f", "#").replace("♭", "b").replace("♯", "#")


def by_mido(path: Path) -> Told:
    """Return what the events say, markers and velocities among them."""
    import mido

    file = mido.MidiFile(path, charset="utf-8")
    told: Told = {"chords": [], "title": file.tracks[0].name}
    for message in file.tracks[0]:
        if message.type == "key_signature":
            told["sharps"] = _sharps(message.key)
        elif message.type == "time_signature":
            told["metre"] = f"{message.numerator}/{message.denominator}"
        elif message.type == "set_tempo":
            told["tempo"] = mido.tempo2bpm(message.tempo)
        elif message.type == "marker":
            told["chords"].append(message.text)
    now, begun, notes, velocities = 0, dict[int, int](), [], []
    for message in file.tracks[1]:
        now += message.time
        if message.type == "note_on" and message.velocity:
            begun[message.note] = now
            velocities.append(message.velocity)
        elif message.type in ("note_on", "note_off"):
            start = begun.pop(message.note)
            notes.append([message.note, start, now - start])
    return told | {"notes": _from_first(notes), "velocities": velocities}


def by_pretty_midi(path: Path) -> Told:
    """Return what pretty_midi tells of the first instrument."""
    import pretty_midi

    midi = pretty_midi.PrettyMIDI(str(path))
    found = sorted(midi.instruments[0].notes, key=lambda note: note.start)
    notes = [
        [n.pitch, (begin := midi.time_to_tick(n.start)), midi.time_to_tick(n.end) - begin]
        for n in found
    ]
    sign, key = midi.time_signature_changes[0], midi.key_signature_changes[0]
    minor, tonic = divmod(key.key_number, 12)
    return {
        "notes": _from_first(notes),
        "sharps": Key(tonic, "minor" if minor else "major").sharps,
        "metre": f"{sign.numerator}/{sign.denominator}",
        "tempo": float(midi.get_tempo_changes()[1][0]),
        "velocities": [note.velocity for note in found],
    }


def by_abc2midi(path: Path) -> Told:
    """Return what abc2midi plays; it begins each note a tick late."""
    import mido

    target = path.with_suffix(".played.mid")
    command = ["abc2midi", str(path), "-o", str(target)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=30)
    if b"Error" in done.stdout:
        return {"notes": done.stdout.decode(errors="replace")}
    file = mido.MidiFile(target, charset="utf-8")
    # Chord symbols are played in tracks of their own.
    track = next(one for one in file.tracks if any(m.type == "program_change" for m in one))
    now, begun, notes = 0, dict[int, int](), []
    for message in track:
        now += message.time
        if message.type == "note_on" and message.velocity:
            begun[message.note] = now - 1
        elif message.type in ("note_on", "note_off"):
            start = begun.pop(message.note)
            notes.append([message.note, start, now - start])
    signs = {message.type: message for one in file.tracks for message in one}
    meter = signs["time_signature"]
    return {
        "notes": _from_first(notes),
        "sharps": _sharps(signs["key_signature"].key),
        "metre": f"{meter.numerator}/{meter.denominator}",
        "title": file.tracks[0].name,
    }


def _sharps(key: str) -> int:
    return Key.parse(key).sharps


# Format -> reader -> what it tells.
READERS: dict[str, dict[str, Callable[[Path], Told]]] = {
    "mid": {"mer": by_mer, "mido": by_mido, "pretty_midi": by_pretty_midi, "music21": by_music21},
    "musicxml": {"mer": by_mer, "music21": by_music21, "verovio": by_verovio},
    "abc": {
        "mer": by_mer,
        "music21": by_music21,
        "verovio": by_verovio_alone,
        "abc2midi": by_abc2midi,
    },
}
ONCE = {("abc", "mer"), ("abc", "verovio")}


def is_installed(reader: str) -> bool:
    """Return whether a reader can be used here."""
    if reader == "abc2midi":
        return shutil.which(reader) is not None
    return library(reader) is not None


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
