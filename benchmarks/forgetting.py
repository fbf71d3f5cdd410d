"""Phrases -> for each representation, pairs that it calls equal and the notes do not.

    python benchmarks/forgetting.py [--phrases 3000]

Every pair of the phrases is compared in each representation. The pairs that it holds for most alike
(one in `ONE_IN` of all pairs) are then aligned note by note, pitch and rhythm, in the best
transposition: the alignment stands in for a listener. Pairs of the same intervals and rhythm are
left out. The pair with the worst alignment is written down, to be heard, in
`docs/experiments/forgetting.abc`.

Control: 2,000 pairs drawn by chance. A representation that heard nothing would choose like that;
what 99% of them do not reach is the bound below which a chosen pair counts as forgotten.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from charts import COLOURS, picture, text
from explorables import PAGES, publish, table

from mer.alignment.align import Profile, Scoring, align_pairs
from mer.embeddings import REPRESENTATIONS
from mer.io import save_melody
from mer.io.reading import write_bytes
from mer.notes.arrays import Array, Floats, Ints
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.search.index import load_corpus

LENGTHS = (8, 14)  # notes of a phrase
ONE_IN = 20_000
CHANCE = 0.99  # of the pairs by chance that align worse than what may pass for variants
# All notes of both, in the best of four transpositions; what differs in pitch or in length costs.
LISTENER = Scoring(mode="global", metre=0.0, length=0.4, pitch_band=3.0, shifts=4, floor=-1.0)
SHOWN = ("pitch-class", "interval-histogram", "parsons", "rhythm", "contour", "interval", "vector")


@dataclass(frozen=True, eq=False)
class Chosen:
    """The pairs that a representation calls most alike: shape (P,) each, and the worst of them."""

    one: Ints
    other: Ints
    aligned: Floats
    least: float

    @property
    def worst(self) -> int:
        """The pair that aligns worst."""
        return int(np.argmin(self.aligned))


def prints(columns: Columns) -> list[bytes]:
    """Return what is the same for phrases of the same intervals and proportions of time.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62], onset=[0, 480], duration=[480] * 2)
    >>> slow = Melody(pitch=[67, 69], onset=[0, 960], duration=[960] * 2)
    >>> one, other = prints(Columns.from_melodies([tune, slow]))
    >>> one == other
    True
    """
    found = []
    for number in range(len(columns)):
        melody = columns.melody(number)
        length = melody.end[-1] - melody.onset[0]
        times = np.round((melody.onset - melody.onset[0]) * 960 / length).astype(np.int64)
        found.append(melody.interval.tobytes() + times.tobytes())
    return found


def most_alike(similarity: Array, twin: Ints, count: int) -> tuple[Ints, Ints, float]:
    """Return the `count` pairs most alike that are no twins, and how alike the last one is.

    Parameters
    ----------
    similarity
        Shape (S, S).
    twin
        Shape (S,): a number for each sequence; twins have the same one.

    Examples
    --------
    >>> alike = np.array([[1.0, 0.9, 0.2], [0.9, 1.0, 0.4], [0.2, 0.4, 1.0]])
    >>> most_alike(alike, np.array([0, 0, 1]), 1)
    (array([1]), array([2]), 0.4)
    """
    one, other = np.triu_indices(len(similarity), 1)
    apart = twin[one] != twin[other]
    one, other = one[apart], other[apart]
    values = similarity[one, other]
    best = np.argpartition(-values, min(count, len(values)) - 1)[:count]
    return one[best], other[best], float(values[best].min())


def at_one_pace(columns: Columns) -> Columns:
    """Return the sequences, each slower or quicker, with a quarter note a note on average.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62], onset=[0, 240], duration=[240, 240])
    >>> at_one_pace(Columns.from_melodies([tune])).onset.tolist()
    [0, 480]
    """
    melodies = []
    for number in range(len(columns)):
        melody = columns.melody(number)
        factor = 480 * len(melody) / float(melody.end[-1] - melody.onset[0])
        onset = np.round((melody.onset - melody.onset[0]) * factor).astype(np.int64)
        length = np.maximum(np.round(melody.duration * factor), 1).astype(np.int64)
        length[:-1] = np.minimum(length[:-1], np.diff(onset))
        melodies.append(Melody(pitch=melody.pitch, onset=onset, duration=length))
    return Columns.from_melodies(melodies)


def similarities(name: str, columns: Columns) -> Array:
    """Return how alike all sequences are in one representation, shape (S, S)."""
    view = REPRESENTATIONS[name]().fit(columns)
    return np.stack([view.similarity(columns.take([n])) for n in range(len(columns))])


def chosen_by(name: str, columns: Columns, profile: Profile, twin: Ints, count: int) -> Chosen:
    """Return the pairs that a representation chooses, aligned."""
    one, other, least = most_alike(similarities(name, columns), twin, count)
    return Chosen(one, other, align_pairs(profile, one, other, LISTENER)[0], least)


def by_chance(profile: Profile, twin: Ints, count: int, rng: np.random.Generator) -> Floats:
    """Return how well pairs align that are drawn by chance, shape (count,)."""
    one, other = rng.integers(0, len(twin), (2, 3 * count))
    apart = np.flatnonzero(twin[one] != twin[other])[:count]
    return align_pairs(profile, one[apart], other[apart], LISTENER)[0]


def phrases(count: int, rng: np.random.Generator) -> tuple[Columns, list[str]]:
    """Return phrases of the shipped corpus, one a tune at most, and the titles of their tunes."""
    corpus = load_corpus()
    columns = corpus.columns()
    fit = (columns.lengths >= LENGTHS[0]) & (columns.lengths <= LENGTHS[1])
    first = rng.permutation(np.flatnonzero(fit))
    tunes = corpus.phrase_tune[first]
    kept = np.sort(first[np.unique(tunes, return_index=True)[1]])
    kept = np.sort(rng.choice(kept, min(count, len(kept)), replace=False))
    return columns.take(kept), [corpus.title(int(corpus.phrase_tune[n])) for n in kept]


def roll(melody: Melody, x: float, y: float, colour: str) -> str:
    """Return a small piano roll of 200 x 44 units about the middle of the melody's range."""
    span = float(melody.end[-1] - melody.onset[0])
    low, high = int(melody.pitch.min()), int(melody.pitch.max())
    step = min(4.0, 40.0 / max(high - low + 1, 1))
    parts = []
    for pitch, onset, end in zip(melody.pitch, melody.onset, melody.end, strict=True):
        left = x + 200.0 * float(onset - melody.onset[0]) / span
        wide = max(200.0 * float(end - onset) / span - 1.0, 1.0)
        up = y + 22.0 + ((low + high) / 2 - float(pitch)) * step
        parts.append(
            f'<rect x="{left:.1f}" y="{up - step / 2:.1f}" width="{wide:.1f}" '
            f'height="{step:.1f}" fill="{colour}"/>'
        )
    return "".join(parts)


def drawn(pairs: Sequence[tuple[str, Melody, Melody, float]]) -> str:
    """Return the picture: a row for each pair."""
    parts = []
    for row, (name, one, other, aligned) in enumerate(pairs):
        y = 8 + 54 * row
        parts += [text(8, y + 20, name), text(8, y + 36, f"alignment {aligned:.2f}")]
        parts += [roll(one, 150, y, COLOURS[0]), roll(other, 390, y, COLOURS[1])]
        parts.append(f'<line x1="8" x2="600" y1="{y + 49}" y2="{y + 49}" stroke="#e2e8f0"/>')
    return picture(604, 14 + 54 * len(pairs), parts)


def abc_of(melody: Melody, number: int, title: str, folder: Path) -> str:
    """Return a melody as ABC."""
    path = folder / "pair.abc"
    save_melody(replace(melody, title=title, beat_strength=None), path)
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join([f"X:{number}", *(line for line in lines if not line.startswith("X:"))])


def main() -> None:
    """Measure, print, and write page, picture and tunes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--phrases", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    began, rng = time.perf_counter(), np.random.default_rng(options.seed)
    columns, titles = phrases(options.phrases, rng)
    known: dict[bytes, int] = {}
    twin = np.array([known.setdefault(print_, len(known)) for print_ in prints(columns)])
    count = len(columns) * (len(columns) - 1) // 2 // ONE_IN
    profile = Profile.of(at_one_pace(columns))
    chance = by_chance(profile, twin, 2000, rng)
    bound = float(np.quantile(chance, CHANCE))
    rows, pairs, tunes = [], [], []
    for name in REPRESENTATIONS:
        chosen = chosen_by(name, columns, profile, twin, count)
        one, other = int(chosen.one[chosen.worst]), int(chosen.other[chosen.worst])
        aligned = float(chosen.aligned[chosen.worst])
        rows.append(
            (
                float(np.median(chosen.aligned)),
                [
                    f"`{name}`",
                    f"{chosen.least:.3f}",
                    f"{np.median(chosen.aligned):.2f}",
                    f"{(chosen.aligned < bound).mean():.0%}",
                    f"{titles[one]}, {titles[other]} ({aligned:.2f})",
                ],
            )
        )
        if name in SHOWN:
            pairs.append((name, columns.melody(one), columns.melody(other), aligned))
            tunes += [(f"{name}: {titles[one]}", one), (f"{name}: {titles[other]}", other)]
        print(name, f"{time.perf_counter() - began:.0f} s", file=sys.stderr)
    control = ["pairs by chance", "", f"{np.median(chance):.2f}", f"{CHANCE:.0%}", ""]
    rows.append((float(np.median(chance)), control))
    with tempfile.TemporaryDirectory() as folder:
        written = [
            abc_of(columns.melody(place), number, title, Path(folder))
            for number, (title, place) in enumerate(tunes, start=1)
        ]
    write_bytes(PAGES / "forgetting.abc", ("\n\n".join(written) + "\n").encode())
    head = ["representation", "alike from", "alignment, median", f"below {bound:.2f}", "worst pair"]
    pairs.sort(key=lambda pair: SHOWN.index(pair[0]))
    publish(
        "forgetting",
        {
            "pairs": f"{len(columns):,} phrases, the {count} most similar pairs of each.\n\n"
            + table(head, [row for _, row in sorted(rows, key=lambda pair: pair[0])])
        },
        {"forgetting.svg": drawn(pairs)},
        began,
    )


if __name__ == "__main__":
    main()
