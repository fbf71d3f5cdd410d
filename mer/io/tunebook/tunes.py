"""ABC tunebook -> tunes: (number, title, Melody or the reason why not), one after another.

The notes are read by music21, one tune at a time, so that a broken tune costs only itself. What it
would lose or mistake is seen to on the way in (`mer.io.tunebook.text`) and out
(`mer.io.tunebook.barlines`):

* It forgets where a line of music ended; in some collections (Essen) that is where a phrase ends.
  So a sign is written before the first note of every line, or of every section between repeat signs
  and double bars, and looked for in what music21 returns.
* It reads text of no declared version as ABC 1.3, in which an accidental holds for one note only.
  The tunebooks follow the usual rule, that it holds until the barline; so version 2.1 is asked for.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from mer.errors import InputError
from mer.io.tunebook.barlines import align_bars, drop_invented_metres
from mer.io.tunebook.text import (
    MARKERS,
    SIGN_CLASS,
    TuneText,
    has_note,
    split_music,
    split_tunebook,
    without_first_endings,
)
from mer.notes.key import MODE_SCALES, Key
from mer.notes.melody import TICKS_PER_QUARTER, Melody

__all__ = [
    "PLAIN",
    "Convention",
    "TuneReading",
    "TuneText",
    "read_tune",
    "read_tunebook",
    "split_tunebook",
]

ABC_VERSION = (2, 1, 0)
LONGEST_TUNE = 100_000

_KEY = re.compile(
    r"(?:[A-G][#b]?\s*(?:$|\s|[=_^]|m|maj|min|ion|dor|phr|lyd|mix|aeo|loc)|HP|Hp)", re.I
)
# `max` keeps the first of equals. Locrian is not offered: it is a theorist's mode.
_COMMON_FIRST = ("major", "minor", "dorian", "mixolydian", "phrygian", "lydian")


@dataclass(frozen=True)
class Convention:
    """How a collection uses ABC.

    Parameters
    ----------
    marks
        What becomes a phrase mark: ``"lines"`` of music (a backslash continues one), ``"sections"``
        between repeat signs or double bars, or ``"none"``.
    key_is_tonic
        Whether the key field names the tonic only, and the mode is to be told from the notes.
    align_bars
        Whether bars that are too short or too long may be followed by silence, so that every later
        barline stays in step with the first (`mer.io.tunebook.barlines`).
    first_endings
        Whether first endings are kept. Repeats are never played out, so a first ending is a stretch
        that only a second hearing would need.
    """

    marks: str = "none"
    key_is_tonic: bool = False
    align_bars: bool = False
    first_endings: bool = True


PLAIN = Convention()


@dataclass(frozen=True)
class TuneReading:
    """What became of one tune: its melody, or the problem that kept it from being read."""

    number: int
    title: str
    melody: Melody | None
    problem: str = ""


def read_tunebook(
    path: str | Path,
    *,
    convention: Convention = PLAIN,
    start: int = 0,
    stop: int | None = None,
) -> Iterator[TuneReading]:
    """Return what became of each tune of an ABC file, one at a time.

    Parameters
    ----------
    path
        An ABC file with any number of tunes.
    convention
        How it uses ABC.
    start, stop
        Places of the first tune to read, from 0, and of the first not to; by default all are read.

    Raises
    ------
    InputError
        If the file cannot be opened or holds no tune.
    """
    source = Path(path)
    try:
        text = source.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise InputError(f"cannot read {source}: {error.strerror or error}") from error
    tunes = split_tunebook(text)
    if not tunes:
        raise InputError(f"{source} holds no tune: no line begins with 'X:'")
    for tune in tunes[start:stop]:
        yield read_tune(tune, convention=convention)


def read_tune(tune: TuneText, *, convention: Convention = PLAIN) -> TuneReading:
    r"""Return what became of one tune; nothing that is wrong with it raises.

    Examples
    --------
    >>> text = "X:1\nT:Two Lines\nM:3/4\nL:1/4\nK:D\nA|dfe|d2\nB|AFE|D2|]"
    >>> reading = read_tune(split_tunebook(text)[0], convention=Convention(marks="lines"))
    >>> reading.melody.phrase_starts, reading.melody.downbeat, str(reading.melody.key)
    ((0, 5), 480, 'D major')
    """
    try:
        melody = _melody(tune.text, convention)
    except InputError as error:
        return TuneReading(tune.number, tune.title, None, str(error))
    except Exception as error:  # music21 raises whatever it stumbles over
        reason = " ".join(str(error).split())[:120]
        problem = f"music21 cannot read it: {type(error).__name__}: {reason}"
        return TuneReading(tune.number, tune.title, None, problem)
    return TuneReading(tune.number, tune.title, replace(melody, title=tune.title))


def _melody(text: str, convention: Convention) -> Melody:
    from music21.abcFormat import ABCHandler
    from music21.abcFormat.translate import abcToStreamScore

    from mer.io.score.stream import melody_from_stream

    head, body = split_music(text)
    _check(head, body)
    if not convention.first_endings:
        body = without_first_endings(body)
    body, expected = MARKERS[convention.marks](body)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tokens = ABCHandler(abcVersion=ABC_VERSION)
        tokens.process(f"{head}\n{body}")
        parts = abcToStreamScore(tokens).parts
    part = next((p for p in parts if p.recurse().notes), parts[0])
    fields = [token for token in tokens.tokens if getattr(token, "tag", "") == "M"]
    named = [field.getTimeSignatureParameters() for field in fields]
    meters = {(meter[0], meter[1]) for meter in named if meter is not None}
    drop_invented_metres(part, meters)
    if convention.align_bars and len(meters) == 1:
        align_bars(part, meters.pop())
    melody = melody_from_stream(part)
    if not _KEY.match(_key_field(head)):
        melody = replace(melody, key=None)
    elif convention.key_is_tonic and melody.key is not None:
        melody = replace(melody, key=_fitting_mode(melody, melody.key.tonic))
    return replace(melody, phrase_starts=_marked_notes(part, melody, expected))


def _check(head: str, body: str) -> None:
    """Refuse what music21 would read as something else than it says."""
    if len(body) > LONGEST_TUNE:
        raise InputError(f"the tune has {len(body)} characters; at most {LONGEST_TUNE} are read")
    if not re.search("(?m)^K:", head):
        raise InputError("the tune has no key: a line 'K:' is needed before the music")
    key = _key_field(head)
    if key.lower() not in ("", "none") and not _KEY.match(key):
        raise InputError(f"cannot read the key {key!r}")
    if not has_note(body):
        raise InputError("the tune has no music after its key")


def _key_field(head: str) -> str:
    found = re.search(r"(?m)^K:[ \t]*(.*)$", head)
    return found[1].strip() if found else ""


def _marked_notes(part: Any, melody: Melody, expected: int) -> tuple[int, ...]:
    """Return the first note of each signed stretch, or () if any does not begin on its own note."""
    if expected == 0:
        return ()
    notes = part.flatten().notesAndRests
    sounding = [note for note in notes if not note.isRest and not note.duration.isGrace]
    signed = [n for n in notes if any(SIGN_CLASS in mark.classes for mark in n.articulations)]
    origin = sounding[0].offset
    ticks = [round((note.offset - origin) * TICKS_PER_QUARTER) for note in signed]
    starts = np.searchsorted(melody.onset, ticks).tolist()
    rising = all(a < b for a, b in pairwise(starts))
    whole = len(starts) == expected and starts[0] == 0 and starts[-1] < len(melody)
    return tuple(starts) if rising and whole else ()


def _fitting_mode(melody: Melody, tonic: int) -> Key:
    """Return the key on this tonic whose scale holds the longest time of the notes.

    Of modes that fit alike (a note that tells them apart is missing) the more common one is taken.
    """
    degree = np.bincount((melody.pitch - tonic) % 12, weights=melody.duration, minlength=12)
    return Key(tonic, max(_COMMON_FIRST, key=lambda mode: degree[list(MODE_SCALES[mode])].sum()))
