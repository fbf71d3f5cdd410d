"""File, recording, typed notes or example -> `Motif`: what the visitor starts from.

A motif is always what its text says (see `app.visitor.notation`), so that a link with the text in
it leads to the same music.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from app.visitor.notation import read_notes, write_notes
from generate.plan.frame import usable_motif
from mer.errors import InputError
from mer.io import LOADERS, Reading, read_melody
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.pace import at_best_pace

UPLOAD_LIMIT_BYTES = 2_000_000
RECORDING_LIMIT_BYTES = 12_000_000  # a minute of a stereo microphone
RECORDINGS = (".wav", ".flac", ".ogg", ".mp3")
MOTIF_LIMIT_SEC = 120.0
LONGEST_NAME = 80
SLOWEST, FASTEST, USUAL_TEMPO = 40, 240, 110.0
TYPED_NAME = "Your notes"

# A remark that helps on the command line, and what it says here.
_FOR_THE_PAGE = ("use --track to choose another", "the file has")


@dataclass(frozen=True)
class Motif:
    """What the visitor starts from: its notes, a name to show, and what was said on reading it.

    `example` is set where it is one of the examples, whose link is its name.
    """

    melody: Melody
    name: str
    remarks: tuple[str, ...] = ()
    example: bool = False

    @property
    def tempo_bpm(self) -> float:
        """What it is played at unless something else is asked for: its own tempo, within limits."""
        own = self.melody.tempo_bpm
        return USUAL_TEMPO if own is None else float(round(min(max(own, SLOWEST), FASTEST)))

    @cached_property
    def text(self) -> str:
        """The notes as text that can be edited."""
        return write_notes(self.melody)


def example_motifs(folder: Path) -> dict[str, Motif]:
    """Return the example motifs in a folder by name, sorted.

    They are read once, so that choosing one is immediate.
    """
    files = [path for path in folder.glob("*") if path.suffix.lower() in LOADERS]
    motifs = [replace(load_motif(path), example=True) for path in files]
    return {motif.name: motif for motif in sorted(motifs, key=lambda motif: motif.name.casefold())}


def load_motif(path: str | Path, index: PhraseIndex | None = None) -> Motif:
    """Return the motif in a file: as much of its melody as is searched with.

    Parameters
    ----------
    index
        In what is heard, whether a beat is a quarter or an eighth is a guess; with an index it is
        written as phrases there know it best (see `mer.search.pace`).

    Raises
    ------
    InputError
        If the file cannot be used; the message names the file without its folder.
    """
    path = Path(path)
    recording = path.suffix.lower() in RECORDINGS
    most = RECORDING_LIMIT_BYTES if recording else UPLOAD_LIMIT_BYTES
    try:
        if path.is_file() and path.stat().st_size > most:
            size = path.stat().st_size
            raise InputError(f"{path}: has {size:,} bytes; at most {most:,} are read")
        reading = read_melody(path)
        name = reading.melody.title or _readable(path.stem) or "Motif"
        motif = _motif(reading, name)
        return motif if index is None or reading.pace_known else _at_best_pace(motif, index)
    except InputError as error:
        # The folder is the server's business, not the visitor's.
        raise InputError(str(error).replace(f"{path.parent}/", "")) from error


def heard_motif(path: str | Path, index: PhraseIndex | None = None) -> Motif:
    """Return the motif that is heard in a recording (see `load_motif`).

    Raises
    ------
    InputError
        If nothing is heard, or recordings cannot be read here.
    """
    path = Path(path)
    if path.suffix.lower() not in RECORDINGS:
        raise InputError(f"{path.name}: a recording is needed: {', '.join(RECORDINGS)}")
    return replace(load_motif(path, index), name="Your melody")


def typed_motif(text: str, name: str = TYPED_NAME) -> Motif:
    """Return the motif that a text holds, such as ``"C4 D E G"`` or ABC.

    Raises
    ------
    InputError
        If it holds none.

    Examples
    --------
    >>> typed_motif("C4 D E:2").text
    'C4 D4 E4:2'
    """
    reading = read_notes(text)
    return _motif(reading, reading.melody.title or name)


def named_motif(melody: Melody, name: str) -> Motif:
    """Return a melody that was made here as the next motif.

    Raises
    ------
    InputError
        If it is too short.
    """
    return _motif(Reading(melody, ()), name)


def _motif(reading: Reading, name: str) -> Motif:
    melody, remarks = usable_motif(reading.melody)
    melody, shortened = _short_enough(melody)
    said = (*reading.remarks, *remarks, *shortened)
    melody = read_notes(write_notes(melody)).melody
    return Motif(
        melody, name[:LONGEST_NAME], tuple(remark.replace(*_FOR_THE_PAGE) for remark in said)
    )


def _at_best_pace(motif: Motif, index: PhraseIndex) -> Motif:
    melody = at_best_pace(motif.melody, index)
    if melody is motif.melody:
        return motif
    times = "twice" if melody.end[-1] > motif.melody.end[-1] else "half"
    melody = read_notes(write_notes(melody)).melody
    pace = "" if melody.tempo_bpm is None else f" at {melody.tempo_bpm:.0f} a minute"
    said = f"written {times} as long{pace}, as the corpus knows it best"
    return Motif(melody, motif.name, (*motif.remarks, said))


def _readable(stem: str) -> str:
    return re.sub(r"[-_\s]+", " ", stem).strip().capitalize()


def _short_enough(melody: Melody) -> tuple[Melody, tuple[str, ...]]:
    # A few bytes can hold a note that lasts for hours.
    seconds = melody.onset_sec + melody.duration_sec
    notes = int(np.searchsorted(seconds, MOTIF_LIMIT_SEC, side="right"))
    if notes == len(melody):
        return melody, ()
    if notes < 3:
        raise InputError(
            f"the first three notes last {seconds[2]:.0f} seconds; "
            f"at most {MOTIF_LIMIT_SEC:.0f} are supported"
        )
    remark = f"the first {notes} notes are used, which last {MOTIF_LIMIT_SEC:.0f} seconds or less"
    return melody.cut(0, notes), (remark,)
