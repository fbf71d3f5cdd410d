"""A synopsis -> text and a picture: variants note under note, and the line that they share.

Many columns in a row that only some variants have, such as a strain that is written out in one and
repeated in another, are drawn as one that says how many notes each has there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mer.alignment.multiple import GAP
from mer.notes.drawing import escape, svg
from mer.notes.names import SHARP_NAMES, counted, letter_name, transposition_words
from mer.search.sharing.synopsis import Synopsis

_FOLDED_FROM = 5  # columns in a row that few have
_PER_LINE = 32
_LEFT, _CELL, _ROW, _BAR = 190, 24, 21, 26
_LABEL = 27  # letters of a title
_MARK = 16  # letters of an id behind it
_FONT = "font-family=\"system-ui, 'Segoe UI', Roboto, sans-serif\""
_STYLE = """
.mer-synopsis text{fill:#1e293b}.mer-synopsis .few{fill:#64748b}
.mer-synopsis .same{fill:#99f6e4}.mer-synopsis .other{fill:#fde68a}.mer-synopsis .only{fill:#e2e8f0}
.mer-synopsis .stable{fill:#0f766e}.mer-synopsis .barline{stroke:#94a3b8}
@media (prefers-color-scheme: dark){.mer-synopsis .paper{fill:#0f172a}
.mer-synopsis text{fill:#f1f5f9}.mer-synopsis .few{fill:#94a3b8}
.mer-synopsis .same{fill:#115e59}.mer-synopsis .other{fill:#854d0e}.mer-synopsis .only{fill:#334155}
.mer-synopsis .stable{fill:#2dd4bf}.mer-synopsis .barline{stroke:#64748b}}
"""
_KEY = (
    "Green: the most usual note. Yellow: another one. Grey: fewer than half have a note there. "
    "Bars above: how many variants have the usual note."
)

# Columns that are drawn as one.
Fold = tuple[int, ...]


def folds(found: Synopsis) -> list[Fold]:
    """Return the columns, each alone, and those together that few variants have.

    Examples
    --------
    >>> from mer.corpus.corpus import Tune
    >>> from mer.notes.melody import Melody
    >>> from mer.search.sharing.synopsis import synopsis
    >>> tune = Tune("a", "A", "", Melody(pitch=[60, 62, 64], onset=[0, 1, 2], duration=[1] * 3))
    >>> folds(synopsis([tune]))
    [(0,), (1,), (2,)]
    """
    made: list[list[int]] = []
    for place, column in enumerate(found.columns):
        if made and not column.is_common and not found.columns[made[-1][-1]].is_common:
            made[-1].append(place)
        else:
            made.append([place])
    return [
        fold
        for run in made
        for fold in ([tuple(run)] if len(run) >= _FOLDED_FROM else [(place,) for place in run])
    ]


def _shortened(name: str, most: int = _LABEL) -> str:
    """Return a title that fits in front of a row; its end tells variants apart."""
    tail = (most - 2) // 2
    return name if len(name) <= most else f"{name[: most - 1 - tail]}…{name[-tail:]}"


def _labels(found: Synopsis) -> list[str]:
    """Return what stands before each row: the title, and what tells apart those of one title.

    That is the id of a tune of a corpus, and the word ``file`` for the one that has none.
    """
    shown = [_shortened(tune.title or tune.tune_id) for tune in found.variants]
    labels = []
    for tune, label in zip(found.variants, shown, strict=True):
        if shown.count(label) == 1:
            labels.append(label)
            continue
        mark = f" ({_shortened(tune.tune_id, _MARK) or 'file'})"
        labels.append(_shortened(tune.title or tune.tune_id, _LABEL - len(mark)) + mark)
    return labels


def _cell(found: Synopsis, row: int, fold: Fold) -> tuple[str, str]:
    """Return what stands in a cell, and of which kind it is."""
    if len(fold) > 1:
        notes = int((found.table[row, list(fold)] != GAP).sum())
        return (f"+{notes}" if notes else "·", "fold" if notes else "gap")
    (place,) = fold
    pitch, column = int(found.pitch[row, place]), found.columns[place]
    if pitch == GAP:
        return "·", "gap"
    if not column.is_common:
        return _named(found, pitch), "only"
    return _named(found, pitch), "same" if pitch == column.pitch else "other"


def _named(found: Synopsis, pitch: int) -> str:
    key = found.variants[0].melody.key
    return SHARP_NAMES[pitch % 12] if key is not None and key.sharps > 0 else letter_name(pitch)


def _common(found: Synopsis, fold: Fold) -> str:
    column = found.columns[fold[0]]
    return _named(found, column.pitch) if len(fold) == 1 and column.is_common else ""


def heading(found: Synopsis) -> str:
    """Return in one line what the synopsis shows."""
    common = sum(column.is_common for column in found.columns)
    whole = sum(column.same == column.of for column in found.columns)
    return (
        f"{_shortened(found.variants[0].title or found.variants[0].tune_id)}: "
        f"{counted(len(found.variants), 'variant')}, "
        f"{counted(common, 'note')} that most of them have, {whole} of these the same in all"
    )


def synopsis_as_text(found: Synopsis, *, width: int = 100) -> str:
    """Return the variants note under note, the consensus on top.

    Names in brackets differ from the consensus; a dot stands where a variant has no note, and
    ``+n`` for several that few have.
    """
    names = _labels(found)
    left = max(len("consensus"), *map(len, names))
    of = len(str(len(found.variants)))
    cell = max(5, 2 * of + 2)  # 24/40, and a space
    per_line = max(1, (width - left - 2) // cell)
    lines = [heading(found)]
    every = folds(found)
    for start in range(0, len(every), per_line):
        part = every[start : start + per_line]
        lines.append("")
        lines.append(_line("consensus", [_common(found, fold) for fold in part], left, cell))
        shares = [
            f"{found.columns[fold[0]].same}/{found.columns[fold[0]].of}"
            if _common(found, fold)
            else ""
            for fold in part
        ]
        lines.append(_line("", shares, left, cell))
        for row, name in enumerate(names):
            cells = [_cell(found, row, fold) for fold in part]
            words = [f"({text})" if kind == "other" else text for text, kind in cells]
            lines.append(_line(name, words, left, cell))
    return "\n".join(lines)


def _line(name: str, words: Sequence[str], left: int, cell: int) -> str:
    return f"{name:<{left}}  {''.join(f'{word:<{cell}}' for word in words)}".rstrip()


def synopsis_as_svg(found: Synopsis) -> str:
    """Return the same as a picture, with the barlines of the first variant."""
    every = folds(found)
    parts = [every[start : start + _PER_LINE] for start in range(0, len(every), _PER_LINE)]
    block = _BAR + _ROW * (len(found.variants) + 1) + 16
    body = [
        f"<style>{_STYLE}</style>",
        _text(12, 28, heading(found), size=16, more=' font-weight="600"'),
        _text(12, 48, _KEY, size=12, kind="few"),
    ]
    top = 64
    for part in parts:
        body += _block(found, part, top)
        top += block
    width, height = _LEFT + _CELL * min(len(every), _PER_LINE) + 12, top + 4
    width = max(width, 760)
    paper = f'<rect class="paper" width="{width}" height="{height}" fill="#ffffff"/>'
    return svg(
        paper + "".join(body),
        kind="mer-synopsis",
        label=heading(found),
        size=(width, height),
        fit="fixed",
    )


def _block(found: Synopsis, part: Sequence[Fold], top: int) -> Iterator[str]:
    base = top + _BAR
    yield _text(12, base + 15, "consensus", size=12, more=' font-weight="600"')
    labels = _labels(found)
    for row, (tune, shift) in enumerate(zip(found.variants, found.transpositions, strict=True)):
        name = tune.title or tune.tune_id
        told = f"{name}, {tune.collection}; {transposition_words(shift)} in the corpus"
        label = _text(12, base + _ROW * (row + 1) + 15, labels[row], size=11)
        yield f"<g>{label}<title>{escape(told)}</title></g>"
    for place, fold in enumerate(part):
        x = _LEFT + _CELL * place
        if _begins_bar(found, fold):
            bottom = base + _ROW * (len(found.variants) + 1)
            yield f'<path class="barline" d="M{x - 1} {base}V{bottom}" stroke="#94a3b8"/>'
        name = _common(found, fold)
        if name:
            high = _BAR * found.columns[fold[0]].stability - 2
            yield (
                f'<rect class="stable" x="{x + 2}" y="{base - high:.1f}" width="{_CELL - 4}" '
                f'height="{high:.1f}" fill="#0f766e"/>'
            )
            yield _text(x + _CELL // 2, base + 15, name, size=12, more=_MIDDLE + _BOLD)
        for row in range(len(found.variants)):
            yield _drawn_cell(x, base + _ROW * (row + 1), *_cell(found, row, fold))


_MIDDLE, _BOLD = ' text-anchor="middle"', ' font-weight="600"'
_FILLS = {"same": "#99f6e4", "other": "#fde68a", "only": "#e2e8f0", "fold": "#e2e8f0"}


def _drawn_cell(x: int, y: int, text: str, kind: str) -> str:
    shown = _text(
        x + _CELL // 2, y + 15, text, size=11, kind="few" if kind == "gap" else "", more=_MIDDLE
    )
    if kind == "gap":
        return shown
    name = "only" if kind == "fold" else kind
    return (
        f'<rect class="{name}" x="{x + 1}" y="{y + 1}" width="{_CELL - 2}" height="{_ROW - 2}" '
        f'rx="3" fill="{_FILLS[kind]}"/>{shown}'
    )


def _begins_bar(found: Synopsis, fold: Fold) -> bool:
    note = found.table[0, fold[0]]
    return bool(note != GAP and found.variants[0].melody.bar_position[note] == 0)


def _text(x: int, y: int, words: str, *, size: int, kind: str = "", more: str = "") -> str:
    shade = "#64748b" if kind else "#1e293b"
    named = f' class="{kind}"' if kind else ""
    return (
        f'<text{named} x="{x}" y="{y}" font-size="{size}" fill="{shade}" {_FONT}{more}>'
        f"{escape(words)}</text>"
    )


def synopsis_as_json(found: Synopsis) -> dict[str, Any]:
    """Return the synopsis as plain values."""
    return {
        "variants": [
            {
                "tune_id": tune.tune_id,
                "title": tune.title,
                "collection": tune.collection,
                "transposition": shift,
                "notes": [None if note == GAP else note for note in notes],
            }
            for tune, shift, notes in zip(
                found.variants, found.transpositions, found.table.tolist(), strict=True
            )
        ],
        "columns": [
            {
                "pitch": column.pitch,
                "same": column.same,
                "present": column.present,
                "common": column.is_common,
            }
            for column in found.columns
        ],
        "agreement": round(found.agreement, 6),
        "same_kept": round(found.same_kept, 6),
        "stability": round(found.stability, 6),
    }
