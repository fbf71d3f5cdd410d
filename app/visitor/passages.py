"""Motif <-> what the controls that follow it show: its tempo, and what of its file it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.visitor.motifs import Motif, Passage
from app.visitor.notation import USUAL_TEMPO
from mer.notes.meter import Meter

METERS = ("2/4", "3/4", "4/4", "2/2", "3/8", "6/8", "9/8", "12/8")
_UNKNOWN = "unknown"


def tempo_shown(motif: Motif | None, tempo_bpm: float | None = None) -> dict[str, Any]:
    """Return label and value of the tempo control, which counts beats of the motif.

    Parameters
    ----------
    tempo_bpm
        Quarter notes a minute; by default the motif's own.

    Examples
    --------
    >>> from app.visitor.motifs import typed_motif
    >>> tempo_shown(typed_motif("6/8 tempo=96 C4 D E"))
    {'label': 'Beats a minute (♩.)', 'value': 96.0}
    """
    meter = Meter.assumed(None) if motif is None else motif.meter
    if tempo_bpm is None:
        tempo_bpm = USUAL_TEMPO if motif is None else motif.tempo_bpm
    beats = round(meter.beats_a_minute(tempo_bpm), 2)
    return {"label": f"Beats a minute ({meter.beat_sign})", "value": beats}


def passage_shown(motif: Motif | None) -> dict[str, dict[str, Any]]:
    """Return label, choices and value of each control that says what of its file a motif is.

    Examples
    --------
    >>> from app.visitor.motifs import typed_motif
    >>> shown = passage_shown(typed_motif("4/4 C4 D E F | G A B C5"))
    >>> shown["to_bar"]["choices"], shown["to_bar"]["value"], shown["tune"]["visible"]
    ([1, 2], 2, False)
    """
    whole = None if motif is None else motif.whole
    tunes, tune = ((), None) if whole is None else (whole.tunes, whole.tune or None)
    tracks, track = ((), None) if whole is None else (whole.tracks, str(whole.track))
    numbered = [(name, str(place)) for place, name in enumerate(tracks, start=1)]
    bars = range(0) if motif is None else motif.bars
    first, last = (None, None) if motif is None or not bars else motif.span
    meter = _UNKNOWN if motif is None or motif.melody.meter is None else str(motif.meter)
    return {
        "tune": _menu("Tune", [(name, asked) for asked, name in tunes], tune),
        "track": _menu("Track", numbered, track),
        "from_bar": _menu("From bar", list(bars), first, several=True),
        "to_bar": _menu("To bar", list(bars), last, several=True),
        "meter": _menu("Metre", list(dict.fromkeys((meter, *METERS))), meter, several=True),
    }


def _menu(label: str, choices: list[Any], value: Any, *, several: bool = False) -> dict[str, Any]:
    # A menu with nothing to choose from is left out.
    return {
        "label": label,
        "choices": choices,
        "value": value if several or choices else None,
        "visible": several or len(choices) > 1,
    }


def passage_asked(motif: Motif, changed: str, value: Any) -> Passage:
    """Return the passage that is asked for when one of its controls is changed.

    The bars keep their number where the first one is moved behind the last, and the last one moved
    before the first is the only one.

    Parameters
    ----------
    changed
        The name of the control: a field of `Passage`.

    Examples
    --------
    >>> from app.visitor.motifs import typed_motif
    >>> motif = typed_motif("4/4 C4 D E F | G A B C5 | C5 B4 A G | F E D C")
    >>> passage_asked(motif, "to_bar", 2).to_bar
    2
    """
    before = motif.passage
    if value is None:
        return before
    if changed in ("tune", "track"):
        asked: Mapping[str, Any] = {"tune": before.tune, "track": before.track, changed: value}
        return Passage(**asked)
    if changed == "meter":
        # Bars of another metre are other bars.
        meter = None if value == _UNKNOWN else str(value)
        return Passage(before.tune, before.track, meter)
    first, last = motif.span
    if changed == "from_bar":
        last = last if value <= last else min(value + last - first, motif.bars[-1])
        first = value
    else:
        first, last = min(first, value), value
    return Passage(before.tune, before.track, before.meter, first, last)
