"""Answers and B parts: what is new, what stays, and a part alone as one beside its motif."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generate.compose import prepare, retakes, takes
from generate.markov.alone import restates, with_motif
from generate.piece.composition import Composition
from generate.plan.brief import Brief
from generate.plan.own_rhythm import beat_groups, own_bars, variations
from generate.plan.settings import Settings
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex


def motif(lead: bool, bars: int = 2) -> Melody:
    """Bars of a half and two quarters, with a pick-up of a quarter or none."""
    ticks = [960, 480, 480] * bars
    if lead:
        ticks = [480, *ticks[:-1]]
    pitch = [67, 60, 62, 64, 65, 67, 65, 64, 62, 60, 62, 64, 60][: len(ticks)]
    onset = np.cumsum(ticks) - ticks
    downbeat = 480 * lead
    return Melody(
        pitch=pitch, onset=onset, duration=ticks, meter=(4, 4), key=Key(0), downbeat=downbeat
    )


def made(
    index: PhraseIndex, given: Melody, verb: str, **wishes: object
) -> tuple[Brief, Composition]:
    asked = Settings(verb=verb, model="chain", **wishes)  # type: ignore[arg-type]
    brief = prepare(given, index, asked)
    return brief, takes(brief, np.random.default_rng(3), 1)[0]


@pytest.mark.parametrize("lead", [False, True])
def test_an_answer_is_the_b_part_without_the_motif(index: PhraseIndex, lead: bool) -> None:
    given = motif(lead)
    brief, alone = made(index, given, "answer")
    _, beside = made(index, given, "answer", open_with_motif=True)
    notes = len(given)
    assert beside.melody.pitch[:notes].tolist() == given.pitch.tolist()
    assert beside.melody.onset[:notes].tolist() == given.onset.tolist()
    assert alone.melody.pitch.tolist() == beside.melody.pitch[notes:].tolist()
    assert alone.sources == beside.sources[notes:]
    assert (alone.melody.bars, beside.melody.bars, alone.melody.downbeat) == (2, 4, 480 * lead)
    assert len(alone.plan) == 2
    again = with_motif(alone, brief)
    assert again.melody.pitch.tolist() == beside.melody.pitch.tolist()
    assert again.melody.onset.tolist() == beside.melody.onset.tolist()


@pytest.mark.parametrize("verb", ["answer", "b-part"])
@pytest.mark.parametrize("lead", [False, True])
def test_all_that_is_written_is_new(index: PhraseIndex, verb: str, lead: bool) -> None:
    given = motif(lead)
    brief, piece = made(index, given, verb)
    own = [source.is_statement for source in piece.sources]
    assert own == [True] * (len(given) if verb == "b-part" else 0) + [False] * (
        len(piece) - (len(given) if verb == "b-part" else 0)
    )
    assert piece.melody.pitch[-1] % 12 == 0
    # It begins with the motif's pick-up, and with its rhythm or a variation of it.
    part = piece.melody.cut(len(given), len(piece)) if verb == "b-part" else piece.melody
    assert (part.downbeat, part.onset[: 1 + lead].tolist()) == (480 * lead, [0, 480][: 1 + lead])
    own = own_bars(given)[0]
    known = [own, *variations(own, beat_groups(given), 480)]
    begun = (part.onset >= part.downbeat) & (part.onset < part.downbeat + 1920)
    assert part.duration[begun].tolist() in [list(bar.duration) for bar in known]
    assert brief.frame.bars == 4


def test_a_b_part_stands_alone_where_the_motif_is_not_wanted(index: PhraseIndex) -> None:
    _, alone = made(index, motif(False), "b-part", open_with_motif=False)
    _, beside = made(index, motif(False), "b-part")
    assert alone.melody.pitch.tolist() == beside.melody.pitch[6:].tolist()
    assert beside.melody.phrase_starts == (0, 6)


def test_the_first_note_of_an_answer_is_its_own(index: PhraseIndex) -> None:
    _, piece = made(index, motif(False), "answer", first_note=67, last_note=72, scale="pentatonic")
    assert (piece.melody.pitch[0], piece.melody.pitch[-1]) == (67, 72)
    assert {0, 2, 4, 7, 9} >= set((piece.melody.pitch % 12).tolist())


def test_a_part_keeps_the_whole_rhythm_if_asked(index: PhraseIndex) -> None:
    _, piece = made(index, motif(False), "answer", keep_rhythm=True)
    assert piece.melody.duration.tolist() == motif(False).duration.tolist()


@pytest.mark.parametrize("verb", ["answer", "b-part"])
def test_bars_of_a_part_are_kept(index: PhraseIndex, verb: str) -> None:
    brief, piece = made(index, motif(True), verb)
    last = brief.bars_written
    rng = np.random.default_rng(0)
    for again in retakes(piece, [last], brief, rng, 2):
        assert again.melody.bars == last
        number = [(p.melody.onset - p.melody.downbeat) // 1920 + 1 for p in (piece, again)]
        kept = [
            p.melody.pitch[n == last].tolist() for p, n in zip((piece, again), number, strict=True)
        ]
        assert kept[0] == kept[1]
        if verb == "b-part":
            assert again.melody.pitch[:6].tolist() == piece.melody.pitch[:6].tolist()


def test_a_bar_of_the_motif_again_is_found(index: PhraseIndex) -> None:
    brief, piece = made(index, motif(False), "b-part", keep_rhythm=True)
    assert not restates(piece, brief.frame)
    pitch = np.array(piece.melody.pitch)
    pitch[6:9] = pitch[:3]  # the third bar has the rhythm of the first already
    again = replace(piece, melody=replace(piece.melody, pitch=pitch))
    assert restates(again, brief.frame)
    assert not restates(again, brief.frame._replace(counterpart=False))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_part_is_as_long_as_any_motif(index: PhraseIndex, data: st.DataObject) -> None:
    ticks = data.draw(st.lists(st.sampled_from([240, 480, 720, 960]), min_size=3, max_size=12))
    lead = data.draw(st.sampled_from([0, 240, 480]))
    onset = np.cumsum(ticks) - ticks
    given = Melody(
        pitch=data.draw(
            st.lists(st.integers(57, 74), min_size=len(ticks), max_size=len(ticks)).map(np.array)
        ),
        onset=onset,
        duration=ticks,
        meter=(3, 4),
        key=Key(0),
        downbeat=lead,
    )
    _, piece = made(index, given, "b-part")
    notes, part = len(given), max(given.bars, 1)
    assert piece.melody.pitch[:notes].tolist() == given.pitch.tolist()
    assert piece.melody.duration[:notes].tolist() == given.duration.tolist()
    assert piece.melody.end[-1] == lead + 2 * part * 1440
    assert not any(source.is_statement for source in piece.sources[notes:])
