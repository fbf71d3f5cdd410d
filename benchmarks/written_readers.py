"""A written file -> what mer, music21, mido, pretty_midi, verovio and abc2midi tell of it.

`benchmarks/written_files.py` compares that with what was written.
"""

from __future__ import annotations

import multiprocessing
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.score_readers import MEI, XML_ID, verovio_reading
from mer.io import load_melody
from mer.io.libraries import library
from mer.notes.key import Key
from mer.notes.melody import TICKS_PER_QUARTER
from mer.notes.meter import Meter

CHORDS = {"": (0, 4, 7), "m": (0, 3, 7), "dim": (0, 3, 6), "7": (0, 4, 7, 10), "5": (0, 7)}
Told = dict[str, Any]


def from_first(notes: list[list[int]]) -> list[list[int]]:
    """Return notes (pitch, onset, duration) with onsets counted from the first one."""
    return [[pitch, onset - notes[0][1], length] for pitch, onset, length in notes]


def without_repeats(names: list[str]) -> list[str]:
    """Return names without those that repeat the one before."""
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
        "notes": from_first(notes),
        "sharps": key.sharps,
        "metre": meter.ratioString,
        "tempo": tempo.getQuarterBPM(),
    }
    if path.suffix != ".mid":
        told |= {"mode": key.mode, "title": score.metadata.bestTitle}
        told["chords"] = without_repeats([_symbol(one) for one in symbols])
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
        "chords": without_repeats([_harm(harm) for harm in chords]),
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
    velocities = [m.velocity for m in file.tracks[1] if m.type == "note_on" and m.velocity]
    return told | {"notes": _struck(file.tracks[1]), "velocities": velocities}


def _struck(track: Any, *, late: int = 0) -> list[list[int]]:
    """Return the notes of a track whose strokes come `late` ticks late."""
    now, begun, notes = 0, dict[int, int](), []
    for message in track:
        now += message.time
        if message.type == "note_on" and message.velocity:
            begun[message.note] = now - late
        elif message.type in ("note_on", "note_off"):
            start = begun.pop(message.note)
            notes.append([message.note, start, now - start])
    return from_first(notes)


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
        "notes": from_first(notes),
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
    signs = {message.type: message for one in file.tracks for message in one}
    meter = signs["time_signature"]
    return {
        "notes": _struck(track, late=1),
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
