"""Essen songs -> how well each model finds their phrase boundaries (and the weights of ours).

    python benchmarks/boundaries.py [--fit | --folds 5] [--page FILE]

Data: the songs of Erk's collection in the installed music21, where each line of music is a phrase.
`erk5`, `erk10` and `erk20` are for fitting, `erk30` is for testing; two other collections show how
the weights travel. The first note of a song is no boundary to be found, nor is its end. Published
F1 on Erk's songs, for comparison: rests .47, LBDM .53, random forest .76. With `--fit` the weights
in `mer/notes/phrases.py` are fitted anew and printed instead; that takes minutes. With `--folds`
all of Erk's songs are segmented by weights fitted on other folds; songs that share a title or an
opening are in one fold, so that no variant of a song helps to segment it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from essen_titles import plain
from fit_boundaries import fit
from retrieval import replace_section

from mer.build.batches import batches, read_batches
from mer.build.collections import collection_named, source_files
from mer.notes.melody import Melody
from mer.notes.phrases import (
    AT_START,
    as_whole,
    at_start,
    best_segmentation,
    lbdm,
    phrase_sizes,
    phrase_starts,
    rests,
)

Model = Callable[[Melody], tuple[int, ...]]
SETS = {
    "fitted on (erk5, erk10, erk20)": ("erk5", "erk10", "erk20"),
    "held out (erk30)": ("erk30",),
    "other songs (boehme10)": ("boehme10",),
    "Chinese songs (han1)": ("han1",),
}
ERK = ("erk5", "erk10", "erk20", "erk30")
LBDM_THRESHOLD = 0.4  # the best of .3, .4, .5, .6 on the songs for fitting
LONGEST_FITTED = 130
OPENING = 8  # intervals that make two songs variants of each other for the folds


@dataclass(frozen=True)
class Agreement:
    """Boundaries found, and how many of them are annotated."""

    precision: float
    recall: float
    f1: float


def agreement(melodies: Iterable[Melody], model: Model) -> Agreement:
    """Return how a model's boundaries agree with the marks, all melodies together."""
    both = guessed = marked = 0
    for melody in melodies:
        guess = set(model(replace(melody, phrase_starts=()))) - {0}
        marks = set(melody.phrase_starts) - {0}
        both, guessed, marked = both + len(guess & marks), guessed + len(guess), marked + len(marks)
    precision, recall = both / max(guessed, 1), both / max(marked, 1)
    return Agreement(precision, recall, 2 * both / max(guessed + marked, 1))


def without_metre(melody: Melody) -> tuple[int, ...]:
    """Return the model's phrase starts when the time signature is hidden."""
    return phrase_starts(replace(melody, meter=None, downbeat=0))


def lbdm_at_best(melody: Melody) -> tuple[int, ...]:
    """Return the phrase starts of LBDM at its best threshold."""
    return lbdm(melody, threshold=LBDM_THRESHOLD)


MODELS: dict[str, Model] = {
    "rests": rests,
    "LBDM": lbdm_at_best,
    "mer, metre hidden": without_metre,
    "mer": phrase_starts,
}


def fitted(melodies: Sequence[Melody]) -> Model:
    """Return the phrase model with weights fitted on some songs."""
    pairs = np.array([(known, hidden) for _, known, hidden in fit(melodies)])

    def model(melody: Melody) -> tuple[int, ...]:
        weights = pairs[:, 0 if melody.meter is not None else 1]
        first, whole = np.split(weights, [len(AT_START)])
        total = phrase_sizes(len(melody)) + (at_start(melody) @ first)[:, None]
        for evidence, weight in zip(as_whole(melody), whole, strict=True):
            total = total + evidence * weight
        return best_segmentation(total)

    return model


def grouped(named: Sequence[tuple[str, Melody]], folds: int) -> list[int]:
    """Return the fold of each song; songs that share a title or an opening are in one fold."""
    group = list(range(len(named)))

    def root(song: int) -> int:
        while group[song] != song:
            song = group[song]
        return song

    first: dict[object, int] = {}
    for song, (title, melody) in enumerate(named):
        for trait in (plain(title), tuple(melody.interval[:OPENING].tolist())):
            if trait:
                group[root(song)] = root(first.setdefault(trait, song))
    roots = sorted({root(song) for song in range(len(named))})
    place = np.random.default_rng(0).permutation(len(roots)) % folds
    fold_of = dict(zip(roots, place.tolist(), strict=True))
    return [fold_of[root(song)] for song in range(len(named))]


def cross_validated(named: Sequence[tuple[str, Melody]], folds: int) -> list[tuple[str, Agreement]]:
    """Return how each model does; ours is fitted on the folds that a song is not in."""
    fold = grouped(named, folds)
    models = []
    for number in range(folds):
        chosen = [m for (_, m), own in zip(named, fold, strict=True) if own != number]
        usable = [m for m in chosen if m.meter is not None and len(m) <= LONGEST_FITTED]
        models.append(fitted(usable))
        print(f"fold {number + 1} of {folds}: {len(usable)} songs", file=sys.stderr)
    found: dict[str, list[tuple[int, ...]]] = {name: [] for name in ("mer, metre hidden", "mer")}
    for (_, melody), own in zip(named, fold, strict=True):
        bare = replace(melody, phrase_starts=())
        found["mer"].append(models[own](bare))
        found["mer, metre hidden"].append(models[own](replace(bare, meter=None, downbeat=0)))
    melodies = [melody for _, melody in named]
    rows = [(name, agreement(melodies, MODELS[name])) for name in ("rests", "LBDM")]
    for name, guesses in found.items():
        given = iter(guesses)
        rows.append((f"{name}, other folds", agreement(melodies, lambda _, g=given: next(g))))
    return rows


def songs(stems: Sequence[str]) -> list[tuple[str, Melody]]:
    """Return title and melody of the songs in some Essen files that have phrase marks."""
    essen = collection_named("essen")
    files = [path for path in source_files(essen) if path.stem in stems]
    found = read_batches(batches(essen, files), workers=2)
    readings = [reading for _, tunes in found for reading in tunes]
    kept = [r for r in readings if r.melody is not None and r.melody.phrase_starts]
    return [(r.title, r.melody) for r in kept if r.melody is not None]


def row(title: str, name: str, found: Agreement) -> str:
    """Return one row of the table."""
    return f"| {title} | {name} | {found.precision:.3f} | {found.recall:.3f} | {found.f1:.3f} |"


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Measure phrase boundaries on Essen songs.")
    parser.add_argument("--fit", action="store_true", help="fit the weights and print them")
    parser.add_argument("--folds", type=int, help="cross-validate over all of Erk's songs")
    parser.add_argument("--page", type=Path, help="page to write the table of the folds to")
    options = parser.parse_args()
    if options.fit:
        given = songs(next(iter(SETS.values())))
        chosen = [m for _, m in given if m.meter is not None and len(m) <= LONGEST_FITTED]
        for name, known, hidden in fit(chosen):
            print(f'    "{name}": ({known}, {hidden}),')
        return
    lines = ["| songs | model | precision | recall | F1 |", "|---|---|---|---|---|"]
    if options.folds:
        named = songs([stem for stems in list(SETS.values())[:2] for stem in stems])
        title = f"Erk: {len(named)}"
        lines += [row(title, *found) for found in cross_validated(named, options.folds)]
    else:
        for title, stems in SETS.items():
            melodies = [melody for _, melody in songs(stems)]
            for name, model in MODELS.items():
                lines.append(row(f"{title}: {len(melodies)}", name, agreement(melodies, model)))
    text = "\n".join(lines)
    print(text)
    if options.page:
        command = f"`python benchmarks/boundaries.py --folds {options.folds}`"
        note = "Published F1 on these songs: rests .47, LBDM .53, random forest .76."
        section = f"{command}, groups of songs that share a title or an opening. {note}\n\n{text}"
        replace_section(
            options.page, "Phrase boundaries, Essen songs of Erk, grouped folds", section
        )


if __name__ == "__main__":
    main()
