"""Matches -> text and JSON: what ``mer search`` prints."""

from __future__ import annotations

from typing import Any

from mer.index import Match
from mer.melody import Melody

_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")
_WIDTHS = (4, 40, 18, 6, 10, 5)


def pitch_name(pitch: int) -> str:
    """Return the name of a MIDI number, middle C being C4.

    Examples
    --------
    >>> pitch_name(60), pitch_name(70)
    ('C4', 'Bb4')
    """
    return f"{_NAMES[pitch % 12]}{pitch // 12 - 1}"


def alignment_line(query: Melody, match: Match) -> str:
    """Return one line that shows the phrase's notes as the query's correspond to them.

    A corresponding note stands as it is if it is the query's note transposed, in brackets if it is
    another one; ``+`` is a note that only the phrase has, ``-`` one that only the query has.

    Examples
    --------
    >>> from mer.melody import Phrase
    >>> motif = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480] * 3)
    >>> found = Melody(pitch=[62, 63, 66], onset=[0, 480, 960], duration=[480] * 3)
    >>> phrase = Phrase(found, "t", "T", "c", 1, 0, 3)
    >>> alignment_line(motif, Match(phrase, 0.9, 2, ((0, 0), (1, 1), (2, 2)), {}, 0))
    'D (Eb) F#'
    """
    mine, theirs = query.pitch + match.transposition, match.phrase.melody.pitch
    words: list[str] = []
    row, column = 0, 0
    for note, other in (*match.pairs, (len(mine), len(theirs))):
        words += ["-"] * (note - row) + ["+"] * (other - column)
        if note < len(mine) and other < len(theirs):
            name = pitch_name(int(theirs[other]))[:-1]
            words.append(name if theirs[other] == mine[note] else f"({name})")
        row, column = note + 1, other + 1
    return " ".join(words)


def matches_as_text(query: Melody, matches: list[Match]) -> str:
    """Return a table of the matches, with one line of alignment under each."""
    lines = [_row("rank", "title", "collection", "phrase", "similarity", "shift")]
    for rank, match in enumerate(matches, start=1):
        phrase = match.phrase
        lines.append(
            _row(
                str(rank),
                phrase.title or phrase.tune_id,
                phrase.collection,
                str(phrase.number),
                f"{match.similarity:.3f}",
                f"{match.transposition:+d}",
            )
        )
        lines.append(f"      {alignment_line(query, match)}")
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
            "transposition": match.transposition,
            "pairs": [list(pair) for pair in match.pairs],
            "contributions": {k: round(v, 6) for k, v in match.contributions.items()},
            "pitch": match.phrase.melody.pitch.tolist(),
            "onset_quarter": match.phrase.melody.onset_quarter.tolist(),
            "duration_quarter": match.phrase.melody.duration_quarter.tolist(),
        }
        for rank, match in enumerate(matches, start=1)
    ]
