"""Labelled melodies -> the shares of the parts of the whole stack, cross-validated over families.

    python benchmarks/fit_weights.py FILE [FILE ...] [--folds 5] [--page FILE]

For every file all parts (the n-gram views, the learned vector, local and global alignment) are
computed for all pairs. In each fold the shares are chosen on the families outside it, to raise the
mean over files of the mean average precision, by changing one share at a time; the queries of the
fold's families are then ranked with them. Printed: what the shares in `mer/search/stack/methods.py`
reach, what shares chosen on other families reach, what equal shares reach, and shares chosen on
everything.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import numpy.typing as npt
from retrieval import replace_section
from tqdm import tqdm

from mer.evaluation.metrics import average_precision, bootstrap_interval
from mer.evaluation.table import Wanted, prepare
from mer.notes.arrays import Floats
from mer.search.stack.comparison import LOCALLY, WHOLE, careful_values
from mer.search.stack.methods import METHODS, NGRAM_SHARES
from mer.search.stack.pool import Pool

PARTS = (*NGRAM_SHARES, "vector", LOCALLY, WHOLE)
STEPS = (0.5, 0.75, 1.33, 2.0)  # a share is multiplied by these in turn
FLOOR = 0.01  # below it a share is tried as 0
ROUNDS = 3


@dataclass(frozen=True, eq=False)
class Set:
    """One file: the similarities, shape (parts, queries, S), and what each query should find.

    ``used`` holds the shares that `mer.search.stack.methods` gives the parts in this pool.
    """

    name: str
    parts: npt.NDArray[np.float32]
    queries: tuple[int, ...]
    wanted: Wanted
    fold: npt.NDArray[np.int64]
    used: Floats

    def precision(self, shares: Floats, chosen: npt.NDArray[np.bool_]) -> Floats:
        """Return the average precision of the chosen queries."""
        found = []
        for row in np.flatnonzero(chosen):
            query = self.queries[row]
            total = np.tensordot(shares.astype(np.float32), self.parts[:, row], 1)
            total[query] = -np.inf
            order = np.argsort(-total, kind="stable")[:-1]
            found.append(average_precision(np.isin(order, self.wanted[query])))
        return np.array(found)


def set_of(path: str, folds: int, rng: np.random.Generator) -> Set:
    """Return all parts of all pairs, and a fold for each family."""
    melodies, wanted = prepare(path, notes_only=True)
    pool = Pool(melodies)
    everyone, parts = np.arange(len(pool)), []
    for query in tqdm(wanted, desc=Path(path).name, leave=False, disable=None):
        own = pool.query(query)
        rows = [pool.view(name).similarity(own.columns) for name in (*NGRAM_SHARES, "vector")]
        aligned, _ = careful_values(pool, own, everyone)
        parts.append(np.stack([*rows, aligned[LOCALLY], aligned[WHOLE]]))
    # A family is named by its first member.
    family = [min(query, int(others.min())) for query, others in wanted.items()]
    fold_of = {name: n % folds for n, name in enumerate(rng.permutation(sorted(set(family))))}
    fold = np.array([fold_of[name] for name in family])
    return Set(
        Path(path).name, np.stack(parts, axis=1), tuple(wanted), wanted, fold, shares_of(pool)
    )


def climb(sets: Sequence[Set], chosen: Sequence[npt.NDArray[np.bool_]]) -> Floats:
    """Return the shares that do best on the chosen queries, found one share at a time."""

    def merit(shares: Floats) -> float:
        return float(
            np.mean([s.precision(shares, c).mean() for s, c in zip(sets, chosen, strict=True)])
        )

    shares = np.full(len(PARTS), 1.0 / len(PARTS))
    best = merit(shares)
    for _ in range(ROUNDS):
        for part in range(len(PARTS)):
            for step in STEPS:
                tried = shares.copy()
                tried[part] = tried[part] * step if tried[part] > FLOOR else FLOOR * (step > 1)
                tried /= tried.sum()
                reached = merit(tried)
                if reached > best + 1e-5:
                    shares, best = tried, reached
    return shares


def shares_of(pool: Pool) -> Floats:
    """Return the shares in use."""
    views, aligned = METHODS["full-noexpand"].shares(pool)
    shares = {**views, **aligned}
    return np.array([shares[name] for name in PARTS])


def held_out(sets: Sequence[Set], folds: int) -> tuple[list[Floats], list[Floats]]:
    """Return the precisions of all queries, each with shares chosen without it, and the shares."""
    reached = [np.zeros(len(s.queries)) for s in sets]
    chosen_shares = []
    for fold in tqdm(range(folds), desc="folds", leave=False, disable=None):
        shares = climb(sets, [s.fold != fold for s in sets])
        chosen_shares.append(shares)
        for s, into in zip(sets, reached, strict=True):
            into[s.fold == fold] = s.precision(shares, s.fold == fold)
    return reached, chosen_shares


def report(sets: Sequence[Set], folds: int) -> list[str]:
    """Return the lines of the page."""
    everything = [np.ones(len(s.queries), dtype=bool) for s in sets]
    reached, shares = held_out(sets, folds)
    final = climb(sets, everything)
    lines = [
        "| set | queries | equal shares | shares in use | chosen on other families (95%) "
        "| in use minus chosen (95%) |",
        "|---|---|---|---|---|---|",
    ]
    for s, all_of_it, cross in zip(sets, everything, reached, strict=True):
        equal = s.precision(np.full(len(PARTS), 1.0), all_of_it)
        used = s.precision(s.used, all_of_it)
        low, high = bootstrap_interval(cross, np.random.default_rng(0))
        worse, better = bootstrap_interval(used - cross, np.random.default_rng(0))
        lines.append(
            f"| {s.name} | {len(cross)} | {equal.mean():.3f} | {used.mean():.3f} | "
            f"{cross.mean():.3f} ({low:.3f} to {high:.3f}) | "
            f"{(used - cross).mean():+.3f} ({worse:+.3f} to {better:+.3f}) |"
        )
    names = [f"in use, {s.name.split('_')[0]}" for s in sets]
    lines += [
        "",
        f"| part | {' | '.join(names)} | chosen on everything | lowest and highest over folds |",
        "|---|" + "---|" * (len(sets) + 2),
    ]
    table = np.array(shares)
    for n, name in enumerate(PARTS):
        lines.append(
            f"| {name} | {' | '.join(f'{s.used[n]:.2f}' for s in sets)} | {final[n]:.2f} | "
            f"{table[:, n].min():.2f} to {table[:, n].max():.2f} |"
        )
    return lines


def main() -> None:
    """Compute the parts, choose the shares, print the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", metavar="FILE", help="labelled melodies with families")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--page", type=Path)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    sets = [set_of(path, options.folds, rng) for path in options.files]
    names = " ".join(Path(path).name for path in options.files)
    lines = [f"`python benchmarks/fit_weights.py {names}`, notes only, without expansion.", ""]
    text = "\n".join(lines + report(sets, options.folds))
    print(text)
    if options.page:
        replace_section(options.page, "Shares of the parts, cross-validated over families", text)


if __name__ == "__main__":
    main()
