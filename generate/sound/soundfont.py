"""Flag, environment and known places -> the soundfont file to play with.

Nothing is shipped or copied: the file is used where it lies. A name given by the user must be
right; places that are merely searched are passed over silently.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from mer.corpus.shipped import soundfont_folder
from mer.errors import InputError

ENVIRONMENT_VARIABLE = "MER_SOUNDFONT"

# Named files come first, in this order: what a bare *.sf2 pattern or a "default" link finds changes
# with what else is installed, and the sound would change with it.
_PREFERRED = (
    "FluidR3_GM.sf2",
    "MuseScore_General.sf3",
    "MuseScore_General_Lite.sf3",
    "FluidR3Mono_GM.sf3",
    "TimGM6mb.sf2",
)
_SYSTEM_PLACES: tuple[Path, ...] = (
    Path("/usr/share/sounds/sf2"),
    Path("/usr/share/sounds/sf3"),
    Path("/usr/share/soundfonts"),
    Path("/usr/local/share/soundfonts"),
    Path("/opt/homebrew/share/soundfonts"),
)


def find_soundfont(flag: str | Path | None = None, *, compressed: bool = True) -> Path | None:
    """Return the soundfont to use: by flag, `MER_SOUNDFONT`, known places, pretty_midi; or None.

    Parameters
    ----------
    flag
        What the user asked for, if anything. It wins over everything else.
    compressed
        Whether compressed soundfonts (.sf3) count among those that are searched for.

    Raises
    ------
    InputError
        If the flag or the environment variable names a file that is not a soundfont.
    """
    if flag is not None:
        return _checked(Path(flag), "the soundfont")
    from_environment = os.environ.get(ENVIRONMENT_VARIABLE, "")
    if from_environment:
        return _checked(Path(from_environment), f"the soundfont in {ENVIRONMENT_VARIABLE}")
    for path in _candidates():
        if is_soundfont(path) and (compressed or not is_compressed(path)):
            return path
    return None


def is_soundfont(path: Path) -> bool:
    """Return whether the file begins as a SoundFont 2 or 3 does."""
    head = _head(path, 12)
    return head[:4] == b"RIFF" and head[8:12] == b"sfbk"


def is_compressed(path: Path) -> bool:
    """Return whether a soundfont holds compressed samples (version 3, usually named .sf3)."""
    head = _head(path, 512)
    at = head.find(b"ifil")
    major = int.from_bytes(head[at + 8 : at + 10], "little") if at >= 0 else 2
    return major >= 3 or path.suffix.lower() == ".sf3"


def known_places() -> tuple[Path, ...]:
    """Return the folders that are searched: the project's own `soundfonts/`, then the system's."""
    return (soundfont_folder(), *_SYSTEM_PLACES)


def _candidates() -> Iterator[Path]:
    places = known_places()
    for place in places:
        yield from (place / name for name in _PREFERRED)
    for place in places:
        yield from sorted(place.glob("*.sf[23]"))
    # pretty_midi carries a small General MIDI soundfont; finding it must not import pretty_midi.
    package = find_spec("pretty_midi")
    if package is not None and package.origin is not None:
        yield Path(package.origin).parent / "TimGM6mb.sf2"


def _checked(path: Path, what: str) -> Path:
    if not path.is_file():
        raise InputError(f"{what} {str(path)!r} is not a file")
    if not is_soundfont(path):
        raise InputError(f"{what} {str(path)!r} is not a SoundFont (.sf2 or .sf3) file")
    return path


def _head(path: Path, length: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(length)
    except OSError:
        return b""
