"""Tokens of one voice -> its events: broken rhythm, tuplets, ties, chords, overlays."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import dropwhile, takewhile

from mer.io.tunebook.events import (
    Barline,
    BrokenPair,
    ChordSign,
    Ending,
    Event,
    MeterSign,
    Sonority,
    Turn,
    is_sounding,
    refit,
    total,
)
from mer.io.tunebook.remarks import Remarks
from mer.io.tunebook.signs import Accidentals, broken_factors, length_of, microtone, tuplet_of
from mer.io.tunebook.tokens import SpelledNote, Token, tokens, written
from mer.notes.chord_names import chord_name
from mer.notes.meter import TICKS_PER_QUARTER, Meter

_SILENT = frozenset(("space", "slur", "layout", "spacer"))


@dataclass
class _Overlay:
    """An overlay under way: where it began, in how many bars it ends, what it holds.

    `under` is what the notes below it still need: the last sound, its notes, and those tied on.
    """

    start: int
    bars: int
    marked: bool  # between (& and &)
    under: tuple[Sonority | None, dict[tuple[str, int], int], dict[tuple[str, int], int]]
    events: list[Event] = field(default_factory=list)


@dataclass
class Strand:
    """One voice as it is being read.

    Parameters
    ----------
    remarks
        Where is said what was mended.
    unit
        Unit length in quarters.
    """

    remarks: Remarks
    unit: Fraction
    meter: tuple[int, int] | None = None
    accidentals: Accidentals = field(default_factory=Accidentals)
    events: list[Event] = field(default_factory=list)
    graces: int = 0
    overlaid: int = 0
    notes: int = 0
    line: int = 0
    _filled: Fraction = Fraction(0)  # how much of the bar is written
    _section: int = 0
    _divided: bool = False
    _overlay: _Overlay | None = None
    _overlay_mark: int | None = None
    _previous: Sonority | None = None
    _broken_by: str = ""  # the broken rhythm that waits for its second note
    _doubtful: list[BrokenPair] = field(default_factory=list)  # those of the bar
    _scaled: Fraction = Fraction(1)  # by what a tuplet has changed the last sound
    _tuplet: tuple[Fraction, int] = (Fraction(1), 0)
    _chord: list[tuple[SpelledNote, Fraction, bool]] | None = None
    _after_chord: Token | None = None  # a broken rhythm that is written inside a chord
    _fermata: bool = False
    _carrier: Sonority | None = None  # an invisible rest that may do no more than carry a fermata
    _struck: dict[tuple[str, int], int] = field(default_factory=dict)
    _carried: dict[tuple[str, int], int] = field(default_factory=dict)

    def read(self, token: Token) -> None:
        """Take in one token."""
        act = _ACTS.get(token.kind)
        if act is not None:
            act(self, token)
        elif token.kind not in _SILENT:
            self.remarks.sign(token)

    def end(self) -> None:
        """Close what is still open at the end of the tune."""
        self._unclosed()
        self._end_overlay()

    @property
    def ends_with_barline(self) -> bool:
        """Whether a barline was the last that was read."""
        return self._chord is None and bool(self.events) and isinstance(self.events[-1], Barline)

    @property
    def breaks_off(self) -> bool:
        """Whether no barline ends the last bar, and it is neither full nor what a pick-up lacks."""
        sounding = dropwhile(lambda event: not isinstance(event, Sonority), self.events)
        first = list(takewhile(lambda event: not isinstance(event, Barline), sounding))
        barred = any(isinstance(event, Barline) for event in self.events)
        if self.meter is None or not barred or self.ends_with_barline:
            return False
        bar = Fraction(Meter.assumed(self.meter).bar_ticks, TICKS_PER_QUARTER)
        pickup = sum(event.length for event in first if isinstance(event, Sonority))
        return self._filled % bar != 0 and (self._filled + pickup) % bar != 0

    def set_meter(self, meter: tuple[int, int] | None) -> None:
        """Take another metre from here on."""
        if meter != self.meter or not self.events:
            self.meter = meter
            self._add(MeterSign(meter))

    def turn(self) -> None:
        """Note that another key or unit begins here."""
        self._add(Turn())

    def _add(self, event: Event) -> None:
        (self.events if self._overlay is None else self._overlay.events).append(event)

    def _note(self, token: Token) -> None:
        note = written(token.text)
        if note.part and microtone(note).denominator != 1:
            self.remarks.count("rounded {} to the nearest semitone", "microtone")
        length = self._length(note.length, token)
        if self._chord is not None:
            self._chord.append((note, length, False))
        else:
            self._strike([(note, length, False)], Fraction(1))

    def _length(self, text: str, token: Token) -> Fraction:
        length = length_of(text)
        if length is None:
            self.remarks.at(token, f"the length {text!r} is no length; 1 was taken")
        return length or Fraction(1)

    def _strike(self, notes: list[tuple[SpelledNote, Fraction, bool]], factor: Fraction) -> None:
        """Add a note or chord; its length is that of its first note."""
        self.notes += 1
        self.accidentals.carry(self._carried)
        pitches: dict[int, Fraction] = {}
        self._struck, self._carried, tied = {}, {}, set()
        unit = factor * self.unit
        for note, length, tie in notes:
            pitch = self._in_range(self.accidentals.pitch(note))
            lasts = length * unit
            pitches[pitch] = max(pitches[pitch], lasts) if pitch in pitches else lasts
            self._struck[note.letter, note.octave] = pitch
            if tie:
                tied.add(pitch)
                self._carried[note.letter, note.octave] = pitch
        self._sound(Sonority(pitches, notes[0][1] * unit, tied))

    def _in_range(self, pitch: int) -> int:
        if 0 <= pitch <= 127:
            return pitch
        self.remarks.count("moved {} outside the MIDI range by octaves", "note")
        return pitch % 12 if pitch < 0 else 127 - (127 - pitch) % 12

    def _sound(self, sound: Sonority) -> None:
        factor, left = self._tuplet
        factor = factor if left else Fraction(1)
        if left:
            sound.scale(factor)
            self._tuplet = (factor, left - 1)
        self._filled += sound.length
        if self._broken_by and self._previous is not None:
            self._break(self._previous, sound, alike=factor == self._scaled)
        self._broken_by, self._scaled = "", factor
        self._fermata = False
        self._section += self._divided
        self._divided = False
        sound.line, sound.section = self.line, self._section
        self._previous = sound
        self._add(sound)

    def _rest(self, token: Token) -> None:
        if self._chord is not None and token.text[0] in "zx":
            return  # it keeps its place in the chord, and is not heard
        self._unclosed()
        self._struck, self._carried = {}, {}
        length = self._length(token.text[1:], token)
        inside = token.text in ("Z", "X") and self._in_mid_bar()
        if inside:
            self.remarks.at(token, f"{token.text!r} stands inside a bar; read as a short rest")
        if token.text[0] in "zx" or inside:
            rest = Sonority({}, length * self.unit)
            self._carrier = rest if self._fermata and token.text[0] == "x" else None
            self._sound(rest)
            return
        bar = Fraction(Meter.assumed(self.meter).bar_ticks, TICKS_PER_QUARTER)
        self._add(Sonority({}, length * bar, line=self.line, section=self._section))
        self._previous = None

    def _in_mid_bar(self) -> bool:
        """Return whether the bar that is being written is neither empty nor full."""
        bar = Fraction(Meter.assumed(self.meter).bar_ticks, TICKS_PER_QUARTER)
        return self.meter is not None and self._filled % bar != 0

    def _decorate(self, token: Token) -> None:
        self._fermata = token.text == "H" or token.text[1:-1].replace(":", "") == "fermata"

    def _drop_carrier(self) -> None:
        """Take out the rest of ``Hx|``: it puts a fermata on the barline and takes no time."""
        held = self.events if self._overlay is None else self._overlay.events
        if held and held[-1] is self._carrier:
            held.pop()
            self._previous = None
        self._carrier = None

    def _broken(self, token: Token) -> None:
        if self._chord is not None:
            self._after_chord = token
            return
        if self._previous is None:
            self.remarks.sign(token)
            return
        self._broken_by += token.text

    def _break(self, before: Sonority, after: Sonority, *, alike: bool) -> None:
        """Lengthen one of two sounds and shorten the other, unless it is written short already.

        `alike`: both are in a tuplet, or neither is. What sounds of unequal length mean may turn
        out otherwise at the barline.
        """
        first, second = signed = broken_factors(self._broken_by)
        unequal = alike and before.length != after.length
        if unequal and after.length == before.length * second:
            second = Fraction(1)
        elif unequal and before.length == after.length * first:
            first = Fraction(1)
        whole = Fraction(1), Fraction(1)
        others = [whole, signed]
        short = min(before.length, after.length)
        if signed[0] < 1 and short == before.length >= self.unit:
            # The short note is halved, and the long one takes what it loses.
            others.insert(0, (signed[0], 1 + (1 - signed[0]) * short / after.length))
        length = before.length + after.length
        before.scale(first)
        after.scale(second)
        self._filled += before.length + after.length - length
        if unequal:
            self._doubtful.append(BrokenPair(before, after, (first, second), tuple(others)))

    def _fit(self) -> None:
        """Read broken rhythms in doubt as the bar asks for, where one reading makes it full."""
        bar = Fraction(Meter.assumed(self.meter).bar_ticks, TICKS_PER_QUARTER)
        if self._doubtful and self.meter is not None and self._filled != bar:
            refit(self._doubtful, self._filled - bar)
        self._doubtful.clear()

    def _begin_tuplet(self, token: Token) -> None:
        found = tuplet_of(token.text, self.meter)
        if found is None:
            self.remarks.sign(token)
        else:
            self._tuplet = found

    def _tie(self, token: Token) -> None:
        if self._chord is not None:
            if self._chord:
                note, length, _ = self._chord[-1]
                self._chord[-1] = (note, length, True)
        elif self._previous is not None and self._struck:
            self._previous.tied = set(self._previous.pitches)
            self._carried = dict(self._struck)

    def _open_chord(self, token: Token) -> None:
        self._unclosed()
        self._chord = []

    def _close_chord(self, token: Token) -> None:
        notes, self._chord = self._chord, None
        if not notes:
            if notes is None:
                self.remarks.sign(token)
            return
        self._strike(notes, self._length(token.text[1:], token))
        broken, self._after_chord = self._after_chord, None
        if broken is not None:
            self._broken(broken)

    def _old_chord(self, token: Token) -> None:
        self._chord = []
        for inner in tokens(token.text[1:-1]):
            self.read(inner)
        self._close_chord(Token("close", "]", token.column))

    def _unclosed(self) -> None:
        """Read the notes of a chord that nobody closed one after another."""
        notes, self._chord = self._chord, None
        if notes is not None:
            self.remarks.say("a chord is not closed; its notes were read one after another")
            for note in notes:
                self._strike([note], Fraction(1))

    def _graces(self, token: Token) -> None:
        self.graces += sum(inner.kind == "note" for inner in tokens(token.text[1:-1]))

    def _bar(self, token: Token) -> None:
        self._unclosed()
        self._drop_carrier()
        self._fit()
        self._filled = Fraction(0)
        self.accidentals.barline()
        overlay = self._overlay
        if overlay is not None and not overlay.marked:
            overlay.bars -= 1
            if overlay.bars <= 0:
                self._end_overlay()
        bar = Barline(token.text)
        self._divided = self._divided or bar.divides
        self._add(bar)

    def _ending(self, token: Token) -> None:
        self._divided = False
        self._add(Ending(token.text.rstrip(".")))

    def _overlay_sign(self, token: Token) -> None:
        """Go back by one bar for each ``&``, or to ``(&``; ``&)`` ends it."""
        self._unclosed()
        if token.text == "(&":
            self._overlay_mark = len(self.events)
            return
        marked = self._overlay_mark
        self._end_overlay()
        self._fit()
        self._filled = Fraction(0)
        self.accidentals.barline()
        if token.text == "&)":
            self._overlay_mark = None
            return
        bars = len(token.text)
        start = self._bar_start(bars) if marked is None else marked
        under = (self._previous, self._struck, self._carried)
        self._overlay = _Overlay(start, bars, marked is not None, under)
        self._previous, self._broken_by, self._tuplet = None, "", (Fraction(1), 0)
        self._struck, self._carried = {}, {}

    def _bar_start(self, bars: int) -> int:
        """Return the place after the barline `bars` back."""
        last, filled = len(self.events) - 1, False
        for place in range(last, -1, -1):
            event = self.events[place]
            filled = filled or isinstance(event, Sonority)
            if isinstance(event, Barline) and (filled or place == last):
                bars, filled = bars - 1, False
                if bars == 0:
                    return place + 1
        return 0

    def _end_overlay(self) -> None:
        """Keep an overlay where the voice is silent; else count its notes and leave them out."""
        overlay, self._overlay = self._overlay, None
        if overlay is None:
            return
        under = self.events[overlay.start :]
        if is_sounding(overlay.events) and not is_sounding(under):
            self.events[overlay.start :] = overlay.events
            under, overlay.events = overlay.events, under
        self.overlaid += sum(isinstance(e, Sonority) and bool(e.pitches) for e in overlay.events)
        short = total(overlay.events) - total(under)
        if short > 0:
            self.events.append(Sonority({}, short, line=self.line, section=self._section))
        self._previous, self._struck, self._carried = overlay.under

    def _quote(self, token: Token) -> None:
        """Take in a chord name; other words above the music are passed over."""
        name = chord_name(token.text[1:-1])
        if name is not None and self._chord is None and self._overlay is None:
            self.events.append(ChordSign(name))

    def _open_quote(self, token: Token) -> None:
        self.remarks.at(token, "a quotation mark is not closed")


_ACTS = {
    "note": Strand._note,
    "rest": Strand._rest,
    "broken": Strand._broken,
    "tuplet": Strand._begin_tuplet,
    "tie": Strand._tie,
    "decoration": Strand._decorate,
    "symbol": Strand._decorate,
    "chord": Strand._open_chord,
    "close": Strand._close_chord,
    "old_chord": Strand._old_chord,
    "grace": Strand._graces,
    "bar": Strand._bar,
    "ending": Strand._ending,
    "overlay": Strand._overlay_sign,
    "quote": Strand._quote,
    "open_quote": Strand._open_quote,
}
