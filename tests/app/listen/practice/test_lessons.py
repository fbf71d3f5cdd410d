"""The practice page: what is heard and asked, what is shown only later, what was right."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from app.compose.visits import Visits
from app.listen.practice import lessons as practised
from app.listen.practice.lessons import CONTINUE, KINDS, SING, WRITE, Lesson, Lessons
from app.visitor.library import Library
from app.visitor.motifs import named_motif
from app.visitor.notation import write_notes
from generate.prediction.practice.exercises import Exercise, Question
from mer.errors import InputError
from mer.notes.melody import Melody


@pytest.fixture
def lessons(visits: Visits) -> Lessons:
    return Lessons(Library(visits.index, visits.sessions), visits.sounds, visits.sessions)


def phrase_of(lesson: Lesson) -> Melody:
    assert isinstance(lesson.asked, Exercise)
    return lesson.asked.phrase.melody


@pytest.mark.parametrize("kind", [SING, WRITE])
def test_a_phrase_is_heard_and_its_notes_are_folded(lessons: Lessons, kind: str) -> None:
    lesson = lessons.draw(kind, 2, None, 5)
    page = lessons.task(lesson)
    shown, folded = page.split("<details")
    assert KINDS[kind] in shown
    assert shown.count("<audio") == 1
    assert 'class="speed"' in shown
    assert 'class="count-in"' in shown
    assert "<rect" not in shown
    assert "Tune" not in shown
    assert "easy ones" in shown
    assert ("it begins with" in shown) == (kind == WRITE)
    assert folded.count("<rect") == len(phrase_of(lesson))
    assert re.search(r"Tune &lt;\d+&gt;", folded)
    assert lessons.draw(kind, 2, None, 5) == lesson


def test_what_is_written_is_marked(lessons: Lessons) -> None:
    lesson = lessons.draw(WRITE, 1, None, 1)
    phrase = phrase_of(lesson)
    page = lessons.written(lesson, write_notes(phrase.transpose(3)))
    assert "All right" in page
    assert "3 semitones higher" in page
    pitch = phrase.pitch.copy()
    pitch[1] += 1
    page = lessons.written(lesson, write_notes(replace(phrase, pitch=pitch)))
    assert f"{len(phrase) - 1} of {len(phrase)} notes right" in page
    assert "1 note too many" in page
    assert page.count('class="note faded"') == 1


def test_what_is_sung_is_marked_in_any_time(
    lessons: Lessons, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson = lessons.draw(SING, 1, None, 2)
    phrase = phrase_of(lesson).transpose(-2)
    slow = replace(phrase, onset=phrase.onset * 3, duration=phrase.duration * 2)
    monkeypatch.setattr(practised, "heard_motif", lambda path: named_motif(slow, "Your melody"))
    recording = tmp_path / "song.wav"
    recording.write_bytes(b"la la la")
    page = lessons.sung(lesson, str(recording), "ann")
    assert "All right" in page
    assert "2 semitones lower" in page
    assert "in time" not in page
    lessons.sessions.remove("ann")
    assert not recording.exists()


def test_a_continuation_is_chosen(lessons: Lessons) -> None:
    lesson = lessons.draw(CONTINUE, 3, None, 4)
    question = lesson.asked
    assert isinstance(question, Question)
    page = lessons.task(lesson)
    assert page.count("<audio") == page.count('data-do="choose"') == 3
    assert "<rect" not in page
    assert "Tune" not in page
    for choice in range(3):
        page = lessons.chosen(lesson, choice)
        assert ("Right: Tune &lt;" in page) == (choice == question.right)
        assert ("No, it is the " in page) == (choice != question.right)
        continued = len(question.choices[question.right]) - question.begins
        assert page.count('class="note"') == continued


def test_what_makes_no_sense_is_refused(lessons: Lessons) -> None:
    phrase, question = lessons.draw(WRITE, 1, None, 1), lessons.draw(CONTINUE, 1, None, 1)
    for said, act in (
        ("unknown exercise 'dance'", lambda: lessons.draw("dance", 1, None, 0)),
        ("level is 6", lambda: lessons.draw(SING, 6, None, 0)),
        ("level is 1.5", lambda: lessons.draw(CONTINUE, 1.5, None, 0)),
        ("no exercise yet", lambda: lessons.written(None, "C4 D E")),
        ("no exercise yet", lambda: lessons.written(question, "C4 D E")),
        ("no notes", lambda: lessons.written(phrase, " ")),
        ("record something", lambda: lessons.sung(phrase, None, "ann")),
        ("no exercise yet", lambda: lessons.chosen(phrase, 0)),
        ("no continuation 3", lambda: lessons.chosen(question, 3)),
    ):
        with pytest.raises(InputError, match=said):
            act()
