"""The address of a sound -> the sound: an ASGI application around the page's own.

``/sound/NAME`` is what was offered under that name, ``/sound/NAME.flac`` the same, sooner there and
larger, ``/sound/NAME.wav`` the same uncompressed, and ``/sound/NAME/7`` the tune that its note 7
comes from (see `app.sound.sounds`). ``/sound/key/73/60`` is a key of the screen piano, of pitch 60
on instrument 73 (see `app.sound.keys`); ``/sound/phrase/7`` is phrase 7 of the shipped corpus.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from app.serve.gate import Application, Receive, Scope, Send
from app.sound.keys import struck_key
from app.sound.sounds import QUICK, SMALL, WHOLE, Offer, Sounds, alone, ending
from app.visitor.limits import LaterError
from mer.errors import InputError
from mer.search.index import PhraseIndex

_ADDRESS = re.compile(r"/sound/([0-9a-f]{32})(?:/(\d{1,5})|(\.wav|\.flac))?")
_KEY = re.compile(r"/sound/(?:key/(\d{1,3})/(\d{1,3})|phrase/(\d{1,9}))")
_KINDS: Mapping[str, str] = MappingProxyType(
    {SMALL: "audio/mpeg", QUICK: "audio/flac", WHOLE: "audio/wav"}
)
# The name is made of the notes: what it leads to never changes.
_HEADERS = {"cache-control": "private, max-age=86400, immutable"}


class Sounding:
    """The application `inner`, and sounds beside it.

    Parameters
    ----------
    index
        The phrases that can be heard by their numbers; None for none.
    """

    def __init__(
        self, inner: Application, sounds: Sounds, index: PhraseIndex | None = None
    ) -> None:
        self._inner = inner
        self._sounds = sounds
        self._index = index

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        path = scope["path"] if scope["type"] == "http" else ""
        key, found = _KEY.fullmatch(path), _ADDRESS.fullmatch(path)
        if (key is None and found is None) or scope["method"] not in ("GET", "HEAD"):
            await self._inner(scope, receive, send)
            return
        from starlette.responses import FileResponse, PlainTextResponse, Response

        answer: Response
        try:
            if key is None:
                assert found is not None
                name, note, wanted = found.groups()
                offer = self._sounds.asked(name, None if note is None else int(note))
            else:
                wanted, offer = None, self._numbered(key)
            kind = wanted or SMALL
            if scope["method"] == "HEAD":
                answer = Response(headers=_HEADERS, media_type=_KINDS[ending(kind)])
                del answer.headers["content-length"]  # not known before it is made
            else:
                path, stat = await self._opened(offer, kind)
                # It answers requests for a part, too: players go back and forth with them.
                answer = FileResponse(
                    path, media_type=_KINDS[path.suffix], headers=_HEADERS, stat_result=stat
                )
        except LaterError as error:
            wait = {"retry-after": str(error.wait_sec)}
            answer = PlainTextResponse(str(error), 503, headers=wait)
        except InputError as error:
            answer = PlainTextResponse(str(error), 404)
        await answer(scope, receive, send)

    def _numbered(self, asked: re.Match[str]) -> Offer:
        """Return what a key of the piano, or a phrase, sounds like.

        There are many of them: none is offered, where it would push out what visitors are shown.
        """
        program, pitch, phrase = asked.groups()
        if phrase is None:
            return struck_key(int(program), int(pitch))
        if self._index is None or int(phrase) >= len(self._index):
            raise InputError(f"there is no phrase {phrase} here")
        return alone(self._index.phrase(int(phrase)).melody)

    async def _opened(self, offer: Offer, kind: str) -> tuple[Path, os.stat_result]:
        """Return the file of a sound and what is known of it; nobody's thread waits for it."""
        for _ in range(2):
            made = asyncio.wrap_future(self._sounds.making_of(offer, kind=kind))
            # Others may wait for the same one: it is made even if this one leaves.
            path = await asyncio.shield(made)
            with suppress(FileNotFoundError):  # made room for another, just now
                return path, path.stat()
        raise LaterError("too many sounds are being made; try again soon", 5, busy=True)
