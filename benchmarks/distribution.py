"""Does what is generated spread as real tunes do? The page docs/experiments/distribution.md.

    python benchmarks/distribution.py --tunes 400 --splits 20 --page

Tunes are held out of the index. From the first two bars of each, eight bars are composed by each
method, and by a chain of order 1 over pitches and note lengths that has learned from the same
tunes. The held-out tunes themselves, cut to eight bars, are the real music. They are halved by
chance, again and again: distances between the two halves say how near real music comes to real
music, distances between one half and what was composed from the motifs of the other half how near
the composer comes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from features import FEATURES, distances, distances_within, divergence, measured, overlap

from generate.compose import prepare, takes
from generate.plan.settings import Settings
from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.notes.arrays import Floats
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

BARS, MOTIF_BARS = 8, 2
REAL, BASELINE = "real", "order-1 chain"
VERBS = ("continue", "stitch", "vary", "morph")
PAGE = Path(__file__).resolve().parent.parent / "docs" / "experiments" / "distribution.md"


def first_bars(melody: Melody, bars: int) -> Melody:
    """Return the pick-up and the first bars; a note that is held beyond them is cut off."""
    stop = melody.downbeat + bars * melody.bar_ticks
    notes = int(np.searchsorted(melody.onset, stop))
    cut = melody.cut(0, notes)
    return replace(cut, duration=np.minimum(cut.duration, stop - cut.onset))


def held_out(corpus: Corpus, count: int, rng: np.random.Generator, bars: int = BARS) -> list[int]:
    """Return the numbers of tunes that are long enough, have a metre and a key, and a motif."""
    columns = corpus.columns("melody")
    ticks = (columns.onset + columns.duration)[columns.bounds[1:] - 1] - columns.downbeat
    fits = (ticks >= bars * columns.bar_ticks) & (columns.meter[:, 1] > 0) & (columns.tonic >= 0)
    chosen = []
    for number in rng.permutation(np.flatnonzero(fits)).tolist():
        if 4 <= len(first_bars(corpus.tune(number).melody, MOTIF_BARS)) <= 24:
            chosen.append(number)
        if len(chosen) == count:
            break
    return chosen


class FirstOrder:
    """Chains of order 1 over scale-relative pitches and over note lengths, by mode and metre."""

    def __init__(self, corpus: Corpus) -> None:
        columns = corpus.columns("melody")
        owner = columns.sequence
        inside = ~columns.is_first
        pitch = columns.pitch.astype(np.int64) - columns.tonic[owner]
        self._pitch = [
            _counted(pitch, inside & (columns.mode[owner] == mode) & (columns.tonic[owner] >= 0))
            for mode in range(columns.mode.max() + 1)
        ]
        self._length = {
            meter: _counted(
                columns.duration.astype(np.int64),
                inside & (columns.meter == meter).all(axis=1)[owner],
            )
            for meter in {(int(a), int(b)) for a, b in columns.meter}
        }

    def compose(
        self, motif: Melody, mode: int, rng: np.random.Generator, bars: int = BARS
    ) -> Melody:
        """Return bars that begin with the motif; the last note is cut off at the end."""
        assert motif.key is not None
        assert motif.meter is not None
        stop = motif.downbeat + bars * motif.bar_ticks
        pitch, duration = motif.pitch.tolist(), motif.duration.tolist()
        onset = motif.onset.tolist()
        while onset[-1] + duration[-1] < stop:
            before = pitch[-1] - motif.key.tonic
            after = _drawn(self._pitch[mode], before, rng) + motif.key.tonic
            pitch.append(min(max(after, 0), 127))
            onset.append(onset[-1] + duration[-1])
            duration.append(_drawn(self._length[motif.meter], duration[-1], rng))
        duration[-1] = stop - onset[-1]
        return replace(
            motif, pitch=pitch, onset=onset, duration=duration, phrase_starts=(), beat_strength=None
        )


Followers = dict[int, tuple[Floats, npt.NDArray[np.int64]]]


def _counted(values: npt.NDArray[np.int64], counted: npt.NDArray[np.bool_]) -> Followers:
    """Return, for each value, what follows it, and how often (cumulated)."""
    at = np.flatnonzero(counted)
    both = np.column_stack([values[at - 1], values[at]])
    pairs, count = np.unique(both, axis=0, return_counts=True)
    found: Followers = {}
    for before in np.unique(pairs[:, 0]).tolist():
        rows = pairs[:, 0] == before
        found[before] = (np.cumsum(count[rows]).astype(np.float64), pairs[rows, 1])
    return found


def _drawn(followers: Followers, before: int, rng: np.random.Generator) -> int:
    if before not in followers:  # an odd pitch or length: go on from the nearest one that is known
        before = min(followers, key=lambda known: abs(known - before))
    reached, values = followers[before]
    return int(values[np.searchsorted(reached, rng.random() * reached[-1], side="right")])


def composed(
    corpus: Corpus, index: PhraseIndex, numbers: Sequence[int], verbs: Sequence[str], seed: int
) -> dict[str, list[Melody]]:
    """Return the real tunes and, from the motif of each, one piece by every verb."""
    chain = FirstOrder(index.corpus)
    mode = corpus.columns("melody").mode
    pieces: dict[str, list[Melody]] = {name: [] for name in (REAL, BASELINE, *verbs)}
    for count, number in enumerate(numbers):
        tune = corpus.tune(number).melody
        rng = np.random.default_rng([seed, number])
        motif = first_bars(tune, MOTIF_BARS)
        row = {BASELINE: chain.compose(motif, int(mode[number]), rng), REAL: first_bars(tune, BARS)}
        try:
            for verb in verbs:
                brief = prepare(motif, index, Settings(verb=verb, bars=BARS))
                row[verb] = takes(brief, rng, 1)[0].melody
        except InputError as error:
            print(f"{corpus.tune_id(number)}: {error}", file=sys.stderr)
            continue
        for name, melody in row.items():
            pieces[name].append(melody)
        if count % 50 == 49:
            print(f"{count + 1} of {len(numbers)} tunes", file=sys.stderr)
    return pieces


def rest_of(melody: Melody) -> Melody:
    """Return what comes after the bars of the motif."""
    start = int(np.searchsorted(melody.onset, melody.downbeat + MOTIF_BARS * melody.bar_ticks))
    return melody.cut(start, len(melody))


Comparison = Callable[[Floats, Floats], float]


def compared(
    pieces: dict[str, list[Melody]], splits: int, compare: Comparison, seed: int
) -> dict[str, Floats]:
    """Return one figure per split and feature for each set, shape (splits, 9)."""
    features = {name: measured(melodies) for name, melodies in pieces.items()}
    total = len(pieces[REAL])
    rng = np.random.default_rng(seed)
    found: dict[str, list[list[float]]] = {name: [] for name in pieces}
    for _ in range(splits):
        order = rng.permutation(total)
        half, other = order[: total // 2], order[total // 2 :]
        for name in pieces:
            row = []
            for feature in FEATURES:
                real = features[REAL][feature][half]
                between = distances(real, features[name][feature][other])
                row.append(compare(distances_within(real), between))
            found[name].append(row)
    return {name: np.array(rows) for name, rows in found.items()}


def table(found: dict[str, Floats]) -> str:
    """Return the mean over the splits as a Markdown table, a feature a row."""
    names = list(found)
    lines = ["| feature | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for row, feature in enumerate(FEATURES):
        cells = " | ".join(f"{found[name][:, row].mean():.3f}" for name in names)
        lines.append(f"| {feature} | {cells} |")
    means = {name: found[name].mean(axis=1) for name in names}
    cells = " | ".join(f"**{means[name].mean():.3f}** ± {means[name].std():.3f}" for name in names)
    lines.append(f"| mean of nine | {cells} |")
    below = means[REAL]
    cells = " | ".join(f"{(means[name] - below).mean():+.3f}" for name in names)
    lines.append(f"| minus real | {cells} |")
    return "\n".join(lines)


def page(sets: dict[str, dict[str, Floats]], command: str, pieces: int) -> str:
    """Return the experiment's page: a title -> figures table for each comparison."""
    lines = [
        "# Do generated pieces spread as real tunes do?",
        "",
        command,
        "",
        _METHOD.format(pieces),
    ]
    for title, found in sets.items():
        lines += [f"## {title}", "", table(found), ""]
    return "\n".join(lines)


_METHOD = """\
{} tunes were held out of the index. From the first two bars of each, every verb wrote eight bars
with its default settings; so did a chain of order 1 over pitches (by mode) and note lengths (by
metre) that had counted the same tunes, begun with the same two bars. `real` are the tunes
themselves, cut to eight bars. Features and comparison are those of Yang and Lerch (2018), in our
own code (`benchmarks/features.py`, which states where it departs): the distances within one half
of the real tunes against the distances between that half and the pieces that belong to the other
half, the means over many random halvings. Overlap 1 and divergence 0 would mean that the distances
are spread alike; what real tunes reach against each other is the most that can be expected. `±` is
the standard deviation over the halvings. The costs of variations were changed once with the tunes
of seed 0 in sight.
"""


def main() -> None:
    """Compose, compare, print the tables and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tunes", type=int, default=400, help="how many are held out")
    parser.add_argument("--splits", type=int, default=20, help="how often they are halved")
    parser.add_argument("--verbs", nargs="+", default=list(VERBS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--page", action="store_true", help=f"write {PAGE.name}")
    options = parser.parse_args()
    index = PhraseIndex.load(None)
    corpus = index.corpus
    numbers = held_out(corpus, options.tunes, np.random.default_rng(options.seed))
    rest = index.remove([corpus.tune_id(number) for number in numbers])
    pieces = composed(corpus, rest, numbers, options.verbs, options.seed)
    after = {name: [rest_of(m) for m in melodies] for name, melodies in pieces.items()}
    sets = {
        "Overlapping area": compared(pieces, options.splits, overlap, options.seed),
        "Overlapping area of what comes after the motif": compared(
            after, options.splits, overlap, options.seed
        ),
        "Kullback-Leibler divergence": compared(pieces, options.splits, divergence, options.seed),
    }
    command = (
        f"`python benchmarks/distribution.py --tunes {options.tunes} --splits {options.splits} "
        f"--seed {options.seed} --page`"
    )
    text = page(sets, command, len(pieces[REAL]))
    if options.page:
        PAGE.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
