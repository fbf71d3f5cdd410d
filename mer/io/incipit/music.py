"""Notes of an incipit -> a `ScorePart`.

An accidental holds for its octave until the barline. Grace notes are left out; of a chord, all
notes are kept, and the highest is the melody. ``i`` repeats the bar before, and ``!...!f`` a
figure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from mer.errors import InputError
from mer.io.incipit.durations import VALUES, Values, quarters, squeeze
from mer.io.incipit.fields import SIGN, Fields, metre, signature
from mer.io.score.score_part import KeySign, ScoreNote, ScorePart, counted, ticks
from mer.notes.names import letter_semitones

MAX_SIGNS = 200_000
_TOKEN = re.compile(
    r"(?P<octave>'+|,+)"
    r"|(?P<bars>=\d*)"
    rf"|(?P<values>{VALUES.pattern})"
    r"|(?P<note>(?:xx|x|bb|b|n)?[A-G])"
    r"|(?P<rest>-)"
    r"|(?P<graces>qq[^r]*r)"
    r"|(?P<grace>[gq](?:\d\.*|[',]|xx|x|bb|b|n)*[A-G])"
    r"|(?P<open>\()"
    r"|(?P<close>(?:;\d{1,2})?\))"
    r"|(?P<line>:?/{1,2}:?)"
    r"|(?P<tie>\+)"
    r"|(?P<chord>\^)"
    r"|(?P<again>i)"
    rf"|(?P<sign>{re.sub(r'[?]P<[a-z]+>', '?:', SIGN.pattern)})"
    r"|(?P<silent>[{}t\s])"
    r"|(?P<strange>.)",
    re.DOTALL,
)
_FIGURE = re.compile(r"!([^!]*)!(f*)")
_ALTERED = {"x": 1, "xx": 2, "b": -1, "bb": -2, "n": 0}


@dataclass
class _Group:
    """Notes in round brackets: the first of them, when they begin, and how long they last."""

    first: int
    start: Fraction
    total: Fraction | None
    has_values: bool = False


@dataclass
class _Writing:
    """Where the reader stands, and what was read so far; times in quarters."""

    key: dict[str, int]
    meter: tuple[int, int] | None
    values: Values = field(default_factory=Values)
    octave: int = 4
    now: Fraction = Fraction(0)
    bar: Fraction = Fraction(0)
    last: Fraction = Fraction(0)
    notes: list[ScoreNote] = field(default_factory=list)
    bars: list[Fraction] = field(default_factory=lambda: [Fraction(0)])
    meters: list[tuple[int, tuple[int, int]]] = field(default_factory=list)
    altered: dict[tuple[str, int], int] = field(default_factory=dict)
    ahead: str = ""
    chorded: bool = False
    group: _Group | None = None
    timed: int = 0
    told: Counter[str] = field(default_factory=Counter)


def part_of(fields: Fields) -> tuple[ScorePart, bool]:
    """Return what an incipit says, and whether it has a rhythm.

    Raises
    ------
    InputError
        If repeated figures make it too long, or most signs are none of the code.

    Examples
    --------
    >>> part, timed = part_of(Fields("G-2", "bB", "3/4", "'8.6FG4B/(8ABA)2G"))
    >>> [(note.pitch, str(note.end - note.start)) for note in part.notes][:4]
    [(65, '3/4'), (67, '1/4'), (70, '1'), (69, '1/3')]
    """
    key, meter = signature(fields.key), metre(fields.time)
    state = _Writing(key, meter)
    if meter:
        state.meters.append((0, meter))
    signs = 0
    for found in _TOKEN.finditer(_written_out(fields.notes)):
        kind = str(found.lastgroup)
        signs += kind != "silent"
        _READERS[kind](state, found[0])
        if kind != "silent":
            state.ahead = found[0] if kind == "values" else ""
    if 2 * state.told["strange"] > signs:
        raise InputError(
            f"{state.told['strange']:,} of {signs:,} signs are none of Plaine & Easie; "
            "it begins with '@clef:' and has '@data:', or with '%' and a clef"
        )
    part = ScorePart(
        notes=state.notes,
        barlines=[ticks(bar) for bar in state.bars],
        end=ticks(state.now),
        meters=state.meters,
        keys=[KeySign(0, sum(key.values()))],
        remarks=_remarks(state, fields),
    )
    return part, state.timed > 0


def _written_out(notes: str) -> str:
    """Return the notes with each repeated figure as often as it sounds."""
    length = len(notes) + sum(len(m[1]) * len(m[2]) for m in _FIGURE.finditer(notes))
    if length > MAX_SIGNS:
        raise InputError(f"has {length:,} signs once figures are repeated; {MAX_SIGNS:,} are read")
    return _FIGURE.sub(lambda m: m[1] * (1 + len(m[2])), notes)


def _octave(state: _Writing, sign: str) -> None:
    state.octave = 3 + len(sign) if sign[0] == "'" else 4 - len(sign)


def _values(state: _Writing, sign: str) -> None:
    state.values.change(sign)
    if state.group is not None and len(state.notes) == state.group.first:
        state.group.has_values = True


def _note(state: _Writing, sign: str) -> None:
    letter, before = sign[-1], sign[:-1]
    place = (letter, state.octave)
    held = state.notes[-1] if state.notes else None
    tied = held is not None and held.tied_to and held.end == state.now and not state.chorded
    plain = 12 * (state.octave + 1) + letter_semitones(letter)
    if before:
        state.altered[place] = _ALTERED[before]
    pitch = plain + state.altered.get(place, state.key.get(letter, 0))
    if tied and held is not None and not before and abs(held.pitch - plain) <= 2:
        pitch = held.pitch
    if state.chorded:
        start, end = state.last, state.now
    else:
        start, end = state.now, state.now + state.values.next()
        state.timed += not state.values.neumes
    state.chorded = False
    state.last, state.now = start, end
    if 0 <= pitch <= 127:
        state.notes.append(ScoreNote(pitch, start, end, tied_from=tied))
    else:
        state.told["range"] += 1


def _rest(state: _Writing, sign: str) -> None:
    state.now += state.values.next()


def _bars(state: _Writing, sign: str) -> None:
    count = min(int(sign[1:4] or 1), 100)
    length = Fraction(4) if state.meter is None else Fraction(4 * state.meter[0], state.meter[1])
    state.now += count * length


def _grace(state: _Writing, sign: str) -> None:
    state.told["grace"] += len(re.findall("[A-G]", sign))
    for octave in re.findall("'+|,+", sign):
        _octave(state, octave)


def _open(state: _Writing, sign: str) -> None:
    total = quarters(state.ahead)[-1] if state.ahead and not state.values.neumes else None
    state.group = _Group(len(state.notes), state.now, total)


def _close(state: _Writing, sign: str) -> None:
    group, state.group = state.group, None
    if group is None or group.first == len(state.notes):
        return
    inside = state.notes[group.first :]
    if len(inside) == 1 and len(sign) == 1:
        state.notes[-1] = inside[0]._replace(fermata=True)
        return
    factor = squeeze(
        state.now - group.start,
        group.total if group.has_values else None,
        min(max(int(sign[1:-1] or 3), 2), 64),
    )

    def moved(time: Fraction) -> Fraction:
        return group.start + (time - group.start) * factor

    state.notes[group.first :] = [
        note._replace(start=moved(note.start), end=moved(note.end)) for note in inside
    ]
    state.now, state.last = moved(state.now), moved(state.last)


def _line(state: _Writing, sign: str) -> None:
    state.altered.clear()
    if state.now > state.bars[-1]:
        state.bar = state.bars[-1]
        state.bars.append(state.now)


def _tie(state: _Writing, sign: str) -> None:
    if state.notes:
        state.notes[-1] = state.notes[-1]._replace(tied_to=True)


def _chord(state: _Writing, sign: str) -> None:
    state.chorded = bool(state.notes)


def _again(state: _Writing, sign: str) -> None:
    since, until = state.bar, state.bars[-1]
    if state.now != until or until == since:
        state.told["again"] += 1
        return
    later = until - since
    if len(state.notes) > MAX_SIGNS:
        raise InputError(f"has more than {MAX_SIGNS:,} notes once bars are repeated")
    state.notes += [
        note._replace(start=note.start + later, end=note.end + later)
        for note in state.notes
        if since <= note.start < until
    ]
    state.now += later


def _sign(state: _Writing, sign: str) -> None:
    if sign[0] == "$":
        state.key = signature(sign[1:])
        state.altered.clear()
    elif sign[0] == "@":
        state.meter = metre(sign[1:].strip())
        if state.meter:
            state.meters.append((ticks(state.now), state.meter))


def _strange(state: _Writing, sign: str) -> None:
    state.told["strange"] += 1


def _silent(state: _Writing, sign: str) -> None:
    """Do nothing: beams, trills and spaces change no note."""


_READERS: dict[str, Callable[[_Writing, str], None]] = {
    "octave": _octave,
    "values": _values,
    "note": _note,
    "rest": _rest,
    "bars": _bars,
    "graces": _grace,
    "grace": _grace,
    "open": _open,
    "close": _close,
    "line": _line,
    "tie": _tie,
    "chord": _chord,
    "again": _again,
    "sign": _sign,
    "strange": _strange,
    "silent": _silent,
}


def _remarks(state: _Writing, fields: Fields) -> list[str]:
    told = {
        "grace": ("dropped {}", "grace note"),
        "range": ("left out {} outside the MIDI range 0 to 127", "note"),
        "again": ("left out {} ('i') with no whole bar before", "repeated bar"),
        "strange": ("passed over {} that Plaine & Easie does not have", "sign"),
    }
    said = [
        how.format(counted(state.told[kind], noun))
        for kind, (how, noun) in told.items()
        if state.told[kind]
    ]
    if "+" in fields.clef:
        said.append("read mensural values as halves of each other, as if none were perfect")
    if fields.time and metre(fields.time) is None:
        said.append(f"the time signature {fields.time[:20]!r} says no metre of bars")
    return said
