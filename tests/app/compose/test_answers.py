"""The events of the first page, without a server: late results, counting on, refusals that stay."""

from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import pytest

from app.compose.visits import Visits
from app.compose.wishes import Wishes
from app.visitor.library import Library
from app.visitor.motifs import typed_motif

gr = pytest.importorskip("gradio", reason="gradio is not installed")

ANN: Any = SimpleNamespace(session_hash="ann", client=None)
QUICK = Wishes(takes=2, bars=4)
MOTIF = typed_motif("C4 D E G")


@pytest.fixture
def answers(visits: Visits, laid_out: Any) -> Any:
    from app.compose.answers import Answers

    components, landing = laid_out
    return Answers(components, visits, Library(visits.index, visits.sessions), landing)


def given(answers: Any, *, notes: str = MOTIF.text) -> dict[Any, Any]:
    """Return what the page gives with a click on "Find and compose"."""
    parts = answers.components
    settings = {parts.settings[name]: value for name, value in asdict(QUICK).items()}
    shared = {parts.shared.motif: MOTIF, parts.shared.shelf: None}
    return {**settings, **shared, parts.notes: notes}


def texts(shown: dict[Any, Any]) -> str:
    return " ".join(part for part in shown.values() if isinstance(part, str))


def test_what_arrives_for_another_motif_is_not_shown(answers: Any) -> None:
    composing = answers.compose(given(answers), ANN)
    assert "Searching" in texts(next(composing))
    answers.choose_example("Walk up", ANN)
    assert list(composing) == []


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
    assert parts.settings["tempo_bpm"] not in first
    assert all(parts.notes not in shown for shown in later)


def test_what_is_shown_already_is_left_alone(answers: Any) -> None:
    takes = answers.components.takes
    first, *later = answers.compose(given(answers), ANN)
    assert ["Writing" in first[take] for take in takes] == [True, True, False, False, False]
    times = [sum(take in shown for shown in later) for take in takes]
    assert times == [1, 1, 0, 0, 0]
    assert sum(answers.components.neighbours in shown for shown in later) == 2


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
    with pytest.raises(gr.Error):
        answers.use_notes({**given(answers), answers.components.notes: "<b>"}, ANN)
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
    assert shown[parts.shared.motif] == answers.landing.motif
    assert shown[parts.example] == "Walk up"
    assert shown[parts.result] is answers.landing.progress.result
    assert all(control in shown for control in parts.settings.values())
    assert "could not be opened" in answers.refused(ANN)


def test_own_files_that_come_or_go_are_said_of_what_is_shown(answers: Any) -> None:
    assert "compose again" in answers.shelf_changed(answers.landing.progress.result)
