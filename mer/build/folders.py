"""A user's folder of music files -> tunes in one of the user's corpora."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mer.build.corpora import unique_ids
from mer.corpus.corpus import Tune
from mer.corpus.shipped import SHIPPED, home_folder, index_file, own_folders
from mer.errors import InputError
from mer.io import LOADERS, RECORDINGS, read_melody
from mer.io.tunebook.files import tunes_of
from mer.io.tunebook.tunes import read_tune
from mer.notes.melody import Melody
from mer.notes.names import counted
from mer.notes.phrases import with_phrases
from mer.search.segments.manifest import open_segments, segments_of
from mer.search.segments.writing import Draft, check_unit

MIN_NOTES = 3


@dataclass(frozen=True)
class Addition:
    """What became of a folder: tunes added, and one line for each file or tune not read.

    `mended` holds one line for each tune that was damaged and read all the same.
    """

    folder: Path
    new: int
    replaced: int
    tunes: int
    phrases: int
    problems: tuple[str, ...]
    mended: tuple[str, ...] = ()


def corpus_folder(name: str) -> Path:
    """Return the folder of a user's corpus, which may not exist yet.

    Raises
    ------
    InputError
        If the name is empty, holds anything but letters, digits, dots, - and _, or is taken.
    """
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name, re.ASCII):
        raise InputError(
            f"{name!r} cannot name a corpus; use letters, digits, dots, hyphens and underscores"
        )
    if name == SHIPPED:
        raise InputError(f"{name!r} is the shipped corpus; choose another name with --into")
    return home_folder() / name


def add_folder(folder: str | Path, name: str | None = None, *, progress: bool = False) -> Addition:
    """Read all music files below `folder` into the corpus `name`, new or not.

    A tune that was added before, known by its path in the folder, is replaced. What cannot be read
    is reported, and the rest goes on. Two processes may add to one corpus at a time.

    Parameters
    ----------
    folder
        Searched with all folders inside for the endings of `mer.io.LOADERS`, but no recordings.
    name
        The corpus; by default it is named after the folder.
    progress
        Whether to show a progress bar on stderr, where that is a terminal.

    Raises
    ------
    InputError
        If the folder does not exist, nothing in it can be read, or the corpus cannot be opened.
    """
    source = Path(folder)
    if source.is_file():
        raise InputError(f"{source}: is a file; name the folder that it is in")
    if not source.is_dir():
        raise InputError(f"{source}: no such folder")
    target = corpus_folder(name or re.sub(r"[^A-Za-z0-9._-]+", "-", source.resolve().name))
    endings = [ending for ending in LOADERS if ending not in RECORDINGS]
    files = sorted(path for path in source.rglob("*") if path.suffix.lower() in endings)
    if not files:
        raise InputError(f"{source}: no music files in it ({', '.join(endings)})")
    check_unit(target, segments_of(target))  # before all the music is read
    problems: list[str] = []
    mended: list[str] = []
    shown = _shown(files) if progress else files
    new = 0
    with Draft(target) as draft:
        for tune in unique_ids(read_tunes(shown, source, target.name, problems, mended=mended)):
            draft.add(tune)
            new += 1
        if not new:
            many = counted(len(problems), "problem")
            first = f"; the first of {many}: {problems[0]}" if problems else ""
            raise InputError(
                f"{source}: no tune in {counted(len(files), 'music file')} can be read{first}"
            )
        segments, replaced = draft.publish()
    return Addition(
        folder=target,
        new=new,
        replaced=replaced,
        tunes=segments.size.tunes,
        phrases=segments.size.sequences,
        problems=tuple(problems),
        mended=tuple(mended),
    )


def _shown(files: list[Path]) -> Iterable[Path]:
    from tqdm import tqdm

    bar: Iterable[Any] = tqdm(files, desc="reading", unit="file", disable=None)
    return bar


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
                    yield Tune(f"{name}-{tune_id}", title, name, with_phrases(melody))
        except InputError as error:
            problems.append(str(error))


def _is_abc(path: Path) -> bool:
    return path.suffix.lower() == ".abc"


# Identifier, place in the file ("" where the file is one tune), title, notes.
_Found = tuple[str, str, str, Melody]


def _one_tune(path: Path, stem: str) -> Iterator[_Found]:
    melody = read_melody(path).melody
    yield stem, "", melody.title or path.stem, melody


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


def listed_corpora() -> Iterator[str]:
    """Return one line for each corpus: name, size, collections."""
    for name, where in [(SHIPPED, None), *((path.name, path) for path in own_folders())]:
        try:
            segments = open_segments(index_file(where))
        except InputError as error:
            yield f"{name}: {error}"
            continue
        tunes, phrases = segments.size.tunes, segments.size.sequences
        many = f", {len(segments.parts)} segments" if len(segments.parts) > 1 else ""
        yield (
            f"{name}: {counted(tunes, 'tune')}, {counted(phrases, 'phrase')}{many} "
            f"({', '.join(segments.collections)}){f' in {where}' if where else ''}"
        )
