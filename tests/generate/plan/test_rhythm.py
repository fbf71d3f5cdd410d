import numpy as np
import pytest

from generate.compose import prepare
from generate.markov.statements import place_statements
from generate.plan.rhythm import Bar, bars_of, choose_bars, closed, lay_out, stated
from generate.plan.settings import Settings
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex


def test_bars_by_hand() -> None:
    # 3/4 with a pick-up of a quarter; the third bar begins with a held note and is left out
    duration = np.array([480, 480, 960, 720, 240, 960, 480, 480])
    tune = Melody(
        pitch=np.full(8, 60),
        onset=np.cumsum(duration) - duration,
        duration=duration,
        meter=(3, 4),
        downbeat=480,
    )
    bars = bars_of(tune)
    assert [bar.onset for bar in bars] == [(0, 480)]
    assert [place.note for place in bars[0].places if place] == [1, 2]


@pytest.mark.parametrize("name", ["short", "long", "pick-up"])
def test_slots_fill_the_piece_without_overlap(name: str, index: PhraseIndex) -> None:
    notes, downbeat = {"short": (3, 0), "long": (15, 0), "pick-up": (6, 480)}[name]
    motif = Melody(
        pitch=60 + np.arange(notes) % 5,
        onset=np.arange(notes) * 480,
        duration=np.full(notes, 480),
        meter=(4, 4),
        key=Key(0),
        downbeat=downbeat,
    )
    brief = prepare(motif, index, Settings())
    rng = np.random.default_rng(0)
    bars = choose_bars(brief.frame, brief.theme.melody, brief.bars, rng)
    statements = place_statements(brief.frame, brief.theme, rng)
    slots = lay_out(brief.frame, bars, [stated(s.fragment, s.start) for s in statements])
    ends = [slot.onset + slot.duration for slot in slots]
    assert all(end <= slot.onset for end, slot in zip(ends[:-1], slots[1:], strict=True))
    assert ends[-1] == brief.frame.length
    assert slots[-1].duration >= brief.frame.bar_ticks // 2


def test_a_closed_bar_rests_on_its_middle(index: PhraseIndex) -> None:
    frame = prepare(
        Melody(
            pitch=np.array([60, 62, 64]), onset=np.arange(3), duration=np.ones(3, int), meter=(4, 4)
        ),
        index,
        Settings(),
    ).frame
    bar = Bar(tuple(range(0, 1920, 240)), (240,) * 8, (None,) * 8)
    assert closed(bar, frame).onset == (0, 240, 480, 720, 960)
    assert closed(bar, frame).duration == (240, 240, 240, 240, 960)
