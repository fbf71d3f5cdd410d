"""A checkout of an earlier commit, or this one -> processes that build and search there, by turns.

Every checkout is asked through what all have in common: `Melody`, `PhraseIndex` and `Corpus`, the
columns in which a corpus is stored, and the numbers of the phrases in them. A checkout runs with
its own `.venv` where it has one, else with this Python.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np

from mer.notes.arrays import Floats
from mer.notes.melody import Melody

HERE = Path(__file__).resolve().parent.parent
WARM = 3  # searches before those that are counted

# Columns of a corpus -> its index in a file, and on a line what that took. numpy alone reads the
# columns: versions of stored corpora differ.
BUILDER = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
import numpy as np
from mer import Corpus, PhraseIndex
with np.load(sys.argv[2]) as file:
    arrays = {name: file[name] for name in file.files if name != "header.json"}
    header = json.loads(file["header.json"])
begin = time.process_time()
index = PhraseIndex.build(Corpus.from_arrays(arrays, header["collections"]))
index.save(sys.argv[3])
spent = time.process_time() - begin
with open("/proc/self/status") as status:
    largest = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
print(json.dumps({"phrases": len(index), "build CPU s": spent, "build MiB": largest / 1024}))
"""

# Notes of a query on a line -> milliseconds of the processor and numbers of the matches on a line;
# the first line says how long it took to load.
SEARCHER = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
from mer import Melody, PhraseIndex
begin = time.process_time()
index = PhraseIndex.load(*sys.argv[2:])
print(json.dumps({"phrases": len(index), "load CPU s": time.process_time() - begin}), flush=True)
for line in sys.stdin:
    query = Melody(**json.loads(line))
    begin = time.process_time()
    found = index.search(query)
    spent = 1000 * (time.process_time() - begin)
    print(json.dumps([spent, [match.number for match in found]]), flush=True)
"""


class Answer(NamedTuple):
    """Milliseconds of the processor that a search took, and the numbers of its matches."""

    ms: float
    numbers: list[int]


def command(root: Path, program: str, *given: str | Path) -> list[str]:
    """Return how to run a program in a checkout, which is the first thing given to it."""
    own = root / ".venv" / "bin" / "python"
    python = str(own) if own.exists() else sys.executable
    return [python, "-c", program, str(root), *map(str, given)]


def build_in(root: Path, columns: Path, index: Path) -> dict[str, Any]:
    """Build the index of a stored corpus in a checkout; return what that took."""
    done = subprocess.run(
        command(root, BUILDER, columns, index), cwd=root, capture_output=True, text=True, check=True
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told | {"bytes a phrase": index.stat().st_size / told["phrases"]}


class Searcher:
    """A process that searches in a checkout.

    Parameters
    ----------
    root
        The checkout.
    index
        What it searches; None for its own shipped corpus.

    Attributes
    ----------
    told
        How many phrases there are, and the processor time to load them.
    """

    def __init__(self, root: Path, index: Path | None = None) -> None:
        given = [] if index is None else [index]
        self.process = subprocess.Popen(
            command(root, SEARCHER, *given),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
        )
        self.told: dict[str, Any] = json.loads(self._line())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.communicate()

    def answer(self, query: Melody) -> Answer:
        """Search for the notes of a query in their metre."""
        notes = {name: getattr(query, name).tolist() for name in ("pitch", "onset", "duration")}
        assert self.process.stdin is not None
        asked = {**notes, "meter": query.meter, "downbeat": query.downbeat}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return Answer(*json.loads(self._line()))

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


def by_turns(searchers: Sequence[Searcher], queries: Sequence[Melody]) -> list[list[Answer]]:
    """Return the answers to each query, which all searchers get one after the other."""
    for query in queries[:WARM]:
        for searcher in searchers:
            searcher.answer(query)
    return [[searcher.answer(query) for searcher in searchers] for query in queries]


def milliseconds(answers: Sequence[Sequence[Answer]]) -> Floats:
    """Return the time of each searcher for each query, shape (searchers, queries)."""
    return np.array([[answer.ms for answer in both] for both in answers]).T
