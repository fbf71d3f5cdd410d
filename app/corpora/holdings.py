"""A corpus -> the HTML that tells what is in it: collections, licences, histograms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from app.pictures.bars import column_chart, row_chart
from app.pictures.sources import Noted, source_of
from app.visitor.library import Shelf
from mer.corpus.corpus import Corpus
from mer.notes.drawing import escape
from mer.notes.key import MODES
from mer.notes.names import note_name

_LONGEST_SHOWN = 30  # notes of a phrase; longer ones share the last bar
_METRES_SHOWN = 8
_PROBLEMS_SHOWN = 8


def overview(corpus: Corpus, noted: Noted) -> str:
    """Return the whole page about a corpus as HTML.

    Parameters
    ----------
    noted
        Title of a collection -> its entry in the manifest.
    """
    phrases, notes = corpus.n_phrases, len(corpus.tunes.pitch)
    figures = "".join(
        f"<div><dt>{name}</dt><dd>{count:,}</dd></div>"
        for name, count in (
            ("collections", len(corpus.collections)),
            ("tunes", len(corpus)),
            ("phrases", phrases),
            ("notes", notes),
        )
    )
    return (
        f'<section class="results holdings"><h2>What is in it</h2>'
        f'<dl class="figures">{figures}</dl>'
        f"{_collections(corpus, noted)}</section>"
        f'<section class="results holdings"><h2>How it is made up</h2>'
        f'<div class="charts">{_charts(corpus)}</div></section>'
    )


def _collections(corpus: Corpus, noted: Noted) -> str:
    rows = []
    codes = corpus.texts["collection"]
    tunes = np.bincount(codes, minlength=len(corpus.collections))
    phrases = np.bincount(codes[corpus.phrase_tune], minlength=len(corpus.collections))
    notes = np.bincount(codes, corpus.tunes.lengths, minlength=len(corpus.collections))
    for code in np.argsort(-tunes, kind="stable").tolist():
        title = corpus.collections[code]
        source = source_of(title, noted)
        encoders = f" Transcription: {source.encoders}." if source.encoders else ""
        counts = " · ".join(
            _plural(int(count), what)
            for count, what in (
                (tunes[code], "tune"),
                (phrases[code], "phrase"),
                (notes[code], "note"),
            )
        )
        rows.append(
            f'<li class="card"><h3>{escape(title)}</h3><p class="line">{escape(counts)}</p>'
            f"<p>{escape(source.book)}</p>"
            "<details><summary>Licence</summary>"
            f"<p>{escape(source.licence + encoders)}</p></details>"
            "</li>"
        )
    return f'<ul class="collections">{"".join(rows)}</ul>'


def _charts(corpus: Corpus) -> str:
    tunes, lengths = corpus.tunes, corpus.columns("phrase").lengths
    clipped = np.bincount(np.minimum(lengths, _LONGEST_SHOWN), minlength=_LONGEST_SHOWN + 1)
    first = int(np.flatnonzero(clipped)[0])
    names = [str(n) for n in range(first, _LONGEST_SHOWN)] + [f"{_LONGEST_SHOWN}+"]
    pitches = np.bincount(tunes.pitch)
    low = int(np.flatnonzero(pitches)[0])
    metres = Counter(f"{a}/{b}" if b else "unknown" for a, b in tunes.meter.tolist())
    modes = Counter(MODES[code] if code >= 0 else "unknown" for code in tunes.mode.tolist())
    median = int(np.median(lengths))
    charts = (
        (
            "Notes in a phrase",
            column_chart(
                names,
                clipped[first:].tolist(),
                label=f"Phrases by number of notes; half have {median} or fewer",
            ),
        ),
        (
            "Pitches, by number of notes",
            column_chart(
                [note_name(p) for p in range(low, len(pitches))],
                pitches[low:].tolist(),
                label=f"Notes by pitch, from {note_name(low)} to {note_name(len(pitches) - 1)}",
            ),
        ),
        ("Tunes by metre", _counted(metres, "Tunes by metre")),
        ("Tunes by mode", _counted(modes, "Tunes by mode")),
    )
    return "".join(
        f'<figure class="card"><figcaption>{escape(name)}</figcaption>{picture}</figure>'
        for name, picture in charts
    )


def _counted(counts: Counter[str], label: str) -> str:
    ranked = counts.most_common(_METRES_SHOWN)
    rest = sum(counts.values()) - sum(count for _, count in ranked)
    if rest:
        ranked.append(("other", rest))
    told = ", ".join(f"{name} {count}" for name, count in ranked)
    return row_chart([n for n, _ in ranked], [c for _, c in ranked], label=f"{label}: {told}")


def shelf_words(shelf: Shelf | None) -> str:
    """Return what there is to say about a visitor's own files, as HTML."""
    if shelf is None:
        return (
            '<p class="empty">No files of your own yet. What you add is searched by this visit '
            "only, and is removed when you leave the page.</p>"
        )
    tunes, phrases = _plural(len(shelf.tune_ids), "tune"), _plural(shelf.phrases, "phrase")
    where = (
        "All pages now search these alone."
        if shelf.alone
        else "All pages now search these beside the shipped tunes."
    )
    return (
        f'<div class="card" role="status"><h3>{tunes} of your own, {phrases}</h3>'
        f'<p class="line">{where}</p>{_problems(shelf.problems)}</div>'
    )


def _plural(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _problems(problems: Sequence[str]) -> str:
    if not problems:
        return ""
    shown = list(problems[:_PROBLEMS_SHOWN])
    if len(problems) > len(shown):
        shown.append(f"and {len(problems) - len(shown)} more")
    items = "".join(f"<li>{escape(problem)}</li>" for problem in shown)
    return f'<p class="line">Not everything could be read:</p><ul class="remarks">{items}</ul>'
