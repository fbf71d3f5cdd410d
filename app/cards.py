"""Melodies, matches and compositions -> the HTML cards that the page shows.

Everything that comes from a file or a user is escaped here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

from generate.composition import MOTIF, Composition, Source
from mer.drawing import ACCENT, FADED, alignment_picture, escape, piano_roll, same_notes
from mer.match import Match
from mer.melody import Melody
from mer.naming import note_name, transposition_words

TitleOf = Callable[[str], tuple[str, str]]
# Okabe and Ito (2008), told apart by colour-blind eyes; black is left out because of dark mode, and
# green because it is too near the accent colour.
SOURCE_COLOURS = ("#0072b2", "#e69f00", "#cc79a7", "#56b4e9", "#d55e00")


def player(sound: Path | None, label: str) -> str:
    """Return an audio player for a served file; without a file, a place of the same height."""
    if sound is None:
        return '<div class="player waiting" aria-hidden="true"></div>'
    # A relative address, so that the page also works below a path of another server.
    return (
        f'<audio class="player" controls preload="metadata" aria-label="{escape(label)}" '
        f'src="gradio_api/file={quote(str(sound))}"></audio>'
    )


def motif_card(
    melody: Melody, name: str, *, remarks: Sequence[str] = (), sound: Path | None = None
) -> str:
    """Return the card of the user's motif."""
    facts = [f"{len(melody)} note{'s' if len(melody) > 1 else ''}"]
    if melody.meter is not None:
        facts.append(f"{melody.meter[0]}/{melody.meter[1]}")
    if melody.key is not None:
        facts.append(str(melody.key))
    picture = piano_roll(melody, label=f"Piano roll of {name}, {facts[0]}")
    return _card(
        "motif",
        heading=escape(name),
        line=escape(" · ".join(facts)),
        body=picture + player(sound, f"Play {name}") + _remarks(remarks),
    )


def neighbour_card(motif: Melody, match: Match, *, rank: int, sound: Path | None = None) -> str:
    """Return the card of one phrase that was found: why it matches, and how it sounds."""
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
    badge = f'<span class="similarity" title="similarity">{percent}%</span>'
    return _card(
        "neighbour",
        heading=f'<span class="rank">{rank}</span>{escape(title)}{badge}',
        line=f"{escape(where)}<br>{words}, {transposition_words(match.transposition)}",
        body=f'<div class="lanes"><span>your motif</span>{picture}<span>this phrase</span></div>'
        + player(sound, f"Play phrase {phrase.number} of {title}"),
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


def result_card(
    composition: Composition,
    title_of: TitleOf,
    *,
    name: str,
    method: str,
    sound: Path | None = None,
    remarks: Sequence[str] = (),
) -> str:
    """Return the section of the generated music: notes coloured by the tune they came from.

    Parameters
    ----------
    title_of
        Tune id -> title and collection.
    """
    colour_of = source_colours(composition.sources)
    melody = composition.melody
    picture = piano_roll(
        melody,
        label=f"Piano roll of {name}, {len(melody)} notes, coloured by source",
        colours=[colour_of.get(source.tune_id, FADED) for source in composition.sources],
        hints=[
            f"{note_name(int(pitch))} · {_source_words(source, title_of)}"
            for pitch, source in zip(melody.pitch, composition.sources, strict=True)
        ],
    )
    key = "" if melody.key is None else f" · {melody.key}"
    body = picture + player(sound, f"Play {name}") + _legend(composition.sources, title_of)
    card = _card(
        "generated",
        heading=escape(name),
        line=escape(f"{method} · {len(melody)} notes · {melody.bars} bars{key}"),
        body=body + _remarks(remarks),
    )
    lead = '<p class="lead">Each note has the colour of the tune it came from.</p>'
    return f'<section class="results"><h2>New music</h2>{lead}{card}</section>'


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


def _legend(sources: Sequence[Source], title_of: TitleOf) -> str:
    colour_of = source_colours(sources)
    counts = Counter(source.tune_id for source in sources)
    rows = []
    for tune_id, colour in colour_of.items():
        if counts[tune_id]:
            title, collection = ("Your motif", "") if tune_id == "" else title_of(tune_id)
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


def _card(kind: str, *, heading: str, line: str, body: str) -> str:
    # `heading`, `line` and `body` are HTML already.
    return (
        f'<article class="card {kind}"><h3>{heading}</h3><p class="line">{line}</p>{body}</article>'
    )


def _remarks(remarks: Sequence[str]) -> str:
    if not remarks:
        return ""
    items = "".join(f"<li>{escape(remark)}</li>" for remark in remarks)
    return f'<ul class="remarks">{items}</ul>'
