"""Phrases -> groups, and how much more they are groups than those of phrases made by chance.

    python benchmarks/clustering.py [--phrases 3000]

Rows of numbers are divided into `GROUPS` groups by k-means (scikit-learn's). *Explained* is the
share of the variance that lies between the groups. *Stable* is how well two divisions agree, each
learned from one half of the phrases and both applied to all (adjusted Rand index, 0: as chance
would have it). Four nulls are divided in the same way:

- phrases whose notes are in chance order, described anew;
- walks of the same steps in the rhythms of the phrases, described anew;
- rows drawn from one normal cloud of the same mean and covariance, which has no groups at all;
- rows whose numbers are dealt out anew, each among all phrases: no two of them belong together.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from explorables import bars, publish, table
from first_axes import in_chance_order, walks

from mer.embeddings import REPRESENTATIONS
from mer.notes.arrays import Array, Floats, Ints
from mer.notes.columns import Columns
from mer.search.index import load_corpus

VIEWS = ("vector", "cosine-shape", "summary")
GROUPS = 16
DIMENSIONS = 20  # principal components that are kept
ROUNDS = 6
FEWEST = 8  # notes
Make = Callable[[Columns, np.random.Generator], Floats]


def components(rows: Array) -> Floats:
    """Return the rows about their mean on their first principal components."""
    centred = np.asarray(rows, dtype=np.float64) - np.mean(rows, axis=0)
    axes = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :DIMENSIONS]
    return np.asarray(centred @ axes)


def one_cloud(rows: Floats, rng: np.random.Generator) -> Floats:
    """Return as many rows from a normal distribution of the same mean and covariance.

    Examples
    --------
    >>> rows = np.repeat([[-1.0, 0.0], [1.0, 0.0]], 500, axis=0)
    >>> cloud = one_cloud(rows, np.random.default_rng(0))
    >>> round(float(cloud[:, 0].std()), 1), float(abs(cloud[:, 1]).max()) < 1e-6
    (1.0, True)
    """
    values, axes = np.linalg.eigh(np.cov(rows.T))
    drawn = rng.standard_normal(rows.shape) * np.sqrt(np.maximum(values, 0.0))
    return np.asarray(rows.mean(axis=0) + drawn @ axes.T)


def dealt_anew(rows: Floats, rng: np.random.Generator) -> Floats:
    """Return the rows with each column in an order of its own."""
    return np.asarray(rng.permuted(rows, axis=0))


def divided(rows: Floats, rng: np.random.Generator) -> Ints:
    """Return the group of each row, by k-means learned on all of them, shape (S,)."""
    return learned(rows, rng).predict(rows)


def learned(rows: Floats, rng: np.random.Generator) -> Any:
    """Return k-means, learned."""
    from sklearn.cluster import KMeans

    return KMeans(GROUPS, n_init=3, random_state=int(rng.integers(2**31))).fit(rows)


def explained(rows: Floats, group: Ints) -> float:
    """Return the share of the variance that lies between the groups.

    Examples
    --------
    >>> explained(np.array([[0.0], [0.0], [2.0], [2.0]]), np.array([0, 0, 1, 1]))
    1.0
    >>> explained(np.array([[0.0], [2.0], [0.0], [2.0]]), np.array([0, 0, 1, 1]))
    0.0
    """
    size = np.bincount(group)
    sums = np.stack([np.bincount(group, weights=column) for column in rows.T], axis=1)
    means = sums[size > 0] / size[size > 0, None]
    between = size[size > 0] @ np.square(means - rows.mean(axis=0)).sum(axis=1)
    return float(between / np.square(rows - rows.mean(axis=0)).sum())


def agreement(one: Ints, other: Ints) -> float:
    """Return the adjusted Rand index of two divisions (Hubert and Arabie 1985).

    Examples
    --------
    >>> agreement(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
    1.0
    >>> round(agreement(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])), 3)
    -0.5
    """
    table = np.zeros((int(one.max()) + 1, int(other.max()) + 1))
    np.add.at(table, (one, other), 1.0)

    def pairs(counts: Array) -> float:
        return float((counts * (counts - 1) / 2).sum())

    both, first, second = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    usual = first * second / pairs(np.array([len(one)]))
    return (both - usual) / ((first + second) / 2 - usual)


def measured(rows: Floats, rng: np.random.Generator) -> Floats:
    """Return explained and stable in each of several rounds, shape (rounds, 2)."""
    found = []
    for _ in range(ROUNDS):
        order = rng.permutation(len(rows))
        halves = [learned(rows[half], rng) for half in np.array_split(order, 2)]
        groups = [half.predict(rows) for half in halves]
        found.append([np.mean([explained(rows, g) for g in groups]), agreement(*groups)])
    return np.array(found)


def described(name: str, columns: Columns) -> Floats:
    """Return the rows of a representation on their first components."""
    return components(REPRESENTATIONS[name]().fit(columns).transform(columns))


def sets(name: str) -> dict[str, Make]:
    """Return the phrases and the nulls: what they are -> a function that makes the rows."""
    return {
        "phrases": lambda columns, rng: described(name, columns),
        "notes in chance order": lambda c, rng: described(name, in_chance_order(c, rng)),
        "walks of the same steps": lambda c, rng: described(name, walks(c, rng)),
        "one normal cloud": lambda columns, rng: one_cloud(described(name, columns), rng),
        "numbers dealt anew": lambda columns, rng: dealt_anew(described(name, columns), rng),
    }


def traits(columns: Columns) -> dict[str, Ints]:
    """Return what may set groups apart, as a number for each phrase."""
    last = columns.bounds[1:] - 1
    first = columns.bounds[:-1]
    rise = columns.pitch[last].astype(np.int64) - columns.pitch[first]
    length = np.digitize(columns.lengths, np.quantile(columns.lengths, [0.25, 0.5, 0.75]))
    pitch = columns.pitch.astype(np.float64)
    mean = np.add.reduceat(pitch, first) / columns.lengths
    arch = (pitch[first] + pitch[last]) / 2 - mean
    return {
        "notes in the phrase": length,
        "rise from first to last": np.digitize(rise, np.quantile(rise, [0.25, 0.5, 0.75])),
        "arch or valley": np.digitize(arch, np.quantile(arch, [0.25, 0.5, 0.75])),
        "metre": np.unique(columns.bar_ticks, return_inverse=True)[1],
        "mode": columns.mode.astype(np.int64) - int(columns.mode.min()),
    }


def phrases(count: int, rng: np.random.Generator) -> Columns:
    """Return phrases of the shipped corpus, one a tune, so that no tune repeats itself."""
    corpus = load_corpus()
    columns = corpus.columns()
    order = rng.permutation(np.flatnonzero(columns.lengths >= FEWEST))
    one_each = order[np.unique(corpus.phrase_tune[order], return_index=True)[1]]
    return columns.take(np.sort(rng.permutation(one_each)[:count]))


def main() -> None:
    """Measure, print, and write page and picture."""
    from sklearn.metrics import adjusted_mutual_info_score

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--phrases", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    began, rng = time.perf_counter(), np.random.default_rng(options.seed)
    columns = phrases(options.phrases, rng)
    rows, drawn, told = [], [], []
    for colour, name in enumerate(VIEWS):
        for kind, make in sets(name).items():
            found = measured(make(columns, rng), rng)
            low, mean, high = found.min(axis=0), found.mean(axis=0), found.max(axis=0)
            rows.append(
                [
                    f"`{name}`",
                    kind,
                    *(
                        f"{m:.3f} ({a:.3f} to {b:.3f})"
                        for m, a, b in zip(mean, low, high, strict=True)
                    ),
                ]
            )
            drawn.append((f"{name}, {kind}", mean[1], low[1], high[1], colour))
            print(*rows[-1], f"{time.perf_counter() - began:.0f} s", file=sys.stderr)
        group = divided(described(name, columns), rng)
        shared = [adjusted_mutual_info_score(group, trait) for trait in traits(columns).values()]
        told.append([f"`{name}`", *(f"{value:.2f}" for value in shared)])
    publish(
        "clustering",
        {
            "groups": f"{len(columns):,} phrases, one a tune, in {GROUPS} groups; mean, least and "
            f"most of {ROUNDS} halvings.\n\n"
            + table(["numbers", "rows", "explained", "stable"], rows),
            "told": table(["numbers", *traits(columns)], told),
        },
        {"clustering.svg": bars(drawn, "Agreement of groups learned from two halves")},
        began,
    )


if __name__ == "__main__":
    main()
