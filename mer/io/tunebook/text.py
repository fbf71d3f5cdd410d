"""Bytes of an ABC file -> its text -> the text of each tune, from ``X:`` to the line that ends it.

A tune ends at the first empty line after its key. What follows is text about it, unless it is
plainly music (a line broken out of the tune by mistake) or a tune whose ``X:`` was forgotten.
"""

from __future__ import annotations

import codecs
import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from mer.errors import InputError
from mer.io.tunebook.tokens import is_music

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(rb"(?m)^(?:%%|I:)[ \t]*abc-charset[ \t]+([\w-]+)")
_NUMBER = re.compile(r"[ \t]*X:[ \t]*(?:(\d{1,9})|(?=$|[^|:\s]))")
_FIELD = re.compile(r"[ \t]*(?:[A-Za-z]|\+):")
# Letters that could begin a line of music: "A:|", "z::" are no fields.
_MUSIC_LETTERS = re.compile(r"[A-Ga-gxzXZ]:[|:]")
_KEY_LINE = re.compile(r"[ \t]*K:(?![|:])")
_BLOCK = re.compile(r"%%[ \t]*begin(\w+)", re.I)
# Mnemonics of the standard for letters with accents, and for letters of two.
_ACCENTS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    '"': "\u0308",
    "c": "\u0327",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
}
_ACCENTED = re.compile(r"\\([`'^~\"cuvH])([A-Za-z])")
_LIGATURES = {
    **{"AE": "Æ", "ae": "æ", "OE": "Œ", "oe": "œ", "AA": "Å", "aa": "å", "ss": "ß"},
    **{"/O": "Ø", "/o": "ø", "DH": "Ð", "dh": "ð", "TH": "Þ", "th": "þ"},
}
_LIGATURE = re.compile(r"\\(AE|ae|OE|oe|AA|aa|ss|/O|/o|DH|dh|TH|th)")
_UNICODE = re.compile(r"\\u([0-9A-Fa-f]{4})")
_TITLE = re.compile(r"((?:[^%\\]|\\.)*)")
# What a file header may set for all its tunes.
_SHARED = re.compile(r"[MLUI]:|%%[ \t]*(?:propagate|writeout)-accidentals")
_ARTICLES = ("The", "A", "An", "Der", "Die", "Das", "Le", "La", "Les", "L'")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@dataclass(frozen=True)
class TuneText:
    """One tune of a tunebook, not read yet: its X number, cleaned title, and ABC text.

    `first_line` is the number, in the file, of the first line of the text. It counts back from the
    line of the ``X:``, because fields of the file header stand before it. `titled` tells a tune
    that has a title of its own.
    """

    number: int
    title: str
    text: str
    first_line: int = 1
    titled: bool = True


def decoded(content: bytes) -> str:
    """Return the text of a file: UTF-8, UTF-16, what ``abc-charset`` says, or else Windows-1252.

    Raises
    ------
    InputError
        If it is no text.

    Examples
    --------
    >>> decoded("T:Größe".encode("utf-16")), decoded("T:Größe".encode("latin-1"))
    ('T:Größe', 'T:Größe')
    """
    for mark, name in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, errors="replace")
    nulls = content.count(0)
    if nulls:
        half = len(content) // 2
        for name, place in (("utf-16-le", 1), ("utf-16-be", 0)):
            if content[place] == 0 and content[place::2].count(0) == nulls > 0.4 * half:
                return content.decode(name, errors="replace")
        if 100 * nulls > len(content):
            raise InputError("is not a text file")
        content = content.replace(b"\0", b"")
    declared = _CHARSET.search(content)
    for name in ("utf-8", declared[1].decode() if declared else "utf-8"):
        try:
            return content.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    # Line by line: books are put together from files in several codings.
    return "\n".join(_line(line) for line in content.split(b"\n"))


def _line(line: bytes) -> str:
    for name in ("utf-8", "cp1252"):
        try:
            return line.decode(name)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")


def spelled(text: str) -> str:
    r"""Return a text string of ABC with its accents as letters (standard 2.1, section 8.2).

    Examples
    --------
    >>> spelled(r"Br\"annvinsl\aat"), spelled(r"Caf\u00e9 &amp; bar"), spelled(r"\'e \/o \ss \cc")
    ('Brännvinslåt', 'Café & bar', 'é ø ß ç')
    """
    if "\\" in text:
        text = _UNICODE.sub(lambda found: chr(int(found[1], 16)), text)
        text = _LIGATURE.sub(lambda found: _LIGATURES[found[1]], text)
        text = _ACCENTED.sub(
            lambda found: unicodedata.normalize("NFC", found[2] + _ACCENTS[found[1]]), text
        )
        text = re.sub(r"\\([%&\\])", r"\1", text)
    return html.unescape(text)


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
    r"""Return the tunes of an ABC text, in order; the file header's fields go to every tune.

    Text without any ``X:`` is one tune, number 0, if it holds a key or a line of music.

    Examples
    --------
    >>> tunes = split_tunebook("X:1\nT:Reel, The\nK:D\nA|\n\nSo much for that.\n\nX:7\nK:G\nB|")
    >>> [(tune.number, tune.title, tune.first_line) for tune in tunes]
    [(1, 'The Reel', 1), (7, 'untitled', 8)]
    """
    lines = _without_blocks(text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n"))
    begins = [place for place, line in enumerate(lines) if _NUMBER.match(line)]
    if not begins:
        whole = any(_KEY_LINE.match(line) or is_music(line) for line in lines)
        return [_tune(lines[a:b], a + 1, []) for a, b in _extents(lines, 0, len(lines))] * whole
    head = lines[: begins[0]]
    tunes = []
    # A tune before the first number is one whose X: was forgotten.
    first = next((n for n, line in enumerate(head) if _KEY_LINE.match(line)), None)
    if first is not None and any(is_music(line) for line in head[first:]):
        begins.insert(0, 0)
        head = []
    shared = [line for line in head if _SHARED.match(line)]
    for begin, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        tunes += [_tune(lines[a:b], a + 1, shared) for a, b in _extents(lines, begin, end)]
    return tunes


def _without_blocks(text: str) -> list[str]:
    """Return the lines, those of a block ``%%begintext`` ... ``%%endtext`` as comments."""
    lines = text.split("\n")
    place, endless = 0, set[str]()
    while place < len(lines):
        found = _BLOCK.match(lines[place])
        if found and found[1].lower() not in endless:
            end = re.compile(rf"%%[ \t]*end{found[1]}\b", re.I)
            stop = place + 1
            while stop < len(lines) and not end.match(lines[stop]):
                stop += 1
            inside = lines[place + 1 : stop]
            holds_tune = any(map(_NUMBER.match, inside)) and any(map(_KEY_LINE.match, inside))
            if stop < len(lines) and not holds_tune:
                lines[place : stop + 1] = ["%"] * (stop + 1 - place)
                place = stop
            elif stop == len(lines):
                endless.add(found[1].lower())
        place += 1
    return lines


def _extents(lines: list[str], begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield first and last place (exclusive) of the tunes between two ``X:`` lines."""
    start, stop, in_body = begin, begin, False
    for a, b in _paragraphs(lines, begin, end):
        paragraph = lines[a:b]
        key = any(_KEY_LINE.match(line) for line in paragraph)
        if in_body:
            titled = any(line.lstrip().startswith("T:") for line in paragraph)
            if key and titled and any(is_music(line) for line in paragraph):
                yield start, stop
                start, stop = a, b
                continue
            if not _goes_on(paragraph):
                break
        in_body = in_body or key or any(is_music(line) for line in paragraph)
        stop = b
    yield start, stop


def _paragraphs(lines: list[str], begin: int, end: int) -> Iterator[tuple[int, int]]:
    start = begin
    for place in range(begin, end + 1):
        if place == end or not lines[place].strip():
            if place > start:
                yield start, place
            start = place + 1


def _goes_on(paragraph: list[str]) -> bool:
    """Return whether a paragraph after an empty line is music and nothing else."""
    plain = [line for line in paragraph if line.strip() and not line.startswith("%")]
    fields = [is_field(line) for line in plain]
    music = [is_music(line) for line in plain]
    return any(music) and all(a or b for a, b in zip(fields, music, strict=True))


def is_field(line: str) -> bool:
    """Return whether a line is a field; ``A:|`` is a line of music.

    Examples
    --------
    >>> is_field("K:G"), is_field("A:|"), is_field(" T:Indented"), is_field("AB|")
    (True, False, True, False)
    """
    return bool(_FIELD.match(line)) and not _MUSIC_LETTERS.match(line.lstrip())


def _tune(lines: list[str], first_line: int, shared: list[str]) -> TuneText:
    number = _NUMBER.match(lines[0]) if lines else None
    title = ""
    for line in lines:
        said = line.strip()
        if said.startswith("T:") and said[2:].strip():
            found = _TITLE.match(said[2:])
            title = spelled(found[1] if found else "").strip()
            break
        if _KEY_LINE.match(line):
            break
    return TuneText(
        number=int(number[1]) if number and number[1] else 0,
        title=clean_title(title),
        text="\n".join([*shared, *lines]),
        first_line=first_line - len(shared),
        titled=bool(title),
    )
