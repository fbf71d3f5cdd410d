"""The events of the first page, without a server: late results, counting on, refusals that stay."""

from dataclasses import astuple
from types import SimpleNamespace
from typing import Any

import pytest

from app.compose.landing import compose_landing
from app.compose.visits import Visits
from app.compose.wishes import Wishes
from app.visitor.library import Library
from app.visitor.motifs import typed_motif

gr = pytest.importorskip("gradio", reason="gradio is not installed")

ANN: Any = SimpleNamespace(session_hash="ann", client=None)
QUICK = astuple(Wishes(takes=2, bars=4))


@pytest.fixture
def answers(visits: Visits) -> Any:
    from app.compose.answers import Answers

    return Answers(visits, Library(visits.index, visits.sessions), compose_landing(visits))


def texts(shown: tuple[Any, ...]) -> str:
    return " ".join(part for part in shown if isinstance(part, str))


def test_what_arrives_for_another_motif_is_not_shown(answers: Any) -> None:
    motif = typed_motif("C4 D E G")
    composing = answers.compose(motif, None, motif.text, ANN, *QUICK)
    assert "Searching" in texts(next(composing))
    answers.choose_example("Walk up", ANN)
    assert list(composing) == []


def test_what_cannot_be_used_stops_nothing(answers: Any) -> None:
    motif = typed_motif("C4 D E G")
    composing = answers.compose(motif, None, motif.text, ANN, *QUICK)
    next(composing)
    with pytest.raises(gr.Error):
        answers.use_notes(motif, "hello", ANN)
    *_, last = composing
    assert "Done in" in texts(last)


def test_new_takes_are_counted_by_what_composes_them(answers: Any) -> None:
    motif = typed_motif("C4 D E G")
    first, *_, last = answers.compose_more(motif, None, motif.text, ANN, *QUICK)
    assert first[-1] == 3
    assert "take=3" in last[-2]
    assert "Take 4" in texts(first)


def test_why_something_was_refused_is_kept_and_escaped(answers: Any) -> None:
    with pytest.raises(gr.Error):
        answers.use_notes(None, "<b>", ANN)
    line = answers.refused(ANN)
    assert 'role="alert"' in line
    assert "<b>" not in line
    assert "not known" in answers.refused(ANN)


@pytest.mark.parametrize("query", ["example=Nope", "notes=zzz", "notes=C4+D+E+G&keep=1:99&bars=4"])
def test_a_broken_link_shows_what_the_page_opens_with(answers: Any, query: str) -> None:
    steps: list[Any] = []
    with pytest.raises(gr.Error, match="could not be opened"):
        steps.extend(answers.open_page(query, ANN))
    assert len({len(step) for step in steps}) == 1
    assert steps[-1][0] == answers.landing.motif
    assert steps[-1][5] == "Walk up"
    assert "could not be opened" in answers.refused(ANN)


def test_own_files_that_come_or_go_are_said_of_what_is_shown(answers: Any) -> None:
    assert "compose again" in answers.shelf_changed(answers.landing.progress.result)
