"""Essen songs -> how well each model finds their phrase boundaries (and the weights of ours).

    python benchmarks/boundaries.py [--fit] [--journals FOLDER]

Data: the songs of Erk's collection in the installed music21, where each line of music is a phrase.
`erk5`, `erk10` and `erk20` are for fitting, `erk30` is for testing; two other collections show how
the weights travel. The first note of a song is no boundary to be found, nor is its end. Published
F1 on Erk's songs, for comparison: rests .47, LBDM .53, random forest .76. With `--fit` the weights
in `mer/phrases.py` are fitted anew and printed instead; that takes minutes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from fit_boundaries import fit

from mer.collections import collection_named, source_files
from mer.melody import Melody
from mer.phrases import lbdm, phrase_starts, rests
from mer.sources import batches, read_batches

Model = Callable[[Melody], tuple[int, ...]]
SETS = {
    "fitted on (erk5, erk10, erk20)": ("erk5", "erk10", "erk20"),
    "held out (erk30)": ("erk30",),
    "other songs (boehme10)": ("boehme10",),
    "Chinese songs (han1)": ("han1",),
}
LBDM_THRESHOLD = 0.4  # the best of .3, .4, .5, .6 on the songs for fitting
LONGEST_FITTED = 130


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


def songs(stems: Sequence[str], journals: Path | None) -> list[Melody]:
    """Return the songs of some files of the Essen collection that have phrase marks."""
    essen = collection_named("essen")
    files = [path for path in source_files(essen) if path.stem in stems]
    journal = journals / "essen.jsonl" if journals else None
    found = read_batches(batches(essen, files), journal=journal, workers=2)
    readings = [reading for _, tunes in found for reading in tunes]
    return [r.melody for r in readings if r.melody is not None and r.melody.phrase_starts]


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Measure phrase boundaries on Essen songs.")
    parser.add_argument("--fit", action="store_true", help="fit the weights and print them")
    parser.add_argument("--journals", type=Path, help="folder to keep what was read")
    options = parser.parse_args()
    if options.fit:
        given = songs(next(iter(SETS.values())), options.journals)
        chosen = [m for m in given if m.meter is not None and len(m) <= LONGEST_FITTED]
        for name, known, hidden in fit(chosen):
            print(f'    "{name}": ({known}, {hidden}),')
        return
    print("| songs | model | precision | recall | F1 |\n|---|---|---|---|---|")
    for title, stems in SETS.items():
        melodies = songs(stems, options.journals)
        for name, model in MODELS.items():
            found = agreement(melodies, model)
            figures = f"{found.precision:.3f} | {found.recall:.3f} | {found.f1:.3f}"
            print(f"| {title}: {len(melodies)} | {name} | {figures} |")


if __name__ == "__main__":
    main()
