"""Settings + motif + neighbours -> `Frame`: what every method must keep to.

The frame holds what has been decided before a note is written: metre, length in ticks, key, range,
and the opening, that is the motif (whole, or cut at a barline) in the key that is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from generate.piece.composition import MOTIF, Fragment, Source
from generate.piece.scales import scale_of
from generate.plan.form import Section, asks_for_close, plan_form
from generate.plan.settings import Settings
from generate.plan.verbs import usual_bars, verb_named
from mer.errors import InputError
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.notes.meter import Meter
from mer.notes.names import counted, pitch_name

if TYPE_CHECKING:
    from mer.search.match import Match

SHORTEST_MOTIF = 3
LONGEST_MOTIF = 24
# A twelfth: what an untrained voice sings and what most folk tunes keep to.
_USUAL_SPAN = 19
# Semitones below and above the middle of the motif. Tunes mostly climb after their beginning, and a
# piece that has a tune's plan climbs with it.
_AROUND, _PLANNED = (9, 9), (10, 15)
# Of a bar: a longer pick-up is a bar that begins with a rest.
_LONGEST_PICKUP = 5 / 6
_DEFAULT_METER = Meter(4, 4)


class Frame(NamedTuple):
    """What is decided before a note is written.

    Parameters
    ----------
    meter
        Numerator and denominator.
    bars, bar_ticks
        Length in bars, and of one bar.
    pickup
        Ticks before the first barline.
    key
        The key of the piece.
    low, high
        The range, both ends included.
    end_on_tonic
        Whether the last note has to be the tonic: as a rule, unless another one is asked for.
    opening
        The motif in the key of the piece, as far as it is used; None if it does not open the piece.
    sections
        The plan of the piece.
    scale
        The pitch classes of new notes, from the tonic upwards.
    counterpart
        Whether the second half is a counterpart, and the first half the motif, whole.
    """

    meter: tuple[int, int]
    bars: int
    bar_ticks: int
    pickup: int
    key: Key
    low: int
    high: int
    end_on_tonic: bool
    opening: Fragment | None
    sections: tuple[Section, ...]
    scale: tuple[int, ...]
    counterpart: bool = False

    @property
    def length(self) -> int:
        """Ticks from the first onset to the final barline."""
        return self.pickup + self.bars * self.bar_ticks

    @property
    def beat_ticks(self) -> int:
        """Length of a beat in ticks (see `mer.notes.meter.Meter`)."""
        return Meter(*self.meter).beat_ticks


def usable_motif(motif: Melody) -> tuple[Melody, tuple[str, ...]]:
    """Return as much of a motif as is searched with, and remarks for the user.

    Raises
    ------
    InputError
        If it has fewer than three notes, or is not a melody.
    """
    if not isinstance(motif, Melody):
        kind = type(motif).__name__
        raise InputError(f"the motif is a {kind}; a Melody is needed, as mer.load_melody returns")
    if len(motif) < SHORTEST_MOTIF:
        raise InputError(
            f"the motif has {counted(len(motif), 'note')}; at least {SHORTEST_MOTIF} are needed"
        )
    if len(motif) <= LONGEST_MOTIF:
        return motif, ()
    # A phrase that ends in time is a better motif than one that stops anywhere.
    ends = [start for start in motif.phrase_starts if SHORTEST_MOTIF < start <= LONGEST_MOTIF]
    notes = ends[-1] if ends else LONGEST_MOTIF
    remark = f"the motif has {len(motif)} notes; the search uses the first {notes}"
    return motif.cut(0, notes), (remark,)


def with_leading_rest(motif: Melody) -> Melody:
    """Return a motif whose pick-up is nearly a bar as one that begins with a rest.

    A pick-up of more than five sixths of a bar, as of seven eighths in 4/4, is a first bar without
    its beginning: hardly any tune has so long a pick-up.

    Examples
    --------
    >>> late = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480, 480, 720],
    ...               meter=(4, 4), downbeat=1680)
    >>> with_leading_rest(late).onset.tolist(), with_leading_rest(late).downbeat
    ([240, 720, 1200], 0)
    """
    bar = motif.bar_ticks
    if motif.downbeat <= bar * _LONGEST_PICKUP or motif.onset[0] != 0:
        return motif
    return replace(motif, onset=motif.onset + bar - motif.downbeat, downbeat=0)


def plan_frame(
    motif: Melody, matches: Sequence[Match], settings: Settings
) -> tuple[Frame, Fragment, tuple[str, ...]]:
    """Return the frame, the whole motif in its key, and remarks for the user.

    Raises
    ------
    InputError
        If the motif has no key (see `mer.search.keys.with_key`) or does not fit the range, or the
        range does not contain the tonic.
    """
    remarks: list[str] = []
    meter = motif.meter
    if meter is None:
        meter = _likely_meter(motif, matches) if motif.rhythm_known else _DEFAULT_METER
        motif = replace(motif, meter=meter, downbeat=0)
        remarks.append(f"the motif has no metre; {Meter(*meter)} is assumed")
    if verb_named(settings.verb).method == "markov" and settings.opens:
        motif = with_leading_rest(motif)
    own_key = motif.key
    if own_key is None:
        raise InputError("the motif has no key; see mer.search.keys.with_key")
    key = settings.target_key or own_key
    theme = _in_key(motif, own_key, key)
    theme, low, high = _fitted(theme, settings)
    # A last note that is asked for counts more than what is usual, but not than what is asked for.
    last = settings.last_note
    elsewhere = last is not None and last % 12 != key.tonic and not asks_for_close(settings.form)
    end_on_tonic = settings.end_on_tonic and not elsewhere
    if end_on_tonic and not any(p % 12 == key.tonic for p in range(low, high + 1)):
        lowest, highest = pitch_name(low), pitch_name(high)
        raise InputError(
            f"the range {lowest} to {highest} does not contain the tonic, {key.tonic_name}"
        )
    bars = settings.bars or usual_bars(settings.verb, theme.melody.bars)
    sections = plan_form(bars, "A B" if settings.counterpart else settings.form)
    opening = _opening(theme, sections, settings)
    if settings.opens and (opening is None or len(opening) < len(theme)):
        remarks.append(_cut_remark(opening, theme, bars))
    frame = Frame(
        meter=meter,
        bars=bars,
        bar_ticks=theme.melody.bar_ticks,
        pickup=theme.melody.downbeat if opening is not None else 0,
        key=key,
        low=low,
        high=high,
        end_on_tonic=end_on_tonic,
        opening=opening,
        sections=sections,
        scale=scale_of(settings.scale, theme.melody, key),
        counterpart=settings.counterpart,
    )
    return frame, theme, tuple(remarks)


def _likely_meter(motif: Melody, matches: Sequence[Match]) -> tuple[int, int]:
    """Return the metre of most neighbours, of those that suit the motif's rhythm.

    Those in which notes cross barlines count less.
    """
    votes: dict[tuple[int, int], float] = {}
    onset = motif.onset.tolist()
    for match in matches:
        meter = match.phrase.melody.meter
        if meter is not None and Meter(*meter).suits(onset):
            barred = replace(motif, meter=meter, downbeat=0)
            crossing = barred.bar_position + barred.duration > barred.bar_ticks
            fit = float(1.0 - crossing.mean()) ** 2
            votes[meter] = votes.get(meter, 0.0) + fit * match.similarity
    return max(votes, key=lambda meter: votes[meter], default=_DEFAULT_METER)


def _in_key(motif: Melody, own_key: Key, key: Key) -> Fragment:
    """Return the motif moved the shorter way to the tonic of `key`, and into its mode."""
    theme = Fragment(motif, tuple(Source(MOTIF, note, 0) for note in range(len(motif))))
    if own_key.mode != key.mode:
        from generate.piece.operators import change_mode, varied

        theme = varied(theme, "mode change", change_mode(theme.melody, own_key, key.mode))
    shift = (key.tonic - own_key.tonic + 6) % 12 - 6
    return theme.transpose(shift) if shift else theme


def _fitted(theme: Fragment, settings: Settings) -> tuple[Fragment, int, int]:
    """Return the theme, moved by octaves into the range if need be, and the range."""
    lowest, highest = int(theme.melody.pitch.min()), int(theme.melody.pitch.max())
    middle = (lowest + highest) // 2
    below, above = _PLANNED if verb_named(settings.verb).method == "markov" else _AROUND
    low = settings.low if settings.low is not None else min(lowest, middle - below)
    high = settings.high if settings.high is not None else max(highest, middle + above)
    if settings.low is not None and settings.high is None:
        high = max(high, low + _USUAL_SPAN)
    if settings.high is not None and settings.low is None:
        low = min(low, high - _USUAL_SPAN)
    low, high = max(low, 0), min(high, 127)
    shifts = [12 * o for o in range(-10, 11) if low <= lowest + 12 * o and highest + 12 * o <= high]
    if not shifts and (settings.opens or settings.counterpart):
        raise InputError(
            f"the motif spans {pitch_name(lowest)} to {pitch_name(highest)} and does not fit the "
            f"range {pitch_name(low)} to {pitch_name(high)} in any octave; widen the range"
            + ("" if settings.counterpart else ", or leave the motif out")
        )
    shift = min(shifts, key=abs) if shifts else 0
    return (theme.transpose(shift) if shift else theme), low, high


def _opening(theme: Fragment, sections: Sequence[Section], settings: Settings) -> Fragment | None:
    """Return the motif as it opens the piece, whole or cut at a barline; None if it does not.

    A piece that is longer than the motif has all of it, unless a form says otherwise: then as much
    as the first section holds. Where there would be no room for anything else, half of the piece is
    the motif's. A counterpart is written beside all of it.
    """
    if settings.counterpart:
        return theme
    bars = sections[-1].stop
    if not settings.opens:
        return None
    if settings.form is not None and len(sections) > 1:
        first = _cut(theme, sections[0].bars)
        return first if first is not None and len(first) >= SHORTEST_MOTIF else _half(theme, bars)
    return theme if theme.melody.bars < bars else _half(theme, bars)


def _half(theme: Fragment, bars: int) -> Fragment | None:
    return _cut(theme, bars // 2) if bars > 1 else None


def _cut(theme: Fragment, bars: int) -> Fragment | None:
    notes = notes_by_barline(theme.melody, bars)
    return theme.head(notes) if notes else None


def notes_by_barline(melody: Melody, bars: int) -> int:
    """Return how many notes end by the barline after so many bars.

    Where the melody begins with a pick-up, what leads to the bar after that barline does not count.

    Examples
    --------
    >>> tune = Melody(pitch=[67, 60, 62, 64, 65, 67], onset=[0, 480, 1440, 1920, 2400, 3360],
    ...               duration=[480, 960, 480, 480, 960, 480], meter=(4, 4), downbeat=480)
    >>> notes_by_barline(tune, 1)
    3
    """
    limit = melody.downbeat + bars * melody.bar_ticks
    if melody.downbeat and not _sounds_across(melody, limit - melody.downbeat):
        limit -= melody.downbeat
    return int(np.searchsorted(melody.end, limit, side="right"))


def _sounds_across(melody: Melody, tick: int) -> bool:
    return bool(((melody.onset < tick) & (melody.end > tick)).any())


def _cut_remark(opening: Fragment | None, theme: Fragment, bars: int) -> str:
    piece = f"a piece of {counted(bars, 'bar')}"
    if opening is None:
        return f"{piece} leaves no room for the motif; ask for more bars to hear it"
    heard, whole = opening.melody.bars, theme.melody.bars
    part, of = counted(heard, "bar"), str(whole)
    if not 0 < heard < whole:
        part, of = counted(len(opening), "note"), counted(len(theme), "note")
    one = part.startswith("1 ")
    first, verb = (part[2:], "is") if one else (part, "are")
    heard_of = f"the first {first} of the motif's {of} {verb} heard in {piece}"
    return f"only {heard_of}; ask for more bars to hear the rest"
