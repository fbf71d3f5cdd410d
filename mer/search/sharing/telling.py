"""Checks -> text, JSON and rows of a table: what ``mer check`` prints."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from mer.alignment.aspects import ASPECTS
from mer.corpus.corpus import Tune
from mer.notes.names import counted, transposition_words
from mer.search.listing import alignment_line
from mer.search.match import Match
from mer.search.sharing.check import Check, SharedRun
from mer.search.sharing.runs import LEAST_RUN
from mer.search.sharing.stretches import Stretch
from mer.search.sharing.usual import Share

_RUN = ("notes", "tune_id", "title", "bars", "tune_bars", "transposition", "tunes")
_STRETCH = ("tune_id", "title", "notes", "bars", "tune_bars", "transposition")


def no_proof(tunes: int) -> str:
    """Return the sentence that every check ends with."""
    return (
        f"This compares with {counted(tunes, 'tune')} and no others: what is not found among them "
        "is no proof that it is new."
    )


def check_as_text(found: Check, *, notes: bool = False) -> str:
    """Return what was found in words.

    Parameters
    ----------
    notes
        Whether to show each stretch note against note.
    """
    lines = [
        f"{counted(len(found.melody), 'note')}, compared with {counted(found.tunes, 'tune')}",
        "",
        "Longest runs of successive notes that a tune shares, note for note, transposed or not:",
    ]
    for aspect, run in found.runs.items():
        lines.append(f"  {aspect}: {_run_words(found, run) if run else _NO_RUN}")
        if run is not None:
            lines.append(f"    {share_words(run.share)}")
    lines += ["", "Tunes that share most, where notes may be changed, left out or put in:"]
    for rank, one in enumerate(found.stretches, start=1):
        first, *others = _stretch_words(found, one, notes=notes)
        lines += [f"  {rank}. {first}", *(f"     {words}" for words in others)]
    if not found.stretches:
        lines.append("  none in which more notes are the same than differ")
    return "\n".join([*lines, "", no_proof(found.tunes)])


_NO_RUN = f"no run of {LEAST_RUN} notes"


def _run_words(found: Check, run: SharedRun) -> str:
    here = found.span(run.start, run.start + run.notes - 1)
    places = f"{bar_words(here)} = {bar_words(run.bars)} of {_named(run.tune)}"
    said = f"{counted(run.notes, 'note')}, {places}"
    if run.transposition is not None:
        said += f", {transposition_words(run.transposition)} there"
    if run.tunes > 1:
        said += f"; as long in {counted(run.tunes - 1, 'other tune')}"
    return said


def share_words(share: Share) -> str:
    """Return how usual a run is, in words."""
    low, high = share.interval
    return (
        f"{share.value:.0%} of the tunes ({low:.0%} to {high:.0%}) share one as long with tunes of "
        f"other titles, in their first {counted(share.notes, 'note')}"
    )


def _stretch_words(found: Check, one: Stretch, *, notes: bool) -> Iterator[str]:
    yield _named(one.tune)
    here = found.span(one.pairs[0][0], one.pairs[-1][0])
    same = ", ".join(f"{count} in {aspect}" for aspect, count in one.same.items())
    yield (
        f"{bar_words(here)} = {bar_words(one.bars)} there, "
        f"{transposition_words(one.transposition)}; of "
        f"{counted(len(one), 'corresponding note')} the same: {same}"
    )
    if notes:
        phrase = one.tune.as_phrase()
        yield alignment_line(Match(phrase, 0.0, one.transposition, one.pairs, {}, 0, found.melody))


def _named(tune: Tune) -> str:
    return f"{tune.title or tune.tune_id} ({tune.collection}, {tune.tune_id})"


def bar_words(bars: tuple[int, int]) -> str:
    """Return bars in words.

    Examples
    --------
    >>> bar_words((3, 3)), bar_words((0, 4))
    ('bar 3', 'bars 0-4')
    """
    first, last = bars
    return f"bar {first}" if first == last else f"bars {first}-{last}"


def check_as_json(found: Check) -> dict[str, Any]:
    """Return what was found as plain values."""
    return {
        "notes": len(found.melody),
        "tunes": found.tunes,
        "runs": {
            name: None if run is None else _run(found, run) | _share(run.share)
            for name, run in found.runs.items()
        },
        "stretches": [
            _stretch(found, one) | {"same": one.same, "pairs": [list(pair) for pair in one.pairs]}
            for one in found.stretches
        ],
        "remark": no_proof(found.tunes),
    }


def _run(found: Check, run: SharedRun) -> dict[str, Any]:
    here = found.span(run.start, run.start + run.notes - 1)
    values = (run.notes, run.tune.tune_id, run.tune.title, list(here), list(run.bars))
    return dict(zip(_RUN, (*values, run.transposition, run.tunes), strict=True))


def _share(share: Share) -> dict[str, Any]:
    low, high = share.interval
    return {
        "usual": round(share.value, 6),
        "usual_low": round(low, 6),
        "usual_high": round(high, 6),
        "usual_notes": share.notes,
    }


def _stretch(found: Check, one: Stretch) -> dict[str, Any]:
    here = found.span(one.pairs[0][0], one.pairs[-1][0])
    values = (one.tune.tune_id, one.tune.title, len(one), list(here), list(one.bars))
    return dict(zip(_STRETCH, (*values, one.transposition), strict=True))


def check_row(name: str, found: Check | str) -> dict[str, Any]:
    """Return a check as one row of a table; of what could not be checked, why.

    Parameters
    ----------
    name
        What was checked.
    """
    row: dict[str, Any] = dict.fromkeys(column_names(), "")
    row["file"] = name
    if isinstance(found, str):
        return row | {"problem": found}
    row |= {"notes": len(found.melody), "tunes": found.tunes}
    for aspect, run in found.runs.items():
        if run is not None:
            row |= _flat(_key(aspect), _run(found, run) | _share(run.share))
    for one in found.stretches[:1]:
        row |= _flat("most", _stretch(found, one))
        row |= {f"most_same_{name}": count for name, count in one.same.items()}
    return row


def column_names() -> list[str]:
    """Return the names of the columns of such a table."""
    run = [*_RUN, "usual", "usual_low", "usual_high", "usual_notes"]
    return [
        *("file", "notes", "tunes"),
        *(f"{_key(aspect)}_{name}" for aspect in ASPECTS for name in run),
        *(f"most_{name}" for name in _STRETCH),
        *(f"most_same_{name}" for name in ("pitch", "rhythm", "contour")),
        "problem",
    ]


def rows_as_csv(rows: Iterable[dict[str, Any]]) -> str:
    """Return checks, a row each (see `check_row`), as CSV with a head.

    Examples
    --------
    >>> table = rows_as_csv([check_row("empty.mid", "no notes")]).splitlines()
    >>> table[0].split(",")[:4], table[1].startswith("empty.mid,"), table[1].endswith(",no notes")
    (['file', 'notes', 'tunes', 'pitch_and_rhythm_notes'], True, True)
    """
    written = io.StringIO()
    table = csv.DictWriter(written, column_names(), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return written.getvalue()


def _flat(prefix: str, values: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{prefix}_{name}": "-".join(map(str, value)) if isinstance(value, list) else value
        for name, value in values.items()
    }


def _key(aspect: str) -> str:
    return aspect.replace(" ", "_")
