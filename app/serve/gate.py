"""What is refused before it reaches a page: huge requests, floods of uploads, fetching for others.

An ASGI application around the page's own. The size of an upload is checked where it is written.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from app.visitor.limits import (
    MOST_REQUEST_BYTES,
    MOST_UPLOAD_BYTES,
    Pace,
    address_pace,
)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_UPLOAD = "/gradio_api/upload"
_MEGABYTE = 1_000_000
# The server would fetch such an address and pass on what it gets.
_FETCHES = ("file=http:", "file=https:", "file/http:", "file/https:", "/proxy=")


class Gate:
    """The application `inner`, with a gate before it.

    Parameters
    ----------
    inner
        The application that is guarded.
    most_bytes
        Of a request that is not an upload.
    uploads
        How often an address may upload; a large upload counts for each megabyte that it begins.
    """

    def __init__(
        self,
        inner: Application,
        most_bytes: int = MOST_REQUEST_BYTES,
        uploads: Pace | None = None,
    ) -> None:
        self._inner = inner
        self._most_bytes = most_bytes
        self._uploads = address_pace() if uploads is None else uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that is refused; pass on all others."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await _answer(send, *refusal)
            return
        if scope["path"].rstrip("/") != _UPLOAD:
            receive = self._counted(receive)
        await self._inner(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        path = scope["path"]
        if any(fetch in path.lower() for fetch in _FETCHES):
            return 403, "This server fetches nothing from elsewhere."
        if path.rstrip("/") == _UPLOAD:
            address = scope.get("client") or ("unknown", 0)
            begun = -(-(_length(scope) or MOST_UPLOAD_BYTES) // _MEGABYTE)
            seconds = self._uploads.wait(address[0], begun)
            if seconds > 0:
                return 429, f"Too many uploads; wait {max(round(seconds), 1)} seconds."
        elif _length(scope) > self._most_bytes:
            return 413, f"A request has at most {self._most_bytes:,} bytes."
        return None

    def _counted(self, receive: Receive) -> Receive:
        """Return what gives no more than so many bytes, whatever the request said about them."""
        received = 0

        async def counting() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            return {"type": "http.disconnect"} if received > self._most_bytes else message

        return counting


def _length(scope: Scope) -> int:
    told = dict(scope["headers"]).get(b"content-length", b"0")
    return int(told) if told.isdigit() else 0


async def _answer(send: Send, status: int, text: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
