"""Chart + motif + neighbours + takes -> what `map.js` draws: one JSON text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from app.explore.atlas import Atlas, Chart
from app.explore.layouts import LAYOUTS
from app.explore.measures import DESCRIPTIONS
from app.explore.moves import Move
from app.style.assets import asset
from mer.notes.arrays import Floats
from mer.notes.key import MODES
from mer.notes.melody import Melody
from mer.notes.names import note_name
from mer.search.match import Match

# Names that have a colour of their own; the others share the last one.
COLOURS = 7
_OTHER = "other"
_LONGEST_TITLE = 48
NamedMelody = tuple[str, Melody]


def template() -> str:
    """Return the HTML of the map."""
    return asset("explore/map.html")


def script() -> str:
    """Return the JavaScript that draws the map."""
    return "".join(asset(f"explore/scripts/{name}.js") for name in ("map_view", "map_moved", "map"))


def drawing(
    atlas: Atlas,
    name: str,
    layout: str = "directions",
    *,
    motif: NamedMelody | None = None,
    neighbours: Sequence[Match] = (),
    takes: Sequence[NamedMelody] = (),
) -> dict[str, Any]:
    """Return everything that is drawn, as plain values.

    Places lie between 0 and 1. ``points`` are [x, y, number of the phrase]; ``titles`` has a text
    for each; a colouring has a ``kind`` for each, and the ``names`` of the kinds.

    Parameters
    ----------
    name
        The representation.
    layout
        One of `app.explore.layouts.LAYOUTS`.
    motif
        Its name and its notes.
    """
    chart = atlas.chart(name, layout)
    marked = [*([motif] if motif else []), *takes]
    melodies = [melody for _, melody in marked] + [match.phrase.melody for match in neighbours]
    others = atlas.places(name, melodies, layout)
    low, high = _frame(chart.places, others)
    points, others = (chart.places - low) / (high - low), (others - low) / (high - low)
    rounded = np.round(np.clip(points, 0.0, 1.0), 4).tolist()
    numbers = chart.numbers.tolist()
    return {
        "points": [[x, y, number] for (x, y), number in zip(rounded, numbers, strict=True)],
        "titles": [_title(atlas, number) for number in numbers],
        "colourings": _colourings(atlas, chart),
        "marks": _marks(np.clip(others, 0.0, 1.0).tolist(), motif, takes, neighbours),
        "words": _words(chart, layout),
        "label": f"Map of {len(numbers):,} phrases by {DESCRIPTIONS[name].label}, "
        f"{LAYOUTS[layout].label}",
    }


def moved(move: Move) -> dict[str, Any]:
    """Return a phrase that moved as plain values.

    ``at`` is its place among the points; ``notes`` are [name, whether it is a reason]; ``why`` says
    how far it would not have moved without the first of the reasons.
    """
    names = [note_name(pitch) for pitch in move.melody.pitch.tolist()]
    notes = [[name, note in move.reasons] for note, name in enumerate(names)]
    why = "no single note is the reason"
    if move.reasons:
        first = move.reasons[0]
        why = f"without {names[first]} (note {first + 1}) {move.share:.0%} less"
    return {"at": move.place, "notes": notes, "why": why}


def as_text(drawn: dict[str, Any]) -> str:
    """Return a drawing as JSON."""
    return json.dumps(drawn, ensure_ascii=False, separators=(",", ":"))


def _frame(places: Floats, others: Floats) -> tuple[Floats, Floats]:
    # A few far-off phrases must not squeeze the others together; they lie at the edge.
    low, high = np.quantile(places, [0.002, 0.998], axis=0)
    if len(others):
        low, high = np.minimum(low, others.min(axis=0)), np.maximum(high, others.max(axis=0))
    return low, np.where(high - low > 1e-9, high, low + 1.0)


def _title(atlas: Atlas, number: int) -> str:
    tune = int(atlas.tune_of[number])
    title = atlas.corpus.title(tune) or "Untitled"
    first = int(np.searchsorted(atlas.tune_of, tune))
    return f"{title[:_LONGEST_TITLE]}, phrase {number - first + 1}"


def _colourings(atlas: Atlas, chart: Chart) -> list[dict[str, Any]]:
    columns = atlas.sampled
    collections = [
        atlas.corpus.collection(int(tune)) for tune in atlas.tune_of[atlas.sample].tolist()
    ]
    metres = [f"{a}/{b}" if b else "no metre" for a, b in columns.meter.tolist()]
    modes = [MODES[code] if code >= 0 else "no key" for code in columns.mode.tolist()]
    groups = [chart.names[number] for number in chart.group.tolist()]
    return [
        _coloured("collection", collections),
        _coloured("metre", metres),
        _coloured("mode", modes),
        _coloured("what groups share", groups),
    ]


def _coloured(name: str, kinds: Sequence[str]) -> dict[str, Any]:
    counts = Counter(kinds)
    order = [kind for kind, _ in counts.most_common()]
    names = order if len(order) <= COLOURS + 1 else [*order[:COLOURS], _OTHER]
    code = {kind: min(place, COLOURS) for place, kind in enumerate(order)}
    return {"name": name, "names": names, "kinds": [code[kind] for kind in kinds]}


def _marks(
    places: list[list[float]],
    motif: NamedMelody | None,
    takes: Sequence[NamedMelody],
    neighbours: Sequence[Match],
) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = []
    if motif:
        said.append({"kind": "motif", "words": f"your motif: {motif[0]}", "number": -1})
    said += [{"kind": "take", "words": f"new music: {name}", "number": -1} for name, _ in takes]
    for rank, match in enumerate(neighbours, start=1):
        title = match.phrase.title[:_LONGEST_TITLE] or "Untitled"
        words = f"neighbour {rank}: {title}, phrase {match.phrase.number}"
        said.append({"kind": "neighbour", "rank": rank, "words": words, "number": match.number})
    marks = [
        {"x": round(x, 4), "y": round(y, 4), **words}
        for (x, y), words in zip(places, said, strict=True)
    ]
    # What is drawn last lies on top: the motif, then the first of its neighbours.
    return sorted(marks, key=lambda mark: (mark["kind"] == "motif", -mark.get("rank", 99)))


def _words(chart: Chart, layout: str) -> str:
    told = [
        f"{way}: {words}" for way, words in zip(("Right", "Up"), chart.axes, strict=True) if words
    ]
    if chart.shown is not None:
        told.append(f"The two directions show {chart.shown:.0%} of what tells the phrases apart")
    ways = f"{' · '.join(told)}. " if told else ""
    return (
        f"{ways}{LAYOUTS[layout].means} Trustworthiness {chart.trust:.2f}: 1 if all that lie near "
        "each other are alike, 0.5 by chance."
    )
