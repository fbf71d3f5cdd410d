"""Corpora of growing size -> how many notes it takes until a tune is told from all others.

    python benchmarks/how_many_notes.py [--background FILE] [--queries 300]

The pool grows from 1,000 tunes to all that there are: the shipped corpus, the Essen songs where
they were built (`python -m mer corpus build essen`) and, with `--background`, the melodies of a
labelled file (then nothing is written). Each query is a run of notes from a random place of a tune
of the smallest pool, read longer and longer. In four aspects (`ASPECTS`) it counts as *told* where
no tune but its own, and those of the same intervals throughout, holds it anywhere. The search
itself is asked as well, with one note of the query moved by a step: told where the tune comes
first.

Control: the steps of every tune are dealt out anew within the tune. What is left is a text of as
many kinds of steps, as often, without any order.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from charts import Panel, small_multiples
from explorables import publish, table

from mer import Tune
from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.evaluation.labelled import load_labelled
from mer.notes.arrays import Array, Flags, Floats, Ints, Keys
from mer.notes.columns import Columns
from mer.notes.viewpoints import contour, interval, ioi_ratio
from mer.search.index import PhraseIndex, load_corpus

MOST = 16  # notes of a query
SIZES = (1000, 4000, 16_000)
LARGEST_SEARCHED = 20_000  # tunes
SEARCHED = (4, 6, 8, 12, 16)  # notes of the queries that the search is asked
ASPECTS: dict[str, Callable[[Columns], Ints]] = {
    "up or down": contour,
    "rhythm": ioi_ratio,
    "intervals": interval,
    "both": lambda columns: interval(columns) * 100_003 + ioi_ratio(columns),
}
_PRIME = np.uint64(0x9E3779B97F4A7C15)


def runs(values: Ints, starts: Ints, most: int = MOST) -> list[Keys]:
    """Return keys of the runs of 1, 2 ... steps that begin at each place, shape (N,) each.

    A run that would leave its sequence has the key 0.

    Parameters
    ----------
    values
        Shape (N,): the step that leads to each note.
    starts
        Shape (N,): how many notes of the sequence stand at or after each note.

    Examples
    --------
    >>> keys = runs(np.array([0, 2, 2, 0, 2]), np.array([3, 2, 1, 2, 1]), most=3)
    >>> bool(keys[0][0] == keys[0][1] == keys[0][3]), keys[0][2], keys[1][3]
    (True, np.uint64(0), np.uint64(0))
    """
    code = values.astype(np.int64).view(np.uint64) * _PRIME + np.uint64(1)
    key = np.zeros(len(values), dtype=np.uint64)
    found = []
    for length in range(1, most):
        following = np.zeros(len(values), dtype=np.uint64)
        following[: max(len(values) - length, 0)] = code[length:]
        key = (key ^ following) * _PRIME
        key ^= key >> np.uint64(29)
        found.append(np.where(starts > length, key, np.uint64(0)))
    return found


def alone(keys: Keys, tune: Ints, asked: Ints, twin: Ints) -> Flags:
    """Return which of the runs at the places asked stand in no tune but their own, shape (Q,).

    Parameters
    ----------
    keys
        Shape (N,): the run at each note.
    tune
        Shape (N,): the tune of each note.
    asked
        Shape (Q,): places.
    twin
        Shape (T,): a number for each tune; tunes with the same one count as one.
    """
    wanted = np.unique(keys[asked])
    row = np.searchsorted(wanted, keys)
    row[row == len(wanted)] = 0
    hits = np.flatnonzero((wanted[row] == keys) & (keys != 0))
    pairs = np.unique(row[hits] * (int(twin.max()) + 1) + twin[tune[hits]])
    holders = np.bincount(pairs // (int(twin.max()) + 1), minlength=len(wanted))
    return np.asarray(holders[np.searchsorted(wanted, keys[asked])] == 1)


def twins(columns: Columns) -> Ints:
    """Return a number for each sequence; those of equal intervals have the same one.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[60, 62], onset=[0, 480], duration=[480] * 2)
    >>> twins(Columns.from_melodies([tune, tune.transpose(2)])).tolist()
    [0, 0]
    """
    known: dict[bytes, int] = {}
    steps = np.split(interval(columns).astype(np.int16), columns.bounds[1:-1])
    return np.array([known.setdefault(part[1:].tobytes(), len(known)) for part in steps])


def shuffled(values: Ints, columns: Columns, rng: np.random.Generator) -> Ints:
    """Return the steps of each sequence in chance order; the first note of each has none."""
    order = np.lexsort([rng.random(len(values)), ~columns.is_first, columns.sequence])
    return values[order]


def places(columns: Columns, tunes: int, count: int, rng: np.random.Generator) -> Ints:
    """Return places with `MOST` notes before the end of their tune, one in each of some tunes."""
    fit = np.flatnonzero(columns.lengths[:tunes] >= MOST)
    chosen = rng.choice(fit, min(count, len(fit)), replace=False)
    room = columns.lengths[chosen] - MOST + 1
    return np.asarray(columns.bounds[chosen] + (rng.random(len(chosen)) * room).astype(np.int64))


def told(columns: Columns, values: Ints, asked: Ints) -> Floats:
    """Return the share of the places told by 2, 3 ... `MOST` notes, shape (MOST - 1,)."""
    starts = np.repeat(columns.bounds[1:], columns.lengths) - np.arange(len(columns.pitch))
    twin = twins(columns)
    return np.array(
        [alone(keys, columns.sequence, asked, twin).mean() for keys in runs(values, starts)]
    )


def entropy(values: Ints) -> float:
    """Return the entropy of how often each value occurs, in bits."""
    share = np.unique(values, return_counts=True)[1] / len(values)
    return abs(float((share * np.log2(share)).sum()))


def notes_until(share: Sequence[float], half: float = 0.5) -> str:
    """Return after how many notes so many are told, between two by a straight line.

    Examples
    --------
    >>> notes_until([0.0, 0.25, 0.75])
    '3.5'
    >>> notes_until([0.0, 0.1])
    'more'
    """
    above = np.flatnonzero(np.asarray(share) >= half)
    if not len(above):
        return "more"
    at = int(above[0])
    low = share[at - 1] if at else 0.0
    return f"{at + 1 + (half - low) / (share[at] - low):.1f}"


def searched(
    pool: Sequence[Tune], columns: Columns, asked: Ints, rng: np.random.Generator
) -> dict[int, float]:
    """Return how often the search puts the tune first, by notes of the query, one of them wrong."""
    index = PhraseIndex.build(Corpus.from_tunes(pool), unit="melody")
    twin, found = twins(columns), {}
    for length in SEARCHED:
        first = []
        for place in asked.tolist():
            tune = int(columns.sequence[place])
            at = place - int(columns.bounds[tune])
            query = columns.melody(tune).cut(at, at + length)
            pitch = query.pitch.astype(np.int64)
            pitch[rng.integers(1, length)] += rng.choice([-2, -1, 1, 2])
            query = replace(query, pitch=np.clip(pitch, 0, 127))
            best = index.search(query, k=1, method="motif")
            first.append(bool(best) and twin[best[0].number] == twin[tune])
        found[length] = float(np.mean(first))
    return found


def tunes_of(background: str | None, rng: np.random.Generator) -> list[Tune]:
    """Return all tunes that there are, in chance order."""
    tunes = list(load_corpus())
    try:
        tunes += list(load_corpus("essen"))
    except InputError:
        print("no Essen songs: python -m mer corpus build essen", file=sys.stderr)
    shipped = [tunes[number] for number in rng.permutation(len(tunes))]
    labelled = load_labelled(background) if background else []
    more = [Tune(item.id, "", "background", item.melody) for item in labelled]
    return shipped + [more[number] for number in rng.permutation(len(more))]


def main() -> None:
    """Measure, print, and write page and picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--background", help="labelled melodies to search among as well")
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--asked", type=int, default=100, help="queries that the search is asked")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    began, rng = time.perf_counter(), np.random.default_rng(options.seed)
    tunes = tunes_of(options.background, rng)
    sizes = [size for size in SIZES if 2 * size < len(tunes)] + [len(tunes)]
    everything = Columns.from_melodies([tune.melody for tune in tunes])
    asked = places(everything, sizes[0], options.queries, rng)
    shares: dict[str, dict[int, Array]] = {name: {} for name in [*ASPECTS, "order dealt anew"]}
    search_rows = []
    for size in sizes:
        columns = everything.take(np.arange(size))
        for name, aspect in ASPECTS.items():
            shares[name][size] = told(columns, aspect(columns), asked)
        dealt = shuffled(interval(columns), columns, rng)
        shares["order dealt anew"][size] = told(columns, dealt, asked)
        if size <= LARGEST_SEARCHED:
            found = searched(tunes[:size], columns, asked[: options.asked], rng)
            search_rows.append([f"{size:,}", *(f"{found[n]:.2f}" for n in SEARCHED)])
        print(f"{size} tunes, {time.perf_counter() - began:.0f} s", file=sys.stderr)
    inside = ~everything.is_first
    bits = {name: entropy(aspect(everything)[inside]) for name, aspect in ASPECTS.items()}
    rows = [
        [
            name,
            f"{bits.get(name, bits['intervals']):.2f}",
            *(notes_until(by_size[size]) for size in sizes),
            f"{by_size[sizes[-1]][-1]:.2f}",
        ]
        for name, by_size in shares.items()
    ]
    drawn = list(range(2, MOST + 1, 2))  # notes
    panels = [
        Panel(
            f"{size:,} tunes",
            "notes",
            drawn,
            {name: [float(by[size][n - 2]) for n in drawn] for name, by in shares.items()},
        )
        for size in sizes
    ]
    head = ["aspect", "bits a step", *(f"{size:,} tunes" for size in sizes), "told by 16, largest"]
    half = f"{len(asked)} queries; the columns say after how many notes half are told.\n\n"
    if options.background:  # what a reader does not have is printed alone
        print(half + table(head, rows))
        return
    publish(
        "how-many-notes",
        {
            "half": half + table(head, rows),
            "search": f"{min(options.asked, len(asked))} queries.\n\n"
            + table(["tunes", *(f"{n} notes" for n in SEARCHED)], search_rows),
        },
        {"how-many-notes.svg": small_multiples(panels)},
        began,
    )


if __name__ == "__main__":
    main()
