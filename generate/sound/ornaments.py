"""A part as it is played -> the same with the cuts and rolls of folk players.

A cut is a touch of the note above before a note, a roll a turn around a long one: note, note above,
note, note below, note. Cuts part a note from the one before it that has its pitch, and mark notes
on strong places; a bar has one of either at most. Ornaments belong to the performance: the melody
as written has none, and a MIDI file says which notes they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generate.sound.expression import strengths
from mer.io.sheet.sheet import Part, PlayedNote
from mer.notes.key import Key, estimate_key
from mer.notes.melody import Melody

CUT, ROLL = "cut", "roll"
_TOUCH_SEC = 0.045  # how long a cut sounds
_USUAL_TEMPO = 120.0
_SOFTER = 0.8
_STRONG = 0.5
_BESIDE = (1, 2)  # semitones to the notes of the scale on either side


class Ornament(NamedTuple):
    """An ornament of a note of the melody, counted from 0: a cut or a roll."""

    note: int
    kind: str


def ornamented(part: Part) -> tuple[Part, tuple[Ornament, ...]]:
    """Return a part with ornaments among its played notes, and what they are.

    Parameters
    ----------
    part
        As `generate.sound.expression.expressed` returns it.

    Examples
    --------
    >>> from generate.sound.expression import expressed
    >>> tune = Melody(pitch=[67, 67, 69], onset=[0, 960, 1920], duration=[960] * 3, key=Key(7))
    >>> part, found = ornamented(expressed([Part(melody=tune)])[0])
    >>> found, [note.pitch for note in part.played]
    ((Ornament(note=1, kind='cut'),), [67, 69, 67, 69])
    """
    melody = part.melody
    key = melody.key or estimate_key(melody.pitch, melody.duration)
    touch = round(_TOUCH_SEC * (melody.tempo_bpm or _USUAL_TEMPO) / 60.0 * 480)
    found: list[Ornament] = []
    played: list[PlayedNote] = []
    kinds = dict(_chosen(melody))
    for one in part.played:
        kind = kinds.get(one.note)
        notes = [one]
        if kind == CUT and one.end - one.onset > 3 * touch:
            notes = _cut(one, key, touch)
        elif kind == ROLL and one.end - one.onset > 8 * touch:
            notes = _rolled(one, key)
        if len(notes) > 1:
            found.append(Ornament(one.note, kind or ""))
        played += notes
    return part._replace(played=tuple(played)), tuple(found)


def written_ornaments(
    melody: Melody, found: Sequence[Ornament]
) -> tuple[tuple[tuple[int, int], ...], tuple[int, ...]]:
    """Return the grace notes and the turns of a score, each by the tick of its note.

    Examples
    --------
    >>> tune = Melody(pitch=[67, 67, 69], onset=[0, 960, 1920], duration=[960] * 3, key=Key(7))
    >>> written_ornaments(tune, [Ornament(1, CUT), Ornament(2, ROLL)])
    (((960, 69),), (1920,))
    """
    key = melody.key or estimate_key(melody.pitch, melody.duration)
    at = {one: int(melody.onset[one.note]) for one in found}
    graces = tuple(
        (tick, _beside(int(melody.pitch[one.note]), key, 1))
        for one, tick in at.items()
        if one.kind == CUT
    )
    return graces, tuple(tick for one, tick in at.items() if one.kind == ROLL)


def _chosen(melody: Melody) -> Iterator[Ornament]:
    """Yield the notes to be ornamented, one in a bar, never the first note or the last."""
    strong = strengths(melody.onset, melody)
    rolled = melody.beat_ticks if melody.beat_ticks > 480 else 3 * melody.beat_ticks // 2
    taken = set()
    for note in range(1, len(melody) - 1):
        bar = (int(melody.onset[note]) - melody.downbeat) // melody.bar_ticks
        if bar in taken:
            continue
        again = melody.pitch[note] == melody.pitch[note - 1]
        falls = 0 < melody.pitch[note - 1] - melody.pitch[note] <= 2
        kind = ""
        if melody.duration[note] == rolled and strong[note] >= _STRONG:
            kind = ROLL
        elif again or (falls and strong[note] >= _STRONG):
            kind = CUT
        if kind:
            taken.add(bar)
            yield Ornament(note, kind)


def _beside(pitch: int, key: Key, side: int) -> int:
    near = (pitch + side * step for step in _BESIDE)
    return next((note for note in near if note % 12 in key.scale), pitch + 2 * side)


def _cut(one: PlayedNote, key: Key, touch: int) -> list[PlayedNote]:
    soft = max(round(one.velocity * _SOFTER), 1)
    above = PlayedNote(_beside(one.pitch, key, 1), one.onset, one.onset + touch, soft, -1)
    return [above, one._replace(onset=one.onset + touch)]


def _rolled(one: PlayedNote, key: Key) -> list[PlayedNote]:
    """Return a note in five: itself, the one above, itself, the one below, itself."""
    above, below = (_beside(one.pitch, key, side) for side in (1, -1))
    soft = max(round(one.velocity * _SOFTER), 1)
    # In eighths of it: the note for two, the rest for one or two each.
    marks = [one.onset + (one.end - one.onset) * eighths // 8 for eighths in (0, 2, 3, 5, 6, 8)]
    pitches = (one.pitch, above, one.pitch, below, one.pitch)
    return [
        PlayedNote(pitch, start, stop, one.velocity if number == 0 else soft, -1)
        if number
        else one._replace(end=stop)
        for number, (pitch, start, stop) in enumerate(zip(pitches, marks, marks[1:], strict=False))
    ]
