"""Melody -> a picture of its piano roll as PNG, of the size in which links are shown elsewhere."""

from __future__ import annotations

import io
from collections.abc import Sequence

from app.style.words import TITLE
from mer.notes.melody import Melody

SIZE = (1200, 630)
_EDGE, _TOP, _BASE = 60.0, 250.0, 560.0
_GROUND, _NOTE, _LINE, _DARK, _SOFT = "#f8fafc", "#0f766e", "#cbd5e1", "#1e293b", "#475569"
_LARGE, _SMALL, _SMALLEST = 64, 36, 24
_LONGEST_LINE = 86
_LONGEST = 52  # letters of a name


def preview(melody: Melody, name: str, *, colours: Sequence[str] = (), line: str = "") -> bytes:
    """Return the picture of a melody, with its name.

    Parameters
    ----------
    colours
        The colour of each note; by default all have the same.
    line
        What else is said of it.

    Examples
    --------
    >>> melody = Melody(pitch=[60, 62], onset=[0, 480], duration=[480, 480])
    >>> preview(melody, "Two notes")[1:4] == b"PNG"
    True
    """
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", SIZE, _GROUND)
    drawn = ImageDraw.Draw(picture)
    name = " ".join(name.split())
    shown = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1].rstrip()}…"
    drawn.text((_EDGE, 56), TITLE, _DARK, ImageFont.load_default(_LARGE))
    drawn.text((_EDGE, 150), shown, _SOFT, ImageFont.load_default(_SMALL))
    if line:
        said = line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1].rstrip()}…"
        drawn.text((_EDGE, 200), said, _SOFT, ImageFont.load_default(_SMALLEST))
    first, last = int(melody.onset[0]), int(melody.end[-1])
    low, high = int(melody.pitch.min()), int(melody.pitch.max())
    wide = (SIZE[0] - 2 * _EDGE) / (last - first)
    lane = (_BASE - _TOP) / max(high - low + 1, 8)
    bar = first + (melody.downbeat - first) % melody.bar_ticks
    for tick in range(bar, last + 1, melody.bar_ticks):
        place = _EDGE + (tick - first) * wide
        drawn.line([(place, _TOP), (place, _BASE)], _LINE, 2)
    notes = zip(melody.pitch.tolist(), melody.onset.tolist(), melody.end.tolist(), strict=True)
    for note, (pitch, start, end) in enumerate(notes):
        left, right = _EDGE + (start - first) * wide, _EDGE + (end - first) * wide
        top = _BASE - (pitch - low + 1) * lane
        gap = min(2.0, lane / 4)
        fill = colours[note] if colours else _NOTE
        box = [left + 1, top + gap, max(right - 2, left + 4), top + lane - gap]
        drawn.rounded_rectangle(box, radius=min(6.0, (box[2] - left) / 3, lane / 4), fill=fill)
    written = io.BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()
