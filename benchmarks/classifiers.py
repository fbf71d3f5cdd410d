"""Two sets of pieces in groups -> how well two classifiers tell them apart: AUC, with intervals.

Row g of either set belongs to group g; rows of one group always lie in the same fold. Every piece
is judged by classifiers that have seen no piece of its group. AUC .5 says that they cannot tell,
1 that they always can.

References
----------
Breiman, L. (2001). Random forests. Machine Learning 45, 5-32.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from mer.notes.arrays import Floats, Ints
from mer.notes.melody import Melody

FOLDS = 5
_RESAMPLED, _SHUFFLED, _LONGEST = 1000, 3, 3


@dataclass(frozen=True, eq=False)
class Verdict:
    """What a classifier thought of two sets.

    Parameters
    ----------
    first, second
        Shape (pieces,): how surely each piece was given to the second set.
    groups
        Shape (pieces,): the group of each piece, of the first set and of the second alike.
    """

    first: Floats
    second: Floats
    groups: Ints

    def wins(self) -> Floats:
        """Return whether piece j of the second set was rated above i of the first (1/2: a tie)."""
        above = self.second[None, :] > self.first[:, None]
        same = self.second[None, :] == self.first[:, None]
        return above + 0.5 * same

    @property
    def auc(self) -> float:
        """Area under the ROC curve."""
        return float(self.wins().mean())

    def interval(self, rng: np.random.Generator) -> tuple[float, float]:
        """Return the 95% bootstrap interval, groups resampled."""
        wins = self.wins()
        names, group = np.unique(self.groups, return_inverse=True)
        times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=_RESAMPLED)
        weight = times[:, group].astype(np.float64)
        found = ((weight @ wins) * weight).sum(axis=1) / weight.sum(axis=1) ** 2
        low, high = np.quantile(found, [0.025, 0.975])
        return float(low), float(high)


@dataclass(frozen=True, eq=False)
class Told:
    """How well two sets were told apart.

    Parameters
    ----------
    verdicts
        By the part of the pieces that was shown, and the classifier.
    importances
        How much AUC is lost when a figure is shuffled.
    """

    verdicts: dict[tuple[str, str], Verdict]
    importances: dict[str, float]


def folds(groups: Ints, rng: np.random.Generator, count: int = FOLDS) -> Ints:
    """Return the fold of each piece: groups whole, the largest first, into the emptiest fold."""
    names, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    order = rng.permutation(len(names))
    order = order[np.argsort(-sizes[order], kind="stable")]
    held = np.zeros(count, dtype=np.int64)
    fold = np.zeros(len(names), dtype=np.int64)
    for name in order.tolist():
        fold[name] = int(np.argmin(held))
        held[fold[name]] += sizes[name]
    return fold[group]


class Classifier(Protocol):
    """What is asked of a classifier of scikit-learn."""

    def fit(self, rows: Floats, labels: Ints) -> object:
        """Learn from rows and their labels."""

    def decision_function(self, rows: Floats) -> Floats:
        """Return how surely each row has label 1."""


def boosting() -> Classifier:
    """Return the classifier of figures."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=60, learning_rate=0.1, max_leaf_nodes=4, min_samples_leaf=8, random_state=0
    )


def by_figures(
    first: Floats, second: Floats, groups: Ints, fold: Ints, importances: Floats | None = None
) -> Verdict:
    """Return the verdict of gradient boosting on rows of figures, shape (pieces, figures).

    Parameters
    ----------
    importances
        Shape (figures,): if given, how much AUC is lost when a figure is shuffled is added here,
        the mean over folds and shufflings.
    """
    judged = np.zeros((2, len(groups)))
    for number in range(int(fold.max()) + 1):
        here = fold == number
        model = boosting()
        learned = np.concatenate([first[~here], second[~here]])
        model.fit(learned, np.repeat([0, 1], int((~here).sum())))
        for row, rows in enumerate((first, second)):
            judged[row, here] = model.decision_function(rows[here])
        if importances is not None:
            importances += lost_by_shuffling(model, first[here], second[here]) / (
                int(fold.max()) + 1
            )
    return Verdict(judged[0], judged[1], groups)


def lost_by_shuffling(model: Classifier, first: Floats, second: Floats) -> Floats:
    """Return how much AUC is lost when one figure is shuffled, shape (figures,) (Breiman, 2001).

    scikit-learn's `permutation_importance` asks the model once for each figure and shuffling;
    all at once takes a tenth of the time.
    """
    rows = np.concatenate([first, second])
    figures = rows.shape[1]
    rng = np.random.default_rng(0)
    order = np.array([rng.permutation(len(rows)) for _ in range(_SHUFFLED)])
    shuffled = np.broadcast_to(rows, (figures, _SHUFFLED, *rows.shape)).copy()
    for figure in range(figures):
        shuffled[figure, :, :, figure] = rows[order, figure]
    judged = model.decision_function(shuffled.reshape(-1, figures))
    judged = judged.reshape(figures, _SHUFFLED, len(rows))
    whole = _auc(model.decision_function(rows), len(first))
    return whole - _auc(judged, len(first)).mean(axis=1)


def _auc(judged: Floats, many: int) -> Floats:
    """Return the AUC along the last axis, the first `many` of which are of the first set."""
    first, second = judged[..., :many, None], judged[..., None, many:]
    share: Floats = ((second > first) + 0.5 * (second == first)).mean(axis=(-2, -1))
    return share


def by_words(
    first: Sequence[Sequence[str]], second: Sequence[Sequence[str]], groups: Ints, fold: Ints
) -> Verdict:
    """Return the verdict of logistic regression on words (see `words`), weighted by tf-idf."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    judged = np.zeros((2, len(groups)))
    for number in range(int(fold.max()) + 1):
        here = fold == number
        left, out = np.flatnonzero(~here), np.flatnonzero(here)
        view = TfidfVectorizer(analyzer=_as_they_are, sublinear_tf=True, min_df=2)
        learned = view.fit_transform([first[n] for n in left] + [second[n] for n in left])
        model = LogisticRegression(C=10.0, max_iter=500)
        model.fit(learned, np.repeat([0, 1], len(left)))
        for row, said in enumerate((first, second)):
            judged[row, out] = model.decision_function(view.transform([said[n] for n in out]))
    return Verdict(judged[0], judged[1], groups)


def _as_they_are(words: Sequence[str]) -> Sequence[str]:
    return words


def words(melody: Melody) -> list[str]:
    """Return the n-grams of a melody, n = 1 to 3: intervals, note lengths, and both at once.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 60], onset=[0, 480, 960], duration=[480, 480, 240])
    >>> words(tune)[:3], words(tune)[-3:]
    (['i2', 'i-2', 'i2 i-2'], ['i2x480', 'i-2x240', 'i2x480 i-2x240'])
    """
    interval = [f"i{step}" for step in melody.interval.tolist()]
    length = [f"d{ticks}" for ticks in melody.duration.tolist()]
    both = [f"{a}x{ticks}" for a, ticks in zip(interval, melody.duration[1:].tolist(), strict=True)]
    return [*_grams(interval), *_grams(length), *_grams(both)]


def _grams(symbols: list[str]) -> list[str]:
    return [
        " ".join(symbols[start : start + size])
        for size in range(1, _LONGEST + 1)
        for start in range(len(symbols) - size + 1)
    ]
