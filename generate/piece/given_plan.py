"""What somebody gives of a plan -> `GivenPlan`, and over a drawn `Plan` -> the plan of a piece."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from generate.piece.planned import Bar, Plan, PlannedBar
from generate.piece.self_similarity import EXACT, NEW, RHYTHM, Recurrence
from mer.errors import InputError
from mer.notes.meter import TICKS_PER_QUARTER, Meter
from mer.notes.names import counted

if TYPE_CHECKING:
    from mer.corpus.corpus import Corpus
    from mer.notes.melody import Melody

MOST_BARS = 256
_SECTION = re.compile(r"([A-Z])('?)([0-9]{0,6})")


@dataclass(frozen=True)
class GivenBar:
    """What is given of one bar; None for what is not.

    Parameters
    ----------
    recurrence, keeps_rhythm, rhythm, pitch, lift
        As in `PlannedBar`.
    """

    recurrence: Recurrence | None = None
    keeps_rhythm: bool = False
    rhythm: Bar | None = None
    pitch: tuple[int, ...] | None = None
    lift: int = 0

    def over(self, drawn: PlannedBar) -> PlannedBar:
        """Return the bar, what is not given taken from the one that was drawn."""
        rhythm = drawn.rhythm if self.rhythm is None else self.rhythm
        if self.pitch is not None:
            pitch, lift = self.pitch, self.lift
        else:
            there = [drawn.pitch_at(onset) for onset in rhythm.onset]
            pitch, lift = tuple(one for one in there if one is not None), drawn.lift
        if self.recurrence is None:
            return PlannedBar(drawn.recurrence, rhythm, drawn.keeps_rhythm, pitch, lift)
        return PlannedBar(self.recurrence, rhythm, self.keeps_rhythm, pitch, lift)


@dataclass(frozen=True)
class GivenPlan:
    """A plan that somebody gives, with what it leaves open.

    Parameters
    ----------
    bars
        One for each bar; empty where their number is left open.
    meter
        The metre, or None for any.
    lender
        The tune that lends the form; None where the form is left open, empty for none.
    second, draw
        As in `Plan`.
    form
        The letters of the form as they are given; empty where the bars say what they take.
    file
        The file that it is from, for errors; empty for none.
    """

    bars: tuple[GivenBar, ...] = ()
    meter: Meter | None = None
    lender: str | None = None
    second: bool = False
    draw: int = 0
    form: str = field(default="", compare=False)
    file: str = field(default="", compare=False)

    def over(self, drawn: Plan) -> Plan:
        """Return the plan, what is not given taken from a plan of as many bars.

        Raises
        ------
        InputError
            If the bars differ in number.
        """
        if not self.bars:
            return drawn._replace(draw=self.draw)
        if len(self.bars) != len(drawn.bars):
            given, wanted = counted(len(self.bars), "bar"), counted(len(drawn.bars), "bar")
            raise InputError(
                f"the plan has {given}; the piece has {wanted}: those of the motif come first and "
                f"count; give a plan of {wanted}, or leave the number out"
            )
        bars = tuple(own.over(other) for own, other in zip(self.bars, drawn.bars, strict=True))
        lender = drawn.lender if self.lender is None else self.lender
        return Plan(bars, lender, self.second, self.draw)


def formed(form: str, count: int | None) -> list[Recurrence]:
    """Return what each bar takes in a form of letters.

    Parameters
    ----------
    form
        Such as ``"A A B A"`` or ``"A4 B2 A2"`` (see `generate.piece.plan_text`).
    count
        Bars of the piece; None where the form says it.

    Raises
    ------
    InputError
        If it cannot be read, or its sections do not add up.

    Examples
    --------
    >>> [(one.kind, one.bar) for one in formed("A2 B1 A'2", None)]
    [('new', -1), ('new', -1), ('new', -1), ('exact', 0), ('rhythm', 1)]
    """
    words = form.split()
    found = [_SECTION.fullmatch(word) for word in words]
    bad = [word for word, match in zip(words, found, strict=True) if match is None]
    if bad or not words:
        what = f"an unknown letter, {bad[0]!r}" if bad else "no letter"
        raise InputError(f'the form has {what}; write letters from A to Z, such as "A A\' B A"')
    parts = [match.groups() for match in found if match is not None]
    lengths = [int(length) if length else 0 for _, _, length in parts]
    if any(lengths):
        if not all(lengths):
            word = words[lengths.index(0)]
            raise InputError(f"section {word!r} of the form has no length, others have; add it")
        if count is not None and sum(lengths) != count:
            raise InputError(
                f"the sections of the form {form!r} add up to {sum(lengths)} bars; "
                f"the plan has {count}"
            )
        if sum(lengths) > MOST_BARS:
            raise InputError(f"the form has {sum(lengths)} bars; {MOST_BARS} are supported")
    else:
        if count is None:
            raise InputError('the form needs a number of bars: "bars": 8, or "A4 B2 A2"')
        if count % len(parts):
            raise InputError(
                f"{counted(count, 'bar')} do not part into {counted(len(parts), 'section')} of one "
                'length; write the length of each, such as "A4 B2 A2"'
            )
        lengths = [count // len(parts)] * len(parts)
    first: dict[str, tuple[int, int]] = {}
    taken: list[Recurrence] = []
    for (letter, prime, _), length in zip(parts, lengths, strict=True):
        start, there = first.setdefault(letter, (len(taken), length))
        comes_again = start < len(taken)
        for number in range(length):
            if not comes_again or number >= there:
                taken.append(Recurrence(NEW))
            elif prime and number == length - 1:
                taken.append(Recurrence(RHYTHM, start + number))
            else:
                taken.append(Recurrence(EXACT, start + number))
    return taken


def check_cited(plan: Plan, corpus: Corpus, motif: Melody) -> None:
    """Refuse a plan whose rhythm is not that of the notes that it cites.

    Parameters
    ----------
    motif
        In the metre of the piece.

    Raises
    ------
    InputError
        If a tune or a note does not exist, a note is in another phrase (of the motif, phrase 0), or
        one that nothing is done to has another duration; the message names the bar.
    """
    tunes: dict[str, Melody] = {"": motif}
    for number, bar in enumerate(plan.bars, 1):
        for duration, place in zip(bar.rhythm.duration, bar.rhythm.places, strict=True):
            if place is None:
                continue
            if place.tune_id not in tunes:
                found = int(corpus.found([place.tune_id])[0])
                if found < 0:
                    raise InputError(f"bar {number} of the plan cites no tune: {place.tune_id!r}")
                tunes[place.tune_id] = corpus.tune(found).melody
            melody, whose = tunes[place.tune_id], place.tune_id or "the motif"
            where = f"bar {number} of the plan cites note {place.note} of {whose}"
            if place.note >= len(melody):
                raise InputError(f"{where}, which has notes 0 to {len(melody) - 1}")
            starts = melody.phrase_starts or (0,)
            phrase = bisect_right(starts, place.note) if place.tune_id else 0
            if place.phrase != phrase:
                raise InputError(f"{where} in phrase {place.phrase}; it is in phrase {phrase}")
            there = int(melody.duration[place.note])
            if not place.operator and there != duration:
                from fractions import Fraction

                both = [Fraction(ticks, TICKS_PER_QUARTER) for ticks in (there, duration)]
                raise InputError(
                    f"{where}, which lasts {both[0]} quarters, not {both[1]}; "
                    "cite another note, or leave out rhythm_from"
                )
