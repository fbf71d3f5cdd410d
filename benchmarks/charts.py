"""Numbers -> SVG charts, drawn without a plotting library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

COLOURS = ("#0f766e", "#b45309", "#1d4ed8", "#be185d", "#4d7c0f", "#475569")
DASHES = ("", "6 3", "2 2", "8 3 2 3", "12 4", "1 3")

# Of one small chart, in user units.
_WIDTH, _HEIGHT, _LEFT, _BELOW, _TOP = 220, 120, 34, 34, 24
_ACROSS = 3
_LEGEND = 28


@dataclass(frozen=True)
class Panel:
    """One small chart: a line for each name, over the same places."""

    title: str
    unit: str
    amounts: Sequence[float]
    lines: Mapping[str, Sequence[float]]


def text(x: float, y: float, words: str, anchor: str = "start") -> str:
    """Return a line of text."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#334155">'
        f"{escape(words)}</text>"
    )


def picture(width: float, height: float, parts: Sequence[str]) -> str:
    """Return an SVG document on white paper."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
            'font-family="system-ui, sans-serif" font-size="11">',
            f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
            *parts,
            "</svg>\n",
        ]
    )


def intervals_chart(rows: Mapping[str, tuple[float, float, float]], label: str) -> str:
    """Return dots with whiskers, one row each: value, low and high between 0 and 1."""
    left, right, step = 190, 520, 22
    height = 30 + step * len(rows) + 24
    scale = (right - left) / 1.0
    parts = [text(left, 18, label)]
    for tick in range(6):
        x = left + scale * tick / 5
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="28" y2="{height - 22}" stroke="#e2e8f0"/>'
        )
        parts.append(text(x, height - 8, f"{tick / 5:.1f}", "middle"))
    for number, (name, (value, low, high)) in enumerate(rows.items()):
        y = 30 + step * (number + 0.5)
        parts.append(text(left - 8, y + 4, name, "end"))
        parts.append(
            f'<line x1="{left + scale * low:.1f}" x2="{left + scale * high:.1f}" y1="{y:.1f}" '
            f'y2="{y:.1f}" stroke="{COLOURS[0]}" stroke-width="2"/>'
        )
        parts.append(
            f'<circle cx="{left + scale * value:.1f}" cy="{y:.1f}" r="4" fill="{COLOURS[0]}"/>'
        )
        parts.append(text(right + 10, y + 4, f"{value:.2f}"))
    return picture(right + 45, height, parts)


def small_multiples(panels: Sequence[Panel]) -> str:
    """Return small line charts side by side, values between 0 and 1, with one legend."""
    names = list(panels[0].lines)
    parts = []
    for number, name in enumerate(names):
        x = 10 + number * _ACROSS * _WIDTH / len(names)
        parts.append(
            f'<line x1="{x:.1f}" x2="{x + 24:.1f}" y1="14" y2="14" {_stroke(number)}/>'
            + text(x + 29, 18, name)
        )
    for number, panel in enumerate(panels):
        row, column = divmod(number, _ACROSS)
        place = f"translate({column * _WIDTH} {_LEGEND + row * (_HEIGHT + _BELOW + _TOP)})"
        parts.append(f'<g transform="{place}">{_panel(panel)}</g>')
    rows = -(-len(panels) // _ACROSS)
    return picture(_ACROSS * _WIDTH, _LEGEND + rows * (_HEIGHT + _BELOW + _TOP), parts)


def _stroke(number: int) -> str:
    dash = f' stroke-dasharray="{DASHES[number]}"' if DASHES[number] else ""
    return f'fill="none" stroke="{COLOURS[number]}" stroke-width="1.8"{dash}'


def _panel(panel: Panel) -> str:
    right = _WIDTH - 12
    step = (right - _LEFT) / max(len(panel.amounts) - 1, 1)
    parts = [text(_LEFT, _TOP - 8, panel.title)]
    for tick in (0.0, 0.5, 1.0):
        y = _TOP + _HEIGHT * (1.0 - tick)
        parts.append(
            f'<line x1="{_LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e2e8f0"/>'
        )
        parts.append(text(_LEFT - 5, y + 4, f"{tick:g}", "end"))
    for place, amount in enumerate(panel.amounts):
        parts.append(text(_LEFT + step * place, _TOP + _HEIGHT + 14, f"{amount:g}", "middle"))
    parts.append(text((_LEFT + right) / 2, _TOP + _HEIGHT + 27, panel.unit, "middle"))
    for number, values in enumerate(panel.lines.values()):
        points = " ".join(
            f"{_LEFT + step * place:.1f},{_TOP + _HEIGHT * (1.0 - value):.1f}"
            for place, value in enumerate(values)
        )
        parts.append(f'<polyline points="{points}" {_stroke(number)}/>')
    return "".join(parts)
