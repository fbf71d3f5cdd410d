"""Bars of a tune, and tunes begun by one and ended by another, by hand."""

import numpy as np

from generate.lines.waypoints import head, leaned, section, spliced, whole_bars
from generate.piece.composition import MOTIF, TARGET, Fragment, Source
from generate.plan.form import plan_form
from generate.plan.frame import Frame
from mer.notes.key import Key
from mer.notes.melody import Melody

FRAME = Frame(
    meter=(2, 4),
    bars=8,
    bar_ticks=960,
    pickup=0,
    key=Key(0),
    low=55,
    high=79,
    end_on_tonic=True,
    opening=None,
    sections=plan_form(8),
    scale=Key(0).scale,
)


def fragment(
    pitch: list[int], ticks: list[int], *, kind: str = MOTIF, downbeat: int = 0
) -> Fragment:
    melody = Melody(
        pitch=pitch,
        onset=np.cumsum([0, *ticks[:-1]]),
        duration=ticks,
        meter=(2, 4),
        key=Key(0),
        downbeat=downbeat,
    )
    return Fragment(melody, tuple(Source(kind, note, 0) for note in range(len(pitch))))


def notes(found: Fragment | None) -> list[tuple[int, int, int]]:
    assert found is not None
    melody = found.melody
    return list(
        zip(melody.pitch.tolist(), melody.onset.tolist(), melody.duration.tolist(), strict=True)
    )


TUNE = fragment([60, 62, 64, 65, 67], [480, 480, 480, 480, 960])  # three bars


def test_sections_are_whole_bars_from_tick_0() -> None:
    assert notes(section(TUNE, FRAME, 1, 1)) == [(64, 0, 480), (65, 480, 480)]
    assert notes(section(TUNE, FRAME, 1, 2)) == [(64, 0, 480), (65, 480, 480), (67, 960, 960)]
    assert section(TUNE, FRAME, 3, 1) is None  # beyond the end
    assert [source.note for source in section(TUNE, FRAME, 1, 1).sources] == [2, 3]  # type: ignore[union-attr]


def test_a_section_begins_on_its_first_beat_and_is_held_to_its_end() -> None:
    crossing = fragment([60, 62, 64], [480, 960, 480])
    assert section(crossing, FRAME, 1, 1) is None
    assert notes(section(crossing, FRAME, 0, 1)) == [(60, 0, 480), (62, 480, 480)]
    short = fragment([60, 62, 64], [480, 480, 480])
    assert notes(section(short, FRAME, 1, 1)) == [(64, 0, 960)]  # a beat of silence is filled
    assert section(fragment([60, 62, 64], [480, 480, 240]), FRAME, 1, 1) is None  # no more


def test_the_head_of_a_motif_leaves_its_pick_up_out_and_is_repeated() -> None:
    upbeat = fragment([55, 60, 62], [480, 480, 240], downbeat=480)
    assert notes(head(upbeat, FRAME, 1)) == [(60, 0, 480), (62, 480, 480)]
    assert notes(head(upbeat, FRAME, 2)) == [
        (60, 0, 480),
        (62, 480, 480),
        (60, 960, 480),
        (62, 1440, 480),
    ]
    assert notes(head(TUNE, FRAME, 2))[-1] == (65, 1440, 480)


def test_two_fragments_are_joined_where_a_note_begins() -> None:
    other = fragment([72, 71, 69], [960, 480, 480], kind=TARGET)
    joined = spliced(TUNE, other, 960, FRAME)
    assert notes(joined) == [(60, 0, 480), (62, 480, 480), (71, 960, 480), (69, 1440, 480)]
    assert joined is not None
    assert [(s.kind, s.note) for s in joined.sources] == [
        (MOTIF, 0),
        (MOTIF, 1),
        (TARGET, 1),
        (TARGET, 2),
    ]
    assert spliced(TUNE, other, 480, FRAME) is None  # the other sounds on
    assert spliced(TUNE, other, 0, FRAME) is None  # nothing of the first
    held = spliced(fragment([60, 62], [480, 240]), other, 960, FRAME)
    assert notes(held)[1] == (62, 480, 480)


def test_a_leaning_moves_each_note_a_share_of_the_way() -> None:
    high = fragment([72, 72], [960, 1920], kind=TARGET)  # seven degrees above the tonic
    half = leaned(TUNE, high, 0.5, "leaning", FRAME)
    # F lies 3 degrees above C and 4 below the C an octave higher; G and A are half-way from D, F.
    assert half.melody.pitch.tolist() == [65, 67, 69, 69, 69]
    assert half.sources[0].operators == ("leaning",)
    assert leaned(TUNE, high, 0.0, "leaning", FRAME).melody.pitch.tolist() == [60, 62, 64, 65, 67]
    assert leaned(TUNE, high, 1.0, "leaning", FRAME).melody.pitch.tolist() == [72] * 5


def test_a_tune_fills_one_bar_at_least() -> None:
    assert whole_bars(TUNE.melody) == 3
    assert whole_bars(fragment([60, 62, 64], [120, 120, 120]).melody) == 1
    assert whole_bars(fragment([55, 60, 62], [480, 480, 480], downbeat=480).melody) == 1
