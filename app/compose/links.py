"""Motif + wishes + what was done <-> the query of an address: a link leads to the same music.

Only what differs from the usual stands there:

    example=Sakura&bars=16&keep=2:1-4

names an example, sixteen bars, and that of take 2 bars 1 to 4 were kept and the rest drawn anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from app.compose.wishes import METER_OF_MOTIF, OLD_CHORDS, OLD_NAMES, Wishes
from app.visitor.motifs import (
    LONGEST_NAME,
    TYPED_NAME,
    Motif,
    Passage,
    another_passage,
    typed_motif,
)
from app.visitor.notation import LONGEST_TEXT
from mer.errors import InputError

MOST_REROLLS = 12
_Read = TypeVar("_Read")
_KEEP = re.compile(r"(\d{1,6}):([\d,-]{0,100})")
_READERS: MappingProxyType[str, Callable[[str], Any]] = MappingProxyType(
    {"int": int, "float": float, "str": str}
)
_TYPES = {
    field.name: _READERS[str(field.type)] for field in fields(Wishes) if field.name != "tempo_bpm"
}


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
            query.append((name, str(value)))
    if link.wishes.tempo_bpm != motif.tempo_bpm:
        query.append(("tempo", f"{motif.meter.beats_a_minute(link.wishes.tempo_bpm):g}"))
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
    if "method" in told:  # what verbs were called once
        told.setdefault("verb", OLD_NAMES.get(told["method"], told["method"]))
    if "chords" in told:
        told["chords"] = OLD_CHORDS.get(told["chords"], told["chords"])
    wished = {name: _value(name, told[name]) for name in _TYPES if name in told}
    wishes = Wishes(tempo_bpm=_tempo(told, motif), **wished)
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
        motif = replace(motif, name=told.get("name", motif.name)[:LONGEST_NAME])
    elif told["example"] in examples:
        motif = examples[told["example"]]
    else:
        raise InputError(f"there is no example {told['example'][:40]!r}")
    # Addresses had a metre of their own once; now it is the motif's.
    meter = told.get("meter", METER_OF_MOTIF)
    return motif if meter == METER_OF_MOTIF else another_passage(motif, Passage(meter=meter[:20]))


def _tempo(told: Mapping[str, str], motif: Motif) -> float:
    """Return the tempo in quarters a minute; addresses once had that unit, as `tempo_bpm`."""
    if "tempo" in told:
        return motif.meter.quarters_a_minute(_number(float, "tempo", told["tempo"]))
    if "tempo_bpm" in told:
        return _number(float, "tempo_bpm", told["tempo_bpm"])
    return motif.tempo_bpm


def _value(name: str, text: str) -> Any:
    return _number(_TYPES[name], name, text)


def _number(read: Callable[[str], _Read], name: str, text: str) -> _Read:
    try:
        return read(text[:200])
    except ValueError as error:
        raise InputError(f"{name} is {text[:40]!r} in the link; a number is needed") from error


def _reroll(text: str) -> Reroll:
    found = _KEEP.fullmatch(text)
    if found is None:
        raise InputError(f"cannot read {text[:40]!r} in the link; it should be like keep=2:1-4")
    return Reroll(int(found[1]), found[2])
