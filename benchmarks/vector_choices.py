"""Labelled files -> what the learned vector would reach if it were trained or compared otherwise.

    python benchmarks/vector_choices.py FILE ... --hold-out essen_titles.jsonl.gz [--queries 400]
    python benchmarks/vector_choices.py FILE ... --weights before.npz data/vector.npz

The families of each file are halved by a seed: one half to choose on, the other to report. The
description of all training tunes and the covariance of their variation are worked out once, as in
`train_vector.py`; then the weights are made with each `LOADS` of the noise, and measured without
rounding to 8 bits. Beside them: latent semantic vectors of the pool (`lsa`), which are the
reference; the same from hashed terms, to see what hashing costs (not in pools of more than
`MOST_HASHED`, as it takes too long); the shipped vector with its terms at a quarter;
and both vectors side by side, brought down to 256 numbers by the directions of the pool (`side by
side`), which needs scikit-learn wherever an index is built. Melodies without family only stand in
the pool. Figures are MAP without identical twins; differences
are paired by query. With `--weights` nothing is trained: files of weights are compared, and by how
often half of a melody finds the whole.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from explorables import table
from measures import Rank, ranking, sample
from repertoires import reached, twin_keys, with_interval
from scipy.linalg import eigh
from train_vector import (
    AXES,
    Lesson,
    inverse_frequencies,
    term_matrix,
    tunes,
)

from mer.embeddings import REPRESENTATIONS
from mer.embeddings.dense import unit_rows
from mer.embeddings.learned import SIZE, LearnedVector
from mer.evaluation.table import Wanted, prepare
from mer.notes.arrays import Array, Flags, Floats, Ints
from mer.notes.columns import Columns
from mer.notes.melody import Melody

LOADS = (1.0, 2.0, 6.0)  # of the noise by its mean: 1 is the shipped one
MOST_HASHED = 4000  # sequences
MOST_HALVED = 400  # melodies
QUARTER = 0.25  # what terms counted in pools without rhythm
PRIOR = 100.0  # as in `mer.embeddings.learned.LearnedVector`


def directions(rows: Array, noise: Array, load: float) -> Array:
    """Return the directions in which rows differ most for their noise, loaded by its mean."""
    rows = rows - rows.mean(axis=0)
    loaded = noise + load * np.trace(noise) / len(noise) * np.eye(len(noise))
    top = [max(len(noise) - AXES, 0), len(noise) - 1]
    return eigh(rows.T @ rows / len(rows), loaded, subset_by_index=top)[1]


def in_pool(lesson: Lesson, weights: Array, pool: Array) -> Floats:
    """Return the vectors of a pool by weights, in the pool's own directions; shape (S, 256)."""
    learned = lesson.rows @ weights
    rows = pool @ weights - learned.mean(axis=0)
    rows -= rows.sum(axis=0) / (PRIOR + len(rows))
    spread = rows.T @ rows + PRIOR * np.diag(learned.var(axis=0))
    return np.asarray(unit_rows(rows @ np.linalg.eigh(spread)[1][:, -SIZE:]))


def side_by_side(one: Array, other: Array) -> Floats:
    """Return both vectors as one of 256 numbers, in the directions in which they differ most.

    Examples
    --------
    >>> one = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> both = side_by_side(one, one)
    >>> bool(both[0] @ both[1] > 0.99), bool(both[0] @ both[2] < 0.0)
    (True, True)
    """
    rows = np.hstack([one, other]).astype(np.float64)
    rows -= rows.mean(axis=0)
    return np.asarray(unit_rows(rows @ np.linalg.eigh(rows.T @ rows)[1][:, -SIZE:]))


def hashed(columns: Columns) -> Floats:
    """Return latent semantic vectors of hashed terms, as the learned vector hears them."""
    terms = term_matrix(columns, inverse_frequencies(columns))
    values, axes = np.linalg.eigh((terms @ terms.T).toarray().astype(np.float64))
    return np.asarray(unit_rows(axes[:, -SIZE:] * np.sqrt(np.maximum(values[-SIZE:], 0.0))))


def halves(wanted: Wanted, seed: int) -> Flags:
    """Return which queries belong to families to choose on, shape (Q,).

    Examples
    --------
    >>> halves({0: np.array([1]), 1: np.array([0]), 2: np.array([3]), 3: np.array([2])}, 0).tolist()
    [True, True, False, False]
    """
    family = [min([query, *np.asarray(others).tolist()]) for query, others in wanted.items()]
    names = sorted(set(family))
    chosen = np.random.default_rng(seed).permutation(names)[: len(names) // 2]
    return np.isin(family, chosen)


def by_cosine(rows: Array) -> Rank:
    """Return the ranking by the cosine of rows of length 1."""
    return ranking(lambda query: rows @ rows[query])


@dataclass(frozen=True, eq=False)
class Task:
    """The melodies of a file, the queries with what they should find, and the twins."""

    name: str
    melodies: list[Melody]
    columns: Columns
    wanted: Wanted
    keys: Ints

    @classmethod
    def read(cls, file: str, options: argparse.Namespace) -> Task:
        """Return the task of a file, with as many queries as are asked for."""
        melodies, wanted = prepare(file, notes_only=True)
        wanted = sample(wanted, options.queries, options.seed)
        columns = Columns.from_melodies(melodies)
        return cls(Path(file).name, melodies, columns, wanted, twin_keys(melodies))

    def table(self, vectors: dict[str, Array], seed: int) -> str:
        """Return a table of vectors beside those called ``lsa``, by halves of the families."""
        found = {
            name: reached(by_cosine(rows), self.wanted, self.keys).figures["map"]
            for name, rows in vectors.items()
        }
        choose = halves(self.wanted, seed)
        rows = [
            [
                name,
                f"{np.nanmean(values):.3f}",
                *(with_interval((values - found["lsa"])[half], "+.3f") for half in parts(choose)),
            ]
            for name, values in found.items()
        ]
        head = [self.name, "MAP", "minus `lsa`: half to choose on", "the other half", "all"]
        return table(head, rows)


def of_weights(task: Task, options: argparse.Namespace) -> str:
    """Return the table of one file for stored weights, and how often a part finds its whole."""
    vectors: dict[str, Array] = {
        "lsa": REPRESENTATIONS["lsa"]().fit(task.columns).transform(task.columns)
    }
    firsts = []
    parts_of = halved(task.melodies[:MOST_HALVED], np.random.default_rng(options.seed))
    for file in options.weights:
        view = LearnedVector(file, term_share=options.term_share).fit(task.columns)
        vectors[str(file)] = view.rows_
        near = view.transform(parts_of) @ view.rows_.T
        own = near[np.arange(len(near)), np.arange(len(near))]
        firsts.append(f"`{file}` {np.mean((near > own[:, None]).sum(axis=1) == 0):.3f}")
    return (
        f"{task.table(vectors, options.seed)}\n\nHalf finds its whole first: {', '.join(firsts)}\n"
    )


def halved(melodies: list[Melody], rng: np.random.Generator) -> Columns:
    """Return a stretch of half the notes of each melody, drawn at random.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 64, 65], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> len(halved([tune], np.random.default_rng(0)).pitch)
    2
    """
    kept = [max(1, len(melody) // 2) for melody in melodies]
    starts = [int(rng.integers(0, len(m) - k + 1)) for m, k in zip(melodies, kept, strict=True)]
    cut = zip(melodies, starts, kept, strict=True)
    return Columns.from_melodies([m.cut(start, start + size) for m, start, size in cut])


def compare(task: Task, lesson: Lesson, options: argparse.Namespace) -> str:
    """Return the table of one file."""
    columns = task.columns
    lsa = REPRESENTATIONS["lsa"]().fit(columns)
    semantic = lsa.transform(columns)
    described = lesson.describe(columns)
    vectors: dict[str, Array] = {"lsa": semantic}
    if len(columns) <= MOST_HASHED:
        vectors["lsa of hashed terms"] = hashed(columns)
    for load in LOADS:
        weights = directions(lesson.rows, lesson.noise, load)
        vectors[f"vector, load {load:g}"] = in_pool(lesson, weights, described)
    shipped = REPRESENTATIONS["vector"]().fit(columns)
    vectors["vector as shipped"] = shipped.transform(columns)
    quarter = LearnedVector(term_share=QUARTER).fit(columns)
    vectors["as shipped, terms at a quarter"] = quarter.transform(columns)
    vectors["side by side"] = side_by_side(vectors["vector as shipped"], semantic)
    return task.table(vectors, options.seed)


def parts(choose: Flags) -> tuple[Flags, Flags, Flags]:
    """Return the half to choose on, the other one, and everything."""
    return choose, ~choose, np.ones(len(choose), dtype=np.bool_)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train once and print a table for each file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="+", help="labelled melodies")
    parser.add_argument("--weights", nargs="+", type=Path, help="compare these, train nothing")
    parser.add_argument("--term-share", type=float, default=1.0, help="of terms, with --weights")
    parser.add_argument("--corpora", nargs="+", default=["folk", "essen"])
    parser.add_argument("--hold-out", type=Path, help="labelled file of tunes to leave out")
    parser.add_argument("--tunes", type=int, help="train on so many only, to try")
    parser.add_argument("--queries", type=int, default=403, help="of each file, drawn by a seed")
    parser.add_argument("--variants", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    if options.weights:
        for file in options.files:
            print(of_weights(Task.read(file, options), options), flush=True)
        return
    columns = tunes(options.corpora, options.hold_out)
    if options.tunes:
        columns = columns.take(np.arange(0, len(columns), max(1, len(columns) // options.tunes)))
    lesson = Lesson.of(columns, options.seed, options.variants)
    for file in options.files:
        print(compare(Task.read(file, options), lesson, options), flush=True)


if __name__ == "__main__":
    main()
