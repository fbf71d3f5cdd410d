"""What is predicted, and by which experts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from generate.prediction.ngrams import Ints
from generate.prediction.notes import Notes
from generate.prediction.viewpoints import PITCH_VIEWPOINTS, Chain, Symbols


class Expert(NamedTuple):
    """A viewpoint with a memory: ``long``, ``short`` or ``recent``."""

    viewpoint: str
    memory: str

    def __str__(self) -> str:
        return f"{self.viewpoint}:{self.memory}"


@dataclass(frozen=True, eq=False)
class Target:
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
    viewpoints: Mapping[str, tuple[Symbols, Chain]]
    experts: tuple[Expert, ...]


def experts(**memories: str) -> tuple[Expert, ...]:
    """Return one expert for each viewpoint named under each memory."""
    return tuple(Expert(v, memory) for memory, names in memories.items() for v in names.split())


TARGETS: dict[str, Target] = {
    "pitch": Target(
        "pitch",
        lambda notes: notes.pitch,
        PITCH_VIEWPOINTS,
        experts(
            long="pitch interval first contour-first range pitch-range highest "
            "skip-3 skip-5 skip-8 skip-16 scale",
            short="pitch interval first contour contour-first",
            recent="pitch interval",
        ),
    ),
}
