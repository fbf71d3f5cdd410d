"""Sounds beside the page: what is asked for is answered, whole or in part, and nothing else."""

from pathlib import Path

import pytest

from app.serve.sounding import Sounding
from app.sound.sounds import Offer, Sounds
from generate.sound import audio
from mer.notes.melody import Melody
from tests.app.conftest import clicks

TUNE = Melody(pitch=[69, 71, 73], onset=[0, 480, 960], duration=[480] * 3)


def test_sounds_are_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("starlette", reason="starlette is not installed")
    testing = pytest.importorskip("starlette.testclient", reason="httpx is not installed")
    from starlette.responses import PlainTextResponse

    monkeypatch.setattr(audio, "SYNTHESISERS", {"clicks": clicks})
    sounds = Sounds(tmp_path)
    address = sounds.offer(Offer(TUNE, 73, 120.0), lambda note: TUNE.cut(note, 3))
    client = testing.TestClient(Sounding(PlainTextResponse("the page"), sounds))
    whole = client.get(f"/{address}")
    assert whole.headers["content-type"] in ("audio/mpeg", "audio/wav")
    part = client.get(f"/{address}", headers={"range": "bytes=10-19"})
    assert part.status_code == 206
    assert part.content == whole.content[10:20]
    assert client.get(f"/{address}.wav").content[:4] == b"RIFF"
    assert client.get(f"/{address}/2").status_code == 200
    assert client.get(f"/{address}/2").content != whole.content
    assert client.get(f"/sound/{'0' * 32}").status_code == 404
    assert client.get("/sound/../etc/passwd").text == "the page"
    assert client.post(f"/{address}").text == "the page"
