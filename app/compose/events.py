"""The events of the first page: what `app.compose.answers` is given, and what it may change."""

from __future__ import annotations

from typing import Any

import gradio as gr

from app.compose.answers import Answers
from app.compose.layout import NOTHING_YET, Components
from app.style.assets import asset

_QUIET: dict[str, Any] = {"show_progress": "hidden"}
_PRIVATE: dict[str, Any] = {"api_visibility": "private", **_QUIET}
# What is asked for while an answer is on its way would otherwise be ignored. `Answers` drops what
# is out of date.
_AT_ANY_TIME: dict[str, Any] = {"trigger_mode": "multiple", **_PRIVATE}
# Many may begin to compose: whose turn it is says `app.visitor.limits.Order`.
_MANY: dict[str, Any] = {"concurrency_limit": 16}


def wire(site: gr.Blocks, components: Components, answers: Answers) -> None:
    """Wire the components of the page to what they do."""
    _wire_opening(site, components, answers)
    _wire_motif(components, answers)
    _wire_compose(components, answers)
    _wire_takes(components, answers)
    components.shared.shelf.change(
        answers.shelf_changed,
        components.result,
        components.status,
        api_name="shelf_changed",
        **_PRIVATE,
    )
    site.unload(answers.leave)


def _wire_opening(site: gr.Blocks, components: Components, answers: Answers) -> None:
    settings = [
        control for control in components.settings.values() if control not in components.motif
    ]
    for when, answer, name in (
        (site.load, answers.open_page, "open_page"),
        (components.trail.visit, answers.go_back, "go_back"),
    ):
        opened = when(
            answer,
            components.link,
            [*components.motif, components.example, *settings, *components.results],
            js=_script("read_address"),
            api_name=name,
            **_AT_ANY_TIME,
            **_MANY,
        )
        for ended in (opened.success, opened.failure):
            ended(None, js=_script("uncover", parts=["motif", "neighbours", "takes"]))
        _write_address(opened, components, opening=True)
        _tell_why(opened, components, answers)
    for part, changed in (
        ("motif", components.motif_card),
        ("neighbours", components.neighbours),
        ("takes", components.bar),
    ):
        changed.change(None, js=_script("uncover", parts=[part]))


def _wire_motif(components: Components, answers: Answers) -> None:
    changes = [*components.motif, *components.sources, *components.results]
    chosen = components.example.input(
        answers.choose_example,
        components.example,
        # The chip, too: what the page opened with may have been shown since it was pressed.
        changes,
        api_name="choose_example",
        **_AT_ANY_TIME,
    )
    # What is made of these at once; of a passage, somebody may still want another.
    at_once = [chosen]
    for source, answer, name, event in (
        (components.upload, answers.upload, "upload", components.upload.upload),
        (components.recording, answers.hear, "hear", components.recording.stop_recording),
        (components.recording, answers.hear_file, "hear_file", components.recording.upload),
    ):
        read = event(
            answer,
            source,
            [
                *components.motif,
                *components.results,
                *(other for other in components.sources if other is not source),
            ],
            api_name=name,
            api_visibility="private",
            # A recorder may tell of one recording twice.
            trigger_mode="multiple" if source is components.upload else "once",
            **_QUIET,
        )
        # A file that cannot be used must not stay beside the motif that is still in use.
        read.failure(lambda: None, None, source, **_PRIVATE)
        at_once.append(read)
    at_once.append(
        gr.on(
            [components.use_notes.click, components.notes.submit],
            answers.use_notes,
            {components.number, components.shared.motif, components.notes},
            changes,
            api_name="use_notes",
            **_AT_ANY_TIME,
        )
    )
    passages = [
        control.input(
            answers.passage(name),
            {components.number, components.shared.motif, components.result, control},
            changes,
            api_name=f"take_{name}",
            # A menu tells of one choice twice. The second time comes when the first is answered,
            # and changes nothing; beside the first it would end what is composed meanwhile.
            trigger_mode="always_last",
            **_PRIVATE,
        )
        for name, control in components.passage.items()
    ]
    passages.append(
        components.motif_card.bars(
            answers.take_bars,
            {components.number, components.shared.motif, components.result},
            changes,
            api_name="take_bars",
            trigger_mode="always_last",
            **_PRIVATE,
        )
    )
    found = components.neighbours.motif(
        answers.take_phrase,
        components.shared.shelf,
        components.shared.chosen,
        api_name="take_phrase",
        trigger_mode="always_last",
        **_PRIVATE,
    )
    found.success(None, js=_script("show", part="motif-card", block="center"))
    _tell_why(found, components, answers)
    taken_up = components.shared.chosen.change(
        answers.take_up,
        {components.shared.chosen},
        [components.shared.chosen, *changes],
        api_name="take_up",
        **_PRIVATE,
    )
    asked_by = ["#sources", "#motif-file", "#recording", "#recording", "#use-notes"]
    asked_by += ["#passage"] * len(components.passage) + ["#motif-card", ""]
    for event, near in zip((*at_once, *passages, taken_up), asked_by, strict=True):
        _tell_why(event, components, answers, near)
    for event in (*at_once, *passages):
        # The address of what was made of another motif would be a wrong one.
        _write_address(event, components)
    for number, event in enumerate(at_once):
        event.success(None, js=_script("play_first"))
        composed = _compose(
            event.success, answers.compose_now, f"compose_{number}", components, answers
        )
        composed.failure(lambda: NOTHING_YET, None, components.neighbours, **_PRIVATE)


def _wire_compose(components: Components, answers: Answers) -> None:
    # A second click for more counts on from what the first one shows.
    for button, answer, name, mode in (
        (components.compose, answers.compose, "compose_page", _AT_ANY_TIME),
        (components.compose_more, answers.compose_more, "compose_more", _PRIVATE),
    ):
        button.click(None, js=_script("show", part="takes", block="start"))
        button.click(None, js=_script("play_first"))
        _compose(button.click, answer, name, components, answers, mode)


def _compose(
    when: Any,
    answer: Any,
    name: str,
    components: Components,
    answers: Answers,
    mode: dict[str, Any] = _AT_ANY_TIME,
) -> Any:
    """Wire an event to composing, and return what comes of it."""
    given = {
        components.number,
        components.shared.motif,
        components.shared.shelf,
        components.notes,
        *components.settings.values(),
    }
    changes = [*components.motif, *components.sources, *components.results]
    composed = when(answer, given, changes, api_name=name, **mode, **_MANY)
    _write_address(composed, components)
    composed.failure(None, js=_script("stop_waiting"))
    _tell_why(composed, components, answers)
    return composed


def _wire_takes(components: Components, answers: Answers) -> None:
    for place, take in enumerate(components.takes, start=1):
        near = f".take-{place - 1} .again .buttons"
        rolled = take.reroll(
            answers.reroll,
            components.result,
            list(components.results),
            api_name=f"reroll_{place}",
            **_PRIVATE,
        )
        _write_address(rolled, components)
        rolled.failure(None, js=_script("stop_waiting"))
        _tell_why(rolled, components, answers, near)
        reused = take.reuse(
            answers.reuse,
            components.result,
            [*components.motif, *components.sources, components.status],
            api_name=f"reuse_{place}",
            **_PRIVATE,
        )
        reused.success(None, js=_script("show", part="motif-card", block="center"))
        _tell_why(reused, components, answers, near)
        asked = take.check(
            answers.to_check,
            components.result,
            components.shared.to_check,
            api_name=f"to_check_{place}",
            **_PRIVATE,
        )
        asked.success(None, js=asset("style/open_tab.js", tab="check"))
        _tell_why(asked, components, answers, near)


def _tell_why(event: Any, components: Components, answers: Answers, near: str = "") -> None:
    """Keep the sentence of a refusal on the page when its message is gone.

    Parameters
    ----------
    near
        Selects what asked: below that it is said, too, and not in a message over the page.
    """
    told = event.failure(answers.refused, None, components.status, **_PRIVATE)
    told.success(None, js=_script("tell_why", near=near))


def _write_address(event: Any, components: Components, *, opening: bool = False) -> None:
    """Write into the address what leads to what is shown."""
    event.success(None, components.link, None, js=_script("write_address", opening=opening))


def _script(name: str, **values: object) -> str:
    return asset(f"compose/scripts/{name}.js", **values)
