"""Notes -> SVG: a piano roll, and two melodies one above the other with matched notes joined.

Time runs to the right, pitch upwards. The pictures stretch to the width that they are given, so
they hold no text; the words stand beside them. Only `captioned_alignment`, which is a page of its
own, keeps its shape and has text. Every note is one `rect`. Text from outside (titles) is escaped.
Colours are attributes, which CSS may override by class for dark mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape as escape_markup
from typing import NamedTuple

import numpy as np

from mer.melody import Melody
from mer.naming import note_name

ACCENT = "#0f766e"
FADED = "#94a3b8"

_WIDTH = 1000.0
_LEAST_SEMITONES = 11  # a narrow melody is not blown up to look like a wide one


def escape(text: str) -> str:
    """Return `text` for HTML and SVG, markup disarmed, invisible and control characters left out.

    Examples
    --------
    >>> escape('<b>"Jig"</b>')
    '&lt;b&gt;&quot;Jig&quot;&lt;/b&gt;'
    """
    return escape_markup("".join(c for c in text if c.isprintable()))


def piano_roll(
    melody: Melody,
    *,
    label: str,
    colours: Sequence[str] | None = None,
    hints: Sequence[str] | None = None,
) -> str:
    """Return a melody as SVG, 1000 by 100 units, one `rect` a note.

    Parameters
    ----------
    label
        What a screen reader says of the picture.
    colours
        One CSS colour a note; by default the accent colour.
    hints
        One text a note, shown when the pointer rests on it; by default its name.

    Examples
    --------
    >>> tune = Melody(pitch=[69, 71], onset=[0, 480], duration=[480, 480])
    >>> piano_roll(tune, label="two notes").count("<rect")
    2
    """
    fills = [ACCENT] * len(melody) if colours is None else list(colours)
    texts = [note_name(int(pitch)) for pitch in melody.pitch] if hints is None else list(hints)
    span = (int(melody.pitch.min()), int(melody.pitch.max()))
    lane = _Lane(melody, (2.0, 98.0), span, _Time(_WIDTH / float(melody.end[-1])))
    notes = "".join(
        lane.rect(note, fill, text)
        for note, (fill, text) in enumerate(zip(fills, texts, strict=True))
    )
    return _svg(lane.barlines() + notes, height=100.0, label=label)


def alignment_picture(
    query: Melody,
    phrase: Melody,
    pairs: Sequence[tuple[int, int]],
    *,
    transposition: int = 0,
    label: str,
) -> str:
    """Return the query above the phrase as SVG, 1000 by 200 units, matched notes joined.

    The phrase is stretched and moved so that matched notes stand below each other as well as may
    be: a match may be twice as fast, or begin in the middle. Notes that match and are the same have
    the accent colour; a note that matches a changed one, and the line between them, are grey.

    Parameters
    ----------
    pairs
        Matched notes: (index in the query, index in the phrase).
    transposition
        Semitones to add to the query, so that both are drawn against one pitch scale.

    Examples
    --------
    >>> tune = Melody(pitch=[69, 71], onset=[0, 480], duration=[480, 480])
    >>> picture = alignment_picture(tune, tune, [(0, 0)], label="a match")
    >>> picture.count("<rect"), picture.count('class="join"')
    (4, 1)
    """
    moved = query.pitch + transposition
    low = int(min(moved.min(), phrase.pitch.min()))
    high = int(max(moved.max(), phrase.pitch.max()))
    above, below = _times(query, phrase, pairs)
    upper = _Lane(query, (2.0, 86.0), (low, high), above, shift=transposition)
    lower = _Lane(phrase, (114.0, 198.0), (low, high), below)
    same = same_notes(query, phrase, pairs, transposition)
    joins = "".join(_join(upper.foot(a), lower.head(b), same=(a, b) in same) for a, b in pairs)
    matched = ({a for a, _ in same}, {b for _, b in same})
    notes = "".join(
        lane.rect(note, ACCENT if note in found else FADED, note_name(int(pitch)))
        for lane, found, melody in zip((upper, lower), matched, (query, phrase), strict=True)
        for note, pitch in enumerate(melody.pitch)
    )
    return _svg(upper.barlines() + lower.barlines() + joins + notes, height=200.0, label=label)


def same_notes(
    query: Melody, phrase: Melody, pairs: Sequence[tuple[int, int]], transposition: int
) -> set[tuple[int, int]]:
    """Return the pairs whose pitches are equal once the query is transposed."""
    return {(a, b) for a, b in pairs if query.pitch[a] + transposition == phrase.pitch[b]}


class _Time(NamedTuple):
    """Where a tick stands in the picture: `scale` * tick + `start`."""

    scale: float
    start: float = 0.0


def _times(query: Melody, phrase: Melody, pairs: Sequence[tuple[int, int]]) -> tuple[_Time, _Time]:
    # The phrase's ticks on the query's axis, by least squares over the onsets of matched notes.
    stretch, start = float(query.end[-1] / phrase.end[-1]), 0.0
    if pairs:
        above = query.onset[[a for a, _ in pairs]].astype(float)
        below = phrase.onset[[b for _, b in pairs]].astype(float)
        spread = float(np.var(below))
        if spread > 0:
            slope = float(np.mean((above - above.mean()) * (below - below.mean()))) / spread
            stretch = min(max(slope, stretch / 4), stretch * 4)
        start = float(above.mean() - stretch * below.mean())
    left = min(0.0, start)
    right = max(float(query.end[-1]), start + stretch * float(phrase.end[-1]))
    scale = _WIDTH / (right - left)
    return _Time(scale, -left * scale), _Time(scale * stretch, (start - left) * scale)


class _Lane:
    """A strip of a picture, between two heights, in which one melody is drawn."""

    def __init__(
        self,
        melody: Melody,
        edges: tuple[float, float],
        span: tuple[int, int],
        time: _Time,
        *,
        shift: int = 0,
    ) -> None:
        low, high = span
        spare = max(0, _LEAST_SEMITONES - (high - low))
        low, high = low - spare // 2, high + (spare + 1) // 2
        self._edges = edges
        self._step = (edges[1] - edges[0]) / (high - low + 1)
        self._left = melody.onset * time.scale + time.start
        self._width = np.maximum(melody.duration * time.scale - 1.5, 1.0)
        self._y = edges[0] + (high - melody.pitch - shift) * self._step
        bars = np.arange(melody.downbeat, melody.end[-1], melody.bar_ticks)
        self._bars = bars[bars > 0] * time.scale + time.start

    def rect(self, note: int, fill: str, text: str) -> str:
        kind = {ACCENT: "note", FADED: "note faded"}.get(fill, "note source")
        return (
            f'<rect class="{kind}" x="{self._left[note]:.2f}" y="{self._y[note]:.2f}" '
            f'width="{self._width[note]:.2f}" height="{self._step * 0.9:.2f}" '
            f'fill="{escape(fill)}"><title>{escape(text)}</title></rect>'
        )

    def barlines(self) -> str:
        top, bottom = self._edges
        # A bar of one tick would make thousands of lines; where they blur, they say nothing.
        bars = self._bars if len(self._bars) <= 200 else self._bars[:0]
        return "".join(_line("barline", (x, top), (x, bottom)) for x in bars)

    def foot(self, note: int) -> tuple[float, float]:
        x, y = self.head(note)
        return x, y + self._step * 0.9

    def head(self, note: int) -> tuple[float, float]:
        return float(self._left[note] + self._width[note] / 2), float(self._y[note])


def _join(start: tuple[float, float], end: tuple[float, float], *, same: bool) -> str:
    return _line("join" if same else "join changed", start, end)


def _line(kind: str, start: tuple[float, float], end: tuple[float, float]) -> str:
    stroke = {"join": ACCENT, "join changed": FADED}.get(kind, "#cbd5e1")
    return (
        f'<line class="{kind}" x1="{start[0]:.2f}" y1="{start[1]:.2f}" x2="{end[0]:.2f}" '
        f'y2="{end[1]:.2f}" stroke="{stroke}" vector-effect="non-scaling-stroke"/>'
    )


def _svg(body: str, *, height: float, label: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="roll" role="img" '
        f'aria-label="{escape(label)}" viewBox="0 0 {_WIDTH:.0f} {height:.0f}" '
        f'preserveAspectRatio="none">{body}</svg>'
    )
