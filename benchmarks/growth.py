"""Corpora of more and more tunes -> what building, loading, adding and searching cost, and find.

    python benchmarks/growth.py [--tunes 5000 40000 | --phrases 528000] [--background FILE]
        [--queries 60] [--into DIR] [--old-checkout DIR]

Corpora of any size are made by varying real tunes: the shipped ones and, with `--background`, the
labelled melodies of a file, divided into phrases by the boundary model and without beat strengths,
which files of users do not have either. The first round takes them
as they are, each further one changes a tenth of the notes of every tune. With `--phrases` a corpus
has exactly so many, the last tune being cut. What of the tunes is in `--into` already is not made
again.

Two ways are compared in one run. *Now*: segments of four-note and three-note sets. *Before*: three
views with TF-IDF (skip-grams of three notes, intervals, intervals with rhythm; `BEFORE`) of the
whole corpus in one file, as far as memory allows (`--before-up-to` tunes). Every build and every
measurement has a process of its own. Printed: processor time and largest memory of a build; bytes a
phrase; processor time to load and, now, to add ten tunes; processor time of a search and how many
entries of lists it reads; and how often a phrase that was damaged *lightly* (transposed, one note
changed, one deleted) or *heavily* (a fifth of the notes changed, a tenth deleted, some ornamented)
is among the first 100, 200 and 800 candidates. Queries are phrases of the shipped corpus of at
least 8 notes; a phrase counts as found where one with its intervals and rhythm is found.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from checkouts import HERE, Searcher, build_in, by_turns, milliseconds
from growth_tunes import DAMAGE, REAL, chosen_tunes, phrases_asked, real_tunes, varied

from mer.corpus.corpus import Corpus
from mer.corpus.storage import load_arrays, save_arrays
from mer.embeddings import TERMS, TermView
from mer.embeddings.term_sets import terms_of
from mer.notes.arrays import Ints, Keys
from mer.search.index import PhraseIndex, load_corpus
from mer.search.segments.segment import shapes_of
from mer.search.segments.writing import Draft
from mer.search.stack.comparison import Limits, by_motif
from mer.search.stack.methods import METHODS, MOTIF_ALIGNED, RankingMethod, rank
from mer.search.stack.pool import Pool
from mer.search.stack.proposal import propose
from mer.search.stack.query import Query

BEFORE: Mapping[str, float] = {"skip-gram": 0.15, "interval-rhythm": 0.05, "interval": 0.05}
METHODS["before"] = RankingMethod(lambda pool, query: BEFORE, by_motif, MOTIF_ALIGNED)
KIND, WHOLE = "three views", "whole.npz"
DEPTHS = (100, 200, 800)
ADDED = 5  # times
ONE = Limits(least=10, complete=False, best=10)  # as a search limits itself


def largest_mib() -> float:
    """Return the largest memory of this process so far.

    The system's own count, `ru_maxrss`, begins with that of the process that started this one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        told = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(told["VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def build_now(folder: Path, tunes: int, in_phrases: int) -> dict[str, Any]:
    """Build the segments of so many tunes."""
    real, spent = Corpus.load(folder / REAL), 0.0
    with Draft(folder / f"now-{tunes}") as draft:
        for tune in chosen_tunes(real, tunes, in_phrases):
            began = time.process_time()
            draft.add(tune)
            spent += time.process_time() - began
        began = time.process_time()
        segments, _ = draft.publish()
        spent += time.process_time() - began
    size = sum(path.stat().st_size for path in (folder / f"now-{tunes}").iterdir())
    return {
        "tunes": segments.size.tunes,
        "phrases": segments.size.sequences,
        "build CPU s": spent,
        "build MiB": largest_mib(),
        "bytes a phrase": size / segments.size.sequences,
    }


def build_before(folder: Path, tunes: int, in_phrases: int) -> dict[str, Any]:
    """Build three views of so many tunes, in one file."""
    made = list(chosen_tunes(Corpus.load(folder / REAL), tunes, in_phrases))
    began = time.process_time()
    corpus = Corpus.from_tunes(made)
    columns = corpus.columns()
    arrays = corpus.arrays() | {"shape": shapes_of(columns)}
    for name in BEFORE:
        view = TermView(TERMS[name]).fit(columns)
        arrays |= {f"views.{name}.{key}": array for key, array in view.arrays().items()}
    header = {"kind": KIND, "version": 1, "collections": corpus.collections}
    path = folder / f"before-{tunes}" / WHOLE
    save_arrays(path, arrays, header)
    return {
        "tunes": len(corpus),
        "phrases": len(columns),
        "build CPU s": time.process_time() - began,
        "build MiB": largest_mib(),
        "bytes a phrase": path.stat().st_size / len(columns),
    }


def add_now(folder: Path, tunes: int) -> dict[str, Any]:
    """Add ten tunes, again and again, and say what it takes: the median, without the first time."""
    real = Corpus.load(folder / REAL)
    spent, passed = [], []
    for turn in range(ADDED + 1):
        ten = [
            tune._replace(tune_id=f"new {turn} {place}")
            for place, tune in enumerate(varied(real, 10 * turn, 10 * turn + 10))
        ]
        before, began = time.process_time(), time.perf_counter()
        with Draft(folder / f"now-{tunes}") as draft:
            for tune in ten:
                draft.add(tune)
            draft.publish()
        spent.append(time.process_time() - before)
        passed.append(time.perf_counter() - began)
    return {
        "add CPU s": float(np.median(spent[1:])),
        "add s": float(np.median(passed[1:])),
        "add MiB": largest_mib(),
    }


def search_now(folder: Path, tunes: int, queries: int) -> dict[str, Any]:
    """Load the segments and search."""
    began = time.process_time()
    index = PhraseIndex.load(folder / f"now-{tunes}")
    loading = time.process_time() - began

    def entries(query: Query) -> int:
        terms = {"four-note": terms_of(TERMS["four-note"], query.columns)}
        return sum(len(listed["four-note"].sequences) for listed in index.store.lists(terms))

    asked = Asked(index.pool, "motif", index.store.shapes, entries)
    return {"segments": len(index.store.parts), "load CPU s": loading} | asked.answers(queries)  # type: ignore[attr-defined]


def search_before(folder: Path, tunes: int, queries: int) -> dict[str, Any]:
    """Load the three views and search."""
    began = time.process_time()
    arrays, header = load_arrays(folder / f"before-{tunes}" / WHOLE, kind=KIND, version=1)
    corpus = Corpus.from_arrays(arrays, header["collections"])
    views = {}
    for name in BEFORE:
        keys = ("terms_", "starts_", "sequences_", "counts_", "norms_")
        own = {key: arrays[f"views.{name}.{key}"] for key in keys}
        views[name] = TermView(TERMS[name]).restore(own)
    pool = Pool(corpus.columns(), views, unit="phrase")
    loading = time.process_time() - began

    def entries(query: Query) -> int:
        count = 0
        for view in views.values():
            row = view.query_terms(query.columns)[2]
            row = row[row >= 0]
            count += int((view.starts_[row + 1] - view.starts_[row]).sum())
        return count

    asked = Asked(pool, "before", lambda numbers: arrays["shape"][numbers], entries)
    return {"load CPU s": loading} | asked.answers(queries)


def compare_old(
    folder: Path, tunes: int, in_phrases: int, queries: int, checkout: Path
) -> dict[str, dict[str, Any]]:
    """Build in an earlier checkout; return what it and this one say of the same queries."""
    columns, old = folder / f"columns-{tunes}.npz", folder / f"old-{tunes}.npz"
    Corpus.from_tunes(chosen_tunes(Corpus.load(folder / REAL), tunes, in_phrases)).save(columns)
    built = build_in(checkout, columns, old)
    columns.unlink()
    index, shipped = PhraseIndex.load(folder / f"now-{tunes}"), load_corpus()
    rng = np.random.default_rng(0)
    chosen = phrases_asked(shipped, len(index), queries, rng)
    wanted = shapes_of(shipped.columns().take(chosen))
    with Searcher(checkout, old) as before, Searcher(HERE, folder / f"now-{tunes}") as now:
        told = {"old": built | before.told, "now": dict(now.told)}
        for kind, damage in DAMAGE.items():
            asked = [damage(shipped.phrase(int(n)).melody, rng) for n in chosen]
            answers = by_turns([before, now], asked)
            spent = milliseconds(answers)
            for way, both, times in zip(told, zip(*answers, strict=True), spent, strict=True):
                alike = [
                    index.store.shapes(np.array(answer.numbers)) == shape
                    for answer, shape in zip(both, wanted, strict=True)
                ]
                first = np.mean([like[0] for like in alike])
                within = np.mean([like.any() for like in alike])
                told[way] |= {
                    f"{kind} search ms": float(np.median(times)),
                    f"{kind} first / in ten": f"{first:.3f} / {within:.3f}",
                }
            share = f"{np.median(spent[1]) / np.median(spent[0]):.3f}"
            told["now"][f"{kind}, share of the old time"] = share
    return told


class Asked:
    """A pool that damaged phrases are searched in."""

    def __init__(
        self,
        pool: Pool,
        method: str,
        shapes: Callable[[Ints], Keys],
        entries: Callable[[Query], int],
    ) -> None:
        self.pool = pool
        self.method = method
        self.shapes = shapes
        self.entries = entries

    def answers(self, queries: int) -> dict[str, Any]:
        """Return recall, entries read and processor time."""
        shipped, rng = load_corpus(), np.random.default_rng(0)
        chosen = phrases_asked(shipped, len(self.pool), queries, rng)
        shape = shapes_of(shipped.columns().take(chosen))
        told: dict[str, Any] = {}
        for kind, damage in DAMAGE.items():
            asked = [Query.of(damage(shipped.phrase(int(n)).melody, rng)) for n in chosen]
            found, proposing, searching = np.zeros(len(DEPTHS)), [], []
            rank(self.pool, asked[0], self.method)
            for query, wanted in zip(asked, shape, strict=True):
                began = time.process_time()
                views = METHODS[self.method].views(self.pool, query)
                best = propose(self.pool, query, views).best(DEPTHS[-1])
                proposing.append(time.process_time() - began)
                like = self.shapes(best) == wanted
                found += [like[:depth].any() for depth in DEPTHS]
                began = time.process_time()
                rank(self.pool, query, self.method, limits=ONE)
                searching.append(time.process_time() - began)
            told[f"{kind} @100 / 200 / 800"] = " / ".join(
                f"{share:.3f}" for share in found / len(asked)
            )
            told[f"{kind} entries"] = int(np.mean([self.entries(query) for query in asked]))
            told[f"{kind} propose ms"] = 1000 * float(np.median(proposing))
            told[f"{kind} search ms"] = 1000 * float(np.median(searching))
        return told


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    "build_now": build_now,
    "build_before": build_before,
    "search_now": search_now,
    "search_before": search_before,
    "add_now": add_now,
}


def in_a_process(step: str, folder: Path, *given: int) -> dict[str, Any]:
    """Return what a step says that runs in a process of its own."""
    command = [sys.executable, __file__, "--step", step, "--into", str(folder)]
    done = subprocess.run(
        [*command, "--given", *map(str, given)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return {f"{step} failed": done.stderr.strip().splitlines()[-1]}
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def print_table(ways: Mapping[str, Mapping[str, Any]]) -> None:
    """Print one row for each figure and one column for each way."""
    print(f"\n| | {' | '.join(ways)} |\n|---|{'---|' * len(ways)}")
    for name in dict.fromkeys(key for told in ways.values() for key in told):
        cells = []
        for told in ways.values():
            value = told.get(name, "")
            cells.append(
                f"{value:,.3g}"
                if isinstance(value, float)
                else f"{value:,}"
                if isinstance(value, int)
                else value
            )
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tunes", type=int, nargs="+", default=[5_000, 40_000])
    parser.add_argument("--phrases", type=int, nargs="+", default=[], help="in place of --tunes")
    parser.add_argument("--background", help="labelled melodies to vary as well")
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--before-up-to", type=int, default=50_000, help="tunes (%(default)s)")
    parser.add_argument("--old-checkout", type=Path, help="of an earlier commit, to compare with")
    parser.add_argument(
        "--into", type=Path, help="where the corpora are built (a temporary folder)"
    )
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--given", type=int, nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(STEPS[options.step](options.into, *options.given)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.into or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / REAL).exists():
            real_tunes(options.background, folder)
        unit, a_tune = ("phrases", 11) if options.phrases else ("tunes", 1)
        for tunes in options.phrases or options.tunes:
            ways: dict[str, dict[str, Any]] = {}
            how = (tunes, int(unit == "phrases"))
            if tunes <= options.before_up_to * a_tune:
                ways["before"] = in_a_process("build_before", folder, *how)
                ways["before"] |= in_a_process("search_before", folder, tunes, options.queries)
            ways["now"] = in_a_process("build_now", folder, *how)
            ways["now"] |= in_a_process("search_now", folder, tunes, options.queries)
            turns = {}
            if options.old_checkout and tunes <= options.before_up_to * a_tune:
                turns = compare_old(folder, *how, options.queries, options.old_checkout.resolve())
            ways["now"] |= in_a_process("add_now", folder, tunes)
            print(f"\n{tunes:,} {unit}")
            print_table(ways)
            if turns:
                print_table(turns)


if __name__ == "__main__":
    main()
