"""Length in ticks -> the sign that writes it: note value, dots, tuplet.

A length that no sign has is split into lengths that have one, to be tied.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from mer.notes.meter import TICKS_PER_WHOLE

_KINDS = ("whole", "half", "quarter", "eighth", "16th", "32nd", "64th", "128th")
_QUARTER = _KINDS.index("quarter")
_TUPLETS = ((3, 2), (5, 4))
_DOTS = ((1, 1), (3, 2), (7, 4))


@dataclass(frozen=True)
class Sign:
    """How a length is written.

    Parameters
    ----------
    kind
        Note value, as MusicXML calls it.
    dots
        Number of dots.
    ratio
        Notes of a tuplet, and plain ones in whose time they are played; (1, 1) is no tuplet.
    """

    kind: str
    dots: int
    ratio: tuple[int, int]

    @property
    def flags(self) -> int:
        """Flags of the note: 1 of an eighth, 2 of a sixteenth; 0 of a quarter and longer notes."""
        return max(0, _KINDS.index(self.kind) - _QUARTER)


@cache
def signs() -> dict[int, Sign]:
    """Return length in ticks -> sign; the simplest sign where several fit.

    Examples
    --------
    >>> signs()[720], signs()[80].flags
    (Sign(kind='quarter', dots=1, ratio=(1, 1)), 2)
    """
    found: dict[int, Sign] = {}
    for ratio in ((1, 1), *_TUPLETS):
        for dots, (above, below) in enumerate(_DOTS):
            for power, kind in enumerate(_KINDS):
                length, rest = divmod(
                    TICKS_PER_WHOLE * above * ratio[1], 2**power * below * ratio[0]
                )
                if not rest and (ratio == (1, 1) or dots < 2):
                    found.setdefault(length, Sign(kind, dots, ratio))
    return found


def signed_lengths(length: int) -> list[int]:
    """Return lengths that have a sign and add up to `length`; what has none comes last.

    Examples
    --------
    >>> signed_lengths(1200), signed_lengths(481)
    ([960, 240], [480, 1])
    """
    if length in signs():
        return [length]
    plain = sorted((n for n, sign in signs().items() if sign.ratio == (1, 1)), reverse=True)
    smaller = [n for n in plain if n < length]
    if not smaller:
        return [length]
    first = next((n for n in smaller if length - n in signs()), smaller[0])
    return [first, *signed_lengths(length - first)]
