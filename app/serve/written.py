"""The address of a tune that was found -> the tune as roll and score: an ASGI application.

``/tune/NAME`` is what was offered to be heard under that name (see `app.sound.sounds`), as HTML
that a card of the page is filled with when it is opened.
"""

from __future__ import annotations

import asyncio
import re

from app.pictures.neighbours import whole_tune
from app.serve.gate import Application, Receive, Scope, Send
from app.sound.sounds import Sounds
from app.visitor.limits import LaterError
from mer.errors import InputError
from mer.notes.melody import Melody

_ADDRESS = re.compile(r"/tune/([0-9a-f]{32})")
# A tune takes up to a second, and many may be asked for at once.
_MOST_WAITING, _WAIT_SEC = 32, 5
# The name is made of the notes: what it leads to never changes.
_HEADERS = {"cache-control": "private, max-age=86400"}


class WrittenTunes:
    """The application `inner`, and tunes as they are written beside it."""

    def __init__(self, inner: Application, sounds: Sounds) -> None:
        self._inner = inner
        self._sounds = sounds
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        found = _ADDRESS.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None or scope["method"] != "GET":
            await self._inner(scope, receive, send)
            return
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import HTMLResponse, PlainTextResponse, Response

        answer: Response
        try:
            if self._waiting >= _MOST_WAITING:
                raise LaterError("too many tunes are being drawn; try again soon", _WAIT_SEC)
            self._waiting += 1
            try:
                async with self._turn:  # engraving is for one at a time
                    drawn = await run_in_threadpool(self._drawn, found[1])
            finally:
                self._waiting -= 1
            answer = HTMLResponse(drawn, headers=_HEADERS)
        except LaterError as error:
            wait = {"retry-after": str(error.wait_sec)}
            answer = PlainTextResponse(str(error), 503, headers=wait)
        except InputError as error:
            answer = PlainTextResponse(str(error), 404)
        await answer(scope, receive, send)

    def _drawn(self, name: str) -> str:
        offered = self._sounds.asked(name)
        if not isinstance(offered.music, Melody):
            raise InputError("this is no single tune")
        return whole_tune(offered.music, offered.tempo_bpm)
