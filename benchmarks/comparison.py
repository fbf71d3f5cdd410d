"""Labelled melodies -> what each change of the alignment gains, chosen on the other collections.

    python benchmarks/comparison.py NAME=FILE[,RELEVANT][:notes] ... [--keep FOLDER]

All pairs of each collection are aligned, locally and as a whole, by several scorings (of a large
collection, those that its n-grams, vectors and a coarse alignment choose), and fused as
``full-noexpand`` and, in a small pool, ``full`` do. ``:notes`` hides all but pitch, onset and
duration. There are three kinds of collections: notes only, with metre, with metre and given
phrases. Printed for each collection: the figures before (the scoring up to decision 15), each
mechanism alone, and all that is in use, each with the gain over before, paired by query, and its
95% bootstrap interval; then for each kind and mechanism what is gained where the setting is chosen
on the other collections of that kind. With ``--keep`` the alignments are kept in a folder.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from functools import cached_property
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from tqdm import tqdm

from mer.alignment.align import Profile, Scoring, align
from mer.evaluation.metrics import average_precision, bootstrap_interval
from mer.evaluation.table import prepare
from mer.notes.arrays import Floats, Ints, Singles
from mer.notes.metrical_weight import metrical_weight
from mer.notes.viewpoints import phrase_position
from mer.search.stack.comparison import (
    COARSE_PAIRS,
    FINE_PAIRS,
    GLOBAL,
    GUESSED_SHARE,
    INNER_SHARE,
    LOCAL,
    MARKED_SHARE,
    METRICAL_GLOBAL,
    WHOLE,
    affordable,
    scorings,
)
from mer.search.stack.expansion import AllPairs, neighbour_lists
from mer.search.stack.methods import WHOLE_ALIGNED, melody_shares
from mer.search.stack.pool import Pool
from mer.search.stack.proposal import propose

SHARE = WHOLE_ALIGNED[WHOLE]
FLOORS = (0.0, -0.05, -0.1, -0.2, -0.3)
BEFORE_METRE = 0.5


@dataclass(frozen=True)
class Setting:
    """A scoring of whole melodies."""

    metre: float = 0.0
    band: float = LOCAL.pitch_band
    position: float = GUESSED_SHARE
    to_last_onset: bool = False
    length: float = GLOBAL.length
    floor: float = 0.0

    def __str__(self) -> str:
        told = f"metre {self.metre:.2g}, band {self.band:g}, position {self.position:g}, "
        return told + f"length {self.length:g}, floor {self.floor + 0.0:.2g}"


class Collection:
    """The melodies of one file with the similarities that the alignments are added to."""

    def __init__(self, name: str, path: str, relevant: str | None, notes: bool, keep: Path | None):
        melodies, self.wanted = prepare(path, relevant=relevant, notes_only=notes)
        self.name, self.keep = name, keep
        self.pool = Pool(melodies, marked=True)
        self.queries = list(self.wanted)
        small = self.pool.is_small
        members = range(len(self.pool)) if small else self.queries
        shown = tqdm(members, desc=f"{name}: proposing", leave=False, disable=None)
        self.quick: dict[int, Singles] = {}
        self.candidates: dict[int, Ints] = {}
        self.rest: dict[int, Ints] = {}
        for member in shown:
            proposed = propose(self.pool, self.pool.query(member), melody_shares(self.pool))
            self.quick[member] = proposed.quick
            order = proposed.best()
            self.candidates[member], self.rest[member] = (
                (np.sort(order), order[:0]) if small else self._chosen(member, order)
            )

    @property
    def kind(self) -> str:
        """What is known of the melodies."""
        if self.pool.has_phrases:
            return "metre and phrases"
        return "metre" if self.pool.has_metre else "notes only"

    @property
    def before(self) -> Setting:
        """The scoring before any change; phrase marks counted as guesses in Essen."""
        return Setting(metre=BEFORE_METRE if self.pool.has_metre else 0.0)

    @property
    def now(self) -> Setting:
        """The scoring in use."""
        whole = scorings(self.pool)[WHOLE]
        return Setting(
            whole.metre,
            whole.pitch_band,
            whole.position,
            self.pool.has_metre,
            whole.length,
            whole.floor,
        )

    @cached_property
    def _profiles(self) -> dict[bool, Profile]:
        columns = self.pool._with_phrases(self.pool.columns)
        weight = metrical_weight(columns)
        return {
            end: self.pool.profile._replace(
                weight=weight,
                position=phrase_position(columns, to_last_onset=end).astype(np.float32),
            )
            for end in (False, True)
        }

    def _chosen(self, query: int, order: Ints) -> tuple[Ints, Ints]:
        """Return the candidates that a coarse alignment chooses, and the others, best first."""
        count = affordable(self.pool, self.pool.query(query), order, COARSE_PAIRS)
        chosen = order[:count]
        whole = _scorings(self.before)[1]
        profile = self._profiles[False]
        coarse, _ = align(profile.take(query), profile, chosen, replace(whole, floor=0.0, shifts=1))
        fused = self.quick[query][chosen] + 2 * SHARE * coarse
        chosen = chosen[np.argsort(-fused, kind="stable")]
        count = affordable(self.pool, self.pool.query(query), chosen, FINE_PAIRS)
        return chosen[:count], np.concatenate([chosen[count:], order[len(chosen) :]])

    def aligned(self, setting: Setting) -> dict[int, tuple[Singles, Singles]]:
        """Return both alignments of each member with its candidates; the whole one unclipped."""
        key = "-".join(f"{float(value):.4g}" for value in astuple(setting)[:-1])
        named = f"{self.name}-{self.kind.replace(' ', '-')}-{key}.npz"
        file = None if self.keep is None else self.keep / named
        if file is not None and file.exists():
            with np.load(file) as stored:
                rows = stored["local"], stored["whole"]
            bounds = np.cumsum([0, *(len(self.candidates[q]) for q in self.quick)])
            parts = [np.split(row, bounds[1:-1]) for row in rows]
            return dict(zip(self.quick, zip(*parts, strict=True), strict=True))
        found = self._aligned_pairs(setting)
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            local_row, whole_row = (
                np.concatenate(row) for row in zip(*found.values(), strict=True)
            )
            np.savez(file, local=local_row, whole=whole_row)
        return found

    def _aligned_pairs(self, setting: Setting) -> dict[int, tuple[Singles, Singles]]:
        local, whole = _scorings(setting)
        profile = self._profiles[setting.to_last_onset]
        found: dict[int, tuple[Singles, Singles]] = {}
        tables = np.zeros((2, len(self.pool), len(self.pool)) if self.pool.is_small else 0)
        for q in tqdm(self.quick, desc=f"{self.name}: {setting}", leave=False, disable=None):
            others = self.candidates[q]
            if self.pool.is_small:
                others = others[others > q]
            near, shift = align(profile.take(q), profile, others, local)
            far, _ = align(profile.take(q), profile, others, whole, shifts=shift[:, None])
            found[q] = near, 2.0 * far - 1.0
            if self.pool.is_small:
                tables[:, q, others] = tables[:, others, q] = found[q]
        if self.pool.is_small:
            found = {q: tuple(tables[:, q, others]) for q, others in self.candidates.items()}
        return found

    def fused(self, setting: Setting) -> dict[int, Singles]:
        """Return the fused similarity of each member with its candidates.

        A step of the alignment counts as much with a floor as without one
        (`mer.search.stack.fusion.with_floor`).
        """
        whole = 1.0 - SHARE * setting.floor
        return {
            q: (
                self.quick[q][self.candidates[q]]
                + SHARE * near
                + SHARE * (np.clip(far, setting.floor, 1.0) - setting.floor)
            ).astype(np.float32)
            / whole
            for q, (near, far) in self.aligned(setting).items()
        }

    def precision(self, setting: Setting, *, expand: bool) -> tuple[Floats, Floats]:
        """Return the average precision of each query, and whether its first answer is right."""
        fused = self.fused(setting)
        if expand:
            fused = self._expanded(fused)
        rows = []
        for q in self.queries:
            order = self.candidates[q][np.argsort(-fused[q], kind="stable")]
            right = np.isin(np.concatenate([order, self.rest[q]]), self.wanted[q])
            rows.append((average_precision(right), float(right[0])))
        table = np.array(rows)
        return table[:, 0], table[:, 1]

    def _expanded(self, fused: dict[int, Singles]) -> dict[int, Singles]:
        table = np.zeros((len(self.pool), len(self.pool)), dtype=np.float32)
        for q, row in fused.items():
            table[q, self.candidates[q]] = row
        table = np.triu(table, 1)  # the product makes each pair once: the earlier is the query
        table += table.T
        pairs = AllPairs({}, np.zeros(table.shape, dtype=np.int64), table)
        lists = neighbour_lists(table, pairs.neighbours, pairs.kin)
        lists /= np.maximum(np.linalg.norm(lists, axis=1, keepdims=True), 1e-9)
        agreed = table + pairs.share * (lists @ lists.T)
        return {q: agreed[q, self.candidates[q]] for q in fused}


def _scorings(setting: Setting) -> tuple[Scoring, Scoring]:
    local = replace(LOCAL, metre=setting.metre, pitch_band=setting.band)
    whole = replace(
        local, mode="global", position=setting.position, length=setting.length, floor=-1.0
    )
    return local, whole


def mechanisms(one: Collection) -> dict[str, list[Setting]]:
    """Return the settings that are tried for a collection, by mechanism; the first is `before`."""
    before = one.before
    floors = [replace(before, floor=floor) for floor in FLOORS]
    if one.kind == "notes only":
        tells = one.pool.rhythm_tells
        grid = [before, *(replace(before, metre=INNER_SHARE, floor=floor) for floor in FLOORS)]
        follows = [
            replace(s, metre=s.metre * tells, floor=s.floor * tells) if s.metre else s for s in grid
        ]
        return {"floor": floors, "inner weight": grid, "inner weight as rhythm tells": follows}
    bands = [
        replace(before, band=band, to_last_onset=True, length=0.0, floor=floor)
        for band in (5.0, METRICAL_GLOBAL.pitch_band)
        for floor in (FLOORS if one.kind == "metre" else (0.0,))
    ]
    found = {"floor": floors, "wide band, no length": [before, *bands]}
    if one.kind == "metre and phrases":
        given = replace(before, position=MARKED_SHARE)
        found["given phrases"] = [before, *(replace(given, floor=floor) for floor in FLOORS)]
        found["given phrases, wide band, no length"] = [
            before,
            *(
                replace(setting, position=MARKED_SHARE, floor=floor)
                for setting in bands
                for floor in FLOORS
            ),
        ]
        full = replace(bands[0], metre=1.0, position=MARKED_SHARE)
        found["the same, full metre"] = [before, *(replace(full, floor=f) for f in FLOORS)]
    return found


def gain(before: Floats, after: Floats) -> str:
    """Return the mean difference with its interval."""
    low, high = bootstrap_interval(after - before, np.random.default_rng(0))
    return f"{(after - before).mean():+.3f} ({low:+.3f} to {high:+.3f})"


def report(collections: Sequence[Collection], *, expand: bool) -> list[str]:
    """Return the lines of both tables for one method."""
    name = "full" if expand else "full-noexpand"
    fitting = [one for one in collections if one.pool.is_small or not expand]
    lines = [
        f"`{name}`: MAP (P@1) before and now",
        "",
        "| collection | kind | queries | before | now | gain in MAP (95%) |",
        "|---|---|---|---|---|---|",
    ]
    for one in fitting:
        before, after = (one.precision(s, expand=expand) for s in (one.before, one.now))
        cells = " | ".join(f"{ap.mean():.3f} ({first.mean():.3f})" for ap, first in (before, after))
        lines.append(
            f"| {one.name} | {one.kind} | {len(one.queries)} | {cells} | "
            f"{gain(before[0], after[0])} |"
        )
    lines += ["", "| mechanism | collection | chosen on the others | gain in MAP (95%) |"]
    lines.append("|---|---|---|---|")
    for kind in dict.fromkeys(one.kind for one in fitting):
        alike = [one for one in fitting if one.kind == kind]
        grids = [mechanisms(one) for one in alike]
        for mechanism in grids[0]:
            reached = [
                [one.precision(setting, expand=expand)[0] for setting in grid[mechanism]]
                for one, grid in zip(alike, grids, strict=True)
            ]
            means = np.array([[ap.mean() - row[0].mean() for ap in row] for row in reached])
            for place, one in enumerate(alike):
                others = np.delete(means, place, axis=0) if len(alike) > 1 else means
                chosen = int(others.mean(axis=0).argmax())
                setting = grids[place][mechanism][chosen]
                lines.append(
                    f"| {mechanism} | {one.name} | {setting} | "
                    f"{gain(reached[place][0], reached[place][chosen])} |"
                )
    return lines


def main() -> None:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("collections", nargs="+", metavar="NAME=FILE[,RELEVANT][:notes]")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the alignments there")
    options = parser.parse_args()
    collections = []
    for told in options.collections:
        name, _, where = told.partition("=")
        where, _, notes = where.partition(":")
        path, _, relevant = where.partition(",")
        collections.append(Collection(name, path, relevant or None, bool(notes), options.keep))
    for expand in (False, True):
        print("\n".join([*report(collections, expand=expand), ""]), flush=True)


if __name__ == "__main__":
    main()
