"""Sets of melodies -> bits per note by experts that were chosen on other sets than those reported.

    python benchmarks/prediction_split.py --half kinder.jsonl.gz chorales.jsonl.gz
        --half elsass.jsonl.gz shanxi.jsonl.gz [--chorales chorales.jsonl.gz]
        [--targets pitch pitch_given_rhythm] [--page docs/experiments/prediction.md]

The files form two halves. Three models are measured on every set, in the ten folds of
`prediction.py`: *shipped*, with the experts of `generate.prediction.experts`, which were chosen on
these very sets; *all*, with every viewpoint in every memory, which nobody chose among (where these
are at most `MOST_AT_ONCE`); *other half*, with experts chosen on the two sets of the other half.

The choice starts from all experts. In each round every one is left out in turn, the weights learned
again (`ablation`), and the half of them that is worth least in the mean over the sets is dropped.
The round with the fewest bits stays. The viewpoints themselves were invented while looking at these
sets; no split can undo that.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from chorale_marks import with_marks
from measures import replace_blocks
from prediction import ablation, cross_validated, deal, interval_of_mean

from generate.prediction.experts import TARGETS, Expert, Target
from generate.prediction.memory.memories import FADING
from generate.prediction.notes import NOTHING, Notes
from generate.prediction.predictor import Predictor, Scene
from generate.prediction.views import Asked, Viewpoint, columns, history, of_interval
from mer.evaluation.labelled import load_labelled
from mer.io.reading import write_bytes
from mer.notes.arrays import Floats, Ints

FOLDS, CHOOSING_FOLDS = 10, 1
MOST_AT_ONCE = 60  # experts
KEPT = 1 / 2  # of the experts, in each round of choosing
FEWEST = 8  # experts
LESSONS = 2000  # notes that weights are learned on while choosing
IN_TIME = "pitch_given_rhythm"


def all_experts(target: Target) -> tuple[Expert, ...]:
    """Return every viewpoint of a target in every memory."""
    return tuple(Expert(v, m) for m in ("long", *FADING) for v in target.viewpoints)


@dataclass(frozen=True, eq=False)
class Set:
    """The notes of one set, and the fold of each of its melodies."""

    name: str
    notes: Notes
    fold: Ints

    @classmethod
    def load(cls, path: Path, seed: int) -> Set:
        """Return the set in a file."""
        notes = Notes.of([item.melody for item in load_labelled(path)])
        return cls(path.name.split(".")[0], notes, deal(len(notes.columns), FOLDS, seed))

    def bits(self, target: Target) -> Floats:
        """Return the bits of each note, ten folds."""
        alphabet = np.unique(target.values(self.notes))
        scene = Scene.of(self.notes, target, alphabet).recall(target.experts)
        return cross_validated(scene, target, alphabet, self.fold)

    def quick(self, target: Target) -> float:
        """Return bits per note as they are while choosing: few folds, few lessons."""
        alphabet = np.unique(target.values(self.notes))
        scene = Scene.of(self.notes, target, alphabet).recall(target.experts)
        total, count = 0.0, 0
        for number in range(CHOOSING_FOLDS):
            learned, held = (
                scene.take(np.flatnonzero(m)) for m in (self.fold != number, self.fold == number)
            )
            model = Predictor(target, alphabet, n_lessons=LESSONS).fit_scene(learned)
            bits = model.bits(held)
            total, count = total + float(bits.sum()), count + len(bits)
        return total / count


def worth_least(lost: Sequence[Mapping[str, float]], kept: int) -> list[str]:
    """Return the names of the experts to keep: those worth most in the mean over the sets.

    Examples
    --------
    >>> worth_least([{"a": 0.1, "b": 0.0, "c": -0.1}, {"a": 0.1, "b": 0.3, "c": 0.0}], 2)
    ['a', 'b']
    """
    mean = {name: float(np.mean([table[name] for table in lost])) for name in lost[0]}
    best = set(sorted(mean, key=lambda name: -mean[name])[:kept])
    return [name for name in mean if name in best]


def chosen(sets: Sequence[Set], target: Target) -> Target:
    """Return the target with the experts that do best on some sets."""
    here = target._replace(experts=all_experts(target))
    best, least = here, np.inf
    while True:
        reached = float(np.mean([one.quick(here) for one in sets]))
        print(f"    {len(here.experts)} experts: {reached:.4f}", file=sys.stderr, flush=True)
        if reached < least:
            best, least = here, reached
        kept = int(len(here.experts) * KEPT)
        if kept < FEWEST:
            return best
        lost = [
            ablation(one.notes, here, one.fold, folds=CHOOSING_FOLDS, lessons=LESSONS)
            for one in sets
        ]
        names = worth_least(lost, kept)
        here = here._replace(experts=tuple(e for e in here.experts if str(e) in names))


def measured(
    halves: Sequence[Sequence[Set]], picks: Sequence[Target], target: Target, seed: int
) -> dict[str, dict[str, tuple[float, float, float]]]:
    """Return mean bits and interval, by set and model; `picks` were chosen on each half."""
    found: dict[str, dict[str, tuple[float, float, float]]] = {}
    for number, half in enumerate(halves):
        models = {"shipped": target, "other half": picks[1 - number]}
        everything = all_experts(target)
        if len(everything) <= MOST_AT_ONCE:
            models["all"] = target._replace(experts=everything)
        for one in half:
            found[one.name] = {}
            for name, model in models.items():
                bits = one.bits(model)
                low, high = interval_of_mean(
                    bits, one.notes.columns.bounds, np.random.default_rng(seed)
                )
                found[one.name][name] = (float(bits.mean()), low, high)
                print(f"{one.name:10} {name:12} {bits.mean():.3f}", file=sys.stderr, flush=True)
    return found


def from_tonic(notes: Notes) -> Ints:
    """Semitones above the tonic of the key at octave 4, `NOTHING` where no key is known."""
    tonic = notes.columns.tonic.astype(np.int64)[notes.melody]
    return np.where(tonic < 0, NOTHING, notes.pitch - 60 - tonic)


def of_tonic(notes: Notes, asked: Asked, alphabet: Ints, candidates: Ints) -> tuple[Ints, int]:
    """Return scale degrees in semitones, octaves dropped."""
    tonic = notes.columns.tonic.astype(np.int64)[notes.melody][asked][:, None]
    return np.where(tonic < 0, 12, (candidates - tonic) % 12), 13


def with_fermata(notes: Notes) -> Ints:
    """Return 1 for a note that bears a fermata, which is known when it begins; else 0."""
    starts = notes.columns.phrase_start
    last = np.append(notes.place[1:] == 0, True)
    if starts is None:
        return last.astype(np.int64)
    return (last | np.append(starts[1:], True)).astype(np.int64)


def since_fermata(notes: Notes) -> Ints:
    """Return how many notes of the phrase stand before each, 12 at most."""
    number = np.arange(len(notes))
    ends = np.append(True, with_fermata(notes)[:-1] == 1)
    return np.minimum(number - np.maximum.accumulate(np.where(ends, number, 0)), 12)


def _mode(notes: Notes) -> Ints:
    return notes.columns.mode.astype(np.int64)[notes.melody]


MARKED: dict[str, Viewpoint] = {
    "degree": (of_tonic, lambda n: history(n, from_tonic(n))),
    "degree-mode": (
        of_tonic,
        lambda n: np.hstack([columns(_mode(n)), history(n, from_tonic(n), links=5)]),
    ),
    "degree-duration": (
        of_tonic,
        lambda n: columns(
            n.duration,
            n.before(from_tonic(n), 1),
            n.before(n.duration, 1),
            n.before(from_tonic(n), 2),
        ),
    ),
    "degree-bar": (
        of_tonic,
        lambda n: columns(
            n.in_bar, n.before(from_tonic(n), 1), n.duration, n.before(n.interval, 1)
        ),
    ),
    "degree-fermata": (
        of_tonic,
        lambda n: columns(
            with_fermata(n), n.before(from_tonic(n), 1), _mode(n), n.before(n.interval, 1)
        ),
    ),
    "interval-fermata": (
        of_interval,
        lambda n: columns(
            with_fermata(n), n.before(n.interval, 1), n.duration, n.before(n.interval, 2)
        ),
    ),
    "degree-phrase": (
        of_tonic,
        lambda n: columns(
            since_fermata(n), n.before(from_tonic(n), 1), n.duration, n.before(n.interval, 1)
        ),
    ),
}


def chorales(path: Path, models: Mapping[str, Target], seed: int) -> str:
    """Return the table of the chorales with key and fermatas, by experts that come before them."""
    items = load_labelled(path)
    notes = Notes.of(with_marks(items))
    fold = deal(len(items), FOLDS, seed)
    marks = tuple(Expert(v, m) for v in MARKED for m in ("long", "short"))
    keys = tuple(e for e in marks if "fermata" not in e.viewpoint and "phrase" not in e.viewpoint)
    known = {"duration": (), "duration, key": keys, "duration, key, fermata": marks}
    rows = ["| known beside the pitches | " + " | ".join(models) + " |"]
    rows.append("|---" * (len(models) + 1) + "|")
    for name, more in known.items():
        cells = []
        for target in models.values():
            model = target._replace(
                experts=target.experts + more, viewpoints={**target.viewpoints, **MARKED}
            )
            bits = Set("chorales", notes, fold).bits(model)
            low, high = interval_of_mean(bits, notes.columns.bounds, np.random.default_rng(seed))
            cells.append(f"{bits.mean():.3f} ({low:.3f} to {high:.3f})")
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
        print(rows[-1], file=sys.stderr, flush=True)
    return "\n".join(rows)


def table(found: Mapping[str, Mapping[str, tuple[float, float, float]]], target: str) -> str:
    """Return the figures of one target as a Markdown table."""
    names = list(next(iter(found.values())))
    lines = [f"| {target} | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for stem, row in found.items():
        cells = [f"{bits:.3f} ({low:.3f} to {high:.3f})" for bits, low, high in row.values()]
        lines.append(f"| {stem} | " + " | ".join(cells) + " |")
    means = [np.mean([row[name][0] for row in found.values()]) for name in names]
    lines.append("| mean | " + " | ".join(f"{mean:.3f}" for mean in means) + " |")
    return "\n".join(lines)


def main() -> None:
    """Choose, measure, print, and fill the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--half", type=Path, nargs="+", action="append", required=True)
    parser.add_argument("--targets", nargs="*", default=["pitch", "pitch_given_rhythm"])
    parser.add_argument("--chorales", type=Path, help="set whose key and fermatas music21 knows")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--page", type=Path)
    options = parser.parse_args()
    if len(options.half) != 2:
        parser.error("--half is needed twice")
    began = time.perf_counter()
    halves = [[Set.load(path, options.seed) for path in half] for half in options.half]
    blocks = {}
    models = {"shipped": TARGETS[IN_TIME]}
    for name in options.targets:
        target = TARGETS[name]
        picks = [chosen(half, target) for half in halves]
        for half, pick in zip(halves, picks, strict=True):
            print("+".join(s.name for s in half), *map(str, pick.experts), file=sys.stderr)
        blocks[f"split {name}"] = table(measured(halves, picks, target, options.seed), name)
        if name == IN_TIME:
            holds = [any(s.name == "chorales" for s in half) for half in halves]
            models["other half"] = picks[holds.index(False)]
    if options.chorales:
        blocks["marks"] = chorales(options.chorales, models, options.seed)
    for text in blocks.values():
        print(text, "\n")
    print(f"{time.perf_counter() - began:.0f} s")
    if options.page:
        page = options.page.read_text(encoding="utf-8")
        write_bytes(options.page, replace_blocks(page, blocks).encode())


if __name__ == "__main__":
    main()
