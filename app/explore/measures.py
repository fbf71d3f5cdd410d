"""The representations as the pages present them: a name to show, and what each hears and misses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from mer.embeddings import INVARIANCES


class WithLabel(Protocol):
    """Whatever a page calls by a label."""

    @property
    def label(self) -> str:
        """What it is called on the page."""


class Description(NamedTuple):
    """How a representation or a measure is presented.

    Parameters
    ----------
    label
        What it is called on the page.
    hears
        What it compares.
    misses
        Where it fails, in one sentence.
    """

    label: str
    hears: str
    misses: str


# All but latent semantic analysis, which takes long to fit and needs scipy.
DESCRIPTIONS: dict[str, Description] = {
    "step-curve": Description(
        "shape of the pitch curve",
        "the course of the pitch over time",
        "An ornament hardly moves it; a note added at the end stretches the whole curve.",
    ),
    "vector": Description(
        "learned vector",
        "256 numbers learned from variants of tunes",
        "It forgives ornaments and thinning, but no number of it can be named.",
    ),
    "interval": Description(
        "intervals in a row",
        "which intervals follow each other",
        "One ornament breaks every run of intervals it falls into; rhythm is not heard at all.",
    ),
    "interval-rhythm": Description(
        "intervals with rhythm",
        "which intervals follow each other, and how lengths change with them",
        "One changed note or length breaks every run it falls into.",
    ),
    "skip-gram": Description(
        "intervals, notes skipped",
        "three notes among five, with the time between them in proportion",
        "It looks past an ornament, but many short figures are shared by unlike tunes.",
    ),
    "three-note": Description(
        "three notes, one skipped",
        "three notes among four, with the time between them in proportion",
        "Three notes say little: unlike tunes share them.",
    ),
    "four-note": Description(
        "four notes, others skipped",
        "four notes among six, with the time between them in proportion",
        "A dotted rhythm beside an even one breaks most of them.",
    ),
    "contour": Description(
        "ups and downs in steps and leaps",
        "the order of steps and leaps, up and down",
        "A third and an octave are the same leap to it, so much that differs looks alike.",
    ),
    "scale-degree": Description(
        "scale degrees",
        "which degrees of the scale follow each other",
        "If the key is guessed wrongly, nothing matches.",
    ),
    "rhythm": Description(
        "rhythm alone",
        "how lengths follow each other",
        "It does not hear pitch: tunes with one rhythm are one tune to it.",
    ),
    "pitch-class": Description(
        "share of each scale degree",
        "how long each degree of the scale sounds",
        "It does not hear the order of notes: a tune played backwards is the same.",
    ),
    "interval-histogram": Description(
        "share of each interval",
        "how often each interval occurs",
        "It does not hear the order of intervals.",
    ),
    "parsons": Description(
        "ups and downs only",
        "up, down or same, up to four steps in a row",
        "It does not hear how far up or down.",
    ),
    "cosine-shape": Description(
        "slow waves of the pitch curve",
        "the course of the pitch without its details",
        "Tunes with the same arch are alike, whatever their notes.",
    ),
    "summary": Description(
        "a dozen summary numbers",
        "averages: register, range, leaps, density",
        "Averages say nothing about the order of notes, and it hears every transposition.",
    ),
}
SEARCH, ALIGNMENT = "search", "alignment"
MEASURES: dict[str, Description] = {
    SEARCH: Description(
        "the search of the first page",
        "figures in common, then the best alignment of the notes",
        "A phrase that shares no figure with the motif is never aligned, however like it is.",
    ),
    ALIGNMENT: Description(
        "alignment alone",
        "note against note, after the best transposition",
        "Long and short phrases fit together too easily where few notes must agree.",
    ),
    **DESCRIPTIONS,
}
_CHANGES = {
    "transposition": "transposition",
    "tempo": "tempo",
    "rhythm": "rhythm",
    "octave": "octave",
    "pitch": "pitch",
}


def deaf_to(name: str) -> list[str]:
    """Return what a representation does not hear.

    Examples
    --------
    >>> deaf_to("interval")
    ['transposition', 'tempo', 'rhythm']
    """
    return [word for change, word in _CHANGES.items() if change in INVARIANCES.get(name, ())]


def name_of(label: str, table: Mapping[str, WithLabel]) -> str:
    """Return the name in `table` of what is labelled so, or of what is named so already.

    Raises
    ------
    KeyError
        If there is none.

    Examples
    --------
    >>> name_of("rhythm alone", MEASURES), name_of("rhythm", MEASURES)
    ('rhythm', 'rhythm')
    """
    if label in table:
        return label
    return {description.label: name for name, description in table.items()}[label]
