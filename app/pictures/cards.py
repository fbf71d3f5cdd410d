"""Melodies -> the HTML card of the motif, and what all cards are made of.

Everything that comes from a file or a user is escaped here. The card of new music is in
`app.compose.take_card`.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from pathlib import Path
from urllib.parse import quote

from app.visitor.whole import DrawnBar, WholeTune
from mer.notes.drawing import ACCENT, FADED, escape, piano_roll
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.notes.meter import Meter

_PRIVATE = "Your own files are part of this; the address cannot reproduce it."


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


def hear_button(sound: str, name: str) -> str:
    """Return a small button that plays a sound which has no player of its own.

    Examples
    --------
    >>> 'aria-label="Play Reel, phrase 1"' in hear_button("sound/x", "Reel, phrase 1")
    True
    """
    return (
        f'<button type="button" class="hear" data-do="hear" data-sound="{escape(sound)}" '
        f'aria-pressed="false" aria-label="Play {escape(name)}"></button>'
    )


def stage(pictures: str, melody: Melody, tempo_bpm: float, *, ruler: str = "") -> str:
    """Return pictures of a melody, all of one width, that are played on (see `player.js`).

    Parameters
    ----------
    ruler
        What stands below the pictures: the numbers of the bars (see `ruler_of`).
    """
    second = TICKS_PER_QUARTER * tempo_bpm / 60  # in ticks
    meter = Meter.assumed(melody.meter)
    times = {
        "seconds": melody.end[-1] / second,
        # The sound begins with the first note.
        "lead": melody.onset[0] / second,
        "downbeat": melody.downbeat / second,
        "bar": melody.bar_ticks / second,
        "beat": meter.beat_ticks / second,
    }
    told = " ".join(f'data-{name}="{value:.4f}"' for name, value in times.items())
    bars = max(melody.bars, 1)
    return (
        f'<div class="stage-box"><div class="stage" style="--bars:{bars}" {told}>'
        '<div class="playable" tabindex="0" role="group" aria-label="Notes: the arrow keys go from '
        f'one to the next, Enter plays from there">{pictures}'
        '<div class="loop" aria-hidden="true"></div></div>'
        f'{ruler}<div class="cursor" aria-hidden="true"></div></div></div>'
    )


def ruler_of(
    bars: Sequence[DrawnBar],
    melody: Melody,
    *,
    label: str,
    verb: str,
    kind: str,
    pressed: Container[int],
) -> str:
    """Return a button for each bar, below a picture of the melody.

    Parameters
    ----------
    label
        What the buttons are for.
    verb
        What pressing one does, before the word "bar".
    kind
        Class name of a button.
    pressed
        Numbers of the bars that are chosen.
    """
    width = 100 / float(melody.end[-1])
    buttons = "".join(
        f'<button type="button" class="{kind}" data-bar="{bar.number}" '
        f'tabindex="{-1 if place else 0}" style="left:{bar.start_tick * width:.3f}%;'
        f'width:{(bar.end_tick - bar.start_tick) * width:.3f}%" '
        f'aria-pressed="{"true" if bar.number in pressed else "false"}" '
        f'aria-label="{verb} bar {bar.number}">{bar.number or "↗"}</button>'
        for place, bar in enumerate(bars)
    )
    return f'<div class="ruler" role="group" aria-label="{escape(label)}">{buttons}</div>'


def practice(melody: Melody) -> str:
    """Return the controls with which a card is practised with: speed, loop, count-in."""
    speeds = "".join(
        f'<option value="{speed / 100}">{speed}%</option>' for speed in range(100, 40, -10)
    )
    last = max(melody.bars, 1)
    return (
        '<div class="practice">'
        f'<label>Speed <select class="speed">{speeds}</select></label>'
        '<label>Loop bars <input type="text" class="loop-bars" inputmode="numeric" size="5" '
        f'placeholder="1-{last}" autocomplete="off"></label>'
        '<label><input type="checkbox" class="count-in"> Count-in</label></div>'
    )


def motif_card(
    tune: WholeTune,
    name: str,
    *,
    remarks: Sequence[str] = (),
    sound: str = "",
    score: str = "",
    tempo_bpm: float = 120.0,
) -> str:
    """Return the card of the user's motif: the tune that it is a passage of, the motif marked.

    Parameters
    ----------
    score
        The engraved score as HTML, if there is one.
    tempo_bpm
        Quarter notes a minute: what `sound` is played at.
    """
    melody = tune.melody
    facts = [f"{tune.notes} note{'s' if tune.notes > 1 else ''}"]
    if melody.meter is not None:
        facts.append(str(melody.meter))
    if melody.key is not None:
        facts.append(str(melody.key))
    if not tune.is_all:
        several = tune.first_bar != tune.last_bar
        bars = f"bars {tune.first_bar} to {tune.last_bar}" if several else f"bar {tune.first_bar}"
        if tune.first_bar == 0:
            bars = f"the upbeat to bar {tune.last_bar}" if several else "the upbeat"
        facts.insert(0, f"{bars} of {tune.bars[-1].number if not tune.hidden else 'many'}")
    picture = piano_roll(
        melody, label=f"Piano roll of {name}, {len(melody)} notes", colours=motif_colours(tune)
    )
    ruler = ruler_of(
        tune.bars,
        melody,
        label="Bars of the tune: press one, or drag over several, for another motif",
        verb="Motif from",
        kind="bar",
        pressed=range(tune.first_bar, tune.last_bar + 1),
    )
    return card(
        "motif",
        heading=escape(name),
        line=escape(" · ".join(facts)),
        body=stage(picture, melody, tempo_bpm, ruler=ruler if len(tune.bars) > 1 else "")
        + f'<div class="score-box" tabindex="0">{score}</div>' * bool(score)
        + player(sound, f"Play {name}")
        + practice(melody)
        + remark_list(remarks),
    )


def motif_colours(tune: WholeTune) -> list[str]:
    """Return a colour a note: the accent for those of the motif, grey for the rest of the tune."""
    last = tune.first_note + tune.notes
    return [ACCENT if tune.first_note <= note < last else FADED for note in range(len(tune.melody))]


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


def done_line(seconds: float, *, own: bool = False) -> str:
    """Return the status line after composing; `own` files cannot be part of a link."""
    return status_line(f"Done in {seconds:.1f} s", aside=_PRIVATE if own else "")


def status_line(text: str, share: float | None = None, *, aside: str = "") -> str:
    """Return the status line, with a bar while there is something to wait for.

    Examples
    --------
    >>> "track done" in status_line("Done"), "aside" in status_line("Done", aside="but")
    (True, True)
    """
    bar = (
        '<div class="track done"></div>'
        if share is None
        else f'<div class="track"><div class="bar" style="width:{100 * share:.0f}%"></div></div>'
    )
    more = f'<span class="aside">{escape(aside)}</span>' if aside else ""
    return f'<div class="status" role="status">{escape(text)}{more}{bar}</div>'
