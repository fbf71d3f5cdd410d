"""Links to takes: page and picture, once made kept, and no more for anybody than is fair."""

import pytest

from app.compose.links import Link, write_link
from app.compose.visits import Visits
from app.compose.wishes import Wishes
from app.serve.sharing import Shares, Sharing
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
    page = client.get(f"/t/{sent}")
    assert "Walk up, take 3" in page.text
    assert f"http://testserver/t/{sent}.png" in page.text
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
    with pytest.raises(InputError, match="more than 1 composition a minute"):
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
