"""Recording -> `Melody`: what was hummed, whistled or played, one note at a time.

    sound -> pitch track -> heard notes -> grid of ticks

Each step has its module (`mer.io.recording.sound`, `pitch_track`, `heard`, `pulse`). The network
that finds the pitch is a library's and needs the extra ``audio``; everything after it is here.
"""

from __future__ import annotations

from pathlib import Path

import numpy.typing as npt

from mer.errors import InputError
from mer.io.reading import Reading
from mer.io.recording.heard import Heard, hear_notes
from mer.io.recording.pitch_track import track_pitch
from mer.io.recording.pulse import Timed, on_a_grid
from mer.io.recording.sound import Sound, load_sound, one_channel
from mer.notes.melody import Melody

FEWEST_NOTES = 2
_CONCERT_A = 440.0


def read_audio(path: str | Path, *, track: int | str | None = None) -> Reading:
    """Return the melody in a recording, and remarks on what was heard.

    Parameters
    ----------
    path
        WAV, or FLAC, Ogg, MP3 where `soundfile` is installed; 0.3 to 60 seconds.
    track
        Only None: a recording has one voice.

    Raises
    ------
    InputError
        If the file cannot be read, is silent, or no melody is heard in it.
    """
    path = Path(path)
    if track is not None:
        raise InputError(f"{path}: a recording has no tracks to choose from; leave {track!r} out")
    sound = load_sound(path)
    try:
        return _heard_reading(sound)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def listen(samples: npt.ArrayLike, sample_rate: int) -> Reading:
    """Return the melody in samples, such as a microphone gives them, and remarks.

    Parameters
    ----------
    samples
        Shape (frames,) or (frames, channels); whole numbers are scaled by their type.
    sample_rate
        Frames a second.

    Raises
    ------
    InputError
        If the samples are no sound, silent, or no melody is heard in them.
    """
    return _heard_reading(one_channel(samples, sample_rate))


def _heard_reading(sound: Sound) -> Reading:
    heard = hear_notes(track_pitch(sound))
    if len(heard) < FEWEST_NOTES:
        count = "one note" if len(heard) else "no melody"
        raise InputError(
            f"{count} was heard: hum, whistle or play at least {FEWEST_NOTES} notes, one after "
            "another, close to the microphone and without accompaniment"
        )
    timed = on_a_grid(heard.start_sec, heard.end_sec)
    melody = Melody(
        pitch=heard.pitch,
        onset=timed.onset,
        duration=timed.duration,
        tempo_bpm=round(timed.tempo_bpm, 1),
    )
    return Reading(melody, _remarks(heard, timed), pace_known=False)


def _remarks(heard: Heard, timed: Timed) -> tuple[str, ...]:
    seconds = float(heard.end_sec[-1] - heard.start_sec[0])
    cents = round(heard.tuning_cents)
    concert = _CONCERT_A * 2.0 ** (cents / 1200.0)
    side = "above" if cents > 0 else "below"
    tuning = f"{abs(cents)} cents {side} concert pitch" if cents else "at concert pitch"
    return (
        f"heard {len(heard)} notes in {seconds:.1f} seconds, tuned {tuning} (A = {concert:.0f} Hz)",
        f"estimated the tempo as {timed.tempo_bpm:.0f} quarters a minute; the metre is not known",
    )
