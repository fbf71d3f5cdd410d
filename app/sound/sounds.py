"""Music that is offered to be heard -> its sound, made when somebody wants it, kept for a while.

What a page shows has an address for its sound; most of it is never heard. So the address is all
that is made at first: it is the digest of the notes and of how they are played, so that the same
music has the same address for everyone, and nobody can guess that of another's.
"""

from __future__ import annotations

import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from generate.sound.audio import Rendering, render, wav
from generate.sound.compressed import can_compress, mp3
from mer.errors import InputError
from mer.io.reading import write_bytes
from mer.io.sheet.sheet import Part
from mer.notes.melody import Melody

_MOST_OFFERED, _MOST_KEPT = 4_000, 200
_AT_A_TIME = 2
Cited = Callable[[int], Melody]


@dataclass(frozen=True)
class Offer:
    """Music that may be heard.

    Parameters
    ----------
    music
        A melody, or parts that sound together.
    program
        General MIDI instrument of a melody.
    tempo_bpm
        Quarter notes a minute.
    """

    music: Melody | Sequence[Part]
    program: int
    tempo_bpm: float

    @property
    def name(self) -> str:
        """What its address ends in: the same for the same sound."""
        return blake2b(pickle.dumps(self), digest_size=16).hexdigest()

    def rendered(self, soundfont: Path | None) -> Rendering:
        """Return its sound.

        Raises
        ------
        InputError
            If it is too long to be rendered.
        """
        return render(
            self.music, program=self.program, tempo_bpm=self.tempo_bpm, soundfont=soundfont
        )


class Sounds:
    """All that was offered to be heard, and the files of what was heard lately.

    Parameters
    ----------
    folder
        Where the files are; it is made when it is needed.
    soundfont
        Soundfont to play with; None for the one that is found.
    """

    def __init__(self, folder: Path, soundfont: Path | None = None) -> None:
        self._folder = folder
        self._soundfont = soundfont
        self._offered: OrderedDict[str, tuple[Offer, Cited | None]] = OrderedDict()
        self._kept: dict[str, tuple[Offer, Cited | None]] = {}
        self._made: OrderedDict[str, Future[Path]] = OrderedDict()
        self._lock = threading.Lock()
        self._makers = ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="sounds")

    def offer(
        self,
        offered: Offer,
        cited: Cited | None = None,
        *,
        soon: bool = False,
        kept: bool = False,
    ) -> str:
        """Return the address of the sound, relative to the page.

        Parameters
        ----------
        cited
            Note number -> what is heard of the tune that the note comes from.
        soon
            Whether it is likely to be wanted, so that its sound is made meanwhile.
        kept
            Whether it may be asked for as long as the server runs, however much is offered later.
        """
        name = offered.name
        with self._lock:
            if kept:
                self._kept[name] = (offered, cited)
            self._offered[name] = (offered, cited)
            self._offered.move_to_end(name)
            while len(self._offered) > _MOST_OFFERED:
                self._offered.popitem(last=False)
        if soon:
            self._making(name, offered)
        return f"sound/{name}"

    def file(self, name: str, note: int | None = None) -> Path:
        """Return the file of a sound, MP3 where that can be written, else WAV; made if need be.

        Parameters
        ----------
        name
            The end of its address.
        note
            A note of it, from 0: then what is heard is the tune that the note comes from.

        Raises
        ------
        InputError
            If it was never offered, too long ago, or cannot be rendered.
        """
        offered, cited = self._found(name)
        if note is not None:
            if cited is None:
                raise InputError("its notes cite nothing")
            offered = Offer(cited(note), offered.program, offered.tempo_bpm)
            name = offered.name
        return self._making(name, offered).result()

    def wav(self, name: str) -> bytes:
        """Return a sound as the contents of a WAV file.

        Raises
        ------
        InputError
            As `file` does.
        """
        offered, _ = self._found(name)
        return wav(offered.rendered(self._soundfont))

    def _found(self, name: str) -> tuple[Offer, Cited | None]:
        with self._lock:
            if name in self._offered:
                self._offered.move_to_end(name)
                return self._offered[name]
            if name in self._kept:
                return self._kept[name]
        raise InputError("this sound is no longer here; load the page again")

    def _making(self, name: str, offered: Offer) -> Future[Path]:
        """Return the file that is made, or will be; of two that ask at once each gets the same."""
        with self._lock:
            if name not in self._made or _failed(self._made[name]):
                self._made[name] = self._makers.submit(self._make, name, offered)
            self._made.move_to_end(name)
            made = self._made[name]
            while len(self._made) > _MOST_KEPT:
                _, old = self._made.popitem(last=False)
                old.add_done_callback(_removed)
        return made

    def _make(self, name: str, offered: Offer) -> Path:
        sound = offered.rendered(self._soundfont)
        short = can_compress()
        path = self._folder / f"{name}.{'mp3' if short else 'wav'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, mp3(sound) if short else wav(sound))
        return path


def _failed(made: Future[Path]) -> bool:
    return made.done() and (made.cancelled() or made.exception() is not None)


def _removed(made: Future[Path]) -> None:
    if not _failed(made):
        made.result().unlink(missing_ok=True)
