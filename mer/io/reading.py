"""A voice and what is notated around it -> `Reading`: the last step of every loader.

Also the two touches of the file system that all formats share: a bounded read, an atomic write.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mer.errors import InputError
from mer.io.sheet.sheet import ChordSymbol
from mer.io.voices import Voice, skyline, told_apart
from mer.notes.arrays import Ints
from mer.notes.chord_names import ChordName
from mer.notes.key import Key
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.notes.meter import Meter
from mer.notes.names import counted

MAX_NOTES = 20_000
MAX_NOTE_QUARTERS = 64
MAX_QUARTERS = 100_000
_SHORT_BAR = 2 * TICKS_PER_QUARTER
NO_RHYTHM = (
    "the file says no rhythm: each note is read as a quarter, and searches compare pitch alone"
)


class Reading(NamedTuple):
    """A melody and the sentences that tell the user what was left out on the way to it.

    Parameters
    ----------
    melody
        It begins at tick 0.
    remarks
        Sentences for the user.
    pace_known
        False for a recording: whether its beat is a quarter or an eighth is a guess.
    begin_tick
        Where in the file its first note begins: ticks of silence before it.
    barline
        Tick of the file at which a bar begins; None for the first barline of the melody.
    skipped_tick
        How many ticks of silence stand before the pick-up in the file, and are not counted in
        `begin_tick` and `barline`.
    tracks, track
        The voices of which one was taken, as a user can tell them apart, and its number from 1; ()
        and 0 if there is only one.
    tunes, tune
        The tunes of which one was taken: what to ask for, and what it is called; what would ask for
        this one. () and "" if there is only one.
    performed_sec
        When each note of a MIDI file begins and ends as it was played, in seconds from the first;
        () for other files.
    chords
        The chord symbols of the file, on the time line of the melody; after a passage of it, too.
    chords_are_heard
        Whether the file names none, and they are those that its other voices sound
        (`mer.io.accompaniment`).
    """

    melody: Melody
    remarks: tuple[str, ...] = ()
    pace_known: bool = True
    begin_tick: int = 0
    barline: int | None = None
    skipped_tick: int = 0
    tracks: tuple[str, ...] = ()
    track: int = 0
    tunes: tuple[tuple[str, str], ...] = ()
    tune: str = ""
    performed_sec: tuple[tuple[float, float], ...] = ()
    chords: tuple[ChordSymbol, ...] = ()
    chords_are_heard: bool = False

    def of_several(self, voices: Sequence[Voice], chosen: int) -> Reading:
        """Return the reading of `voices[chosen]`, which tells what else could be taken."""
        tracks = told_apart(voices)
        return self._replace(tracks=tracks, track=chosen + 1 if tracks else 0)

    @property
    def barline_tick(self) -> int:
        """Tick of the file at which a bar begins."""
        found = self.barline
        return self.begin_tick + self.melody.downbeat if found is None else found


class Notation(NamedTuple):
    """What a file says beside the notes, as far as it does.

    Parameters
    ----------
    barline
        Tick of any one barline in the stretch where `meter` holds.
    phrase_ends
        Onset ticks of the notes that close a phrase.
    chords
        (tick, chord name) in any order.
    """

    meter: tuple[int, int] | None = None
    key: Key | None = None
    tempo_bpm: float | None = None
    barline: int = 0
    title: str = ""
    phrase_ends: Sequence[int] = ()
    remarks: tuple[str, ...] = ()
    chords: Sequence[tuple[int, ChordName]] = ()


def reading_of(voice: Voice, notation: Notation) -> Reading:
    """Return one voice as a melody that begins at tick 0, with remarks.

    Raises
    ------
    InputError
        If there are too many notes or they stretch too far.

    Examples
    --------
    >>> voice = Voice("", np.array([67, 72]), np.array([1440, 1920]), np.array([480, 960]))
    >>> reading_of(voice, Notation(meter=(4, 4))).melody.downbeat
    480
    """
    if len(voice) > MAX_NOTES:
        raise InputError(f"{len(voice):,} notes; at most {MAX_NOTES:,} are read")
    line = skyline(voice)
    remarks = [*notation.remarks, *left_out(len(line), len(voice))]
    longest = MAX_NOTE_QUARTERS * TICKS_PER_QUARTER
    if (line.duration > longest).any():
        remarks.append(f"cut notes longer than {MAX_NOTE_QUARTERS} quarters to that length")
    duration = np.minimum(line.duration, longest)
    begin = int(line.onset[0])
    length = (int(line.onset[-1]) - begin) / TICKS_PER_QUARTER
    if length > MAX_QUARTERS:
        raise InputError(f"lasts {length:,.0f} quarters; at most {MAX_QUARTERS:,} are read")
    meter, tempo = _musical(notation.meter, line, remarks), notation.tempo_bpm
    if tempo is not None and not 1.0 <= tempo <= 1000.0:
        remarks.append(f"ignored the tempo of {tempo:g} quarters a minute; 1 to 1000 is supported")
        tempo = None
    melody = Melody(
        pitch=line.pitch,
        onset=line.onset - begin,
        duration=duration,
        meter=meter,
        key=notation.key,
        tempo_bpm=tempo,
        downbeat=(notation.barline - begin) % Meter.assumed(meter).bar_ticks,
        phrase_starts=_phrase_starts(line.onset, np.asarray(notation.phrase_ends, dtype=np.int64)),
        title=" ".join(notation.title.split())[:200],
    )
    return Reading(
        melody,
        tuple(remarks),
        begin_tick=begin,
        barline=notation.barline,
        chords=symbols_from(notation.chords, begin),
    )


def without_rhythm(reading: Reading) -> Reading:
    """Return a reading whose notes were read as quarters because the file says no rhythm.

    Examples
    --------
    >>> tune = Melody(pitch=[62, 65], onset=[0, 480], duration=[480, 480])
    >>> without_rhythm(Reading(tune)).melody.rhythm_known
    False
    """
    melody = replace(reading.melody, meter=None, downbeat=0, rhythm_known=False)
    return reading._replace(melody=melody, remarks=(*reading.remarks, NO_RHYTHM))


def symbols_from(chords: Sequence[tuple[int, ChordName]], begin: int) -> tuple[ChordSymbol, ...]:
    """Return chord names as symbols counted from a tick; one that holds there begins there.

    Examples
    --------
    >>> names = [ChordName(letter, 0, "major") for letter in "GCD"]
    >>> [(one.tick, one.name) for one in symbols_from([*zip([0, 480, 960], names)], 600)]
    [(0, 'C'), (360, 'D')]
    """
    ordered = sorted(chords, key=lambda chord: chord[0])
    held = [chord for chord in ordered if chord[0] <= begin][-1:]
    later = [chord for chord in ordered if chord[0] > begin]
    return tuple(ChordSymbol.of(max(tick - begin, 0), name) for tick, name in (*held, *later))


def _musical(
    meter: tuple[int, int] | None, line: Voice, remarks: list[str]
) -> tuple[int, int] | None:
    """Return the metre, or another where it is plainly none of this music; say so in `remarks`."""
    if meter is None:
        return None
    said = Meter(*meter)
    if not said.is_supported:
        remarks.append(f"the file says {said}, which is no metre; bars are counted in 4/4")
        return None
    bar = said.bar_ticks
    length = int(line.onset[-1] + line.duration[-1] - line.onset[0])
    # Bars of one short beat are a placeholder of some programs, and most notes fit into a bar.
    placeholder = said.numerator == 1 and bar <= TICKS_PER_QUARTER and length > bar
    crossed = bar < _SHORT_BAR and 2 * int((line.duration > bar).sum()) > len(line)
    if placeholder or crossed:
        remarks.append(f"the file says {said}, which is no metre of music; read as 4/4")
        return 4, 4
    return meter


def left_out(kept: int, notes: int) -> list[str]:
    """Return a remark on notes that sound under the line that is kept, if there are any.

    Examples
    --------
    >>> left_out(2, 3)
    ['kept the highest note where several sound together (1 of 3 notes left out)']
    """
    if kept == notes:
        return []
    left = f"{notes - kept} of {notes} notes left out"
    return [f"kept the highest note where several sound together ({left})"]


def _phrase_starts(onset: Ints, ends: Ints) -> tuple[int, ...]:
    """Return the notes after the marked ones; () if no mark stands before the last note."""
    after = np.searchsorted(onset, ends, side="right").tolist()
    inner = sorted({note for note in after if 0 < note < len(onset)})
    return (0, *inner) if inner else ()


def longest_meter(
    signs: Sequence[tuple[int, tuple[int, int]]], stop: int
) -> tuple[tuple[int, int] | None, int, int]:
    """Return the metre that lasts longest, the tick at which it starts, how often it changes.

    Parameters
    ----------
    signs
        (tick, metre), by tick.
    stop
        Tick at which the music ends, in the same unit.

    Examples
    --------
    >>> longest_meter([(0, (1, 4)), (480, (4, 4))], 4320)
    ((4, 4), 480, 1)
    """
    if not signs:
        return None, 0, 0
    lasting: dict[tuple[int, int], int] = {}
    since: dict[tuple[int, int], int] = {}
    ends = [tick for tick, _ in signs[1:]] + [stop]
    before, changes = None, 0
    for (tick, meter), end in zip(signs, ends, strict=True):
        length = max(0, min(end, stop) - tick)
        if length:
            lasting[meter] = lasting.get(meter, 0) + length
            since.setdefault(meter, tick)
            changes += before not in (None, meter)
            before = meter
    if not lasting:
        return signs[0][1], signs[0][0], 0
    longest = max(lasting, key=lambda meter: lasting[meter])
    return longest, since[longest], changes


def one_meter(meter: tuple[int, int] | None, changes: int) -> list[str]:
    """Return a remark on a metre that changes, if it does.

    Examples
    --------
    >>> one_meter((4, 4), 2)
    ['kept one metre, 4/4, the one that lasts longest (it changes 2 times)']
    """
    if meter is None or not changes:
        return []
    often = counted(changes, "time")
    return [f"kept one metre, {Meter(*meter)}, the one that lasts longest (it changes {often})"]


def read_bytes(path: Path, limit: int) -> bytes:
    """Return the content of a regular, non-empty file of at most `limit` bytes.

    Raises
    ------
    InputError
        If it is missing, a folder, empty, too large or unreadable.
    """
    try:
        if path.is_dir():
            raise InputError(f"{path}: is a folder; a file is needed")
        if not path.exists():
            raise InputError(f"{path}: no such file")
        if not path.is_file():
            raise InputError(f"{path}: is not a regular file")
        size = path.stat().st_size
        if size == 0:
            raise InputError(f"{path}: is empty")
        if size > limit:
            raise InputError(f"{path}: has {size:,} bytes; at most {limit:,} are read")
        with path.open("rb") as stream:
            return stream.read(limit)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error


def write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file or none: into a temporary file beside it, then renamed.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    temporary = path.with_name(f".{path.name[:40]}.{secrets.token_hex(6)}")
    try:
        with temporary.open("xb") as stream:
            stream.write(content)
        temporary.replace(path)
    except (OSError, ValueError) as error:
        with contextlib.suppress(OSError, ValueError):
            temporary.unlink()
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be written ({reason})") from error


def write_text(text: str, path: Path) -> None:
    """Write a text file, all or nothing.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    # A file name that is no Unicode text becomes an escape, which JSON can hold.
    write_bytes(path, text.encode(errors="backslashreplace"))
