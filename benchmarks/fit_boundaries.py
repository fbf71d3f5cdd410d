"""Annotated melodies -> weights of the phrase model in `mer/notes/phrases.py`.

Maximises the conditional likelihood of the annotated segmentations (Sarawagi and Cohen 2004) by
L-BFGS, with a Gaussian prior on the weights. The partition function and the expected evidence come
from forward and backward passes over all melodies at once. Needs scipy (`pip install mer[learn]`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mer.notes.arrays import Floats
from mer.notes.melody import Melody
from mer.notes.phrases import AS_WHOLE, AT_START, MAX_NOTES, as_whole, at_start, phrase_sizes


@dataclass(frozen=True)
class Sample:
    """Padded arrays: evidence (T, N, L, K), what is possible (T, N, L), and what was observed."""

    evidence: Floats
    possible: Floats
    notes: npt.NDArray[np.int64]
    observed: Floats


def sample(melodies: Sequence[Melody]) -> Sample:
    """Return the evidence of all melodies whose annotated phrases the model can express."""
    rows = []
    for melody in melodies:
        bounds = [*melody.phrase_starts, len(melody)]
        possible = phrase_sizes(len(melody))
        counts = np.diff(bounds)
        if counts.max() <= MAX_NOTES and np.isfinite(possible[bounds[:-1], counts]).all():
            rows.append((melody, possible, bounds[:-1], counts))
    longest = max(len(melody) for melody, *_ in rows)
    shape = (len(rows), longest, MAX_NOTES + 1)
    evidence = np.zeros((*shape, len(AT_START) + len(AS_WHOLE)), dtype=np.float32)
    allowed = np.full(shape, -np.inf)
    observed = np.zeros(evidence.shape[-1])
    for number, (melody, possible, starts, counts) in enumerate(rows):
        here = evidence[number, : len(melody)]
        here[..., : len(AT_START)] = at_start(melody)[:, None, :]
        for column, values in enumerate(as_whole(melody), len(AT_START)):
            here[..., column] = values
        allowed[number, : len(melody)] = possible
        observed += here[starts, counts].sum(axis=0)
    notes = np.array([len(melody) for melody, *_ in rows])
    return Sample(evidence, allowed, notes, observed)


def _log_sum(values: Floats) -> Floats:
    top = values.max(axis=1)
    safe = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        return safe + np.log(np.exp(values - safe[:, None]).sum(axis=1))


def loss(weights: Floats, data: Sample, prior: float) -> tuple[float, Floats]:
    """Return the negative log posterior per melody, and its gradient."""
    melodies, longest, counts = data.possible.shape
    total = data.possible + data.evidence @ weights.astype(np.float32)
    forward = np.full((melodies, longest + 1), -np.inf)
    backward = forward.copy()
    forward[:, 0] = 0.0
    backward[np.arange(melodies), data.notes] = 0.0
    for stop in range(1, longest + 1):
        count = np.arange(1, min(counts - 1, stop) + 1)
        forward[:, stop] = _log_sum(forward[:, stop - count] + total[:, stop - count, count])
    for first in range(longest - 1, -1, -1):
        count = np.arange(1, min(counts - 1, longest - first) + 1)
        value = _log_sum(backward[:, first + count] + total[:, first, count])
        backward[:, first] = np.where(first < data.notes, value, backward[:, first])
    whole = forward[np.arange(melodies), data.notes]
    stop = np.minimum(np.arange(longest)[:, None] + np.arange(counts), longest)
    with np.errstate(invalid="ignore"):
        log_share = forward[:, :-1, None] + total + backward[:, stop] - whole[:, None, None]
    share = np.exp(np.where(np.isfinite(log_share), log_share, -np.inf)).astype(np.float32)
    expected = np.tensordot(share, data.evidence, axes=3)
    value = whole.sum() - data.observed @ weights + prior * (weights @ weights) / 2
    return float(value / melodies), (expected - data.observed + prior * weights) / melodies


def fit(melodies: Sequence[Melody], *, prior: float = 1.0) -> list[tuple[str, float, float]]:
    """Return (evidence, weight with metre, weight without) for every kind of evidence."""
    from scipy.optimize import minimize

    columns = []
    for known in (True, False):
        data = sample([m if known else replace(m, meter=None, downbeat=0) for m in melodies])
        start = np.zeros(data.evidence.shape[-1])
        found = minimize(loss, start, (data, prior), jac=True, method="L-BFGS-B")
        columns.append(np.round(found.x, 2))
    names = [*AT_START, *AS_WHOLE]
    return [(name, *map(float, pair)) for name, *pair in zip(names, *columns, strict=True)]
