"""Metrical weights, by hand and against a slow reading of the definition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.notes.metrical_weight import beat_strength, inner_metric_weight, metrical_weight


def notes_at(onsets, **context):
    durations = [*np.diff(onsets), 40]
    return Melody(pitch=[60] * len(onsets), onset=onsets, duration=durations, **context)


@pytest.mark.parametrize(
    ("meter", "step", "expected"),
    [
        ((4, 4), 240, [1, 0.125, 0.25, 0.125, 0.5, 0.125, 0.25, 0.125]),
        ((3, 4), 240, [1, 0.25, 0.5, 0.25, 0.5, 0.25]),
        ((6, 8), 240, [1, 0.25, 0.25, 0.5, 0.25, 0.25]),
        ((2, 4), 240, [1, 0.25, 0.5, 0.25]),
        ((9, 8), 240, [1, 0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.25, 0.25]),
    ],
)
def test_beat_strength_by_hand(meter, step, expected):
    onsets = [step * place for place in range(len(expected))]
    columns = Columns.from_melodies([notes_at(onsets, meter=meter)])
    assert beat_strength(columns).tolist() == expected


def test_each_sequence_has_its_own_metre():
    tunes = [
        notes_at([0, 240, 480, 720, 960], meter=meter) for meter in ((6, 8), (4, 4), None, (6, 8))
    ]
    together = beat_strength(Columns.from_melodies(tunes))
    alone = [beat_strength(Columns.from_melodies([tune])) for tune in tunes]
    assert together.tolist() == np.concatenate(alone).tolist()
    assert alone[2].tolist() == alone[1].tolist() != alone[0].tolist()
    assert beat_strength(Columns.from_melodies(tunes).take([])).tolist() == []


def by_definition(cells):
    """Inner metric weight: every chain of equal steps that cannot be made longer."""
    onsets, weight = set(cells), dict.fromkeys(cells, 0)
    for period in range(1, min(96, max(cells) // 2) + 1):
        for start in cells:
            if start - period in onsets:
                continue
            chain = [start]
            while chain[-1] + period in onsets:
                chain.append(chain[-1] + period)
            if len(chain) >= 3:
                for member in chain:
                    weight[member] += (len(chain) - 1) ** 2
    top = max(weight.values()) or 1
    return [weight[cell] / top for cell in cells]


@settings(max_examples=60)
@given(
    st.lists(
        st.lists(st.integers(1, 60), min_size=2, max_size=20, unique=True), min_size=1, max_size=4
    )
)
def test_inner_metric_weight_against_the_definition(parts):
    cells = [[0, *sorted(part)] for part in parts]
    columns = Columns.from_melodies([notes_at([40 * c for c in part]) for part in cells])
    weight = inner_metric_weight(columns)
    expected = [value for part in cells for value in by_definition(part)]
    assert weight.tolist() == pytest.approx(expected, abs=1e-5)


def test_the_best_source_is_taken():
    onsets = [0, 480, 960]
    parts = [
        notes_at(onsets, beat_strength=[0.3, 0.2, 0.1], meter=(3, 4)),
        notes_at(onsets, meter=(3, 4)),
        notes_at(onsets),
    ]
    weight = metrical_weight(Columns.from_melodies(parts)).reshape(3, 3)
    assert weight[0].tolist() == pytest.approx([0.3, 0.2, 0.1])
    assert weight[1].tolist() == [1.0, 0.5, 0.5]
    assert weight[2].tolist() == [1.0, 1.0, 1.0]
