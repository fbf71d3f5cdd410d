"""Labelled melodies + method names -> the table that ``mer evaluate`` prints.

Leave one out: each melody queries all others. The members of its family are relevant, or those that
a file of relevant ids names. A query with nothing relevant is left out.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mer.errors import InputError
from mer.evaluation.labelled import Labelled, load_labelled
from mer.evaluation.metrics import METRICS, Evaluation, bootstrap_interval, evaluate
from mer.notes.arrays import Ints
from mer.notes.melody import Melody
from mer.notes.names import counted
from mer.search.stack.methods import METHODS, method_named, rank
from mer.search.stack.pool import Pool

# Query -> what it should find.
Wanted = dict[int, Ints]

SHOWN = {"map": "MAP", "p_at_1": "P@1", "mrr": "MRR", "recall_at_10": "recall@10"}


@dataclass(frozen=True, eq=False)
class Measured:
    """The figures of one method, and its processor time for a query (median).

    Parameters
    ----------
    evaluation
        The figures, query by query.
    ms_per_query
        Milliseconds.
    queries
        The id of each query, in the order of the figures; empty where the melodies have no ids.
    """

    evaluation: Evaluation
    ms_per_query: float
    queries: tuple[str, ...] = ()


def measure(
    path: str | Path,
    names: Sequence[str],
    *,
    background: str | Path | None = None,
    relevant: str | Path | None = None,
    notes_only: bool = False,
    progress: bool = False,
) -> dict[str, Measured]:
    """Return the figures of each named method on a file of labelled melodies.

    Parameters
    ----------
    path
        Labelled melodies (see `mer.evaluation.labelled`).
    names
        Names in `mer.METHODS`, or ``["all"]``.
    background
        Further melodies to search through; nothing in them counts as relevant.
    relevant
        A JSON file, id -> list of relevant ids, in place of families; its keys are the queries.
    notes_only
        Whether to keep nothing but pitch, onset and duration.
    progress
        Whether to show progress bars on stderr, where that is a terminal.

    Raises
    ------
    InputError
        If a name is unknown, a file cannot be read, or no query has anything relevant.
    """
    chosen = list(METHODS) if list(names) == ["all"] else list(names)
    for name in chosen:
        method_named(name, known=["all"])
    items, melodies, wanted = _read(path, background, relevant, notes_only)
    pool, ids = Pool(melodies, marked=True), [items[query].id for query in wanted]
    return {name: measure_method(name, pool, wanted, ids=ids, progress=progress) for name in chosen}


def prepare(
    path: str | Path,
    *,
    background: str | Path | None = None,
    relevant: str | Path | None = None,
    notes_only: bool = False,
) -> tuple[list[Melody], Wanted]:
    """Return all melodies, and for each query what it should find (see `measure`)."""
    return _read(path, background, relevant, notes_only)[1:]


def _read(
    path: str | Path,
    background: str | Path | None,
    relevant: str | Path | None,
    notes_only: bool,
) -> tuple[list[Labelled], list[Melody], Wanted]:
    labelled = load_labelled(path)
    hidden_among = load_labelled(background) if background else []
    wanted = _named(relevant, labelled) if relevant else _families(labelled)
    if not wanted:
        raise InputError(f"{relevant or path}: no two melodies share a family: nothing to find")
    melodies = [item.melody for item in (*labelled, *hidden_among)]
    return labelled, [_notes(m) for m in melodies] if notes_only else melodies, wanted


def measure_method(
    name: str,
    pool: Pool,
    wanted: Wanted,
    *,
    ids: Sequence[str] = (),
    progress: bool = False,
) -> Measured:
    """Return the figures of one method on a pool whose own sequences are the queries.

    Parameters
    ----------
    wanted
        Query, by number -> the numbers of what it should find; at least one each.
    ids
        A name for each query, kept with the figures.
    progress
        Whether to show progress bars on stderr, where that is a terminal.

    Raises
    ------
    InputError
        If there is no such method.

    Examples
    --------
    >>> beat = {"onset": [0, 480, 960, 1440], "duration": [480] * 4}
    >>> scale = Melody(pitch=[60, 62, 64, 65], **beat)
    >>> pool = Pool([scale, Melody(pitch=[60, 64, 67, 72], **beat), scale.transpose(5)])
    >>> measured = measure_method("interval", pool, {0: np.array([2])})
    >>> measured.evaluation["map"], measured.evaluation.queries
    (1.0, 1)
    """
    with pool.showing(progress):
        method_named(name).prepare(pool)  # learning from the pool is not part of a query
    shown: Iterable[int] = list(wanted)
    if progress:
        from tqdm import tqdm

        shown = tqdm(shown, desc=name, unit="query", leave=False, disable=None)
    taken_sec: list[float] = []

    def ranked(query: int) -> Ints:
        started = time.process_time()
        order = rank(pool, query, name).numbers
        taken_sec.append(time.process_time() - started)
        return order

    evaluation = evaluate(ranked, lambda query, items: np.isin(items, wanted[query]), shown)
    return Measured(evaluation, 1000.0 * float(np.median(taken_sec)), tuple(ids))


def _families(items: Sequence[Labelled]) -> Wanted:
    """Return what each query should find: the other members of its family."""
    members: dict[str, list[int]] = {}
    for number, item in enumerate(items):
        if item.family is not None:
            members.setdefault(item.family, []).append(number)
    found = {
        number: np.array([other for other in family if other != number])
        for family in members.values()
        if len(family) > 1
        for number in family
    }
    return dict(sorted(found.items()))


def _named(path: str | Path, items: Sequence[Labelled]) -> Wanted:
    """Return what each query should find: the ids that a JSON file names for it."""
    number = {item.id: position for position, item in enumerate(items)}
    try:
        table = json.loads(Path(path).read_text())
        return {
            number[query]: np.array([number[other] for other in others])
            for query, others in table.items()
            if others
        }
    except KeyError as error:
        raise InputError(f"{path}: no melody has the id {error}") from error
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise InputError(f"{path}: not a readable JSON table of ids: {error}") from error


def _notes(melody: Melody) -> Melody:
    known = melody.rhythm_known
    return Melody(
        pitch=melody.pitch, onset=melody.onset, duration=melody.duration, rhythm_known=known
    )


def table_as_text(table: dict[str, Measured]) -> str:
    """Return the table with a 95% bootstrap interval of MAP."""
    queries = next(iter(table.values())).evaluation.queries
    lines = [
        counted(queries, "query", "queries"),
        _row("method", *SHOWN.values(), "ms/query", "MAP 95%"),
    ]
    for name, measured in table.items():
        low, high = bootstrap_interval(
            measured.evaluation.per_query["map"], np.random.default_rng(0)
        )
        figures = [f"{measured.evaluation[figure]:.3f}" for figure in SHOWN]
        lines.append(
            _row(name, *figures, f"{measured.ms_per_query:.1f}", f"{low:.3f} to {high:.3f}")
        )
    return "\n".join(lines)


def _row(name: str, *cells: str) -> str:
    return (
        f"{name:<24}" + "".join(f"{cell:>11}" for cell in cells[:-1]) + f"  {cells[-1]}"
    ).rstrip()


def table_as_json(table: dict[str, Measured]) -> dict[str, Any]:
    """Return the figures of each method, their means first, then query by query.

    ``{"methods": {name: {figure: mean, "ms_per_query": time}}, "queries": [id],
    "per_query": {name: {figure: [value]}}}``; the values are in the order of the ids, so that two
    methods can be compared in pairs.
    """
    return {
        "methods": {
            name: {figure: round(measured.evaluation[figure], 6) for figure in SHOWN}
            | {"ms_per_query": round(measured.ms_per_query, 3)}
            for name, measured in table.items()
        },
        "queries": list(next(iter(table.values())).queries),
        "per_query": {
            name: {
                figure: np.round(measured.evaluation.per_query[figure], 6).tolist()
                for figure in METRICS
            }
            for name, measured in table.items()
        },
    }
