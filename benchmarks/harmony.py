"""How many chords of held-out chorales are found from the soprano alone, beside simple floors.

    python benchmarks/harmony.py [--folds 10] [--cache FILE] [--page FILE]

One question per beat: which of the 48 chord classes do the four voices make (`chorale_chords`)?
Given are the soprano, its metre, its fermatas and the key. The folds keep chorales on one hymn tune
together (equal openings or equal titles), since Bach set many tunes several times. Intervals are
bootstrapped over these groups of chorales.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from chorale_chords import Chorale, label_agreement, read_all
from train_harmony import beat_slots, counted, mode_number

from generate.harmony.chord_model import COUNTED_MODES, ChordModel, chord_model
from generate.harmony.chords import QUALITIES, STATES
from generate.harmony.harmony import FOR_TUNES, chord_chain, chord_evidence, harmonise
from generate.harmony.hidden_chain import HiddenChain
from generate.harmony.slots import heard
from mer.io.score.chorales import chorale_titles
from mer.notes.arrays import Floats, Ints
from mer.notes.key import estimate_key
from mer.notes.melody import Melody

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "experiments" / "harmony.md"
OPENING = 8  # intervals by which settings of one tune are recognised
RESAMPLES = 2000
TRIADS = np.array([0, 1, 2, 0])[np.arange(len(STATES)) // 12] * 12 + np.arange(len(STATES)) % 12


class Held:
    """A held-out chorale and what each method may look at."""

    def __init__(self, chorale: Chorale, model: ChordModel, usual: Floats, tonic: int) -> None:
        self.model, self.usual = model, usual
        slots = beat_slots(chorale)
        self.notes = heard(chorale.melody, slots, tonic) @ np.log(model.sound).T
        evidence = chord_evidence(chorale.melody, slots, model, tonic)
        self.chain = chord_chain(model, evidence, slots.opens_bar, closed=False)
        self.plain = chord_chain(model, self.notes, slots.opens_bar, closed=False)
        self.closed = chord_chain(model, evidence, slots.opens_bar, closed=True)
        weighed = chord_evidence(chorale.melody, slots, model, tonic, weights=FOR_TUNES)
        self.weighed = chord_chain(model, weighed, slots.opens_bar, closed=True)


def _closed(held: Held) -> Ints:
    return _without_closing(held, held.closed)


def _weighed(held: Held) -> Ints:
    return _without_closing(held, held.weighed)


def _without_closing(held: Held, chain: HiddenChain) -> Ints:
    path = chain.surest_path()
    return np.where(path == len(STATES), held.model.tonic, path)


METHODS: dict[str, Callable[[Held], Ints]] = {
    "most frequent chord of the mode": lambda h: np.full(len(h.notes), int(h.usual.argmax())),
    "notes of the beat only": lambda h: h.notes.argmax(axis=1),
    "notes of the beat and how usual the chord is": lambda h: (h.notes + np.log(h.usual)).argmax(
        axis=1
    ),
    "likeliest path, without phrase ends": lambda h: h.plain.best_path(),
    "likeliest path": lambda h: h.chain.best_path(),
    "surest path, without phrase ends": lambda h: h.plain.surest_path(),
    "surest path": lambda h: h.chain.surest_path(),
    "surest path, cadence closed": _closed,
    "surest path, cadence closed, weighed for tunes": _weighed,
}
PRODUCT = "surest path, cadence closed, weighed for tunes"
FLOORS = ("most frequent chord of the mode", "notes of the beat and how usual the chord is")


def groups(chorales: Sequence[Chorale]) -> Ints:
    """Return the number of the hymn tune of each chorale: equal openings or titles join."""
    titles = chorale_titles()
    number = list(range(len(chorales)))
    seen: dict[object, int] = {}

    def first(i: int) -> int:
        while number[i] != i:
            i = number[i]
        return i

    for i, chorale in enumerate(chorales):
        opening = tuple(chorale.melody.interval[:OPENING].tolist())
        title = titles.get(chorale.number.split("-")[0])
        for mark in (opening, title):
            if mark is not None:
                number[first(i)] = first(seen.setdefault(mark, i))
    return np.array([first(i) for i in range(len(chorales))])


def evaluated(
    chorales: Sequence[Chorale], tunes: Ints, folds: int, *, estimate: bool = False
) -> dict[str, Floats]:
    """Return, by method, the share of right chords, triads and roots in each chorale, (n, 3).

    With `estimate`, the key is estimated from the soprano instead of given.
    """
    rng = np.random.default_rng(0)
    names = np.unique(tunes)
    fold_of = dict(zip(names.tolist(), (rng.permutation(len(names)) % folds).tolist(), strict=True))
    fold = np.array([fold_of[tune] for tune in tunes.tolist()])
    right = {name: np.zeros((len(chorales), 3)) for name in METHODS}
    for number in range(folds):
        training = [c for c, f in zip(chorales, fold, strict=True) if f != number]
        counts = counted(training)
        models = [chord_model(mode, counts) for mode in COUNTED_MODES]
        usual = [(column + 0.5) / (column + 0.5).sum() for column in counts["beats"].astype(float)]
        for place in np.flatnonzero(fold == number).tolist():
            right_here = _marks(chorales[place], models, usual, estimate)
            for name, marks in right_here.items():
                right[name][place] = marks
    return right


def _marks(
    chorale: Chorale, models: Sequence[ChordModel], usual: Sequence[Floats], estimate: bool
) -> dict[str, Floats]:
    key = chorale.melody.key
    assert key is not None
    mode, tonic = mode_number(chorale), key.tonic
    if estimate:
        found = estimate_key(chorale.melody.pitch, chorale.melody.duration)
        mode, tonic = COUNTED_MODES.index(found.mode), found.tonic
    held = Held(chorale, models[mode], usual[mode], tonic)
    sounding = chorale.chords >= 0
    truth = chorale.chords[sounding]
    marks = {}
    for name, method in METHODS.items():
        said = method(held)[sounding]
        said = said // 12 * 12 + (said % 12 + tonic - key.tonic) % 12
        marks[name] = np.array(
            [
                np.mean(said == truth),
                np.mean(TRIADS[said] == TRIADS[truth]),
                np.mean(said % 12 == truth % 12),
            ]
        )
    return marks


def interval(values: Floats, tunes: Ints) -> tuple[float, float]:
    """Return the 95% interval of the mean over chorales, whole tunes resampled."""
    rng = np.random.default_rng(0)
    _, member = np.unique(tunes, return_inverse=True)
    total = np.bincount(member, values)
    size = np.bincount(member)
    drawn = rng.integers(0, len(size), (RESAMPLES, len(size)))
    means = total[drawn].sum(axis=1) / size[drawn].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def table(right: dict[str, Floats], tunes: Ints) -> str:
    """Return the results as a Markdown table."""
    lines = ["| method | chord (95%) | triad (95%) | root (95%) |", "|---|---|---|---|"]
    for name, marks in right.items():
        cells = []
        for column in marks.T:
            low, high = interval(column, tunes)
            cells.append(f"{column.mean():.3f} ({low:.3f} to {high:.3f})")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def differences(right: dict[str, Floats], tunes: Ints) -> str:
    """Return how far the product is above each floor, paired."""
    lines = []
    for floor in (*FLOORS, "likeliest path"):
        gain = right[PRODUCT][:, 0] - right[floor][:, 0]
        low, high = interval(gain, tunes)
        lines.append(f"- over *{floor}*: {gain.mean():+.3f} ({low:+.3f} to {high:+.3f})")
    return "\n".join(lines)


def labels(chorales: Sequence[Chorale]) -> str:
    """Return how often an analyst agrees with the labels."""
    rows = np.array(label_agreement(chorales))
    beats, roots, triads = rows.sum(axis=0).tolist()
    return (
        f"{len(rows)} chorales, {beats:,} beats: the root agrees in {roots / beats:.1%}, root and "
        f"triad in {triads / beats:.1%}."
    )


def speed() -> str:
    """Return how long 32 bars take."""
    onset = np.arange(256) * 240
    tune = Melody(pitch=[60, 64, 67, 72] * 64, onset=onset, duration=[240] * 256, meter=(4, 4))
    times = []
    for _ in range(9):
        began = time.perf_counter()
        harmonise(tune)
        times.append(time.perf_counter() - began)
    return f"{1000 * float(np.median(times)):.0f} ms for the chords of 32 bars (median of 9)."


def report(chorales: Sequence[Chorale], folds: int) -> dict[str, str]:
    """Return the parts of the page, by name."""
    tunes = groups(chorales)
    given = evaluated(chorales, tunes, folds)
    guessed = evaluated(chorales, tunes, folds, estimate=True)
    beats = sum(int((chorale.chords >= 0).sum()) for chorale in chorales)
    return {
        "size": (
            f"{len(chorales)} chorales on {len(np.unique(tunes))} tunes, {beats:,} beats, "
            f"{folds} folds; {len(QUALITIES) * 12} chord classes."
        ),
        "labels": labels(chorales),
        "accuracy": table(given, tunes),
        "gains": differences(given, tunes),
        "estimated key": table({PRODUCT: guessed[PRODUCT]}, tunes),
        "speed": speed(),
    }


def main() -> None:
    """Measure, print, and fill the page if one is named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folds", type=int, default=10)
    parser.add_argument("--cache", type=Path, help="keep what was read from music21 here")
    parser.add_argument("--page", type=Path, nargs="?", const=PAGE, help="page to fill in")
    options = parser.parse_args()
    parts = report(read_all(options.cache), options.folds)
    for name, text in parts.items():
        print(f"\n{name}\n\n{text}")
    if options.page is not None:
        page = options.page.read_text(encoding="utf-8")
        for name, text in parts.items():
            start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
            before, _, rest = page.partition(start)
            page = f"{before}{start}\n{text}\n\n{end}{rest.partition(end)[2]}"
        options.page.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
