"""The address of a sound -> the sound: an ASGI application around the page's own.

``/sound/NAME`` is what was offered under that name, ``/sound/NAME.wav`` the same uncompressed, and
``/sound/NAME/7`` the tune that its note 7 comes from (see `app.sound.sounds`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from app.serve.gate import Application, Receive, Scope, Send
from app.sound.sounds import Sounds
from mer.errors import InputError

_ADDRESS = re.compile(r"/sound/([0-9a-f]{32})(?:/(\d{1,5})|(\.wav))?")
_KINDS: Mapping[str, str] = MappingProxyType({".mp3": "audio/mpeg", ".wav": "audio/wav"})
# The name is made of the notes: what it leads to never changes.
_HEADERS = {"cache-control": "private, max-age=86400, immutable"}


class Sounding:
    """The application `inner`, and sounds beside it."""

    def __init__(self, inner: Application, sounds: Sounds) -> None:
        self._inner = inner
        self._sounds = sounds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        found = _ADDRESS.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None or scope["method"] not in ("GET", "HEAD"):
            await self._inner(scope, receive, send)
            return
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import FileResponse, PlainTextResponse, Response

        name, note, wav = found.groups()
        answer: Response
        try:
            if wav:
                content = await run_in_threadpool(self._sounds.wav, name)
                answer = Response(content, media_type=_KINDS[wav], headers=_HEADERS)
            else:
                number = None if note is None else int(note)
                path = await run_in_threadpool(self._sounds.file, name, number)
                # It answers requests for a part, too: players go back and forth with them.
                answer = FileResponse(path, media_type=_KINDS[path.suffix], headers=_HEADERS)
        except InputError as error:
            answer = PlainTextResponse(str(error), 404)
        await answer(scope, receive, send)
