"""An index and what may be heard -> the whole site: four pages under tabs, or that to listen."""

from __future__ import annotations

from typing import Any

from app.compare.page import compare_page
from app.compare.trials import Trials
from app.compose.page import compose_page
from app.corpora.page import corpus_page
from app.explore.atlas import Atlases
from app.explore.page import explore_page
from app.explore.tours import Tours
from app.listen.page import Listening, listen_page
from app.serve.tabs import tabbed
from app.sound.sounds import Sounds
from app.visitor.library import Library
from app.visitor.sessions import Sessions
from mer.search.index import PhraseIndex

_MOST_WAITING = 16


def build_site(
    index: PhraseIndex,
    sounds: Sounds,
    sessions: Sessions,
    *,
    most_waiting: int = _MOST_WAITING,
) -> Any:
    """Return the whole site, a `gradio.Blocks` that is ready to launch.

    Parameters
    ----------
    index
        The phrases to search.
    sounds
        What may be heard.
    sessions
        Where each visitor's files are kept; the folder must be below gradio's own, which is served.
    most_waiting
        How many actions may wait for their turn; two are carried out at a time.
    """
    library = Library(index, sessions)
    atlases = Atlases()
    tours, trials = Tours(library, atlases, sounds), Trials(library, atlases)
    pages = {
        "compose": lambda site, shared: compose_page(site, library, sounds, sessions, shared),
        "explore": lambda site, shared: explore_page(tours, shared),
        "compare": lambda site, shared: compare_page(trials, shared),
        "corpus": lambda site, shared: corpus_page(library, shared),
    }
    return tabbed(pages).queue(max_size=most_waiting, default_concurrency_limit=2)


def build_listening(listening: Listening, *, most_waiting: int = _MOST_WAITING) -> Any:
    """Return the site of the listening page alone: nothing else there may give a tune away."""
    pages = {"listen": lambda _, __: listen_page(listening)}
    return tabbed(pages).queue(max_size=most_waiting, default_concurrency_limit=2)
