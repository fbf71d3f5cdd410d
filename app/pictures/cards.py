"""Melodies and matches -> the HTML cards of the motif and of the phrases that were found.

Everything that comes from a file or a user is escaped here. The card of new music is in
`app.compose.take_card`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from mer.notes.drawing import alignment_picture, escape, piano_roll, same_notes
from mer.notes.melody import Melody
from mer.notes.names import transposition_words
from mer.search.match import Match


def address(file: Path) -> str:
    """Return where a file of a visitor is served, relative to the page."""
    # A relative address, so that the page also works below a path of another server.
    return f"gradio_api/file={quote(str(file))}"


def player(sound: str, label: str) -> str:
    """Return an audio player for an address; without one, a place of the same height."""
    if not sound:
        return '<div class="player waiting" aria-hidden="true"></div>'
    return (
        f'<audio class="player" controls preload="none" aria-label="{escape(label)}" '
        f'src="{escape(sound)}"></audio>'
    )


def stage(pictures: str, melody: Melody, tempo_bpm: float) -> str:
    """Return pictures of a melody, all of one width, over which a cursor moves as it is played."""
    seconds = float(melody.end[-1]) / 480 * 60 / tempo_bpm
    return (
        f'<div class="stage" data-seconds="{seconds:.4f}">{pictures}'
        '<div class="cursor" aria-hidden="true"></div></div>'
    )


def motif_card(
    melody: Melody,
    name: str,
    *,
    remarks: Sequence[str] = (),
    sound: str = "",
    score: str = "",
    tempo_bpm: float = 120.0,
) -> str:
    """Return the card of the user's motif.

    Parameters
    ----------
    score
        The engraved score as HTML, if there is one.
    tempo_bpm
        Quarter notes a minute: what `sound` is played at.
    """
    facts = [f"{len(melody)} note{'s' if len(melody) > 1 else ''}"]
    if melody.meter is not None:
        facts.append(str(melody.meter))
    if melody.key is not None:
        facts.append(str(melody.key))
    picture = piano_roll(melody, label=f"Piano roll of {name}, {facts[0]}")
    return card(
        "motif",
        heading=escape(name),
        line=escape(" · ".join(facts)),
        body=stage(picture, melody, tempo_bpm)
        + score
        + player(sound, f"Play {name}")
        + remark_list(remarks),
    )


def neighbour_card(motif: Melody, match: Match, *, rank: int, sound: str = "") -> str:
    """Return the card of one phrase that was found: why it matches, and how it sounds.

    The cards fold, and one is open at a time: the first to begin with.
    """
    phrase = match.phrase
    title = phrase.title or "Untitled"
    percent = round(100 * match.similarity)
    same = same_notes(motif, phrase.melody, match.pairs, match.transposition)
    words = f"{len(same)} of {len(motif)} notes are the same"
    picture = alignment_picture(
        motif,
        phrase.melody,
        match.pairs,
        transposition=match.transposition,
        label=f"Your motif above phrase {phrase.number} of {title}: {words}",
    )
    where = f"{phrase.collection} · phrase {phrase.number}"
    summary = (
        f'<span class="rank">{rank}</span><span class="what"><strong>{escape(title)}</strong>'
        f'<span class="line">{escape(where)}</span></span>'
        f'<span class="similarity"><span class="hidden">similarity </span>{percent}%</span>'
    )
    return (
        f'<details class="card neighbour" name="neighbour"{" open" if rank == 1 else ""}>'
        f"<summary>{summary}</summary>"
        f'<p class="line">{words}, {transposition_words(match.transposition)}</p>'
        f'<div class="lanes"><span>your motif</span>{picture}<span>this phrase</span></div>'
        f"{player(sound, f'Play phrase {phrase.number} of {title}')}</details>"
    )


def neighbour_list(cards: Sequence[str], phrases: int) -> str:
    """Return the section of all neighbours."""
    lead = (
        f"The closest of {phrases:,} phrases. Lines join the notes that are the same, "
        "dashed lines those that were changed."
    )
    return (
        f'<section class="results"><h2>Nearest phrases</h2><p class="lead">{lead}</p>'
        f"{''.join(cards)}</section>"
    )


def card(kind: str, *, heading: str, line: str, body: str) -> str:
    """Return a card; `heading`, `line` and `body` are HTML already."""
    return (
        f'<article class="card {kind}"><h3>{heading}</h3><p class="line">{line}</p>{body}</article>'
    )


def remark_list(remarks: Sequence[str]) -> str:
    """Return sentences for the visitor as a list; nothing if there are none."""
    if not remarks:
        return ""
    items = "".join(f"<li>{escape(remark)}</li>" for remark in remarks)
    return f'<ul class="remarks">{items}</ul>'
