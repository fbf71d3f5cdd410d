"""Chords under melodies: their model, their places, their close."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generate.harmony.chord_model import (
    COUNTED_MODES,
    chord_model,
    diatonic,
    dominants,
    load_counts,
)
from generate.harmony.chords import STATES, Chord, ChordClass
from generate.harmony.harmony import drone, harmonise, sounding_key
from generate.harmony.slots import chord_slots, phrase_ends
from mer.notes.key import MODES, Key
from mer.notes.melody import Melody

METERS = [(2, 4), (3, 4), (4, 4), (6, 8), (9, 8), (2, 2), (3, 8), (5, 4), (12, 8), None]


@st.composite
def melodies(draw: st.DrawFn) -> Melody:
    meter = draw(st.sampled_from(METERS))
    key = Key(draw(st.integers(0, 11)), draw(st.sampled_from(MODES)))
    notes = draw(st.integers(1, 30))
    steps = draw(st.lists(st.integers(0, 12), min_size=notes, max_size=notes))
    lengths = draw(
        st.lists(st.sampled_from([120, 240, 480, 720, 960]), min_size=notes, max_size=notes)
    )
    scale = [*key.scale, *key.scale]
    pitch = [60 + (scale[s] - key.tonic) % 12 + 12 * (s // 7) for s in steps]
    onset = np.cumsum([0, *lengths[:-1]])
    melody = Melody(pitch=pitch, onset=onset, duration=lengths, meter=meter, key=key)
    return replace(melody, downbeat=draw(st.sampled_from([0, 240, 480])) % melody.bar_ticks)


@pytest.mark.parametrize("mode", MODES)
def test_every_table_is_a_distribution(mode: str) -> None:
    model = chord_model(mode)
    for table in (model.start, model.change, model.sound, *map(model.transition, (False, True))):
        assert table.min() >= 0.0
        assert table.sum(axis=-1) == pytest.approx(1.0)
    assert (model.hold > 0).all()
    assert (model.hold < 1).all()
    assert np.diagonal(model.change) == pytest.approx(0.0)
    assert (model.sound > 0).all()
    assert (model.ending > 0).all()


def test_the_shipped_counts_are_small_whole_numbers_of_the_chorales() -> None:
    counts, header = load_counts()
    assert {name: column.shape for name, column in counts.items()} == {
        "start": (2, 48),
        "change": (2, 48, 48),
        "hold": (2, 2, 2),
        "sound": (2, 48, 12),
        "beats": (2, 48),
        "ending": (2, 48),
    }
    assert all(column.dtype == np.uint16 for column in counts.values())
    assert counts["start"].sum() == header["chorales"]
    assert counts["beats"].sum() == header["beats"]
    assert not counts["change"].diagonal(axis1=1, axis2=2).any()
    # Every change but the first chord of a chorale is a change of the hold table too.
    assert counts["change"].sum() == counts["hold"][:, :, 0].sum()


@pytest.mark.parametrize("mode", COUNTED_MODES)
def test_a_dominant_seventh_goes_to_the_tonic(mode: str) -> None:
    model = chord_model(mode)
    seventh = STATES.index(ChordClass(7, "dominant"))
    assert model.change[seventh].argmax() == model.tonic


def test_modes_have_their_own_chords() -> None:
    assert [kind.roman for kind in diatonic("mixolydian")][-1] == "bVII"
    mixolydian, major = chord_model("mixolydian"), chord_model("major")
    flat_seventh = STATES.index(ChordClass(10, "major"))
    into = mixolydian.change[:, flat_seventh].mean() / major.change[:, flat_seventh].mean()
    assert into > 3
    assert [kind.roman for kind in dominants("dorian")] == ["bVII", "v"]


def ends_closed(chords: tuple[Chord, ...]) -> bool:
    """Return whether the last chord is the tonic and the last other one a dominant."""
    key = chords[-1].key
    others = [chord.kind for chord in chords if chord.kind != chords[-1].kind]
    return chords[-1].degree == 0 and (not others or others[-1] in dominants(key.mode))


@given(melodies())
@settings(max_examples=60)
def test_a_closed_melody_ends_on_the_tonic_after_a_dominant(melody: Melody) -> None:
    chords = harmonise(melody, closed=True)
    assert ends_closed(chords)
    if len(chord_slots(melody)) > 1:
        assert len({chord.kind for chord in chords}) > 1


@given(melodies())
@settings(max_examples=60)
def test_chords_fill_the_bars_without_gap_or_overlap(melody: Melody) -> None:
    chords = harmonise(melody)
    start = melody.downbeat if melody.bars else 0
    assert chords[0].onset == start
    assert all(a.end == b.onset for a, b in itertools.pairwise(chords))
    if melody.bars:
        assert chords[-1].end == melody.downbeat + melody.bars * melody.bar_ticks
    assert chords[-1].end >= melody.end[-1]
    for chord in chords:
        if melody.bars:  # no chord crosses a barline
            bar = melody.downbeat + (chord.bar - 1) * melody.bar_ticks
            assert bar <= chord.onset < chord.end <= bar + melody.bar_ticks
        assert 0.0 <= chord.probability <= 1.0


@given(melodies(), st.integers(-11, 11))
@settings(max_examples=40)
def test_a_transposed_melody_has_the_same_chords_transposed(melody: Melody, semitones: int) -> None:
    here, there = harmonise(melody), harmonise(melody.transpose(semitones))
    assert [chord.kind for chord in here] == [chord.kind for chord in there]
    assert [(chord.root + semitones) % 12 for chord in here] == [chord.root for chord in there]
    assert [chord.onset for chord in here] == [chord.onset for chord in there]


@given(melodies(), st.sampled_from([2, 3]))
@settings(max_examples=20)
def test_octaves_do_not_matter(melody: Melody, octaves: int) -> None:
    assert harmonise(melody) == harmonise(melody.transpose(-12 * octaves))


@pytest.mark.parametrize(
    ("meter", "downbeat", "expected"),
    [
        ((2, 4), 0, [0, 960, 1920]),
        ((3, 4), 0, [0, 1440]),
        ((4, 4), 0, [0, 960, 1920, 2880]),
        ((6, 8), 0, [0, 720, 1440, 2160]),
        ((9, 8), 0, [0, 2160]),
        ((2, 2), 0, [0, 960, 1920, 2880]),
        ((4, 4), 480, [480, 1440, 2400, 3360]),
        (None, 0, [0, 960, 1920, 2880]),
    ],
)
def test_where_chords_may_change(
    meter: tuple[int, int] | None, downbeat: int, expected: list[int]
) -> None:
    melody = Melody(pitch=[60, 67], onset=[0, 480], duration=[480, 2400], meter=meter)
    slots = chord_slots(replace(melody, downbeat=downbeat))
    assert slots.onset.tolist() == expected
    assert slots.opens_bar[0] == 1


def test_a_melody_that_is_all_pickup_has_one_chord() -> None:
    melody = Melody(pitch=[67], onset=[0], duration=[240], meter=(4, 4), downbeat=480)
    assert [(chord.onset, chord.bar) for chord in harmonise(melody)] == [(0, 0)]


def test_a_tune_worked_by_ear() -> None:
    # Twinkle: C C G G | A A G - | F F E E | D D C -, in 4/4.
    pitch = [60, 60, 67, 67, 69, 69, 67, 65, 65, 64, 64, 62, 62, 60]
    lengths = [480] * 6 + [960] + [480] * 6 + [960]
    melody = Melody(
        pitch=pitch,
        onset=np.cumsum([0, *lengths[:-1]]),
        duration=lengths,
        meter=(4, 4),
        key=Key(0),
    )
    symbols = [chord.symbol for chord in harmonise(melody)]
    assert symbols[0] == "C"
    assert symbols[-1] == "C"
    assert symbols[-2] in ("G", "G7")
    assert set(symbols) <= {"C", "F", "G", "G7", "Dm", "Am"}


def test_a_phrase_in_minor_pauses_on_its_minor_chord_unless_the_major_third_is_heard() -> None:
    onset = np.array([0, 1, 2, 3, 4, 5, 6, 9, 11, 12, 13, 14, 15, 16, 18]) * 480
    pitch = np.array([69, 71, 72, 71, 68, 64, 69, 69, 64, 69, 71, 72, 71, 68, 69])
    length = np.array([1] * 6 + [3, 2] + [1] * 5 + [2, 3]) * 480
    notes = {"onset": onset, "duration": length, "meter": (3, 4), "phrase_starts": (0, 8)}
    for fourth_bar, symbols in (([69, 64], ["Am", "Am"]), ([73, 69], ["Am", "A"])):
        heard = [*pitch[:7].tolist(), *fourth_bar, *pitch[9:].tolist()]
        tune = Melody(pitch=heard, key=Key(9, "minor"), **notes)
        assert [chord.symbol for chord in harmonise(tune) if chord.bar in (3, 4)] == symbols


def test_a_double_tonic_tune_gets_the_flat_seventh() -> None:
    # A mixolydian: two bars on A, two on G, closing G A.
    steps = [69, 73, 76, 73, 69, 73, 76, 73, 67, 71, 74, 71, 67, 71, 74, 71] * 2
    steps += [67, 71, 74, 71, 69, 73, 76, 69]
    melody = Melody(
        pitch=steps,
        onset=np.arange(len(steps)) * 480,
        duration=[480] * len(steps),
        meter=(4, 4),
        key=Key(9, "mixolydian"),
    )
    chords = harmonise(melody)
    assert {chord.symbol for chord in chords} == {"A", "G"}
    assert [chord.roman for chord in chords][-2:] == ["bVII", "I"]


def test_signs_of_a_mode_in_the_notes() -> None:
    melody = Melody(pitch=[62, 69, 71, 72, 62], onset=range(0, 2400, 480), duration=[480] * 5)
    assert str(sounding_key(melody, Key(2, "minor"))) == "D dorian"
    assert str(sounding_key(replace(melody, key=Key(7)))) == "G major"


def test_phrase_ends_are_looked_up_before_the_first_barline_too() -> None:
    melody = Melody(
        pitch=[60, 62, 64],
        onset=[0, 480, 960],
        duration=[480] * 3,
        meter=(4, 4),
        downbeat=480,
        phrase_starts=(0, 1),
    )
    assert phrase_ends(melody, chord_slots(melody)).tolist() == []


def test_a_chord_stays_inside_a_bar_four_times_in_five() -> None:
    rng = np.random.default_rng(3)
    scale = np.array([60, 62, 64, 65, 67, 69, 71, 72])
    told = {"meter": (4, 4), "key": Key(0), "duration": [480] * 32}
    tunes = [
        Melody(pitch=scale[rng.integers(0, 8, 32)], onset=np.arange(32) * 480, **told)
        for _ in range(20)
    ]
    usual = [harmonise(tune) for tune in tunes]
    assert usual == [harmonise(tune, calm=0.8) for tune in tunes]
    chords = {calm: sum(len(harmonise(t, calm=calm)) for t in tunes) for calm in (0.7, 0.8, 0.9)}
    assert chords[0.7] > chords[0.8] > chords[0.9]


def test_a_drone_is_one_fifth_in_every_bar() -> None:
    melody = Melody(pitch=[69] * 6, onset=np.arange(6) * 480, duration=[480] * 6, meter=(3, 4))
    chords = drone(melody, key=Key(9))
    assert [(c.symbol, c.roman, c.onset, c.duration) for c in chords] == [
        ("A5", "I5", 0, 1440),
        ("A5", "I5", 1440, 1440),
    ]


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize("mode", MODES)
def test_symbols_name_the_root(tonic: int, mode: str) -> None:
    natural = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
    for degree in range(12):
        chord = Chord(key=Key(tonic, mode), degree=degree, quality="major", onset=0, duration=1)
        letter, alter = chord.root_spelling
        assert (natural[letter] + alter) % 12 == chord.root
        assert abs(alter) <= 1 or degree in (1, 3, 6, 8)
