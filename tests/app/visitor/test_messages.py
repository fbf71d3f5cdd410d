"""What a visitor reads when something goes wrong."""

import logging

import pytest

from mer.errors import InputError

gr = pytest.importorskip("gradio", reason="gradio is not installed")


def test_input_errors_are_shown_and_disarmed() -> None:
    from app.visitor.messages import friendly

    with pytest.raises(gr.Error) as caught, friendly():
        raise InputError("tune <b>x</b>.mid: is empty")
    assert caught.value.message == "tune &lt;b&gt;x&lt;/b&gt;.mid: is empty"


def test_programs_are_told_in_plain_text() -> None:
    from app.visitor.messages import friendly

    noted: list[str] = []
    with pytest.raises(gr.Error) as caught, friendly(noted.append, programs=True):
        raise InputError("unknown method 'a<b'")
    assert caught.value.message == "unknown method 'a<b'"
    assert noted == ["unknown method 'a<b'"]


def test_what_is_said_beside_a_control_is_no_message() -> None:
    from app.visitor.messages import friendly

    noted: list[str] = []
    with pytest.raises(gr.Error) as caught, friendly(noted.append, message=False):
        raise InputError("no note 'H'")
    assert (caught.value.visible, noted) == (False, ["no note 'H'"])
    with pytest.raises(gr.Error) as caught, friendly():
        raise InputError("no note 'H'")
    assert caught.value.visible


def test_quotes_are_quotes_on_the_page_too() -> None:
    from app.visitor.messages import friendly

    with pytest.raises(gr.Error) as caught, friendly():
        raise InputError("unknown method 'zzz'")
    assert caught.value.message == "unknown method 'zzz'"


def test_our_own_errors_are_logged_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    from app.visitor.messages import friendly

    with caplog.at_level(logging.ERROR), pytest.raises(gr.Error) as caught, friendly():
        raise EOFError("secret detail")
    assert "secret" not in caught.value.message
    assert "secret detail" in caplog.text
