"""Accompaniment: voices in range and below the melody, patterns that fill every bar."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from generate.harmony.chords import Chord
from generate.harmony.harmony import drone, harmonise
from generate.harmony.outline import Outline, second_phrases
from generate.harmony.slots import chord_slots
from generate.harmony.texture.accompaniment import accompany, voices_of
from generate.harmony.texture.styles import AUTO, CHOICES, DRONE, NONE, STYLES, fitting_style
from generate.harmony.texture.voicing import BASS_RANGE, UPPER_RANGE, ceilings, cheapest, voiced
from generate.piece.given_chords import repeated_progression
from generate.piece.self_similarity import Recurrence
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


def chords_of(melody: Melody, style: str) -> tuple[Chord, ...]:
    return drone(melody) if style == DRONE else harmonise(melody)


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
@pytest.mark.parametrize("style", [*STYLES, DRONE])
def test_styles_fill_every_bar_exactly(
    meter: tuple[int, int] | None, downbeat: int, style: str
) -> None:
    melody = tune(meter, downbeat=downbeat)
    parts = accompany(melody, chords_of(melody, style), style)
    slots = chord_slots(melody)
    assert covered(parts) == [(downbeat, int(slots.onset[-1] + slots.duration[-1]))]
    # Nothing is left out and nothing crosses a barline, except for drones.
    if style != DRONE:
        for part in parts:
            bar = (part.notes[:, 1] - downbeat) // melody.bar_ticks
            assert ((part.notes[:, 2] - 1 - downbeat) // melody.bar_ticks == bar).all()


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

    found = cheapest(choices, costs)
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


@pytest.mark.parametrize("style", [*STYLES, DRONE])
def test_the_accompaniment_is_softer_than_the_melody(style: str) -> None:
    melody = tune((3, 4))
    parts = accompany(melody, chords_of(melody, style), style)
    assert all(part.velocity < VELOCITY for part in parts)


def test_each_style_has_its_parts() -> None:
    melody = tune((6, 8))
    names = {
        style: [part.name for part in accompany(melody, chords_of(melody, style), style)]
        for style in CHOICES
    }
    assert names.pop(NONE) == []
    assert names.pop(DRONE) == ["Drones"]
    assert all(parts == ["Chords", "Bass"] for parts in names.values())
    auto = accompany(melody, harmonise(melody), AUTO)
    assert auto == accompany(melody, harmonise(melody), fitting_style(melody))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("meter", [(4, 4), (3, 4), (6, 8), (5, 4)])
def test_a_piece_has_two_kinds_of_bars_and_an_ending(style: str, meter: tuple[int, int]) -> None:
    melody = tune(meter)
    parts = accompany(melody, harmonise(melody), style)
    bars: dict[int, set[tuple[str, int, int]]] = {}
    for part in parts:
        for _, onset, end in part.notes.tolist():
            bar, place = divmod(onset, melody.bar_ticks)
            bars.setdefault(bar, set()).add((part.name, place, end - onset))
    assert len({frozenset(strokes) for strokes in bars.values()}) >= 2
    assert {place for _, place, _ in bars[max(bars)]} <= {0, melody.beat_ticks}


def test_phrases_that_begin_anew_have_the_second_pattern() -> None:
    melody = tune((4, 4))
    again = Recurrence("exact", 0)
    plan = [Recurrence("new")] * 4 + [again, *[Recurrence("new")] * 3]
    assert second_phrases(plan, 8) == [False] * 4 + [True] * 4  # no phrase sets itself off
    longer = [*plan, *[Recurrence("new")] * 4]
    assert second_phrases(longer, 12) == [False] * 8 + [True] * 4
    parts = accompany(melody, harmonise(melody), "hymn", outline=Outline(plan=tuple(plan)))
    bass = parts[1].notes
    first, second = (
        bass[(bass[:, 1] >= bar * 1920) & (bass[:, 1] < (bar + 1) * 1920)] for bar in (0, 5)
    )
    assert {end - onset for _, onset, end in first.tolist()} <= {960, 1920}
    assert {end - onset for _, onset, end in second.tolist()} & {480}


def test_a_bass_that_is_asked_for_is_kept() -> None:
    melody = tune((4, 4))
    given = repeated_progression("C/E F | Gsus4 G9 | Cmaj7 C5", 0, 1920, melody.bars)
    chords = harmonise(melody, outline=Outline(given=given))
    bass, upper = voiced(melody, chords)
    for chord, low, voices in zip(chords, bass.tolist(), upper.tolist(), strict=True):
        assert low % 12 == chord.bass
        assert {voice % 12 for voice in voices} <= set(chord.pitch_classes)
        assert len(set(voices)) == 3


def test_drones_hold_tonic_and_fifth_below_the_melody() -> None:
    melody = tune((6, 8), low=69)
    (part,) = accompany(melody, drone(melody), DRONE)
    tonic = melody.key.tonic if melody.key else 0
    assert [voice.pitch[0] % 12 for voice in voices_of(part)] == [tonic, (tonic + 7) % 12, tonic]
    assert part.notes[:, 0].max() <= melody.pitch.min()
    low = replace(melody, pitch=melody.pitch - 30, key=Key((tonic - 30) % 12))
    (below,) = accompany(low, drone(low), DRONE)
    assert below.notes[:, 0].min() >= 0
    # Whatever chords it is given, a drone holds the tonic.
    in_key = replace(melody, key=Key(tonic))
    chords = harmonise(in_key)
    other = next(place for place, chord in enumerate(chords) if chord.root != tonic)
    (same,) = accompany(in_key, chords[other:], DRONE)
    assert {voice.pitch[0] % 12 for voice in voices_of(same)} == {tonic, (tonic + 7) % 12}


def test_an_unknown_style_is_refused() -> None:
    melody = tune((4, 4))
    with pytest.raises(InputError, match="unknown style 'polka'; choose one of auto, jig"):
        accompany(melody, harmonise(melody), "polka")
