"""Accompaniment: voices in range and below the melody, patterns that fill every bar."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from generate.harmony.texture.accompaniment import (
    AUTO,
    BASS,
    CHOICES,
    CHORD,
    DRONE,
    NONE,
    PATTERNS,
    accompany,
    fitting_pattern,
    louder,
    voices_of,
)
from generate.harmony.chords import Chord
from generate.harmony.harmony import chord_slots, drone, harmonise
from generate.harmony.texture.voicing import BASS_RANGE, UPPER_RANGE, ceilings, cheapest, voiced
from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.io.sheet.sheet import VELOCITY, Part
from mer.notes.key import Key
from mer.notes.melody import Melody

METERS = [(2, 4), (3, 4), (4, 4), (6, 8), (9, 8), (2, 2), (3, 8), (5, 4), (12, 8), (7, 8), None]


def tune(meter: tuple[int, int] | None, *, downbeat: int = 0, low: int = 67) -> Melody:
    """Return some bars of eighths on a scale of C."""
    scale = np.array([0, 2, 4, 5, 7, 9, 11])
    steps = np.arange(64) * 3 % 7
    return Melody(
        pitch=low + scale[steps] - 7,
        onset=np.arange(64) * 240,
        duration=[240] * 64,
        meter=meter,
        key=Key((low - 7) % 12),
        downbeat=downbeat,
    )


def chords_of(melody: Melody, pattern: str) -> tuple[Chord, ...]:
    return drone(melody) if pattern == DRONE else harmonise(melody)


def covered(parts: tuple[Part, ...]) -> list[tuple[int, int]]:
    """Return the stretches of time in which any part sounds, joined."""
    spans = sorted((s, e) for part in parts for _, s, e in part.notes.tolist())
    joined = [spans[0]]
    for start, end in spans[1:]:
        if start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


@pytest.mark.parametrize("meter", METERS)
@pytest.mark.parametrize("downbeat", [0, 240])
@pytest.mark.parametrize("pattern", [*PATTERNS, DRONE])
def test_patterns_fill_every_bar_exactly(
    meter: tuple[int, int] | None, downbeat: int, pattern: str
) -> None:
    melody = tune(meter, downbeat=downbeat)
    parts = accompany(melody, chords_of(melody, pattern), pattern)
    slots = chord_slots(melody)
    assert covered(parts) == [(downbeat, int(slots.onset[-1] + slots.duration[-1]))]
    # Nothing is left out and nothing crosses a barline, except for drones.
    if pattern != DRONE:
        for part in parts:
            bar = (part.notes[:, 1] - downbeat) // melody.bar_ticks
            assert ((part.notes[:, 2] - 1 - downbeat) // melody.bar_ticks == bar).all()


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("meter", METERS)
def test_a_pattern_fills_one_chord(pattern: str, meter: tuple[int, int] | None) -> None:
    for chord in harmonise(tune(meter))[:6]:
        strokes = list(PATTERNS[pattern](chord.duration, meter))
        assert strokes[0][:2] == (BASS, 0)
        times = sorted((start, start + length) for _, start, length in strokes)
        assert max(end for _, end in times) == chord.duration
        reached = 0
        for start, end in times:
            assert start <= reached
            reached = max(reached, end)
        assert any(what != BASS for what, _, _ in strokes)


def test_patterns_worked_by_hand() -> None:
    bass, chord = BASS, CHORD
    assert list(PATTERNS["waltz"](1440, (3, 4))) == [
        (bass, 0, 480),
        (chord, 480, 480),
        (chord, 960, 480),
    ]
    # Half a bar of a jig: one compound beat.
    assert list(PATTERNS["waltz"](720, (6, 8))) == [
        (bass, 0, 240),
        (chord, 240, 240),
        (chord, 480, 240),
    ]
    assert list(PATTERNS["arpeggio"](720, (6, 8))) == [
        (bass, 0, 720),
        (0, 0, 240),
        (1, 240, 240),
        (2, 480, 240),
    ]
    assert list(PATTERNS["block"](1920, (4, 4))) == [(bass, 0, 1920), (chord, 0, 1920)]


@pytest.mark.parametrize("low", [55, 67, 79])
@pytest.mark.parametrize("meter", [(3, 4), (4, 4), (6, 8)])
def test_voices_stay_in_range_below_the_melody(low: int, meter: tuple[int, int]) -> None:
    melody = tune(meter, low=low)
    chords = harmonise(melody)
    bass, upper = voiced(melody, chords)
    assert bass.min() >= BASS_RANGE[0]
    assert bass.max() <= BASS_RANGE[1]
    assert upper.min() >= UPPER_RANGE[0]
    assert upper.max() <= UPPER_RANGE[1]
    assert (bass < upper[:, 0]).all()
    limits = ceilings(melody, chords)
    avoidable = limits >= UPPER_RANGE[0] + 12  # a close chord fits below
    assert (upper[avoidable, -1] <= limits[avoidable]).all()
    for chord, low_note, voices in zip(chords, bass.tolist(), upper.tolist(), strict=True):
        assert {low_note % 12, *(v % 12 for v in voices)} <= set(chord.pitch_classes)
        assert chord.pitch_classes[1] in {v % 12 for v in voices}  # the third is never missing


def test_tunes_of_the_corpus_have_smooth_voices(corpus: Corpus) -> None:
    moves, leaps = [], []
    for number in range(0, len(corpus), 5):
        melody = corpus.tune(number).melody
        bass, upper = voiced(melody, harmonise(melody))
        moves += np.abs(np.diff(upper, axis=0)).ravel().tolist()
        leaps += np.abs(np.diff(bass)).tolist()
    assert np.mean(moves) < 2.5  # semitones from chord to chord
    assert max(leaps) <= BASS_RANGE[1] - BASS_RANGE[0]
    assert np.mean(leaps) < 6


def test_the_cheapest_choice_is_the_cheapest_of_all() -> None:
    rng = np.random.default_rng(4)
    choices = [[(int(n),) for n in rng.integers(0, 30, 4)] for _ in range(4)]
    costs = [rng.random(4) * 10 for _ in range(4)]

    def total(path: tuple[int, ...]) -> float:
        notes = [choices[place][n][0] for place, n in enumerate(path)]
        moved = sum(abs(a - b) for a, b in itertools.pairwise(notes))
        return moved + float(sum(costs[place][n] for place, n in enumerate(path)))

    found = cheapest(choices, costs, lambda a, b: abs(a[0] - b[0]))
    assert total(tuple(found)) == pytest.approx(
        min(total(path) for path in itertools.product(range(4), repeat=4))
    )


def test_the_close_stands_on_its_roots() -> None:
    melody = tune((4, 4))
    chords = harmonise(melody, closed=True)
    bass, _ = voiced(melody, chords)
    assert bass[-1] % 12 == chords[-1].root
    last_other = max(i for i, chord in enumerate(chords) if chord.kind != chords[-1].kind)
    assert bass[last_other] % 12 == chords[last_other].root


@pytest.mark.parametrize("pattern", [*PATTERNS, DRONE])
def test_the_accompaniment_is_softer_than_the_melody(pattern: str) -> None:
    melody = tune((3, 4))
    parts = accompany(melody, chords_of(melody, pattern), pattern)
    assert all(part.velocity < VELOCITY for part in parts)


def test_each_pattern_has_its_parts() -> None:
    melody = tune((6, 8))
    names = {
        pattern: [part.name for part in accompany(melody, chords_of(melody, pattern), pattern)]
        for pattern in CHOICES
    }
    assert names.pop(NONE) == []
    assert names.pop(DRONE) == ["Drones"]
    assert all(parts == ["Chords", "Bass"] for parts in names.values())
    auto = accompany(melody, harmonise(melody), AUTO)
    assert auto == accompany(melody, harmonise(melody), fitting_pattern(melody.meter))


def test_drones_hold_tonic_and_fifth_below_the_melody() -> None:
    melody = tune((6, 8), low=69)
    (part,) = accompany(melody, drone(melody), DRONE)
    tonic = melody.key.tonic if melody.key else 0
    assert [voice.pitch[0] % 12 for voice in voices_of(part)] == [tonic, (tonic + 7) % 12, tonic]
    assert part.notes[:, 0].max() <= melody.pitch.min()
    low = replace(melody, pitch=melody.pitch - 30, key=Key((tonic - 30) % 12))
    (below,) = accompany(low, drone(low), DRONE)
    assert below.notes[:, 0].min() >= 0


def test_instruments_of_pipes_get_drones() -> None:
    assert fitting_pattern((6, 8), program=109) == DRONE
    assert fitting_pattern((6, 8)) == "arpeggio"


def test_an_unknown_pattern_is_refused() -> None:
    melody = tune((4, 4))
    with pytest.raises(InputError, match="unknown pattern 'polka'; choose one of auto, block"):
        accompany(melody, harmonise(melody), "polka")


def test_loudness_stays_within_midi() -> None:
    part = Part(melody=tune((4, 4)))
    assert louder(part, 100.0).velocity == 127
    assert louder(part, 0.0).velocity == 1
