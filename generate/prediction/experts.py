"""What is predicted, and by which experts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from generate.prediction.notes import Notes
from generate.prediction.rhythm_views import DURATION_VIEWPOINTS, TIMED_PITCH_VIEWPOINTS
from generate.prediction.views import PITCH_VIEWPOINTS, Viewpoint
from mer.notes.arrays import Ints


class Expert(NamedTuple):
    """A viewpoint with a memory: ``long``, ``short`` or ``recent``."""

    viewpoint: str
    memory: str

    def __str__(self) -> str:
        return f"{self.viewpoint}:{self.memory}"


class Target(NamedTuple):
    """What is predicted.

    Parameters
    ----------
    noun
        What it is called in messages.
    values
        Notes -> the value of each.
    viewpoints
        The viewpoints that there are.
    experts
        Those that are used, with their memories.
    """

    noun: str
    values: Callable[[Notes], Ints]
    viewpoints: Mapping[str, Viewpoint]
    experts: tuple[Expert, ...]


def experts(**memories: str) -> tuple[Expert, ...]:
    """Return one expert for each viewpoint named under each memory."""
    return tuple(Expert(v, memory) for memory, names in memories.items() for v in names.split())


_PITCH = experts(
    long="pitch interval first contour-first range pitch-range highest scale "
    "skip-3 skip-5 skip-8 skip-16",
    short="pitch interval first contour contour-first",
    recent="pitch interval",
)
_PITCH_IN_TIME = experts(
    long="pitch-duration interval-duration first-duration rest-interval rest-first "
    "bar-first bar-interval bar-scale half-first beat-first beat-interval beat-scale "
    "three-first three-interval pause-interval pause-first time echo-2 echo-4 echo-8",
    short="pitch-duration interval-duration bar-first",
)
_DURATION = experts(
    long="duration ratio after-rest pause with-interval with-pitch bar beat beat-pitch "
    "two-bars half three dotted end-bar end-three end-beat time echo-3 echo-4 echo-8 echo-16",
    short="duration ratio bar beat half three end-bar with-interval echo-4",
    recent="duration bar",
)

TARGETS: dict[str, Target] = {
    "pitch": Target("pitch", lambda notes: notes.pitch, PITCH_VIEWPOINTS, _PITCH),
    "pitch_given_rhythm": Target(
        "pitch",
        lambda notes: notes.pitch,
        PITCH_VIEWPOINTS | TIMED_PITCH_VIEWPOINTS,
        _PITCH + _PITCH_IN_TIME,
    ),
    "duration": Target("duration", lambda notes: notes.duration, DURATION_VIEWPOINTS, _DURATION),
}

# The quick choice: the experts that matter most.
_QUICK_PITCH = experts(
    long="pitch interval first range scale skip-5",
    short="pitch interval contour",
    recent="pitch",
)
QUICK: dict[str, tuple[Expert, ...]] = {
    "pitch": _QUICK_PITCH,
    "pitch_given_rhythm": _QUICK_PITCH
    + experts(
        long="interval-duration rest-interval bar-first bar-scale", short="interval-duration"
    ),
    "duration": experts(
        long="duration bar beat end-bar time", short="duration bar beat", recent="duration"
    ),
}
