"""ABC tunebook -> tunes: (number, title, Melody or the reason why not), one after another.

The reader is our own (decision 11). It reads what is written: repeats are not played out, grace
notes are dropped, of a chord the highest note stays, of several voices one is chosen. What is
damaged is read as well as it can be, and said; only a tune without notes is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from mer.errors import InputError
from mer.io.accompaniment import with_heard_chords
from mer.io.reading import MAX_NOTES, Notation, Reading, one_meter, reading_of
from mer.io.tunebook.events import ChordSign, Event, stretches, without_first_endings
from mer.io.tunebook.strands import Strand
from mer.io.tunebook.text import TuneText, decoded, split_tunebook
from mer.io.tunebook.timing import TimedVoice, timed
from mer.io.tunebook.voices import ScoreText, read_score_text
from mer.io.voices import choose_voice
from mer.notes.chord_names import ChordName
from mer.notes.key import MODE_SCALES, Key
from mer.notes.melody import Melody
from mer.notes.names import counted

__all__ = [
    "MARKS",
    "PLAIN",
    "Convention",
    "TuneReading",
    "TuneText",
    "read_tune",
    "read_tunebook",
    "split_tunebook",
]

LONGEST_TUNE = 100_000
# What begins a phrase -> the unit of `mer.io.tunebook.events.stretches`.
MARKS = {"none": "", "lines": "line", "sections": "section"}

# `max` keeps the first of equals. Locrian is not offered: it is a theorist's mode.
_COMMON_FIRST = ("major", "minor", "dorian", "mixolydian", "phrygian", "lydian")


@dataclass(frozen=True)
class Convention:
    """How a collection uses ABC.

    Parameters
    ----------
    marks
        What becomes a phrase mark: ``"lines"`` of music (a backslash continues one), ``"sections"``
        between repeat signs or double bars, or ``"none"``.
    key_is_tonic
        Whether the key field names the tonic only, and the mode is to be told from the notes.
    align_bars
        Whether bars that are too short or too long may be followed by silence, so that every later
        barline stays in step with the first (`mer.io.tunebook.timing`).
    first_endings
        Whether first endings are kept. Repeats are never played out, so a first ending is a stretch
        that only a second hearing would need.
    """

    marks: str = "none"
    key_is_tonic: bool = False
    align_bars: bool = False
    first_endings: bool = True


PLAIN = Convention()


@dataclass(frozen=True)
class TuneReading:
    """What became of one tune: its melody, or the problem that kept it from being read.

    `mended` says what was wrong with the text and how it was read all the same; `remarks` says what
    was chosen or left out; `reading` is the melody with its place in the file and its voices.
    """

    number: int
    title: str
    melody: Melody | None
    problem: str = ""
    mended: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    reading: Reading | None = None


def read_tunebook(
    path: str | Path,
    *,
    convention: Convention = PLAIN,
    start: int = 0,
    stop: int | None = None,
) -> Iterator[TuneReading]:
    """Return what became of each tune of an ABC file, one at a time.

    Parameters
    ----------
    path
        An ABC file with any number of tunes.
    convention
        How it uses ABC.
    start, stop
        Places of the first tune to read, from 0, and of the first not to; by default all are read.

    Raises
    ------
    InputError
        If the file cannot be opened, is no text or holds no tune.
    """
    source = Path(path)
    try:
        tunes = split_tunebook(decoded(source.read_bytes()))
    except OSError as error:
        raise InputError(f"cannot read {source}: {error.strerror or error}") from error
    except InputError as error:
        raise InputError(f"{source}: {error}") from error
    if not tunes:
        raise InputError(f"{source}: holds no tune; no line begins with 'X:'")
    for tune in tunes[start:stop]:
        yield read_tune(tune, convention=convention)


def read_tune(
    tune: TuneText, *, convention: Convention = PLAIN, track: int | str | None = None
) -> TuneReading:
    r"""Return what became of one tune; nothing that is wrong with it raises.

    Parameters
    ----------
    track
        Number (from 1) or name of the voice to take where there are several. One that is not there
        is the only thing that raises InputError.

    Examples
    --------
    >>> text = "X:1\nT:Two Lines\nM:3/4\nL:1/4\nK:D\nA|dfe|d2\nB|AFE|D2|]"
    >>> reading = read_tune(split_tunebook(text)[0], convention=Convention(marks="lines"))
    >>> reading.melody.phrase_starts, reading.melody.downbeat, str(reading.melody.key)
    ((0, 5), 480, 'D major')
    """
    if len(tune.text) > LONGEST_TUNE:
        problem = f"the tune has {len(tune.text)} characters; at most {LONGEST_TUNE} are read"
        return TuneReading(tune.number, tune.title, None, problem)
    score = read_score_text(tune)
    if score.is_too_long:
        problem = f"more than {MAX_NOTES:,} notes; at most {MAX_NOTES:,} are read"
        return TuneReading(tune.number, tune.title, None, problem)
    found = [_timed(name, strand, convention) for name, strand in _named(score)]
    held = [(strand, events, voice) for strand, events, voice in found if len(voice.voice)]
    mended = score.remarks.sentences()
    if not held:
        problem = "has no music" + (f"; {mended[0]}" if mended else "")
        return TuneReading(tune.number, tune.title, None, problem, mended)
    voices = [voice.voice for *_, voice in held]
    chosen, remark = choose_voice(voices, track=track, kind="voice")
    strand, events, voice = held[chosen]
    try:
        notation = _notation(score, strand, voice)
        reading = reading_of(voice.voice, notation._replace(chords=_chords(held, chosen)))
    except InputError as error:
        return TuneReading(tune.number, tune.title, None, str(error), mended)
    reading = with_heard_chords(reading, voices, chosen)
    melody = _marked(reading.melody, events, voice, convention)
    if convention.key_is_tonic and melody.key is not None:
        melody = replace(melody, key=_fitting_mode(melody, melody.key.tonic))
    remarks = (remark, *reading.remarks) if remark else reading.remarks
    melody = replace(melody, title=tune.title)
    reading = reading.of_several(voices, chosen)._replace(melody=melody)
    return TuneReading(tune.number, tune.title, melody, "", mended, remarks, reading)


def _named(score: ScoreText) -> list[tuple[str, Strand]]:
    several = len(score.strands) > 1
    return [
        (score.names[voice] or (voice if several else ""), strand)
        for voice, strand in score.strands.items()
    ]


def _timed(
    name: str, strand: Strand, convention: Convention
) -> tuple[Strand, list[Event], TimedVoice]:
    events = strand.events
    if not convention.first_endings:
        events = without_first_endings(events)
    return strand, events, timed(events, name, align_bars=convention.align_bars)


def _notation(score: ScoreText, strand: Strand, voice: TimedVoice) -> Notation:
    remarks = []
    if strand.graces:
        remarks.append(f"dropped {counted(strand.graces, 'grace note')}")
    if strand.overlaid:
        remarks.append(f"left out {counted(strand.overlaid, 'note')} of voice overlays (&)")
    if strand.breaks_off:
        remarks.append("the last bar is short and no barline ends it; the file may be cut off")
    remarks += one_meter(voice.meter, voice.changes)
    return Notation(
        meter=voice.meter,
        key=score.key,
        tempo_bpm=score.tempo_bpm,
        barline=voice.barline,
        remarks=tuple(remarks),
    )


def _chords(
    held: Sequence[tuple[Strand, list[Event], TimedVoice]], chosen: int
) -> list[tuple[int, ChordName]]:
    """Return the chord names above the chosen voice, or else above the first that has any."""
    for _, events, voice in (held[chosen], *held):
        found = [
            (voice.starts[place], event.name)
            for place, event in enumerate(events)
            if isinstance(event, ChordSign) and place in voice.starts
        ]
        if found:
            return found
    return []


def _marked(
    melody: Melody, events: list[Event], voice: TimedVoice, convention: Convention
) -> Melody:
    """Return the melody with a mark where each stretch begins, or none if one begins on no note."""
    unit = MARKS[convention.marks]
    if not unit:
        return melody
    origin = int(voice.voice.onset.min())
    ticks = [voice.starts[place] - origin for place in stretches(events, unit)]
    starts = np.searchsorted(melody.onset, ticks).tolist()
    rising = all(a < b for a, b in pairwise(starts))
    whole = bool(starts) and starts[0] == 0 and starts[-1] < len(melody)
    return replace(melody, phrase_starts=tuple(starts) if rising and whole else ())


def _fitting_mode(melody: Melody, tonic: int) -> Key:
    """Return the key on this tonic whose scale holds the longest time of the notes.

    Of modes that fit alike (a note that tells them apart is missing) the more common one is taken.
    """
    degree = np.bincount((melody.pitch - tonic) % 12, weights=melody.duration, minlength=12)
    return Key(tonic, max(_COMMON_FIRST, key=lambda mode: degree[list(MODE_SCALES[mode])].sum()))
