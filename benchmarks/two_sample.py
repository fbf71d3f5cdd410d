"""Can a classifier tell what is generated from real tunes? The page docs/experiments/two-sample.md.

    python benchmarks/two_sample.py [--tunes 200] [--bars 8] [--methods continue ...] [--jobs 2]
    python benchmarks/two_sample.py --tunes 100 --methods continue     while working on a method

Tunes are held out of the index together with their relatives. From the first two bars of each,
every candidate (`benchmarks/candidates.py`) writes one piece with default settings; its real
counterpart is the tune itself, cut to the same bars. Two classifiers learn to tell the two apart,
and are asked about pieces whose motif they have not seen (`benchmarks/classifiers.py`): gradient
boosting on figures (`benchmarks/piece_features.py`), and logistic regression on n-grams. `inner`
shows them only the bars between the motif and the last bar, `whole` everything. The same with two
sets of real tunes says how far from .5 chance leads.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from candidates import CANDIDATES
from classifiers import Told, Verdict, by_figures, by_words, folds, words
from distribution import MOTIF_BARS, first_bars, held_out
from piece_features import Bars, measured, plan
from relatives import connected, groups, related
from two_sample_tables import BOOSTING, GRAMS, INNER, WHOLE, Aucs, Pieces, Results, page, report

from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.notes.arrays import Ints
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

CONTROL_SPLITS = 6
PAGE = Path(__file__).resolve().parent.parent / "docs" / "experiments" / "two-sample.md"


def window(bars: int, part: str) -> tuple[int, int]:
    """Return the first bar that counts and the one after the last, from 0."""
    return (MOTIF_BARS, bars - 1) if part == INNER else (0, bars)


def passage(melody: Melody, first: int, last: int) -> Melody | None:
    """Return the notes that begin in some bars, the pick-up with the first; None if none does."""
    bar = (melody.onset - melody.downbeat) // melody.bar_ticks
    start, stop = np.searchsorted(bar, [first or -1, last]).tolist()
    return melody.cut(start, stop) if start < stop else None


def seen(melodies: Sequence[Melody], bars: int) -> Pieces:
    """Return what there is to see in melodies of so many bars."""
    names, figures, said = {}, {}, {}
    for part in (INNER, WHOLE):
        first, last = window(bars, part)
        rows = [measured(melody, bars, first, last) for melody in melodies]
        names[part] = list(rows[0])
        figures[part] = np.array([list(row.values()) for row in rows])
        cuts = [passage(melody, first, last) for melody in melodies]
        said[part] = [[] if cut is None else words(cut) for cut in cuts]
    return Pieces(names, figures, said, [plan(Bars(melody, bars)) for melody in melodies])


def told(first: Pieces, second: Pieces, group: Ints, seed: int, *, explain: bool = False) -> Told:
    """Return how well two sets of pieces, row by row of one group, are told apart."""
    fold = folds(group, np.random.default_rng(seed))
    verdicts: dict[tuple[str, str], Verdict] = {}
    lost = np.zeros(len(first.names[INNER]))
    for part in (INNER, WHOLE):
        wanted = lost if explain and part == INNER else None
        both = (first.figures[part], second.figures[part])
        verdicts[part, BOOSTING] = by_figures(*both, group, fold, wanted)
        verdicts[part, GRAMS] = by_words(first.words[part], second.words[part], group, fold)
    return Told(verdicts, dict(zip(first.names[INNER], lost.tolist(), strict=True)))


def control(pieces: Pieces, group: Ints, seed: int, split: int) -> Aucs:
    """Return the AUCs of real tunes against real tunes: the two halves of a split by chance.

    A tune of one half and one of the other are made a pair, so that both stand equally often in
    every fold; pairs with relatives in both are in one group.
    """
    order = np.random.default_rng([seed, split]).permutation(len(group))
    half = len(order) // 2
    a, b = order[:half], order[half : 2 * half]
    pairs = connected(group[a], group[b], int(group.max()) + 1)[group[a]]
    result = told(pieces.take(a), pieces.take(b), pairs, seed + split)
    return {key: verdict.auc for key, verdict in result.verdicts.items()}


@dataclass(frozen=True)
class Session:
    """Which tunes are held out, how many bars are written, and the seed."""

    removed: tuple[int, ...]
    bars: int
    seed: int

    def compose(self, work: tuple[str, int]) -> Melody | str:
        """Return what a candidate writes from the motif of a tune, or why it cannot."""
        name, number = work
        corpus, index = _opened(self.removed)
        motif = first_bars(corpus.tune(number).melody, MOTIF_BARS)
        rng = np.random.default_rng([self.seed, number])
        try:
            return first_bars(CANDIDATES[name](motif, index, self.bars, rng), self.bars)
        except InputError as error:
            return f"{name}, {corpus.tune_id(number)}: {error}"


@lru_cache(maxsize=1)
def _opened(removed: tuple[int, ...]) -> tuple[Corpus, PhraseIndex]:
    """Return the shipped corpus, and its index without some tunes: once in each process."""
    index = PhraseIndex.load(None)
    corpus = index.corpus
    return corpus, index.remove([corpus.tune_id(number) for number in removed])


def run(
    session: Session, names: Sequence[str], drawn: Sequence[int], group: Ints, jobs: int
) -> tuple[Results, list[Aucs], Pieces, dict[str, Pieces]]:
    """Return the verdicts on each candidate, those on real tunes, and what was compared.

    Parameters
    ----------
    drawn, group
        Tunes and their groups; the first half of them gives the motifs.
    """
    many, bars, seed = len(drawn) // 2, session.bars, session.seed
    corpus = PhraseIndex.load(None).corpus
    real = seen([first_bars(corpus.tune(number).melody, bars) for number in drawn], bars)
    work = [(name, number) for name in names for number in drawn[:many]]
    with ProcessPoolExecutor(jobs) as pool:
        show = partial(tqdm, disable=None)
        composing = pool.map(session.compose, work, chunksize=4)
        written = list(show(composing, total=len(work), desc="composing", unit="piece"))
        for failure in written:
            if isinstance(failure, str):
                print(failure, file=sys.stderr)
        rows, others, judging = {}, {}, {}
        for place, name in enumerate(names):
            own = written[place * many : (place + 1) * many]
            rows[name] = np.array([n for n, piece in enumerate(own) if isinstance(piece, Melody)])
            others[name] = seen([piece for piece in own if isinstance(piece, Melody)], bars)
            judging[name] = pool.submit(
                told, real.take(rows[name]), others[name], group[rows[name]], seed, explain=True
            )
        splits = [pool.submit(control, real, group, seed, n) for n in range(CONTROL_SPLITS)]
        for future in show([*judging.values(), *splits], desc="judging", unit="set"):
            future.result()
    results = {name: judging[name].result() for name in names}
    return results, [split.result() for split in splits], real.take(np.arange(many)), others


def build_parser() -> argparse.ArgumentParser:
    """Return the options."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--tunes", type=int, default=200, help="how many are held out")
    parser.add_argument("--bars", type=int, choices=(8, 16), default=8)
    parser.add_argument("--methods", nargs="+", default=list(CANDIDATES), choices=CANDIDATES)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="how many processes")
    parser.add_argument("--page", action="store_true", help=f"write {PAGE.name}")
    return parser


def main() -> None:
    """Compose, compare, print the tables and write the page."""
    parser = build_parser()
    options = parser.parse_args()
    if options.tunes < 20 or options.jobs < 1 or options.seed < 0:
        parser.error("20 tunes, 1 process and a seed of 0 are the least")
    corpus = PhraseIndex.load(None).corpus
    rng = np.random.default_rng(options.seed)
    # Twice as many: the control has as many real tunes in each of its two sets.
    drawn = held_out(corpus, 2 * options.tunes, rng, options.bars)
    if len(drawn) < 2 * options.tunes:
        parser.error(f"--tunes {options.tunes}: {len(drawn) // 2} at most, twice as many are drawn")
    family = related(corpus, drawn)
    removed = np.unique(np.concatenate(family[: options.tunes])).tolist()
    session = Session(tuple(removed), options.bars, options.seed)
    group = groups(corpus, drawn, family)
    found = run(session, list(dict.fromkeys(options.methods)), drawn, group, options.jobs)
    text = report(*found, options.bars)
    print(text)
    if options.page:
        named = " ".join(f'"{n}"' if " " in n else n for n in options.methods)
        chosen = "" if options.methods == list(CANDIDATES) else f" --methods {named}"
        command = (
            f"python benchmarks/two_sample.py --tunes {options.tunes} --bars {options.bars} "
            f"--seed {options.seed}{chosen} --page"
        )
        before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        after = page(before, text, command, (options.bars, options.tunes, len(removed)))
        PAGE.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main()
