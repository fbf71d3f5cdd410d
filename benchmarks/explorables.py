"""What an experiment found -> its page in docs/experiments, its pictures, and how long it took.

Each explorable is a page with four parts: what is seen, why, the control, and what it cannot tell.
The words stand in the page; the script fills the blocks between its comments and draws the
pictures, so that one command makes all of its figures again.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from charts import COLOURS, picture, text
from measures import replace_blocks

from mer.io.reading import write_bytes

PAGES = Path(__file__).resolve().parent.parent / "docs" / "experiments"
LARGEST_PICTURE = 100_000  # bytes


def publish(
    name: str, blocks: Mapping[str, str], pictures: Mapping[str, str], began: float
) -> None:
    """Print the blocks, fill those of the page, write the pictures, and say how long it took.

    Parameters
    ----------
    name
        Of the page, without its ending.
    blocks
        Name of a block -> Markdown.
    pictures
        Name of a file -> SVG.
    began
        What `time.perf_counter` returned at the start.
    """
    for drawn, svg in pictures.items():
        if len(svg) > LARGEST_PICTURE:
            raise ValueError(f"{drawn} has {len(svg)} bytes; at most {LARGEST_PICTURE}")
        write_bytes(PAGES / drawn, svg.encode())
    print("\n\n".join(blocks.values()))
    seconds = time.perf_counter() - began
    took = f"`python {command()}` took {seconds:.0f} s on one core of a shared machine."
    page = PAGES / f"{name}.md"
    words = page.read_text(encoding="utf-8") if page.exists() else f"# {name}\n"
    write_bytes(page, replace_blocks(words, {"command": took, **blocks}).encode())
    print(took, file=sys.stderr)


def command() -> str:
    """Return the command that runs, without the folders of the script and of its files."""
    words = [f"benchmarks/{Path(sys.argv[0]).name}"]
    return " ".join(words + [Path(word).name if "/" in word else word for word in sys.argv[1:]])


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table.

    Examples
    --------
    >>> print(table(["notes", "found"], [["4", ".52"]]))
    | notes | found |
    |---|---|
    | 4 | .52 |
    """
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "|" + "|".join(row) + "|" if row[0] == "---" else "| " + " | ".join(row) + " |"
        for row in lines
    )


def bars(rows: Sequence[tuple[str, float, float, float, int]], label: str) -> str:
    """Return bars with whiskers from a line at zero: name, value, low, high, colour of each."""
    left, right, step = 250, 600, 24
    low = min(0.0, *(row[2] for row in rows))
    high = max(0.0, *(row[3] for row in rows))
    scale = (right - left) / ((high - low) or 1.0)

    def across(value: float) -> float:
        return left + scale * (value - low)

    height = 34 + step * len(rows) + 12
    parts = [text(10, 18, label)]
    for number, (name, value, least, most, colour) in enumerate(rows):
        y = 30 + step * number
        start, width = min(across(0.0), across(value)), abs(across(value) - across(0.0))
        parts += [
            text(left - 8, y + 13, name, "end"),
            f'<rect x="{start:.1f}" y="{y + 2}" width="{width:.1f}" height="14" '
            f'fill="{COLOURS[colour]}" fill-opacity=".75"/>',
            f'<line x1="{across(least):.1f}" x2="{across(most):.1f}" y1="{y + 9}" y2="{y + 9}" '
            'stroke="#0f172a" stroke-width="1.5"/>',
            text(right + 10, y + 13, f"{value:.3f}"),
        ]
    zero = across(0.0)
    parts.append(
        f'<line x1="{zero:.1f}" x2="{zero:.1f}" y1="26" y2="{height - 10}" stroke="#64748b"/>'
    )
    return picture(right + 80, height, parts)
