"""Corpus -> does retrieval help? Bits per note of a continuation, with and without neighbours.

    python benchmarks/neighbours_help.py [--pools 500 1500 0] [--k 1 10 50 200] [--test 160]
        [--learn 120] [--corpus PATH] [--seed 0] [--json OUT] [--page PAGE]

Tunes are drawn as queries and taken out of the corpus. The first phrase of each is searched for in
a pool of the other tunes (0 = all of them); the tunes of the best matches are its neighbours. What
comes after the first phrase is then predicted, pitch by pitch, from the piece so far and from

(a) the pool, (b) the tunes of the k nearest phrases, (c) both, (d) k tunes drawn at random, and, to
see whether what (c) gains is due to their being near, (e) the pool and k random tunes.

The weights are learned for each of these models by itself, on the `--learn` queries, and the bits
measured on the `--test` ones. All tunes are transposed to one tonic by their notated key, so that
no model gains by retrieval what transposition alone would give. *Near-duplicates* of a query are
tunes that hold at least half of its figures of five intervals; they are left in, then taken out of
the pool. Intervals are 95%, queries resampled, differences paired by query.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from measures import replace_blocks

from generate.prediction.counts import level_keys
from generate.prediction.memory.memories import (
    FADING,
    Assigned,
    Evidence,
    LongTerm,
    owned_keys,
    short_term,
)
from generate.prediction.mixture import Mixture
from generate.prediction.notes import Notes
from generate.prediction.views import PITCH_VIEWPOINTS, View, history, view
from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.io.reading import write_bytes
from mer.notes.arrays import Floats, Ints
from mer.notes.columns import Columns
from mer.search.index import PhraseIndex
from mer.search.stack.query import MAX_MATCHES

POOL_VIEWS = ("pitch", "interval", "first", "range", "scale", "skip-5", "skip-8")
NEAR_VIEWS = ("pitch", "interval", "first", "scale")
SO_FAR = (("pitch", "short"), ("interval", "short"), ("contour", "short"), ("pitch", "recent"))
FIRST_PHRASE, SHORTEST_REST, LONGEST_TUNE = (5, 40), 16, 240
FIGURE, SHARED = 5, 0.5
MODELS = {
    "pool": ("pool",),
    "near": ("near",),
    "pool + near": ("pool", "near"),
    "random": ("random",),
    "pool + random": ("pool", "random"),
}


@dataclass(frozen=True, eq=False)
class Material:
    """All tunes in one key, seen through the viewpoints; the queries are some of them."""

    corpus: Corpus
    notes: Notes
    views: dict[str, View]
    figures: npt.NDArray[np.uint64]
    queries: Ints
    asked: Ints
    owner: Ints
    seen: dict[str, View]
    so_far: list[Evidence]

    @property
    def came(self) -> Ints:
        """Place in the alphabet of what came, shape (notes of the queries,)."""
        return self.seen["pitch"].symbols


def in_one_key(columns: Columns) -> Columns:
    """Return the columns with every tune of notated key transposed to the tonic C."""
    known = columns.tonic >= 0
    shift = np.where(known, (5 - columns.tonic.astype(np.int64)) % 12 - 5, 0)
    pitch = columns.pitch.astype(np.int64) + np.repeat(shift, columns.lengths)
    return replace(columns, pitch=np.clip(pitch, 0, 127).astype(np.uint8))


def suitable(corpus: Corpus) -> Ints:
    """Return the tunes that can be queries: two phrases or more, not too long, key notated."""
    bounds = corpus.tunes.bounds
    first = np.flatnonzero(np.diff(corpus.phrase_tune, prepend=-1))
    ends = corpus.phrase_bounds[first + 1] - bounds[:-1]
    lengths = corpus.tunes.lengths
    fits = (ends >= FIRST_PHRASE[0]) & (ends <= FIRST_PHRASE[1]) & (corpus.tunes.tonic >= 0)
    return np.flatnonzero(fits & (lengths - ends >= SHORTEST_REST) & (lengths <= LONGEST_TUNE))


def gather(corpus: Corpus, count: int, rng: np.random.Generator) -> Material:
    """Return the material with `count` queries drawn at random."""
    notes = Notes(in_one_key(corpus.tunes))
    alphabet = np.unique(notes.pitch)
    names = sorted({*POOL_VIEWS, *NEAR_VIEWS, *(name for name, _ in SO_FAR)})
    views = {
        n: view(notes, alphabet, notes.pitch, PITCH_VIEWPOINTS[n], options=False) for n in names
    }
    queries = rng.choice(suitable(corpus), count, replace=False)
    own = Notes(notes.columns.take(queries))
    seen = {n: view(own, alphabet, own.pitch, PITCH_VIEWPOINTS[n]) for n in names}
    so_far = [short_term(seen[name], own, fading=FADING[memory]) for name, memory in SO_FAR]
    start = np.array([first_phrase(corpus, tune) for tune in queries])
    asked = np.flatnonzero(own.place >= start[own.melody])
    figures = level_keys(history(notes, notes.interval, start=0, links=FIGURE))[-1]
    return Material(
        corpus,
        notes,
        views,
        np.where(notes.place >= FIGURE, figures, 0),
        queries,
        asked,
        own.melody[asked],
        {name: v.take(asked) for name, v in seen.items()},
        [said.take(asked) for said in so_far],
    )


def first_phrase(corpus: Corpus, tune: int) -> int:
    """Return how many notes the first phrase of a tune has."""
    bounds = corpus.phrase_bounds
    start = int(corpus.tunes.bounds[tune])
    return int(bounds[np.searchsorted(bounds, start) + 1]) - start


def near_duplicates(material: Material) -> list[Ints]:
    """Return for each query the tunes that hold half of its figures of intervals, and itself."""
    bounds = material.notes.columns.bounds
    found = []
    for query in material.queries:
        own = np.unique(material.figures[bounds[query] : bounds[query + 1]])
        own = own[own != 0]
        held = np.flatnonzero(np.isin(material.figures, own))
        pairs = np.unique(
            np.stack([material.notes.melody[held], material.figures[held].view(np.int64)]), axis=1
        )
        share = np.bincount(pairs[0], minlength=len(bounds) - 1) / max(len(own), 1)
        found.append(np.flatnonzero(share >= SHARED))
    return found


def neighbours(material: Material, pool: Ints) -> list[Ints]:
    """Return for each query the tunes of the pool, that of the nearest phrase first."""
    chosen = Corpus.from_tunes(material.corpus.tune(int(tune)) for tune in pool)
    index = PhraseIndex.build(chosen)
    found = []
    for query in material.queries:
        melody = material.corpus.tune(int(query)).melody
        phrase = melody.cut(0, first_phrase(material.corpus, int(query)))
        numbers = [match.number for match in index.search(phrase, k=MAX_MATCHES)]
        tunes = chosen.phrase_tune[numbers]
        found.append(pool[tunes[np.sort(np.unique(tunes, return_index=True)[1])]])
    return found


def notes_of(material: Material, tunes: Sequence[Ints]) -> tuple[Ints, Ints]:
    """Return the notes of each query's tunes, and the query that they belong to."""
    bounds = material.notes.columns.bounds
    flat = np.concatenate([np.asarray(t, dtype=np.int64) for t in tunes])
    owner = np.repeat(np.arange(len(tunes)), [len(t) for t in tunes])
    many = bounds[flat + 1] - bounds[flat]
    ends = np.cumsum(many)
    notes = np.arange(int(ends[-1]) if len(ends) else 0)
    return notes + np.repeat(bounds[flat] - (ends - many), many), np.repeat(owner, many)


def assigned(material: Material, name: str, tunes: Sequence[Ints]) -> Assigned:
    """Return the counts of the tunes that belong to each query."""
    wanted = [np.unique(keys) for keys in owned_keys(material.seen[name], material.owner)]
    return Assigned.of(material.views[name], *notes_of(material, tunes), wanted)


def of_pool(material: Material, pool: Ints, banned: Sequence[Ints] | None) -> list[Evidence]:
    """Return what the pool says of each query, without the tunes banned for it."""
    counted = notes_of(material, [pool])[0]
    said = []
    for name in POOL_VIEWS:
        memory = LongTerm.of(material.views[name].take(counted))
        without = assigned(material, name, banned) if banned is not None else None
        seen = material.seen[name]
        said.append(memory.consult(seen, melody=material.owner, banned=without))
    return said


def of_tunes(material: Material, tunes: Sequence[Ints]) -> list[Evidence]:
    """Return what the tunes of each query say of it."""
    return [
        assigned(material, name, tunes).consult(material.seen[name], material.owner)
        for name in NEAR_VIEWS
    ]


def bits(material: Material, said: Sequence[Evidence], learn: int) -> Floats:
    """Return bits per note of each test query, the weights learned on the first queries."""
    levels = max(v.levels for v in material.seen.values())
    learned, tested = (np.flatnonzero(m) for m in (material.owner < learn, material.owner >= learn))
    mixture = Mixture(levels).fit([e.take(learned) for e in said], material.came[learned], steps=40)
    probability = mixture.distribution([e.take(tested) for e in said])
    information = -np.log2(probability[np.arange(len(tested)), material.came[tested]])
    owner = material.owner[tested] - learn
    return np.stack([np.bincount(owner, weights=information), np.bincount(owner)])


@dataclass(frozen=True)
class Row:
    """What one model reached: bits per note, and how many fewer than the pool alone."""

    pool: int
    duplicates: bool
    k: int
    model: str
    bits: float
    gain: float
    low: float
    high: float


def compare(reference: Floats, other: Floats, rng: np.random.Generator) -> tuple[float, ...]:
    """Return bits per note of `other`, its gain over the reference, and the interval of that."""
    notes = reference[1]
    saved = reference[0] - other[0]
    picks = rng.integers(0, len(notes), size=(2000, len(notes)))
    low, high = np.quantile(saved[picks].sum(1) / notes[picks].sum(1), [0.025, 0.975])
    return float(other[0].sum() / notes.sum()), float(saved.sum() / notes.sum()), low, high


def experiment(material: Material, pool: Ints, options: argparse.Namespace) -> list[Row]:
    """Return the rows of one pool size, near-duplicates left in and taken out."""
    rng = np.random.default_rng(options.seed)
    same, near = near_duplicates(material), neighbours(material, pool)
    far = [rng.permutation(pool) for _ in near]
    rows = []
    for kept in (True, False):
        banned = None if kept else [np.intersect1d(tunes, pool) for tunes in same]
        allowed = [
            tunes if kept else tunes[~np.isin(tunes, gone)]
            for tunes, gone in zip(near, same, strict=True)
        ]
        random = [
            tunes if kept else tunes[~np.isin(tunes, gone)]
            for tunes, gone in zip(far, same, strict=True)
        ]
        said = {"pool": of_pool(material, pool, banned)}
        reference = bits(material, [*said["pool"], *material.so_far], options.learn)
        for k in options.k:
            said["near"] = of_tunes(material, [tunes[:k] for tunes in allowed])
            said["random"] = of_tunes(material, [tunes[:k] for tunes in random])
            for model, parts in MODELS.items():
                if model == "pool" and k != options.k[0]:
                    continue
                together = [e for part in parts for e in said[part]] + material.so_far
                reached = bits(material, together, options.learn)
                figures = compare(reference, reached, np.random.default_rng(options.seed))
                row = Row(len(pool), kept, 0 if model == "pool" else k, model, *figures)
                rows.append(row)
                print(describe(row), flush=True)
    return rows


def describe(row: Row) -> str:
    """Return a row as a line of text."""
    kept = "in" if row.duplicates else "out"
    return (
        f"pool {row.pool:5}  duplicates {kept:3}  k {row.k:3}  {row.model:14} "
        f"{row.bits:.3f} bits  gain {row.gain:+.4f} ({row.low:+.4f} to {row.high:+.4f})"
    )


def tables(rows: Sequence[Row], kept: bool) -> str:
    """Return the rows with near-duplicates in (or out) as a Markdown table."""
    lines = [
        "| pool | k | (a) pool | (b) near | (c) pool + near | (d) random | (e) pool + random | "
        "(c) fewer than (a), 95% paired |",
        "|---|---|---|---|---|---|---|---|",
    ]
    chosen = [row for row in rows if row.duplicates == kept]
    for pool in dict.fromkeys(row.pool for row in chosen):
        of_pool_size = {(row.model, row.k): row for row in chosen if row.pool == pool}
        for k in dict.fromkeys(k for _, k in of_pool_size if k):
            cells = [of_pool_size["pool", 0].bits]
            cells += [of_pool_size[model, k].bits for model in list(MODELS)[1:]]
            best = of_pool_size["pool + near", k]
            lines.append(
                f"| {pool} | {k} | "
                + " | ".join(f"{value:.3f}" for value in cells)
                + f" | {best.gain:+.3f} ({best.low:+.3f} to {best.high:+.3f}) |"
            )
    return "\n".join(lines)


def build_parser() -> argparse.ArgumentParser:
    """Return the options."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--corpus", help="file, folder or name; by default the shipped one")
    parser.add_argument("--pools", type=int, nargs="+", default=[500, 1500, 0])
    parser.add_argument("--k", type=int, nargs="+", default=[1, 10, 50, 200])
    parser.add_argument("--test", type=int, default=160, help="queries measured")
    parser.add_argument("--learn", type=int, default=120, help="queries the weights are learned on")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, metavar="OUT")
    parser.add_argument("--page", type=Path, help="page whose tables are replaced")
    return parser


def pools(material: Material, sizes: Sequence[int], rng: np.random.Generator) -> list[Ints]:
    """Return pools of the tunes that are no queries, each a part of the larger ones."""
    others = rng.permutation(np.setdiff1d(np.arange(len(material.corpus)), material.queries))
    return [np.sort(others[: size or len(others)]) for size in sizes]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the experiment and return the exit code."""
    options = build_parser().parse_args(arguments)
    began = time.perf_counter()
    rng = np.random.default_rng(options.seed)
    try:
        corpus = PhraseIndex.load(options.corpus).corpus
        count, fit = options.learn + options.test, len(suitable(corpus))
        if not 0 < count <= fit or min(options.learn, options.test, *options.k) < 1:
            raise InputError(f"{count} queries asked for; 1 to {fit} tunes are suitable")
        material = gather(corpus, count, rng)
        rows = []
        for pool in pools(material, options.pools, rng):
            rows += experiment(material, pool, options)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    duplicates = [len(tunes) - 1 for tunes in near_duplicates(material)]
    text = (
        f"{options.test} queries measured, {options.learn} others to learn the weights on; "
        f"{np.mean(np.array(duplicates) > 0):.0%} of them have near-duplicates in the corpus; "
        f"seed {options.seed}."
    )
    print(f"{text} {time.perf_counter() - began:.0f} s")
    if options.json:
        found = {"rows": [asdict(row) for row in rows], "protocol": text}
        write_bytes(options.json, (json.dumps(found, indent=1) + "\n").encode())
    if options.page:
        page = options.page.read_text() if options.page.exists() else "# Does retrieval help?\n\n"
        blocks = {"protocol": text, "in": tables(rows, True), "out": tables(rows, False)}
        write_bytes(options.page, replace_blocks(page, blocks).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
