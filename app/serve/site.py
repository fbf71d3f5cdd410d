"""What can be done -> the whole site: pages under tabs, or that to listen."""

from __future__ import annotations

from typing import Any

import gradio as gr

from app.compare.page import compare_page
from app.compare.trials import Trials
from app.compose.page import compose_page
from app.compose.visits import Visits
from app.corpora.newness.checks import Checks
from app.corpora.newness.page import check_page
from app.corpora.page import corpus_page
from app.explore.atlas import Atlases
from app.explore.page import explore_page
from app.explore.tours import Tours
from app.listen.page import Listening, listen_page
from app.listen.practice.lessons import Lessons
from app.listen.practice.page import practice_page
from app.serve.tabs import tabbed
from app.share.programs import offer_to_programs
from app.visitor.library import Library
from app.visitor.states import Opening, Shared

_MOST_WAITING = 16


def build_site(visits: Visits, *, most_waiting: int = _MOST_WAITING) -> Any:
    """Return the whole site, a `gradio.Blocks` that is ready to launch.

    Parameters
    ----------
    visits
        What can be done on the first page. The visitors' files must be below gradio's own folder,
        which is served.
    most_waiting
        How many actions may wait for their turn; two are carried out at a time.
    """
    library = Library(visits.index, visits.sessions)
    atlases = Atlases()
    tours = Tours(library, atlases, visits.sounds)
    trials = Trials(library, atlases, visits.sounds)
    checks = Checks(library, visits.sounds, visits.sessions)
    lessons = Lessons(library, visits.sounds, visits.sessions)

    def compose(site: gr.Blocks, shared: Shared) -> Opening:
        offer_to_programs(site, visits)
        return compose_page(site, library, visits, shared)

    pages = {
        "compose": compose,
        "explore": lambda site, shared: explore_page(tours, shared),
        "compare": lambda site, shared: compare_page(trials, shared),
        "check": lambda site, shared: check_page(checks, shared),
        "corpus": lambda site, shared: corpus_page(library, shared),
        "practice": lambda site, shared: practice_page(lessons, shared),
    }
    return tabbed(pages).queue(max_size=most_waiting, default_concurrency_limit=2)


def build_listening(listening: Listening, *, most_waiting: int = _MOST_WAITING) -> Any:
    """Return the site of the listening page alone: nothing else there may give a tune away."""
    pages = {"listen": lambda _, __: listen_page(listening)}
    return tabbed(pages).queue(max_size=most_waiting, default_concurrency_limit=2)
