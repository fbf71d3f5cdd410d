"""The drawing of a plan: what each bar says, where phrases end, and that it is well-formed."""

import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import pytest

from generate.compose import prepare, takes
from generate.harmony.chords import Chord
from generate.piece.composition import Composition, Source
from generate.piece.places import Place
from generate.piece.self_similarity import Recurrence, letters
from generate.plan.settings import Settings
from generate.report.plan_drawing import bar_words, phrase_endings, plan_drawing, told_plan
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

NEW = Recurrence("new")


def piece(plan: list[Recurrence], sources: list[Source] | None = None) -> Composition:
    """Bars of two halves in C major, C and D, the last bar E and C."""
    bars = len(plan)
    pitch = [60, 62] * (bars - 1) + [64, 60]
    melody = Melody(
        pitch=pitch,
        onset=960 * np.arange(2 * bars),
        duration=[960] * (2 * bars),
        meter=(4, 4),
        key=Key(0),
    )
    from_tune = Source("corpus", 3, 0, "t1", 1, rhythm=Place("t2", 1, 0))
    return Composition(melody, tuple(sources or [from_tune] * len(pitch)), plan=tuple(plan))


def texts(drawn: str, kind: str) -> list[str]:
    root = ElementTree.fromstring(drawn)
    found = root.iter("{http://www.w3.org/2000/svg}text")
    return [one.text or "" for one in found if one.get("class") == kind]


def test_every_bar_says_what_it_takes() -> None:
    plan = [NEW, Recurrence("exact", 0), Recurrence("moved", 1, steps=-2), Recurrence("varied", 0)]
    drawn = plan_drawing(piece([*plan, Recurrence("rhythm", 2), NEW]), ())
    assert drawn.count('class="bar"') == 6
    assert drawn.count('class="note"') == 12
    assert texts(drawn, "said")[:6] == [
        "new",
        "bar 1 again",
        "bar 2, 2 steps down",
        "bar 1 varied",
        "rhythm of 3",
        "new",
    ]
    assert texts(drawn, "number") == ["1", "2", "3", "4", "5", "6"]
    # Both bars of the second two take notes from the first two; the third two are new.
    assert texts(drawn, "letter") == ["A", "A", "B"]


def test_bars_of_the_motif_and_its_rhythm_are_told_apart() -> None:
    given = Source("motif", 0, 0)
    lent = Source("corpus", 3, 0, "t1", 1, rhythm=Place("", 0, 0))
    turned = Source("corpus", 3, 0, "t1", 1, rhythm=Place("", 0, 0, "turn"))
    other = Source("corpus", 3, 0, "t1", 1, rhythm=Place("t2", 1, 0))
    made = piece([NEW] * 4, [given, given, lent, lent, lent, turned, lent, other])
    assert [bar_words(made, bar) for bar in range(4)] == [
        "the motif",
        "the motif’s rhythm",
        "motif’s rhythm, varied",
        "new",
    ]


def test_edges_say_how_phrases_end() -> None:
    made = piece([NEW] * 4)
    melody = replace(made.melody, phrase_starts=(0, 4), duration=[960] * 3 + [480] + [960] * 4)
    ends = phrase_endings(melody)
    assert [(end.bar, end.kind, end.breath) for end in ends] == [
        (1, "open", True),
        (3, "closed", False),
    ]
    drawn = plan_drawing(replace(made, melody=melody), ())
    assert (drawn.count('class="edge open"'), drawn.count('class="edge closed"')) == (1, 1)
    assert texts(drawn, "breath") == [","]
    # A phrase that leads into the next without a rest has no edge.
    running = replace(
        melody,
        onset=[*melody.onset[:3], 3600, *melody.onset[4:]],
        duration=[960] * 3 + [240] + [960] * 4,
    )
    assert [end.kind for end in phrase_endings(running)] == ["", "closed"]
    assert 'class="edge open"' not in plan_drawing(replace(made, melody=running), ())


def test_a_chord_is_said_where_it_begins_and_again_on_a_new_line() -> None:
    bars = [(0, 0), (1920, 0), (3840, 7), (4800, 0), (7680, 0)]
    chords = [
        Chord(key=Key(0), degree=degree, quality="major", onset=onset, duration=960)
        for onset, degree in bars
    ]
    assert texts(plan_drawing(piece([NEW] * 5), chords), "chord") == ["C", "G", "C", "C"]


def test_a_piece_without_a_plan_has_no_drawing() -> None:
    assert plan_drawing(replace(piece([NEW] * 2), plan=()), ()) == ""


@pytest.mark.parametrize("verb", ["continue", "answer", "b-part"])
def test_drawn_plans_name_their_lenders(index: PhraseIndex, verb: str) -> None:
    motif = Melody(pitch=[60, 62, 64, 65], onset=480 * np.arange(4), duration=[480] * 4, key=Key(0))
    brief = prepare(motif, index, Settings(verb=verb, model="chain"))
    (made,) = takes(brief, np.random.default_rng(0), 1)
    drawn = told_plan(brief.corpus, made, ())
    assert texts(drawn, "heading")[0].startswith("Plan: A")
    assert " ".join(texts(drawn, "said")).startswith("rhythm from ")
    assert drawn.count('class="bar"') == len(made.plan) == brief.bars_written


def test_a_note_held_over_a_barline_is_drawn_in_both_boxes() -> None:
    held = piece([NEW, NEW])
    onset = np.array([0, 960, 2880, 3360])
    melody = replace(held.melody, onset=onset, duration=[960, 1920, 480, 480])
    drawn = plan_drawing(replace(held, melody=melody), ())
    assert drawn.count('class="note"') == 5


def test_wide_letters_take_the_room_of_two() -> None:
    heading = "月" * 70
    assert len(texts(plan_drawing(piece([NEW, NEW]), (), [heading]), "heading")) == 3
    assert len(texts(plan_drawing(piece([NEW, NEW]), (), ["m" * 70]), "heading")) == 2


def test_letters_go_on_after_the_alphabet() -> None:
    form = letters([NEW] * 60).split()
    assert form[:2] + form[25:29] == ["A", "B", "Z", "A", "B", "C"]
    assert plan_drawing(piece([NEW] * 60), ()).count('class="bar"') == 60
