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


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("read_notes", (5,), "notes is 5; text is needed"),
        ("find_phrases", (NOTES, "abc"), "count is abc; a whole number"),
        ("find_phrases", (None, 5), "notes is None"),
        ("read_tune", ([],), "tune_id is"),
        ("open_link", (None, ANN), "link is None"),
        ("reroll", ("notes=C4+D4+E4&takes=1", 1, 4, ANN), "keep_bars is 4"),
        ("read_file", ({"path": "a\0b"}, ANN), "no file"),
    ],
)
def test_what_is_of_another_type_is_said(
    visits: Visits, name: str, given: tuple[Any, ...], words: str
) -> None:
    import gradio

    from app.share.programs import Programs

    with pytest.raises(gradio.Error, match=words):
        getattr(Programs(visits), name)(*given)


@pytest.mark.parametrize(
    ("name", "value"), [("form", None), ("key", 5), ("tempo", "fast"), ("bars", "many")]
)
def test_a_setting_of_another_type_is_said(visits: Visits, name: str, value: object) -> None:
    import gradio

    from app.share.programs import Programs

    wrong: dict[str, Any] = {name: value}
    with pytest.raises(gradio.Error, match=f"{name} is "):
        Programs(visits).compose(NOTES, ANN, **wrong)
