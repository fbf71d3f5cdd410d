"""MIDI file -> all that is in it, as it was played: every track with its notes, chords and times.

A melody takes one line out of a file and writes its rhythm; this is for those who want the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mer.errors import InputError
from mer.io.midi.events import midi_file
from mer.io.midi.read import MAX_BYTES, named_voices
from mer.io.reading import MAX_NOTES, read_bytes
from mer.io.voices import choose_voice
from mer.notes.arrays import Floats, Ints


@dataclass(frozen=True, eq=False, kw_only=True)
class PlayedTrack:
    """One track, or one channel of it, as it was played.

    Parameters
    ----------
    number
        From 1: what ``track`` means in `mer.read_melody`.
    name
        Its name in the file, or one made of its number.
    program
        General MIDI instrument, 0 to 127; None where the file gives none.
    is_melody
        Whether the melody is taken from this track, where no other is asked for.
    pitch
        Shape (notes,): MIDI numbers of all notes, those of chords too, by onset.
    onset, duration
        Shape (notes,): in ticks of 480 to the file's quarter, not quantised.
    onset_sec, end_sec
        Shape (notes,): in seconds from the beginning of the file, its tempos followed.
    """

    number: int
    name: str
    program: int | None
    is_melody: bool
    pitch: Ints
    onset: Ints
    duration: Ints
    onset_sec: Floats
    end_sec: Floats

    def __len__(self) -> int:
        """Return the number of notes."""
        return len(self.pitch)

    @property
    def pitch_range(self) -> tuple[int, int]:
        """Lowest and highest pitch."""
        return int(self.pitch.min()), int(self.pitch.max())


def read_tracks(path: str | Path) -> tuple[PlayedTrack, ...]:
    """Return every track of a MIDI file that holds notes, as it was played; drums are left out.

    Raises
    ------
    InputError
        If it is no MIDI file, holds no notes, or more than 20,000 in one track.

    Examples
    --------
    >>> import tempfile
    >>> from mer.io import Sheet, save_sheet
    >>> from mer.io.sheet.sheet import Part
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[72, 76], onset=[0, 480], duration=[480, 480])
    >>> flute = Part(melody=tune, name="Flute")
    >>> bass = Part(melody=Melody(pitch=[36], onset=[0], duration=[960]), name="Bass")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_sheet(Sheet(parts=(flute, bass)), f"{folder}/duo.mid")
    ...     for track in read_tracks(f"{folder}/duo.mid"):
    ...         print(track.number, track.name, track.is_melody, track.pitch_range, track.end_sec)
    1 Flute True (72, 76) [0.5 1. ]
    2 Bass False (36, 36) [1.]
    """
    path = Path(path)
    content = read_bytes(path, MAX_BYTES)
    try:
        file = midi_file(content)
        held, voices = named_voices(file)
        too_long = [voice.name for voice in voices if len(voice) > MAX_NOTES]
        if too_long:
            raise InputError(
                f"track {too_long[0]!r} holds more than {MAX_NOTES:,} notes, the most that are read"
            )
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    chosen, _ = choose_voice(voices)
    tracks = []
    for place, ((source, _, _), voice) in enumerate(zip(held, voices, strict=True)):
        order = np.lexsort((voice.pitch, voice.onset))
        onset, duration = voice.onset[order], voice.duration[order]
        told = (source,) if file.kind == 2 else file.tracks
        tracks.append(
            PlayedTrack(
                number=place + 1,
                name=voice.name,
                program=voice.program,
                is_melody=place == chosen,
                pitch=voice.pitch[order],
                onset=onset,
                duration=duration,
                onset_sec=file.seconds(onset, told),
                end_sec=file.seconds(onset + duration, told),
            )
        )
    return tuple(tracks)
