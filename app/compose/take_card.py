"""A take of new music -> the HTML card that shows where each note came from, and what is new.

Everything that comes from a file or a user is escaped here. What the buttons do is in
`scripts/take.js`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from app.compose.links import Link
from app.compose.takes import Facts, Files, Take
from app.pictures.cards import address, player, practice, remark_list, ruler_of, stage
from app.sound.sounds import SMALL
from app.visitor.whole import bars_drawn
from generate.harmony.chords import Chord
from generate.piece.composition import MOTIF, Composition, Source
from mer.notes.arrays import Floats
from mer.notes.drawing import ACCENT, FADED, SOURCE_COLOURS, escape, piano_roll, svg
from mer.notes.melody import Melody
from mer.notes.names import counted, note_name, transposition_words

TitleOf = Callable[[str], tuple[str, str]]
# What fills the curve of surprise; few notes have more bits.
_TALLEST_BITS = 8.0
_DOWNLOADS = {
    "MIDI": "midi",
    "WAV": "wav",
    "MusicXML": "musicxml",
    "ABC": "abc",
    "Report": "report",
    "MIDI with my tracks": "joined",
}


@dataclass(frozen=True, kw_only=True)
class CardContents:
    """What the card of a take shows.

    Parameters
    ----------
    asked
        What the take was made from.
    take, facts, files
        The take, what there is to say about it, where it is kept.
    sound
        Where it is heard.
    heard_as
        What kind of file is played: one of `app.sound.sounds`.
    chords
        The chords under it, () for none.
    title_of
        Tune id -> title and collection.
    score
        The engraved score as HTML, if there is one.
    abc
        The text of its ABC file.
    share
        The address by which it can be sent to others; empty if it has none.
    remarks
        Sentences for the visitor.
    """

    asked: Link
    take: Take
    facts: Facts
    files: Files
    sound: str
    heard_as: str = SMALL
    chords: Sequence[Chord] = ()
    title_of: TitleOf
    score: str = ""
    abc: str = ""
    share: str = ""
    remarks: Sequence[str] = ()


def take_card(shown: CardContents, *, kept: Collection[int] = ()) -> str:
    """Return the card of a take.

    Parameters
    ----------
    kept
        Bars, from 1, that are marked as to be kept.
    """
    piece = shown.take.composition
    melody = piece.melody
    wishes, name = shown.asked.wishes, shown.take.title(shown.asked.motif.name)
    picture = piano_roll(
        melody,
        label=f"Piano roll of {name}, {len(melody)} notes, coloured by source",
        colours=note_colours(piece),
        hints=[
            f"{note_name(int(pitch))} · {_source_words(source, shown.title_of)}"
            for pitch, source in zip(melody.pitch, piece.sources, strict=True)
        ],
    )
    key = "" if melody.key is None else f" · {melody.key}"
    size = f"{counted(len(melody), 'note')} · {counted(melody.bars, 'bar')}"
    line = escape(f"{wishes.verb} · {size}{key}")
    curve = surprise_curve(melody, shown.facts.bits)
    ruler = ruler_of(
        bars_drawn(melody),
        melody,
        label="Bars to keep",
        verb="Keep",
        kind="lock",
        pressed=frozenset(kept),
    )
    pictures = stage(picture + curve, melody, wishes.tempo_bpm, ruler=ruler)
    body = (
        pictures
        + '<p class="hint">Click a note to play from there; rest on it to hear the tune that it '
        "comes from. Press the number of a bar to keep it.</p>"
        + f'<div class="heard"><button type="button" class="play" data-do="play" '
        f'aria-label="Play {escape(name)}"></button>'
        + player(_address(shown), f"Sound of {name}")
        + "</div>"
        + practice(melody)
        + shown.score
        + _chord_line(shown.chords)
        + _facts(shown.facts, melody)
        + _plan(piece, shown.chords)
        + legend(piece.sources, shown.title_of)
        + _again(shown.share)
        + _downloads(shown)
        + remark_list(shown.remarks)
    )
    return (
        f'<article class="card generated" role="tabpanel" aria-label="{escape(name)}" '
        f'data-take="{shown.take.number}"><h3>{escape(name)}</h3>'
        f'<p class="line">{line}</p>{body}</article>'
    )


def take_tabs(names: Sequence[str], run: str) -> str:
    """Return the tabs of takes, the first one chosen; nothing if there are none.

    Parameters
    ----------
    run
        Differs from one composing to the next: then the first take is opened again.

    Examples
    --------
    >>> take_tabs(["Take 1", "Take 2"], "a").count('role="tab"')
    2
    """
    if not names:
        return ""
    tabs = "".join(
        f'<button type="button" role="tab" data-place="{place}" tabindex="{-1 if place else 0}" '
        f'aria-selected="{"false" if place else "true"}">{escape(name)}</button>'
        for place, name in enumerate(names)
    )
    return (
        '<h2 class="takes-heading">New music</h2><div class="take-tabs" role="tablist" '
        f'aria-label="Takes" data-run="{escape(run)}">{tabs}</div>'
    )


def note_colours(piece: Composition) -> list[str]:
    """Return the colour of each note: that of the tune it came from."""
    colour_of = source_colours(piece.sources)
    return [colour_of.get(source.tune_id, FADED) for source in piece.sources]


def surprise_curve(melody: Melody, bits: Floats) -> str:
    """Return how many bits each note has as SVG, columns under a piano roll.

    Examples
    --------
    >>> tune = Melody(pitch=[69, 71], onset=[0, 480], duration=[480, 480])
    >>> surprise_curve(tune, np.array([1.0, 4.0])).count("<rect")
    2
    """
    scale = 1000.0 / float(melody.end[-1])
    height = np.clip(bits / _TALLEST_BITS, 0.02, 1.0) * 40.0
    bars = "".join(
        f'<rect x="{onset * scale:.2f}" y="{40 - tall:.2f}" '
        f'width="{max(length * scale - 1.5, 1):.2f}" height="{tall:.2f}">'
        f"<title>{bit:.1f} bits</title></rect>"
        for onset, length, tall, bit in zip(
            melody.onset, melody.duration, height.tolist(), bits.tolist(), strict=True
        )
    )
    label = f"Surprise of each note, {float(bits.mean()):.1f} bits on average"
    return svg(bars, kind="surprise", label=label, size=(1000, 40), fit="stretched")


def _facts(facts: Facts, melody: Melody) -> str:
    shared = "No run of notes is shared with any tune."
    if facts.run:
        notes = f"{facts.run} note{'s' if facts.run > 1 else ''}"
        shared = f"The longest run shared with any tune has {notes}"
        shared += f": notes {facts.begins + 1} to {facts.begins + facts.run}" * (facts.run > 1)
        shared += f", as in “{escape(facts.title)}”."
    if facts.human is not None:
        shared += f" {facts.human:.0%} of human tunes of this length share a longer one."
    peak = int(np.argmax(facts.bits))
    surprise = (
        f"{float(np.mean(facts.bits)):.1f} bits a note on average; {_place(melody, peak)} is the "
        f"least expected, with {float(facts.bits[peak]):.1f}. The grey columns under the roll "
        "show it."
    )
    plan = f"<dt>Plan</dt><dd>{escape(facts.plan)}.</dd>" if facts.plan else ""
    return (
        f'<dl class="facts">{plan}<dt>Originality</dt><dd>{shared}</dd>'
        f"<dt>Surprise</dt><dd>{surprise}</dd></dl>"
    )


def _plan(piece: Composition, chords: Sequence[Chord]) -> str:
    """Return the plan of a piece, bar by bar, to be opened; nothing if it has none."""
    from generate.report.plan_drawing import plan_drawing

    drawn = plan_drawing(piece, chords)
    if not drawn:
        return ""
    return (
        '<details class="plan"><summary>The plan, bar by bar</summary><div class="plan-box" '
        f'tabindex="0" role="group" aria-label="The plan, bar by bar">{drawn}</div></details>'
    )


def _place(melody: Melody, note: int) -> str:
    """Return a note, counted from 0, in words by which it is found.

    Examples
    --------
    >>> tune = Melody(pitch=[67, 69], onset=[0, 480], duration=[480, 480], downbeat=480)
    >>> _place(tune, 0), _place(tune, 1)
    ('the G4 in the upbeat (note 1)', 'the A4 in bar 1 (note 2)')
    """
    bar = (int(melody.onset[note]) - melody.downbeat) // melody.bar_ticks + 1
    where = f"bar {bar}" if bar > 0 else "the upbeat"
    return f"the {note_name(int(melody.pitch[note]))} in {where} (note {note + 1})"


def _chord_line(chords: Sequence[Chord]) -> str:
    if not chords:
        return ""
    from generate.harmony.arrangement import chord_line

    return f'<p class="chords"><span>Chords</span> {escape(chord_line(chords))}</p>'


def _address(shown: CardContents) -> str:
    """Return the address of what is played."""
    return shown.sound + (shown.heard_as if shown.sound and shown.heard_as != SMALL else "")


def _again(share: str) -> str:
    link = (
        f'<button type="button" data-do="link" data-link="{escape(share)}">Copy link</button>'
        if share
        else ""
    )
    return (
        '<div class="again"><div class="buttons"><button type="button" data-do="reroll">Re-roll '
        'the other bars</button><button type="button" data-do="reuse">Use as the next motif'
        f'</button><button type="button" data-do="check">Is it new?</button>{link}</div></div>'
    )


def _downloads(shown: CardContents) -> str:
    links = []
    for label, field in _DOWNLOADS.items():
        file = getattr(shown.files, field)
        if field == "joined" and not file.exists():
            continue
        place = f"{shown.sound}.wav" if field == "wav" else address(file)
        links.append(
            f'<a class="download" href="{place}" download="{escape(file.name)}" '
            f'data-kind="{field}"><span class="hidden">Download </span>{label}</a>'
        )
    abc = "&#10;".join(map(escape, shown.abc.split("\n")))
    copy = f'<button type="button" data-do="copy" data-text="{abc}">Copy ABC</button>'
    return (
        f'<p class="downloads"><span aria-hidden="true">Download</span>{"".join(links)}{copy}</p>'
    )


def source_colours(sources: Sequence[Source]) -> dict[str, str]:
    """Return the colour of each tune id: the most used tunes have one, the motif ("") the accent.

    Examples
    --------
    >>> source_colours([Source("motif", 0, 0), Source("corpus", 3, 0, "a1", 1)])
    {'': '#0f766e', 'a1': '#0072b2'}
    """
    counts = Counter(source.tune_id for source in sources if source.kind != MOTIF)
    ranked = [tune_id for tune_id, _ in counts.most_common(len(SOURCE_COLOURS))]
    return {"": ACCENT} | dict(zip(ranked, SOURCE_COLOURS, strict=False))


def legend(sources: Sequence[Source], title_of: TitleOf, *, motif: str = "Your motif") -> str:
    """Return the tunes that notes come from, with their colours, as HTML.

    Parameters
    ----------
    motif
        What the motif is called.
    """
    colour_of = source_colours(sources)
    counts = Counter(source.tune_id for source in sources)
    rows = []
    for tune_id, colour in colour_of.items():
        if counts[tune_id]:
            title, collection = (motif, "") if tune_id == "" else title_of(tune_id)
            rows.append(_legend_row(colour, title or "Untitled", collection, counts.pop(tune_id)))
    counts.pop("", None)
    if counts:
        rows.append(
            _legend_row(
                FADED,
                f"{len(counts)} other tune{'' if len(counts) == 1 else 's'}",
                "",
                sum(counts.values()),
            )
        )
    return f'<ul class="legend">{"".join(rows)}</ul>'


def _legend_row(colour: str, title: str, collection: str, notes: int) -> str:
    where = f' <span class="subdued">{escape(collection)}</span>' if collection else ""
    kind = "swatch accent" if colour == ACCENT else "swatch"
    plural = "" if notes == 1 else "s"
    return (
        f'<li><span class="{kind}" style="background:{colour}"></span>'
        f'<span>{escape(title)}{where}</span><span class="count">{notes} note{plural}</span></li>'
    )


def _source_words(source: Source, title_of: TitleOf) -> str:
    if source.kind == MOTIF:
        place = f"your motif, note {source.note + 1}"
    else:
        place = f"{title_of(source.tune_id)[0] or 'Untitled'}, phrase {source.phrase}"
    moved = f", {transposition_words(source.transposition)}" if source.transposition else ""
    operators = f" ({', '.join(source.operators)})" if source.operators else ""
    return place + moved + operators
