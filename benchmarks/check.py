"""What `mer check` finds of tunes that were changed and hidden, and whether "usual" is right.

    python benchmarks/check.py [--tunes 200] [--pieces 200] [--outside FILE] [--essen] [--seed 0]

Two tables.

**Hidden tunes.** Tunes of the shipped corpus, each with a share of its notes changed (six of ten to
another note of the scale nearby, two left out, two split), transposed, in the middle of as many new
bars, which are random walks on the scale in the rhythm of the tune's own bars. *Selected*: the
tune, or one of its title, is the first of those that share most; *among 3*. *Located*: both ends of
the stretch are within one bar of the truth. Baselines in the same run: the tune that has the
longest exact run, in pitch; and the first match of `mer search` with the whole piece.

**Usual.** Pieces that the corpus does not hold. With the whole corpus: those of `--outside` (JSON
lines, as `python benchmarks/essen_titles.py` writes them) and, with `--essen`, folk songs that come
with music21. With a corpus without them: the tunes of Ryan's Mammoth Collection under titles that
no other has, and, as a baseline that must come out right, tunes under titles drawn by chance. A
check says of each which share of the tunes share a run as long with each other. If that is right,
it says at most 10% of at most a tenth of the pieces. Runs are whole numbers, so that fewer is right
as well; more is wrong.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mer.alignment.aspects import ASPECTS
from mer.build.batches import BATCH_TUNES, batches, read_batch
from mer.build.collections import collection_named, source_files
from mer.corpus.corpus import Corpus
from mer.evaluation.labelled import load_labelled
from mer.notes.arrays import Floats
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.sharing.check import Check, check, longest_runs
from mer.search.sharing.usual import title_groups

SHARES = (0.0, 0.1, 0.2, 0.3, 0.4)
NOMINAL = (0.01, 0.05, 0.1, 0.25, 0.5)
HELD_OUT = "Ryan's Mammoth Collection"
MOST_NOTES = 200  # of a piece outside
ESSEN, OF_A_BATCH = "essen", 5  # songs that are taken of some that stand together


@dataclass(frozen=True)
class Hidden:
    """A piece in which a tune is hidden.

    Parameters
    ----------
    piece
        New bars, the tune, new bars.
    tune
        Its number.
    first, last
        The first and the last note of the piece that are the tune's.
    """

    piece: Melody
    tune: int
    first: int
    last: int


def changed(tune: Melody, share: float, rng: np.random.Generator) -> Melody:
    """Return a tune with a share of its notes changed."""
    scale = np.unique(tune.pitch)
    pitch, onset, duration = [], [], []
    for note in range(len(tune)):
        p, at, long = int(tune.pitch[note]), int(tune.onset[note]), int(tune.duration[note])
        kind = rng.random() if rng.random() < share else None
        if kind is not None and 0.6 <= kind < 0.8 and pitch:
            continue
        if kind is not None and kind >= 0.8 and long >= 2:
            half = long // 2
            pitch += [p, nearby(p, scale, rng)]
            onset += [at, at + half]
            duration += [half, long - half]
            continue
        pitch.append(p if kind is None else nearby(p, scale, rng))
        onset.append(at)
        duration.append(long)
    return replace(
        tune,
        pitch=np.array(pitch),
        onset=np.array(onset) - onset[0],
        duration=np.array(duration),
        phrase_starts=(),
        beat_strength=None,
    )


def nearby(pitch: int, scale: Floats, rng: np.random.Generator) -> int:
    """Return another note of the scale within a fifth."""
    some = scale[(abs(scale - pitch) <= 7) & (scale != pitch)]
    return int(rng.choice(some)) if len(some) else pitch + 2


def new_bars(tune: Melody, bars: int, rng: np.random.Generator) -> Melody:
    """Return new bars on the scale of a tune, in the rhythm of bars of it, drawn anew."""
    scale, ticks = np.unique(tune.pitch), tune.bar_ticks
    bar = (tune.onset - tune.downbeat) // ticks
    full = [b for b in range(int(bar.max())) if (bar == b).any()] or [int(bar[0])]
    pitch, onset, duration = [], [], []
    place = int(rng.integers(len(scale)))
    for number in range(bars):
        notes = np.flatnonzero(bar == rng.choice(full))
        for note in notes.tolist():
            place = int(np.clip(place + rng.integers(-3, 4), 0, len(scale) - 1))
            at = int(tune.onset[note] - tune.downbeat) % ticks
            pitch.append(int(scale[place]))
            onset.append(number * ticks + at)
            duration.append(min(int(tune.duration[note]), ticks - at))
    return Melody(pitch=pitch, onset=np.array(onset) - onset[0], duration=duration)


def hidden(corpus: Corpus, number: int, share: float, rng: np.random.Generator) -> Hidden:
    """Return a piece with a changed tune in its middle."""
    tune = corpus.tune(number).melody
    quote = changed(tune, share, rng)
    bars = max(tune.bars // 2, 2)
    before, after = (new_bars(tune, bars, rng) for _ in range(2))
    start = int(before.end[-1])
    start += (tune.bar_ticks - quote.downbeat - start) % tune.bar_ticks if tune.meter else 0
    stop = start + int(quote.end[-1])
    onset = np.concatenate([before.onset, quote.onset + start, after.onset + stop])
    pitch = np.concatenate([before.pitch, quote.pitch, after.pitch])
    shift = int(rng.integers(-6, 7))
    if pitch.max() + shift > 127 or pitch.min() + shift < 0:
        shift = 0
    piece = Melody(
        pitch=pitch + shift,
        onset=onset,
        duration=np.concatenate([before.duration, quote.duration, after.duration]),
        meter=tune.meter,
    )
    return Hidden(piece, number, len(before), len(before) + len(quote) - 1)


def hits(one: Hidden, found: Check, corpus: Corpus, groups: Floats) -> dict[str, float]:
    """Return what is right about a check of a hidden tune."""

    def is_it(tune_id: str) -> bool:
        return bool(groups[corpus.find(tune_id)] == groups[one.tune])

    ranks = [n for n, stretch in enumerate(found.stretches) if is_it(stretch.tune.tune_id)]
    right = dict.fromkeys(("selected", "among 3", "located", "longest run"), 0.0)
    right["selected"] = float(ranks[:1] == [0])
    right["among 3"] = float(bool(ranks))
    run = found.runs["pitch"]
    right["longest run"] = float(run is not None and is_it(run.tune.tune_id))
    if ranks:
        pairs = found.stretches[ranks[0]].pairs
        here = found.span(pairs[0][0], pairs[-1][0])
        true = found.span(one.first, one.last)
        right["located"] = float(max(abs(a - b) for a, b in zip(here, true, strict=True)) <= 1)
    return right


def hidden_table(index: PhraseIndex, tunes: int, rng: np.random.Generator) -> list[str]:
    """Return the first table."""
    corpus, groups = index.corpus, title_groups(index.corpus)
    chosen = rng.choice(len(corpus), tunes, replace=False).tolist()
    rows: dict[float, list[dict[str, float]]] = {share: [] for share in SHARES}
    began = time.process_time()
    for place, number in enumerate(tqdm(chosen, desc="hidden tunes", disable=None)):
        share = SHARES[place % len(SHARES)]
        one = hidden(corpus, number, share, rng)
        found = check(one.piece, index)
        right = hits(one, found, corpus, groups)
        first = index.search(one.piece, 1)[0]
        right["search"] = float(groups[corpus.find(first.phrase.tune_id)] == groups[number])
        rows[share].append(right)
    names = ("selected", "among 3", "located", "longest run", "search")
    lines = [f"| notes changed | tunes | {' | '.join(names)} |", "|---" * (len(names) + 2) + "|"]
    for share, found_rows in rows.items():
        means = [f"{np.mean([row[name] for row in found_rows]):.2f}" for name in names]
        lines.append(f"| {share:.0%} | {len(found_rows)} | {' | '.join(means)} |")
    sec = (time.process_time() - began) / max(tunes, 1)
    return [*lines, "", f"{sec:.2f} s of processor a piece, one search of it included"]


def usual_rows(name: str, pieces: list[Melody], index: PhraseIndex) -> Iterator[str]:
    """Yield the rows of the second table for some pieces."""
    said: dict[str, list[float]] = {aspect: [] for aspect in ASPECTS}
    for piece in tqdm(pieces, desc=name, disable=None):
        for aspect, run in longest_runs(piece, index).items():
            said[aspect].append(1.0 if run is None else run.share.value)
    for aspect, shares in said.items():
        cells = " | ".join(f"{np.mean(np.array(shares) <= bound):.1%}" for bound in NOMINAL)
        yield f"| {name} | {aspect} | {len(shares)} | {cells} |"


def held_out(corpus: Corpus, titles: set[int]) -> tuple[list[Melody], PhraseIndex]:
    """Return the tunes of some titles, by their numbers, and an index of the others."""
    tunes, groups = list(corpus), title_groups(corpus).tolist()
    outside = [t.melody for t, group in zip(tunes, groups, strict=True) if group in titles]
    others = [t for t, group in zip(tunes, groups, strict=True) if group not in titles]
    return outside, PhraseIndex.build(Corpus.from_tunes(others))


def only_in(corpus: Corpus, collection: str) -> tuple[list[Melody], PhraseIndex]:
    """Return the tunes of a collection whose titles no other has, and an index of the others."""
    tunes, groups = list(corpus), title_groups(corpus).tolist()
    kept = [n for n, tune in enumerate(tunes) if tune.collection != collection]
    titles = {groups[n] for n in kept}
    outside = [t.melody for t, group in zip(tunes, groups, strict=True) if group not in titles]
    return outside, PhraseIndex.build(Corpus.from_tunes(tunes[n] for n in kept))


def by_chance(
    corpus: Corpus, pieces: int, rng: np.random.Generator
) -> tuple[list[Melody], PhraseIndex]:
    """Return the tunes of titles drawn by chance, and an index of the others."""
    titles = np.unique(title_groups(corpus))
    return held_out(corpus, set(rng.choice(titles, pieces, replace=False).tolist()))


def essen(pieces: int, rng: np.random.Generator) -> list[Melody]:
    """Return folk songs from all parts of the Essen collection, twice as many as are asked for."""
    collection = collection_named(ESSEN)
    known = batches(collection, list(source_files(collection)))
    wanted = min(2 * pieces // OF_A_BATCH, len(known))
    songs: list[Melody] = []
    for number in rng.choice(len(known), wanted, replace=False).tolist():
        read = [one.melody for one in read_batch(known[number]) if one.melody is not None]
        places = rng.permutation(min(len(read), BATCH_TUNES))[:OF_A_BATCH]
        songs += [read[place] for place in places.tolist()]
    return songs


def usual_table(index: PhraseIndex, pieces: int, outside_of: list[str], seed: int) -> Iterator[str]:
    """Yield the second table.

    Parameters
    ----------
    outside_of
        Files, and `ESSEN`.
    """
    bounds = " | ".join(f"at most {bound:.0%}" for bound in NOMINAL)
    yield f"| pieces | aspect | how many | {bounds} |"
    yield "|---" * (len(NOMINAL) + 3) + "|"
    rng = np.random.default_rng(seed)
    sets = [
        ("drawn by chance", *by_chance(index.corpus, pieces, rng)),
        (HELD_OUT, *only_in(index.corpus, HELD_OUT)),
    ]
    for name in outside_of:
        own = essen(pieces, rng) if name == ESSEN else [one.melody for one in load_labelled(name)]
        sets.append((Path(name).name, own, index))
    for name, melodies, known in sets:
        fit = [melody for melody in melodies if 8 <= len(melody) <= MOST_NOTES]
        some = rng.choice(len(fit), min(pieces, len(fit)), replace=False).tolist()
        yield from usual_rows(name, [fit[n] for n in some], known)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tunes", type=int, default=200)
    parser.add_argument("--pieces", type=int, default=200)
    parser.add_argument("--outside", action="append", default=[], metavar="FILE")
    parser.add_argument("--essen", action="append_const", const=ESSEN, dest="outside")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    index = PhraseIndex.load()
    if options.tunes:
        print("\n".join(hidden_table(index, options.tunes, np.random.default_rng(options.seed))))
    if options.pieces:
        print()
        for line in usual_table(index, options.pieces, options.outside, options.seed):
            print(line, flush=True)


if __name__ == "__main__":
    main()
