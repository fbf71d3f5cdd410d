"""What the pages of one visitor have in common: the motif, the takes made of it, their own files.

Each page is wired to these states. A state is made once, outside the pages, and rendered in each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import gradio as gr


class Shared(NamedTuple):
    """The states of one visitor that more than one page reads.

    Parameters
    ----------
    motif
        An `app.visitor.motifs.Motif`, or None.
    takes
        A tuple of (name, `mer.notes.melody.Melody`): the music made last, newest first.
    shelf
        An `app.visitor.library.Shelf`, or None where the visitor has added no files.
    """

    motif: Any
    takes: Any
    shelf: Any

    def render(self) -> None:
        """Make the states part of the page that is being laid out."""
        for state in self:
            state.render()


class Page(NamedTuple):
    """A page, and what is to happen when its tab is opened.

    Parameters
    ----------
    blocks
        The page, a `gradio.Blocks`.
    on_open
        Takes the event of a tab that is opened (`gradio.Tab.select`) and wires the page to it.
    """

    blocks: Any
    on_open: Callable[[Any], None]


def shared_states() -> Shared:
    """Return new states; they belong to no page yet."""
    return Shared(
        gr.State(None, render=False), gr.State((), render=False), gr.State(None, render=False)
    )
