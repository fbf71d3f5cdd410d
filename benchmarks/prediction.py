"""Melodies -> bits per note: how well the predictive model expects what comes, fold by fold.

    python benchmarks/prediction.py FILE... [--folds 10] [--experts pitch:long ...] [--seed 0]
        [--targets pitch ...] [--quick] [--json OUT] [--page docs/experiments/prediction.md]

FILE holds labelled melodies (``.jsonl`` or ``.jsonl.gz``, see `mer.evaluation.labelled`), one set
each. The melodies of a set are dealt at random into folds; each fold is predicted by a model that
learned from the others alone, its weights included. Figures are means over all notes of the set;
intervals are 95%, melodies resampled with replacement. As in Pearce (2005), the alphabet is that of
the set.

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
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from measures import replace_blocks
from prediction_tables import Figures, blocks, line, means, report

from generate.prediction.experts import TARGETS, Target
from generate.prediction.mixture import Mixture
from generate.prediction.notes import Notes
from generate.prediction.predictor import Predictor, Scene
from mer.errors import InputError
from mer.evaluation.labelled import load_labelled
from mer.io.reading import write_bytes
from mer.notes.arrays import Floats, Ints

RESAMPLES = 2000
# Folds of the control and of the ablation; steps in which weights recover from a loss.
CHECK_FOLDS, ABLATION_STEPS = 2, 12
# In the ablation the weights are learned on about so many notes: they are learned very often.
ABLATION_LESSONS = 4000


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
    scene = Scene.of(notes, target, alphabet).recall(target.experts)
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
    return abs(float((share * np.log2(share)).sum()))


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
    scene = Scene.of(dealt, target, alphabet).recall(target.experts)
    bits = []
    for number in range(CHECK_FOLDS):
        model = Predictor(target, alphabet).fit_scene(scene.take(np.flatnonzero(fold != number)))
        bits.append(model.bits(scene.take(np.flatnonzero(fold == number))))
    return float(np.concatenate(bits).mean()), entropy(target.values(dealt))


def ablation(
    notes: Notes,
    target: Target,
    fold: Ints,
    *,
    folds: int = CHECK_FOLDS,
    lessons: int = ABLATION_LESSONS,
) -> dict[str, float]:
    """Return how many bits per note are lost without each expert, in the first folds."""
    alphabet = np.unique(target.values(notes))
    scene = Scene.of(notes, target, alphabet).recall(target.experts)
    lost = dict.fromkeys(target.experts, 0.0)
    total = 0
    for number in range(folds):
        learned, held_out = (
            scene.take(np.flatnonzero(m)) for m in (fold != number, fold == number)
        )
        total += len(held_out.notes)
        model = Predictor(target, alphabet, n_lessons=lessons).fit_scene(learned)
        came, levels = learned.came[model.lesson_notes(learned)], model.mixture_.levels
        said, questions = model.lessons(learned), model.evidence(held_out)
        whole = model.bits(held_out).sum()
        for left_out, expert in enumerate(target.experts):
            kept = [i for i in range(len(target.experts)) if i != left_out]
            mixture = Mixture(levels).fit(
                [said[i] for i in kept],
                came,
                steps=ABLATION_STEPS,
                start=model.mixture_.weights_[kept],
            )
            probability = mixture.distribution([questions[i] for i in kept])
            reached = probability[np.arange(len(held_out.came)), held_out.came]
            lost[expert] += float(-np.log2(reached).sum() - whole)
    return {str(expert): bits / total for expert, bits in lost.items()}


def with_experts(targets: dict[str, Target], names: Sequence[str]) -> dict[str, Target]:
    """Return the targets with the named experts only; those that have none of them are left out.

    Raises
    ------
    InputError
        If no target has an expert of that name.
    """
    if not names:
        return targets
    known = {str(expert) for target in targets.values() for expert in target.experts}
    strange = [name for name in names if name not in known]
    if strange:
        raise InputError(f"no expert {strange[0]!r}; known: {', '.join(sorted(known))}")
    kept = {
        label: tuple(expert for expert in target.experts if str(expert) in names)
        for label, target in targets.items()
    }
    return {label: targets[label]._replace(experts=some) for label, some in kept.items() if some}


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
        if not options.quick and len(target.experts) > 1:
            figures.ablation = ablation(notes, target, fold)
        print(line(path.name.split(".")[0], name, figures), flush=True)
    return found


def build_parser() -> argparse.ArgumentParser:
    """Return the options."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--folds", type=int, default=10, help="parts of a set, at least 2")
    parser.add_argument("--targets", nargs="+", choices=TARGETS, default=list(TARGETS))
    parser.add_argument("--experts", nargs="+", default=[], help="use these only: pitch:long ...")
    parser.add_argument("--seed", type=int, default=0, help="of the folds, shuffles, intervals")
    parser.add_argument("--quick", action="store_true", help="no ablation and no control")
    parser.add_argument("--page", type=Path, help="page whose tables are replaced")
    parser.add_argument("--json", type=Path, metavar="OUT")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure each file, print, write what was asked for; return the exit code."""
    options = build_parser().parse_args(arguments)
    try:
        if options.folds < 2:
            raise InputError(f"{options.folds} folds; at least 2 are needed")
        targets = with_experts({n: TARGETS[n] for n in options.targets}, options.experts)
        found = {path.name.split(".")[0]: run(path, targets, options) for path in options.files}
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for name, mean in means(found).items():
        print(f"{'mean':12} {name:18} {mean:.3f} bits/note over {len(found)} sets")
    if options.json:
        write_bytes(options.json, (json.dumps(report(found), indent=1) + "\n").encode())
    if options.page:
        page = options.page.read_text() if options.page.exists() else "# Bits per note\n\n"
        write_bytes(options.page, replace_blocks(page, blocks(found)).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
