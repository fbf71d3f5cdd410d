"""A new part beside the tracks of a file: these stay as they are, it stands where it belongs."""

import io
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest

from mer.errors import InputError
from mer.io import load_melody
from mer.io.midi.events import midi_file
from mer.io.midi.joined import with_parts
from mer.io.sheet.sheet import Part, PlayedNote, Sheet
from mer.notes.melody import Melody

TUNE = Melody(pitch=[72, 74, 76], onset=[0, 480, 960], duration=[480] * 3)
NEW = Sheet(parts=(Part(melody=TUNE, name="New", program=40),))
PICK_UP = Sheet(parts=(Part(melody=replace(TUNE, meter=(4, 4), downbeat=480), name="New"),))


def band(resolution: int, channels: tuple[int, ...] = (0, 1, 9)) -> bytes:
    """Return a file with a conductor and a track for each channel, two notes each."""
    file = mido.MidiFile(ticks_per_beat=resolution)
    file.tracks.append(
        mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=400_000), mido.MetaMessage("lyrics")])
    )
    for channel in channels:
        track = mido.MidiTrack([mido.Message("program_change", program=7, channel=channel)])
        for pitch in (60, 64):
            track.append(mido.Message("note_on", note=pitch, channel=channel))
            track.append(mido.Message("note_off", note=pitch, time=resolution, channel=channel))
        file.tracks.append(track)
    written = io.BytesIO()
    file.save(file=written)
    return written.getvalue()


@pytest.mark.parametrize("added", [NEW, PICK_UP])
@pytest.mark.parametrize("resolution", [96, 480, 960])
def test_the_own_tracks_stay_and_the_new_one_begins_where_it_is_asked(
    resolution: int, added: Sheet
) -> None:
    own = band(resolution)
    joined = with_parts(own, added, 4 * 480)
    assert own[14:] in joined
    before, after = midi_file(own), midi_file(joined)
    kept = after.tracks[: len(before.tracks)]
    assert [vars(track) for track in kept] == [vars(track) for track in before.tracks]
    new = after.tracks[-1]
    assert new.name == "New"
    ((channel, spans),) = new.spans.items()
    assert channel == 2
    begins = after.ticks(np.array([start for _, start, _ in spans])).tolist()
    assert begins == [1920, 2400, 2880]
    assert [pitch for pitch, _, _ in spans] == [72, 74, 76]
    assert len(mido.MidiFile(file=io.BytesIO(joined)).tracks) == len(before.tracks) + 1


@pytest.mark.parametrize("resolution", [96, 480, 960])
def test_a_performance_beside_own_tracks_is_read_as_it_is_written(
    resolution: int, tmp_path: Path
) -> None:
    heard = [
        PlayedNote(pitch, onset, onset + 380, 70, note)
        for note, (pitch, onset) in enumerate(zip([72, 74, 76], [0, 490, 960], strict=True))
    ]
    part = Part(
        melody=TUNE, name="New", played=(*heard[:2], PlayedNote(77, 940, 955, 60, -1), heard[2])
    )
    (tmp_path / "both.mid").write_bytes(with_parts(band(resolution), Sheet(parts=(part,)), 1920))
    read = load_melody(tmp_path / "both.mid", track="New")
    assert read.pitch.tolist() == TUNE.pitch.tolist()
    assert (read.onset - read.onset[0]).tolist() == TUNE.onset.tolist()
    assert read.duration.tolist() == TUNE.duration.tolist()


def test_what_cannot_take_more_is_refused(tmp_path: Path) -> None:
    full = band(480, tuple(range(16)))
    with pytest.raises(InputError, match="0 channels left"):
        with_parts(full, NEW, 0)
    with pytest.raises(InputError, match="damaged"):
        with_parts(band(480)[:-20], NEW, 0)
    with pytest.raises(InputError, match="not a MIDI file"):
        with_parts(b"no music", NEW, 0)
