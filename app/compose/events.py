"""The events of the first page: what is given to `app.compose.answers`, and where it comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from app.compose.answers import WISHES, Answers
from app.compose.landing import Landing
from app.compose.visits import Visits
from app.style.opening import uncover
from app.visitor.library import Library
from app.visitor.states import Shared

if TYPE_CHECKING:
    from app.compose.page import Components

# The results lie below the settings, on a phone far below.
_SHOW_RESULTS = """() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.getElementById("status").scrollIntoView({behavior: calm ? "auto" : "smooth"});
}"""
_SHOW_MOTIF = """() => document.getElementById("motif-card").scrollIntoView({block: "center"})"""
# What else stands in the address (the open tab, the theme) stays there.
_WRITE_ADDRESS = """(query) => {
  const address = new URL(window.location);
  const kept = ["tab", "__theme"].filter((name) => address.searchParams.has(name))
    .map((name) => [name, address.searchParams.get(name)]);
  address.search = query;
  kept.forEach(([name, value]) => address.searchParams.set(name, value));
  history.replaceState(null, "", address);
}"""
_READ_ADDRESS = """() => window.location.search"""
# What was begun and failed does not go on looking as if it went on.
_STOP_WAITING = """() => {
  document.querySelectorAll(".waiting-take").forEach((one) => {
    one.textContent = "Not composed";
  });
  document.querySelectorAll("[data-do=reroll][aria-disabled]").forEach((one) => {
    one.removeAttribute("aria-disabled");
    one.textContent = "Re-roll the other bars";
  });
}"""
_QUIET: dict[str, Any] = {"show_progress": "hidden"}
_PRIVATE: dict[str, Any] = {"api_visibility": "private", **_QUIET}


def wire(
    page: gr.Blocks,
    layout: Components,
    visits: Visits,
    library: Library,
    common: tuple[Shared, Landing],
) -> None:
    """Wire the components of the page to what they do."""
    shared, landing = common
    answers = Answers(visits, library, landing)
    # What is shown is noted beside the motif, so that a motif from another page is noticed.
    states = [
        shared.motif,
        layout.shown,
        layout.notes,
        layout.motif_card,
        layout.settings["tempo_bpm"],
    ]
    results = [
        layout.status,
        layout.neighbours,
        layout.bar,
        *layout.takes,
        layout.result,
        shared.takes,
        layout.link,
    ]
    settings = [layout.settings[name] for name in WISHES]
    opened = page.load(
        answers.open_page,
        layout.link,
        [*states, layout.example, *settings, *results],
        js=_READ_ADDRESS,
        api_name="open_page",
        **_PRIVATE,
    )
    for ended in (opened.success, opened.failure):
        ended(None, js=uncover("motif", "neighbours", "takes"))
    layout.motif_card.change(None, js=uncover("motif"))
    layout.neighbours.change(None, js=uncover("neighbours"))
    layout.bar.change(None, js=uncover("takes"))
    _tell_why(opened, layout, answers)
    _wire_motif(layout, answers, shared, (states, results))
    _wire_compose(layout, answers, shared, (states, settings, results))
    _wire_takes(layout, answers, shared, states)
    shared.shelf.change(
        answers.shelf_changed, layout.result, layout.status, api_name="shelf_changed", **_PRIVATE
    )
    page.unload(answers.leave)


def _tell_why(event: Any, layout: Components, answers: Answers) -> None:
    """Keep the sentence of a refusal on the page when its message is gone."""
    event.failure(answers.refused, None, layout.status, **_PRIVATE)


def _wire_motif(
    layout: Components, answers: Answers, shared: Shared, shown: tuple[list[Any], list[Any]]
) -> None:
    states, results = shown
    sources = [layout.example, layout.recording, layout.upload]
    chosen = layout.example.input(
        answers.choose_example,
        layout.example,
        [*states, *sources[1:], *results],
        api_name="choose_example",
        **_PRIVATE,
    )
    taken = [chosen]
    for source, name, event in (
        (layout.upload, "upload", layout.upload.upload),
        (layout.recording, "hear", layout.recording.stop_recording),
        (layout.recording, "hear_file", layout.recording.upload),
    ):
        read = event(
            getattr(answers, name),
            source,
            [*states[1:], shared.motif, *results],
            api_name=name,
            api_visibility="private" if name == "hear_file" else "public",
            **_QUIET,
        )
        read.success(lambda: None, None, layout.example, **_PRIVATE)
        # A file that cannot be used must not stay beside the motif that is still in use.
        read.failure(lambda: None, None, source, **_PRIVATE)
        taken.append(read)
    used = gr.on(
        [layout.use_notes.click, layout.notes.submit],
        answers.use_notes,
        [shared.motif, layout.notes],
        [*states, *sources, *results],
        api_name="use_notes",
        **_PRIVATE,
    )
    taken_up = shared.motif.change(
        answers.take_up,
        [shared.motif, layout.shown],
        [*states[1:], *sources, *results],
        api_name="take_up",
        **_PRIVATE,
    )
    for event in (*taken, used, taken_up):
        _tell_why(event, layout, answers)
    for event in (*taken, used):
        # The address of what was made of another motif would be a wrong one.
        event.success(None, layout.link, None, js=_WRITE_ADDRESS)


def _wire_compose(
    layout: Components,
    answers: Answers,
    shared: Shared,
    shown: tuple[list[Any], list[Any], list[Any]],
) -> None:
    states, settings, results = shown

    given = [shared.motif, shared.shelf, layout.notes, *settings]
    shows = [*states, *results]
    for button, answer, name, told in (
        (layout.button, answers.compose, "compose_page", shows),
        (layout.new, answers.compose_more, "compose_more", [*shows, layout.settings["take"]]),
    ):
        button.click(None, js=_SHOW_RESULTS)
        composed = button.click(answer, given, told, api_name=name, **_PRIVATE)
        composed.success(None, layout.link, None, js=_WRITE_ADDRESS)
        composed.failure(None, js=_STOP_WAITING)
        _tell_why(composed, layout, answers)


def _wire_takes(layout: Components, answers: Answers, shared: Shared, states: list[Any]) -> None:
    sources = [layout.example, layout.recording, layout.upload]
    for place, take in enumerate(layout.takes):
        rolled = take.reroll(
            answers.reroll,
            [layout.result, shared.shelf],
            [
                layout.status,
                take,
                layout.bar,
                layout.result,
                shared.takes,
                layout.link,
            ],
            api_name=f"reroll_{place + 1}",
            **_PRIVATE,
        )
        rolled.success(None, layout.link, None, js=_WRITE_ADDRESS)
        rolled.failure(None, js=_STOP_WAITING)
        _tell_why(rolled, layout, answers)
        reused = take.reuse(
            answers.reuse,
            layout.result,
            [*states, *sources, layout.status],
            api_name=f"reuse_{place + 1}",
            **_PRIVATE,
        )
        reused.success(None, js=_SHOW_MOTIF)
        _tell_why(reused, layout, answers)
