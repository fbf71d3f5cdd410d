"""File <-> `Melody`: `load_melody` and `save_melody`, by the ending of the name.

No reader is imported before it is needed; hearing a recording takes the extra ``audio``.

Imports `mer.notes`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from mer.errors import InputError
from mer.io.reading import Reading
from mer.io.sheet.sheet import Sheet
from mer.notes.melody import Melody

__all__ = [
    "LOADERS",
    "RECORDINGS",
    "SAVERS",
    "Reading",
    "Sheet",
    "load_melody",
    "read_melody",
    "save_melody",
    "save_sheet",
]


class _Wanted(NamedTuple):
    """What is asked of a file; each loader takes what its format has (see `read_melody`)."""

    track: int | str | None
    tune: int | str | None
    quantise: str


def _read_midi(path: Path, wanted: _Wanted) -> Reading:
    from mer.io.midi.read import read_midi

    return read_midi(path, track=wanted.track, quantise=wanted.quantise)


def _read_score(path: Path, wanted: _Wanted) -> Reading:
    from mer.io.score.read import read_score

    return read_score(path, track=wanted.track)


def _read_abc(path: Path, wanted: _Wanted) -> Reading:
    from mer.io.tunebook.files import read_abc

    return read_abc(path, track=wanted.track, tune=wanted.tune)


def _read_incipit(path: Path, wanted: _Wanted) -> Reading:
    from mer.io.incipit.read import read_incipit

    return read_incipit(path, track=wanted.track)


def _read_gabc(path: Path, wanted: _Wanted) -> Reading:
    from mer.io.chant.read import read_gabc

    return read_gabc(path, track=wanted.track)


def _read_volpiano(path: Path, wanted: _Wanted) -> Reading:
    from mer.io.chant.read import read_volpiano

    return read_volpiano(path, track=wanted.track)


def _read_audio(path: Path, wanted: _Wanted) -> Reading:
    from mer.io.recording.read import read_audio

    return read_audio(path, track=wanted.track)


def _save_midi(sheet: Sheet, path: Path) -> None:
    from mer.io.midi.writing.files import save_midi

    save_midi(sheet, path)


def _save_musicxml(sheet: Sheet, path: Path) -> None:
    from mer.io.score.musicxml import save_musicxml

    save_musicxml(sheet, path)


def _save_abc(sheet: Sheet, path: Path) -> None:
    from mer.io.tunebook.writer import save_abc

    save_abc(sheet, path)


RECORDINGS = (".wav", ".flac", ".ogg", ".mp3")
LOADERS: dict[str, Callable[[Path, _Wanted], Reading]] = {
    ".mid": _read_midi,
    ".midi": _read_midi,
    ".kar": _read_midi,
    ".rmi": _read_midi,
    ".musicxml": _read_score,
    ".xml": _read_score,
    ".mxl": _read_score,
    ".abc": _read_abc,
    ".krn": _read_score,
    ".mei": _read_score,
    ".pae": _read_incipit,
    ".gabc": _read_gabc,
    ".volpiano": _read_volpiano,
    **dict.fromkeys(RECORDINGS, _read_audio),
}
_OTHER_RECORDINGS = (".m4a", ".aac", ".mp4", ".webm", ".opus", ".wma", ".aif", ".aiff", ".amr")
SAVERS: dict[str, Callable[[Sheet, Path], None]] = {
    ".mid": _save_midi,
    ".midi": _save_midi,
    ".musicxml": _save_musicxml,
    ".xml": _save_musicxml,
    ".mxl": _save_musicxml,
    ".abc": _save_abc,
}


def read_melody(
    path: str | Path,
    *,
    track: int | str | None = None,
    tune: int | str | None = None,
    quantise: str = "auto",
    meter: tuple[int, int] | str | None = None,
    from_bar: int | None = None,
    to_bar: int | None = None,
) -> Reading:
    """Return the melody in a file, and remarks on what was chosen or left out.

    The melody begins at tick 0; leading silence is dropped, the place in the bar kept.

    Parameters
    ----------
    path
        A file whose name ends in one of `LOADERS`.
    track
        Number (from 1) or name of the track, channel or part to take where there are several.
    tune
        Number (``X:``) or title of the tune to take out of a tunebook (``.abc``); by default the
        first.
    quantise
        How the rhythm of a MIDI file is written: ``auto``, where it was played, ``off`` or a grid
        such as ``1/16`` or ``1/8T`` (see `mer.io.midi.grid`).
    meter
        The metre, such as ``"3/4"``, whatever the file says.
    from_bar, to_bar
        Take only the notes that begin in these bars, both included. Bars count from 1 as in the
        score, and a pick-up is bar 0 (see `mer.io.passage`).

    Raises
    ------
    InputError
        If the file cannot be read as music, or a bar is not there; one line that names the file and
        the problem.

    Examples
    --------
    >>> import tempfile
    >>> tune = Melody(pitch=[67, 72], onset=[0, 480], duration=[480, 960], downbeat=480)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_melody(tune, f"{folder}/tune.mid")
    ...     read_melody(f"{folder}/tune.mid").melody == tune
    True
    """
    path = Path(path)
    with contextlib.suppress(OSError):  # a name too long to look up is the loader's to refuse
        if path.is_dir():
            raise InputError(f"{path}: is a folder; a file is needed")
    loader = LOADERS.get(path.suffix.lower())
    if loader is None:
        hint = "save the recording as WAV" if path.suffix.lower() in _OTHER_RECORDINGS else ""
        raise InputError(
            f"{path}: {_unknown_ending('read', path)}; {hint or 'known: ' + ', '.join(LOADERS)}"
        )
    if tune is not None and loader is not _read_abc:
        raise InputError(f"{path}: no tune {str(tune)!r}; only a tunebook (.abc) holds several")
    reading = loader(path, _Wanted(track, tune, quantise))
    if quantise not in ("auto", "off") and loader is not _read_midi:
        from mer.io.midi.grid import check_quantise

        check_quantise(quantise)
        said = f"the rhythm stays as it is written: {quantise!r} is for MIDI files"
        reading = reading._replace(remarks=(*reading.remarks, said))
    if meter is None and from_bar is None and to_bar is None:
        return reading
    from mer.io.passage import in_meter, passage

    try:
        reading = reading if meter is None else in_meter(reading, meter)
        return passage(reading, from_bar, to_bar)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def _unknown_ending(verb: str, path: Path) -> str:
    if not path.suffix:
        return "the name has no ending, which says what kind of file it is"
    return f"cannot {verb} files that end in {path.suffix!r}"


def load_melody(
    path: str | Path,
    *,
    track: int | str | None = None,
    tune: int | str | None = None,
    quantise: str = "auto",
    meter: tuple[int, int] | str | None = None,
    from_bar: int | None = None,
    to_bar: int | None = None,
) -> Melody:
    """Return the melody in a file; `read_melody` without the remarks."""
    return read_melody(
        path,
        track=track,
        tune=tune,
        quantise=quantise,
        meter=meter,
        from_bar=from_bar,
        to_bar=to_bar,
    ).melody


def save_melody(
    melody: Melody, path: str | Path, *, program: int = 0, tempo_bpm: float | None = None
) -> None:
    """Write a melody in the format that the name ends in, whole or not at all.

    Parameters
    ----------
    path
        Ends in one of `SAVERS`.
    program
        General MIDI instrument, 0 to 127.
    tempo_bpm
        Quarter notes a minute, instead of the melody's own tempo.

    Raises
    ------
    InputError
        If there is no melody, the ending is unknown, an option is out of range or the file cannot
        be written.
    """
    if not isinstance(melody, Melody):
        hint = "; give its .melody" if hasattr(melody, "melody") else ""
        raise InputError(f"{path}: a Melody is written, not {type(melody).__name__}{hint}")
    try:
        sheet = Sheet.of(melody, program=program, tempo_bpm=tempo_bpm)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    save_sheet(sheet, path)


def save_sheet(sheet: Sheet, path: str | Path) -> None:
    """Write parts, chord symbols and credits in the format that the name ends in.

    Parameters
    ----------
    path
        Ends in one of `SAVERS`. ABC holds the first part and the chord symbols.

    Raises
    ------
    InputError
        If the ending is unknown or the file cannot be written.
    """
    path = Path(path)
    saver = SAVERS.get(path.suffix.lower())
    if saver is None:
        raise InputError(f"{path}: {_unknown_ending('write', path)}; known: {', '.join(SAVERS)}")
    saver(sheet, path)
