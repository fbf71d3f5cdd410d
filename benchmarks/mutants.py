"""Changed programs -> how many of them the tests notice: mutation testing by a seeded sample.

    python benchmarks/mutants.py --rooms mer/search generate/plan --sample 40 --seed 1
    python benchmarks/mutants.py --by-hand

Needs the extra `mutation`. The operators are those of Cosmic Ray; all their mutants would take
days, so that places in the code are drawn, and one mutation of each. Mutations of type annotations,
which Python never evaluates, are left out. For each mutant the tests of its room are run first, and
`tests/regression` if they notice nothing. `--by-hand` tries the changes to constants and musical
rules in `mutants_by_hand.py` instead. Mutants are written into copies of the checkout only.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from queue import SimpleQueue

from mutants_by_hand import CHANGES

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("mer/search", "mer/alignment", "generate/sampling", "generate/plan", "generate/harmony")
REGRESSION = "tests/regression"
ROOM, FROZEN, SURVIVED = "room", "regression", "survived"
PYTEST = ("-m", "pytest", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=0")
# These cannot depend on a constant or an operator of a room, and take seconds each.
LEFT_OUT = ("test_no_byte_can_be_changed_unnoticed", "test_a_build_killed_half_way")
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv*", "__pycache__", ".*_cache", ".hypothesis", "out"
)


@dataclass(frozen=True)
class Mutant:
    """One changed line: where it stands, what it was and what it is, and the whole new file."""

    path: str
    line: int
    before: str
    after: str
    source: str

    @property
    def room(self) -> str:
        """The folder of the file."""
        return Path(self.path).parent.as_posix()


def mutant_of(path: str, source: str, changed: str) -> Mutant:
    """Return the mutant of a file, from its two texts."""
    pairs = zip(source.splitlines(), changed.splitlines(), strict=False)
    line, (before, after) = next((n, p) for n, p in enumerate(pairs, 1) if p[0] != p[1])
    return Mutant(path, line, before.strip(), after.strip(), changed)


def by_hand() -> list[Mutant]:
    """Return the mutants that were written by hand; ValueError if a line is not there once."""
    found = []
    for path, old, new in CHANGES:
        source = (ROOT / path).read_text(encoding="utf-8")
        if source.count(old) != 1:
            raise ValueError(f"{path} has {old!r} {source.count(old)} times")
        found.append(mutant_of(path, source, source.replace(old, new)))
    return found


def sampled(room: str, count: int, seed: int) -> list[Mutant]:
    """Return `count` mutants of a room, each at another place; all if there are fewer."""
    places = [
        (path, where, ways)
        for path in sorted((ROOT / room).glob("*.py"))
        for where, ways in sorted(mutations(path.read_text(encoding="utf-8")).items())
    ]
    rng = random.Random(f"{room} {seed}")
    rng.shuffle(places)
    mutants = (drawn(path, ways, rng) for path, _, ways in places)
    return list(islice((mutant for mutant in mutants if mutant is not None), count))


Ways = list[tuple[str, int]]


def mutations(source: str) -> dict[tuple[int, int], Ways]:
    """Return, for each place in a file, the operators that apply there and which time they do."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator, operator_names

    nodes = list(ast_nodes(get_ast(source)))
    found: dict[tuple[int, int], Ways] = defaultdict(list)
    for name in operator_names():
        operator_class = get_operator(name)
        if operator_class.arguments():  # such as the names of variables: nothing to draw from
            continue
        positions = (p for n in nodes for p in operator_class().mutation_positions(n))
        for occurrence, (start, _) in enumerate(positions):
            found[start].append((name, occurrence))
    return found


def drawn(path: Path, ways: Ways, rng: random.Random) -> Mutant | None:
    """Return one of the mutants of a place; None if they all do the same as the original."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    source = path.read_text(encoding="utf-8")
    meaning = evaluated(source)
    for name, occurrence in rng.sample(ways, len(ways)):
        changed = mutate_code(source, get_operator(name)(), occurrence)
        if changed is not None and evaluated(changed) not in ("", meaning):
            return mutant_of(path.relative_to(ROOT).as_posix(), source, changed)
    return None


def evaluated(source: str) -> str:
    """Return what Python makes of a file, kinds of parameters aside; empty if it is no Python."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.arguments):  # a parameter that must be named, or need not
            node.args = [*node.posonlyargs, *node.args, *node.kwonlyargs]
            node.defaults += [default for default in node.kw_defaults if default is not None]
            node.posonlyargs, node.kwonlyargs, node.kw_defaults = [], [], []
        for name in ("annotation", "returns"):
            if getattr(node, name, None) is not None:
                setattr(node, name, ast.Constant(None))
    return ast.dump(tree)


def passes(tree: Path, tests: Sequence[str], timeout_s: float) -> bool:
    """Return whether tests pass in a copy of the checkout; one that takes too long fails."""
    left_out = " and ".join(f"not {name}" for name in LEFT_OUT)
    try:
        done = subprocess.run(
            [sys.executable, *PYTEST, "-k", left_out, *tests],
            cwd=tree,
            env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def noticed_by(mutant: Mutant, tree: Path, limits: dict[str, float]) -> str:
    """Return which tests notice a mutant: those of its room, the frozen results, or none."""
    path = tree / mutant.path
    original = path.read_bytes()
    own = f"tests/{mutant.room}/test_{path.name}"
    first = [own] if (tree / own).is_file() else []
    path.write_text(mutant.source, encoding="utf-8")
    try:
        for old in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
            old.unlink()
        if not passes(tree, [*first, f"tests/{mutant.room}"], limits[mutant.room]):
            return ROOM
        return SURVIVED if passes(tree, [REGRESSION], limits[FROZEN]) else FROZEN
    finally:
        path.write_bytes(original)


def limits_of(rooms: Sequence[str], tree: Path) -> dict[str, float]:
    """Return how long the tests of each room may take, and stop if they fail as they are."""
    limits = {}
    for name, tests in [*((room, f"tests/{room}") for room in rooms), (FROZEN, REGRESSION)]:
        start = time.monotonic()
        if not passes(tree, [tests], 600.0):
            raise SystemExit(f"{tests} fails without any change")
        limits[name] = 20.0 + 4.0 * (time.monotonic() - start)
    return limits


def tried(mutants: Sequence[Mutant], processes: int) -> Iterator[tuple[Mutant, str]]:
    """Yield each mutant with what noticed it, as they are done."""
    with tempfile.TemporaryDirectory() as folder:
        trees: SimpleQueue[Path] = SimpleQueue()
        for number in range(processes):
            tree = Path(folder) / str(number)
            shutil.copytree(ROOT, tree, ignore=NOT_COPIED)
            trees.put(tree)
        limits = limits_of(sorted({mutant.room for mutant in mutants}), tree)

        def one(mutant: Mutant) -> tuple[Mutant, str]:
            tree = trees.get()
            try:
                return mutant, noticed_by(mutant, tree, limits)
            finally:
                trees.put(tree)

        with ThreadPoolExecutor(processes) as pool:
            yield from pool.map(one, mutants)


def table(outcomes: Sequence[tuple[Mutant, str]]) -> Iterator[str]:
    """Yield the lines of the table: how many mutants of each room were noticed by which tests."""
    yield "| room | mutants | by the room's tests | and by the frozen results | noticed |"
    yield "|---|---|---|---|---|"
    rooms = dict.fromkeys(mutant.room for mutant, _ in outcomes)
    for room in (*rooms, "all") if len(rooms) > 1 else rooms:
        count = Counter(how for mutant, how in outcomes if room in ("all", mutant.room))
        total = count.total()
        share = (total - count[SURVIVED]) / total
        yield f"| {room} | {total} | {count[ROOM]} | {count[FROZEN]} | {share:.0%} |"


def main() -> int:
    """Run the script and return its exit status."""
    parser = argparse.ArgumentParser(description="Count the mutants that the tests notice.")
    parser.add_argument("--rooms", nargs="+", default=ROOMS, metavar="FOLDER")
    parser.add_argument("--sample", type=int, default=40, help="mutants of each room")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--by-hand", action="store_true", help="try mutants_by_hand.py instead")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what became of each")
    options = parser.parse_args()
    mutants = by_hand() if options.by_hand else []
    for room in () if options.by_hand else options.rooms:
        mutants += sampled(room, options.sample, options.seed)
    outcomes = []
    for mutant, how in tried(mutants, options.processes):
        outcomes.append((mutant, how))
        print(
            f"{how:<10} {mutant.path}:{mutant.line}: {mutant.before}  ->  {mutant.after}",
            flush=True,
        )
    print(*table(outcomes), sep="\n")
    if options.json is not None:
        rows = [asdict(mutant) | {"source": "", "noticed_by": how} for mutant, how in outcomes]
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
