"""Sounds beside the page: what is asked for is answered, whole or in part, and nothing else."""

from concurrent.futures import Future
from pathlib import Path

import pytest

from app.serve.sounding import Sounding
from app.sound import sounds as kept
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
    asked = client.head(f"/{address}.wav")
    assert asked.status_code == 200
    assert asked.headers["content-type"] == "audio/wav"
    assert client.head(f"/sound/{'0' * 32}").status_code == 404
    assert len(list(tmp_path.iterdir())) == 1
    assert client.get(f"/{address}.wav").content[:4] == b"RIFF"
    assert client.get(f"/{address}.flac").content[:4] in (b"fLaC", b"RIFF")
    assert client.get(f"/{address}/2").status_code == 200
    assert client.get(f"/{address}/2").content != whole.content
    assert client.get(f"/sound/{'0' * 32}").status_code == 404
    key = client.get("/sound/key/73/60")
    assert key.headers["content-type"] in ("audio/mpeg", "audio/wav")
    assert client.head("/sound/key/73/60").status_code == 200
    assert "no phrase 7" in client.get("/sound/phrase/7").text
    assert "no key 61" in client.get("/sound/key/73/61").text
    assert client.get("/sound/../etc/passwd").text == "the page"
    assert client.post(f"/{address}").text == "the page"


def test_keys_that_are_struck_push_out_nothing_that_visitors_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("starlette", reason="starlette is not installed")
    testing = pytest.importorskip("starlette.testclient", reason="httpx is not installed")
    from starlette.responses import PlainTextResponse

    monkeypatch.setattr(audio, "SYNTHESISERS", {"clicks": clicks})
    monkeypatch.setattr(kept, "_MOST_OFFERED", 2)
    sounds = Sounds(tmp_path)
    address = sounds.offer(Offer(TUNE, 73, 120.0))
    client = testing.TestClient(Sounding(PlainTextResponse("the page"), sounds))
    for pitch in (60, 63, 66):
        assert client.get(f"/sound/key/73/{pitch}").status_code == 200
    assert client.head(f"/{address}").status_code == 200


def test_who_asks_for_too_much_is_told_when_to_ask_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("starlette", reason="starlette is not installed")
    testing = pytest.importorskip("starlette.testclient", reason="httpx is not installed")
    from starlette.responses import PlainTextResponse

    monkeypatch.setattr(kept, "_MOST_WAITING", 0)
    sounds = Sounds(tmp_path)
    address = sounds.offer(Offer(TUNE, 73, 120.0))
    client = testing.TestClient(Sounding(PlainTextResponse("the page"), sounds))
    refused = client.get(f"/{address}")
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0


def test_a_file_that_goes_before_it_is_opened_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("starlette", reason="starlette is not installed")
    testing = pytest.importorskip("starlette.testclient", reason="httpx is not installed")
    from starlette.responses import PlainTextResponse

    monkeypatch.setattr(audio, "SYNTHESISERS", {"clicks": clicks})
    sounds = Sounds(tmp_path)
    address = sounds.offer(Offer(TUNE, 73, 120.0))
    making = sounds.making_of
    asked: list[str] = []

    def gone_at_first(offered: Offer, *, kind: str) -> Future[Path]:
        made = making(offered, kind=kind)
        if not asked:
            made.result().unlink()
        asked.append(offered.name)
        return made

    monkeypatch.setattr(sounds, "making_of", gone_at_first)
    client = testing.TestClient(Sounding(PlainTextResponse("the page"), sounds))
    assert client.get(f"/{address}").status_code == 200
    assert len(asked) == 2
