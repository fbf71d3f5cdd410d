"""JSON -> `GivenPlan`; the keys are explained in `generate.piece.plan_text`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from os import PathLike
from pathlib import Path
from typing import Any

from generate.piece.given_plan import MOST_BARS, GivenBar, GivenPlan, formed
from generate.piece.places import RHYTHM_OPERATORS, Place
from generate.piece.plan_text import FORMAT_VERSION
from generate.piece.planned import Bar
from generate.piece.self_similarity import (
    EXACT,
    MOVED,
    NEW,
    RHYTHM,
    VARIED,
    Recurrence,
    letters,
)
from mer.errors import InputError
from mer.io.reading import read_bytes
from mer.notes.meter import TICKS_PER_QUARTER, Meter
from mer.notes.names import counted

_MOST_BYTES = 10_000_000
_KINDS = (NEW, EXACT, MOVED, VARIED, RHYTHM)
_KEYS = ("format_version", "meter", "form", "lent_by", "second_half", "draw", "bars")
_BAR_KEYS = (
    "takes", "of_bar", "steps", "head", "tail", "keeps_rhythm",
    "rhythm", "rhythm_from", "near", "lift",
)  # fmt: skip
_PLACE_KEYS = ("tune_id", "phrase", "notes", "operator")
_QUARTERS = r"[0-9]{1,6}(?:/[0-9]{1,6})?|[0-9]{0,6}\.[0-9]{1,6}"
_LENGTH = re.compile(rf"(z?)({_QUARTERS})")
_LONGEST = 10**6  # quarters


def read_plan(text: str, *, name: str = "the plan") -> GivenPlan:
    """Return what a text in JSON gives of a plan (see `generate.piece.plan_text`).

    A report is taken for the plan of its first piece.

    Parameters
    ----------
    name
        What the text is called in errors.

    Raises
    ------
    InputError
        If it is no plan; the message says where, and what is wrong.

    Examples
    --------
    >>> given = read_plan('{"format_version": 1, "form": "A A B A", "bars": 8}')
    >>> [(bar.recurrence.kind, bar.recurrence.bar) for bar in given.bars[:4]]
    [('new', -1), ('new', -1), ('exact', 0), ('exact', 1)]
    >>> read_plan('{"format_version": 1, "form": "A A B", "bars": 8}')
    Traceback (most recent call last):
    mer.errors.InputError: the plan: 8 bars do not part into 3 sections of one length; write the \
length of each, such as "A4 B2 A2"
    """
    try:
        return _given(json.loads(text))
    except json.JSONDecodeError as error:
        raise InputError(
            f"{name} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}"
        ) from None
    except InputError as error:
        raise InputError(f"{name}: {error}") from None
    except ValueError:  # Python converts no number of thousands of digits
        raise InputError(f"{name} has a number of too many digits to be read") from None
    except RecursionError:
        raise InputError(f"{name} is nested too deep to be a plan") from None


def load_plan(path: str | PathLike[str]) -> GivenPlan:
    """Return what a file in JSON gives of a plan (see `read_plan`).

    Raises
    ------
    InputError
        If the file cannot be read, or holds no plan.
    """
    try:
        text = read_bytes(Path(path), _MOST_BYTES).decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{path} is not a text in UTF-8") from None
    return replace(read_plan(text, name=str(path)), file=str(path))


def _given(values: object) -> GivenPlan:
    if isinstance(values, dict) and "pieces" in values:
        values = _of_report(values["pieces"])
    told = _object(values, _KEYS, "a plan")
    if told.get("format_version") != FORMAT_VERSION or told["format_version"] is True:
        raise InputError(
            f"format_version is {told.get('format_version')!r:.40}; {FORMAT_VERSION} is needed"
        )
    meter = told.get("meter")
    if meter is not None:
        meter = Meter.parse(_typed(meter, str, "meter", "such as '6/8'"))
        meter.check()
    lender, draw = told.get("lent_by"), told.get("draw", 0)
    lender = _typed(lender or "", str, "lent_by", "the id of a tune")
    draw = _whole(draw, "draw", 0, 1000)
    second = _typed(told.get("second_half", False), bool, "second_half", "true or false")
    bars = told.get("bars")
    own: list[GivenBar] = []
    if isinstance(bars, list):
        if not 1 <= len(bars) <= MOST_BARS:
            raise InputError(f"bars has {len(bars)} entries; 1 to {MOST_BARS} are supported")
        own = [_bar(bar, number, meter) for number, bar in enumerate(bars, 1)]
    form = told.get("form")
    if form is not None:
        form = _typed(form, str, "form", "such as 'A A B A'")
    open_ = [bar.recurrence is None for bar in own]
    if any(open_) and not all(open_):
        number = open_.index(not open_[0]) + 1
        number = number if open_[number - 1] else 1
        raise InputError(f"bar {number} does not say what it takes, others do; say it of all")
    if own and not any(open_):
        spoken = letters([bar.recurrence for bar in own if bar.recurrence is not None])
        if form is not None and form.split() != spoken.split():
            raise InputError(
                f"the form is {form!r}, but what the bars take makes it {spoken!r}; "
                "leave out one of the two"
            )
        return GivenPlan(tuple(own), meter, lender, second, draw)
    count = len(own) or (None if bars is None else _whole(bars, "bars", 1, MOST_BARS))
    if form is None:
        blank = tuple(own) or (GivenBar(),) * (count or 0)
        # The tune whose form is drawn lends it, whatever is said.
        return GivenPlan(blank, meter, None, second, draw)
    taken = formed(form, count)
    own = own or [GivenBar() for _ in taken]
    kinds = zip(own, taken, strict=True)
    bars_of = tuple(replace(bar, recurrence=one) for bar, one in kinds)
    return GivenPlan(bars_of, meter, lender, second, draw, " ".join(form.split()))


def _bar(values: object, number: int, meter: Meter | None) -> GivenBar:
    where = f"bar {number}"
    told = _object(values, _BAR_KEYS, where)
    if meter is None and any(key in told for key in ("rhythm", "head", "tail", "takes")):
        raise InputError(f"{where} is given, so the plan needs its meter, such as '4/4'")
    rhythm = None
    if "rhythm" in told:
        assert meter is not None
        rhythm = _rhythm(told, where, meter)
    elif "rhythm_from" in told:
        raise InputError(f"{where} has rhythm_from, but no rhythm")
    pitch = None
    if "near" in told:
        pitch = _near(told["near"], where, rhythm)
    elif "lift" in told:
        raise InputError(f"{where} has lift, but no near")
    lift = _whole(told.get("lift", 0), f"lift of {where}", -127, 127)
    recurrence = None if "takes" not in told else _recurrence(told, number, meter)
    usual = recurrence is not None and recurrence.kind == VARIED
    keeps = _typed(
        told.get("keeps_rhythm", usual), bool, f"keeps_rhythm of {where}", "true or false"
    )
    return GivenBar(recurrence, keeps, rhythm, pitch, lift)


def _of_report(pieces: object) -> object:
    """Return the plan of the first piece of a report."""
    first = pieces[0] if isinstance(pieces, list) and pieces else None
    planned = first.get("planned") if isinstance(first, dict) else None
    if planned is None:
        raise InputError("the report holds no piece with a plan")
    return planned


def _recurrence(told: Mapping[str, Any], number: int, meter: Meter | None) -> Recurrence:
    where, kind = f"bar {number}", told["takes"]
    if kind not in _KINDS:
        raise InputError(f"{where} takes {kind!r:.40}; choose one of {', '.join(_KINDS)}")
    if kind == NEW:
        if told.get("of_bar") is not None:
            raise InputError(f"{where} is new, so it takes after no bar; leave out of_bar")
        return Recurrence(NEW)
    if told.get("of_bar") is None:
        raise InputError(f"{where} takes {kind}, but does not say of_bar")
    of_bar = told["of_bar"]
    if isinstance(of_bar, bool) or not isinstance(of_bar, int) or not 1 <= of_bar < number:
        raise InputError(f"{where} takes after bar {of_bar!r:.40}; an earlier one is needed")
    if kind == MOVED:
        steps = _whole(told.get("steps", 0), f"steps of {where}", -28, 28)
        if not steps:
            raise InputError(f"{where} is moved, but does not say by how many steps")
        return Recurrence(MOVED, of_bar - 1, steps=steps)
    if kind != VARIED:
        return Recurrence(kind, of_bar - 1)
    assert meter is not None
    length = meter.bar_ticks
    head = _ticks(told.get("head", str(Fraction(length // 2, TICKS_PER_QUARTER))), where)
    tail = _ticks(told.get("tail", str(Fraction(length, TICKS_PER_QUARTER))), where)
    if not 0 <= head <= tail <= length:
        both = f"head {_spoken(head)} and tail {_spoken(tail)}"
        raise InputError(f"{where} has {both}; they cross, or leave the bar")
    return Recurrence(VARIED, of_bar - 1, head=head, tail=tail)


def _rhythm(told: Mapping[str, Any], where: str, meter: Meter) -> Bar:
    text = _typed(told["rhythm"], str, f"rhythm of {where}", "such as '1 1/2 1/2 2'")
    onset, duration, at = [], [], 0
    for word in text.split():
        match = _LENGTH.fullmatch(word)
        if match is None:
            raise InputError(
                f"{where} has the length {word!r:.40}; write quarters, such as 1/2 or z1"
            )
        ticks = _ticks(match[2], where)
        if ticks < 1:
            raise InputError(f"{where} has the length {word!r:.40}; it must be more than 0")
        if not match[1]:
            onset.append(at)
            duration.append(ticks)
        at += ticks
    if at != meter.bar_ticks:
        raise InputError(
            f"the rhythm of {where} lasts {_spoken(at)} quarters; a bar of {meter} has "
            f"{_spoken(meter.bar_ticks)}"
        )
    if not onset:
        raise InputError(f"{where} has only rests; a note is needed")
    places = _places(told.get("rhythm_from"), where, len(onset))
    return Bar(tuple(onset), tuple(duration), places)


def _places(values: object, where: str, notes: int) -> tuple[Place | None, ...]:
    if values is None:
        return (None,) * notes
    found: list[Place | None] = []
    for value in _typed(values, list, f"rhythm_from of {where}", "a list"):
        if value is None:
            found.append(None)
            continue
        told = _object(value, _PLACE_KEYS, f"rhythm_from of {where}")
        tune = _typed(told.get("tune_id", ""), str, f"tune_id of {where}", "a text")
        phrase = _whole(told.get("phrase", 0), f"phrase of {where}", 0, 10**9)
        done = _typed(told.get("operator", ""), str, f"operator of {where}", "a text")
        if done and done not in RHYTHM_OPERATORS:
            known = ", ".join(RHYTHM_OPERATORS)
            raise InputError(f"{where} has the operator {done!r:.40}; known are {known}")
        for note in _typed(told.get("notes", []), list, f"notes of {where}", "a list"):
            found.append(Place(tune, phrase, _whole(note, f"note of {where}", 0, 10**9), done))
    if len(found) != notes:
        raise InputError(
            f"{where} has {counted(notes, 'note')}, and rhythm_from cites {len(found)}; "
            "cite as many, or leave it out"
        )
    return tuple(found)


def _near(values: object, where: str, rhythm: Bar | None) -> tuple[int, ...]:
    found = [
        _whole(value, f"near of {where}", -127, 254)
        for value in _typed(values, list, f"near of {where}", "a list of MIDI numbers")
    ]
    if found and rhythm is None:
        raise InputError(f"{where} has near, but no rhythm that it goes with")
    if found and rhythm is not None and len(found) != len(rhythm.onset):
        raise InputError(
            f"{where} has {counted(len(rhythm.onset), 'note')}, and near has {len(found)} numbers; "
            "give as many, or leave it out"
        )
    return tuple(found)


def _ticks(value: object, where: str) -> int:
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError
        if isinstance(value, str):
            if not re.fullmatch(_QUARTERS, value):
                raise ValueError
        elif not abs(value) <= _LONGEST:
            raise ValueError
        length = Fraction(value) * TICKS_PER_QUARTER
    except (ValueError, ZeroDivisionError, OverflowError):
        raise InputError(f"{where} has the length {value!r:.40}; quarters are needed") from None
    if length.denominator != 1:
        raise InputError(
            f"{where} has the length {value!r:.40}, which is no whole number of ticks "
            f"({TICKS_PER_QUARTER} a quarter); write thirds as 1/3"
        )
    return int(length)


def _spoken(ticks: int) -> str:
    whole, rest = divmod(Fraction(ticks, TICKS_PER_QUARTER), 1)
    return " ".join(str(part) for part in (whole, rest) if part) or "0"


def _object(values: object, keys: Sequence[str], where: str) -> Mapping[str, Any]:
    if not isinstance(values, dict):
        raise InputError(f"{where} is {values!r:.40}; an object is needed")
    unknown = [key for key in values if key not in keys]
    if unknown:
        raise InputError(f"{where} has an unknown key {unknown[0]!r}; known are {', '.join(keys)}")
    return values


def _typed(value: Any, kind: type, name: str, wanted: str) -> Any:
    if not isinstance(value, kind):
        raise InputError(f"{name} is {value!r:.40}; give {wanted}")
    return value


def _whole(value: object, name: str, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputError(f"{name} is {value!r:.40}; a whole number from {low} to {high} is needed")
    return value
