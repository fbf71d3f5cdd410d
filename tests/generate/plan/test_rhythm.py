import numpy as np
import pytest

from generate.compose import prepare, retakes, takes
from generate.markov.statements import place_statements
from generate.piece.places import Place
from generate.plan.rhythm import (
    Bar,
    bars_of,
    choose_bars,
    closed,
    lay_out,
    stated,
    with_lead,
)
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


def upbeat(**known: object) -> Melody:
    """Return a motif in 3/4 that stops where its pick-up of a quarter would come again."""
    duration = np.array([480, 480, 480, 480, 960])
    return Melody(
        pitch=np.array([67, 72, 74, 76, 74]),
        onset=np.cumsum(duration) - duration,
        duration=duration,
        meter=(3, 4),
        key=Key(0),
        downbeat=480,
        **known,  # type: ignore[arg-type]
    )


def test_a_bar_leads_into_the_next_as_the_motif_begins() -> None:
    motif = upbeat()
    full, short = bars_of(motif)
    assert with_lead(full, motif) == full  # no room
    led = with_lead(short, motif)
    assert (led.onset, led.duration) == ((0, 960), (960, 480))
    assert led.places[1] == Place("", 0, 0)
    half = Bar((0,), (1080,), (None,))
    assert with_lead(half, motif) == half  # an eighth is left, the pick-up is a quarter


@pytest.mark.parametrize("form", [None, "A B A B", "A A' B A''", "A B C D"])
def test_no_hole_comes_before_a_section_where_the_motif_has_a_pick_up(
    index: PhraseIndex, form: str | None
) -> None:
    # Two bars of which the last quarter belongs to the pick-up of whatever comes next.
    motif = upbeat()
    assert motif.end[-1] == motif.downbeat + 2 * motif.bar_ticks - 480
    brief = prepare(motif, index, Settings(form=form, model="chain"))
    for piece in takes(brief, np.random.default_rng(0), 3):
        melody = piece.melody
        silent = np.flatnonzero(melody.onset[1:] > melody.end[:-1])
        barline = (melody.onset[1:][silent] - melody.downbeat) % melody.bar_ticks
        # What is silent anywhere else was lent so; before a barline or a pick-up nothing is.
        assert not np.isin(barline, (0, melody.bar_ticks - 480)).any()


def test_the_rest_at_the_beginning_of_a_motif_stays_where_it_is_stated(index: PhraseIndex) -> None:
    late = Melody(
        pitch=[67, 69, 72, 76, 74],
        onset=[0, 480, 720, 1680, 2160],
        duration=[480, 240, 480, 480, 960],
        meter=(4, 4),
        key=Key(0),
        downbeat=1680,
    )
    brief = prepare(late, index, Settings(form="A B A C", model="chain"))
    assert (brief.frame.pickup, brief.frame.length) == (0, 8 * 1920)
    piece = takes(brief, np.random.default_rng(0), 1)[0]
    assert piece.melody.onset[:5].tolist() == [240, 720, 960, 1920, 2400]
    assert [(place.bar, place.notes) for place in piece.returns] == [(1, 5), (5, 5)]
    again = np.flatnonzero(piece.melody.onset >= 4 * 1920)[0]
    assert piece.melody.onset[again] == 4 * 1920 + 240
    kept = retakes(piece, {1, 2}, brief, np.random.default_rng(1), 1)[0]
    assert kept.melody.onset[:5].tolist() == piece.melody.onset[:5].tolist()
