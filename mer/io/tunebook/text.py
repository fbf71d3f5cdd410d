"""ABC tunebook text -> the text of each tune, and of each what music21 is given to read.

Nothing is read here but titles, lines and signs between notes; notes are music21's. What it is
given has no annotations, grace notes and decorations, because they break its broken rhythms
(``A>{c}B``) and none of them is part of a melody; and it may have a sign before the notes that
begin a phrase.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

# music21 knows the letter k before a note as a strong accent; no ABC standard does.
SIGN = "k"
SIGN_CLASS = "StrongAccent"

_NEEDED_FIELDS = "XTMLKQV"
_FIELD = re.compile(r"[A-Za-z]:(?!\|)")
_INLINE_FIELD = re.compile(r"\[([KLMV]:[^]]*)\]")
_UNSOUNDED = re.compile(
    r'"[^"]*"|![^!]*!|\+[^+\s]*[h-z][^+\s]*\+|\{[^}]*\}|[~`yk]|[HLMOPSTuv](?=[.=^_]*[A-Ga-gz(\[])'
)
# From the sign of a first ending to that of the second.
_FIRST_ENDING = re.compile(r"(?:\|\s*\[?|\[)1(?![\d/,-])[^:]*?:\|+\s*\|?\s*\[?2(?![\d/,-])")
# Repeat signs and double bars, but not before the sign of a second ending.
_SECTION_END = re.compile(
    r"(?:\|\||:\||\|:|::|\|\]|\[\|)(?:[:|\s]|\](?!\d))*+(?!\s*\[?\d)(?=.)", re.DOTALL
)
_ARTICLES = ("The", "A", "An", "Der", "Die", "Das", "Le", "La", "Les", "L'")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@dataclass(frozen=True)
class TuneText:
    """One tune of a tunebook, not read yet: its X number, cleaned title, and ABC text."""

    number: int
    title: str
    text: str


def clean_title(title: str) -> str:
    """Return a title as a reader expects it: article first, no capitals throughout, no full stop.

    Examples
    --------
    >>> clean_title("Blackbird, The"), clean_title("O'NEILL'S MARCH -- REEL.")
    ('The Blackbird', "O'Neill's March - Reel")
    """
    title = " ".join(title.replace("--", "-").split()).strip('", ')
    # One of the collections has colons strewn into its words.
    title = re.sub(r"(?<=[a-z]):+(?=[a-z])", "", title)
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
    r"""Return the tunes of an ABC text, in order; metre and unit before the first go to every tune.

    Examples
    --------
    >>> tunes = split_tunebook("X:1\nT:Reel, The\nK:D\nA|\n\nX:7\nK:G\nB|")
    >>> [(tune.number, tune.title) for tune in tunes]
    [(1, 'The Reel'), (7, 'untitled')]
    """
    head, *tunes = re.split(r"(?m)^(?=X:)", text.replace("\r\n", "\n").replace("\r", "\n"))
    shared = "".join(line + "\n" for line in head.splitlines() if line[:2] in ("M:", "L:"))
    found = []
    for tune in tunes:
        first, _, rest = tune.partition("\n")
        number = re.match(r"X:\s*(\d+)", first)
        title = re.search(r"(?m)^T:[ \t]*(\S.*)$", rest)
        found.append(
            TuneText(
                number=int(number[1]) if number else 0,
                title=clean_title(title[1] if title else ""),
                text=f"{first}\n{shared}{rest}",
            )
        )
    return found


def split_music(text: str) -> tuple[str, str]:
    r"""Return the fields up to the key, and the lines of music without what is not sounded.

    Examples
    --------
    >>> split_music('X:1\nN:slow\nK:D\n"Am"A>{c}B | !trill!c2 \\\nd2 % end')
    ('X:1\nK:D', 'A>B | c2 d2')
    """
    head: list[str] = []
    body: list[str] = []
    in_body = False
    for line in text.splitlines():
        line = line.split("%")[0].strip()
        if _FIELD.match(line):
            if line[0] in _NEEDED_FIELDS:
                (body if in_body else head).append(line)
            in_body = in_body or line.startswith("K:")
        elif in_body:
            body.append(_INLINE_FIELD.sub(r"\n\1\n", _UNSOUNDED.sub("", line)))
    joined = "\n".join(line for line in body if line)
    return "\n".join(head), re.sub(r"\s*\\\s*\n", " ", joined).rstrip("\\")


def without_first_endings(body: str) -> str:
    """Return the music with the second ending alone wherever there are two.

    Examples
    --------
    >>> without_first_endings("|:ABcd|1 e2c2:|2 e2A2||")
    '|:ABcd| e2A2||'
    """
    return _FIRST_ENDING.sub("|", body)


def has_note(text: str) -> bool:
    """Return whether lines of music hold a note."""
    music = (line for line in text.splitlines() if not _FIELD.match(line))
    return any(re.search("[A-Ga-g]", line) for line in music)


def _unmarked(body: str) -> tuple[str, int]:
    return body, 0


def _mark_lines(body: str) -> tuple[str, int]:
    return _signed("\n", body.split("\n"))


def _mark_sections(body: str) -> tuple[str, int]:
    ends = [match.end() for match in _SECTION_END.finditer(body)]
    return _signed("", [body[a:b] for a, b in pairwise([0, *ends, len(body)])])


def _signed(gap: str, stretches: list[str]) -> tuple[str, int]:
    sounding = [has_note(stretch) for stretch in stretches]
    signed = [SIGN * sounds + text for text, sounds in zip(stretches, sounding, strict=True)]
    return gap.join(signed), sum(sounding)


# What begins a phrase -> function: music -> music with signs, and how many there are.
MARKERS: dict[str, Callable[[str], tuple[str, int]]] = {
    "none": _unmarked,
    "lines": _mark_lines,
    "sections": _mark_sections,
}
