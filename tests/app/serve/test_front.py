"""What is sent first: the page's own head, compressed texts, headers, pictures of links."""

import asyncio
import gzip
from typing import Any

import pytest

from app.compose.landing import linked_motifs
from app.serve.front import TITLE, Front
from mer.errors import InputError
from mer.notes.melody import Melody

pytest.importorskip("starlette", reason="starlette is not installed")
PAGE = (
    """<html><head><meta charset="utf-8" />
<meta property="og:title" content="Gradio" />
<meta
    property="og:image"
    content="https://elsewhere.example/picture.jpg"
/>
<meta name="twitter:creator" content="@Gradio" />
</head><body>"""
    + "music " * 500
)
TUNE = Melody(pitch=[60, 64, 67], onset=[0, 480, 960], duration=[480, 480, 960])


def linked(query: str) -> tuple[Melody, str] | None:
    if query == "broken":
        raise InputError("no such example")
    return {"": (TUNE, "Opening"), "notes=C4": (TUNE, 'A "sharp" <tune>')}.get(query)


async def page(scope: Any, receive: Any, send: Any) -> None:
    text = PAGE.encode()
    headers = [(b"content-type", b"text/html"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": text[:100], "more_body": True})
    await send({"type": "http.response.body", "body": text[100:]})


def answer(
    path: str, query: str = "", *, knows: Any = linked, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    sent: list[Any] = []
    told = {"host": "music.example", **headers}
    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "query_string": query.encode(),
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in told.items()],
    }

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Front(page, knows)(scope, receive, send))
    start = sent[0]
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, body


def test_the_head_is_of_the_page_and_no_other() -> None:
    status, headers, body = answer("/")
    text = body.decode()
    assert (status, headers["content-length"]) == (200, str(len(body)))
    assert "elsewhere.example" not in text
    assert "@Gradio" not in text
    assert f"<title>{TITLE}</title>" in text
    assert 'content="http://music.example/preview.png"' in text
    assert text.endswith("music " * 500)


def test_a_link_says_what_it_leads_to() -> None:
    _, _, body = answer("/", "notes=C4", x_forwarded_proto="https", x_forwarded_host="a.example")
    text = body.decode()
    assert "<title>A &quot;sharp&quot; &lt;tune&gt; – " in text
    assert 'content="https://a.example/preview.png?notes=C4"' in text
    assert 'content="https://a.example/?notes=C4"' in text


@pytest.mark.parametrize("query", ["broken", "tab=corpus", "x" * 30_000])
def test_what_leads_to_nothing_looks_like_the_page_as_it_opens(query: str) -> None:
    _, _, body = answer("/", query)
    assert f"<title>{TITLE}</title>" in body.decode()
    assert answer("/preview.png", query)[2] == answer("/preview.png")[2]


def test_a_page_that_opens_with_nothing_has_no_picture() -> None:
    assert "og:image" not in answer("/", knows=lambda query: None)[2].decode()
    assert answer("/preview.png", knows=lambda query: None)[0] == 404


def test_below_a_path_the_picture_lies_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_ROOT_PATH", "/music")
    assert 'content="http://music.example/music/preview.png"' in answer("/")[2].decode()


def test_texts_are_compressed_and_sounds_are_not() -> None:
    _, headers, body = answer("/", accept_encoding="gzip")
    assert headers["content-encoding"] == "gzip"
    assert len(body) < 2_000
    assert gzip.decompress(body).decode() == answer("/")[2].decode()
    for path in ("/gradio_api/file=/tmp/take.wav", "/gradio_api/queue/data"):
        assert "content-encoding" not in answer(path, accept_encoding="gzip")[1]


def test_nothing_may_be_loaded_from_elsewhere() -> None:
    for path in ("/", "/preview.png", "/gradio_api/file=/tmp/take.wav"):
        headers = answer(path)[1]
        assert headers["x-content-type-options"] == "nosniff"
        assert path != "/" or headers["cache-control"].startswith("private")
        assert "http" not in headers["content-security-policy"]


def test_the_picture_is_a_png_of_the_size_that_links_are_shown_in() -> None:
    _, headers, body = answer("/preview.png", "notes=C4")
    assert headers["content-type"] == "image/png"
    assert body[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(body[16:20]), int.from_bytes(body[20:24])) == (1200, 630)


def test_links_of_the_page_are_known() -> None:
    known = linked_motifs()
    opening, notes, tab = known(""), known("notes=C4+D4+E4&name=Mine"), known("tab=corpus")
    assert opening is not None
    assert opening[1] == "Londonderry Air"
    assert notes is not None
    assert (notes[0].pitch.tolist(), notes[1]) == ([60, 62, 64], "Mine")
    assert tab is None
    with pytest.raises(InputError):
        known("example=nobody")
