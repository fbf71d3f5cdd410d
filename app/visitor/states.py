"""What the pages of one visitor have in common: the motif, the takes made of it, their own files.

Each page is wired to these states, which are made once, before the pages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import gradio as gr

# What wires a page to the event of its tab being opened (`gradio.Tab.select`).
Opening = Callable[[Any], None]


class Shared(NamedTuple):
    """The states of one visitor that more than one page reads.

    Parameters
    ----------
    motif
        An `app.visitor.motifs.Motif`, or None.
    chosen
        A motif that another page has just set, and that the first one does not show yet; or None.
    takes
        A tuple of (name, `mer.notes.melody.Melody`): the music made last, newest first.
    to_check
        The name of a take that is to be checked next, or "".
    shelf
        An `app.visitor.library.Shelf`, or None where the visitor has added no files.
    """

    motif: Any
    chosen: Any
    takes: Any
    to_check: Any
    shelf: Any


def shared_states() -> Shared:
    """Return new states, a part of the site that is being laid out."""
    return Shared(gr.State(None), gr.State(None), gr.State(()), gr.State(""), gr.State(None))
