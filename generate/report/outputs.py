"""The files of each take: their names, checked before anything is computed, and their writing."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from generate.harmony.arrangement import Arrangement, save_arrangement
from mer.errors import InputError
from mer.io.sheet.sheet import NO_CREDITS, Credits

if TYPE_CHECKING:
    from generate.sound.audio import Rendering

ENDINGS = {
    "midi": (".mid", ".midi"),
    "wav": (".wav",),
    "musicxml": (".musicxml", ".xml", ".mxl"),
    "abc": (".abc",),
}


_PICTURES = (".svg",)


class Outputs(NamedTuple):
    """The files of one take; None where none is asked for."""

    midi: Path
    wav: Path | None
    musicxml: Path | None
    abc: Path | None = None

    def named(self) -> dict[str, str]:
        """Return the paths as text, by kind."""
        return {kind: path.as_posix() for kind, path in self.paths().items()}

    def paths(self) -> dict[str, Path]:
        """Return the paths by kind, without those that are not asked for."""
        paths = {"midi": self.midi, "wav": self.wav, "musicxml": self.musicxml, "abc": self.abc}
        return {kind: path for kind, path in paths.items() if path is not None}

    def save(
        self, arranged: Arrangement, sound: Rendering | None, credits: Credits = NO_CREDITS
    ) -> None:
        """Write every file of the take.

        Raises
        ------
        InputError
            If one cannot be written.
        """
        for path in (self.midi, self.musicxml, self.abc):
            if path is not None:
                save_arrangement(arranged, path, credits=credits)
        if self.wav is not None and sound is not None:
            from generate.sound.audio import save_wav

            save_wav(sound, self.wav)


def outputs_of(
    midi: Path,
    count: int,
    *,
    wav: str | None = None,
    musicxml: str | None = None,
    abc: str | None = None,
) -> list[Outputs]:
    """Return the files of `count` takes: numbered ``-01``, ``-02`` ... where there are several.

    Parameters
    ----------
    midi
        The MIDI file of a single take.
    wav, musicxml, abc
        Its other files: a name, an empty text for the name of the MIDI file with the usual ending,
        None for no such file.

    Examples
    --------
    >>> [one.named() for one in outputs_of(Path("new.mid"), 2, wav="")]
    [{'midi': 'new-01.mid', 'wav': 'new-01.wav'}, {'midi': 'new-02.mid', 'wav': 'new-02.wav'}]
    """
    numbers = [""] if count == 1 else [f"-{n:02d}" for n in range(1, count + 1)]

    def numbered(path: Path, number: str) -> Path:
        return path.with_name(f"{path.stem}{number}{path.suffix}")

    def beside(chosen: str | None, suffix: str, number: str) -> Path | None:
        if chosen is None:
            return None
        return numbered(Path(chosen) if chosen else midi.with_suffix(suffix), number)

    return [
        Outputs(
            numbered(midi, number),
            beside(wav, ".wav", number),
            beside(musicxml, ".musicxml", number),
            beside(abc, ".abc", number),
        )
        for number in numbers
    ]


def check_outputs(
    outputs: Sequence[Outputs],
    report: Path | None,
    kept: Sequence[Path],
    *,
    picture: Path | None = None,
) -> None:
    """Check, before anything is computed, that every file can be written.

    Parameters
    ----------
    outputs, report
        The files of the takes, and the report about them.
    kept
        Files that must not be overwritten.
    picture
        Where the plan is drawn.

    Raises
    ------
    InputError
        If a name or a folder will not do, or two files have one name.
    """
    named = [(path, ENDINGS[kind]) for one in outputs for kind, path in one.paths().items()]
    paths = [(path, ends) for path, ends in ((report, ()), (picture, _PICTURES)) if path] + named
    count = Counter(path.resolve() for path, _ in paths)
    twice = [path for path, _ in paths if count[path.resolve()] > 1]
    if twice:
        raise InputError(f"two outputs have the name {twice[0]}")
    for path, endings in paths:
        if endings and path.suffix.lower() not in endings:
            raise InputError(f"{path}: the name must end in {' or '.join(endings)}")
        if path.is_dir():
            raise InputError(f"{path}: is a folder; name a file to write")
        if not path.parent.is_dir():
            raise InputError(f"{path}: there is no folder {path.parent}")
        for read in kept:
            if path.exists() and read.exists() and path.samefile(read):
                raise InputError(
                    f"{path}: would overwrite a file that is read; choose another name"
                )
    for folder in sorted({path.parent for path, _ in paths}):
        probe = folder / f".{os.getpid()}.part"
        try:
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise InputError(f"{folder}: cannot write here: {error.strerror or error}") from error
