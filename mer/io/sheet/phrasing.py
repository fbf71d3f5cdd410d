"""How a score says that a melody is played -> `Phrasing`: slurs, dynamics, ornaments."""

from __future__ import annotations

from typing import NamedTuple


class Phrasing(NamedTuple):
    """Signs of a first part; all times are ticks at which notes of it begin.

    Parameters
    ----------
    slurs
        First and last note of each slur.
    dynamics
        (tick, sign), such as ``"mf"``.
    hairpins
        (first note, last note, ``"crescendo"`` or ``"diminuendo"``).
    graces
        (note, MIDI number of the grace note before it).
    turns
        Notes that are turned around.

    Examples
    --------
    >>> Phrasing(slurs=((0, 960),)).slur_signs()
    {0: 'start', 960: 'stop'}
    """

    slurs: tuple[tuple[int, int], ...] = ()
    dynamics: tuple[tuple[int, str], ...] = ()
    hairpins: tuple[tuple[int, int, str], ...] = ()
    graces: tuple[tuple[int, int], ...] = ()
    turns: tuple[int, ...] = ()

    def slur_signs(self) -> dict[int, str]:
        """Return what begins or ends at each note."""
        return {tick: sign for pair in self.slurs for tick, sign in zip(pair, _SIGNS, strict=True)}


_SIGNS = ("start", "stop")
NO_PHRASING = Phrasing()
