"""Notes -> SVG: a piano roll, and two melodies one above the other with matched notes joined.

Time runs to the right, pitch upwards. The pictures stretch to the width that they are given, so
they hold no text; the words stand beside them. Only `captioned_alignment`, which is a page of its
own, keeps its shape and has text. Every note is one `rect`. Text from outside (titles) is escaped.
Colours are attributes, which CSS may override by class for dark mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape as escape_markup
from typing import NamedTuple, Protocol

import numpy as np

from mer.notes.arrays import Ints
from mer.notes.names import note_name, transposition_words

ACCENT = "#0f766e"
FADED = "#94a3b8"
# Of tunes that are cited, the most used first. Okabe and Ito (2008), told apart by colour-blind
# eyes; black is left out because of dark mode, and green because it is too near the accent colour.
SOURCE_COLOURS = ("#0072b2", "#e69f00", "#cc79a7", "#56b4e9", "#d55e00")

_WIDTH = 1000.0
_HEADING_LETTERS = 100
_NAME_WIDTH = 24.0  # of a note whose name does not run into the next
_LEAST_SEMITONES = 11  # a narrow melody is not blown up to look like a wide one

_FITS = {
    "scaled": "",
    "stretched": ' preserveAspectRatio="none"',
    "fixed": ' width="{width}" height="{height}"',
}
_KEY = "Lines join notes that are the same once the motif is moved; dashed lines, changed notes."
_FAMILY = "font-family=\"system-ui, 'Segoe UI', Roboto, sans-serif\""
_FONTS = {
    "heading": f'fill="#1e293b" font-size="18" font-weight="600" {_FAMILY}',
    "line": f'fill="#475569" font-size="13" {_FAMILY}',
    "name": f'fill="#475569" font-size="10" {_FAMILY}',
}
# The attributes are for light surroundings, and for programs that read no style.
_STYLE = """
.mer-match .changed { stroke-dasharray: 4 3 }
@media (prefers-color-scheme: dark) {
.mer-match .paper { fill: #0f172a }
.mer-match .heading { fill: #f1f5f9 }
.mer-match .line, .mer-match .name { fill: #cbd5e1 }
.mer-match .note { fill: #2dd4bf }
.mer-match .note.faded { fill: #64748b }
.mer-match .barline { stroke: #334155 }
.mer-match .join { stroke: #2dd4bf }
.mer-match .join.changed { stroke: #64748b }
}
"""


class Drawable(Protocol):
    """What a picture needs of a melody; a `mer.notes.melody.Melody` has it."""

    @property
    def pitch(self) -> Ints:
        """MIDI numbers, shape (notes,)."""
        ...

    @property
    def onset(self) -> Ints:
        """Ticks, shape (notes,)."""
        ...

    @property
    def duration(self) -> Ints:
        """Ticks, shape (notes,)."""
        ...

    @property
    def end(self) -> Ints:
        """Ticks, shape (notes,)."""
        ...

    @property
    def downbeat(self) -> int:
        """Tick of the first barline."""
        ...

    @property
    def bar_ticks(self) -> int:
        """Length of a bar in ticks."""
        ...

    def __len__(self) -> int: ...


def escape(text: str) -> str:
    """Return `text` for HTML and SVG, markup disarmed, invisible and control characters left out.

    Examples
    --------
    >>> escape('<b>"Jig"</b>')
    '&lt;b&gt;&quot;Jig&quot;&lt;/b&gt;'
    """
    return escape_markup("".join(c for c in text if c.isprintable()))


def svg(body: str, *, kind: str, label: str, size: tuple[float, float], fit: str = "scaled") -> str:
    """Return a picture as SVG.

    Parameters
    ----------
    body
        Its elements, as markup.
    kind
        Class names, for style sheets.
    label
        What a screen reader says of the picture.
    size
        Width and height in units of the picture.
    fit
        ``scaled`` keeps its shape, ``stretched`` fills the place that it is given, ``fixed`` has
        a pixel for each unit.

    Examples
    --------
    >>> svg("", kind="chart", label="A & B", size=(360, 26)).split("role")[1]
    '="img" aria-label="A &amp; B" viewBox="0 0 360 26"></svg>'
    """
    width, height = (f"{length:.0f}" for length in size)
    fitted = _FITS[fit].format(width=width, height=height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" role="img" '
        f'aria-label="{escape(label)}" viewBox="0 0 {width} {height}"{fitted}>{body}</svg>'
    )


def piano_roll(
    melody: Drawable,
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
    >>> from mer.notes.melody import Melody
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
    return _roll(lane.barlines() + notes, 100.0, label)


def alignment_picture(
    query: Drawable,
    phrase: Drawable,
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
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[69, 71], onset=[0, 480], duration=[480, 480])
    >>> picture = alignment_picture(tune, tune, [(0, 0)], label="a match")
    >>> picture.count("<rect"), picture.count('class="join"')
    (4, 1)
    """
    upper, lower = _lanes(query, phrase, pairs, transposition)
    return _roll(_joined_lanes(upper, lower, pairs, transposition), 200.0, label)


def captioned_alignment(
    query: Drawable,
    phrase: Drawable,
    pairs: Sequence[tuple[int, int]],
    *,
    transposition: int,
    captions: tuple[str, str],
) -> str:
    """Return `alignment_picture` as a page of its own: with captions, note names and its colours.

    Parameters
    ----------
    captions
        What stands above the picture: a heading and a line.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[69, 71], onset=[0, 480], duration=[480, 480])
    >>> page = captioned_alignment(tune, tune, [(0, 0)], transposition=0, captions=("A", "B"))
    >>> page.count('class="name"')
    4
    """
    upper, lower = _lanes(query, phrase, pairs, transposition)
    heading, line = captions
    moved = f", drawn {transposition_words(transposition)}" if transposition else ""
    texts = (
        _text("heading", (20, 32), _fitted(heading)),
        _text("line", (20, 56), line),
        _text("line", (20, 92), f"motif{moved}"),
        _text("line", (20, 352), "phrase"),
        _text("line", (20, 384), _KEY),
    )
    names = upper.names(-4.0) + lower.names(17.0)
    lanes = _joined_lanes(upper, lower, pairs, transposition) + names
    body = (
        f"<style>{_STYLE}</style>"
        f'<path class="paper" fill="#ffffff" d="M0 0H1040V400H0Z"/>{"".join(texts)}'
        f'<g transform="translate(20 116)">{lanes}</g>'
    )
    label = f"{heading}. {line}"
    return svg(body, kind="mer-match", label=label, size=(1040, 400), fit="fixed")


def _lanes(
    query: Drawable, phrase: Drawable, pairs: Sequence[tuple[int, int]], transposition: int
) -> tuple[_Lane, _Lane]:
    moved = query.pitch + transposition
    low = int(min(moved.min(), phrase.pitch.min()))
    high = int(max(moved.max(), phrase.pitch.max()))
    above, below = _times(query, phrase, pairs)
    upper = _Lane(query, (2.0, 86.0), (low, high), above, shift=transposition)
    return upper, _Lane(phrase, (114.0, 198.0), (low, high), below)


def _joined_lanes(
    upper: _Lane, lower: _Lane, pairs: Sequence[tuple[int, int]], transposition: int
) -> str:
    same = same_notes(upper.melody, lower.melody, pairs, transposition)
    joins = "".join(_join(upper.foot(a), lower.head(b), same=(a, b) in same) for a, b in pairs)
    matched = ({a for a, _ in same}, {b for _, b in same})
    notes = "".join(
        lane.rect(note, ACCENT if note in found else FADED, note_name(int(pitch)))
        for lane, found in zip((upper, lower), matched, strict=True)
        for note, pitch in enumerate(lane.melody.pitch)
    )
    return upper.barlines() + lower.barlines() + joins + notes


def same_notes(
    query: Drawable, phrase: Drawable, pairs: Sequence[tuple[int, int]], transposition: int
) -> set[tuple[int, int]]:
    """Return the pairs whose pitches are equal once the query is transposed."""
    return {(a, b) for a, b in pairs if query.pitch[a] + transposition == phrase.pitch[b]}


class _Time(NamedTuple):
    """Where a tick stands in the picture: `scale` * tick + `start`."""

    scale: float
    start: float = 0.0


def _times(
    query: Drawable, phrase: Drawable, pairs: Sequence[tuple[int, int]]
) -> tuple[_Time, _Time]:
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
        melody: Drawable,
        edges: tuple[float, float],
        span: tuple[int, int],
        time: _Time,
        *,
        shift: int = 0,
    ) -> None:
        low, high = span
        spare = max(0, _LEAST_SEMITONES - (high - low))
        low, high = low - spare // 2, high + (spare + 1) // 2
        self.melody = melody
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

    def names(self, distance: float) -> str:
        """Return the names of all notes that are wide enough for them, `distance` below the top."""
        return "".join(
            _text("name", (float(self._left[note]), float(self._y[note]) + distance), name)
            for note, name in enumerate(map(note_name, self.melody.pitch.tolist()))
            if self._width[note] >= _NAME_WIDTH
        )

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


def _fitted(heading: str) -> str:
    if len(heading) <= _HEADING_LETTERS:
        return heading
    # The end, with place and similarity, says more than the middle of a long title.
    half = _HEADING_LETTERS // 2
    return f"{heading[:half]}…{heading[-half:]}"


def _text(kind: str, place: tuple[float, float], text: str) -> str:
    x, y = place
    return f'<text class="{kind}" x="{x:.2f}" y="{y:.2f}" {_FONTS[kind]}>{escape(text)}</text>'


def _roll(body: str, height: float, label: str) -> str:
    return svg(body, kind="roll", label=label, size=(_WIDTH, height), fit="stretched")
