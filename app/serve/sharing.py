"""The address of a take that was sent to somebody -> the page that plays it, and its picture.

An ASGI application around the page's own: ``/t/CODE`` is the page, ``/t/CODE.png`` the picture
that is shown where the link is mentioned (see `app.share`).
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from types import MappingProxyType

from app.compose import takes as actions
from app.compose.links import Link, read_link
from app.compose.take_card import legend, note_colours
from app.compose.visits import Visits
from app.serve.front import address_of
from app.serve.gate import Application, Receive, Scope, Send
from app.share.page import SentTake, missing_page, shared_page
from app.sound.sounds import SMALL, Cited, Offer
from app.visitor.codes import query_of
from app.visitor.limits import LaterError
from mer.errors import InputError
from mer.notes.drawing import piano_roll
from mer.notes.names import counted

_ADDRESS = re.compile(r"/t/([0-9A-Za-z_-]{2,8000})(\.png)?")
_KEPT = 100
_MOST_WAITING, _WAIT_SEC = 16, 10
# A page names the address that was asked: nobody else may be shown it.
_HEADERS: Mapping[str, str] = MappingProxyType({"cache-control": "private, no-cache"})


class Shares:
    """Takes that were sent, made once and kept for a while.

    Parameters
    ----------
    visits
        Makes them.
    """

    def __init__(self, visits: Visits) -> None:
        self._visits = visits
        self._made: OrderedDict[str, tuple[SentTake, Offer, Cited]] = OrderedDict()
        self._lock = threading.Lock()

    def kept(self, code: str) -> SentTake | None:
        """Return what a code leads to if it was made lately; this takes no time."""
        with self._lock:
            if code not in self._made:
                return None
            self._made.move_to_end(code)
            shared, heard, cited = self._made[code]
        # The page may be asked for long after it was made.
        self._visits.sounds.offer(heard, cited)
        return shared

    def made(self, code: str, caller: str) -> SentTake:
        """Return what a code leads to; it takes seconds to make.

        Parameters
        ----------
        caller
            Where the request comes from; it may not ask for too many.

        Raises
        ------
        InputError
            If it leads to nothing.
        LaterError
            If there were too many requests.
        """
        shared = self.kept(code)
        if shared is not None:
            return shared
        link = read_link(query_of(code), self._visits.examples)
        if link is None:
            raise InputError("the link names no motif")
        self._visits.sessions.turns.take(f"link {caller}", caller)
        made = self._make(link)
        with self._lock:
            self._made[code] = made
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return made[0]

    def _make(self, link: Link) -> tuple[SentTake, Offer, Cited]:
        """Return what a link leads to, what is heard there, and the tunes that its notes cite."""
        wishes = link.wishes
        brief = actions.brief_of(link, self._visits.index)
        take = actions.grow(brief, wishes.take)
        for reroll in link.rerolls:
            if reroll.number == take.number:
                take = actions.regrow(take, reroll.keep, brief)
        piece = take.composition
        titles = actions.cited_titles(brief.corpus, piece, brief.matches)
        colours = note_colours(piece)
        title = take.title(link.motif.name)
        key = "" if piece.melody.key is None else f" · {piece.melody.key}"
        cited = dict.fromkeys(source.tune_id for source in piece.sources if source.tune_id)
        heard = actions.offered(actions.arranged(take, link, brief), wishes)
        cited_by = actions.cited_by(take, brief)
        shared = SentTake(
            title=title,
            line=f"{wishes.verb} · {counted(piece.melody.bars, 'bar')}{key}",
            melody=piece.melody,
            roll=piano_roll(piece.melody, label=f"Piano roll of {title}", colours=colours),
            colours=colours,
            legend=legend(piece.sources, titles.__getitem__, motif=link.motif.name),
            tunes=(link.motif.name, *(titles[tune][0] or "Untitled" for tune in cited)),
            tempo_bpm=wishes.tempo_bpm,
            sound=self._visits.sounds.offer(heard, cited_by, soon=SMALL),
            query=actions.link_of(take, link),
        )
        return shared, heard, cited_by


class Sharing:
    """The application `inner`, and the pages of takes that were sent beside it.

    Parameters
    ----------
    inner
        The application whose page is shown.
    shares
        Knows what a link leads to; None where visitors must give a password first: then the links
        lead to the first page, which asks for it.
    """

    def __init__(self, inner: Application, shares: Shares | None) -> None:
        self._inner = inner
        self._shares = shares
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        found = _ADDRESS.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None or scope["method"] not in ("GET", "HEAD"):
            await self._inner(scope, receive, send)
            return
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import HTMLResponse, RedirectResponse, Response

        code, picture = found.groups()
        client = scope.get("client") or ("unknown", 0)
        answer: Response
        try:
            if self._shares is None:
                answer = RedirectResponse(f"../?{query_of(code)}")
            else:
                shared = self._shares.kept(code) or await self._made(self._shares, code, client[0])
                if picture:
                    drawn = await run_in_threadpool(lambda: shared.picture)
                    told = {"cache-control": "public, max-age=3600"}
                    answer = Response(drawn, media_type="image/png", headers=told)
                else:
                    page = shared_page(shared, address_of(scope), code)
                    answer = HTMLResponse(page, headers=_HEADERS)
        except LaterError as error:
            told = {**_HEADERS, "retry-after": str(error.wait_sec)}
            page = missing_page(f"Too many takes are asked for: {error}.", "Wait a moment")
            answer = HTMLResponse(page, 503 if error.busy else 429, headers=told)
        except InputError as error:
            answer = HTMLResponse(missing_page(str(error)), 404, headers=_HEADERS)
        await answer(scope, receive, send)

    async def _made(self, shares: Shares, code: str, caller: str) -> SentTake:
        """Return what a code leads to; one is made at a time, and who waits holds no thread."""
        from starlette.concurrency import run_in_threadpool

        if self._waiting >= _MOST_WAITING:
            raise LaterError("others come first; try again soon", _WAIT_SEC, busy=True)
        self._waiting += 1
        try:
            async with self._turn:
                return await run_in_threadpool(shares.made, code, caller)
        finally:
            self._waiting -= 1
