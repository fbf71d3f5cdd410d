"""Tunes -> what the neighbours of a motif know of how it goes on: form, chords, rhythm, notes.

    python benchmarks/lending.py [--test 160] [--learn 120]

The first phrase of a tune is searched for, as in `neighbours_help.py`, and what follows it is
predicted bar by bar: which earlier bar a bar takes after and how (*form*), the chord on its first
beat as mer would put it (*chords*), its onsets and durations (*rhythm*). Predicted from how often
each came in other tunes of the metre, at that bar and anywhere, and from the piece so far (*none*);
from the same and ten tunes of the metre drawn by chance (*random*); from the same and the ten
nearest tunes of the metre (*near*). *Notes* are those of `neighbours_help.py`, pitch by pitch.
Weights are learned on other queries. Bits per bar, or per note: fewer is better. Near-duplicates
of the query are left in, then taken out.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from explorables import bars, publish, table
from neighbours_help import (
    Material,
    experiment,
    first_phrase,
    gather,
    near_duplicates,
    neighbours,
    pools,
)

from generate.harmony.harmony import harmonise, sounding_key
from generate.piece.self_similarity import BarNotes, recurrences
from mer.corpus.corpus import Corpus
from mer.notes.arrays import Floats, Ints
from mer.notes.melody import Melody
from mer.search.index import load_corpus

BARS = 16  # the first ones of a tune; later ones are not predicted
LENT = 10  # tunes
BASE = 800  # tunes from which it is counted how often each thing comes
STEPS = 60  # of the weights
NOVEL = 1e-4  # probability of whatever was never seen, before its weight
Symbols = list[Hashable]
Counts = list[Counter[Hashable]]


def whole_bars(melody: Melody) -> list[BarNotes]:
    """Return the notes of the first bars, the pick-up left out."""
    number = (melody.onset - melody.downbeat) // melody.bar_ticks
    found = []
    for bar in range(min(BARS, int(number[-1]) + 1)):
        notes = np.flatnonzero(number == bar)
        found.append(
            BarNotes(
                melody.bar_position[notes].astype(np.int64),
                melody.duration[notes].astype(np.int64),
                melody.pitch[notes].astype(np.int64),
            )
        )
    return found


def form(melody: Melody) -> Symbols:
    """Return for each bar how it takes after an earlier one, and how many bars before that was.

    Examples
    --------
    >>> bar = [60, 62, 64, 60]
    >>> tune = Melody(pitch=bar * 2, onset=np.arange(8) * 480, duration=[480] * 8, meter=(4, 4))
    >>> form(tune)
    [('new', 0), ('exact', 1)]
    """
    found = recurrences(whole_bars(melody), sounding_key(melody), melody.bar_ticks)
    return [(r.kind, n - r.bar if r.bar >= 0 else 0) for n, r in enumerate(found)]


def rhythm(melody: Melody) -> Symbols:
    """Return the onsets and durations of each bar."""
    return [bar.rhythm for bar in whole_bars(melody)]


def chords(melody: Melody) -> Symbols:
    """Return the chord that sounds on the first beat of each bar, as degree and quality."""
    there: dict[int, Hashable] = {}
    for chord in harmonise(melody):
        bar, place = divmod(chord.onset - melody.downbeat, melody.bar_ticks)
        if place == 0 or bar not in there:
            there[bar] = (chord.degree, chord.quality)
    return [there.get(bar) for bar in range(len(whole_bars(melody)))]


ASPECTS: dict[str, Callable[[Melody], Symbols]] = {"form": form, "chords": chords, "rhythm": rhythm}


def counted(tunes: Sequence[Symbols]) -> tuple[Counts, Counter[Hashable]]:
    """Return how often each symbol comes at each bar, and anywhere."""
    at: Counts = [Counter() for _ in range(BARS)]
    for symbols in tunes:
        for bar, symbol in enumerate(symbols):
            at[bar][symbol] += 1
    return at, sum(at, Counter())


def share(counts: Mapping[Hashable, int], symbol: Hashable) -> float:
    """Return how often a symbol was among those counted; 0 where nothing was counted."""
    total = sum(counts.values())
    return counts.get(symbol, 0) / total if total else 0.0


def evidence(
    own: Symbols, start: int, base: tuple[Counts, Counter[Hashable]], lent: Sequence[Symbols]
) -> Floats:
    """Return what each source says of each bar from `start` on, shape (bars, 6).

    The sources: nothing at all; tunes at that bar; tunes anywhere; the piece so far; the lent tunes
    at that bar; the lent tunes anywhere.

    Examples
    --------
    >>> base = counted([["a", "b"], ["a", "a"]])
    >>> evidence(["a", "a"], 1, base, [["b", "a"]]).tolist()
    [[0.0001, 0.5, 0.75, 1.0, 1.0, 0.5]]
    """
    at, anywhere = counted(lent)
    rows = []
    for bar in range(start, len(own)):
        symbol = own[bar]
        rows.append(
            [
                NOVEL,
                share(base[0][bar], symbol),
                share(base[1], symbol),
                share(Counter(own[:bar]), symbol),
                share(at[bar], symbol),
                share(anywhere, symbol),
            ]
        )
    return np.array(rows).reshape(-1, 6)


def weights(said: Floats) -> Floats:
    """Return the weights of the sources under which what came is likeliest, shape (sources,).

    Examples
    --------
    >>> weights(np.array([[0.5, 0.0], [0.5, 0.0]])).round(3).tolist()
    [1.0, 0.0]
    """
    weight = np.full(said.shape[1], 1.0 / said.shape[1])
    for _ in range(STEPS):
        part = said * weight
        part /= part.sum(axis=1, keepdims=True)
        weight = part.mean(axis=0)
    return np.asarray(weight)


def bits(learned: Sequence[Floats], tested: Sequence[Floats], used: Sequence[int]) -> Floats:
    """Return bits and bars of each tested query, shape (2, Q)."""
    weight = weights(np.concatenate(learned)[:, used])
    return np.array([[-np.log2(said[:, used] @ weight).sum(), len(said)] for said in tested]).T


@dataclass(frozen=True, eq=False)
class Tunes:
    """The symbols of tunes in one aspect, worked out when they are first asked for."""

    corpus: Corpus
    aspect: Callable[[Melody], Symbols]
    known: dict[int, Symbols] = field(default_factory=dict)

    def __getitem__(self, tune: int) -> Symbols:
        if tune not in self.known:
            self.known[tune] = self.aspect(self.corpus.tune(tune).melody)
        return self.known[tune]

    @cached_property
    def metre(self) -> Ints:
        """Ticks of a bar of each tune, shape (T,)."""
        return self.corpus.tunes.bar_ticks


def saved(one: Floats, other: Floats, rng: np.random.Generator) -> tuple[float, float, float]:
    """Return how many bits a bar `other` saves beside `one`, and the 95% interval of it.

    Examples
    --------
    >>> bits_and_bars = np.array([[8.0, 8.0], [4.0, 4.0]])
    >>> saved(bits_and_bars, bits_and_bars - [[2.0], [0.0]], np.random.default_rng(0))
    (0.5, 0.5, 0.5)
    """
    gain, bars_ = one[0] - other[0], one[1]
    picks = rng.integers(0, len(gain), (2000, len(gain)))
    low, high = np.quantile(gain[picks].sum(axis=1) / bars_[picks].sum(axis=1), [0.025, 0.975])
    return float(gain.sum() / bars_.sum()), float(low), float(high)


def of_aspect(
    tunes: Tunes,
    material: Material,
    lenders: Mapping[str, Sequence[Ints]],
    options: argparse.Namespace,
) -> dict[str, Floats]:
    """Return bits and bars of each test query, with nothing lent and by each kind of lender."""
    rng = np.random.default_rng(options.seed)
    others = np.setdiff1d(np.arange(len(tunes.corpus)), material.queries)
    bases: dict[int, tuple[Counts, Counter[Hashable]]] = {}
    said: dict[str, list[Floats]] = {name: [] for name in lenders}
    for place, query in enumerate(material.queries.tolist()):
        metre = int(tunes.metre[query])
        if metre not in bases:
            alike = others[tunes.metre[others] == metre]
            bases[metre] = counted([tunes[int(n)] for n in rng.permutation(alike)[:BASE]])
        melody = tunes.corpus.tune(query).melody
        last = int(melody.onset[first_phrase(tunes.corpus, query) - 1])
        start = (last - melody.downbeat) // melody.bar_ticks + 1
        for name, found in lenders.items():
            ten = found[place][tunes.metre[found[place]] == metre][:LENT]
            lent = [tunes[int(n)] for n in ten]
            said[name].append(evidence(tunes[query], start, bases[metre], lent))
    learn = options.learn
    reached = {"none": bits(said["near"][:learn], said["near"][learn:], range(4))}
    for name, rows in said.items():
        reached[name] = bits(rows[:learn], rows[learn:], range(6))
    return reached


def lenders_of(material: Material, rng: np.random.Generator) -> dict[str, list[Ints]]:
    """Return for each query the tunes that may lend, in the order in which they are asked."""
    others = np.setdiff1d(np.arange(len(material.corpus)), material.queries)
    same, near = near_duplicates(material), neighbours(material, others)
    return {
        "random": [
            np.setdiff1d(rng.permutation(others), gone, assume_unique=True) for gone in same
        ],
        "near": near,
        "near, no variants": [t[~np.isin(t, gone)] for t, gone in zip(near, same, strict=True)],
    }


def main() -> None:
    """Measure, print, and write page and picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--test", type=int, default=160, help="queries measured")
    parser.add_argument("--learn", type=int, default=120, help="queries the weights are learned on")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    options.k = [LENT]
    began, rng = time.perf_counter(), np.random.default_rng(options.seed)
    material = gather(load_corpus(), options.test + options.learn, rng)
    lenders = lenders_of(material, rng)
    rows, drawn = [], []
    for colour, (name, aspect) in enumerate(ASPECTS.items()):
        reached = of_aspect(Tunes(material.corpus, aspect), material, lenders, options)
        cells = [f"{reached['none'][0].sum() / reached['none'][1].sum():.2f} a bar"]
        for lender in lenders:
            gain = saved(reached["none"], reached[lender], np.random.default_rng(0))
            cells.append("{:+.3f} ({:+.3f} to {:+.3f})".format(*gain))
            drawn.append((f"{name}, {lender}", *gain, colour))
        rows.append([name, *cells])
        print(rows[-1], f"{time.perf_counter() - began:.0f} s", file=sys.stderr)
    found = {
        (row.duplicates, row.model): row
        for row in experiment(material, pools(material, [0], rng)[0], options)
    }
    cells = []
    for lender, key in zip(
        lenders,
        [(False, "pool + random"), (True, "pool + near"), (False, "pool + near")],
        strict=True,
    ):
        row = found[key]
        cells.append(f"{row.gain:+.3f} ({row.low:+.3f} to {row.high:+.3f})")
        drawn.append((f"notes, {lender}", row.gain, row.low, row.high, len(ASPECTS)))
    rows.append(["notes", f"{found[True, 'pool'].bits:.2f} a note", *cells])
    publish(
        "lending",
        {
            "saved": f"{options.test} queries, weights learned on {options.learn} others.\n\n"
            + table(["", "nothing lent", *lenders], rows)
        },
        {"lending.svg": bars(drawn, "Bits that lent tunes save, a bar or a note")},
        began,
    )


if __name__ == "__main__":
    main()
