"""Melody -> phrase starts: the marks that came with it, or else the most likely segmentation.

The weight of a segmentation is the sum of weighted evidence over its phrases, and dynamic
programming finds the best segmentation of all (a semi-Markov model: Sarawagi and Cohen 2004).
Evidence is of two kinds: what happens at a phrase's first note (a long note, a rest or a leap
before it, the place in the bar or the rhythm of the tune's opening), and what the phrase is as a
whole (how many notes, how many bars). The ingredients are those of Grouper (Temperley 2001: gap,
length, metrical parallelism) and LBDM (Cambouropoulos 2001). `benchmarks/boundaries.py` fits the
weights and measures the result; `rests` and `lbdm` are the baselines that it is compared with.

References
----------
Temperley, D. (2001). The Cognition of Basic Musical Structures, ch. 3.
Cambouropoulos, E. (2001). The local boundary detection model (LBDM) and its application in the
study of expressive timing. ICMC.
Sarawagi, S. and Cohen, W. (2004). Semi-Markov conditional random fields. NIPS 17.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mer.notes.arrays import Flags, Floats
from mer.notes.melody import Melody

MIN_NOTES, MAX_NOTES = 4, 24
OPENING_NOTES = 4

# Evidence -> weight where the metre is known, and where it is not.
AT_START: dict[str, tuple[float, float]] = {
    "phrase": (0.73, 1.69),
    "long note before": (2.12, 1.68),
    "rest before": (3.42, 3.69),
    "leap": (1.88, 1.91),
    "tonic before": (0.31, 0.25),
    "rhythm of the opening": (0.58, 1.31),
    "melody of the opening": (1.82, 2.47),
    "place of the opening": (-0.29, 0.0),
    "on a barline": (-0.68, 0.0),
    "note before on a barline": (-1.19, 0.0),
    "two bars from the opening": (0.51, 0.0),
    "four bars from the opening": (1.19, 0.0),
}
AS_WHOLE: dict[str, tuple[float, float]] = {
    "size": (2.02, 2.37),
    "size squared": (-4.85, -6.26),
    "one bar": (-0.62, 0.0),
    "two bars": (1.98, 0.0),
    "three bars": (0.76, 0.0),
    "four bars": (0.5, 0.0),
}


def phrase_starts(melody: Melody) -> tuple[int, ...]:
    """Return the first note of each phrase: the marks that the melody has, or else a guess.

    Examples
    --------
    >>> frere = [60, 62, 64, 60] * 2 + [64, 65, 67] * 2
    >>> quarters = [1, 1, 1, 1] * 2 + [1, 1, 2] * 2
    >>> onset = [480 * sum(quarters[:i]) for i in range(14)]
    >>> tune = Melody(pitch=frere, onset=onset, duration=[480 * q for q in quarters], meter=(4, 4))
    >>> phrase_starts(tune)
    (0, 8)
    """
    return melody.phrase_starts or best_segmentation(phrase_weights(melody))


def with_phrases(melody: Melody) -> Melody:
    """Return the melody with phrase marks, guessed where it has none."""
    return replace(melody, phrase_starts=phrase_starts(melody))


def phrases_in_sections(melody: Melody) -> Melody:
    """Return the melody with each of its marked sections divided into guessed phrases.

    A section too short to be a phrase (a pick-up before the repeat sign) joins the next one.

    Examples
    --------
    >>> scale = Melody(pitch=range(60, 92), onset=range(0, 15360, 480), duration=[480] * 32,
    ...                meter=(4, 4), phrase_starts=(0, 16))
    >>> phrases_in_sections(scale).phrase_starts
    (0, 8, 16, 24)
    """
    if not melody.phrase_starts:
        return with_phrases(melody)
    marks = [*melody.phrase_starts, len(melody)]
    starts: list[int] = []
    begin = 0
    for stop in marks[1:]:
        if stop - begin >= MIN_NOTES or stop == len(melody):
            section = replace(melody.cut(begin, stop), phrase_starts=())
            starts += [begin + start for start in phrase_starts(section)]
            begin = stop
    return replace(melody, phrase_starts=tuple(starts))


def phrase_weights(melody: Melody) -> Floats:
    """Return the weight of each possible phrase, shape (notes, MAX_NOTES + 1).

    Entry ``[first, count]`` is the phrase of `count` notes from note `first`; minus infinity where
    there is no such phrase or it is shorter than `MIN_NOTES`.
    """
    column = 0 if melody.meter is not None else 1
    weights = np.array([pair[column] for pair in AT_START.values()])
    total: Floats = phrase_sizes(len(melody)) + (at_start(melody) @ weights)[:, None]
    for evidence, pair in zip(as_whole(melody), AS_WHOLE.values(), strict=True):
        total += evidence * pair[column]
    return total


def phrase_sizes(notes: int) -> Floats:
    """Return 0 for each phrase that can be, minus infinity else, shape (notes, MAX_NOTES + 1)."""
    count = np.arange(MAX_NOTES + 1)
    room = notes - np.arange(notes)[:, None]
    allowed = (count <= room) & ((count >= MIN_NOTES) | ((count == notes) & (count > 0)))
    sizes: Floats = np.where(allowed, 0.0, -np.inf)
    return sizes


def best_segmentation(weights: Floats) -> tuple[int, ...]:
    """Return the phrase starts of the heaviest segmentation.

    Parameters
    ----------
    weights
        Shape (notes, longest + 1): see `phrase_weights`.

    Examples
    --------
    >>> weights = np.full((4, 4), -np.inf)
    >>> weights[0, 1:4], weights[2, 2], weights[3, 1] = (1.0, 2.0, 3.0), 3.0, 0.5
    >>> best_segmentation(weights)
    (0, 2)
    """
    notes, longest = len(weights), weights.shape[1] - 1
    best = np.full(notes + 1, -np.inf)
    best[0] = 0.0
    came_from = np.zeros(notes + 1, dtype=np.int64)
    for stop in range(1, notes + 1):
        first = np.arange(max(0, stop - longest), stop)
        total = best[first] + weights[first, stop - first]
        choice = int(total.argmax())
        best[stop], came_from[stop] = total[choice], first[choice]
    starts, stop = [], notes
    while stop > 0:
        stop = int(came_from[stop])
        starts.append(stop)
    return tuple(reversed(starts))


def at_start(melody: Melody) -> Floats:
    """Return the evidence that a phrase begins at each note, shape (notes, len(AT_START)).

    The first note's row is zero: a phrase begins there in any case.
    """
    rows = np.zeros((len(melody), len(AT_START)))
    if len(melody) < 2:
        return rows
    step = np.diff(melody.onset).astype(np.float64)
    typical = float(np.median(step))
    place, bar = melody.bar_position, melody.bar_ticks
    since = melody.onset - melody.onset[0]
    known = melody.meter is not None
    rhythm, tune = _like_opening(melody)
    on_tonic = melody.pitch % 12 == (melody.key.tonic if melody.key else -1)
    rows[1:] = np.column_stack(
        [
            np.ones(len(melody) - 1),
            np.clip(np.log2(step / typical), -2.0, 3.0),
            # In a performance every note may end early: that is no rest.
            melody.onset[1:] - melody.end[:-1] > typical / 4,
            np.minimum(np.abs(melody.interval), 12) / 12,
            on_tonic[:-1],
            rhythm[1:],
            tune[1:],
            (place[1:] == place[0]) & known,
            (place[1:] == 0) & known,
            (place[:-1] == 0) & known,
            (since[1:] % (2 * bar) == 0) & known,
            (since[1:] % (4 * bar) == 0) & known,
        ]
    )
    return rows


def _like_opening(melody: Melody) -> tuple[Floats, Floats]:
    """Return where the rhythm of the opening comes again, and where its intervals come too."""
    rhythm, tune = np.zeros(len(melody)), np.zeros(len(melody))
    if len(melody) > OPENING_NOTES:
        window = (OPENING_NOTES - 1,)
        step = np.lib.stride_tricks.sliding_window_view(np.diff(melody.onset), window)
        interval = np.lib.stride_tricks.sliding_window_view(melody.interval, window)
        same = (step == step[0]).all(axis=1)
        rhythm[: len(same)] = same
        tune[: len(same)] = same & (interval == interval[0]).all(axis=1)
    return rhythm, tune


def as_whole(melody: Melody) -> list[Floats | Flags]:
    """Return the evidence about each possible phrase: len(AS_WHOLE) arrays, indexed alike.

    The shape of each is (notes, MAX_NOTES + 1), or (1, MAX_NOTES + 1) where only the count matters.
    """
    notes, bar = len(melody), melody.bar_ticks
    count = np.arange(MAX_NOTES + 1)
    size = np.log(np.maximum(count, 1) / 9.0)[None, :]
    # The last phrase lasts until its bar is as full as the pick-up left it.
    length = -(-(int(melody.end[-1]) - int(melody.onset[0])) // bar) * bar
    ends = np.append(melody.onset, int(melody.onset[0]) + length)
    stop = np.minimum(np.arange(notes)[:, None] + count[None, :], notes)
    ticks = ends[stop] - melody.onset[:, None]
    known = melody.meter is not None
    return [size, size**2, *((ticks == bars * bar) & known for bars in (1, 2, 3, 4))]


def rests(melody: Melody) -> tuple[int, ...]:
    """Return phrase starts after every rest: the simplest baseline."""
    after = np.flatnonzero(melody.onset[1:] > melody.end[:-1]) + 1
    return (0, *after.tolist())


def lbdm_strength(melody: Melody) -> Floats:
    """Return the boundary strength before each note, 0 to 1, shape (notes,); 0 at the first.

    Pitch intervals, inter-onset intervals and rests weigh 1/4, 1/2, 1/4, as in the paper. Rests are
    counted from the end of a note; the paper's degree of change of two zeros is 0.

    References
    ----------
    Cambouropoulos, E. (2001). The local boundary detection model (LBDM). ICMC, eq. 1-3.
    """
    gap = np.maximum(melody.onset[1:] - melody.end[:-1], 0)
    profiles = ((np.abs(melody.interval), 0.25), (np.diff(melody.onset), 0.5), (gap, 0.25))
    strength = np.zeros(len(melody))
    for values, weight in profiles:
        profile = values.astype(np.float64)
        total = profile[1:] + profile[:-1]
        change = np.abs(np.diff(profile)) / np.where(total > 0, total, 1.0)
        around = np.concatenate([[0.0], change]) + np.concatenate([change, [0.0]])
        part = profile * around[: len(profile)]
        strength[1:] += weight * part / max(float(part.max(initial=0.0)), 1e-12)
    return strength


def lbdm(melody: Melody, *, threshold: float = 0.5) -> tuple[int, ...]:
    """Return phrase starts at the peaks of `lbdm_strength` that reach `threshold`."""
    strength = lbdm_strength(melody)
    before = np.concatenate([[0.0], strength[:-1]])
    after = np.concatenate([strength[1:], [0.0]])
    peaks = (strength > before) & (strength >= after) & (strength >= threshold)
    return (0, *(np.flatnonzero(peaks[1:]) + 1).tolist())
