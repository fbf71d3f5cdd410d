from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.originality.originality import JointCheck, Originality
from generate.piece.composition import Source
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.search.sharing.runs import Run


def naive_keys(melody: Melody, start: int, notes: int) -> set[tuple[object, ...]]:
    """Return the two keys by which a run is compared, in exact fractions."""
    pitch = melody.pitch.tolist()[start : start + notes]
    intervals = tuple(b - a for a, b in pairwise(pitch))
    keys: set[tuple[object, ...]] = set()
    between = np.diff(melody.onset).tolist()[start : start + notes - 1]
    for lengths in (melody.duration.tolist()[start : start + notes - 1], between):
        ratios = tuple(Fraction(b, a) for a, b in pairwise(lengths))
        keys.add((intervals, ratios))
    return keys


def naive_longest(melody: Melody, corpus: Sequence[Melody]) -> int:
    longest = 1
    for notes in range(2, len(melody) + 1):
        known = {
            key
            for tune in corpus
            for start in range(len(tune) - notes + 1)
            for key in naive_keys(tune, start, notes)
        }
        mine = (naive_keys(melody, start, notes) for start in range(len(melody) - notes + 1))
        if not any(keys & known for keys in mine):
            break
        longest = notes
    return longest


@st.composite
def melodies(draw: st.DrawFn) -> Melody:
    notes = draw(st.integers(1, 14))
    pitch = draw(st.lists(st.integers(60, 63), min_size=notes, max_size=notes))
    duration = draw(st.lists(st.sampled_from([160, 240, 480]), min_size=notes, max_size=notes))
    rest = draw(st.lists(st.sampled_from([0, 0, 0, 0, 240]), min_size=notes, max_size=notes))
    step = np.array(duration) + rest
    return Melody(pitch=np.array(pitch), onset=np.cumsum(step) - step, duration=np.array(duration))


def new(melody: Melody) -> list[Source]:
    return [Source("corpus", note, 0) for note in range(len(melody))]


@given(melodies(), st.lists(melodies(), min_size=1, max_size=4))
def test_longest_run_equals_the_naive_search(melody: Melody, corpus: list[Melody]) -> None:
    known = Originality(Columns.from_melodies(corpus))
    run = known.longest_run(melody, new(melody))
    assert run.notes == naive_longest(melody, corpus)
    if run.notes > 1:
        tune = corpus[run.tune]
        here = naive_keys(melody, run.start, run.notes)
        assert here & naive_keys(tune, run.note, run.notes)
    for bound in range(2, len(melody) + 1):
        copied = known.check(bound).copied_ends(melody, new(melody))
        assert bool(len(copied)) == (run.notes >= bound)


TUNE = Melody(
    pitch=np.array([60, 64, 62, 65, 67, 65]), onset=np.arange(6) * 480, duration=np.full(6, 480)
)


@pytest.mark.parametrize("change", ["transposed", "faster"])
def test_transposition_and_tempo_hide_nothing(change: str) -> None:
    other = {
        "transposed": TUNE.transpose(5),
        "faster": Melody(pitch=TUNE.pitch, onset=TUNE.onset // 4, duration=TUNE.duration // 4),
    }[change]
    known = Originality(Columns.from_melodies([TUNE]))
    assert known.longest_run(other, new(other)) == Run(6, 0, 0, 0)


def test_the_motif_is_exempt_but_not_what_leads_out_of_it() -> None:
    known = Originality(Columns.from_melodies([TUNE]))
    motif = [Source("motif", note, 0) for note in range(6)]
    assert known.longest_run(TUNE, motif) == Run(1)
    # Four notes of the user, two new ones that go on as the tune does: the six are a copy.
    assert known.longest_run(TUNE, [*motif[:4], *new(TUNE)[4:]]).notes == 6
    assert known.check(5).copied_ends(TUNE, [*motif[:4], *new(TUNE)[4:]]).tolist() == [4, 5]


def test_runs_do_not_cross_from_tune_to_tune() -> None:
    known = Originality(Columns.from_melodies([TUNE.cut(0, 3), TUNE.cut(3, 6)]))
    assert known.longest_run(TUNE, new(TUNE)).notes == 3


@given(melodies(), st.lists(melodies(), min_size=1, max_size=4))
def test_runs_whatever_their_rhythm_equal_the_naive_search(
    melody: Melody, corpus: list[Melody]
) -> None:
    known = Originality(Columns.from_melodies(corpus))
    for notes in range(2, len(melody) + 1):
        runs = {
            tuple(np.diff(tune.pitch[start : start + notes]).tolist())
            for tune in corpus
            for start in range(len(tune) - notes + 1)
        }
        ends = [
            start + notes - 1
            for start in range(len(melody) - notes + 1)
            if tuple(np.diff(melody.pitch[start : start + notes]).tolist()) in runs
        ]
        check = known.check(notes, rhythm=False)
        assert check.copied_ends(melody, new(melody)).tolist() == ends
        both = JointCheck((check, known.check(notes)))
        assert both.copied_ends(melody, new(melody)).tolist() == ends


def test_checks_are_kept_but_not_without_end() -> None:
    known = Originality(Columns.from_melodies([TUNE]))
    assert known.check(3) is known.check(3)
    first = known.check(3)
    for notes in (4, 5, 2, 6):
        known.check(notes)
    assert known.check(3) is not first


@given(melodies(), st.lists(melodies(), min_size=1, max_size=4), st.booleans())
def test_single_runs_equal_the_naive_search(
    melody: Melody, corpus: list[Melody], rhythm: bool
) -> None:
    known = Originality(Columns.from_melodies(corpus))
    for notes in range(2, len(melody) + 1):
        kept = {
            key if rhythm else key[:1]
            for tune in corpus
            for start in range(len(tune) - notes + 1)
            for key in naive_keys(tune, start, notes)
        }
        for start in range(len(melody) - notes + 1):
            part = slice(start, start + notes)
            # Two runs on one rhythm: the melody's, and it with its last note a third higher.
            pitch = np.array([melody.pitch[part]] * 2)
            pitch[1, -1] += 3
            found = known.copied_at_end(
                pitch, melody.onset[part], melody.duration[part], rhythm=rhythm
            )
            higher = Melody(
                pitch=pitch[1], onset=melody.onset[part], duration=melody.duration[part]
            )
            for one, run in zip(
                found.tolist(), (melody.cut(*part.indices(99)[:2]), higher), strict=True
            ):
                own = naive_keys(run, 0, notes)
                assert one == bool({key if rhythm else key[:1] for key in own} & kept)
