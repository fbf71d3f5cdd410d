"""Bach chorale in MusicXML or kern -> its soprano, with a phrase at every fermata.

`mer.io.score.read` reads the file; here the part is chosen, because in a chorale with instruments
the highest part is a trumpet's.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from mer.errors import InputError
from mer.io.score.stream import melody_from_stream
from mer.notes.melody import Melody

MIN_PHRASES = 3
VOICES = 4


def bwv_number(path: str | Path) -> str:
    """Return the catalogue number that a chorale's file is named after.

    Examples
    --------
    >>> bwv_number("bach/bwv248.12-2.mxl")
    '248.12-2'
    """
    return Path(path).stem.removeprefix("bwv")


def read_chorale(path: str | Path) -> Melody:
    """Return the soprano of a chorale, a phrase ending at each fermata.

    Where the soprano has fermatas for fewer than three phrases, there are no phrase marks.

    Raises
    ------
    InputError
        If the file cannot be read, or has fewer than four parts.
    """
    from music21 import converter

    source = Path(path)
    try:
        score = converter.parse(source, forceSource=True)
    except Exception as error:  # music21 raises whatever it stumbles over
        raise InputError(
            f"music21 cannot read {source}: {type(error).__name__}: {error}"
        ) from error
    parts = list(score.parts)
    if len(parts) < VOICES:
        raise InputError(f"{source} has {len(parts)} parts; a chorale has at least {VOICES}")
    melody = melody_from_stream(_soprano(parts))
    number = bwv_number(source)
    title = chorale_titles().get(number.split("-")[0], "Chorale")
    # The last note often has a fermata too, which begins no phrase.
    starts = melody.phrase_starts if len(melody.phrase_starts) >= MIN_PHRASES else ()
    return replace(melody, title=f"{title} (BWV {number})", phrase_starts=starts)


def _soprano(parts: list[Any]) -> Any:
    """Return the first part called soprano, or else the highest on average."""
    for part in parts:
        if str(part.partName or "").lower().startswith("soprano"):
            return part
    return max(parts, key=_mean_pitch)


def _mean_pitch(part: Any) -> float:
    pitches: list[int] = [pitch.midi for note in part.recurse().notes for pitch in note.pitches]
    return sum(pitches) / max(len(pitches), 1)


def chorale_titles() -> dict[str, str]:
    """Return the German title of each chorale that music21 knows one for, by catalogue number."""
    from music21.corpus import chorales

    known = {**chorales.ChoraleList().byBWV, **chorales.ChoraleListRKBWV().byBWV}
    return {str(number): " ".join(str(entry["title"]).split()) for number, entry in known.items()}
