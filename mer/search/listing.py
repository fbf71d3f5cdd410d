"""Matches -> text and JSON: what ``mer search`` prints."""

from __future__ import annotations

import re
from typing import Any

from mer.alignment.aspects import is_pitched, names_of, values_of
from mer.notes.names import letter_name
from mer.notes.viewpoints import UNDEFINED
from mer.search.match import Match

_WIDTHS = (4, 40, 18, 6, 10, 5)
_MOST_OUTSIDE = 3  # signs shown before and after the stretch that corresponds
_CUT = "…"


def alignment_line(match: Match) -> str:
    """Return one line that shows the phrase's notes as the query's correspond to them.

    A corresponding note stands as it is if it is the query's note transposed, in brackets if it is
    another one; ``+`` is a note that only the phrase has, ``-`` one that only the query has, and
    ``…`` stands for more of them before or after the stretch that corresponds.

    Examples
    --------
    >>> from mer.notes.melody import Melody, Phrase
    >>> motif = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480] * 3)
    >>> found = Melody(pitch=[62, 63, 66], onset=[0, 480, 960], duration=[480] * 3)
    >>> phrase = Phrase(found, "t", "T", "c", 1, 0, 3)
    >>> alignment_line(Match(phrase, 0.9, 2, ((0, 0), (1, 1), (2, 2)), {}, 0, motif))
    'D (Eb) F#'
    """
    mine, theirs = (
        values_of(melody, match.aspect) for melody in (match.query, match.phrase.melody)
    )
    names = names_of(match.phrase.melody, match.aspect)
    if is_pitched(match.aspect):
        mine = mine + match.transposition
        names = [letter_name(int(pitch)) for pitch in theirs]
    runs: list[list[str]] = []  # unmatched notes and matched ones by turns
    row, column = 0, 0
    for note, other in (*match.pairs, (len(mine), len(theirs))):
        runs.append(["-"] * (note - row) + ["+"] * (other - column))
        if note < len(mine) and other < len(theirs):
            same = theirs[other] == mine[note] or UNDEFINED in (theirs[other], mine[note])
            runs.append([names[other] if same else f"({names[other]})"])
        row, column = note + 1, other + 1
    for end in (0, -1):
        if len(runs[end]) > _MOST_OUTSIDE:
            runs[end] = [_CUT]
    return " ".join(word for run in runs for word in run)


def matches_as_text(matches: list[Match], *, unit: str = "phrase") -> str:
    """Return a table of the matches, with one line of alignment under each.

    Parameters
    ----------
    unit
        What was searched, a name in `mer.corpus.corpus.UNITS`; melodies have no number of a phrase.
    """
    header = {"phrase": "phrase", "melody": "notes"}[unit]
    lines = [_row("rank", "title", "collection", header, "similarity", "shift")]
    for rank, match in enumerate(matches, start=1):
        phrase = match.phrase
        lines.append(
            _row(
                str(rank),
                phrase.title or phrase.tune_id,
                phrase.collection,
                str(phrase.number if unit == "phrase" else len(phrase.melody)),
                f"{match.similarity:.3f}",
                f"{match.transposition:+d}" if is_pitched(match.aspect) else "",
            )
        )
        lines.append(f"      {alignment_line(match)}")
    return "\n".join(lines)


def _row(*cells: str) -> str:
    fitted = (
        f"{cell[: width - 1] + '…' if len(cell) > width else cell:<{width}}"
        for cell, width in zip(cells, _WIDTHS, strict=True)
    )
    return "  ".join(fitted).rstrip()


def matches_as_json(matches: list[Match]) -> list[dict[str, Any]]:
    """Return the matches as plain values."""
    return [
        {
            "rank": rank,
            "tune_id": match.phrase.tune_id,
            "title": match.phrase.title,
            "collection": match.phrase.collection,
            "phrase": match.phrase.number,
            "start": match.phrase.start,
            "stop": match.phrase.stop,
            "similarity": round(match.similarity, 6),
            "transposition": match.transposition if is_pitched(match.aspect) else None,
            "augmentation": match.augmentation,
            "aspect": match.aspect or None,
            "pairs": [list(pair) for pair in match.pairs],
            "contributions": {k: round(v, 6) for k, v in match.contributions.items()},
            "pitch": match.phrase.melody.pitch.tolist(),
            "onset_quarter": match.phrase.melody.onset_quarter.tolist(),
            "duration_quarter": match.phrase.melody.duration_quarter.tolist(),
        }
        for rank, match in enumerate(matches, start=1)
    ]


def picture_name(rank: int, match: Match) -> str:
    """Return the name of the file for the picture of a match.

    Examples
    --------
    >>> from mer.notes.melody import Melody, Phrase
    >>> note = Melody(pitch=[60], onset=[0], duration=[480])
    >>> phrase = Phrase(note, "a/1", "T", "c", 2, 0, 1)
    >>> picture_name(3, Match(phrase, 0.9, 0, (), {}, 0, note))
    '03-a-1-phrase-2.svg'
    """
    tune = re.sub(r"[^A-Za-z0-9]+", "-", match.phrase.tune_id).strip("-")[:60] or "tune"
    return f"{rank:02d}-{tune}-phrase-{match.phrase.number}.svg"
