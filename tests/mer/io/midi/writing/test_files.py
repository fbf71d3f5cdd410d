"""MIDI files that are written, and what is refused on the way."""

from types import SimpleNamespace

import mido
import pytest

from mer.errors import InputError
from mer.io import load_melody, save_melody, save_sheet
from mer.io.sheet.sheet import ChordSymbol, Credits, Part, Sheet
from mer.notes.key import Key
from mer.notes.melody import Melody


def test_the_same_melody_gives_the_same_bytes_and_no_other_file(tmp_path):
    melody = Melody(pitch=[60], onset=[0], duration=[480], title="One")
    save_melody(melody, tmp_path / "a.mid")
    save_melody(melody, tmp_path / "b.midi")
    assert (tmp_path / "a.mid").read_bytes() == (tmp_path / "b.midi").read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"a.mid", "b.midi"}


def test_what_is_written(tmp_path):
    melody = Melody(
        pitch=[67, 72, 72],
        onset=[0, 480, 960],
        duration=[480, 480, 480],
        meter=(3, 4),
        key=Key(0, "minor"),
        downbeat=480,
        title="Tune",
    )
    save_melody(melody, tmp_path / "x.mid", program=73, tempo_bpm=90)
    file = mido.MidiFile(tmp_path / "x.mid")
    assert file.ticks_per_beat == 480
    assert [track.name for track in file.tracks] == ["Tune", "Melody"]
    told = {message.type: message for track in file.tracks for message in track}
    assert told["time_signature"].numerator == 3
    assert told["key_signature"].key == "Cm"
    assert told["set_tempo"].tempo == 666_667
    assert told["program_change"].program == 73
    first = next(message for message in file.tracks[1] if message.type == "note_on")
    assert first.time == 960  # two quarters of silence before the pick-up


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"program": 128}, "instrument 128"),
        ({"tempo_bpm": 3.0}, "tempo 3"),
        ({"tempo_bpm": 2000}, "tempo 2000"),
    ],
)
def test_options_out_of_range_are_refused(tmp_path, options, message):
    melody = Melody(pitch=[60], onset=[0], duration=[480])
    with pytest.raises(InputError, match=message):
        save_melody(melody, tmp_path / "x.mid", **options)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path):
    melody = Melody(pitch=[60], onset=[0], duration=[480])
    (tmp_path / "folder.mid").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        save_melody(melody, tmp_path / "folder.mid")
    with pytest.raises(InputError, match="cannot be written"):
        save_melody(melody, tmp_path / "missing" / "x.mid")
    with pytest.raises(InputError, match=r"cannot write files that end in '\.wav'"):
        save_melody(melody, tmp_path / "x.wav")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.mid"]


def test_several_parts_become_tracks(tmp_path):
    high = Melody(pitch=[72, 74], onset=[0, 480], duration=[480, 480], downbeat=480)
    low = Melody(pitch=[48], onset=[480], duration=[960], downbeat=480)
    path = tmp_path / "x.mid"
    save_sheet(
        Sheet(
            parts=(
                Part(melody=high, name="High"),
                Part(melody=low, name="Low", program=42),
            )
        ),
        path,
    )
    assert load_melody(path, track="High") == high
    bass = load_melody(path, track="Low")
    assert bass.pitch.tolist() == [48]
    assert bass.downbeat == 0


def test_chord_symbols_are_markers_and_credits_are_texts(tmp_path):
    high = Melody(pitch=[72, 74], onset=[0, 480], duration=[480, 960], downbeat=480, title="Air")
    symbols = (ChordSymbol(480, "B", -1, "dominant", "7"), ChordSymbol(960, "E", -1, "major", ""))
    credits = Credits(composer="mer, method vary", sources=("Größe (a book)", "Air"))
    path = tmp_path / "x.mid"
    save_sheet(Sheet(parts=(Part(melody=high),), symbols=symbols, credits=credits), path)
    now, told = 0, []
    for message in mido.MidiFile(path, charset="utf-8").tracks[0]:
        now += message.time
        if message.type in ("text", "marker"):
            told.append((now, message.type, message.text))
    # Three quarters of silence stand before the pick-up.
    assert told == [
        (0, "text", "composer: mer, method vary"),
        (0, "text", "source: Größe (a book)"),
        (0, "text", "source: Air"),
        (1920, "marker", "Bb7"),
        (2400, "marker", "Eb"),
    ]
    assert load_melody(path) == high


def test_only_a_melody_is_written_and_only_to_a_name_with_an_ending(tmp_path):
    tune = Melody(pitch=[60], onset=[0], duration=[480])
    with pytest.raises(InputError, match=r"not SimpleNamespace; give its \.melody"):
        save_melody(SimpleNamespace(melody=tune), tmp_path / "a.mid")
    with pytest.raises(InputError, match="not list"):
        save_melody([60], tmp_path / "a.mid")
    with pytest.raises(InputError, match=r"the name has no ending.*known: \.mid"):
        save_melody(tune, tmp_path / "a")
    assert list(tmp_path.iterdir()) == []
