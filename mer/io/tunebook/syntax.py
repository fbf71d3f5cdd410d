"""ABC text -> its first mistake, and its voices one by one.

music21 passes over what it does not understand, so that a mistyped tune comes back as another tune.
Here every sign of a tune is matched against the ABC standard 2.1 (its music code, not its layout
directives), and the first one that fits nothing is named with its line and column.
"""

from __future__ import annotations

import re

_LENGTH = r"(?:[1-9][0-9]*|0[1-9][0-9]*)?(?:/+(?:[1-9][0-9]*)?)?"
_PITCH = r"(?:\^\^|__|[\^_=](?:[1-9]?/[1-9]?)?)?[A-Ga-g][,']*"
_DECORATION = r"(?:![^!\s|]+!|\+[^+\s|]+\+|[.~HLMOPRSTJUVuvk])"
_IN_CHORD = rf'(?:{_DECORATION}|[() ]|"[^"]*"|{_PITCH}{_LENGTH}-?)'
_MUSIC = re.compile(
    "|".join(
        (
            r"\s+|!$",  # in old files a line of print ends in an exclamation mark
            r"\[[A-Za-z]:[^\]]*\]",  # a field inside a line
            rf"\[(?=[^\]]*[A-Ga-g]){_IN_CHORD}+\]{_LENGTH}-?",
            r"\[\|+\]?|\|+\]|:*\|+:*|::+|:",  # barlines
            r"(?<=[|:\]])\s*\[?[1-9][0-9]*(?:[,-][1-9][0-9]*)*\.?|\[[1-9][0-9]*(?:[,-][1-9])*",
            r'"[^"]*"',
            r"\{/?[^{}]*\}",
            r"\([2-9](?::[1-9]?(?::[1-9]?)?)?",
            rf"{_PITCH}{_LENGTH}-?",
            rf"[zxZX]{_LENGTH}",
            r"[()<>&`$*;]|y[0-9]*|\.?-",
            _DECORATION,
        )
    )
)
_FIELD = re.compile(r"[A-Za-z+]:")
_VOICE = re.compile(r"\[?V:\s*([^\s\]]+)([^\]\n]*)\]?")
_LENGTH_FIELD = re.compile(r"\s*1(?:/(?:1|2|4|8|16|32|64|128|256|512))?\s*")
_METER = re.compile(
    r"\s*(?:none|C\|?|\(?[1-9][0-9]?(?:\s*\+\s*[1-9][0-9]?)*\)?/(?:1|2|4|8|16|32|64))?\s*", re.I
)
_KEY = re.compile(
    r"\s*(?:none|HP|Hp|[A-Ga-g][#b]?\s*(?:m|maj|min|ion|dor|phr|lyd|mix|aeo|loc|exp)?[a-z]*)?"
    r"(?:\s+(?:[\^_=]{1,2}[A-Ga-g]|exp|clef=\S+|(?:treble|bass|alto|tenor|perc|none)\S*"
    r"|[a-z]+=\S+|[+-]8v?[ab]?))*\s*",
    re.I,
)
_FIELDS = {"L": _LENGTH_FIELD, "M": _METER, "K": _KEY}
_EXAMPLES = {"L": "1/8", "M": "6/8", "K": "D or Edor"}


def abc_mistake(text: str, *, first_line: int = 1) -> str:
    r"""Return what is wrong first with the text of one tune, or "" if nothing is.

    Parameters
    ----------
    text
        One tune, from its ``X:`` to the next.
    first_line
        Number of its first line in the file, for the message.

    Examples
    --------
    >>> abc_mistake("X:1\nM:6/8\nK:D\nd2e fga|(3bag f2|]")
    ''
    >>> abc_mistake("X:1\nM:6/8\nK:D\nd2e f?a|")
    "line 4, column 6: cannot read '?a|'"
    >>> abc_mistake("X:1\nM:6-8\nK:D\nd2e fga|")
    "line 2: cannot read the field 'M:6-8'; write for example M:6/8"
    """
    in_body = music = False
    for number, raw in enumerate(text.splitlines(), first_line):
        line = raw.split("%")[0].rstrip().removesuffix("\\")
        if _FIELD.match(line):
            mistake = _field_mistake(line)
            in_body = in_body or line.startswith("K:")
        elif in_body:
            mistake = _music_mistake(line)
            music = music or bool(re.search("[A-Ga-g]", line))
        else:
            mistake = "" if not line.strip() else ": music before the key; 'K:' ends the header"
        if mistake:
            return f"line {number}{mistake}"
    if not in_body:
        return "has no key: a line 'K:' is needed before the music"
    return "" if music else "has no music after its key"


def _field_mistake(line: str) -> str:
    pattern = _FIELDS.get(line[0])
    if pattern is None or pattern.fullmatch(line[2:]):
        return ""
    return (
        f": cannot read the field {line[:40]!r}; write for example {line[0]}:{_EXAMPLES[line[0]]}"
    )


def _music_mistake(line: str) -> str:
    place = 0
    while place < len(line):
        found = _MUSIC.match(line, place)
        if found is None or found.end() == place:
            return f", column {place + 1}: cannot read {line[place : place + 12]!r}"
        place = found.end()
    return ""


def abc_voices(text: str) -> list[tuple[str, str]]:
    r"""Return (name, text of the tune with this voice alone) for every voice that has music.

    Examples
    --------
    >>> [name for name, _ in abc_voices("X:1\nK:C\nV:1 name=Flute\nc4|\nV:2\nC4|")]
    ['Flute', '2']
    """
    # A comment between the key and the first voice is no voice of its own.
    lines = [line.split("%")[0].rstrip() for line in text.splitlines()]
    key = next((i for i, line in enumerate(lines) if line.startswith("K:")), len(lines) - 1)
    header = [line for line in lines[: key + 1] if not line.startswith("V:")]
    names: dict[str, str] = {}
    music: dict[str, list[str]] = {}
    voice = ""
    for place, line in enumerate(lines):
        found = _VOICE.match(line)
        if found:
            voice = found[1]
            label = re.search(r'(?:name|nm)=(?:"([^"]*)"|(\S+))', found[2])
            names[voice] = (label[1] or label[2]) if label else names.get(voice, voice)
            line = line[found.end() :] if line.startswith("[") else ""
        if place > key and line.strip():
            shared = _FIELD.match(line) and line[0] in "KLMQ" and not voice
            for name in names if shared and names else [voice]:
                music.setdefault(name, []).append(line)
    return [
        (names.get(name, ""), "\n".join([*header, *body]))
        for name, body in music.items()
        if any(not _FIELD.match(line) and re.search("[A-Ga-g]", line) for line in body)
    ]
