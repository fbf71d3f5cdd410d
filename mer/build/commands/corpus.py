"""The commands ``mer corpus build | add | list ...``: options -> corpora, and what is said."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, TypeVar

from mer.build.cluster import dask_executor
from mer.build.collections import COLLECTIONS, collection_named
from mer.build.corpora import build_collections
from mer.build.folders import Addition, add_folder, corpus_folder, listed_corpora
from mer.build.ledger import LEDGER, opened
from mer.build.workers import worker_pool
from mer.corpus.corpus import UNITS, Corpus
from mer.corpus.shipped import GRAPH, SHIPPED, check_shipped, index_file
from mer.errors import InputError
from mer.io.reading import write_bytes
from mer.notes.names import counted
from mer.search.graphs import make_graph
from mer.search.index import PhraseIndex
from mer.search.postgres.address import is_address
from mer.search.segments.manifest import open_segments
from mer.search.segments.segment import Segment
from mer.search.segments.writing import check_segments, merge_segments, remove_tunes
from mer.search.sharing.duplicates import LEAST, Duplicate, duplicates

_Step = TypeVar("_Step")
USUAL_WORKERS = 4
LARGEST_WORKERS = 256
MOST_LINES = 5  # of problems on the screen; the log has all


def add_corpus_commands(commands: Any) -> None:
    """Add ``corpus build``, ``corpus add`` and so on to the parser's commands."""
    corpus = commands.add_parser("corpus", help="build, extend, list and check corpora")
    actions = corpus.add_subparsers(dest="action", required=True, metavar="ACTION")
    build = actions.add_parser(
        "build",
        help="build collections out of installed packages",
        description="Collections: "
        + "; ".join(f"{c.name} ({c.title})" for c in COLLECTIONS.values()),
    )
    build.add_argument("names", nargs="+", metavar="NAME", help=f"any of {', '.join(COLLECTIONS)}")
    build.add_argument(
        "--into", metavar="NAME", help="name of the corpus (default: the first NAME)"
    )
    _add_workers(build)
    build.add_argument("--quiet", action="store_true", help="show no progress")
    build.set_defaults(run=_build)
    add = actions.add_parser(
        "add",
        help="add a folder of your own MIDI, MusicXML, MEI, ABC, kern or chant files to a corpus",
    )
    add.add_argument("folder", help="searched with all folders inside")
    add.add_argument("--into", metavar="NAME", help="name of the corpus (default: the folder's)")
    _add_workers(add)
    add.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="let the workers of a Dask cluster read instead, such as tcp://127.0.0.1:8786; they "
        "must see the folder and the corpora under the same paths (pip install 'mer[dask]')",
    )
    add.add_argument(
        "--skip-duplicates",
        action="store_true",
        help="leave out tunes with the same notes as one before, up to transposition and tempo "
        "(they are kept and reported)",
    )
    add.add_argument(
        "--prune",
        action="store_true",
        help="remove the tunes of files that are no more in the folder (they are kept)",
    )
    add.add_argument("--quiet", action="store_true", help="show no progress")
    add.set_defaults(run=_add)
    listing = actions.add_parser("list", help="list the corpora there are")
    listing.set_defaults(run=_list)
    remove = actions.add_parser("remove", help="remove tunes from a corpus, by their ids")
    remove.add_argument("name", help="the corpus")
    remove.add_argument("ids", nargs="+", metavar="ID", help="a tune, as searches name it in JSON")
    remove.set_defaults(run=_remove)
    merge = actions.add_parser(
        "merge",
        help="join the small segments of a corpus, and drop removed tunes from its files",
        description="Join the small segments of a corpus, and drop removed tunes from its files. "
        "Searches find the same before and after. It is worth it after some dozens of additions, "
        "as each small segment costs every search a fraction of a millisecond, and after many "
        "removals, as removed tunes keep their place on disk until then. It reads and writes what "
        "it joins; other writers wait, searches go on. From a hundred small segments on, adding "
        "merges by itself.",
    )
    merge.add_argument("name", help="the corpus")
    merge.add_argument("--quiet", action="store_true", help="show no progress")
    merge.set_defaults(run=_merge)
    graph = actions.add_parser(
        "graph",
        help="make the neighbour graph of a large corpus, or bring it up to date, for searches of "
        "whole melodies with --method full",
    )
    graph.add_argument("name", help="the corpus")
    _add_workers(graph, "align")
    graph.add_argument("--quiet", action="store_true", help="show no progress")
    graph.set_defaults(run=_graph)
    twice = actions.add_parser(
        "duplicates",
        help="list the tunes of a corpus that are in it twice or nearly so, in groups",
        description="List the tunes of a corpus that are in it twice or nearly so, in groups, each "
        "with the tune that it is most like and the reason.",
    )
    twice.add_argument("name", nargs="?", help="the corpus: a name, file or folder (shipped)")
    twice.add_argument(
        "--least",
        type=float,
        default=LEAST,
        metavar="SHARE",
        help="share of the notes of the shorter tune that must be the same, transposed or not, .5 "
        "to 1 (%(default)s)",
    )
    twice.add_argument("--json", action="store_true", help="print JSON instead of text")
    twice.add_argument("--quiet", action="store_true", help="show no progress")
    twice.set_defaults(run=_duplicates)
    export = actions.add_parser(
        "export",
        help="write the phrases of a corpus as a table, for pandas or a tool that draws maps",
    )
    export.add_argument("name", help="the corpus: a name, file or folder; folk is the shipped one")
    export.add_argument("file", help="what to write: .csv, or .parquet (the extra tables)")
    export.add_argument(
        "--unit", choices=UNITS, help="a row for each phrase, or whole melody (default: as indexed)"
    )
    export.add_argument(
        "--vectors",
        action="store_true",
        help="also write the learned vector: 256 columns, and x, y",
    )
    export.add_argument("--quiet", action="store_true", help="show no progress")
    export.set_defaults(run=_export)
    check = actions.add_parser(
        "check",
        help="compare the files of a corpus with their checksums; without a name, all shipped data",
    )
    check.add_argument("name", nargs="?", help="the corpus: a name, file or folder (shipped)")
    check.add_argument("--quiet", action="store_true", help="show no progress")
    check.set_defaults(run=_check)


def _add_workers(command: Any, work: str = "read") -> None:
    command.add_argument(
        "--workers",
        type=int,
        help=f"how many processes {work} (default: one a core, at most {USUAL_WORKERS})",
    )


def _workers(options: argparse.Namespace) -> int:
    if options.workers is not None and not 1 <= options.workers <= LARGEST_WORKERS:
        raise InputError(f"--workers is {options.workers}; 1 to {LARGEST_WORKERS} is supported")
    return options.workers or min(os.cpu_count() or 1, USUAL_WORKERS)


def _with_bar(steps: Iterable[_Step], title: str, quiet: bool) -> Iterable[_Step]:
    """Return the steps, shown as a progress bar on stderr where that is a terminal."""
    from tqdm import tqdm

    bar: Iterable[_Step] = tqdm(
        steps, desc=title, unit="segment", leave=False, disable=True if quiet else None
    )
    return bar


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _build(options: argparse.Namespace) -> int:
    folder = corpus_folder(options.into or options.names[0])
    tallies = build_collections(
        options.names, folder, progress=not options.quiet, workers=_workers(options)
    )
    for tally in tallies:
        for problem in tally.problems[:MOST_LINES]:
            sys.stderr.write(f"not read: {problem}\n")
        if (more := len(tally.problems) - MOST_LINES) > 0:
            sys.stderr.write(f"not read: {more:,} more\n")
        _say(str(tally))
        _say(f"licence: {collection_named(tally.collection).licence}")
    _say(f"corpus {folder.name!r} is ready: use it with --corpus {folder.name}")
    return 0


def _add(options: argparse.Namespace) -> int:
    workers, folder = _workers(options), Path(options.folder).absolute()
    there = options.scheduler is not None and folder.is_dir()
    with dask_executor(options.scheduler, folder) if there else nullcontext() as executor:
        added = add_folder(
            options.folder,
            options.into,
            progress=not options.quiet,
            workers=workers,
            executor=executor,
            skip_duplicates=options.skip_duplicates,
            prune=options.prune,
        )
    for word, lines in (("not read", added.problems), ("mended", added.mended)):
        for line in lines[:MOST_LINES]:
            sys.stderr.write(f"{word}: {line}\n")
        if (more := len(lines) - MOST_LINES) > 0:
            sys.stderr.write(f"{word}: {more:,} more; see {added.log}\n")
    for line in _remarks(added):
        _say(line)
    _say(
        f"added {counted(added.new, 'tune')} ({added.replaced:,} of them replaced), "
        f"{len(added.problems):,} not read; corpus {added.folder.name!r} now has "
        f"{counted(added.tunes, 'tune')} and {counted(added.phrases, 'phrase')}: "
        f"use it with --corpus {added.folder.name}"
    )
    if added.new and (added.folder / GRAPH).is_file():
        _say(f"its neighbour graph lacks them: python -m mer corpus graph {added.folder.name}")
    return 0


def _remarks(added: Addition) -> Iterator[str]:
    """Yield one line for each thing that was done otherwise than a newcomer may think."""
    if added.unchanged:
        yield f"{counted(added.unchanged, 'file')} as before, not read again"
    if added.duplicates:
        yield (
            f"{counted(added.duplicates, 'tune')} with the same notes as another, up to "
            f"transposition and tempo, kept (see {added.log}); --skip-duplicates leaves such out"
        )
    if added.left_out:
        yield f"{counted(added.left_out, 'duplicate')} left out (see {added.log})"
    if added.vanished:
        yield (
            f"{counted(added.vanished, 'file')} no more in the folder, tunes kept; --prune removes "
            "them"
        )
    if added.pruned:
        yield f"{counted(added.pruned, 'file')} no more in the folder, tunes removed"


def _list(options: argparse.Namespace) -> int:
    for line in listed_corpora():
        _say(line)
    return 0


def _remove(options: argparse.Namespace) -> int:
    folder = corpus_folder(options.name)
    segments = remove_tunes(folder, options.ids)
    if (folder / LEDGER).is_file():
        with opened(folder) as ledger:
            ledger.forget_tunes(options.ids)
    _say(
        f"removed {counted(len(set(options.ids)), 'tune')}; corpus {options.name!r} now has "
        f"{counted(segments.size.tunes, 'tune')} and {counted(segments.size.sequences, 'phrase')}"
    )
    return 0


def _merge(options: argparse.Namespace) -> int:
    def shown(groups: list[list[Segment]]) -> Iterable[list[Segment]]:
        return _with_bar(groups, "merging", options.quiet)

    before, after = merge_segments(corpus_folder(options.name), shown)
    _say(f"corpus {options.name!r}: {counted(before, 'segment')} before, {after:,} now")
    return 0


def _graph(options: argparse.Namespace) -> int:
    workers = _workers(options)
    if is_address(options.name):
        raise InputError(
            "a neighbour graph lies beside the files of a corpus, and PostgreSQL servers have no "
            "place for one; make it for the corpus that was pushed"
        )
    folder = corpus_folder(options.name)
    with worker_pool(workers) if workers > 1 else nullcontext() as executor:
        tunes, new = make_graph(
            folder, progress=not options.quiet, executor=executor, waiting=2 * workers
        )
    if not tunes:
        _say(f"corpus {options.name!r} is small and needs no graph: a search compares all of it")
        return 0
    _say(f"corpus {options.name!r}: graph of {counted(tunes, 'tune')}, {new:,} of them new to it")
    return 0


def _duplicates(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    def shown(steps: Iterator[Any], count: int, title: str) -> Iterator[Any]:
        quiet = True if options.quiet else None
        return iter(tqdm(steps, total=count, desc=title, unit="tune", leave=False, disable=quiet))

    corpus = PhraseIndex.load(options.name).corpus
    groups = duplicates(corpus, least=options.least, shown=shown)
    if options.json:
        _say(json.dumps([[_described(corpus, one) for one in group] for group in groups], indent=1))
        return 0
    for number, group in enumerate(groups, start=1):
        _say(f"{number}. {_called(corpus, group[0].of)}")
        for one in group:
            of = f", compared with {_called(corpus, one.of)}" if one.of != group[0].of else ""
            _say(f"   {_called(corpus, one.tune)}: {one.reason()}{of}")
    found = sum(len(group) + 1 for group in groups)
    _say(
        f"{counted(found, 'tune')} in {counted(len(groups), 'group')}, of {len(corpus):,} in all"
        if groups
        else f"none of {counted(len(corpus), 'tune')} is nearly another"
    )
    return 0


def _called(corpus: Corpus, tune: int) -> str:
    return f"{corpus.title(tune) or 'no title'} ({corpus.tune_id(tune)})"


def _described(corpus: Corpus, one: Duplicate) -> dict[str, Any]:
    told = {"tune": corpus.tune_id(one.tune), "of": corpus.tune_id(one.of), "kind": one.kind}
    told |= {"title": corpus.title(one.tune), "of_title": corpus.title(one.of)}
    counts = {"same": one.same, "notes": one.notes, "transposition": one.transposition}
    return {**told, **counts, "reason": one.reason()}


def _export(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from mer.maps.table import table_as_csv, table_as_parquet

    def shown(rows: Iterator[Any], count: int, title: str) -> Iterator[Any]:
        quiet = True if options.quiet else None
        return iter(tqdm(rows, total=count, desc=title, unit="row", leave=False, disable=quiet))

    target = Path(options.file)
    if target.is_dir() or not target.parent.is_dir():
        raise InputError(f"{target}: name a file to write, in a folder that is there")
    if target.suffix.lower() not in (".csv", ".parquet"):
        raise InputError(f"{target}: must end in .csv or .parquet")
    index = PhraseIndex.load(options.name)
    index = index if options.unit is None else index.of_unit(options.unit)
    if options.vectors:
        index.prepare("vector", progress=not options.quiet)
    if target.suffix.lower() == ".parquet":
        written = table_as_parquet(index, vectors=options.vectors, shown=shown)
    else:
        written = table_as_csv(index, vectors=options.vectors, shown=shown).encode()
    write_bytes(target, written)
    unit, several = {"phrase": ("phrase", ""), "melody": ("melody", "melodies")}[index.unit]
    _say(f"wrote {counted(len(index), unit, several)} to {target}")
    return 0


def _check(options: argparse.Namespace) -> int:
    segments = open_segments(index_file(options.name))

    def shown(parts: Iterable[Segment]) -> Iterable[Segment]:
        return _with_bar(parts, "checking", options.quiet)

    check_segments(segments.parts, shown)
    files = ""
    if options.name in (None, SHIPPED):
        # What new music is made with lies beside the shipped corpus.
        files = f", and {counted(check_shipped(), 'file')} that are shipped with them"
    _say(
        f"{counted(len(segments.parts), 'segment')} with {counted(segments.size.tunes, 'tune')}"
        f"{files}: all as they were written"
    )
    return 0
