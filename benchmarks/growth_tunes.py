"""Real tunes -> corpora of any size for `growth.py`, and damaged phrases to look for in them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from self_retrieval import damaged, transposed

from mer.corpus.corpus import Corpus, Tune
from mer.evaluation.labelled import load_labelled
from mer.notes.arrays import Ints
from mer.notes.melody import Melody
from mer.notes.phrases import phrases_in_sections
from mer.search.index import load_corpus

REAL = "real.npz"
SHORTEST = 8
CHANGED = 0.1


def real_tunes(background: str | None, folder: Path) -> None:
    """Write the tunes that are varied to one file."""
    shipped = load_corpus()
    more = load_labelled(background) if background else []
    tunes = [
        Tune(
            item.id, "", "background", phrases_in_sections(replace(item.melody, beat_strength=None))
        )
        for item in more
    ]
    Corpus.from_tunes([*shipped, *tunes]).save(folder / REAL)


def chosen_tunes(real: Corpus, size: int, in_phrases: int) -> Iterator[Tune]:
    """Yield so many tunes, or tunes with so many phrases in all."""
    if not in_phrases:
        yield from varied(real, 0, size)
        return
    left = size
    for tune in varied(real, 0, size):
        starts = tune.melody.phrase_starts or (0,)
        if len(starts) >= left:
            stop = starts[left] if len(starts) > left else len(tune.melody)
            yield tune._replace(melody=tune.melody.cut(0, stop))
            return
        left -= len(starts)
        yield tune


def varied(real: Corpus, first: int, stop: int) -> Iterator[Tune]:
    """Yield tunes number `first` to `stop`: real ones, and from then on varied ones."""
    for number in range(first, stop):
        around, place = divmod(number, len(real))
        tune = real.tune(place)
        if around:
            rng = np.random.default_rng(number)
            pitch = tune.melody.pitch.astype(np.int64)
            changed = rng.random(len(pitch)) < CHANGED
            pitch[changed] += rng.choice([-4, -3, -2, -1, 1, 2, 3, 4], int(changed.sum()))
            melody = replace(tune.melody, pitch=np.clip(pitch, 0, 127))
            tune = tune._replace(tune_id=f"{tune.tune_id} {around}", melody=melody)
        yield tune


def light(melody: Melody, rng: np.random.Generator) -> Melody:
    """Return the melody transposed, one note changed and one deleted."""
    return transposed(damaged(melody, rng), rng)


def heavy(melody: Melody, rng: np.random.Generator) -> Melody:
    """Return the melody with a fifth of its notes changed, a tenth deleted, some ornamented."""
    pitch = melody.pitch.astype(np.int64)
    changed = rng.random(len(pitch)) < 0.2
    pitch[changed] += rng.choice([-3, -2, -1, 1, 2, 3], int(changed.sum()))
    kept = rng.random(len(pitch)) >= 0.1
    kept[:4] = True
    notes: list[tuple[int, int, int]] = []
    for note in np.flatnonzero(kept).tolist():
        onset, length = int(melody.onset[note]), int(melody.duration[note])
        here = int(pitch[note])
        if rng.random() < 0.12 and length >= 4:
            turn = here + int(rng.choice([-2, 2]))
            notes += [
                (here, onset, length // 2),
                (turn, onset + length // 2, length - length // 2),
            ]
        else:
            notes.append((here, onset, length))
    pitches, onsets, lengths = zip(*notes, strict=True)
    return transposed(Melody(pitch=np.clip(pitches, 0, 127), onset=onsets, duration=lengths), rng)


DAMAGE = {"light": light, "heavy": heavy}


def phrases_asked(shipped: Corpus, there: int, many: int, rng: np.random.Generator) -> Ints:
    """Return the numbers of phrases that are damaged and looked for, of the first `there`."""
    long_enough = np.flatnonzero(shipped.columns().lengths >= SHORTEST)
    # The first tunes of every corpus are those of the shipped one.
    long_enough = long_enough[long_enough < there]
    chosen = rng.choice(long_enough, min(many, len(long_enough)), replace=False)
    return np.asarray(chosen, dtype=np.int64)
