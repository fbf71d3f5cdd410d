"""The practice page: phrases to sing back and to write down, and openings to be continued.

The layout and the wiring only; what is shown comes from `app.listen.practice.lessons`.
"""

from __future__ import annotations

import secrets
from typing import Any, NamedTuple

import gradio as gr

from app.listen.practice.lessons import CONTINUE, KINDS, SING, WRITE, Lesson, Lessons
from app.style.assets import asset
from app.visitor.library import Shelf
from app.visitor.messages import friendly
from app.visitor.notation import LONGEST_TEXT
from app.visitor.sessions import visitor_of
from app.visitor.states import Opening, Shared
from generate.prediction.practice.difficulty import LEVELS

_WAITING = '<p class="empty">Looking for a phrase…</p>'
_LARGEST_SEED = 2**31


class _PracticeComponents(NamedTuple):
    kind: Any
    level: Any
    another: Any
    task: Any
    notes: Any
    compare: Any
    recording: Any
    marks: Any
    lesson: Any


def practice_page(lessons: Lessons, shared: Shared) -> Opening:
    """Lay out the page on which phrases are practised."""
    return _wire(lessons, shared, _lay_out())


def _lay_out() -> _PracticeComponents:
    with gr.Row(equal_height=False):
        with gr.Column(min_width=320, scale=2):
            gr.HTML(asset("listen/practice/practice.html"))
            kind = gr.Radio(
                [(name, key) for key, name in KINDS.items()],
                value=CONTINUE,
                label="Exercise",
                elem_id="practice-kind",
                elem_classes="chips",
            )
            level = gr.Radio(
                list(range(1, LEVELS + 1)),
                value=1,
                label="Level, from easy to hard",
                elem_id="practice-level",
                elem_classes="chips",
            )
            another = gr.Button("Another", variant="primary", elem_id="practice-another")
        with gr.Column(min_width=320, scale=5):
            task = gr.HTML(
                _WAITING,
                label="Exercise",
                js_on_load=asset("listen/practice/choose.js"),
                elem_id="practice-task",
            )
            notes = gr.Textbox(
                label="Your notes",
                info="Names with lengths in quarters, such as C4 D E:2 F#:1/2, or ABC.",
                max_length=LONGEST_TEXT,
                visible=False,
                elem_id="practice-notes",
            )
            compare = gr.Button("Compare", visible=False, elem_id="practice-compare")
            recording = gr.Audio(
                sources=["microphone", "upload"],
                type="filepath",
                label="Sing, hum or whistle",
                visible=False,
                elem_id="practice-recording",
            )
            marked = gr.HTML("", label="What was right", elem_id="practice-marks")
    lesson = gr.State(None)
    return _PracticeComponents(
        kind, level, another, task, notes, compare, recording, marked, lesson
    )


def _wire(lessons: Lessons, shared: Shared, parts: _PracticeComponents) -> Opening:
    shown = [parts.task, parts.lesson, parts.notes, parts.compare, parts.recording, parts.marks]

    def draw(kind: str, level: float, shelf: Shelf | None, request: gr.Request) -> dict[Any, Any]:
        """Ask something else; it comes back as HTML."""
        with friendly():
            lessons.sessions.take_turn(request)
            return drawn(kind, level, shelf)

    def drawn(kind: str, level: float, shelf: Shelf | None) -> dict[Any, Any]:
        with friendly():
            lesson = lessons.draw(kind, level, shelf, secrets.randbelow(_LARGEST_SEED))
            return {
                parts.task: lessons.task(lesson),
                parts.lesson: lesson,
                parts.notes: gr.Textbox("", visible=kind == WRITE),
                parts.compare: gr.Button(visible=kind == WRITE),
                parts.recording: gr.Audio(None, visible=kind == SING),
                parts.marks: "",
            }

    def open_practice(lesson: Lesson | None, kind: str, level: float, shelf: Shelf | None) -> Any:
        """Ask something, unless something is asked already; the first exercise takes no turn."""
        return gr.skip() if lesson is not None else drawn(kind, level, shelf)

    def compare_notes(lesson: Lesson | None, text: str) -> str:
        """Say which of the written notes are right, as HTML."""
        with friendly():
            return lessons.written(lesson, text)

    def compare_voice(lesson: Lesson | None, recording: str | None, request: gr.Request) -> str:
        """Say which of the sung notes are right, as HTML."""
        with friendly():
            lessons.sessions.take_turn(request)
            return lessons.sung(lesson, recording, visitor_of(request))

    def choose(lesson: Lesson | None, event: gr.EventData) -> str:
        """Say which continuation is real, as HTML."""
        with friendly():
            return lessons.chosen(lesson, event.choice)

    private = {"api_visibility": "private", "show_progress": "hidden"}
    wanted = [parts.kind, parts.level, shared.shelf]
    gr.on(
        [parts.kind.input, parts.level.input, parts.another.click],
        draw,
        wanted,
        shown,
        api_name="draw_exercise",
        trigger_mode="always_last",
        **private,
    )
    gr.on(
        [parts.compare.click, parts.notes.submit],
        compare_notes,
        [parts.lesson, parts.notes],
        parts.marks,
        api_name="compare_notes",
        trigger_mode="always_last",
        **private,
    )
    for event in (parts.recording.stop_recording, parts.recording.upload):
        event(
            compare_voice,
            [parts.lesson, parts.recording],
            parts.marks,
            api_name="compare_voice",
            api_visibility="private",
        )
    parts.task.choose(choose, parts.lesson, parts.marks, api_name="choose_continuation", **private)

    def on_open(opened: Any) -> None:
        opened(open_practice, [parts.lesson, *wanted], shown, api_name="open_practice", **private)

    return on_open
