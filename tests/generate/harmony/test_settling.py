"""Chords that return, chords that are given, and what is chosen around them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generate.harmony.chords import MODEL, PLAN, PROGRESSION, USER, Chord, ChordClass
from generate.harmony.harmony import harmonise
from generate.harmony.outline import Outline, returns_in
from generate.piece.cadences import CADENCES, chords_of
from generate.piece.given_chords import GivenChord, repeated_progression
from generate.piece.self_similarity import EXACT, Recurrence
from mer.errors import InputError
from mer.notes.chord_names import ChordName, chord_name
from mer.notes.key import Key
from mer.notes.melody import Melody

KEY = Key(0)


def bars(*pitches: list[int]) -> Melody:
    """Return bars of four quarters."""
    pitch = [one for bar in pitches for one in bar]
    onset = np.arange(len(pitch)) * 480
    return Melody(pitch=pitch, onset=onset, duration=[480] * len(pitch), meter=(4, 4), key=KEY)


A, B, C = [72, 76, 79, 76], [77, 74, 71, 74], [69, 72, 77, 69]
CLOSE = [74, 71, 72, 72]


def by_bar(chords: tuple[Chord, ...]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for chord in chords:
        found.setdefault(chord.bar, []).append(chord.symbol)
    return found


def test_bars_that_sound_again_have_their_chords_again() -> None:
    chords = harmonise(bars(A, B, C, B, A, B, C, CLOSE))
    told = by_bar(chords)
    assert told[5] == told[1]
    assert told[4] == told[2] == told[6]
    back = [(chord.bar, chord.of_bar) for chord in chords if chord.origin == PLAN]
    assert {(4, 2), (5, 1), (6, 2)} <= set(back)
    assert chords[-1].symbol == "C"


def test_a_plan_is_followed_where_it_says_more_than_the_melody() -> None:
    plan = [Recurrence("new")] * 4 + [Recurrence("varied", 0, head=960, tail=1920)]
    plan += [Recurrence("rhythm", 1), Recurrence("new"), Recurrence("new")]
    melody = bars(A, B, C, B, [72, 76, 74, 77], B, C, CLOSE)
    found = returns_in(plan, melody, KEY)
    assert found[4] == plan[4]
    assert (found[5].kind, found[5].bar) == (EXACT, 1)
    told = by_bar(harmonise(melody, outline=Outline(plan=tuple(plan))))
    assert told[5][0] == told[1][0]


names = st.sampled_from(["C", "Am", "F", "G7", "Dm7", "Bb/D", "F#m7b5", "Gsus4", "Ebmaj7", "A5"])


@given(st.lists(names, min_size=1, max_size=6), st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_given_chords_are_kept_whatever_they_are(progression: list[str], first: int) -> None:
    melody = bars(A, B, C, B, A, B, C, CLOSE)
    told = []
    for number, text in enumerate(progression):
        name = chord_name(text)
        assert name is not None
        told.append(GivenChord((first + number) * 960, (first + number + 1) * 960, name))
    chords = harmonise(melody, outline=Outline(given=tuple(told)))
    # Together the chords fill the piece.
    assert [one.end for one in chords[:-1]] == [one.onset for one in chords[1:]]
    for one in told:
        under = [chord for chord in chords if chord.onset < one.end and chord.end > one.onset]
        assert {chord.symbol for chord in under} == {one.name.text}
        assert {chord.origin for chord in under} == {USER}


def test_a_chord_of_the_users_comes_back_with_its_bar() -> None:
    melody = bars(A, B, C, B, A, B, C, CLOSE)
    cmaj7 = GivenChord(0, 1920, ChordName("C", 0, "major-seventh"))
    chords = harmonise(melody, outline=Outline(given=(cmaj7,)))
    told = {chord.bar: chord for chord in chords}
    assert told[1].symbol == told[5].symbol == "Cmaj7"
    assert (told[1].origin, told[5].origin, told[5].of_bar) == (USER, PLAN, 1)


def test_chords_change_where_they_are_given_to_change() -> None:
    melody = bars(A, B)
    given_ = repeated_progression("C F G | Am", 0, 1920, 2)
    chords = harmonise(melody, outline=Outline(given=given_))
    assert [chord.onset for chord in chords] == [0, 640, 1280, 1920]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_short_pieces_have_chords_too(count: int) -> None:
    chords = harmonise(bars(*[A, B, CLOSE][:count]))
    assert chords[-1].end == count * 1920
    assert {chord.origin for chord in chords} <= {MODEL, PLAN}


def test_bars_that_return_varied_lean_towards_the_chords_they_had() -> None:
    rng = np.random.default_rng(0)
    scale = np.array([60, 62, 64, 65, 67, 69, 71, 72])
    told = Outline(
        plan=(
            *[Recurrence("new")] * 2,
            Recurrence("varied", 0, head=0, tail=1920),
            Recurrence("new"),
        )
    )
    again, other = 0, 0
    for _ in range(60):
        melody = bars(*rng.choice(scale, (5, 4)).tolist(), CLOSE)
        leaning, alone = by_bar(harmonise(melody, outline=told)), by_bar(harmonise(melody))
        again += leaning[3] == leaning[1]
        other += alone[3] == alone[1]
    assert again >= 2 * other > 0


def test_no_stock_progression_reaches_into_the_close() -> None:
    loop = [[72, 76, 79, 76], [71, 74, 79, 74], [69, 72, 76, 72], [69, 72, 77, 72]]
    chords = harmonise(bars(*loop, *loop), in_loops=True)
    assert {chord.origin for chord in chords if chord.bar < 7} == {PROGRESSION}
    assert {chord.origin for chord in chords if chord.bar == 8} == {MODEL}


def ended(melody: Melody, cadence: str, **known: object) -> list[str]:
    """Return the chords, by bar and then symbol, of a melody that ends with a cadence."""
    outline = Outline(cadence=cadence, **known)  # type: ignore[arg-type]
    return [f"{chord.bar} {chord.symbol}" for chord in harmonise(melody, outline=outline)]


def test_the_chord_before_the_last_has_the_slot_before_the_last_note() -> None:
    # The last note is the half note on the third beat; F and D sound before it in the same bar.
    half = Melody(pitch=[72, 76, 77, 74, 72], onset=[0, 960, 1920, 2400, 2880],
                  duration=[960, 960, 480, 480, 960], meter=(4, 4), key=KEY)  # fmt: skip
    assert ended(half, "plagal")[-2:] == ["2 F", "2 C"]
    assert ended(half, "authentic")[-2:] in (["2 G", "2 C"], ["2 G7", "2 C"])
    assert ended(half, "half")[-1] == "2 G"
    # B and C sound in the last half of the bar: there is no place between them.
    assert ended(bars(A, B, C, CLOSE), "plagal")[-2:] == ["4 F", "4 C"]
    # Its last note fills a bar: the chord before is in the bar before, and the last one is alone.
    whole = Melody(pitch=[72, 77, 72], onset=[0, 960, 1920], duration=[960, 960, 1920],
                   meter=(4, 4), key=KEY)  # fmt: skip
    assert ended(whole, "plagal")[-2:] == ["1 F", "2 C"]
    assert ended(whole, "half")[-1] == "2 G"
    assert not ended(whole, "half")[-2].endswith(("G", "G7", "Gm"))


def test_a_cadence_in_the_only_slot_there_is_is_its_last_chord() -> None:
    alone = Melody(pitch=[72, 74, 76], onset=[0, 480, 960], duration=[480] * 3, meter=(3, 4),
                   key=KEY)  # fmt: skip
    assert [ended(alone, name) for name in ("authentic", "plagal", "half")] == [
        ["1 C"],
        ["1 C"],
        ["1 G"],
    ]


def test_given_chords_stay_whatever_the_cadence() -> None:
    melody = bars(A, B, C, CLOSE)
    song = repeated_progression("C Am F G", 0, 1920, 4)
    assert ended(melody, "plagal", given=song) == ["1 C", "2 Am", "3 F", "4 G"]
    # Of the last slot only: the one before it is still asked for.
    last = song[3]._replace(onset=3 * 1920 + 960)
    assert ended(melody, "plagal", given=(last,))[-2:] == ["4 F", "4 G"]
    with pytest.raises(InputError, match="unknown cadence 'odd'"):
        ended(melody, "odd")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(60, 76), min_size=8, max_size=24),
    st.sampled_from(list(CADENCES)),
    st.sampled_from(["major", "minor", "dorian", "mixolydian", "phrygian"]),
    st.sampled_from([(4, 4), (3, 4), (6, 8)]),
    st.booleans(),
)
def test_whatever_is_sung_the_chords_end_as_asked(
    pitch: list[int], name: str, mode: str, meter: tuple[int, int], loops: bool
) -> None:
    melody = Melody(pitch=pitch, onset=np.arange(len(pitch)) * 480, duration=[480] * len(pitch),
                    meter=meter, key=Key(2, mode))  # fmt: skip
    chords = harmonise(melody, outline=Outline(cadence=name), in_loops=loops)
    kinds = [chord.kind for chord in chords]
    sounding = chords[0].key.mode
    (final,) = chords_of(CADENCES[name].final, sounding)
    last = ChordClass(*final)
    assert kinds[-1] == last
    before = next(kind for kind in reversed(kinds) if kind != last)
    if name == "half":
        assert before.degree != 7
    else:
        assert before in [ChordClass(*one) for one in chords_of(CADENCES[name].before, sounding)]
    assert sum(chord.duration for chord in chords) == melody.bars * melody.bar_ticks
