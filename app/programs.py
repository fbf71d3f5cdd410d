"""What programs call: named endpoints with typed parameters, none of which needs the page.

The docstrings are what callers read, in the form that the server understands.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from app.messages import friendly
from app.motifs import typed_motif
from app.visits import Visits


def offer_to_programs(visits: Visits) -> None:
    """Make the endpoints part of the page that is being laid out."""

    def read_notes(notes: str) -> dict[str, Any]:
        """Read notes typed as names or ABC.

        Args:
            notes: such as "C4 D E:2 F#:1/2" or "K:D DFA d2|".
        """
        with friendly():
            motif = typed_motif(notes)
            return {"notes": motif.text, "name": motif.name, "remarks": list(motif.remarks)}

    gr.api(read_notes, api_name="read_notes")
