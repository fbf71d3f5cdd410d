"""What the page can do, as plain functions: load, search, compose, play, save.

Nothing here knows gradio, so that everything here is tested without a browser.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import numpy as np

from generate.audio import INSTRUMENTS, render, save_wav
from generate.brief import Brief, prepare
from generate.compose import takes
from generate.composition import Composition
from generate.frame import Settings, usable_motif
from mer.corpus import Corpus
from mer.errors import InputError
from mer.index import PhraseIndex
from mer.io import LOADERS, read_melody, save_melody
from mer.key import Key
from mer.match import Match
from mer.melody import Melody

UPLOAD_LIMIT_BYTES = 2_000_000
MOTIF_LIMIT_SEC = 120.0
NEIGHBOURS_SHOWN = 5
KEY_OF_MOTIF = "as the motif"

METHOD_NAMES: MappingProxyType[str, str] = MappingProxyType(
    {
        "Grow from neighbours": "markov",
        "Stitch phrases": "stitch",
        "Vary the motif": "vary",
        "Morph into a neighbour": "morph",
    }
)
_Entry = TypeVar("_Entry")
# A remark that helps on the command line, and what it says here.
_FOR_THE_PAGE = ("use --track to choose another", "the file has")
_MODES_OFFERED = ("major", "minor", "dorian", "mixolydian")


@dataclass(frozen=True)
class Motif:
    """What the visitor starts from: its notes, a name to show, and what was said on reading it."""

    melody: Melody
    name: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """The settings of the page, as a musician sees them.

    Parameters
    ----------
    method
        A key of `METHOD_NAMES`.
    bars
        Length of the new music in bars.
    key
        A key such as "D dorian", or `KEY_OF_MOTIF`.
    instrument
        A key of `generate.audio.INSTRUMENTS`.
    tempo_bpm
        Quarter notes a minute.
    take
        Number of the take: the same number gives the same music again.
    max_copy
        Longest run of notes that may be shared with one tune.
    """

    method: str = "Grow from neighbours"
    bars: int = 8
    key: str = KEY_OF_MOTIF
    instrument: str = "flute"
    tempo_bpm: float = 110.0
    take: int = 1
    max_copy: int = 8

    def settings(self) -> Settings:
        """Return the settings for the generator.

        Raises
        ------
        InputError
            If a wish is unknown or out of range.
        """
        return Settings(
            method=_chosen("method", self.method, METHOD_NAMES),
            bars=int(self.bars),
            key=None if self.key == KEY_OF_MOTIF else Key.parse(self.key),
            max_copy=int(self.max_copy),
            tempo_bpm=float(self.tempo_bpm),
        )

    @property
    def program(self) -> int:
        """The General MIDI program of the instrument."""
        return _chosen("instrument", self.instrument, INSTRUMENTS)


def _chosen(what: str, name: str, table: Mapping[str, _Entry]) -> _Entry:
    if name not in table:
        raise InputError(f"unknown {what} {name!r}; choose one of {', '.join(table)}")
    return table[name]


def keys_offered() -> list[str]:
    """Return the keys that the page offers.

    Examples
    --------
    >>> keys_offered()[:3]
    ['as the motif', 'C major', 'C minor']
    """
    keys = [str(Key(tonic, mode)) for tonic in range(12) for mode in _MODES_OFFERED]
    return [KEY_OF_MOTIF, *keys]


def example_motifs(folder: Path) -> dict[str, Motif]:
    """Return the example motifs in a folder by name, sorted.

    They are read once, so that choosing one is immediate, and so that music21 is loaded before the
    first visitor uploads a score.
    """
    files = [path for path in folder.glob("*") if path.suffix.lower() in LOADERS]
    motifs = [load_motif(path) for path in files]
    return {motif.name: motif for motif in sorted(motifs, key=lambda motif: motif.name.casefold())}


def _readable(stem: str) -> str:
    return re.sub(r"[-_\s]+", " ", stem).strip().capitalize()


def load_motif(path: str | Path) -> Motif:
    """Return the motif in a file: as much of its melody as is searched with.

    Raises
    ------
    InputError
        If the file cannot be used; the message names the file without its folder.
    """
    path = Path(path)
    try:
        if path.is_file() and path.stat().st_size > UPLOAD_LIMIT_BYTES:
            size = path.stat().st_size
            raise InputError(f"{path}: has {size:,} bytes; at most {UPLOAD_LIMIT_BYTES:,} are read")
        reading = read_melody(path)
        melody, remarks = usable_motif(reading.melody)
    except InputError as error:
        # The folder is the server's business, not the visitor's.
        raise InputError(str(error).replace(f"{path.parent}/", "")) from error
    melody, shortened = _short_enough(melody)
    shown = melody.title or _readable(path.stem) or "Motif"
    said = (*reading.remarks, *remarks, *shortened)
    return Motif(melody, shown[:80], tuple(remark.replace(*_FOR_THE_PAGE) for remark in said))


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


def search(motif: Motif, index: PhraseIndex, wishes: Wishes) -> Brief:
    """Return the phrases nearest the motif, `matches`, best first, and all that composing needs.

    Raises
    ------
    InputError
        If a wish is out of range, or the motif does not fit it.
    """
    return prepare(motif.melody, index, wishes.settings())


def grow(brief: Brief, wishes: Wishes) -> Composition:
    """Return new music to a brief; the same wishes give the same music.

    Raises
    ------
    InputError
        If the wishes contradict each other.
    """
    return takes(brief, np.random.default_rng(int(wishes.take)), 1)[0]


def play(melody: Melody, path: Path, wishes: Wishes, soundfont: Path | None) -> tuple[str, ...]:
    """Write `melody` as a WAV file and return the remarks of the synthesiser.

    Raises
    ------
    InputError
        If it cannot be rendered or written.
    """
    sound = render(melody, program=wishes.program, tempo_bpm=wishes.tempo_bpm, soundfont=soundfont)
    save_wav(sound, path)
    return sound.remarks


def write_midi(melody: Melody, path: Path, wishes: Wishes) -> None:
    """Write `melody` as a MIDI file that sounds like the WAV file."""
    save_melody(melody, path, program=wishes.program, tempo_bpm=wishes.tempo_bpm)


def file_stem(motif: Motif, take: int) -> str:
    """Return a harmless file name, without ending, for a take.

    Examples
    --------
    >>> file_stem(Motif(Melody(pitch=[60], onset=[0], duration=[1]), "../The Kesh <Jig>"), 2)
    'the-kesh-jig-take-2'
    """
    slug = re.sub(r"[^a-z0-9]+", "-", motif.name.lower()).strip("-")[:40]
    return f"{slug or 'motif'}-take-{int(take)}"


def cited_titles(
    corpus: Corpus, composition: Composition, matches: Sequence[Match]
) -> dict[str, tuple[str, str]]:
    """Return title and collection of every tune that the composition cites, by tune id."""
    phrases = [match.phrase for match in matches]
    known = {phrase.tune_id: (phrase.title, phrase.collection) for phrase in phrases}
    for tune_id in {source.tune_id for source in composition.sources if source.tune_id}:
        if tune_id not in known:
            number = corpus.find(tune_id)
            known[tune_id] = corpus.title(number), corpus.collection(number)
    return known
