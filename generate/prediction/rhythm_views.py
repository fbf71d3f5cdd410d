"""Notes -> views that know the time: pitches in their rhythm, and durations.

Where the metre of a melody is unknown, a bar is four quarters; the other spans of time (a quarter,
two, three) do not need the metre. Which of them says something is learned with the weights.
"""

from __future__ import annotations

import numpy as np

from generate.prediction.notes import NOTHING, Notes
from generate.prediction.views import (
    ALL,
    Asked,
    Chain,
    Viewpoint,
    columns,
    history,
    of_class,
    of_first,
    of_interval,
    of_value,
)
from mer.notes.arrays import Ints
from mer.notes.melody import TICKS_PER_QUARTER

_LATEST_PLACE = 12  # in a phrase; later ones are told apart no more
_BEAT, _HALF, _THREE = TICKS_PER_QUARTER, 2 * TICKS_PER_QUARTER, 3 * TICKS_PER_QUARTER
# Durations are compared in twelfths of an octave (a factor of two), up to five octaves.
_STEPS, _WIDEST = 12, 60
_GRID = 20  # ticks: where in the bar a note ends is told apart this finely


def _interleaved(notes: Notes, values: Ints, links: int = 4) -> Ints:
    """Return the chain: this duration, then value and duration of the notes before in turn."""
    chain = [notes.duration]
    for back in range(1, links + 1):
        chain += [notes.before(values, back), notes.before(notes.duration, back)]
    return columns(*chain[:-1])


def _timed(notes: Notes, time: Ints, values: Ints) -> Ints:
    """Return the chain: a place in time, the latest value, this duration, the latest interval."""
    before = notes.before
    return columns(time, before(values, 1), notes.duration, before(notes.interval, 2))


def _timed_scale(notes: Notes, time: Ints) -> Ints:
    before = notes.before
    above = before(notes.from_first % 12, 1)
    return columns(notes.heard, time, above, notes.duration, before(notes.interval, 1))


def _after_rest(notes: Notes, values: Ints) -> Ints:
    before = notes.before
    return columns(notes.rest, notes.duration, before(notes.duration, 1), before(values, 1))


def _in_phrase(notes: Notes) -> Ints:
    return np.minimum(notes.since_pause, _LATEST_PLACE)


def _into_tune(notes: Notes) -> Ints:
    """Return how many quarters of the melody have gone by."""
    return notes.onset // _BEAT


def pitch_echo(quarters: int) -> Chain:
    """Return the chain of how far away the pitch of some time ago is, then of what led here."""

    def chain(notes: Notes) -> Ints:
        at = notes.ago(quarters * TICKS_PER_QUARTER)
        pitch = np.where(at == NOTHING, NOTHING, notes.pitch[np.maximum(at, 0)])
        away = notes.difference(pitch, notes.before(notes.pitch, 1))
        return columns(away, notes.before(notes.interval, 1), notes.duration)

    return chain


TIMED_PITCH_VIEWPOINTS: dict[str, Viewpoint] = {
    "pitch-duration": (of_value, lambda n: _interleaved(n, n.pitch)),
    "interval-duration": (of_interval, lambda n: _interleaved(n, n.interval)),
    "first-duration": (of_first, lambda n: _interleaved(n, n.from_first)),
    "rest-interval": (of_interval, lambda n: _after_rest(n, n.interval)),
    "rest-first": (of_first, lambda n: _after_rest(n, n.from_first)),
    "bar-first": (of_first, lambda n: _timed(n, n.in_bar, n.from_first)),
    "bar-interval": (of_interval, lambda n: _timed(n, n.in_bar, n.interval)),
    "bar-scale": (of_class, lambda n: _timed_scale(n, n.in_bar)),
    "half-first": (of_first, lambda n: _timed(n, n.in_span(_HALF), n.from_first)),
    "beat-first": (of_first, lambda n: _timed(n, n.in_span(_BEAT), n.from_first)),
    "beat-interval": (of_interval, lambda n: _timed(n, n.in_span(_BEAT), n.interval)),
    "beat-scale": (of_class, lambda n: _timed_scale(n, n.in_span(_BEAT))),
    "three-first": (of_first, lambda n: _timed(n, n.in_span(_THREE), n.from_first)),
    "three-interval": (of_interval, lambda n: _timed(n, n.in_span(_THREE), n.interval)),
    "pause-interval": (of_interval, lambda n: _timed(n, _in_phrase(n), n.interval)),
    "pause-first": (of_first, lambda n: _timed(n, _in_phrase(n), n.from_first)),
    "time": (of_first, lambda n: _timed(n, _into_tune(n), n.from_first)),
    "echo-2": (of_interval, pitch_echo(2)),
    "echo-4": (of_interval, pitch_echo(4)),
    "echo-8": (of_interval, pitch_echo(8)),
}


def of_ratio(notes: Notes, asked: Asked, alphabet: Ints, candidates: Ints) -> tuple[Ints, int]:
    """Return how much longer than the note before, on a logarithmic scale."""
    earlier = notes.before(notes.duration, 1)[asked][:, None]
    ratio = np.round(_STEPS * np.log2(candidates / np.maximum(earlier, 1))).astype(np.int64)
    steps = np.clip(ratio, -_WIDEST, _WIDEST) + _WIDEST
    return np.where(earlier == NOTHING, 2 * _WIDEST + 1, steps), 2 * _WIDEST + 2


def _end(
    notes: Notes, asked: Asked, candidates: Ints, span: Ints, longest: int
) -> tuple[Ints, int]:
    """Return where in a span of time the note would end."""
    return (notes.onset[asked][:, None] + candidates) % span // _GRID, longest // _GRID + 1


def of_end_in_bar(notes: Notes, asked: Asked, alphabet: Ints, candidates: Ints) -> tuple[Ints, int]:
    """Return where in the bar the note would end."""
    bar = notes.columns.bar_ticks[notes.melody][asked][:, None]
    return _end(notes, asked, candidates, np.minimum(bar, _LONGEST_BAR), _LONGEST_BAR)


def of_end_in_three(
    notes: Notes, asked: Asked, alphabet: Ints, candidates: Ints
) -> tuple[Ints, int]:
    """Return where in a span of three quarters the note would end."""
    return _end(notes, asked, candidates, np.array(_THREE), _THREE)


def of_end_in_beat(
    notes: Notes, asked: Asked, alphabet: Ints, candidates: Ints
) -> tuple[Ints, int]:
    """Return where in a quarter the note would end."""
    return _end(notes, asked, candidates, np.array(_BEAT), _BEAT)


def _steps(notes: Notes) -> Ints:
    """Return the place of each duration's ratio to the one before."""
    places, _ = of_ratio(notes, ALL, notes.duration, notes.duration[:, None])
    return places[:, 0]


def _then_durations(*first: Ints, notes: Notes, links: int = 5) -> Ints:
    return np.hstack([columns(*first), history(notes, notes.duration, links=links)])


def _with(notes: Notes, values: Ints) -> Ints:
    """Return the chain of durations and values of the notes before, in turn."""
    before = notes.before
    pairs = [(before(notes.duration, k), before(values, k)) for k in (1, 2, 3)]
    return columns(*(link for pair in pairs for link in pair))


def duration_echo(quarters: int) -> Chain:
    """Return the chain of the duration that began exactly some time ago, then the place in time."""

    def chain(notes: Notes) -> Ints:
        ticks = quarters * TICKS_PER_QUARTER
        at = notes.ago(ticks)
        exact = (at != NOTHING) & (notes.onset[np.maximum(at, 0)] == notes.onset - ticks)
        echoed = np.where(exact, notes.duration[np.maximum(at, 0)], NOTHING)
        return _then_durations(echoed, notes.in_span(_BEAT), notes=notes, links=3)

    return chain


def _pitch_in_beat(notes: Notes) -> Ints:
    before = notes.before
    latest = columns(before(notes.from_first, 1), before(notes.interval, 1))
    return np.hstack([columns(notes.in_bar, before(notes.duration, 1)), latest])


_LONGEST_BAR = 8 * TICKS_PER_QUARTER

DURATION_VIEWPOINTS: dict[str, Viewpoint] = {
    "duration": (of_value, lambda n: history(n, n.duration)),
    "ratio": (of_ratio, lambda n: history(n, _steps(n))),
    "after-rest": (of_value, lambda n: _then_durations(n.rest, notes=n)),
    "pause": (
        of_value,
        lambda n: columns(_in_phrase(n), n.before(n.duration, 1), n.in_bar),
    ),
    "with-interval": (of_value, lambda n: _with(n, n.interval)),
    "with-pitch": (of_value, lambda n: _with(n, n.from_first)),
    "bar": (of_value, lambda n: _then_durations(n.in_bar, notes=n)),
    "beat": (of_value, lambda n: _then_durations(n.in_span(_BEAT), notes=n)),
    "beat-pitch": (of_value, _pitch_in_beat),
    "two-bars": (of_value, lambda n: _then_durations(n.in_span(8 * _BEAT), notes=n)),
    "half": (of_value, lambda n: _then_durations(n.in_span(_HALF), notes=n)),
    "three": (of_value, lambda n: _then_durations(n.in_span(_THREE), notes=n)),
    "dotted": (of_value, lambda n: _then_durations(n.in_span(_THREE // 2), notes=n)),
    "end-bar": (of_end_in_bar, lambda n: _then_durations(n.in_bar, notes=n)),
    "end-three": (of_end_in_three, lambda n: _then_durations(n.in_span(_THREE), notes=n)),
    "end-beat": (of_end_in_beat, lambda n: _then_durations(n.in_span(_BEAT), notes=n)),
    "time": (
        of_value,
        lambda n: columns(_into_tune(n), n.in_span(_BEAT), n.before(n.duration, 1)),
    ),
    "echo-3": (of_value, duration_echo(3)),
    "echo-4": (of_value, duration_echo(4)),
    "echo-8": (of_value, duration_echo(8)),
    "echo-16": (of_value, duration_echo(16)),
}
