"""Corpus -> the weights of `mer.embeddings.learned`, in ``data/vector.npz``.

    python -m mer corpus build essen
    python benchmarks/train_vector.py [--corpora NAME ...] [--hold-out FILE] [--out FILE]

The shipped weights come from the shipped tunes and the Essen songs together, as dance tunes alone
do not teach what changes in songs; the songs of the development set (`essen_titles.py`) are left
out by `--hold-out`.

No labels are needed. The covariance of all tunes says how tunes differ; the covariance of what
variation does to a tune says what to ignore. Variants are of two kinds: made (`variation.vary`),
and found, pairs of tunes whose n-grams are alike and which align well, though not perfectly. The
weights are the leading directions of the ratio of the two (a generalised eigenproblem), with the
noise loaded by its mean so that directions in which little varies do not dominate. Terms are
first reduced to their leading singular vectors, which only makes the problem small enough.

The same corpora and seed give the same weights up to rounding. Needs ``pip install mer[learn]``.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from scipy.linalg import eigh
from scipy.sparse import csr_array, vstack
from sklearn.utils.extmath import randomized_svd
from variation import vary

from mer import load_corpus
from mer.alignment.align import Profile, Scoring, align
from mer.corpus.shipped import data_folder
from mer.corpus.storage import save_arrays
from mer.embeddings.learned import (
    BUCKETS,
    FILE,
    KIND,
    VERSION,
    WINDOW_SHARE,
    term_part,
    window_part,
)
from mer.embeddings.lsa import chunks
from mer.embeddings.windows import MOMENTS, WIDTH, mean_cosines
from mer.evaluation.labelled import load_labelled
from mer.notes.arrays import Array, Arrays, largest
from mer.notes.columns import Columns

AXES = 512  # of which 256 are chosen for each pool
COSINES = 1024
TERM_AXES = 768
KERNEL_WIDTHS = (3.0, 7.0)  # semitones; each cosine has a width of its own, drawn from here
HEIGHT_SCALE = 0.4  # at most, per semitone
PLACE_SCALE = 16.0  # at most, per length of the sequence
FOUND_SHARE = 0.5  # of the noise; the rest is from made variants
FOUND_CANDIDATES, FOUND_PAIRS = 3, 4000
FOUND_SIMILARITY = (0.4, 0.85)  # below, other tunes; above, copies, from which nothing is learned
ALIGNMENT = Scoring(mode="local", metre=0.5)


def random_cosines(rng: np.random.Generator) -> Arrays:
    """Return frequencies (14, COSINES) and phases (COSINES,) of the windows' kernel."""
    frequencies = rng.standard_normal((WIDTH, COSINES))
    frequencies[:MOMENTS] /= rng.uniform(*KERNEL_WIDTHS, COSINES)
    frequencies[MOMENTS] *= rng.uniform(0.0, HEIGHT_SCALE, COSINES)
    frequencies[MOMENTS + 1] *= rng.uniform(0.0, PLACE_SCALE, COSINES)
    phases = rng.uniform(0.0, 2 * np.pi, COSINES)
    return {"frequencies": frequencies.astype(np.float32), "phases": phases.astype(np.float32)}


def term_matrix(columns: Columns, idf: Array) -> Any:
    """Return the hashed TF-IDF weights, a sparse array of shape (S, BUCKETS)."""
    parts = []
    for chunk in chunks(columns):
        sequence, bucket, weight = term_part(chunk, idf)
        parts.append(csr_array((weight, (sequence, bucket)), shape=(len(chunk), BUCKETS)))
    return vstack(parts).tocsr()


def inverse_frequencies(columns: Columns) -> Array:
    """Return the inverse document frequency of each bucket, shape (BUCKETS,)."""
    holders = np.bincount(
        term_matrix(columns, np.ones(BUCKETS, np.float32)).indices, minlength=BUCKETS
    )
    return (1.0 + np.log((1.0 + len(columns)) / (1.0 + holders))).astype(np.float32)


class Description:
    """What the linear map starts from: both parts side by side, of comparable length."""

    def __init__(self, columns: Columns, rng: np.random.Generator) -> None:
        self.arrays = random_cosines(rng) | {"idf": inverse_frequencies(columns)}
        self.terms = term_matrix(columns, self.arrays["idf"])
        seed = int(rng.integers(2**31))
        _, _, axes = randomized_svd(self.terms, TERM_AXES, n_iter=2, random_state=seed)
        self.axes = axes.T.astype(np.float32)
        means = mean_cosines(columns, self.arrays["frequencies"], self.arrays["phases"])
        self.arrays["window_mean"] = means.mean(axis=0)
        length = np.sqrt(np.mean(((self.terms @ self.axes) ** 2).sum(axis=1)))
        self.scales = np.sqrt(WINDOW_SHARE), np.sqrt(1.0 - WINDOW_SHARE) / length

    def __call__(self, columns: Columns) -> Array:
        """Return the description of each sequence, shape (S, COSINES + TERM_AXES)."""
        windows = window_part(columns, self.arrays)
        terms = term_matrix(columns, self.arrays["idf"]) @ self.axes
        return np.hstack([self.scales[0] * windows, self.scales[1] * terms]).astype(np.float64)


def found_pairs(columns: Columns, terms: Any) -> Array:
    """Return pairs of tunes that seem to be variants, shape (pairs, 2)."""
    found: dict[tuple[int, int], float] = {}
    for start in range(0, len(columns), 500):
        cosine = (terms[start : start + 500] @ terms.T).toarray()
        np.fill_diagonal(cosine[:, start:], -1.0)
        nearest = largest(cosine, FOUND_CANDIDATES)
        for row, others in enumerate(nearest.tolist()):
            for other in others:
                pair = (min(start + row, other), max(start + row, other))
                found[pair] = float(cosine[row, other])
    best = sorted(sorted(found, key=found.__getitem__)[-FOUND_PAIRS:])
    profile, kept = Profile.of(columns), []
    low, high = FOUND_SIMILARITY
    for one in sorted({first for first, _ in best}):
        others = [second for first, second in best if first == one]
        similarity, _ = align(Profile.of(columns.take([one])), profile, others, ALIGNMENT)
        kept += [(one, o) for o, s in zip(others, similarity, strict=True) if low < s < high]
    return np.array(kept, dtype=np.int64).reshape(-1, 2)


def discriminants(rows: Array, noise: Array) -> Array:
    """Return the directions in which rows differ most for their noise, shape (D, AXES).

    Along each of them the noise is 1.
    """
    rows = rows - rows.mean(axis=0)
    loaded = noise + np.trace(noise) / len(noise) * np.eye(len(noise))
    top = [len(noise) - AXES, len(noise) - 1]
    return eigh(rows.T @ rows / len(rows), loaded, subset_by_index=top)[1]


def in_8_bits(name: str, weights: Array) -> Arrays:
    """Return the weights as whole numbers and the unit of each column."""
    step = np.abs(weights).max(axis=0) / 127
    codes = np.round(weights / step).astype(np.int8)
    return {f"{name}_codes": codes, f"{name}_step": step.astype(np.float32)}


@dataclass(frozen=True, eq=False)
class Lesson:
    """Training tunes as they are described, shape (T, D), and how variants differ, shape (D, D).

    `pairs` says of how many pairs of tunes it was found that they are variants.
    """

    describe: Description
    rows: Array
    noise: Array
    pairs: int

    @classmethod
    def of(cls, columns: Columns, seed: int, variants: int) -> Lesson:
        """Return what is learned from tunes: so many variants are made of each."""
        rng = np.random.default_rng(seed)
        notes = replace(
            columns, tonic=np.full(len(columns), -1)
        )  # keys are guessed, as in variants
        melodies = [columns.melody(number) for number in range(len(columns))]
        describe = Description(notes, rng)
        rows = describe(notes)
        made = np.zeros((rows.shape[1], rows.shape[1]))
        for _ in range(variants):
            moved = describe(Columns.from_melodies([vary(m, rng) for m in melodies])) - rows
            made += moved.T @ moved / (variants * len(rows))
        pairs = found_pairs(columns, describe.terms)
        moved = rows[pairs[:, 0]] - rows[pairs[:, 1]]
        noise = (1.0 - FOUND_SHARE) * made + FOUND_SHARE * moved.T @ moved / max(len(pairs), 1)
        return cls(describe, rows, noise, len(pairs))


def train(columns: Columns, seed: int, variants: int) -> Arrays:
    """Return the arrays of `mer.embeddings.learned.LearnedVector`."""
    lesson = Lesson.of(columns, seed, variants)
    describe, rows, noise = lesson.describe, lesson.rows, lesson.noise
    weights = discriminants(rows, noise)
    projected = rows @ weights
    arrays = describe.arrays | {
        "centre": projected.mean(axis=0).astype(np.float32),
        "spread": projected.var(axis=0).astype(np.float32),
    }
    arrays |= in_8_bits("window", describe.scales[0] * weights[:COSINES])
    arrays |= in_8_bits("term", describe.scales[1] * describe.axes @ weights[COSINES:])
    print(f"{len(rows)} tunes, {variants * len(rows)} variants made, {lesson.pairs} pairs found")
    return arrays


def tunes(names: Sequence[str], hold_out: Path | None) -> Columns:
    """Return the tunes of all corpora but those that are held out."""
    left_out = {item.id for item in load_labelled(hold_out)} if hold_out else set()
    melodies = []
    for corpus in map(load_corpus, names):
        found = (corpus.tune(number) for number in range(len(corpus)))
        melodies += [tune.melody for tune in found if tune.tune_id not in left_out]
    return Columns.from_melodies(melodies)


def main() -> None:
    """Train and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--corpora", nargs="+", default=["folk", "essen"], help="default: %(default)s"
    )
    parser.add_argument("--hold-out", type=Path, help="labelled file of tunes to leave out")
    parser.add_argument("--out", type=Path, default=data_folder() / FILE)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--variants", type=int, default=2, help="made of each tune (default: 2)")
    options = parser.parse_args()
    started = time.perf_counter()
    columns = tunes(options.corpora, options.hold_out)
    arrays = train(columns, options.seed, options.variants)
    header = {"kind": KIND, "version": VERSION, "seed": options.seed, "tunes": len(columns)}
    save_arrays(options.out, arrays, header)
    size = options.out.stat().st_size / 1e6
    print(f"{options.out}: {size:.1f} MB, {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
