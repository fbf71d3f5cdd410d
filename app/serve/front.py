"""What a browser or a crawler is sent first: the page's own title and picture, and compressed.

An ASGI application around the page's own. Gradio's page names another title, picture and site to
whoever follows a link, and is sent as it is. Here the head of the document says what the page is,
or what the link leads to; texts are compressed (sound and what is sent bit by bit are not); and
the browser is told that nothing may be loaded from elsewhere.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape
from typing import TypeVar

from app.pictures.preview import SIZE, preview
from app.serve.gate import Application, Message, Receive, Scope, Send
from app.style.assets import asset
from app.style.words import DESCRIPTION, TITLE
from mer.errors import InputError
from mer.notes.melody import Melody

PICTURE = "/preview.png"
_FOREIGN = re.compile(r"<meta\s+(?:property=\"og:|name=\"twitter:)[^>]*>\s*")
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    # Gradio's own scripts stand in the document, and its components are compiled in the browser.
    "content-security-policy": (
        "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
        "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'"
    ),
}
# Texts that are worth compressing: not what is sent bit by bit, nor sound.
_PLAIN = (
    "/gradio_api/queue",
    "/gradio_api/file=",
    "/gradio_api/upload",
    "/gradio_api/heartbeat",
    "/sound/",
)
_LEAST_BYTES, _LEVEL = 1_000, 5
_LONGEST_QUERY = 20_000
_PICTURES_KEPT = 64
_Made = TypeVar("_Made")

# The query of an address -> the motif that it leads to, and its name; None if it leads to none. The
# empty query leads to what the page opens with.
Linked = Callable[[str], tuple[Melody, str] | None]


class Front:
    """The application `inner`, behind a front of its own.

    Parameters
    ----------
    inner
        The application whose page is shown.
    linked
        Knows what a link leads to.
    """

    def __init__(self, inner: Application, linked: Linked) -> None:
        self._inner = inner
        self._linked = linked
        self._turn = asyncio.Lock()
        self._picture = lru_cache(_PICTURES_KEPT)(self._drawn)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        send = _with_headers(send)
        path = scope["path"]
        if path == PICTURE and scope["method"] in ("GET", "HEAD"):
            await self._draw(scope, send)
        elif path.startswith(_PLAIN):
            await self._inner(scope, receive, send)
        else:
            from starlette.middleware.gzip import GZipMiddleware

            inner = self._titled if path == "/" else self._inner
            packed = GZipMiddleware(inner, minimum_size=_LEAST_BYTES, compresslevel=_LEVEL)
            await packed(scope, receive, send)

    async def _titled(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the page with a head of its own."""
        started: Message = {}
        body: list[bytes] = []

        async def changed(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.update(message)
                return
            body.append(message.get("body", b""))
            if message.get("more_body"):
                return
            text = b"".join(body)
            if started["status"] == 200:
                query = scope.get("query_string", b"").decode("latin-1")
                found = await self._apart(self._led_to, query)
                text = self._headed(text.decode(), address_of(scope), query, found).encode()
            told = [item for item in started["headers"] if item[0].lower() != b"content-length"]
            told.append((b"content-length", str(len(text)).encode()))
            # It names the address that was asked: nobody else may be shown it.
            told.append((b"cache-control", b"private, no-cache"))
            await send({**started, "headers": told})
            await send({"type": "http.response.body", "body": text})

        await self._inner(scope, receive, changed)

    def _led_to(self, query: str) -> tuple[str, str | None]:
        """Return the title of what a query leads to, and the name of the motif in its picture."""
        link = self._link(query)
        found = link or self._linked("")
        title = TITLE if link is None else f"{link[1]} – {TITLE}"
        return title, None if found is None else found[1]

    def _headed(self, page: str, address: str, query: str, led: tuple[str, str | None]) -> str:
        """Return the page with a title, a description and a picture of what it leads to."""
        title, pictured = led
        told = {
            "og:title": title,
            "og:description": DESCRIPTION,
            "og:type": "website",
            "og:site_name": TITLE,
            "og:url": f"{address}/" + (f"?{query}" if query else ""),
        }
        if pictured is not None:
            told |= {
                "og:image": f"{address}{PICTURE}" + (f"?{query}" if query else ""),
                "og:image:width": str(SIZE[0]),
                "og:image:height": str(SIZE[1]),
                "og:image:alt": f"Piano roll of {pictured}",
            }
        head = _tags(told, title)
        return _FOREIGN.sub("", page).replace('<meta charset="utf-8" />', head, 1)

    async def _draw(self, scope: Scope, send: Send) -> None:
        query = scope.get("query_string", b"").decode("latin-1")
        content = await self._apart(self._picture, query[:_LONGEST_QUERY])
        kind = b"image/png" if content else b"text/plain"
        headers = [
            (b"content-type", kind),
            (b"content-length", str(len(content)).encode()),
            (b"cache-control", b"public, max-age=3600"),
        ]
        status = 200 if content else 404
        await send({"type": "http.response.start", "status": status, "headers": headers})
        body = b"" if scope["method"] == "HEAD" else content
        await send({"type": "http.response.body", "body": body})

    async def _apart(self, work: Callable[[str], _Made], query: str) -> _Made:
        """Do work beside the loop that answers everybody, one piece at a time."""
        from starlette.concurrency import run_in_threadpool

        async with self._turn:
            return await run_in_threadpool(work, query)

    def _drawn(self, query: str) -> bytes:
        """Return the picture of what a query leads to; empty if there is none."""
        found = self._link(query) or self._linked("")
        return b"" if found is None else preview(*found)

    def _link(self, query: str) -> tuple[Melody, str] | None:
        """Return the motif of a link; None if there is none, or none that can be read."""
        if not query or len(query) > _LONGEST_QUERY:
            return None
        try:
            return self._linked(query)
        except InputError:  # the page will say so
            return None


def _tags(told: Mapping[str, str], title: str) -> str:
    lines = [
        '<meta charset="utf-8" />',
        f"<title>{escape(title)}</title>",
        f'<meta name="description" content="{escape(DESCRIPTION)}" />',
        '<meta name="twitter:card" content="summary_large_image" />',
        f"<style>\n{asset('style/frame.css')}</style>",
        *(f'<meta property="{name}" content="{escape(text)}" />' for name, text in told.items()),
    ]
    return "\n".join(lines)


def address_of(scope: Scope) -> str:
    """Return the address of the server, as whoever asks knows it."""
    headers = dict(scope["headers"])
    host = headers.get(b"x-forwarded-host", headers.get(b"host", b"")).decode("latin-1")
    kind = headers.get(b"x-forwarded-proto", scope["scheme"].encode()).decode("latin-1")
    path = os.environ.get("GRADIO_ROOT_PATH", "").strip("/")  # where gradio looks for it, too
    return f"{kind.split(',')[0].strip()}://{host.split(',')[0].strip()}" + f"/{path}" * bool(path)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            added = [
                (name.encode(), text.encode())
                for name, text in _HEADERS.items()
                if name.encode() not in present
            ]
            message = {**message, "headers": [*message["headers"], *added]}
        await send(message)

    return sending
