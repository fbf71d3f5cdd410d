"""Motif + wishes + what was done <-> the query of an address: a link leads to the same music.

Only what differs from the usual stands there:

    example=Sakura&bars=16&keep=2:1-4

names an example, sixteen bars, and that of take 2 bars 1 to 4 were kept and the rest drawn anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlencode

from app.compose.wishes import Wishes
from app.visitor.motifs import TYPED_NAME, Motif, typed_motif
from app.visitor.notation import LONGEST_TEXT
from mer.errors import InputError

MOST_REROLLS = 12
_KEEP = re.compile(r"(\d{1,6}):([\d,-]{0,100})")
_READERS: MappingProxyType[str, Callable[[str], Any]] = MappingProxyType(
    {"int": int, "float": float, "str": str}
)
_TYPES = {field.name: _READERS[str(field.type)] for field in fields(Wishes)}


@dataclass(frozen=True)
class Reroll:
    """Of take `number` the bars in `keep`, such as "1-4,7", were kept, the others drawn anew."""

    number: int
    keep: str


@dataclass(frozen=True)
class Link:
    """What an address asks for: where the motif comes from, the wishes, and what was re-rolled."""

    motif: Motif
    wishes: Wishes
    rerolls: tuple[Reroll, ...] = ()


def write_link(link: Link) -> str:
    """Return the query that leads to the same music.

    Examples
    --------
    >>> write_link(Link(typed_motif("C4 D E G"), Wishes(bars=16), (Reroll(2, "1-4"),)))
    'notes=C4+D4+E4+G4&bars=16&keep=2%3A1-4'
    """
    query: list[tuple[str, str]]
    motif = link.motif
    if motif.example:
        query = [("example", motif.name)]
    else:
        query = [("notes", motif.text)]
        if motif.name != TYPED_NAME:
            query.append(("name", motif.name))
    usual = Wishes(tempo_bpm=motif.tempo_bpm)
    for name in _TYPES:
        value = getattr(link.wishes, name)
        if value != getattr(usual, name):
            query.append((name, f"{value:g}" if isinstance(value, float) else str(value)))
    query += [("keep", f"{reroll.number}:{reroll.keep}") for reroll in link.rerolls]
    return urlencode(query)


def read_link(query: str, examples: Mapping[str, Motif]) -> Link | None:
    """Return what the query of an address asks for; None if it asks for nothing of ours.

    Raises
    ------
    InputError
        If it cannot be understood.

    Examples
    --------
    >>> found = read_link("notes=C4+D4+E4+G4&bars=16&keep=2%3A1-4&tab=compose", {})
    >>> found.motif.text, found.wishes.bars, found.rerolls
    ('C4 D4 E4 G4', 16, (Reroll(number=2, keep='1-4'),))
    >>> read_link("tab=compose", {}) is None
    True
    """
    try:
        pairs = parse_qsl(query, max_num_fields=64)
    except ValueError as error:
        raise InputError("the link has too many parts") from error
    told = dict(pairs)
    if "example" not in told and "notes" not in told:
        return None
    motif = _motif(told, examples)
    wished = {name: _value(name, told[name]) for name in _TYPES if name in told}
    wishes = Wishes(**{"tempo_bpm": motif.tempo_bpm, **wished})
    wishes.settings()
    rerolls = tuple(_reroll(value) for name, value in pairs if name == "keep")
    if len(rerolls) > MOST_REROLLS:
        raise InputError(f"the link has {len(rerolls)} re-rolls; at most {MOST_REROLLS} are made")
    last = wishes.take + wishes.takes - 1
    for reroll in rerolls:
        if not wishes.take <= reroll.number <= last:
            raise InputError(
                f"the link keeps bars of take {reroll.number}; it has takes {wishes.take} to {last}"
            )
    return Link(motif, wishes, rerolls)


def _motif(told: Mapping[str, str], examples: Mapping[str, Motif]) -> Motif:
    if "notes" in told:
        motif = typed_motif(told["notes"][: LONGEST_TEXT + 1])
        return Motif(motif.melody, told.get("name", motif.name)[:80], motif.remarks)
    if told["example"] not in examples:
        raise InputError(f"there is no example {told['example'][:40]!r}")
    return examples[told["example"]]


def _value(name: str, text: str) -> Any:
    try:
        return _TYPES[name](text[:200])
    except ValueError as error:
        raise InputError(f"{name} is {text[:40]!r} in the link; a number is needed") from error


def _reroll(text: str) -> Reroll:
    found = _KEEP.fullmatch(text)
    if found is None:
        raise InputError(f"cannot read {text[:40]!r} in the link; it should be like keep=2:1-4")
    return Reroll(int(found[1]), found[2])
