"""Music that is offered to be heard -> its sound, made when somebody wants it, kept for a while.

What a page shows has an address for its sound; most of it is never heard. So the address is all
that is made at first: it is the digest of the notes and of how they are played, so that the same
music has the same address for everyone, and nobody can guess that of another's.
"""

from __future__ import annotations

import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType

from app.visitor.limits import LaterError
from generate.sound.audio import Rendering, render, wav
from generate.sound.compressed import can_compress, flac, mp3
from generate.sound.instruments import INSTRUMENTS
from generate.sound.performance import DEFAULT_TEMPO_BPM
from mer.errors import InputError
from mer.io.reading import write_bytes
from mer.io.sheet.sheet import Part
from mer.notes.melody import Melody

# What a sound is made as: small, for many to hear; quick, for one who waits for it; whole.
SMALL, QUICK, WHOLE = ".mp3", ".flac", ".wav"
_WRITERS: Mapping[str, Callable[[Rendering], bytes]] = MappingProxyType(
    {SMALL: mp3, QUICK: flac, WHOLE: wav}
)
_FORMATS: Mapping[str, str] = MappingProxyType({SMALL: "MP3", QUICK: "FLAC"})
_MOST_OFFERED = 4_000
_MOST_KEPT: Mapping[str, int] = MappingProxyType({SMALL: 200, QUICK: 60, WHOLE: 50})  # files
_AT_A_TIME, _MOST_WAITING = 2, 32
_WAIT_SEC = 5
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


def alone(melody: Melody, tempo_bpm: float | None = None) -> Offer:
    """Return a melody as it is heard by itself: on a flute, at its own tempo if it has one.

    Examples
    --------
    >>> alone(Melody(pitch=[69], onset=[0], duration=[480])).tempo_bpm
    120.0
    """
    return Offer(melody, INSTRUMENTS["flute"], tempo_bpm or melody.tempo_bpm or DEFAULT_TEMPO_BPM)


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
        self._made: OrderedDict[Path, Future[Path]] = OrderedDict()
        self._lock = threading.Lock()
        self._makers = ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="sounds")

    def offer(
        self,
        offered: Offer,
        cited: Cited | None = None,
        *,
        soon: str = "",
        kept: bool = False,
    ) -> str:
        """Return the address of the sound, relative to the page.

        Parameters
        ----------
        cited
            Note number -> what is heard of the tune that the note comes from.
        soon
            What it is likely to be wanted as, so that its sound is made meanwhile; "" for nothing.
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
            with suppress(LaterError):
                self._making(name, offered, ending(soon))
        return f"sound/{name}"

    def file(self, name: str, note: int | None = None, *, kind: str = SMALL) -> Path:
        """Return the file of a sound; it is made if need be.

        Parameters
        ----------
        name, note, kind
            As `making` takes them.

        Raises
        ------
        InputError
            As `making` does, or if it cannot be rendered.
        """
        try:
            return self.making(name, note, kind=kind).result()
        except CancelledError:
            raise _closing() from None

    def making(self, name: str, note: int | None = None, *, kind: str = SMALL) -> Future[Path]:
        """Return the file of a sound that is made, or will be; of two who ask both get the same.

        Parameters
        ----------
        name
            The end of its address.
        note
            A note of it, from 0: then what is heard is the tune that the note comes from.
        kind
            `SMALL`, `QUICK` or `WHOLE`; it is WAV where the others cannot be written.

        Raises
        ------
        InputError
            If it was never offered, or too long ago.
        LaterError
            If too many others are to be made first.
        """
        offered = self.asked(name, note)
        name = name if note is None else offered.name
        return self._making(name, offered, ending(kind))

    def making_of(self, offered: Offer, *, kind: str = SMALL) -> Future[Path]:
        """Return the file of a sound as `making` does; it is not offered, and pushes nothing out.

        Raises
        ------
        LaterError
            If too many others are to be made first.
        """
        return self._making(offered.name, offered, ending(kind))

    def wav(self, name: str) -> bytes:
        """Return a sound as the contents of a WAV file.

        Raises
        ------
        InputError
            As `file` does.
        """
        return self.file(name, kind=WHOLE).read_bytes()

    def asked(self, name: str, note: int | None = None) -> Offer:
        """Return what was offered under a name, or what a note of it cites; nothing is made.

        Raises
        ------
        InputError
            If it was never offered, or too long ago.
        """
        offered, cited = self._found(name)
        if note is None:
            return offered
        if cited is None:
            raise InputError("its notes cite nothing")
        return Offer(cited(note), offered.program, offered.tempo_bpm)

    def close(self) -> None:
        """Make no more sounds; what waits to be made is given up."""
        self._makers.shutdown(wait=False, cancel_futures=True)

    def _found(self, name: str) -> tuple[Offer, Cited | None]:
        with self._lock:
            if name in self._offered:
                self._offered.move_to_end(name)
                return self._offered[name]
            if name in self._kept:
                return self._kept[name]
        raise InputError("this sound is no longer here; load the page again")

    def _making(self, name: str, offered: Offer, kind: str) -> Future[Path]:
        path = self._folder / f"{name}{kind}"
        with self._lock:
            if path not in self._made or _is_lost(self._made[path]):
                waiting = sum(not made.done() for made in self._made.values())
                if waiting >= _MOST_WAITING:
                    raise LaterError(
                        "too many sounds are being made; try again soon", _WAIT_SEC, busy=True
                    )
                try:
                    self._made[path] = self._makers.submit(self._make, path, offered)
                except RuntimeError:  # closed
                    raise _closing() from None
            self._made.move_to_end(path)
            made = self._made[path]
            alike = [other for other in self._made if other.suffix == kind]
            for old in alike[: -_MOST_KEPT[kind]]:
                self._made.pop(old).add_done_callback(_removed)
        return made

    def _make(self, path: Path, offered: Offer) -> Path:
        sound = offered.rendered(self._soundfont)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, _WRITERS[path.suffix](sound))
        return path


def ending(kind: str) -> str:
    """Return what the name of a sound's file ends in: `kind`, where that can be written here.

    Examples
    --------
    >>> ending(WHOLE)
    '.wav'
    """
    return kind if kind in _FORMATS and can_compress(_FORMATS[kind]) else WHOLE


def _closing() -> LaterError:
    return LaterError("the server is closing", _WAIT_SEC, busy=True)


def _failed(made: Future[Path]) -> bool:
    return made.done() and (made.cancelled() or made.exception() is not None)


def _is_lost(made: Future[Path]) -> bool:
    """Return whether it came to nothing, or its file is gone."""
    return _failed(made) or (made.done() and not made.result().exists())


def _removed(made: Future[Path]) -> None:
    if not _failed(made):
        made.result().unlink(missing_ok=True)
