"""The whole tune of a motif: its bars, those of the motif among them, and what is not shown."""

import numpy as np

from app.visitor.motifs import MOST_BARS, Motif, Passage, another_passage, typed_motif
from app.visitor.whole import barred, whole_tune
from mer.io import Reading
from mer.notes.melody import Melody


def test_bars_stand_where_they_begin() -> None:
    tune = typed_motif("4/4 upbeat=1 G4 C5 D5 E5 F5 G5:4 | C5 B4 A4")
    shown = whole_tune(tune)
    assert shown.is_all
    assert [(bar.number, bar.start_tick, bar.end_tick) for bar in shown.bars] == [
        (0, 0, 480),
        (1, 480, 2400),
        (2, 2400, 4320),
        (3, 4320, 5760),
    ]
    second = whole_tune(another_passage(tune, Passage(from_bar=3, to_bar=3)))
    assert not second.is_all
    assert (second.first_note, second.notes) == (6, 3)
    assert (second.first_bar, second.last_bar) == (3, 3)
    assert second.melody == shown.melody


def test_of_a_long_tune_the_bars_around_the_motif_are_shown() -> None:
    notes = 4 * 200
    long = Melody(
        pitch=60 + np.arange(notes) % 12,
        onset=np.arange(notes) * 480,
        duration=[480] * notes,
        meter=(4, 4),
    )
    motif = Motif(long.cut(0, 16), "Long", whole=Reading(long))
    first = whole_tune(motif)
    assert [bar.number for bar in first.bars] == list(range(1, MOST_BARS + 1))
    assert first.hidden == 200 - MOST_BARS
    late = whole_tune(another_passage(motif, Passage(from_bar=150, to_bar=157)))
    assert late.bars[0].number == 137
    assert late.first_note == 4 * (150 - 137)
    assert late.melody.pitch[late.first_note] == long.pitch[4 * 149]
    end = whole_tune(another_passage(motif, Passage(from_bar=193, to_bar=200)))
    assert end.bars[-1].number == 200


def test_nothing_is_known_but_its_notes() -> None:
    melody = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480] * 3)
    shown = whole_tune(Motif(melody, "Three"))
    assert shown.is_all
    assert len(shown.bars) == 1


def test_a_motif_without_a_metre_is_barred_as_its_music_is() -> None:
    motif = typed_motif("C4:1 D E F G A B C")
    assert [bar.end_tick for bar in whole_tune(motif).bars] == [1920, 3840]
    shown = barred(motif, (3, 4))
    assert [bar.end_tick for bar in whole_tune(shown).bars] == [1440, 2880, 3840]
    assert another_passage(shown, Passage(meter="3/4", from_bar=2)).text.startswith("3/4 F4 G4 A4")


def test_what_is_barred_otherwise_stays_as_it_is() -> None:
    free = typed_motif("C4:1 D E F G A B C")
    for motif, meter in (
        (typed_motif("4/4 C4 D E F"), (3, 4)),  # it has a metre
        (free, (2, 2)),  # bars of the same length
        (another_passage(free, Passage(from_bar=2)), (3, 4)),  # not from the first barline on
    ):
        assert barred(motif, meter) is motif
