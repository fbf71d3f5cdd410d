"""File, recording, typed notes or example -> `Motif`: what the visitor starts from.

A motif is always what its text says (see `app.visitor.notation`), so that a link with the text in
it leads to the same music.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from app.visitor.notation import are_names, read_notes, usual_tempo, write_notes
from generate.piece.given_chords import lasting_chords, progression_text
from generate.plan.frame import SHORTEST_MOTIF, notes_by_barline, usable_motif
from mer.errors import InputError
from mer.io import LOADERS, Reading, read_melody
from mer.io.passage import bar_numbers, bars_of, in_meter, passage, start_of_bar
from mer.notes.melody import Melody
from mer.notes.meter import Meter
from mer.notes.names import counted
from mer.notes.phrases import phrase_starts
from mer.search.index import PhraseIndex
from mer.search.pace import at_best_pace, at_pace

UPLOAD_LIMIT_BYTES = 2_000_000
RECORDING_LIMIT_BYTES = 12_000_000  # a minute of a stereo microphone
RECORDINGS = (".wav", ".flac", ".ogg", ".mp3")
MOTIF_LIMIT_SEC = 240.0
# A motif is heard whole and answered: so it is at most half of the longest piece. Of a tune whose
# bars nobody has chosen, the first strain is enough.
MOST_BARS, BARS_OF_A_TUNE, MOST_NOTES = 64, 8, 1024
_SHORTEST_STRAIN = 3  # bars
LONGEST_NAME = 80
SLOWEST, FASTEST = 40, 240  # beats a minute
LONGEST_PROGRESSION = 1_000  # letters
TYPED_NAME, HEARD_NAME = "Your notes", "Your melody"


@dataclass(frozen=True)
class Passage:
    """What of a file is the motif; None for what the reader takes by itself.

    Parameters
    ----------
    tune, track
        As `mer.io.read_melody` takes them.
    meter
        Such as "3/4", whatever the file says.
    from_bar, to_bar
        The first and the last bar, as `mer.io.passage` counts them.
    """

    tune: str | None = None
    track: str | None = None
    meter: str | None = None
    from_bar: int | None = None
    to_bar: int | None = None


@dataclass(frozen=True)
class Motif:
    """What the visitor starts from: its notes, a name to show, and what was said on reading it.

    Parameters
    ----------
    melody
        Its notes.
    name
        What it is called.
    remarks
        What was said on reading it.
    example
        Whether it is one of the examples as it is, so that its link is its name.
    passage
        What of its file it is.
    whole
        The tune that it is a passage of, in the metre of the file; None where nothing is known.
    file
        Where tune and track were read from, so that others can be.
    """

    melody: Melody
    name: str
    remarks: tuple[str, ...] = ()
    example: bool = False
    passage: Passage = Passage()
    whole: Reading | None = None
    file: Path | None = None

    @property
    def meter(self) -> Meter:
        """The metre whose beats its tempo counts: 4/4 where none is known."""
        return Meter.assumed(self.melody.meter)

    @property
    def beats_a_minute(self) -> float:
        """What it is played at unless something else is asked for: its own tempo, within limits."""
        own = self.meter.beats_a_minute(self.melody.tempo_bpm or usual_tempo(self.meter))
        return float(round(min(max(own, SLOWEST), FASTEST)))

    @property
    def tempo_bpm(self) -> float:
        """The same in quarter notes a minute."""
        return self.meter.quarters_a_minute(self.beats_a_minute)

    @property
    def bars(self) -> range:
        """The bars that there are to choose from, in the metre of the motif."""
        return range(0) if self.whole is None else bars_of(_in_its_meter(self.whole, self.passage))

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last bar that the motif is taken from."""
        if self.whole is None:
            return 1, 1
        reading = _in_its_meter(self.whole, self.passage)
        numbers = bar_numbers(passage(reading, self.passage.from_bar, self.passage.to_bar))
        first, last = self.passage.from_bar, self.passage.to_bar
        # What is too long is cut, and the rest of it is not what the motif is taken from.
        if last is None or len(self.melody) < len(numbers):
            last = int(numbers[len(self.melody) - 1])
        return int(numbers[0]) if first is None else first, last

    @property
    def has_other_tracks(self) -> bool:
        """Whether its file is a MIDI file with more than its own track."""
        return (
            self.file is not None
            and self.file.suffix.lower() in (".mid", ".midi")
            and self.whole is not None
            and len(self.whole.tracks) > 1
        )

    def begin_tick(self, *, after: bool = False) -> int:
        """Return where it begins in its file, in ticks; or where the bar after it begins."""
        if self.whole is None:
            return 0
        reading = _in_its_meter(self.whole, self.passage)
        first, last = self.span
        in_file = reading.begin_tick + reading.skipped_tick
        if after:
            return in_file + start_of_bar(reading, last + 1)
        note = int(np.searchsorted(bar_numbers(reading), first))
        return in_file + int(reading.melody.onset[note])

    @cached_property
    def progression(self) -> str:
        """The chords of its song from its first bar on, as text; empty where none are known.

        Where that would be more text than the page takes, only the chord that a bar begins with is
        told of each.
        """
        if self.whole is None or not self.whole.chords:
            return ""
        reading = _in_its_meter(self.whole, self.passage)
        begin, bar = start_of_bar(reading, max(self.span[0], 1)), reading.melody.bar_ticks
        last = max(int(reading.melody.end[-1]), reading.chords[-1].tick + 1)
        stop = min(begin - (begin - last) // bar * bar, begin + MOST_BARS * bar)
        known = lasting_chords(reading.chords, stop)
        text = progression_text(known, begin, bar)
        if len(text) <= LONGEST_PROGRESSION:
            return text
        return progression_text(known, begin, bar, most_parts=1)

    @cached_property
    def text(self) -> str:
        """The notes as text that can be edited."""
        return write_notes(self.melody)


def example_motifs(folder: Path) -> dict[str, Motif]:
    """Return the example motifs in a folder by name, sorted.

    They are read once, so that choosing one is immediate.
    """
    files = [path for path in folder.glob("*") if path.suffix.lower() in LOADERS]
    motifs = [replace(load_motif(path), example=True) for path in files]
    return {motif.name: motif for motif in sorted(motifs, key=lambda motif: motif.name.casefold())}


def load_motif(path: str | Path, index: PhraseIndex | None = None) -> Motif:
    """Return the motif in a file: as much of its melody as is searched with.

    Parameters
    ----------
    index
        In what is heard, whether a beat is a quarter or an eighth is a guess; with an index it is
        written as phrases there know it best (see `mer.search.pace`).

    Raises
    ------
    InputError
        If the file cannot be used; the message names the file without its folder.
    """
    path = Path(path)
    recording = path.suffix.lower() in RECORDINGS
    most = RECORDING_LIMIT_BYTES if recording else UPLOAD_LIMIT_BYTES
    try:
        if path.is_file() and path.stat().st_size > most:
            size = path.stat().st_size
            raise InputError(f"{path}: has {size:,} bytes; at most {most:,} are read")
        return _read(path, Passage(), index)
    except InputError as error:
        raise _without_folder(error, path) from error


def another_passage(motif: Motif, asked: Passage, index: PhraseIndex | None = None) -> Motif:
    """Return the motif that another passage of the same file, or of the same notes, makes.

    Parameters
    ----------
    asked
        Bars are those of the tune and the metre that are asked for with them; of another tune or
        track than before, bars and metre are its own.

    Raises
    ------
    InputError
        If there is no such tune, track or bar, the metre is none, or too few notes are left.

    Examples
    --------
    >>> whole = typed_motif("4/4 C4 D E F | G A B C5")
    >>> another_passage(whole, Passage(from_bar=2)).text
    '4/4 G4 A4 B4 C5'
    """
    before = motif.passage
    if (asked.tune, asked.track) != (before.tune, before.track):
        if motif.file is None:
            raise InputError("only a file has several tunes or tracks; upload it again")
        # Another tune has other tracks.
        track = asked.track if asked.tune == before.tune else None
        try:
            return _read(motif.file, Passage(asked.tune, track), index)
        except InputError as error:
            raise _without_folder(error, motif.file) from error
    if motif.whole is None:
        raise InputError("nothing is known of this motif but its notes")
    return _motif(motif.whole, motif.name, asked, motif.file)


def _read(path: Path, asked: Passage, index: PhraseIndex | None) -> Motif:
    reading = read_melody(path, tune=asked.tune, track=asked.track)
    if index is not None and not reading.pace_known:
        reading = _at_best_pace(reading, index)
    name = reading.melody.title or _readable(path.stem) or "Motif"
    return _motif(reading, name, asked, path)


def _without_folder(error: InputError, path: Path) -> InputError:
    # The folder is the server's business, not the visitor's.
    return InputError(str(error).replace(f"{path.parent}/", ""))


def heard_motif(path: str | Path, index: PhraseIndex | None = None) -> Motif:
    """Return the motif that is heard in a recording (see `load_motif`).

    Raises
    ------
    InputError
        If nothing is heard, or recordings cannot be read here.
    """
    path = Path(path)
    if path.suffix.lower() not in RECORDINGS:
        raise InputError(f"{path.name}: a recording is needed: {', '.join(RECORDINGS)}")
    return replace(load_motif(path, index), name=HEARD_NAME)


def typed_motif(text: str, name: str = TYPED_NAME, *, opening: bool = False) -> Motif:
    """Return the motif that a text holds, such as ``"C4 D E G"`` or ABC.

    Parameters
    ----------
    opening
        Whether of ABC, which is a tune, the opening is the motif; else all of it is. Notes that
        are named are a motif.

    Raises
    ------
    InputError
        If it holds none.

    Examples
    --------
    >>> typed_motif("C4 D E:2").text
    'C4 D4 E4:2'
    """
    reading = read_notes(text)
    chosen = not opening or are_names(text)
    return _motif(reading, reading.melody.title or name, all_of_it=chosen)


def named_motif(melody: Melody, name: str) -> Motif:
    """Return a melody that was made here as the next motif.

    Raises
    ------
    InputError
        If it is too short.
    """
    return _motif(Reading(melody, ()), name)


def _motif(
    whole: Reading,
    name: str,
    asked: Passage = Passage(),
    file: Path | None = None,
    *,
    all_of_it: bool | None = None,
) -> Motif:
    reading = passage(_in_its_meter(whole, asked), asked.from_bar, asked.to_bar)
    usable_motif(reading.melody)  # raises if it is none
    if all_of_it is None:
        all_of_it = file is None or asked.from_bar is not None
    melody, remarks = (_of_few_bars if all_of_it else _strain)(reading.melody)
    melody, shortened = _short_enough(melody)
    said = (*reading.remarks, *remarks, *shortened)
    melody = read_notes(write_notes(melody)).melody
    return Motif(melody, name[:LONGEST_NAME], said, passage=asked, whole=whole, file=file)


def _strain(melody: Melody) -> tuple[Melody, tuple[str, ...]]:
    """Return the opening of a tune, to the end of a phrase, and a remark if there is more."""
    if melody.bars <= BARS_OF_A_TUNE:
        return _of_few_bars(melody)
    openings = [melody.cut(0, note) for note in phrase_starts(melody)[1:]]
    known = [one for one in openings if _SHORTEST_STRAIN <= one.bars <= BARS_OF_A_TUNE]
    if not known:
        return _of_few_bars(melody, BARS_OF_A_TUNE)
    # Strains have eight bars, or four; else rather an even number, rather more.
    opening = max(known, key=lambda one: (one.bars % 4 == 0, one.bars % 2 == 0, one.bars))
    if len(opening) > MOST_NOTES:
        return _of_few_bars(opening)
    bars = counted(opening.bars, "bar")
    remark = (
        f"the opening, {bars} of {melody.bars} to the end of a phrase, is the motif; press the "
        "number of a bar, or drag over several, for others"
    )
    return opening, (remark,)


def _of_few_bars(melody: Melody, bars: int = MOST_BARS) -> tuple[Melody, tuple[str, ...]]:
    """Return the first bars of a melody, whole, and a remark if there are more."""
    heard = min(bars, melody.bars)
    while heard > 1 and notes_by_barline(melody, heard) > MOST_NOTES:
        heard -= 1
    notes = len(melody) if heard == melody.bars else notes_by_barline(melody, heard)
    notes = min(max(notes, SHORTEST_MOTIF), MOST_NOTES)
    if notes >= len(melody):
        return melody, ()
    remark = (
        f"the first {counted(heard, 'bar')} of {melody.bars} are the motif; it can be other bars, "
        f"at most {MOST_BARS}"
    )
    return melody.cut(0, notes), (remark,)


def _in_its_meter(whole: Reading, asked: Passage) -> Reading:
    return whole if asked.meter is None else in_meter(whole, asked.meter)


def _at_best_pace(reading: Reading, index: PhraseIndex) -> Reading:
    # As much as is searched with decides; then all of it is written so.
    used, _ = usable_motif(reading.melody)
    found = at_best_pace(used, index)
    if found is used:
        return reading._replace(pace_known=True)
    slower = bool(found.end[-1] > used.end[-1])
    melody = at_pace(reading.melody, 2.0 if slower else 0.5)
    pace = "" if melody.tempo_bpm is None else f" at {melody.tempo_bpm:.0f} quarters a minute"
    times = "twice" if slower else "half"
    said = f"written {times} as long{pace}, as the corpus knows it best"
    return reading._replace(melody=melody, remarks=(*reading.remarks, said), pace_known=True)


def _readable(stem: str) -> str:
    return re.sub(r"[-_\s]+", " ", stem).strip().capitalize()


def _short_enough(melody: Melody) -> tuple[Melody, tuple[str, ...]]:
    # A few bytes can hold a note that lasts for hours.
    seconds = melody.onset_sec + melody.duration_sec
    notes = int(np.searchsorted(seconds, MOTIF_LIMIT_SEC, side="right"))
    if notes == len(melody):
        return melody, ()
    if notes < 3:
        raise InputError(
            f"the first three notes last {seconds[2]:.0f} seconds; "
            f"at most {MOTIF_LIMIT_SEC:.0f} are supported"
        )
    remark = f"the first {notes} notes are used, which last {MOTIF_LIMIT_SEC:.0f} seconds or less"
    return melody.cut(0, notes), (remark,)
