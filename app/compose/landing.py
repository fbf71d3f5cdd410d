"""Index -> what the first page shows before anybody has done anything: an example, composed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from app.compose.links import Link, read_link
from app.compose.visits import NOTHING, Progress, Visits
from app.compose.wishes import Wishes
from app.visitor.motifs import Motif, example_motifs
from mer.corpus.shipped import data_folder
from mer.errors import InputError
from mer.notes.melody import Melody

_FIRST_EXAMPLE = "Londonderry Air"


@dataclass(frozen=True)
class Landing:
    """The first example, its card, and what was composed from it; all empty if that failed."""

    motif: Motif | None = None
    card: str = ""
    progress: Progress = NOTHING


def first_example(examples: Mapping[str, Motif]) -> str | None:
    """Return the name of the example that the page opens with; None if there are none."""
    return next((name for name in (_FIRST_EXAMPLE, *examples) if name in examples), None)


def linked_motifs() -> Callable[[str], tuple[Melody, str] | None]:
    """Return what tells the motif that a link leads to, and its name.

    The empty query leads to the first example. The examples are read when they are first needed.
    """
    examples = cache(lambda: example_motifs(data_folder() / "motifs"))

    def linked(query: str) -> tuple[Melody, str] | None:
        if query:
            link = read_link(query, examples())
            motif = None if link is None else link.motif
        else:
            motif = examples().get(first_example(examples()) or "")
        return None if motif is None else (motif.melody, motif.name)

    return linked


def compose_landing(visits: Visits) -> Landing:
    """Return the first example, composed; its files are everyone's.

    This takes seconds, and happens once, when the app is built: its sounds are kept for good.
    """
    visits = replace(visits, kept=True)
    name = first_example(visits.examples)
    if name is None:
        return Landing()
    motif = visits.examples[name]
    folder = visits.sessions.everyones()
    wishes = Wishes(tempo_bpm=motif.tempo_bpm)
    try:
        card = visits.motif_card(motif)
        *_, last = visits.find_and_compose(Link(motif, wishes), folder)
    except InputError as error:
        logging.getLogger(__name__).warning("no example could be composed: %s", error)
        return Landing()
    return Landing(motif, card, last._replace(status=""))
