"""Tunes that were found are drawn whole when they are asked for, and nothing else is."""

from pathlib import Path

import pytest

from app.serve import written
from app.serve.written import WrittenTunes
from app.sound.sounds import Offer, Sounds
from mer.io.sheet.sheet import Part
from mer.notes.melody import Melody

TUNE = Melody(pitch=[69, 71, 73], onset=[0, 480, 960], duration=[480] * 3, title="A & B")


def test_a_tune_is_drawn_that_was_offered_to_be_heard(tmp_path: Path) -> None:
    pytest.importorskip("starlette", reason="starlette is not installed")
    testing = pytest.importorskip("starlette.testclient", reason="httpx is not installed")
    from starlette.responses import PlainTextResponse

    sounds = Sounds(tmp_path)
    alone = sounds.offer(Offer(TUNE, 73, 120.0)).replace("sound", "tune")
    several = Offer((Part(melody=TUNE, name="x", program=0),), 73, 120.0)
    client = testing.TestClient(WrittenTunes(PlainTextResponse("the page"), sounds))
    answer = client.get(f"/{alone}")
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.text.split("</svg>")[0].count("<rect") == 3
    assert "A &amp; B" in answer.text
    assert not list(tmp_path.iterdir())  # nothing is played for that
    refused = client.get(f"/{sounds.offer(several).replace('sound', 'tune')}")
    assert (refused.status_code, refused.text) == (404, "this is no single tune")
    gone = client.get(f"/tune/{'0' * 32}")
    assert gone.status_code == 404
    assert "no longer here" in gone.text
    assert client.get("/tune/../etc/passwd").text == "the page"
    assert client.post(f"/{alone}").text == "the page"


def test_who_asks_while_too_many_wait_is_told_when_to_ask_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("starlette", reason="starlette is not installed")
    testing = pytest.importorskip("starlette.testclient", reason="httpx is not installed")
    from starlette.responses import PlainTextResponse

    sounds = Sounds(tmp_path)
    address = sounds.offer(Offer(TUNE, 73, 120.0)).replace("sound", "tune")
    client = testing.TestClient(WrittenTunes(PlainTextResponse("the page"), sounds))
    monkeypatch.setattr(written, "_MOST_WAITING", 0)
    refused = client.get(f"/{address}")
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    monkeypatch.setattr(written, "_MOST_WAITING", 1)
    for _ in range(2):  # who was answered waits no more
        assert client.get(f"/{address}").status_code == 200
