"""A take that was sent to somebody -> the page that plays it, light enough for any phone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from app.pictures.cards import player, practice, stage
from app.pictures.preview import SIZE, preview
from app.style.assets import asset
from app.style.words import TITLE
from mer.notes.drawing import escape
from mer.notes.melody import Melody

_PLACE = re.compile(r"@(title|description|tags|style|scripts|body)\b")


@dataclass(frozen=True, kw_only=True)
class SentTake:
    """What the page shows.

    Parameters
    ----------
    title
        What the take is called.
    line
        What it was made of, and how long it is.
    melody
        Its notes.
    roll
        Its piano roll, as SVG.
    colours
        The colour of each note.
    legend
        The tunes that it comes from, as HTML.
    tunes
        Their names, the motif first.
    tempo_bpm
        Quarter notes a minute.
    sound
        Where it is heard.
    query
        What leads to the same music on the first page.
    """

    title: str
    line: str
    melody: Melody
    roll: str
    colours: Sequence[str]
    legend: str
    tunes: Sequence[str]
    tempo_bpm: float
    sound: str
    query: str

    @cached_property
    def picture(self) -> bytes:
        """Its piano roll as PNG, drawn once."""
        return preview(self.melody, self.title, colours=self.colours, line=self.description)

    @property
    def description(self) -> str:
        """A sentence for those who have not opened the link yet."""
        motif, *others = self.tunes
        if not others:
            return f"New music from “{motif}”. Press play to hear it."
        named = ", ".join(f"“{title}”" for title in others[:3])
        return f"New music from “{motif}” and {named}. Press play to hear it."


def shared_page(shared: SentTake, address: str, code: str) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    address
        Of the server, without a stroke at the end.
    code
        Of the link.
    """
    told = {
        "og:title": f"{shared.title} – {TITLE}",
        "og:description": shared.description,
        "og:type": "music.song",
        "og:site_name": TITLE,
        "og:url": f"{address}/t/{code}",
        "og:image": f"{address}/t/{code}.png",
        "og:image:width": str(SIZE[0]),
        "og:image:height": str(SIZE[1]),
        "og:image:alt": f"Piano roll of {shared.title}, coloured by the tunes it comes from",
    }
    tags = "\n".join(
        f'<meta property="{name}" content="{escape(text)}">' for name, text in told.items()
    )
    pictures = stage(shared.roll, shared.melody, shared.tempo_bpm)
    name = escape(shared.title)
    body = (
        f'<article class="card generated"><h1>{name}</h1><p class="line">{escape(shared.line)}</p>'
        f'<button type="button" class="play" data-do="play" aria-label="Play {name}"></button>'
        f"{pictures}"
        '<p class="hint">Click a note to play from there.</p>'
        f"{player(shared.sound, f'Sound of {shared.title}')}{practice(shared.melody)}"
        f"<h2>Where its notes come from</h2>{shared.legend}"
        f'<p class="own"><a class="make" href="./?{escape(shared.query)}">Make your own from this'
        "</a></p></article>"
    )
    scripts = (asset("pictures/scripts/player.js"), asset("pictures/scripts/playable.js"))
    return _filled(
        title=escape(f"{shared.title} – {TITLE}"),
        description=escape(shared.description),
        tags=tags,
        body=body,
        scripts="\n".join(f"<script>\n{script}</script>" for script in scripts),
    )


def missing_page(why: str, heading: str = "This link leads nowhere") -> str:
    """Return the page that is shown where a link leads to nothing, or to nothing yet."""
    body = (
        f'<article class="card"><h1>{escape(heading)}</h1><p class="line">{escape(why)}</p>'
        '<p class="own"><a class="make" href="./">Make new music</a></p></article>'
    )
    return _filled(title=escape(TITLE), description=escape(TITLE), tags="", body=body, scripts="")


def _filled(**texts: str) -> str:
    """Return the page with markup in its places, each filled once."""
    texts["style"] = asset("share/player.css")
    return _PLACE.sub(lambda place: texts[place[1]], asset("share/player.html"))
