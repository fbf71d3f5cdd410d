"""What programs call, without a server."""

from types import SimpleNamespace
from typing import Any

import pytest

from app.compose.visits import Visits
from app.visitor.motifs import typed_motif
from app.visitor.notation import read_notes
from mer.notes.melody import Melody

pytest.importorskip("gradio", reason="gradio is not installed")

ANN: Any = SimpleNamespace(session_hash="ann", client=None)
NOTES = "4/4 key=G-major G4:1/2 A4:1/2 B4:1/2 D5:1/2 B4:1/2 A4:1/2"


def test_composing_searches_for_the_music_and_for_what_is_beside_it(
    visits: Visits, searched: list[Melody]
) -> None:
    from app.share.programs import Programs

    made = Programs(visits).compose(NOTES, ANN, takes=2)
    assert searched.count(typed_motif(NOTES).melody) == 2
    assert [take["name"] for take in made["takes"]] == ["Take 1", "Take 2"]
    assert len(made["neighbours"]) == 5
    first = made["takes"][0]
    assert len(read_notes(first["notes"]).melody) > 3
    assert first["bits_a_note"] > 0
    assert first["files"]["midi"]["orig_name"] == "your-notes-take-1.mid"
