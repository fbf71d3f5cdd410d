"""Notes as written beside notes as played: there and back, and never believed when false."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mer.io import Sheet, load_melody, save_sheet
from mer.io.midi.played import read_tracks
from mer.io.midi.writing.written_notes import WrittenNote, as_written, note_event, noted
from mer.io.sheet.sheet import Part, PlayedNote
from mer.notes.melody import Melody

TUNE = Melody(pitch=[60, 62, 64, 60], onset=[0, 480, 960, 1440], duration=[480] * 4, meter=(4, 4))
notes = st.builds(
    lambda pitch, start, lasts, onset, duration: WrittenNote(
        pitch, start, start + lasts, onset, duration
    ),
    st.integers(0, 127),
    st.integers(0, 100_000),
    st.integers(0, 5_000),
    st.integers(0, 100_000),
    st.integers(0, 5_000),
)


@given(st.lists(notes, max_size=30, unique_by=lambda one: (one.start, one.pitch)))
def test_there_and_back(told: list[WrittenNote]) -> None:
    _, event = note_event(told)
    assert event[0] == 0xFF
    content = event[event.index(b"\x7dmer1") :]
    assert noted(content) == tuple(sorted(told, key=lambda one: (one.start, one.pitch)))


def test_what_others_wrote_or_broke_says_nothing() -> None:
    assert noted(b"") == noted(b"\x43\x00\x01") == ()
    assert noted(b"\x7dmer1\xff\xff\xff\xff\xff") == ()


def played(*ends: int) -> tuple[PlayedNote, ...]:
    rows = zip(TUNE.pitch.tolist(), TUNE.onset.tolist(), ends, strict=True)
    return tuple(PlayedNote(pitch, on, end, 70, n) for n, (pitch, on, end) in enumerate(rows))


def test_a_file_gives_both_what_is_played_and_what_is_written(tmp_path: Path) -> None:
    touch = PlayedNote(65, 960, 990, 60, -1)
    heard = list(played(400, 950, 1300, 1920))
    heard[2] = heard[2]._replace(onset=990)
    part = Part(melody=TUNE, name="Melody", played=(*heard[:2], touch, *heard[2:]))
    save_sheet(Sheet(parts=(part,)), tmp_path / "tune.mid")
    assert load_melody(tmp_path / "tune.mid") == TUNE
    (track,) = read_tracks(tmp_path / "tune.mid")
    assert track.pitch.tolist() == [60, 62, 65, 64, 60]
    assert track.duration.tolist() == [400, 470, 30, 310, 480]
    raw = load_melody(tmp_path / "tune.mid", quantise="off")
    assert raw.duration.tolist() == [400, 470, 30, 310, 480]


def test_a_track_that_was_edited_is_read_as_it_is_played() -> None:
    told = [WrittenNote(60, 0, 400, 0, 480), WrittenNote(62, 480, 900, 480, 480)]
    assert as_written([(60, 0, 400), (62, 480, 900)], told) == [(60, 0, 480), (62, 480, 960)]
    assert as_written([(60, 0, 400)], told) is None
    assert as_written([(60, 0, 200), (62, 480, 900)], told) is None
    assert as_written([(60, 0, 400), (62, 490, 900)], told) is None
    assert as_written([(61, 0, 400), (62, 480, 900)], told) is None
