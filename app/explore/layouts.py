"""The layouts of the map as the page presents them: how each places phrases, and what it means."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from mer.errors import InputError
from mer.maps.neighbourhoods import Neighbourhoods
from mer.maps.projection import Projection
from mer.notes.arrays import Array, Floats


class Placing(Protocol):
    """What takes further rows to a map."""

    def project(self, rows: Array) -> Floats:
        """Return where rows lie, shape (S, 2)."""


class Placed(NamedTuple):
    """Rows on a map.

    Parameters
    ----------
    places
        Shape (P, 2).
    placing
        What takes further rows to the map.
    shown
        The share of all variance that the axes show; None if they have no meaning.
    """

    places: Floats
    placing: Placing
    shown: float | None


class Layout(NamedTuple):
    """How a layout is presented, and made.

    Parameters
    ----------
    label
        What it is called on the page.
    means
        How to read the map, in one sentence.
    place
        Puts rows on a map.
    """

    label: str
    means: str
    place: Callable[[Array], Placed]


def _by_directions(rows: Array) -> Placed:
    projection = Projection.fit(rows)
    return Placed(projection.project(rows), projection, float(projection.explained.sum()))


def _by_neighbourhoods(rows: Array) -> Placed:
    try:
        found = Neighbourhoods.fit(rows)
    except ImportError as error:
        raise InputError(
            "this layout needs scikit-learn, which is not installed here; choose another"
        ) from error
    return Placed(found.places, found, None)


LAYOUTS: dict[str, Layout] = {
    "directions": Layout(
        "main directions",
        "Directions have a meaning; phrases that differ otherwise can lie on one spot.",
        _by_directions,
    ),
    "neighbourhoods": Layout(
        "neighbourhoods",
        "Near points are alike; directions, and distances between groups, mean nothing. The "
        "motif, its neighbours and new music lie where most of the points like them are.",
        _by_neighbourhoods,
    ),
}
