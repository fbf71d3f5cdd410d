"""One line of ABC music -> its tokens, each with its kind and its column.

`_KINDS` is the grammar, one line for each kind, tried in order. What matches nothing becomes a
token of kind ``unknown``: nothing is lost here, and nothing is judged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LENGTH = r"(?:\d{0,6}/+\d{0,6}|\d{1,6})?"
_NUMBERS = r"\d{1,2}(?:[,-]\d{1,2})*"
_KINDS = {
    "space": r"[\s`]+",
    "field": r"\[[A-Za-z]:(?!\|)[^\]]*\]",
    "open_field": r"\[[KLMQVPIr]:.*",  # nobody closed it
    "ending": rf'\[(?:{_NUMBERS}\.?|"[^"]*"(?![^|\[\]]*\]))',
    "bar": r"\.?(?:\[(?=\|)|[|:]|(?<=\|)\])+",
    "chord": r"\[",
    "close": rf"\]{_LENGTH}",
    "grace": r"\{[^{}|]*\}",
    "quote": r'"[^"]*"',
    "open_quote": r'"[^\s|"]*',
    "decoration": r"!(?:[^!\s|\[\]:\"]+|[A-Za-z][\w.:]*)!",
    "plus": r"\+[^+\s|\[\]:\"]+\+",
    "tuplet": r"\((?:[2-9]|1\d)(?::\d{0,2}(?::\d{0,2})?)?",
    "note": rf"[\^_=]{{0,6}}(?:(?<=[\^_])\d{{0,2}}/\d{{0,2}})?[A-Ga-g][,']*{_LENGTH}",
    "rest": rf"[zxZX]{_LENGTH}",
    "spacer": rf"y{_LENGTH}",
    "broken": r">+|<+",
    "overlay": r"\(&|&\)|&+",
    "tie": r"\.?-",
    "slur": r"\.?\([,']?|\)",
    "symbol": r"[.~H-Wh-w]",
    "layout": r"[$*!;]|\\$",
    "unknown": r".",
}
_TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items()))
_ENDING_AFTER_BAR = re.compile(rf"[ \t]*\[?({_NUMBERS})\.?")
_NOTE = re.compile(rf"([\^_=]{{0,6}})(\d{{0,2}}/\d{{0,2}})?([A-Ga-g])([,']*)({_LENGTH})")

# Symbols that need no definition: those of the standard, and J (slide) and R (roll) of abc2midi.
DEFINED_SYMBOLS = frozenset(".~HLMOPSTuvJR")
DYNAMICS = frozenset({"f", "ff", "fff", "ffff", "D.C.", "D.S."})
# Kinds that make up music, where they are more than the name of a decoration.
_PLAIN = frozenset(("note", "rest", "broken", "tuplet", "slur", "tie", "grace", "spacer", "bar"))
# What a decoration letter may stand before.
_DECORATED = frozenset(
    (
        *("note", "chord", "rest", "grace", "quote", "decoration", "plus", "symbol", "slur"),
        *("tuplet", "bar", "spacer", "old_chord"),
    )
)


@dataclass(frozen=True, slots=True)
class Token:
    """A sign of ABC music: its kind, its text, and its column, from 1."""

    kind: str
    text: str
    column: int


@dataclass(frozen=True, slots=True)
class SpelledNote:
    """A note as it is written.

    Parameters
    ----------
    signs
        Accidentals, such as ``"^"``, or "".
    part
        Share of a microtone's step, such as ``"3/2"``, or "".
    letter, octave
        Capital letter, and octaves above the one that begins at middle C.
    length
        As written, such as ``"3/2"``.
    """

    signs: str
    part: str
    letter: str
    octave: int
    length: str


def tokens(line: str, *, symbols: frozenset[str] = DEFINED_SYMBOLS) -> list[Token]:
    """Return the tokens of a line of music without its comment.

    Parameters
    ----------
    symbols
        Letters that stand for a decoration; others come back as ``unknown``.

    Examples
    --------
    >>> [(token.kind, token.text) for token in tokens("(3AB^c/2 :|2 [Ce]")][:5]
    [('tuplet', '(3'), ('note', 'A'), ('note', 'B'), ('note', '^c/2'), ('space', ' ')]
    """
    found: list[Token] = []
    place = 0
    while place < len(line):
        match = _TOKEN.match(line, place)
        if match is None:  # a control character that `.` does not match
            found.append(Token("unknown", line[place], place + 1))
            place += 1
            continue
        kind, text = str(match.lastgroup), match[0]
        if kind in ("decoration", "plus"):
            kind, text = _decoration(kind, text)
        found.append(Token(kind, text, place + 1))
        place += len(text)
        ending = _ENDING_AFTER_BAR.match(line, place) if kind == "bar" else None
        if ending:
            found.append(Token("ending", f"[{ending[1]}", place + 1))
            place = ending.end()
    return [_judged(found, place, symbols) for place in range(len(found))]


def _decoration(kind: str, text: str) -> tuple[str, str]:
    """Return ``!`` as a line break and ``+`` as an old chord where music stands between the two."""
    inside = text[1:-1]
    if inside in DYNAMICS:
        return "decoration", text
    kinds = [token.kind for token in tokens(inside)]
    if "note" not in kinds or not _PLAIN.issuperset(kinds):
        return "decoration", text
    if kind == "plus" and kinds.count("note") > 1 and {"note", "tie"}.issuperset(kinds):
        return "old_chord", text
    return ("layout", "!") if kind == "decoration" else ("unknown", "+")


def _judged(found: list[Token], place: int, symbols: frozenset[str]) -> Token:
    """Return a token, ``unknown`` if it is a letter that decorates nothing or means nothing."""
    token = found[place]
    if token.kind != "symbol":
        return token
    after = place + 1
    while after < len(found) and found[after].kind == "space":
        after += 1
    decorates = after < len(found) and found[after].kind in _DECORATED
    if token.text in symbols and decorates:
        return token
    return Token("unknown", token.text, token.column)


def written(text: str) -> SpelledNote:
    """Return the parts of a note token.

    Examples
    --------
    >>> written("^c'3/2")
    SpelledNote(signs='^', part='', letter='C', octave=2, length='3/2')
    """
    found = _NOTE.fullmatch(text)
    assert found is not None
    signs, part, letter, marks, length = found.groups()
    octave = letter.islower() + marks.count("'") - marks.count(",")
    return SpelledNote(signs, part or "", letter.upper(), octave, length)


def is_text(found: list[Token]) -> bool:
    """Return whether a line is text: most of its letters mean nothing, or many without a barline.

    Examples
    --------
    >>> is_text(tokens("This was sent in by a friend.")), is_text(tokens("GAB ?dq|"))
    (True, False)
    >>> is_text(tokens("End of the bad book: a face."))
    True
    """
    strange = sum(token.kind == "unknown" and token.text.isalnum() for token in found)
    notes = sum(token.kind == "note" for token in found)
    if any(token.kind == "bar" and "|" in token.text for token in found):
        return strange > notes
    return strange > min(notes, max(2, notes // 4))


def is_music(line: str) -> bool:
    """Return whether a line is music beyond doubt: a note, a barline and no sign without meaning.

    Examples
    --------
    >>> is_music("GAB c2d|"), is_music("A Bad Egg"), is_music("K:G")
    (True, False, False)
    """
    if "|" not in line or re.match(r"\s*(?:%|[A-Za-z+]:(?![|:]))", line):
        return False
    found = tokens(line.split("%")[0].rstrip().removesuffix("\\"))
    kinds = {token.kind for token in found}
    return "note" in kinds and "bar" in kinds and "unknown" not in kinds
