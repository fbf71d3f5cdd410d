"""A synopsis -> HTML: the picture, the line that the variants share, and each of them to be heard.

Everything that comes from a file or a user is escaped here.
"""

from __future__ import annotations

from app.corpora.newness.check_cards import Heard
from app.pictures.cards import card, player, practice, stage
from mer.alignment.multiple import GAP
from mer.errors import InputError
from mer.notes.drawing import escape, piano_roll
from mer.notes.names import counted, transposition_words
from mer.search.sharing.synopsis import Synopsis


def variants_section(found: Synopsis, picture: str, heard: Heard, place: str) -> str:
    """Return variants side by side, as HTML.

    Parameters
    ----------
    picture
        The variants note under note, as SVG.
    heard
        Makes a melody to be heard.
    place
        The address of the picture as a file.
    """
    title = found.variants[0].title or "a tune without a title"
    if len(found.variants) == 1:
        return (
            f'<section class="results" role="status"><h2>Variants of {escape(title)}</h2>'
            '<p class="empty">No other tune here has most of its notes.</p></section>'
        )
    rows = "".join(_row(found, row, heard) for row in range(len(found.variants)))
    return (
        f'<section class="results" role="status"><h2>Variants of {escape(title)}</h2>'
        '<p class="lead">Note under note, and the line that most of them have.</p>'
        f'<div class="card synopsis" tabindex="0" role="group" aria-label="Variants note under '
        f'note">{picture}</div>'
        f'<p class="downloads"><span aria-hidden="true">Download</span><a class="download" '
        f'href="{escape(place)}" download="variants.svg"><span class="hidden">Download </span>SVG'
        f"</a></p>{_consensus(found, heard)}"
        '<p class="lead rows-lead">The tunes, each heard in the key of the first.</p>'
        f'<ul class="variants">{rows}</ul></section>'
    )


def _consensus(found: Synopsis, heard: Heard) -> str:
    try:
        line = found.consensus()
    except InputError as error:
        return f'<p class="empty">{escape(str(error))}</p>'
    sound, tempo_bpm = heard(line)
    picture = piano_roll(line, label=f"Piano roll of the consensus, {len(line)} notes")
    return card(
        "consensus",
        heading="What most of them have",
        line=f"{counted(len(line), 'note')}; {found.stability:.0%} of the variants have the usual "
        "note, on average",
        body=stage(picture, line, tempo_bpm) + player(sound, "Play the consensus") + practice(line),
    )


def _row(found: Synopsis, row: int, heard: Heard) -> str:
    tune, shift = found.variants[row], found.transpositions[row]
    pitch = found.pitch[row]
    here = [one for one in range(len(pitch)) if pitch[one] != GAP and found.columns[one].is_common]
    common = sum(column.is_common for column in found.columns)
    same = sum(int(pitch[one] == found.columns[one].pitch) for one in here)
    moved = tune.melody.pitch - shift
    fits = moved.min() >= 0 and moved.max() <= 127
    sound, _ = heard(tune.melody.transpose(-shift) if fits else tune.melody)
    title = tune.title or "Untitled"
    where = tune.collection or "yours"
    facts = f"{where} · {transposition_words(shift)} there" if row else f"{where} · the first"
    return (
        f'<li class="card"><h3>{escape(title)}</h3><p class="line">{escape(facts)} · has {same} of '
        f"the {counted(common, 'common note')}</p>"
        f"{player(sound, f'Play variant {row + 1}, {title}')}</li>"
    )
