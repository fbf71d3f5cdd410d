"""Counts -> SVG bar charts with labels, readable on a phone, coloured by the style sheet."""

from __future__ import annotations

from collections.abc import Sequence

from mer.notes.drawing import escape, svg

_WIDTH, _HEIGHT = 360.0, 168.0
_TOP, _BASE = 20.0, 140.0
_LETTER = 6.6  # width of a letter of a label
_ROW = 26.0
_LABEL_WIDTH, _COUNT_WIDTH = 96.0, 64.0


def column_chart(labels: Sequence[str], counts: Sequence[int], *, label: str) -> str:
    """Return upright bars in the order given, as SVG; as many labels as there is room for.

    Parameters
    ----------
    label
        What a screen reader says of the picture.

    Examples
    --------
    >>> column_chart(["2", "3"], [5, 1], label="two bars").count('class="bar"')
    2
    """
    most = max(counts, default=0) or 1
    step = _WIDTH / max(len(counts), 1)
    every = _every(labels, step)
    parts: list[str] = []
    for place, (name, count) in enumerate(zip(labels, counts, strict=True)):
        height = (_BASE - _TOP) * count / most
        left = place * step
        parts.append(
            f'<rect class="bar" x="{left + step * 0.08:.2f}" y="{_BASE - height:.2f}" '
            f'width="{step * 0.84:.2f}" height="{height:.2f}">'
            f"<title>{escape(name)}: {count:,}</title></rect>"
        )
        if place % every == 0:
            parts.append(_words(max(left + step / 2, 9.0), _BASE + 16, name, "middle"))
    parts.append(f'<line class="axis" x1="0" x2="{_WIDTH}" y1="{_BASE}" y2="{_BASE}"/>')
    peak = max(range(len(counts)), key=counts.__getitem__, default=0)
    if counts:
        middle = min(max(step * (peak + 0.5), 24.0), _WIDTH - 24.0)
        parts.append(_words(middle, _TOP - 6, f"{counts[peak]:,}", "middle"))
    return svg("".join(parts), kind="chart", label=label, size=(_WIDTH, _HEIGHT))


def row_chart(labels: Sequence[str], counts: Sequence[int], *, label: str) -> str:
    """Return lying bars, one below the other, each with its label and count, as SVG.

    Examples
    --------
    >>> row_chart(["6/8", "4/4"], [5, 1], label="metres").count('class="bar"')
    2
    """
    most = max(counts, default=0) or 1
    room = _WIDTH - _LABEL_WIDTH - _COUNT_WIDTH
    parts = []
    for place, (name, count) in enumerate(zip(labels, counts, strict=True)):
        y = place * _ROW
        width = max(room * count / most, 1.0)
        parts.append(_words(_LABEL_WIDTH - 8, y + 17, name, "end"))
        parts.append(
            f'<rect class="bar" x="{_LABEL_WIDTH}" y="{y + 4:.2f}" width="{width:.2f}" '
            f'height="{_ROW - 8}"><title>{escape(name)}: {count:,}</title></rect>'
        )
        parts.append(_words(_LABEL_WIDTH + width + 6, y + 17, f"{count:,}", "start"))
    height = max(_ROW * len(counts), _ROW)
    return svg("".join(parts), kind="chart", label=label, size=(_WIDTH, height))


def _every(labels: Sequence[str], step: float) -> int:
    widest = max((len(name) for name in labels), default=1) * _LETTER + 6
    return max(1, int(-(-widest // step)))


def _words(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
