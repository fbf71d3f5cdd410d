"""A user's folder of music files -> tunes in one of the user's corpora.

Batches of files become bundles, by as many workers as there are; the bundles become segments, in
the order of the paths, and join the corpus all at once. A run that is killed leaves its bundles,
and the next one takes them up. The ledger says which files are in, so that they are not read again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from mer.build.adding import (
    LOG,
    Outcome,
    Work,
    bar,
    bundles_place,
    needed_work,
    publish,
    tidy,
    turn,
    undo,
    write_log,
)
from mer.build.bundles import make_bundle, read_files
from mer.build.ledger import opened
from mer.build.music_files import ENDINGS
from mer.build.sources import listed_files
from mer.build.workers import completed
from mer.corpus.shipped import SHIPPED, home_folder, index_file, own_folders
from mer.errors import InputError
from mer.notes.names import counted
from mer.search.segments.manifest import open_segments, segments_of
from mer.search.segments.writing import check_unit


@dataclass(frozen=True)
class Addition:
    """What became of a folder.

    Parameters
    ----------
    folder
        Of the corpus.
    new, replaced
        Tunes added, and how many of the corpus they replace.
    tunes, phrases
        How much the corpus holds now.
    problems
        One line for each file or tune that was looked at and could not be read.
    mended
        One line for each tune that was damaged and read all the same.
    unchanged
        Files that were not looked at, because they are as they were when they were added.
    vanished, pruned
        Files that are no more: those whose tunes stay, and those whose tunes were removed.
    duplicates, left_out
        Tunes with the same notes as another, up to transposition and tempo: those that were added,
        and those that were not.
    """

    folder: Path
    new: int
    replaced: int
    tunes: int
    phrases: int
    problems: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    unchanged: int = 0
    vanished: int = 0
    pruned: int = 0
    duplicates: int = 0
    left_out: int = 0

    @property
    def log(self) -> Path:
        """The file with a line for each problem, mended tune and duplicate of the corpus."""
        return self.folder / LOG


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


def add_folder(
    folder: str | Path,
    name: str | None = None,
    *,
    progress: bool = False,
    workers: int = 1,
    executor: Executor | None = None,
    skip_duplicates: bool = False,
    prune: bool = False,
) -> Addition:
    """Read all music files below `folder` into the corpus `name`, new or not.

    A file is known by its path in the folder. One that has not changed is not read again, and the
    tunes of one that has are replaced. What cannot be read is reported, and the rest goes on.
    However many workers read, the corpus is the same. Two processes may add to one corpus at a
    time.

    Parameters
    ----------
    folder
        Searched with all folders inside for the endings of `mer.io.LOADERS`, but no recordings.
    name
        The corpus; by default it is named after the folder.
    progress
        Whether to show a progress bar on stderr, where that is a terminal.
    workers
        How many processes read files.
    executor
        Reads files in place of these processes. Its workers must see `folder` and the corpus under
        the same paths, and have the same release of `mer`.
    skip_duplicates
        Whether to leave out a tune that has the same notes as one before it, up to transposition
        and tempo, in this folder or another that was added.
    prune
        Whether to remove the tunes of files that are no more in the folder.

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
    corpus = corpus_folder(
        name or re.sub(r"[^A-Za-z0-9._-]+", "-", source.resolve().name)
    ).absolute()
    source = source.absolute()
    closed: list[str] = []
    files = listed_files(source, closed)
    if not files:
        raise InputError(f"{source}: no music files in it ({', '.join(ENDINGS)})")
    check_unit(corpus, segments_of(corpus))  # before all the music is read
    place = bundles_place(corpus, source)
    with turn(place):
        with opened(corpus) as ledger:
            # What is in a folder that cannot be entered may be there still.
            work = needed_work(ledger, corpus, source, files, prune=prune and not closed)
            missing = [batch for batch in work.batches if not batch.bundle.exists()]
            done = len(work.files) - sum(len(batch.files) for batch in missing)
            with bar("reading", len(work.files), done, shown=progress) as advance:
                for batch in completed(make_bundle, missing, workers=workers, executor=executor):
                    advance(len(batch.files))
            known = len(work.files) < len(files) or ledger.has_tunes(source)
            none_because = None if known else _why_none(work)
            outcome = Outcome()
            if none_because is None and work.is_any:
                outcome = publish(
                    work,
                    ledger,
                    corpus,
                    source,
                    skip_duplicates=skip_duplicates,
                    progress=progress,
                )
                write_log(ledger, corpus, closed)
        if none_because is not None:
            undo(corpus, place)
            problems = [*closed, *none_because]
            many = counted(len(problems), "problem")
            first = f"; the first of {many}: {problems[0]}" if problems else ""
            raise InputError(
                f"{source}: no tune in {counted(len(files), 'music file')} can be read{first}"
            )
        tidy(place)
    size = open_segments(index_file(corpus)).size
    return Addition(
        folder=corpus,
        new=outcome.new,
        replaced=outcome.replaced,
        tunes=size.tunes,
        phrases=size.sequences,
        problems=(*closed, *outcome.problems),
        mended=tuple(outcome.mended),
        unchanged=len(files) - len(work.files),
        vanished=work.vanished,
        pruned=len(work.pruned),
        duplicates=outcome.duplicates,
        left_out=outcome.left_out,
    )


def _why_none(work: Work) -> list[str] | None:
    """Return the problems of all files, or None if there is a tune in one of them."""
    problems: list[str] = []
    for batch in work.batches:
        for read in read_files(batch):
            if read.tunes:
                return None
            problems += read.problems
    return problems


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
