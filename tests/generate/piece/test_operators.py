from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.piece.composition import Fragment, Source
from generate.piece.degrees import in_scale, to_degrees
from generate.piece.operators import (
    OPERATORS,
    PRESERVABLE,
    Subject,
    Variation,
    invert,
    ornament,
    retrograde,
    reverse_pitches,
    swap_rhythm,
    thin,
    transpose_diatonic,
    varied,
)
from mer.errors import InputError
from mer.notes.key import MODES, Key
from mer.notes.melody import Melody


@st.composite
def subjects(draw: st.DrawFn) -> Subject:
    """A melody whose notes lie in its key, sixteenths to halves, sometimes with rests."""
    key = Key(draw(st.integers(0, 11)), draw(st.sampled_from(MODES)))
    notes = draw(st.integers(1, 16))
    pitches = np.arange(48, 85)
    scale = pitches[in_scale(pitches, key)].tolist()
    melodies = []
    for _ in range(2):
        pitch = draw(st.lists(st.sampled_from(scale), min_size=notes, max_size=notes))
        duration = draw(
            st.lists(st.sampled_from([120, 240, 480, 960]), min_size=notes, max_size=notes)
        )
        rest = draw(st.lists(st.sampled_from([0, 0, 0, 240]), min_size=notes, max_size=notes))
        onset = np.cumsum([0, *(d + r for d, r in zip(duration, rest, strict=True))])[:-1]
        meter = draw(st.sampled_from([(4, 4), (3, 4), (6, 8), (2, 4)]))
        downbeat = draw(st.sampled_from([0, 240, 480]))
        melodies.append(
            Melody(
                pitch=np.array(pitch),
                onset=onset,
                duration=np.array(duration),
                meter=meter,
                key=key,
                downbeat=downbeat,
            )
        )
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    return Subject(melodies[0], key, rng, melodies[1])


def contour(melody: Melody) -> list[int]:
    return np.sign(melody.interval).tolist()


def final_key(before: Subject, after: Variation) -> Key:
    assert before.melody.key is not None
    return after.melody.key or before.melody.key


HOLDS: dict[str, Callable[[Subject, Variation], bool]] = {
    "intervals": lambda s, v: s.melody.interval.tolist() == v.melody.interval.tolist(),
    "contour": lambda s, v: contour(s.melody) == contour(v.melody),
    "mirrored contour": lambda s, v: contour(s.melody) == [-c for c in contour(v.melody)],
    "rhythm": lambda s, v: (
        s.melody.onset.tolist() == v.melody.onset.tolist()
        and s.melody.duration.tolist() == v.melody.duration.tolist()
    ),
    "proportions": lambda s, v: (
        (s.melody.duration * v.melody.duration[0]).tolist()
        == (v.melody.duration * s.melody.duration[0]).tolist()
    ),
    "scale": lambda s, v: bool(in_scale(v.melody.pitch, s.key).all()),
    "pitches": lambda s, v: Counter(s.melody.pitch.tolist()) == Counter(v.melody.pitch.tolist()),
    "length": lambda s, v: s.melody.end[-1] == v.melody.end[-1],
    "count": lambda s, v: len(s.melody) == len(v.melody),
    "outline": lambda s, v: (
        {*zip(s.melody.onset.tolist(), s.melody.pitch.tolist(), strict=True)}
        <= {*zip(v.melody.onset.tolist(), v.melody.pitch.tolist(), strict=True)}
    ),
    "selection": lambda s, v: (
        {*zip(v.melody.onset.tolist(), v.melody.pitch.tolist(), strict=True)}
        <= {*zip(s.melody.onset.tolist(), s.melody.pitch.tolist(), strict=True)}
    ),
    "ends": lambda s, v: (
        s.melody.pitch[[0, -1]].tolist() == v.melody.pitch[[0, -1]].tolist()
        or (len(v.melody) == 1 and v.melody.pitch[0] in s.melody.pitch[[0, -1]])
    ),
    "degrees": lambda s, v: (
        to_degrees(s.melody.pitch, s.key)[0].tolist()
        == to_degrees(v.melody.pitch, final_key(s, v))[0].tolist()
    ),
}


def test_every_claim_has_a_meaning_and_a_check() -> None:
    claims = {claim for operator in OPERATORS.values() for claim in operator.preserves}
    assert claims <= set(PRESERVABLE) == set(HOLDS)


@pytest.mark.parametrize("name", OPERATORS)
@given(subject=subjects())
def test_operators_preserve_what_they_claim_and_cite_what_they_change(
    name: str, subject: Subject
) -> None:
    before = subject.melody
    variation = OPERATORS[name].apply(subject)
    broken = [c for c in OPERATORS[name].preserves if not HOLDS[c](subject, variation)]
    assert broken == []
    assert before == subject.melody
    fragment = Fragment(before, tuple(Source("motif", note, 0) for note in range(len(before))))
    changed = varied(fragment, name, variation)
    for pitch, source in zip(changed.melody.pitch.tolist(), changed.sources, strict=True):
        assert before.pitch[source.note] + source.transposition == pitch
    moved = [s for s in changed.sources if s.transposition and s.kind == "motif"]
    assert all(source.operators == (name,) for source in moved)


@pytest.fixture(scope="module")
def examples() -> list[Subject]:
    """Forty melodies by chance: what is always preserved in them is taken to be preserved."""
    rng = np.random.default_rng(11)
    found = []
    for number in range(40):
        key = Key(int(rng.integers(12)), MODES[number % len(MODES)])
        scale = [p for p in range(55, 80) if in_scale(np.array([p]), key)[0]]
        melodies = []
        for size in (8, 7 + number % 3):
            duration = rng.choice([240, 480, 960], size)
            melodies.append(
                Melody(
                    pitch=rng.choice(scale, len(duration)),
                    onset=np.cumsum(duration) - duration,
                    duration=duration,
                    meter=(4, 4),
                    key=key,
                )
            )
        found.append(Subject(melodies[0], key, rng, melodies[1]))
    return found


@pytest.mark.parametrize("name", OPERATORS)
def test_what_is_not_claimed_is_broken_somewhere(name: str, examples: list[Subject]) -> None:
    variations = [OPERATORS[name].apply(subject) for subject in examples]
    never_broken = {
        claim
        for claim in set(HOLDS) - OPERATORS[name].preserves
        if all(HOLDS[claim](s, v) for s, v in zip(examples, variations, strict=True))
    }
    assert never_broken == set()


@given(subjects())
def test_two_inversions_and_two_retrogrades_give_the_melody_back(subject: Subject) -> None:
    melody, key = subject.melody, subject.key
    assert invert(invert(melody, key).melody, key).melody.pitch.tolist() == melody.pitch.tolist()
    assert reverse_pitches(reverse_pitches(melody).melody).melody == melody
    again = retrograde(retrograde(melody).melody).melody
    assert again.onset.tolist() == melody.onset.tolist()
    assert again.bar_position.tolist() == melody.bar_position.tolist()


def test_ornament_by_hand() -> None:
    # c e e g, quarters: a third is filled, a repetition gets its upper neighbour, g is the end
    tune = Melody(
        pitch=np.array([60, 64, 64, 67]), onset=np.arange(4) * 480, duration=np.full(4, 480)
    )
    result = ornament(tune, Key(0), np.random.default_rng(0), share=1.0)
    assert result.melody.pitch.tolist() == [60, 62, 64, 65, 64, 65, 67]
    assert result.melody.duration.tolist() == [240] * 6 + [480]
    assert result.origin.tolist() == [0, 0, 1, 1, 2, 2, 3]
    assert result.added.tolist() == [False, True, False, True, False, True, False]


def test_thinning_by_hand() -> None:
    # 6/8, eighths: the dotted-quarter beats stay, the last note too
    tune = Melody(
        pitch=np.arange(60, 66), onset=np.arange(6) * 240, duration=np.full(6, 240), meter=(6, 8)
    )
    result = thin(tune).melody
    assert result.pitch.tolist() == [60, 63, 65]
    assert result.duration.tolist() == [720, 480, 240]


def test_altered_notes_keep_their_alteration() -> None:
    tune = Melody(pitch=np.array([67, 66, 67]), onset=np.arange(3), duration=np.ones(3, dtype=int))
    up = transpose_diatonic(tune, Key(0), 1).melody.pitch.tolist()
    assert up == [69, 68, 69]  # g f# g in C: f raised; one step up: a g# a


def test_swap_keeps_the_order_of_pitches() -> None:
    tune = Melody(
        pitch=np.array([60, 62, 64, 65]), onset=np.arange(4), duration=np.ones(4, dtype=int)
    )
    rhythm = Melody(pitch=np.array([1, 1]), onset=np.array([0, 480]), duration=np.array([480, 960]))
    swapped = swap_rhythm(tune, rhythm)
    assert swapped.melody.pitch.tolist() == [60, 65]
    assert swapped.melody.duration.tolist() == [480, 960]
    assert swapped.origin.tolist() == [0, 3]


def test_diminishing_odd_ticks_is_refused() -> None:
    tune = Melody(pitch=np.array([60]), onset=np.array([0]), duration=np.array([15]))
    subject = Subject(tune, Key(0), np.random.default_rng(0), tune)
    with pytest.raises(InputError, match="15 ticks"):
        OPERATORS["diminution"].apply(subject)
