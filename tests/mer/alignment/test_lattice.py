"""Alignments small enough to be added up by hand.

Equal notes earn 1, notes beyond the band -1; a first note left out costs 0.8, a further one 0.2.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.alignment.lattice import Block, RunningMaximum, Scoring, best_totals
from mer.alignment.profile import Profile
from mer.errors import InputError
from mer.notes.columns import Columns
from mer.notes.melody import Melody

LOW, HIGH = 20, 100  # far from all notes of the motif
MOTIF = [60, 62, 64]


def profile(pitch: list[int], ticks: int = 480) -> Profile:
    onset = ticks * np.arange(len(pitch))
    tune = Melody(pitch=pitch, onset=onset, duration=[ticks] * len(pitch))
    return Profile.of(Columns.from_melodies([tune]), metre=False)


def total(
    query: list[int], candidate: list[int], mode: str, *, ticks: int = 480, **given: float
) -> float:
    scoring = Scoring(metre=0.0, mode=mode, **given)
    zero = np.zeros(1, dtype=np.int64)
    block = Block(profile(query), profile(candidate, ticks), zero, zero, scoring)
    return float(best_totals(block, scoring)[0][0])


@pytest.mark.parametrize(
    ("query", "candidate", "sums"),
    [
        # Query, candidate, and the totals: global, inside, local.
        (MOTIF, MOTIF, (3.0, 3.0, 3.0)),
        (MOTIF, [60, 62, HIGH, 64], (2.2, 2.2, 2.2)),  # one note left out
        (MOTIF, [60, 62, HIGH, LOW, 64], (2.0, 2.0, 2.0)),  # two in a row
        (MOTIF, [60, HIGH, 62, LOW, 64], (1.4, 1.4, 1.4)),  # two gaps
        (MOTIF, [60, HIGH, 64], (1.0, 1.0, 1.0)),  # one changed: dearer to leave out two
        (MOTIF, [LOW, 60, 62, 64, HIGH], (1.4, 3.0, 3.0)),  # ends are free inside
        (MOTIF, [LOW, 60, 62, 64], (2.2, 3.0, 3.0)),
        ([LOW, 60, 62, 64, HIGH], MOTIF, (1.4, 3.0, 3.0)),  # and so the other way round
        ([60, LOW, 62, 64], MOTIF, (2.2, 2.2, 2.2)),
        (MOTIF, [60, 62], (1.2, 2.0, 2.0)),
        (MOTIF, [LOW, LOW, HIGH], (-2.4, -1.2, 0.0)),  # all left out: better than three changes
    ],
)
def test_totals(query: list[int], candidate: list[int], sums: tuple[float, ...]) -> None:
    for mode, expected in zip(("global", "inside", "local"), sums, strict=True):
        assert total(query, candidate, mode) == pytest.approx(expected, abs=1e-5), mode


@pytest.mark.parametrize(("band", "earned"), [(5.0, 0.6), (2.0, 0.0), (1.0, -1.0), (10.0, 0.8)])
def test_a_semitone_off_earns_by_the_band(band: float, earned: float) -> None:
    assert total(MOTIF, [60, 63, 64], "global", pitch_band=band) == pytest.approx(
        2.0 + earned, abs=1e-5
    )


def test_notes_twice_as_long_earn_by_the_share_of_length() -> None:
    # Closeness 1 - 0.3 for each of three notes; more than a doubling is no worse.
    for ticks in (960, 240, 1920):
        found = total(MOTIF, MOTIF, "global", ticks=ticks, length=0.3)
        assert found == pytest.approx(3 * (2 * 0.7 - 1), abs=1e-5)


def test_gaps_cost_what_is_said() -> None:
    there = [60, 62, HIGH, LOW, 64]
    assert total(MOTIF, there, "global", gap_open=0.5, gap_extend=0.5) == pytest.approx(2.0)
    assert total(MOTIF, there, "global", gap_open=0.6, gap_extend=0.1) == pytest.approx(2.3)


def test_candidates_side_by_side_change_nothing_for_each_other() -> None:
    tunes = [MOTIF, [LOW, 60, 62, 64, HIGH, LOW], [60, 62]]
    columns = Columns.from_melodies(
        [Melody(pitch=p, onset=480 * np.arange(len(p)), duration=[480] * len(p)) for p in tunes]
    )
    pool = Profile.of(columns, metre=False)
    for mode in ("global", "inside", "local"):
        scoring = Scoring(metre=0.0, mode=mode)
        block = Block(profile(MOTIF), pool, np.arange(3), np.zeros(3, np.int64), scoring)
        alone = [total(MOTIF, tune, mode) for tune in tunes]
        assert best_totals(block, scoring)[0].tolist() == pytest.approx(alone, abs=1e-5)


@pytest.mark.parametrize("mode", ["global", "inside", "local"])
def test_several_transpositions_at_once_are_each_alone(mode: str) -> None:
    tunes = [MOTIF, [61, 63, 65, 60], [60, 62]]
    columns = Columns.from_melodies(
        [
            Melody(pitch=p, onset=240 * np.arange(len(p)), duration=[240] * len(p), meter=(3, 8))
            for p in tunes
        ]
    )
    pool, own = Profile.of(columns), profile(MOTIF)
    shifts, everything = np.array([[0, 1, 2], [1, -1, 0]]), np.arange(3)
    scoring = Scoring(mode=mode, metre=0.4, length=0.3)
    together = best_totals(Block(own, pool, everything, shifts, scoring), scoring)[0]
    for row, shift in enumerate(shifts):
        alone = best_totals(Block(own, pool, everything, shift, scoring), scoring)[0]
        assert together.reshape(2, 3)[row].tolist() == alone.tolist()


def test_what_recurs_in_the_query_earns_what_it_earns_alone() -> None:
    lengths = np.array([8, 9, 9, 8, 9, 9], dtype=np.float32)
    own = profile([60, 62, 60, 60, 64, 62])._replace(length=lengths)
    pool, zero, base = profile([60, 61, 62, 64], 480), np.array([0]), np.zeros((), np.float32)
    scoring = Scoring(metre=0.4, length=0.3)
    block = Block(own, pool, zero, zero, scoring)
    together = [block.earnings(note, base).tolist() for note in range(6)]
    for note, earned in enumerate(together):
        only = {name: getattr(own, name)[note : note + 1] for name in ("pitch", "weight", "length")}
        alone = Block(own._replace(**only), pool, zero, zero, scoring)
        assert alone.earnings(0, base).tolist() == earned
    assert together[0] == together[3] != together[2]


def test_bad_scorings_are_refused() -> None:
    with pytest.raises(InputError, match="unknown alignment mode 'around'; one of global, local"):
        Scoring(mode="around")
    with pytest.raises(InputError, match=r"gap_open 0\.1 is below gap_extend 0\.2"):
        Scoring(gap_open=0.1)
    assert Scoring(gap_open=0.2).gap_open == 0.2
    for floor in (0.1, -1.1):
        with pytest.raises(InputError, match=f"floor {floor} is not between -1 and 0"):
            Scoring(floor=floor)


@given(
    st.integers(1, 40).flatmap(
        lambda rows: st.lists(
            st.lists(st.integers(-1000, 1000), min_size=rows, max_size=rows),
            min_size=1,
            max_size=3,
        )
    )
)
def test_the_running_maximum_is_that_of_numpy_again_and_again(columns: list[list[int]]) -> None:
    table = np.array(columns, dtype=np.float32).T
    run = RunningMaximum(*table.shape)
    for values in (table, -table, np.flip(table, axis=0)):
        run.values[:] = values
        assert run.find().tolist() == np.maximum.accumulate(values, axis=0).tolist()
