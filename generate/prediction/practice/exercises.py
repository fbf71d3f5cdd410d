"""An index and a level -> a phrase to sing back or to write down, or an opening to be continued.

All music is of the corpus. The false continuations of an opening are those of other tunes, moved
to its key: the higher the level, the more like the real one they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from generate.prediction.melody_model import MelodyModel
from generate.prediction.practice.difficulty import LEVELS, Difficulty, difficulties
from mer.corpus.corpus import Corpus, Tune
from mer.errors import InputError
from mer.notes.melody import Melody, Phrase
from mer.search.index import PhraseIndex

SHORTEST, LONGEST = 4, 24  # notes of a phrase
OPENING_BARS, CONTINUED_BARS = 2, 2
CHOICES = 3
_DRAWN = 60  # phrases, of which one of the level is taken
_OTHERS = 40  # tunes whose continuations may be chosen
_TRIES = 40
_FEWEST = 3  # notes of a part of a tune


@dataclass(frozen=True)
class Exercise:
    """A phrase to sing back or to write down."""

    phrase: Phrase
    difficulty: Difficulty


@dataclass(frozen=True)
class Question:
    """An opening, and continuations of which one is the tune's own.

    Parameters
    ----------
    tune
        Where the opening is from.
    choices
        The opening with each of the continuations.
    right
        Which of them is real, from 0.
    begins
        The first note of the continuation.
    """

    tune: Tune
    choices: tuple[Melody, ...]
    right: int
    begins: int


def draw_exercise(
    index: PhraseIndex, level: int, rng: np.random.Generator, model: MelodyModel | None = None
) -> Exercise:
    """Return a phrase of a level, or the one that is nearest to it among those that are drawn.

    Parameters
    ----------
    level
        1 (easy) to 5.
    model
        What expects the notes.

    Raises
    ------
    InputError
        If there is no such level, or no phrase of 4 to 24 notes whose key and rhythm are known.
    """
    _check_level(level)
    columns = index.corpus.columns("phrase")
    fits = (columns.lengths >= SHORTEST) & (columns.lengths <= LONGEST) & (columns.tonic >= 0)
    numbers = rng.permutation(np.flatnonzero(fits))[:_DRAWN].tolist()
    known = [index.corpus.phrase(number) for number in numbers]
    known = [one for one in known if one.melody.rhythm_known]
    if not known:
        raise InputError("this corpus has no phrase of 4 to 24 notes in a known key and rhythm")
    graded = _graded([one.melody for one in known], model)
    places = range(len(known))
    best = min(places, key=lambda place: (abs(graded[place].level - level), place))
    return Exercise(known[best], graded[best])


def _graded(melodies: list[Melody], model: MelodyModel | None) -> list[Difficulty]:
    try:
        return difficulties(melodies, model)
    except InputError:  # the model has no such note: then nothing is expected of any
        return difficulties(melodies, None)


def draw_question(index: PhraseIndex, level: int, rng: np.random.Generator) -> Question:
    """Return an opening of two bars, and three continuations of two bars.

    Raises
    ------
    InputError
        If there is no such level, or there are not three tunes of that metre that are long enough.
    """
    _check_level(level)
    corpus = index.corpus
    for number in rng.permutation(len(corpus))[:_TRIES].tolist():
        tune = corpus.tune(number)
        parts = _parts(tune.melody)
        if parts is None:
            continue
        opening, real = parts
        others = list(_others(corpus, number, real, rng))
        if len(others) < CHOICES - 1:
            continue
        others.sort(key=lambda one: _unlikeness(real, one))
        start = round((len(others) - (CHOICES - 1)) * (LEVELS - level) / (LEVELS - 1))
        right = int(rng.integers(CHOICES))
        chosen = others[start : start + CHOICES - 1]
        chosen.insert(right, real)
        choices = tuple(_joined(opening, one) for one in chosen)
        return Question(tune, choices, right, len(opening))
    raise InputError("this corpus has not three tunes of four bars in one metre and a known key")


def _check_level(level: int) -> None:
    if not 1 <= level <= LEVELS:
        raise InputError(f"level is {level}; 1 to {LEVELS} is supported")


def _parts(tune: Melody) -> tuple[Melody, Melody] | None:
    """Return the opening of a tune and what follows, where both begin and end with a bar."""
    if tune.meter is None or tune.key is None or not tune.rhythm_known:
        return None
    ends = [
        tune.downbeat + bars * tune.bar_ticks
        for bars in (OPENING_BARS, OPENING_BARS + CONTINUED_BARS)
    ]
    first, stop = np.searchsorted(tune.onset, ends).tolist()
    if min(first, stop - first) < _FEWEST or stop == len(tune) or tune.onset[first] != ends[0]:
        return None
    opening, rest = tune.cut(0, first), tune.cut(first, stop)
    return _until(opening, ends[0]), _until(rest, ends[1] - ends[0])


def _until(part: Melody, ticks: int) -> Melody:
    """Return a part of a tune with no note that is held beyond some ticks."""
    duration = np.minimum(part.duration, ticks - part.onset)
    return replace(part, duration=duration, phrase_starts=())


def _others(
    corpus: Corpus, number: int, real: Melody, rng: np.random.Generator
) -> Iterator[Melody]:
    """Yield continuations of other tunes in the metre and key of the real one."""
    wanted = 0
    assert real.key is not None
    for other in rng.permutation(len(corpus)).tolist():
        if wanted == _OTHERS:
            return
        if corpus.title(other) == corpus.title(number):
            continue
        melody = corpus.tune(other).melody
        if melody.meter != real.meter or melody.key is None or melody.key.mode != real.key.mode:
            continue
        parts = _parts(melody)
        if parts is None:
            continue
        part = parts[1]
        shift = (real.key.tonic - melody.key.tonic) % 12
        # The octave in which it lies nearest to the real one.
        shift += 12 * round((real.pitch.mean() - part.pitch.mean() - shift) / 12)
        moved = part.pitch + shift
        same = len(moved) == len(real) and (moved == real.pitch).all()
        if not same and moved.min() >= 0 and moved.max() <= 127:
            wanted += 1
            yield replace(part, pitch=moved, key=real.key)


def _unlikeness(real: Melody, other: Melody) -> float:
    """Return how easily another continuation is told from the real one."""
    begins = abs(int(real.pitch[0]) - int(other.pitch[0]))
    ends = abs(int(real.pitch[-1]) - int(other.pitch[-1]))
    beats = set(real.onset.tolist()) ^ set(other.onset.tolist())
    return begins + ends + 2.0 * len(beats)


def _joined(opening: Melody, rest: Melody) -> Melody:
    begin = opening.downbeat + OPENING_BARS * opening.bar_ticks
    return replace(
        opening,
        pitch=np.append(opening.pitch, rest.pitch),
        onset=np.append(opening.onset, rest.onset + begin),
        duration=np.append(opening.duration, rest.duration),
        beat_strength=None,
        title="",
    )
