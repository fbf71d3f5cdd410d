"""For all tests: hypothesis takes the time it needs; another library reads each MIDI file written.

`pretty_midi` reads files on its own terms. Whatever a test has the product write, in this process,
must hold the same notes for it as for our own reader.
"""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from mer.io.midi.events import midi_file
from mer.io.midi.writing import files

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

Notes = list[tuple[int, int, int]]


def notes_of_pretty_midi(content: bytes) -> list[Notes]:
    """Return the notes (pitch, start and end in ticks) in each track, as pretty_midi reads them."""
    import pretty_midi

    midi = pretty_midi.PrettyMIDI(io.BytesIO(content))
    ticks: Callable[[float], int] = midi.time_to_tick
    return [
        sorted((note.pitch, ticks(note.start), ticks(note.end)) for note in track.notes)
        for track in midi.instruments
    ]


def notes_of_ours(content: bytes) -> list[Notes]:
    """Return the notes (pitch, start and end in ticks) in each track, as our reader reads them."""
    return [sorted(*track.spans.values()) for track in midi_file(content).tracks if track.spans]


@pytest.fixture(autouse=True, scope="session")
def _every_midi_file_is_read_by_another() -> Iterator[None]:
    write = files.write_bytes

    def checked(path: Path, content: bytes) -> None:
        assert notes_of_pretty_midi(content) == notes_of_ours(content), path
        write(path, content)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "write_bytes", checked)
        yield
