"""Labelled melodies -> a page of tables: every method, side by side, on the same queries.

    python benchmarks/retrieval.py FILE [--background FILE] [--relevant FILE] [--notes-only]
        [--methods NAME,...] [--music21] [--page docs/retrieval.md --heading TEXT]

Prints MAP with a 95% bootstrap interval, P@1, MRR, recall@10, milliseconds of processor time per
query (median), and for ``full`` and ``full-noexpand`` the paired difference in average precision to
the best single view; then the recall of the candidates at 100, 200, 500 and 1,000, and the largest
amount of memory used. With `--page`, the section under that heading of the page is replaced.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mer.embeddings import REPRESENTATIONS
from mer.evaluation.metrics import bootstrap_interval, evaluate, recall_at
from mer.evaluation.table import SHOWN, Measured, measure, prepare
from mer.search.stack.methods import METHODS, melody_shares
from mer.search.stack.pool import Pool
from mer.search.stack.proposal import propose

STACK = ("full", "full-noexpand", "motif", "align", "ngram", "vector")
JOINED = ("vector", "lsa")  # not single views: they start from five
DEPTHS = (100, 200, 500, 1000)


def figures(name: str, measured: Measured) -> str:
    """Return one row of the table."""
    low, high = bootstrap_interval(measured.evaluation.per_query["map"], np.random.default_rng(0))
    cells = [f"{measured.evaluation[figure]:.3f}" for figure in SHOWN]
    cells[0] += f" ({low:.3f} to {high:.3f})"
    return f"| `{name}` | " + " | ".join(cells) + f" | {measured.ms_per_query:.1f} |"


def differences(table: dict[str, Measured]) -> list[str]:
    """Return a sentence for each comparison with the best single view, and with the vectors."""
    singles = [name for name in table if name in REPRESENTATIONS and name not in JOINED]
    stack = [name for name in STACK if name in table]
    pairs = []
    if singles:
        best = max(singles, key=lambda name: table[name].evaluation["map"])
        pairs += [(name, best) for name in stack]
    if "vector" in table:
        pairs += [(name, "vector") for name in stack if name.startswith("full")]
        pairs += [("vector", "lsa")] if "lsa" in table else []
    if "full" in table and "full-noexpand" in table:
        pairs.append(("full", "full-noexpand"))
    lines = []
    for first, second in pairs:
        gain = table[first].evaluation.per_query["map"] - table[second].evaluation.per_query["map"]
        low, high = bootstrap_interval(gain, np.random.default_rng(0))
        lines.append(
            f"- `{first}` minus `{second}`: {gain.mean():+.3f} ({low:+.3f} to {high:+.3f}) in MAP, "
            "paired by query"
        )
    return lines


def candidate_recall(options: argparse.Namespace) -> str:
    """Return how many relevant melodies are among the first candidates."""
    melodies, wanted = prepare(
        options.file,
        background=options.background,
        relevant=options.relevant,
        notes_only=options.notes_only,
    )
    pool = Pool(melodies, marked=True)
    shares, found = melody_shares(pool), np.zeros(len(DEPTHS))
    for query, others in wanted.items():
        marks = np.isin(propose(pool, pool.query(query), shares).best(), others)
        found += [recall_at(marks, depth) for depth in DEPTHS]
    shares = [
        f"{share:.3f} at {depth}" for share, depth in zip(found / len(wanted), DEPTHS, strict=True)
    ]
    return f"Recall of the candidates that n-grams and vector propose: {', '.join(shares)}."


def music21_rows(options: argparse.Namespace) -> list[str]:
    """Return the rows of music21.search."""
    from music21_search import similarities, strings

    melodies, wanted = prepare(
        options.file, relevant=options.relevant, notes_only=options.notes_only
    )
    rows = []
    for kind in ("translateDiatonicStreamToString", "translateStreamToStringNoRhythm"):
        started = time.process_time()
        table = similarities(strings(melodies, kind))
        each = 1000.0 * (time.process_time() - started) / len(melodies)
        np.fill_diagonal(table, -1.0)

        def rank(query: int, table: np.ndarray = table) -> np.ndarray:
            return np.argsort(-table[query], kind="stable")[:-1]

        result = evaluate(rank, lambda q, at: np.isin(at, wanted[q]), wanted)
        rows.append(figures(f"music21.search.{kind}", Measured(result, each)))
    return rows


def section(options: argparse.Namespace, arguments: Sequence[str]) -> str:
    """Return the section of the page that these options ask for."""
    names = options.methods.split(",") if options.methods else list(METHODS)
    table = measure(
        options.file,
        names,
        background=options.background,
        relevant=options.relevant,
        notes_only=options.notes_only,
        progress=True,
    )
    queries = next(iter(table.values())).evaluation.queries
    shown = " ".join(Path(a).name if "/" in a else a for a in arguments)
    lines = [
        f"`python benchmarks/retrieval.py {shown}`, {queries} queries, data of "
        f"{datetime.fromtimestamp(Path(options.file).stat().st_mtime, UTC):%Y-%m-%d}.",
        "",
        "| method | MAP (95%) | P@1 | MRR | recall@10 | ms/query |",
        "|---|---|---|---|---|---|",
        *(figures(name, measured) for name, measured in table.items()),
        *(music21_rows(options) if options.music21 else []),
        "",
        *differences(table),
        "",
        candidate_recall(options),
        f"Peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB.",
    ]
    return "\n".join(lines)


def replace_section(page: Path, heading: str, text: str) -> None:
    """Write `text` under ``## heading`` of a page, in place of what stands there."""
    parts = page.read_text().split("\n## ") if page.exists() else ["# Retrieval: results\n"]
    others = [part for part in parts[1:] if part.split("\n", 1)[0] != heading]
    sections = sorted([*others, f"{heading}\n\n{text}\n"])
    page.write_text("\n## ".join([parts[0], *sections]))


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", help="labelled melodies")
    parser.add_argument("--background")
    parser.add_argument("--relevant")
    parser.add_argument("--notes-only", action="store_true")
    parser.add_argument("--methods", help="names with commas (default: all)")
    parser.add_argument("--music21", action="store_true", help="also measure music21.search")
    parser.add_argument("--page", type=Path)
    parser.add_argument("--heading", default="Results")
    options = parser.parse_args()
    arguments = [a for a in sys.argv[1:] if a not in ("--page", "--heading")]
    arguments = [a for a in arguments if a not in (str(options.page), options.heading)]
    text = section(options, arguments)
    print(text)
    if options.page:
        replace_section(options.page, options.heading, text)


if __name__ == "__main__":
    main()
