"""Melodies -> bits per note: how well the predictive model expects what comes, fold by fold.

    python benchmarks/prediction.py FILE... [--folds 10] [--experts pitch:long ...] [--seed 0]
        [--targets pitch ...] [--quick] [--json OUT]

FILE holds labelled melodies (``.jsonl`` or ``.jsonl.gz``, see `mer.io.labelled`), one set each. The
melodies of a set are dealt at random into folds; each fold is predicted by a model that learned
from the others alone, its weights included. Figures are means over all notes of the set; intervals
are 95%, melodies resampled with replacement. As in Pearce (2005), the alphabet is that of the set.

``pitch`` is predicted from pitches alone; ``pitch_given_rhythm`` knows when the notes up to this
one begin and how long they last; ``duration`` knows the notes before and when this one begins.

Without `--quick` two checks follow. In the *ablation* each expert is left out in turn, and the
weights of the others learned again. In the *control* the values are dealt out anew at random among
all notes of the set: no model may then be better than the entropy of how often each value occurs.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from generate.prediction.mixture import Mixture
from generate.prediction.notes import Notes
from generate.prediction.predictor import Predictor, Scene
from generate.prediction.targets import TARGETS, Target
from mer.errors import InputError
from mer.io.labelled import load_labelled
from mer.io.reading import write_bytes

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

RESAMPLES = 2000
CHECK_FOLDS = 2


@dataclass
class Figures:
    """What was measured for one target of one set; bits are per note."""

    notes: int
    bits: float
    interval: tuple[float, float]
    melody_mean: float
    seconds: float
    control: float | None = None
    entropy: float | None = None
    ablation: dict[str, float] = field(default_factory=dict)


def deal(melodies: int, folds: int, seed: int) -> Ints:
    """Return the fold of each melody, dealt at random in equal parts."""
    fold = np.empty(melodies, dtype=np.int64)
    fold[np.random.default_rng(seed).permutation(melodies)] = np.arange(melodies) % folds
    return fold


def cross_validated(scene: Scene, target: Target, alphabet: Ints, fold: Ints) -> Floats:
    """Return the bits of each note, predicted by a model of the other folds; shape (N,)."""
    bits = np.zeros(len(scene.notes))
    for number in np.unique(fold):
        learned = np.flatnonzero(fold != number)
        model = Predictor(target, alphabet).fit_scene(scene.take(learned))
        held_out = np.flatnonzero(fold == number)
        bits[np.isin(scene.notes.melody, held_out)] = model.bits(scene.take(held_out))
    return bits


def interval_of_mean(bits: Floats, bounds: Ints, rng: np.random.Generator) -> tuple[float, float]:
    """Return a 95% bootstrap interval of the mean over notes, melodies resampled."""
    sums, notes = np.add.reduceat(bits, bounds[:-1]), np.diff(bounds)
    picks = rng.integers(0, len(notes), size=(RESAMPLES, len(notes)))
    low, high = np.quantile(sums[picks].sum(1) / notes[picks].sum(1), [0.025, 0.975])
    return float(low), float(high)


def measure(notes: Notes, target: Target, fold: Ints, seed: int) -> Figures:
    """Return the bits per note of one target over a set."""
    began = time.perf_counter()
    alphabet = np.unique(target.values(notes))
    scene = Scene.of(notes, target, alphabet)
    bits = cross_validated(scene, target, alphabet, fold)
    bounds = notes.columns.bounds
    return Figures(
        notes=len(notes),
        bits=float(bits.mean()),
        interval=interval_of_mean(bits, bounds, np.random.default_rng(seed)),
        melody_mean=float((np.add.reduceat(bits, bounds[:-1]) / np.diff(bounds)).mean()),
        seconds=time.perf_counter() - began,
    )


def entropy(values: Ints) -> float:
    """Return the entropy of how often each value occurs, in bits.

    Examples
    --------
    >>> entropy(np.array([60, 60, 62, 64]))
    1.5
    """
    share = np.unique(values, return_counts=True)[1] / len(values)
    return float(-(share * np.log2(share)).sum())


def shuffled(notes: Notes, target: Target, rng: np.random.Generator) -> Notes:
    """Return the notes with the values of the target dealt out anew over the whole set."""
    columns = notes.columns
    changed = rng.permutation(getattr(columns, target.noun))
    return Notes(replace(columns, **{target.noun: changed}))


def control(notes: Notes, target: Target, fold: Ints, seed: int) -> tuple[float, float]:
    """Return bits per note on shuffled values, and the entropy that they cannot go below.

    Both are of the folds that were predicted, the first `CHECK_FOLDS`.
    """
    dealt = shuffled(notes, target, np.random.default_rng(seed))
    alphabet = np.unique(target.values(dealt))
    scene = Scene.of(dealt, target, alphabet)
    bits = []
    for number in range(CHECK_FOLDS):
        model = Predictor(target, alphabet).fit_scene(scene.take(np.flatnonzero(fold != number)))
        bits.append(model.bits(scene.take(np.flatnonzero(fold == number))))
    return float(np.concatenate(bits).mean()), entropy(target.values(dealt))


def ablation(notes: Notes, target: Target, fold: Ints) -> dict[str, float]:
    """Return how many bits per note are lost without each expert, in the first folds."""
    alphabet = np.unique(target.values(notes))
    scene = Scene.of(notes, target, alphabet)
    lost = dict.fromkeys(target.experts, 0.0)
    total = 0
    for number in range(CHECK_FOLDS):
        learned, held_out = (
            scene.take(np.flatnonzero(m)) for m in (fold != number, fold == number)
        )
        total += len(held_out.notes)
        model = Predictor(target, alphabet).fit_scene(learned)
        lessons, questions = model.lessons(learned), model.evidence(held_out)
        whole = model.bits(held_out).sum()
        for left_out, expert in enumerate(target.experts):
            kept = [i for i in range(len(target.experts)) if i != left_out]
            mixture = Mixture(model.mixture_.levels).fit([lessons[i] for i in kept], learned.came)
            probability = mixture.distribution([questions[i] for i in kept])
            came = probability[np.arange(len(held_out.came)), held_out.came]
            lost[expert] += float(-np.log2(came).sum() - whole)
    return {str(expert): bits / total for expert, bits in lost.items()}


def with_experts(target: Target, names: Sequence[str]) -> Target:
    """Return the target with the named experts only, or as it is if none is named.

    Raises
    ------
    InputError
        If a name is unknown, or none belongs to this target.
    """
    if not names:
        return target
    known = {str(expert) for other in TARGETS.values() for expert in other.experts}
    strange = [name for name in names if name not in known]
    if strange:
        raise InputError(f"no expert {strange[0]!r}; known: {', '.join(sorted(known))}")
    experts = tuple(expert for expert in target.experts if str(expert) in names)
    if not experts:
        raise InputError(f"none of the experts named predicts {target.noun}: {', '.join(names)}")
    return replace(target, experts=experts)


def run(path: Path, targets: dict[str, Target], options: argparse.Namespace) -> dict[str, Figures]:
    """Return the figures of one file, by target.

    Raises
    ------
    InputError
        If the file cannot be read or has fewer than two melodies.
    """
    notes = Notes.of([labelled.melody for labelled in load_labelled(path)])
    melodies = len(notes.columns)
    if melodies < 2:
        raise InputError(f"{path}: holds {melodies} melody; at least 2 are needed")
    fold = deal(melodies, min(options.folds, melodies), options.seed)
    found = {}
    for name, target in targets.items():
        figures = found[name] = measure(notes, target, fold, options.seed)
        if not options.quick:
            figures.control, figures.entropy = control(notes, target, fold, options.seed)
            figures.ablation = ablation(notes, target, fold)
        print(line(path.name.split(".")[0], name, figures), flush=True)
    return found


def line(stem: str, name: str, figures: Figures) -> str:
    """Return one line of the report, and one for each expert."""
    low, high = figures.interval
    text = (
        f"{stem:12} {name:18} {figures.bits:.3f} bits/note  95% {low:.3f} to {high:.3f}  "
        f"(mean of melodies {figures.melody_mean:.3f}; {figures.notes} notes, "
        f"{figures.seconds:.0f} s)"
    )
    if figures.control is not None:
        text += f"\n    control, shuffled: {figures.control:.3f}; entropy {figures.entropy:.3f}"
    for expert, lost in sorted(figures.ablation.items(), key=lambda item: -item[1]):
        text += f"\n    without {expert:24} {lost:+.4f}"
    return text


def report(found: dict[str, dict[str, Figures]]) -> dict[str, object]:
    """Return what goes into the JSON file."""
    sets = {
        stem: {name: figures.bits for name, figures in by_target.items()}
        for stem, by_target in found.items()
    }
    details = {
        stem: {name: asdict(figures) for name, figures in by_target.items()}
        for stem, by_target in found.items()
    }
    return {"sets": sets, "mean": means(found), "details": details}


def means(found: dict[str, dict[str, Figures]]) -> dict[str, float]:
    """Return the mean over the sets of each target's bits per note."""
    names = next(iter(found.values()))
    return {name: float(np.mean([f[name].bits for f in found.values()])) for name in names}


def build_parser() -> argparse.ArgumentParser:
    """Return the options."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--folds", type=int, default=10, help="parts of a set, at least 2")
    parser.add_argument("--targets", nargs="+", choices=TARGETS, default=list(TARGETS))
    parser.add_argument("--experts", nargs="+", default=[], help="use these only: pitch:long ...")
    parser.add_argument("--seed", type=int, default=0, help="of the folds, shuffles, intervals")
    parser.add_argument("--quick", action="store_true", help="no ablation and no control")
    parser.add_argument("--json", type=Path, metavar="OUT")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure each file, print, write what was asked for; return the exit code."""
    options = build_parser().parse_args(arguments)
    try:
        if options.folds < 2:
            raise InputError(f"{options.folds} folds; at least 2 are needed")
        targets = {name: with_experts(TARGETS[name], options.experts) for name in options.targets}
        found = {path.name.split(".")[0]: run(path, targets, options) for path in options.files}
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for name, mean in means(found).items():
        print(f"{'mean':12} {name:18} {mean:.3f} bits/note over {len(found)} sets")
    if options.json:
        write_bytes(options.json, (json.dumps(report(found), indent=1) + "\n").encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
