"""Links to takes: page and picture, once made kept, and no more for anybody than is fair."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.compose.links import Link, write_link
from app.compose.visits import Visits
from app.compose.wishes import Wishes
from app.serve import sharing
from app.serve.sharing import Shares, Sharing
from app.share import page
from app.sound import sounds
from app.visitor.codes import code_of
from app.visitor.limits import Turns
from app.visitor.sessions import Sessions
from mer.errors import InputError
from mer.notes.melody import Melody

pytest.importorskip("starlette", reason="starlette is not installed")
pytest.importorskip("PIL", reason="pillow is not installed")


def code(visits: Visits, **wished: object) -> str:
    link = Link(visits.choose_example("Walk up"), Wishes(takes=1, **wished))
    return code_of(write_link(link))


def test_a_link_is_answered_with_page_and_picture(visits: Visits, searched: list[Melody]) -> None:
    testing = pytest.importorskip("starlette.testclient", reason="httpx is not installed")
    from starlette.responses import PlainTextResponse

    client = testing.TestClient(Sharing(PlainTextResponse("the page"), Shares(visits)))
    sent = code(visits, take=3)
    whole = client.get(f"/t/{sent}")
    assert "Walk up, take 3" in whole.text
    assert f"http://testserver/t/{sent}.png" in whole.text
    assert whole.headers["cache-control"] == "private, no-cache"
    before = len(searched)
    assert client.get(f"/t/{sent}.png").content[1:4] == b"PNG"
    assert len(searched) == before
    lost = client.get("/t/1AAAA")
    assert lost.status_code == 404
    assert "leads nowhere" in lost.text
    assert client.get("/t/").text == "the page"
    assert client.post(f"/t/{sent}").text == "the page"

    guarded = testing.TestClient(Sharing(PlainTextResponse("the page"), None))
    found = guarded.get(f"/t/{sent}", follow_redirects=False)
    assert found.headers["location"].endswith("example=Walk+up&takes=1&take=3")


def test_nobody_may_ask_for_too_many(visits: Visits) -> None:
    few = Visits(
        visits.index,
        visits.sounds,
        Sessions(visits.sessions.root, Turns(1)),
        visits.examples,
    )
    shares = Shares(few)
    first = shares.made(code(visits), "192.0.2.1")
    assert shares.made(code(visits), "192.0.2.1") is first
    with pytest.raises(InputError, match="more than 1 composition or check a minute"):
        shares.made(code(visits, take=2), "192.0.2.1")


def test_a_page_that_is_kept_has_its_sound(visits: Visits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sounds, "_MOST_OFFERED", 1)
    shares = Shares(visits)
    first, _ = (shares.made(code(visits, take=take), "192.0.2.1") for take in (1, 2))
    name = first.sound.removeprefix("sound/")
    with pytest.raises(InputError, match="no longer here"):
        visits.sounds.file(name)
    assert shares.made(code(visits, take=1), "192.0.2.1") is first
    assert visits.sounds.file(name, 0).is_file()


def asked_at_once(
    application: Sharing, paths: Sequence[str], then: Callable[[], None]
) -> dict[str, tuple[int, dict[str, str]]]:
    """Ask for all paths at once, and do `then` when the first answer is there."""
    answers: dict[str, tuple[int, dict[str, str]]] = {}

    async def ask(path: str) -> None:
        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                told = {name.decode(): value.decode() for name, value in message["headers"]}
                answers[path] = message["status"], told
                then()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b""}

        scope = {"type": "http", "method": "GET", "path": path, "headers": [], "scheme": "http"}
        await application(scope, receive, send)

    async def ask_all() -> None:
        await asyncio.gather(*map(ask, paths))

    asyncio.run(ask_all())
    return answers


def test_who_waits_keeps_nobody_from_what_is_made(
    visits: Visits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "_MOST_WAITING", 1)
    shares = Shares(visits)
    made, slow, refused = (code(visits, take=take) for take in (1, 2, 3))
    shares.made(made, "192.0.2.1")
    # The slow one is made only once the two others are answered.
    answered = threading.Semaphore(0)
    make = shares.made
    monkeypatch.setattr(
        shares,
        "made",
        lambda *asked: [answered.acquire(timeout=20) for _ in range(2)] and make(*asked),
    )
    application = Sharing(None, shares)
    paths = [f"/t/{each}" for each in (slow, refused, made)]
    answers = asked_at_once(application, paths, answered.release)
    assert list(answers)[-1] == paths[0]
    assert [answers[path][0] for path in paths] == [200, 503, 200]
    assert int(answers[paths[1]][1]["retry-after"]) > 0


def test_who_asks_too_often_is_told_when_to_ask_again(visits: Visits) -> None:
    testing = pytest.importorskip("starlette.testclient", reason="httpx is not installed")
    few = replace(visits, sessions=Sessions(visits.sessions.root, Turns(1)))
    client = testing.TestClient(Sharing(None, Shares(few)))
    assert client.get(f"/t/{code(visits)}").status_code == 200
    refused = client.get(f"/t/{code(visits, take=2)}")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert refused.headers["cache-control"] == "private, no-cache"
    assert "Wait a moment" in refused.text
    assert "leads nowhere" not in refused.text


def test_the_picture_is_drawn_once(visits: Visits, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(
        page, "preview", lambda melody, title, **_: (drawn.append(title), b"PNG")[1]
    )
    shared = Shares(visits).made(code(visits), "192.0.2.1")
    assert shared.picture == shared.picture == b"PNG"
    assert len(drawn) == 1
