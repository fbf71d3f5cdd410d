"""A piece, its chords and some words -> its plan as SVG: four bars to a line, as they are heard.

Each box is a bar, in the colour of its letter; in it stand its notes, above it its chords, below it
what it takes from an earlier one. The edge of a box says how a phrase ends there. The letters are
those of the plan, one for two bars (`generate.piece.self_similarity.letters`).
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from generate.harmony.chords import MODEL, PLAN, PROGRESSION, USER, Chord
from generate.piece import self_similarity as kinds
from generate.piece.composition import Composition
from generate.piece.given_plan import GivenPlan
from generate.piece.self_similarity import Recurrence, letters
from generate.plan.form import CLOSED, OPEN, RUNS_ON
from generate.report.lenders import lenders, lent_line
from generate.report.tables import plan_line
from mer.corpus.corpus import Corpus
from mer.notes.drawing import ACCENT, FADED, SOURCE_COLOURS, escape, svg
from mer.notes.melody import Melody

BARS_A_LINE = 4
# In user units.
_BAR, _LEFT, _WIDTH = 140.0, 10.0, 580.0
_LINE, _BOX, _ABOVE = 104.0, 52.0, 22.0
_LETTERS = {"heading": 58, "said": 84}  # that a line holds
_BY = {
    USER: "given",
    PLAN: "that return with their bars",
    PROGRESSION: "of a stock progression",
    MODEL: "chosen for the notes",
}
_KEY = "Thick edge: a phrase closes on the tonic; dashed edge: it stays open; comma: a breath."
_FONT = "font-family=\"system-ui, 'Segoe UI', Roboto, sans-serif\""


class PhraseEnd(NamedTuple):
    """How a phrase ends.

    Parameters
    ----------
    bar
        The bar of its last note, from 0; a pick-up is bar -1.
    kind
        ``"closed"`` if that is the tonic, else ``"open"``; empty if it is over before a beat is.
    breath
        Whether silence follows it.
    """

    bar: int
    kind: str
    breath: bool


def phrase_endings(melody: Melody) -> tuple[PhraseEnd, ...]:
    """Return how the phrases of a melody end; one whose phrases are not known is one phrase.

    Examples
    --------
    >>> from mer.notes.key import Key
    >>> tune = Melody(pitch=[60, 67, 64, 60], onset=[0, 960, 1920, 2880], duration=[960, 480] * 2,
    ...               key=Key(0), phrase_starts=(0, 2))
    >>> phrase_endings(tune)
    (PhraseEnd(bar=0, kind='open', breath=True), PhraseEnd(bar=1, kind='closed', breath=False))
    """
    starts = [*(melody.phrase_starts or (0,)), len(melody)]
    found = []
    for _, after in pairwise(starts):
        last = after - 1
        tonic = melody.key is not None and int(melody.pitch[last]) % 12 == melody.key.tonic
        silent = after < len(melody) and int(melody.onset[after]) > int(melody.end[last])
        rests = silent or int(melody.duration[last]) >= melody.beat_ticks
        kind = (CLOSED if tonic else OPEN) if rests else RUNS_ON
        found.append(PhraseEnd(_bar_of(melody, last), kind, silent))
    return tuple(found)


def bar_words(piece: Composition, bar: int) -> str:
    """Return what a bar of a piece takes, in a few words; bars count from 0.

    Examples
    --------
    >>> from generate.piece.composition import Source
    >>> tune = Melody(pitch=[60, 62], onset=[0, 1920], duration=[1920] * 2)
    >>> plan = (Recurrence("new"), Recurrence("moved", 0, steps=1))
    >>> piece = Composition(tune, (Source("motif", 0, 0), Source("motif", 0, 2)), plan=plan)
    >>> [bar_words(piece, bar) for bar in (0, 1)]
    ['the motif', 'bar 1, 1 step up']
    """
    one, here = piece.plan[bar], _notes(piece.melody, bar)
    sources = [piece.sources[note] for note in here]
    if one.kind != kinds.NEW:
        return _taken(one)
    if sources and all(source.is_statement for source in sources):
        return "the motif"
    places = [source.rhythm for source in sources if not source.is_statement]
    if places and all(place is not None and not place.tune_id for place in places):
        varied = any(place is not None and place.operator for place in places)
        return "motif’s rhythm, varied" if varied else "the motif’s rhythm"
    return "new"


def _taken(one: Recurrence) -> str:
    number = one.bar + 1
    if one.kind == kinds.MOVED:
        steps = f"{abs(one.steps)} step{'s' if abs(one.steps) > 1 else ''}"
        return f"bar {number}, {steps} {'up' if one.steps > 0 else 'down'}"
    words = {
        kinds.EXACT: "bar {} again",
        kinds.VARIED: "bar {} varied",
        kinds.RHYTHM: "rhythm of {}",
    }
    return words[one.kind].format(number)


def _bar_of(melody: Melody, note: int) -> int:
    return (int(melody.onset[note]) - melody.downbeat) // melody.bar_ticks


def _notes(melody: Melody, bar: int) -> list[int]:
    inside = (melody.onset - melody.downbeat) // melody.bar_ticks == bar
    return [int(note) for note in np.flatnonzero(inside)]


def told_plan(
    corpus: Corpus,
    piece: Composition,
    chords: Sequence[Chord],
    *,
    given: GivenPlan | None = None,
) -> str:
    """Return the plan of a piece as SVG, with who lent its form, rhythm, notes and chords.

    Parameters
    ----------
    given
        What the user gave of the plan.
    """
    found = lenders(piece, chords)
    words = [f"Plan: {plan_line(corpus, piece, given=given)}", lent_line(corpus, found)]
    if found.chords:
        words.append("chords: " + ", ".join(f"{many} {_BY[by]}" for by, many in found.chords))
    return plan_drawing(piece, chords, words)


def plan_drawing(piece: Composition, chords: Sequence[Chord], words: Sequence[str] = ()) -> str:
    """Return the plan of a piece as SVG; the empty string if it has none.

    Parameters
    ----------
    chords
        The chords under it, () for none.
    words
        What stands above the picture: a heading, and lines about who lent what.

    Examples
    --------
    >>> from generate.piece.composition import Source
    >>> tune = Melody(pitch=[60, 62], onset=[0, 1920], duration=[1920] * 2)
    >>> plan = (Recurrence("new"), Recurrence("new"))
    >>> piece = Composition(tune, (Source("motif", 0, 0), Source("motif", 1, 0)), plan=plan)
    >>> plan_drawing(piece, ()).count('class="bar"')
    2
    """
    if not piece.plan:
        return ""
    lines = [
        (part, kind)
        for line, kind in zip(words, ("heading", *("said",) * len(words)), strict=False)
        for part in _wrapped(line, _LETTERS[kind])
    ]
    top = 14.0 + 19.0 * len(lines)
    rows = -(-len(piece.plan) // BARS_A_LINE)
    height = top + rows * _LINE + 24.0
    said = [
        _words(_LEFT, 24.0 + 19.0 * number, line, kind) for number, (line, kind) in enumerate(lines)
    ]
    form = letters(piece.plan)
    body = "".join(
        [
            f'<path class="paper" fill="#ffffff" d="M0 0H{_WIDTH:.0f}V{height:.0f}H0Z"/>',
            *said,
            *(part for bar in range(len(piece.plan)) for part in _bar(piece, bar, form, top)),
            *_chords(piece.melody, chords, len(piece.plan), top),
            *_edges(piece, top),
            _words(_LEFT, height - 10.0, _KEY, "said"),
        ]
    )
    label = f"Plan {form}, {len(piece.plan)} bars"
    body = f"<g {_FONT}>{body}</g>"
    return svg(body, kind="plan-drawing", label=label, size=(_WIDTH, height))


def _wrapped(text: str, room: int) -> list[str]:
    """Return the lines of a text; letters as wide as Chinese ones take the room of two."""
    cells = sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)
    return textwrap.wrap(text, room * len(text) // max(cells, 1) or 1)


def _corner(bar: int, top: float) -> tuple[float, float]:
    """Return the left upper corner of the box of a bar."""
    row, column = divmod(bar, BARS_A_LINE)
    return _LEFT + column * _BAR, top + row * _LINE + _ABOVE


def _words(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    size, weight, ink = {
        "heading": (16, 600, "#1e293b"),
        "letter": (15, 700, "#1e293b"),
        "chord": (13, 600, "#1e293b"),
        "breath": (20, 700, "#1e293b"),
    }.get(kind, (12, 400, "#475569"))
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{ink}" '
        f'font-size="{size}" font-weight="{weight}">{escape(text)}</text>'
    )


def _colour(letter: str) -> str:
    colours = (ACCENT, *SOURCE_COLOURS)
    return colours[(ord(letter) - ord("A")) % len(colours)]


def _bar(piece: Composition, bar: int, form: str, top: float) -> Iterator[str]:
    """Yield the box of a bar, its number, letter and notes, and what it takes."""
    x, y = _corner(bar, top)
    letter = form.split()[bar // 2]
    colour = _colour(letter)
    yield (
        f'<rect class="bar" x="{x:.1f}" y="{y:.1f}" width="{_BAR}" height="{_BOX}" '
        f'fill="{colour}" fill-opacity="0.14" stroke="{FADED}"/>'
    )
    yield _words(x + _BAR - 5, y + 14, str(bar + 1), "number", "end")
    if bar % 2 == 0:
        yield _words(x + 5, y + 16, letter, "letter")
    yield from _roll(piece.melody, bar, (x, y), colour)
    yield _words(x + 2, y + _BOX + 16, bar_words(piece, bar), "said")


def _roll(melody: Melody, bar: int, corner: tuple[float, float], colour: str) -> Iterator[str]:
    x, y = corner
    low, high = int(melody.pitch.min()), int(melody.pitch.max())
    step = (_BOX - 26.0) / max(high - low, 11)
    start = melody.downbeat + bar * melody.bar_ticks
    stop = start + melody.bar_ticks
    # What is held over a barline sounds on in the next box.
    for note in np.flatnonzero((melody.onset < stop) & (melody.end > start)).tolist():
        begin, end = max(int(melody.onset[note]), start), min(int(melody.end[note]), stop)
        left = x + _BAR * (begin - start) / melody.bar_ticks
        wide = max(_BAR * (end - begin) / melody.bar_ticks - 2.0, 1.5)
        height = y + _BOX - 7.0 - step * (int(melody.pitch[note]) - low)
        yield (
            f'<rect class="note" x="{left + 1:.1f}" y="{height:.1f}" width="{wide:.1f}" '
            f'height="4" fill="{colour}"/>'
        )


def _chords(melody: Melody, chords: Sequence[Chord], bars: int, top: float) -> Iterator[str]:
    """Yield the symbols, each where it begins; what does not change is not said again in a line."""
    last = ("", -1)
    for chord in chords:
        bar = (chord.onset - melody.downbeat) // melody.bar_ticks
        row = bar // BARS_A_LINE
        if not 0 <= bar < bars or (chord.symbol, row) == last:
            continue
        last = (chord.symbol, row)
        x, y = _corner(bar, top)
        within = (chord.onset - melody.downbeat) % melody.bar_ticks / melody.bar_ticks
        yield _words(x + _BAR * within + 2, y - 6, chord.symbol, "chord")


def _edges(piece: Composition, top: float) -> Iterator[str]:
    """Yield the edges of the boxes in which phrases end."""
    for end in phrase_endings(piece.melody):
        if end.kind == RUNS_ON or not 0 <= end.bar < len(piece.plan):
            continue
        x, y = _corner(end.bar, top)
        dashed = ' stroke-dasharray="5 4"' if end.kind == OPEN else ""
        yield (
            f'<path class="edge {end.kind}" d="M{x + _BAR:.1f} {y:.1f}v{_BOX:.0f}" '
            f'stroke="#1e293b" stroke-width="4" fill="none"{dashed}/>'
        )
        if end.breath:
            yield _words(x + _BAR - 7, y - 3, ",", "breath", "middle")
