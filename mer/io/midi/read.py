"""MIDI file -> `Melody`; the bytes are read in `mer.io.midi.events`.

Times of any resolution are rounded to 480 ticks a quarter one by one, onsets and ends, so that
errors never add up. Each channel of each track is a voice; drums (channel 10) are left out; of
several voices one is chosen (`mer.io.voices`). The first key counts, the tempo at the first note
(120 where the first one comes later), and of several metres the one that lasts longest: its first
barline says where the pick-up ends. In a type 2 file the tracks are separate pieces: one of them is
taken, with its own metre, key and tempo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from mer.errors import InputError
from mer.io.accompaniment import with_heard_chords
from mer.io.midi.events import USUAL_TEMPO, MidiFile, Track, midi_file
from mer.io.midi.grid import Written, check_quantise, written
from mer.io.midi.writing.written_notes import as_written
from mer.io.reading import (
    MAX_NOTES,
    Notation,
    Reading,
    left_out,
    longest_meter,
    one_meter,
    read_bytes,
    reading_of,
)
from mer.io.voices import Voice, choose_voice, skyline
from mer.notes.arrays import Ints, distinct
from mer.notes.chord_names import ChordName
from mer.notes.meter import TICKS_PER_QUARTER, Meter
from mer.notes.names import counted

MAX_BYTES = 10_000_000
_SUNG_TICKS = TICKS_PER_QUARTER // 16
_FEWEST_WORDS = 8

Held = tuple[Track, int, list[tuple[int, int, int]]]  # a track, a channel of it, its notes


def read_midi(
    path: str | Path, *, track: int | str | None = None, quantise: str = "auto"
) -> Reading:
    """Return the melody in a MIDI file, and remarks on what was chosen, mended or left out.

    Parameters
    ----------
    path
        A standard MIDI file of type 0, 1 or 2, by itself or in a RIFF file.
    track
        Number (from 1, among those that hold notes) or name of the track or channel to take.
    quantise
        How the rhythm is written: ``auto``, ``off`` or a grid (see `mer.io.midi.grid`).

    Raises
    ------
    InputError
        If it is no MIDI file, is too long or holds no notes with a length, or if `quantise` is
        unknown.

    Examples
    --------
    >>> import tempfile
    >>> from mer.io import save_melody
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[67, 72], onset=[0, 160], duration=[160, 320], title="Up")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_melody(tune, f"{folder}/up.mid")
    ...     read_midi(f"{folder}/up.mid").melody == tune
    True
    """
    check_quantise(quantise)
    path = Path(path)
    content = read_bytes(path, MAX_BYTES)
    try:
        return _reading(midi_file(content), track, quantise)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def _reading(file: MidiFile, wanted: int | str | None, quantise: str) -> Reading:
    held, voices = named_voices(file)
    kind = "channel" if len({id(t) for t, _, _ in held}) == 1 < len(held) else "track"
    chosen, remark = choose_voice(voices, track=wanted, kind=kind)
    if len(voices[chosen]) > MAX_NOTES:
        raise InputError(
            f"{kind} {chosen + 1} {voices[chosen].name!r} holds more than {MAX_NOTES:,} notes, "
            "the most that are read"
        )
    remarks = [remark] if remark else []
    remarks += _damage(file)
    source = held[chosen][0]
    if file.kind == 2:
        remarks.append("the tracks of this MIDI file (type 2) are separate pieces; one was taken")
    if source.empty:
        remarks.append(f"left out {counted(source.empty, 'note')} without length")
    notation = _notation(file, held, chosen)
    found = _noted(file, held[chosen], voices[chosen]) if quantise == "auto" else None
    found = found or written(voices[chosen], quantise, notation.tempo_bpm)
    if found.pace != 1.0 and notation.tempo_bpm is not None:
        notation = notation._replace(tempo_bpm=round(notation.tempo_bpm / found.pace, 2))
    if found.remark:
        remarks.append(found.remark)
        remarks += left_out(len(found.voice), len(voices[chosen]))
    reading = reading_of(found.voice, notation)
    if file.kind != 2 and found.pace == 1.0:  # in type 2, the others are other pieces
        reading = with_heard_chords(reading, voices, chosen)
    reading = _from_the_pickup(reading, voices).of_several(voices, chosen)
    told = (source,) if file.kind == 2 else file.tracks
    performed = _performed(file, told, found, len(reading.melody))
    return reading._replace(remarks=(*remarks, *reading.remarks), performed_sec=performed)


def _noted(file: MidiFile, source: Held, voice: Voice) -> Written | None:
    """Return the notes as the track says that they are written; None where it does not say it."""
    track, _, spans = source
    kept = as_written(spans, track.written) if track.written else None
    if kept is None:
        return None
    columns = np.array(kept, dtype=np.int64)
    ticks = file.ticks(columns[:, 1:])
    noted = replace(
        voice, pitch=columns[:, 0], onset=ticks[:, 0], duration=ticks[:, 1] - ticks[:, 0]
    )
    return Written(noted, played=skyline(voice) if len(kept) == len(spans) else None)


def _from_the_pickup(reading: Reading, voices: Sequence[Voice]) -> Reading:
    """Return the reading with its bars counted from the first bar that the music fills.

    A MIDI file has no short bar: silence before a pick-up fills it up.
    """
    first = min(int(voice.onset.min()) for voice in voices)
    bar = reading.melody.bar_ticks
    if reading.melody.meter is None or not 0 < first < bar:
        return reading
    barline = (reading.barline_tick - first) % bar
    begin = reading.begin_tick - first
    return reading._replace(begin_tick=begin, barline=barline, skipped_tick=first)


def _performed(
    file: MidiFile, told: Sequence[Track], found: Written, notes: int
) -> tuple[tuple[float, float], ...]:
    """Return when each note was played, in seconds from the first."""
    line = found.played or skyline(found.voice)
    if len(line) != notes:
        return ()
    ticks = np.column_stack([line.onset, line.onset + line.duration])
    seconds = file.seconds(ticks, told)
    rows = (seconds - seconds[0, 0]).round(6).tolist()
    return tuple((begin, end) for begin, end in rows)


def named_voices(file: MidiFile) -> tuple[list[Held], list[Voice]]:
    """Return the channels of tracks that hold notes, and each as a voice.

    Raises
    ------
    InputError
        If none holds notes.
    """
    held = [(t, channel, spans) for t in file.tracks for channel, spans in t.spans.items()]
    if not held:
        raise InputError(_nothing(file))
    return held, _voices(file, held)


def _nothing(file: MidiFile) -> str:
    """Return why there is no melody."""
    if any(track.empty for track in file.tracks):
        return "holds no notes that last: every note has zero length"
    if any(track.drums for track in file.tracks):
        return "holds only drums (channel 10); a melody is needed"
    return "; ".join(["holds no notes", *file.mended])


def _damage(file: MidiFile) -> list[str]:
    """Return one remark on all that was mended, and one on time in film frames."""
    remarks = [f"mended a damaged MIDI file: {'; '.join(file.mended)}"] if file.mended else []
    if file.film:
        remarks.append("the file counts time in film frames; its tempo says how long a quarter is")
    return remarks


def _voices(file: MidiFile, held: Sequence[Held]) -> list[Voice]:
    words = [file.ticks(np.array(track.words, dtype=np.int64)) for track in file.tracks]
    sung = distinct(np.concatenate(words)) if words else np.zeros(0, dtype=np.int64)
    return [
        _voice(file, source, sung if file.kind != 2 else np.zeros(0, dtype=np.int64))
        for source in held
    ]


def _voice(file: MidiFile, source: Held, words: Ints) -> Voice:
    track, channel, spans = source
    columns = np.array(spans, dtype=np.int64)
    ticks = file.ticks(columns[:, 1:])
    onset = ticks[:, 0]
    return Voice(
        _voice_name(file.tracks, track, channel),
        columns[:, 0],
        onset,
        # A note shorter than half a tick would vanish.
        np.maximum(ticks[:, 1] - onset, 1),
        program=track.programs.get(channel),
        sung=_sung(distinct(onset), words),
    )


def _sung(onset: Ints, words: Ints) -> float:
    """Return the share of words that begin with a note or of notes with a word, the smaller."""
    if len(words) < _FEWEST_WORDS:
        return 0.0
    return min(_share_near(words, onset), _share_near(onset, words))


def _share_near(times: Ints, others: Ints) -> float:
    """Return the share of times that one of the others is near."""
    after = np.minimum(np.searchsorted(others, times), len(others) - 1)
    before = np.maximum(after - 1, 0)
    far = np.minimum(np.abs(others[after] - times), np.abs(others[before] - times))
    return float((far <= _SUNG_TICKS).mean())


def _voice_name(tracks: Sequence[Track], track: Track, channel: int) -> str:
    number = next(i for i, other in enumerate(tracks, 1) if other is track)
    if len(track.spans) > 1:
        return f"{track.name} channel {channel + 1}".strip()
    return track.name or f"track {number}"


def _title(tracks: Sequence[Track], held: Sequence[Held]) -> str:
    """Return the title of a karaoke file or else the first track's name if that is a title.

    It is one if the track has no notes or is the only one.
    """
    titles = [track.title for track in tracks if track.title]
    first = tracks[0]
    return (titles or [first.name if not first.spans or len(held) == 1 else ""])[0]


def _notation(file: MidiFile, held: Sequence[Held], chosen: int) -> Notation:
    source, _, spans = held[chosen]
    told = (source,) if file.kind == 2 else file.tracks
    meters = sorted((m for t in told for m in t.meters), key=lambda sign: sign[0])
    last = max(end for _, _, end in spans)
    meter, since, changes = longest_meter(meters, last)
    barline = int(file.ticks(np.array([since]))[0])
    keys = sorted((k for t in told for k in t.keys), key=lambda sign: sign[0])
    counted = Meter.assumed(meter)
    if not counted.is_supported:
        counted = Meter.assumed(None)
    tempo, remark = _tempo(told, min(start for _, start, _ in spans), counted)
    return Notation(
        meter=meter,
        key=keys[0][1] if keys else None,
        tempo_bpm=tempo,
        barline=barline,
        title=_title(file.tracks, held),
        remarks=(*one_meter(meter, changes), *remark),
        chords=_chords(file, told),
    )


def _chords(file: MidiFile, tracks: Sequence[Track]) -> list[tuple[int, ChordName]]:
    """Return the chord names of a file; none where its texts are words or rehearsal letters."""
    named = [chord for track in tracks for chord in track.chords]
    for track in tracks:
        named += track.spoken if len(track.spoken) == len(track.words) else []
    found = sorted(named, key=lambda chord: chord[0])
    letters = list(dict.fromkeys(name.text for _, name in found))
    if not found or letters == list("ABCDEFG"[: len(letters)]):
        return []
    onset = file.ticks(np.array([tick for tick, _ in found], dtype=np.int64)).tolist()
    return [(tick, name) for tick, (_, name) in zip(onset, found, strict=True)]


def _tempo(tracks: Sequence[Track], first: int, meter: Meter) -> tuple[float | None, list[str]]:
    """Return the tempo at the first note, and a remark if there are others."""
    if not any(track.tempos for track in tracks):
        return None, []
    tempos = sorted((t for track in tracks for t in track.tempos if t[1]), key=lambda sign: sign[0])
    before = [value for tick, value in tempos if tick <= first]
    value = before[-1] if before else USUAL_TEMPO
    tempo = round(60e6 / value, 2)
    if {value for tick, value in tempos if tick > first} <= {value}:
        return tempo, []
    beats = round(meter.beats_a_minute(tempo), 2)
    return tempo, [f"kept the first tempo, {beats:g} {meter.beat_name}s a minute"]
