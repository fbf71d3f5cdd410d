"""Songs whose file names no chords: those that the other voices sound are named."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.corpus.shipped import data_folder
from mer.io import read_melody, save_sheet
from mer.io.accompaniment import _profiles, _together, with_heard_chords
from mer.io.reading import Notation, Reading, reading_of
from mer.io.sheet.sheet import Part, Sheet
from mer.io.voices import Voice
from mer.notes.key import Key
from mer.notes.melody import Melody

BAR = 1920
TUNE = Voice("tune", np.array([72, 74, 76, 77]), np.arange(4) * BAR, np.full(4, BAR))


def notes(*rows: tuple[int, int, int]) -> Voice:
    """Return a voice of (pitch, start, end)."""
    pitch, start, end = np.array(rows).T
    return Voice("", pitch, start, end - start)


def block(bar: int, *pitches: int) -> list[tuple[int, int, int]]:
    return [(pitch, bar * BAR, (bar + 1) * BAR) for pitch in pitches]


def heard(*others: Voice, key: Key | None = None, meter: tuple[int, int] = (4, 4)) -> Reading:
    reading = reading_of(TUNE, Notation(meter=meter, key=key))
    return with_heard_chords(reading, [TUNE, *others], 0)


def named(reading: Reading) -> list[tuple[int, str]]:
    return [(one.tick, one.name) for one in reading.chords]


def test_four_bars_of_a_song() -> None:
    # Guitar in close position, bass on the roots: A minor, F, C, G.
    guitar = notes(*block(0, 57, 60, 64), *block(1, 57, 60, 65), *block(2, 55, 60, 64),
                   *block(3, 55, 59, 62))  # fmt: skip
    bass = notes(*block(0, 45), *block(1, 41), *block(2, 36), *block(3, 43))
    found = heard(guitar, bass)
    # The tune holds F over the last chord, its seventh.
    assert named(found) == [(0, "Am"), (BAR, "F"), (2 * BAR, "C"), (3 * BAR, "G7")]
    assert found.chords_are_heard


def test_the_notes_of_the_melody_count() -> None:
    # C and E are there beside it: over A in the bass they are A minor, under G they are C.
    two = notes(*block(0, 60, 64), *block(1, 60, 64))
    for pitch, name in ((45, "Am"), (79, "C")):
        chosen = notes(*block(0, pitch), *block(1, pitch))
        reading = reading_of(chosen, Notation(meter=(4, 4)))
        assert named(with_heard_chords(reading, [chosen, two], 0)) == [(0, name)]


def test_a_melody_below_a_chord_now_and_then_is_not_the_bass() -> None:
    guitar = notes(*[(p, BAR * bar, BAR * (bar + 1)) for bar in range(3) for p in (48, 52, 55)])
    low = notes((60, 0, BAR), (64, BAR, 2 * BAR), (45, 2 * BAR, 3 * BAR))
    reading = reading_of(low, Notation(meter=(4, 4)))
    assert named(with_heard_chords(reading, [low, guitar], 0)) == [(0, "C")]


@pytest.mark.parametrize("legato", [0, 30])
def test_a_single_line_beside_it_names_no_chord(legato: int) -> None:
    # Broken chords, one note at a time, or a tune over a bass that is chosen.
    line = [60, 64, 67, 64, 65, 69, 72, 69]
    one = notes(*[(pitch, 480 * n, 480 * (n + 1) + legato) for n, pitch in enumerate(line)])
    assert heard(one).chords == ()
    assert heard(notes(*block(0, 60, 72), *block(1, 65, 77))).chords == ()  # octaves
    assert heard(one, notes(*block(0, 36), *block(1, 41))).chords != ()


@pytest.mark.parametrize("track", ["Bass", "Melody"])
def test_no_chords_are_heard_in_two_lines(track: str) -> None:
    path = data_folder() / "motifs" / "greensleeves-with-bass.mid"
    assert read_melody(path, track=track).chords == ()


def test_broken_chords_and_a_passing_bass_are_one_chord() -> None:
    broken = notes(*[(pitch, 480 * n, 480 * (n + 1)) for n, pitch in enumerate([60, 64, 67, 64])])
    bass = notes((36, 0, 1440), (38, 1440, BAR))
    assert named(heard(broken, bass)) == [(0, "C")]


def test_a_change_within_the_bar_and_flats_where_the_key_has_them() -> None:
    two = notes((58, 0, 960), (62, 0, 960), (65, 0, 960), (57, 960, BAR), (60, 960, BAR),
                (65, 960, BAR), (46, 0, 960), (41, 960, BAR))  # fmt: skip
    assert named(heard(two, key=Key(5))) == [(0, "Bb"), (960, "F")]
    assert named(heard(two, key=Key(4)))[0] == (0, "A#")


def test_a_bass_alone_names_no_chord() -> None:
    found = heard(notes(*block(0, 45), *block(1, 41)))
    assert found.chords == ()
    assert not found.chords_are_heard


@given(st.lists(st.tuples(st.integers(24, 84), st.integers(0, 16), st.integers(1, 8)), min_size=1))
def test_whatever_sounds_chords_rise_in_time_and_change(rows: list[tuple[int, int, int]]) -> None:
    found = heard(notes(*[(p, 240 * start, 240 * (start + length)) for p, start, length in rows]))
    ticks = [one.tick for one in found.chords]
    assert ticks == sorted(set(ticks))
    assert all(tick == 0 or tick % (BAR // 2) == 0 for tick in ticks)
    names = [one.name for one in found.chords]
    assert all(one != other for one, other in pairwise(names))


@pytest.mark.parametrize("ending", [".mid", ".musicxml"])
def test_a_song_in_several_tracks_is_read_with_its_chords(tmp_path: Path, ending: str) -> None:
    def line(pitches: list[int]) -> Melody:
        count = len(pitches)
        onset = np.arange(count) * BAR
        return Melody(pitch=pitches, onset=onset, duration=[BAR] * count, meter=(4, 4), key=Key(0))

    parts = [
        Part(melody=line([76, 77, 79, 74]), name="Melody"),
        Part(melody=line([64, 65, 64, 62]), others=(line([60, 60, 60, 59]),), name="Chords"),
        Part(melody=line([45, 41, 36, 43]), name="Bass"),
    ]
    save_sheet(Sheet(parts=tuple(parts)), tmp_path / f"song{ending}")
    reading = read_melody(tmp_path / f"song{ending}", track="Melody")
    assert named(reading) == [(0, "Am"), (BAR, "F"), (2 * BAR, "C"), (3 * BAR, "G")]
    # Of a passage those that follow are known, too.
    passage = read_melody(tmp_path / f"song{ending}", track="Melody", from_bar=2, to_bar=2)
    assert named(passage) == [(0, "F"), (BAR, "C"), (2 * BAR, "G")]


@pytest.mark.parametrize(("below", "is_bass"), [(-40, True), (40, False)])
def test_time_in_each_stretch_is_as_counted_note_by_note(below: int, is_bass: bool) -> None:
    rng = np.random.default_rng(0)
    start = rng.integers(0, 5000, 60)
    notes = np.stack([rng.integers(44, 90, 60), start, start + rng.integers(1, 2500, 60)], axis=1)
    own = np.stack([rng.integers(50, 60, 9) + below, start[:9], start[:9] + 400], axis=1)
    edges = np.arange(480, 6000, 960)
    weight, bass = _profiles(own, notes, edges)
    told = [(1.0, True, *row) for row in notes.tolist()]
    told += [(0.5, is_bass, *row) for row in own.tolist()]
    for place, (begin, end) in enumerate(pairwise(edges.tolist())):
        held = np.zeros(12)
        for share, _, pitch, on, off in told:
            held[pitch % 12] += share * max(0, min(off, end) - max(on, begin))
        low = [pitch for _, counts, pitch, on, off in told if counts and on < end and off > begin]
        assert weight[place].tolist() == pytest.approx((held / max(held.sum(), 1)).tolist())
        assert bass[place] == (min(low) % 12 if low else -1)


@given(
    st.lists(st.tuples(st.integers(40, 52), st.integers(0, 40), st.integers(1, 9)), min_size=1),
    st.integers(0, 3),
)
def test_together_is_as_found_tick_by_tick(rows: list[tuple[int, int, int]], first: int) -> None:
    unit, held = 20, 30  # the last 30 ticks of a note are legato
    spans = np.array([(p, unit * at, unit * (at + length)) for p, at, length in rows])
    edges = unit * np.arange(first, 60, 8)
    expected = [
        any(
            len({p % 12 for p, start, end in spans.tolist() if start <= tick < end - held}) > 1
            for tick in range(begin, stop, 10)
        )
        for begin, stop in pairwise(edges.tolist())
    ]
    assert _together(spans, edges).tolist() == expected
