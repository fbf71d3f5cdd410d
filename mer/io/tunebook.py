"""ABC tunebook -> tunes: (number, title, Melody or the reason why not), one after another.

The notes are read by music21, one tune at a time, so that a broken tune costs only itself. Three
things are done to the text first, because music21 would lose or mistake them:

* It forgets where a line of music ended; in some collections (Essen) that is where a phrase ends.
  So a sign is written before the first note of every line and looked for in what music21 returns.
* It reads text of no declared version as ABC 1.3, in which an accidental holds for one note only.
  The tunebooks follow the usual rule, that it holds until the barline; so version 2.1 is asked for.
* Annotations, grace notes and decorations between two notes break its broken rhythms (``A>{c}B``),
  and none of them is part of a melody: they are left out.
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
from mer.key import MODE_SCALES, Key
from mer.melody import TICKS_PER_QUARTER, Melody

ABC_VERSION = (2, 1, 0)
LONGEST_TUNE = 100_000

# music21 knows the letter k before a note as a strong accent; no ABC standard does.
_LINE_SIGN = "k"
_NEEDED_FIELDS = "XTMLKQV"
_FIELD = re.compile(r"[A-Za-z]:(?!\|)")
_KEY = re.compile(
    r"(?:[A-G][#b]?\s*(?:$|\s|[=_^]|m|maj|min|ion|dor|phr|lyd|mix|aeo|loc)|HP|Hp)", re.I
)
_UNSOUNDED = re.compile(
    r'"[^"]*"|![^!]*!|\+[^+]*\+|\{[^}]*\}|[~`yk]|[HLMOPSTuv](?=[.=^_]*[A-Ga-gz(\[])'
)
_ARTICLES = ("The", "A", "An", "Der", "Die", "Das", "Le", "La", "Les", "L'")
# `max` keeps the first of equals. Locrian is not offered: it is a theorist's mode.
_COMMON_FIRST = ("major", "minor", "dorian", "mixolydian", "phrygian", "lydian")
_INLINE_FIELD = re.compile(r"\[([KLMV]:[^]]*)\]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@dataclass(frozen=True)
class TuneText:
    """One tune of a tunebook, not read yet: its X number, cleaned title, and ABC text."""

    number: int
    title: str
    text: str


@dataclass(frozen=True)
class TuneReading:
    """What became of one tune: its melody, or the problem that kept it from being read.

    `marked` says that the lines of music were found again in the melody, as phrases.
    """

    number: int
    title: str
    melody: Melody | None
    problem: str = ""
    marked: bool = False


def clean_title(title: str) -> str:
    """Return a title as a reader expects it: article first, no capitals throughout, no full stop.

    Examples
    --------
    >>> clean_title("Blackbird, The"), clean_title("O'NEILL'S MARCH -- REEL.")
    ('The Blackbird', "O'Neill's March - Reel")
    """
    title = " ".join(title.replace("--", "-").split()).strip('" ')
    if title.endswith(".") and not title.endswith(".."):
        title = title[:-1]
    if title.isupper():
        title = _WORD.sub(lambda word: _capitalised(word[0]), title)
    name, comma, article = title.rpartition(", ")
    if comma and article.strip("()") in _ARTICLES:
        title = article + ("" if article.endswith("'") else " ") + name
    return title or "untitled"


def _capitalised(word: str) -> str:
    word = word[:1] + word[1:].lower()
    # O'Neill, D'Arcy; but I'll, I'm.
    return word[:2] + word[2:3].upper() + word[3:] if word[1:2] in "'’" and word[4:] else word


def split_tunebook(text: str) -> list[TuneText]:
    r"""Return the tunes of an ABC text, in order; fields before the first ``X:`` go to every tune.

    Examples
    --------
    >>> tunes = split_tunebook("X:1\nT:Reel, The\nK:D\nA|\n\nX:7\nK:G\nB|")
    >>> [(tune.number, tune.title) for tune in tunes]
    [(1, 'The Reel'), (7, 'untitled')]
    """
    head, *tunes = re.split(r"(?m)^(?=X:)", text.replace("\r\n", "\n").replace("\r", "\n"))
    shared = "".join(line + "\n" for line in head.splitlines() if line[:2] in ("M:", "L:", "R:"))
    found = []
    for tune in tunes:
        first, _, rest = tune.partition("\n")
        number = re.match(r"X:\s*(\d+)", first)
        title = re.search(r"(?m)^T:(.*)$", rest)
        found.append(
            TuneText(
                number=int(number[1]) if number else 0,
                title=clean_title(title[1] if title else ""),
                text=f"{first}\n{shared}{rest}",
            )
        )
    return found


def read_tunebook(
    path: str | Path, *, line_phrases: bool = False, infer_mode: bool = False
) -> Iterator[TuneReading]:
    """Return what became of each tune of an ABC file, one at a time.

    Parameters
    ----------
    path
        An ABC file with any number of tunes.
    line_phrases
        Whether each line of music is a phrase. A line that ends in a backslash goes on.
    infer_mode
        Whether the key field names only the tonic, and the mode is to be told from the notes.

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
    for tune in tunes:
        yield read_tune(tune, line_phrases=line_phrases, infer_mode=infer_mode)


def read_tune(
    tune: TuneText, *, line_phrases: bool = False, infer_mode: bool = False
) -> TuneReading:
    r"""Return what became of one tune; nothing that is wrong with it raises.

    Examples
    --------
    >>> text = "X:1\nT:Two Lines\nM:3/4\nL:1/4\nK:D\nA|dfe|d2\nB|AFE|D2|]"
    >>> reading = read_tune(split_tunebook(text)[0], line_phrases=True)
    >>> reading.melody.phrase_starts, reading.melody.downbeat, str(reading.melody.key)
    ((0, 5), 480, 'D major')
    """
    try:
        melody, marked = _melody(tune.text, line_phrases)
        if infer_mode and melody.key is not None:
            melody = replace(melody, key=_fitting_mode(melody, melody.key.tonic))
    except InputError as error:
        return TuneReading(tune.number, tune.title, None, str(error))
    except Exception as error:  # music21 raises whatever it stumbles over
        reason = " ".join(str(error).split())[:120]
        problem = f"music21 cannot read it: {type(error).__name__}: {reason}"
        return TuneReading(tune.number, tune.title, None, problem)
    return TuneReading(tune.number, tune.title, replace(melody, title=tune.title), "", marked)


def _melody(text: str, line_phrases: bool) -> tuple[Melody, bool]:
    from music21.abcFormat import ABCHandler
    from music21.abcFormat.translate import abcToStreamScore

    from mer.io.score import melody_from_stream

    prepared, lines = _prepared(text)
    _check(prepared, lines)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tokens = ABCHandler(abcVersion=ABC_VERSION)
        tokens.process(prepared)
        part = abcToStreamScore(tokens).parts[0]
    _drop_invented_metres(part, tokens.tokens)
    melody = melody_from_stream(part)
    starts = _line_starts(part, melody, lines) if line_phrases else ()
    return replace(melody, phrase_starts=starts), bool(starts)


def _check(prepared: str, lines: int) -> None:
    """Refuse what music21 would read as something else than it says."""
    if len(prepared) > LONGEST_TUNE:
        raise InputError(
            f"the tune has {len(prepared)} characters; at most {LONGEST_TUNE} are read"
        )
    key = re.search(r"(?m)^K:\s*(.*)$", prepared)
    if key is None:
        raise InputError("the tune has no key: a line 'K:' is needed before the music")
    if key[1] and not _KEY.match(key[1]):
        raise InputError(f"cannot read the key {key[1]!r}")
    if lines == 0:
        raise InputError("the tune has no line of music after its key")


def _drop_invented_metres(part: Any, tokens: list[Any]) -> None:
    """Remove time signatures that no M: field names: music21 splits a long bar and adds them."""
    fields = [token for token in tokens if getattr(token, "tag", "") == "M"]
    named = [field.getTimeSignatureParameters() for field in fields]
    known = {(meter[0], meter[1]) for meter in named if meter is not None}
    for sign in list(part.recurse().getElementsByClass("TimeSignature")):
        if (sign.numerator, sign.denominator) not in known:
            sign.activeSite.remove(sign)


def _line_starts(part: Any, melody: Melody, lines: int) -> tuple[int, ...]:
    """Return the first note of each line, or () if not every line begins a phrase of its own."""
    notes = list(part.flatten().notesAndRests)
    sounding = [note for note in notes if not note.isRest and not note.duration.isGrace]
    marked = [n for n in notes if any("StrongAccent" in mark.classes for mark in n.articulations)]
    origin = sounding[0].offset
    ticks = [round((note.offset - origin) * TICKS_PER_QUARTER) for note in marked]
    starts = np.searchsorted(melody.onset, ticks).tolist()
    rising = all(a < b for a, b in pairwise(starts))
    whole = len(starts) == lines and starts[:1] == [0] and starts[-1] < len(melody)
    return tuple(starts) if rising and whole else ()


def _fitting_mode(melody: Melody, tonic: int) -> Key:
    """Return the key on this tonic whose scale holds the longest time of the notes.

    Of modes that fit alike (a note that tells them apart is missing) the more common one is taken.
    """
    degree = np.bincount((melody.pitch - tonic) % 12, weights=melody.duration, minlength=12)
    return Key(tonic, max(_COMMON_FIRST, key=lambda mode: degree[list(MODE_SCALES[mode])].sum()))


def _prepared(text: str) -> tuple[str, int]:
    """Return the text for music21, and the number of lines of music that it now marks."""
    kept: list[str] = []
    lines, goes_on, in_body = 0, False, False
    for line in text.splitlines():
        line = line.strip()
        if _FIELD.match(line):
            in_body = in_body or line.startswith("K:")
            if line[0] in _NEEDED_FIELDS:
                kept.append(line.split("%")[0])
            continue
        line = _UNSOUNDED.sub("", line.split("%")[0]).strip()
        if not in_body or not line:
            continue
        if not goes_on and re.search("[A-Ga-gz]", line):
            line = _LINE_SIGN + line
            lines += 1
        goes_on = line.endswith("\\")
        kept.append(_INLINE_FIELD.sub(r"\n\1\n", line.rstrip("\\")))
    return "\n".join(kept), lines
