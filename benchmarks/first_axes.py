"""Phrases -> the first axes of their pitch curves, beside those of random walks and of noise.

    python benchmarks/first_axes.py [--phrases 6000]

The curve of a phrase is its pitch at 64 equally spaced moments about its mean (`step-curve`). The
axes are the principal components of many curves. Each is compared with the cosine of its number:
half a period for the first, a whole one for the second, and so on (`cosine_waves`).

Controls keep ever less of the phrases: their own notes in chance order; a walk that draws each step
from all steps of the corpus, with the rhythms of the phrases; notes drawn one by one from all
pitches of the phrase's collection, in equal lengths of one moment, which have no past at all.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from charts import COLOURS, picture, text
from explorables import publish, table

from mer.embeddings.contours import MOMENTS, cosine_waves, step_curve
from mer.notes.arrays import Array, Floats
from mer.notes.columns import Columns
from mer.notes.viewpoints import interval
from mer.search.index import load_corpus

AXES = 6
FEWEST = 6  # notes of a phrase


def axes_of(curves: Floats) -> tuple[Floats, Floats]:
    """Return the first axes of curves, shape (6, 64), and what share of the variance each holds.

    Examples
    --------
    Curves that only rise or fall, by more or by less, have one axis.

    >>> rise = np.linspace(-1, 1, 64)
    >>> axes, share = axes_of(np.outer([1.0, -2.0, 3.0], rise))
    >>> share.round(3).tolist()[:2], bool(abs(axes[0] @ rise) / np.linalg.norm(rise) > 0.999)
    ([1.0, 0.0], True)
    """
    centred = curves - curves.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred)
    return vectors[:, ::-1][:, :AXES].T, (values[::-1] / values.sum())[:AXES]


def likeness(axes: Floats) -> Floats:
    """Return how like the cosine of its number each axis is: |cosine of the angle|, shape (6,).

    Examples
    --------
    >>> likeness(cosine_waves()[[0, 1, 3, 2, 4, 5]]).round(2).tolist()
    [1.0, 1.0, 0.0, 0.0, 1.0, 1.0]
    """
    return np.asarray(np.abs(np.sum(axes * cosine_waves()[:AXES], axis=1)))


def law_of_walks(moments: int = MOMENTS) -> Floats:
    """Return the shares of variance that the axes of an endless random walk have, shape (6,).

    Of a walk about its mean, the covariance is the inverse of the second difference with free ends;
    its k-th share is 1 / (2 sin(pi k / 2n))^2 over their sum: nearly 6 / (pi k)^2.
    """
    wave = np.arange(1, moments)
    power = 1.0 / np.square(2.0 * np.sin(np.pi * wave / (2 * moments)))
    return np.asarray((power / power.sum())[:AXES])


def in_chance_order(columns: Columns, rng: np.random.Generator) -> Columns:
    """Return the phrases, the pitches of each in chance order; their rhythms stay."""
    order = np.lexsort([rng.random(len(columns.pitch)), columns.sequence])
    return replace(columns, pitch=columns.pitch[order])


def walks(columns: Columns, rng: np.random.Generator) -> Columns:
    """Return walks in the rhythms of the phrases, each step drawn from all steps there are."""
    steps = interval(columns)[~columns.is_first]
    drawn = rng.choice(steps, len(columns.pitch))
    total = np.cumsum(np.where(columns.is_first, 0, drawn))
    start = np.repeat(total[columns.bounds[:-1]], columns.lengths)
    away = total - start
    # A walk that leaves the keyboard is folded back at its ends.
    folded = np.abs((60 + away) % 254)
    return replace(columns, pitch=np.where(folded > 127, 254 - folded, folded).astype(np.uint8))


def noise(columns: Columns, rng: np.random.Generator) -> Floats:
    """Return curves whose moments are pitches of the phrases, drawn one by one; shape (S, 64)."""
    drawn = rng.choice(columns.pitch, (len(columns), MOMENTS)).astype(np.float64)
    return np.asarray(drawn - drawn.mean(axis=1, keepdims=True))


CURVES: dict[str, Callable[[Columns, np.random.Generator], Floats]] = {
    "phrases": lambda columns, rng: step_curve(columns),
    "their notes in chance order": lambda columns, rng: step_curve(in_chance_order(columns, rng)),
    "random walks": lambda columns, rng: step_curve(walks(columns, rng)),
    "noise": noise,
}


def phrases(count: int, rng: np.random.Generator) -> Columns:
    """Return phrases of the shipped corpus, drawn by chance."""
    columns = load_corpus().columns()
    fit = np.flatnonzero(columns.lengths >= FEWEST)
    return columns.take(np.sort(rng.choice(fit, min(count, len(fit)), replace=False)))


def drawn(found: dict[str, tuple[Array, Array]]) -> str:
    """Return the picture: four axes of each kind, a column for each, above the cosine in grey."""
    width, height, left, top = 128, 52, 150, 30
    parts = [text(left + width * n + 56, 18, f"axis {n + 1}", "middle") for n in range(4)]
    for row, (name, (axes, share)) in enumerate(found.items()):
        y = top + row * height
        words = name.split(" in ") if len(name) > 22 else [name]
        for line, part in enumerate(words):
            parts.append(text(8, y + 24 + 14 * line, part if not line else f"in {part}"))
        for number in range(4):
            x = left + width * number
            wave = cosine_waves()[number]
            axis = axes[number] * (1.0 if axes[number] @ wave >= 0 else -1.0)
            for values, colour, wide in ((wave, "#cbd5e1", 5), (axis, COLOURS[row], 1.8)):
                points = " ".join(
                    f"{x + 1.75 * moment:.1f},{y + 22 - 70 * value:.1f}"
                    for moment, value in enumerate(values)
                )
                parts.append(
                    f'<polyline points="{points}" fill="none" stroke="{colour}" '
                    f'stroke-width="{wide}"/>'
                )
            parts.append(text(x + 112, y + 46, f"{share[number]:.0%}", "end"))
    return picture(left + 4 * width, top + len(found) * height + 8, parts)


def main() -> None:
    """Measure, print, and write page and picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--phrases", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    began, rng = time.perf_counter(), np.random.default_rng(options.seed)
    columns = phrases(options.phrases, rng)
    found = {name: axes_of(make(columns, rng)) for name, make in CURVES.items()}
    head = ["curves", *(f"axis {n + 1}" for n in range(AXES))]
    like = [[name, *(f"{v:.2f}" for v in likeness(axes))] for name, (axes, _) in found.items()]
    held = [[name, *(f"{v:.3f}" for v in share)] for name, (_, share) in found.items()]
    held.append(["law of random walks", *(f"{v:.3f}" for v in law_of_walks())])
    publish(
        "first-axes",
        {
            "likeness": f"{len(columns):,} phrases of six notes or more.\n\n" + table(head, like),
            "shares": table(head, held),
        },
        {"first-axes.svg": drawn(found)},
        began,
    )


if __name__ == "__main__":
    main()
