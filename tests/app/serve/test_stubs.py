"""Gradio is imported as ever, but for its stub files."""

import inspect

import pytest

from app.serve import stubs


def test_classes_of_gradio_have_no_file_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    gradio = pytest.importorskip("gradio", reason="gradio is not installed")
    from gradio import component_meta

    compared: list[str] = []
    monkeypatch.setattr(
        component_meta, "extract_class_source_code", lambda _, name: compared.append(name)
    )
    named = {"EVENTS": [], "__module__": "gradio.components.html"}
    with stubs.left_alone():
        made = type(gradio.HTML)("HTML", (gradio.HTML,), dict(named))
        assert inspect.getfile(stubs) == stubs.__file__
    assert issubclass(made, gradio.HTML)
    assert compared == []
    with pytest.raises(TypeError):  # what it found is None, where a class was expected
        type(gradio.HTML)("HTML", (gradio.HTML,), dict(named))
    assert compared == ["HTML"]


def test_what_is_asked_of_a_file_is_as_before_in_the_end() -> None:
    known = inspect.getfile
    with pytest.raises(ValueError, match="within"), stubs.left_alone():
        raise ValueError("within")
    assert inspect.getfile is known


def test_events_are_answered_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("gradio", reason="gradio is not installed")
    from gradio import utils

    monkeypatch.setattr(utils, "MatplotlibBackendMananger", None)
    stubs.draw_nothing()
    with utils.MatplotlibBackendMananger() as chosen:
        assert chosen is None
