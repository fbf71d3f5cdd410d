"""Music files -> the tunes in them, each with an identifier made from the path of its file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from mer.corpus.corpus import Tune
from mer.errors import InputError
from mer.io import LOADERS, RECORDINGS, read_melody
from mer.io.tunebook.files import tunes_of
from mer.io.tunebook.tunes import read_tune
from mer.notes.melody import Melody
from mer.notes.names import counted
from mer.notes.phrases import with_phrases

MIN_NOTES = 3
ENDINGS = tuple(ending for ending in LOADERS if ending not in RECORDINGS)


def read_tunes(
    files: Iterable[Path],
    source: Path,
    name: str,
    problems: list[str],
    *,
    mended: list[str] | None = None,
) -> Iterator[Tune]:
    """Yield the tunes in music files below `source`, phrases marked, in a collection `name`.

    One line for each file or tune that cannot be read is appended to `problems`, and one for each
    tune in ABC that was damaged and read all the same to `mended`.
    """
    for path in files:
        place = path.relative_to(source)
        stem = re.sub(r"[^\w.-]+", "-", str(place.with_suffix("")))
        try:
            said = problems, [] if mended is None else mended
            found = _abc_tunes(path, stem, *said) if _is_abc(path) else _one_tune(path, stem)
            for tune_id, where, title, melody in found:
                if len(melody) < MIN_NOTES:
                    problems.append(
                        f"{path}: {where}{title!r} has {counted(len(melody), 'note')}; 3 are needed"
                    )
                else:
                    marked = bool(melody.phrase_starts)
                    yield Tune(f"{name}-{tune_id}", title, name, with_phrases(melody), marked)
        except InputError as error:
            problems.append(str(error))


def _is_abc(path: Path) -> bool:
    return path.suffix.lower() == ".abc"


# Identifier, place in the file ("" where the file is one tune), title, notes.
_Found = tuple[str, str, str, Melody]


def _one_tune(path: Path, stem: str) -> Iterator[_Found]:
    melody = read_melody(path).melody
    # A name of a file may hold bytes that are no text.
    yield stem, "", melody.title or path.stem.encode(errors="replace").decode(), melody


def _abc_tunes(path: Path, stem: str, problems: list[str], mended: list[str]) -> Iterator[_Found]:
    for tune in tunes_of(path):
        reading = read_tune(tune)
        where = f"X:{tune.number} "
        if reading.melody is None:
            problems.append(f"{path}: {where}{tune.title!r}: {reading.problem}")
            continue
        if reading.mended:
            mended.append(f"{path}: {where}{tune.title!r}: {'; '.join(reading.mended)}")
        yield f"{stem}-{tune.number}", where, tune.title, reading.melody
