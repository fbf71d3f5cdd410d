"""The events of the first page, without a server: late results, counting on, refusals that stay."""

from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import pytest

from app.compose.visits import Visits
from app.compose.wishes import Wishes
from app.visitor.library import Library
from app.visitor.motifs import Motif, typed_motif
from generate.plan import frame

gr = pytest.importorskip("gradio", reason="gradio is not installed")

ANN: Any = SimpleNamespace(session_hash="ann", client=None)
QUICK = Wishes(takes=2, bars=4)
MOTIF = typed_motif("C4 D E G")


@pytest.fixture
def answers(visits: Visits, laid_out: Any) -> Any:
    from app.compose.answers import Answers

    components, landing = laid_out
    return Answers(components, visits, Library(visits.index, visits.sessions), landing)


def given(
    answers: Any, *, motif: Motif = MOTIF, notes: str | None = None, **told: Any
) -> dict[Any, Any]:
    """Return what the page gives with a click on "Find and compose"."""
    parts = answers.components
    wishes = {**asdict(QUICK), "tempo_bpm": motif.beats_a_minute, **told}
    settings = {parts.settings[name]: value for name, value in wishes.items()}
    shared = {parts.shared.motif: motif, parts.shared.shelf: None, parts.number: 0}
    return {**settings, **shared, parts.notes: motif.text if notes is None else notes}


def texts(shown: dict[Any, Any]) -> str:
    return " ".join(part for part in shown.values() if isinstance(part, str))


def test_what_arrives_for_another_motif_is_not_shown(answers: Any) -> None:
    composing = answers.compose(given(answers), ANN)
    assert "Searching" in texts(next(composing))
    answers.choose_example("Walk up", ANN)
    # The server repeats the last answer at the end: it must change nothing.
    assert list(composing) == [gr.skip()]


def test_a_click_while_the_motif_changes_is_about_the_one_asked_for_last(answers: Any) -> None:
    parts = answers.components
    waiting = answers.compose(given(answers, key="D minor"), ANN)
    number = answers.choose_example("Walk up", ANN)[parts.number]
    # The page has sent what it showed: the motif before, and what was asked of that one.
    for late in (waiting, answers.compose_more(given(answers), ANN)):
        first, *_, last = late
        assert first[parts.shared.motif].name == "Walk up"
        assert first[parts.number] == last[parts.number] == number
        assert last[parts.result].asked.motif.name == "Walk up"
        assert last[parts.result].asked.wishes.key == Wishes().key
        assert [name for name, _ in last[parts.shared.takes]] == ["Take 2", "Take 1"]


def test_notes_typed_while_an_older_answer_comes_are_what_is_composed_from(answers: Any) -> None:
    parts = answers.components
    answers.choose_example("Walk up", ANN)
    first, *_ = answers.compose(given(answers, notes="G4 A4 B4 D5"), ANN)
    assert first[parts.notes] == "G4 A4 B4 D5"


def test_an_older_answer_that_comes_later_does_not_bring_its_motif_back(answers: Any) -> None:
    parts = answers.components
    motif = typed_motif("4/4 C4 D E F | G A B C5 | C5 B4 A G")
    old = answers.use_notes(given(answers, notes=motif.text), ANN)
    new = answers.passage("from_bar")({**given(answers), **old, parts.passage["from_bar"]: 2}, ANN)
    # Music was just made of the whole: its answer arrives now, with number, motif and notes.
    page = {**given(answers), **{part: old[part] for part in (parts.number, parts.shared.motif)}}
    page[parts.notes] = old[parts.notes]
    first, *_ = answers.compose(page, ANN)
    assert first[parts.notes] == new[parts.notes] == "4/4 G4 A4 B4 C5 | C5 B4 A4 G4"
    # Other bars are taken of the motif that is in use.
    shown = answers.passage("from_bar")({**page, parts.passage["from_bar"]: 3}, ANN)
    assert shown[parts.notes] == "4/4 C5 B4 A4 G4"


def test_an_address_that_is_read_late_changes_nothing(answers: Any) -> None:
    address = "?notes=G4+A4+B4+D5&bars=4&takes=1"
    slow = answers.open_page(address, ANN)
    assert "Searching" in texts(next(slow))
    number = answers.choose_example("Walk up", ANN)[answers.components.number]
    # It goes no further, and what comes later composes from what was chosen, or not at all.
    assert list(slow) == [gr.skip()]
    for late in ("", address):
        assert list(answers.open_page(late, ANN)) == [gr.skip()]
    composing = answers.compose({**given(answers), answers.components.number: number}, ANN)
    assert "Searching" in texts(next(composing))
    # Who goes to an address by the Back button asks for its motif.
    shown = next(answers.go_back(address, ANN))
    assert shown[answers.components.number] > number
    assert shown[answers.components.example] is None


def test_what_is_composed_at_once_is_what_was_chosen_whatever_the_browser_shows(
    answers: Any,
) -> None:
    parts = answers.components
    chosen = answers.choose_example("Walk up", ANN)
    # An older answer came after that of the motif: number, notes and state are of another.
    steps = list(answers.compose_now({**given(answers), parts.number: 0}, ANN))
    assert "Searching" in texts(steps[0])
    assert steps[-1][parts.number] == chosen[parts.number]
    assert steps[-1][parts.example] == steps[-1][parts.shared.motif].name == "Walk up"
    assert steps[-1][parts.result].asked.motif.name == "Walk up"
    # Once.
    assert list(answers.compose_now(given(answers), ANN)) == [gr.skip()]


def test_a_bar_that_is_chosen_already_changes_nothing(answers: Any) -> None:
    parts = answers.components
    motif = answers.choose_example("Walk up", ANN)[parts.shared.motif]
    values = {**given(answers, motif=motif), parts.passage["from_bar"]: motif.span[0]}
    assert answers.passage("from_bar")(values, ANN) == gr.skip()


def test_of_two_motifs_the_one_asked_for_last_is_shown(
    answers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Any] = []
    card = Visits.motif_card

    def slow(visits: Visits, motif: Motif) -> str:
        if not shown:  # while the first is drawn, an example is chosen
            shown.append("")
            shown.append(answers.choose_example("Walk up", ANN))
        return card(visits, motif)

    monkeypatch.setattr(Visits, "motif_card", slow)
    late = answers.use_notes(given(answers, notes="C4 D E F"), ANN)
    assert shown[1][answers.components.shared.motif].name == "Walk up"
    assert late == gr.skip()


def test_what_belongs_to_a_motif_goes_with_it(answers: Any) -> None:
    parts = answers.components
    shown = answers.use_notes(given(answers, notes="6/8 tempo=90 C4 D E F", key="D minor"), ANN)
    assert (shown[parts.settings["key"]], shown[parts.settings["take"]]) == ("as the motif", 1)
    tempo = shown[parts.settings["tempo_bpm"]]
    assert (tempo["value"], tempo["label"]) == (90.0, "Beats a minute (♩.)")
    assert shown[parts.passage["meter"]]["value"] == "6/8"
    assert parts.settings["instrument"] not in shown


@pytest.mark.parametrize(("beats", "quarters"), [(150.0, 135.0), (100.0, 150.0)])
def test_a_tempo_is_the_motifs_unless_it_was_changed_by_hand(
    answers: Any, beats: float, quarters: float
) -> None:
    parts = answers.components
    before = typed_motif("4/4 tempo=150 C4 D E G")
    jig = "6/8 tempo=90 G4:1/2 A4:1/2 B4:1/2 D5:3/2"
    first, *_, last = answers.compose(
        given(answers, motif=before, notes=jig, tempo_bpm=beats, takes=1), ANN
    )
    made = last[parts.result]
    assert made.asked.wishes.tempo_bpm == quarters
    assert made.takes[0].composition.melody.tempo_bpm == quarters
    assert first[parts.settings["tempo_bpm"]]["value"] == quarters / 1.5
    assert ("tempo=100" in last[parts.link].split("&")) == (beats == 100.0)


def test_a_passage_of_the_motif_is_another_motif(answers: Any) -> None:
    parts = answers.components
    motif = typed_motif("4/4 C4 D E F | G A B C5 | C5 B4 A G")
    composing = answers.compose(given(answers, motif=motif), ANN)
    next(composing)
    values = {**given(answers, motif=motif), parts.passage["from_bar"]: 2}
    shown = answers.passage("from_bar")(values, ANN)
    assert shown[parts.notes] == "4/4 G4 A4 B4 C5 | C5 B4 A4 G4"
    assert "bars 2 to 3 of 3" in shown[parts.motif_card]
    assert shown[parts.passage["to_bar"]]["value"] == 3
    assert shown[parts.result] is None
    assert "Press “Find and compose”" in shown[parts.neighbours]
    assert list(composing) == [gr.skip()]
    nobody = SimpleNamespace(session_hash="ben", client=None)
    none = {**given(answers), parts.shared.motif: None, parts.passage["to_bar"]: 1}
    with pytest.raises(gr.Error, match="there is no motif yet"):
        answers.passage("to_bar")(none, nobody)


def test_two_re_rolls_at_once_do_not_forget_each_other(
    answers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, last = answers.compose(given(answers), ANN)
    result, reroll = last[answers.components.result], Visits.reroll
    event = SimpleNamespace(number=2, keep="1-2")

    def at_once(visits: Visits, *asked: Any) -> Any:
        with pytest.raises(gr.Error, match="another take is being re-rolled"):
            answers.reroll(result, event, ANN)
        return reroll(visits, *asked)

    monkeypatch.setattr(Visits, "reroll", at_once)
    shown = answers.reroll(result, SimpleNamespace(number=1, keep="1"), ANN)
    assert "Take 1′" in shown[answers.components.bar]


def test_what_cannot_be_used_stops_nothing(answers: Any) -> None:
    composing = answers.compose(given(answers), ANN)
    next(composing)
    with pytest.raises(gr.Error):
        answers.use_notes(given(answers, notes="hello"), ANN)
    *_, last = composing
    assert "Done in" in texts(last)


def test_the_motif_is_shown_anew_only_if_it_is_another(answers: Any) -> None:
    parts = answers.components
    first, *later = answers.compose(given(answers), ANN)
    assert not {*first} & {parts.shared.motif, parts.notes, parts.motif_card}
    first, *later = answers.compose(given(answers, notes="G4 A B D5"), ANN)
    assert first[parts.shared.motif].text == first[parts.notes] == "G4 A4 B4 D5"
    assert first[parts.neighbours].endswith("Searching…</p>")
    assert first[parts.shared.takes] == ()
    assert all(parts.notes not in shown for shown in later)


def test_what_is_shown_already_is_left_alone(answers: Any) -> None:
    takes = answers.components.takes
    first, *later = answers.compose(given(answers), ANN)
    assert ["Writing" in first[take] for take in takes] == [True, True, False, False, False]
    times = [sum(take in shown for shown in later) for take in takes]
    assert times == [1, 1, 0, 0, 0]
    assert sum(answers.components.neighbours in shown for shown in later) == 1


def test_new_takes_are_counted_by_what_composes_them(answers: Any) -> None:
    parts = answers.components
    first, *_, last = answers.compose_more(given(answers), ANN)
    assert first[parts.settings["take"]] == 3
    assert "take=3" in last[parts.link]
    assert "Take 4" in first[parts.bar]


def test_a_re_roll_changes_one_card(answers: Any) -> None:
    parts = answers.components
    *_, last = answers.compose(given(answers), ANN)
    event = SimpleNamespace(number=2, keep="1-2")
    shown = answers.reroll(last[parts.result], event, ANN)
    assert [take in shown for take in parts.takes] == [False, True, False, False, False]
    assert "keep=2%3A1-2" in shown[parts.link]
    assert "Take 2′" in shown[parts.bar]
    assert [name for name, _ in shown[parts.shared.takes]] == ["Take 2′", "Take 1"]


def test_why_something_was_refused_is_kept_and_escaped(answers: Any) -> None:
    with pytest.raises(gr.Error) as caught:
        answers.use_notes({**given(answers), answers.components.notes: "<b>"}, ANN)
    assert not caught.value.visible  # it is said beside the notes
    line = answers.refused(ANN)
    assert 'role="alert"' in line
    assert "<b>" not in line
    assert "not known" in answers.refused(ANN)


@pytest.mark.parametrize("query", ["example=Nope", "notes=zzz", "notes=C4+D+E+G&keep=1:99&bars=4"])
def test_a_broken_link_shows_what_the_page_opens_with(answers: Any, query: str) -> None:
    parts = answers.components
    steps: list[dict[Any, Any]] = []
    with pytest.raises(gr.Error, match="could not be opened"):
        steps.extend(answers.open_page(query, ANN))
    shown = {part: value for step in steps for part, value in step.items()}
    assert shown[parts.shared.motif] == answers.show.landing.motif
    assert shown[parts.example] == "Walk up"
    assert shown[parts.result] is answers.show.landing.progress.result
    assert all(control in shown for control in parts.settings.values())
    assert "could not be opened" in answers.refused(ANN)


def test_a_motif_without_a_metre_is_shown_in_that_of_its_music(
    answers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "_likely_meter", lambda motif, matches: (3, 4))
    parts = answers.components
    motif = typed_motif("C4:1 D E F G A B C")
    first, *_, last = answers.compose(given(answers, notes=motif.text), ANN)
    assert 'data-bar="3"' not in first[parts.motif_card]  # of four quarters, as nothing is known
    assert 'data-bar="3"' in last[parts.motif_card]
    assert "8 notes · 3/4" in last[parts.motif_card]
    assert last[parts.passage["meter"]]["value"] == "3/4"
    assert last[parts.passage["to_bar"]]["value"] == 3
    # The motif is as it was given, and other bars are those that are shown.
    assert last[parts.shared.motif].text == motif.text
    page = {**given(answers), **first, **last}
    second = answers.take_bars(page, SimpleNamespace(first=2, last=2), ANN)
    assert second[parts.notes] == "3/4 F4 G4 A4"
    page[parts.passage["from_bar"]] = 2
    with pytest.raises(gr.Error, match="no bar"):
        answers.take_bars(page, SimpleNamespace(first=4, last=4), ANN)


def test_own_files_that_come_or_go_are_said_of_what_is_shown(answers: Any) -> None:
    assert "compose again" in answers.shelf_changed(answers.show.landing.progress.result)


def test_a_motif_of_another_page_is_shown_as_often_as_it_is_chosen(answers: Any) -> None:
    parts = answers.components
    for _ in range(2):
        shown = answers.take_up({parts.shared.chosen: MOTIF}, ANN)
        assert shown[parts.shared.motif] is MOTIF
        assert shown[parts.notes] == MOTIF.text
        assert shown[parts.shared.chosen] is None
    assert answers.take_up({parts.shared.chosen: None}, ANN) == gr.skip()


def test_a_motif_that_was_taken_is_composed_from_once(answers: Any) -> None:
    number = answers.choose_example("Walk up", ANN)[answers.components.number]
    values = {**given(answers), answers.components.number: number}
    assert "Searching" in texts(next(answers.compose_now(values, ANN)))
    assert list(answers.compose_now(values, ANN)) == [gr.skip()]
