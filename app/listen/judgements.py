"""What listeners answered -> a file of JSON lines, and what it says: the share right.

An answer is one line that is appended; nothing in the file is ever changed.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from mer.errors import InputError
from mer.notes.names import counted

FILE = "judgements.jsonl"
FIRST, SECOND, KNOWN = "first", "second", "known"
ANSWERS = (FIRST, SECOND, KNOWN)


@dataclass(frozen=True)
class Judgement:
    """One answer of one listener.

    Parameters
    ----------
    time
        When, by ISO 8601.
    listener
        Chance letters, the same for all answers of one visit.
    tune_id, seed, verb
        The pair (see `app.listen.pairs`).
    tune_first
        Whether the real tune was heard first.
    answer
        Which was taken for the real tune, ``"first"`` or ``"second"``; ``"known"`` if the listener
        knows it, which does not count.
    """

    time: str
    listener: str
    tune_id: str
    seed: int
    verb: str
    tune_first: bool
    answer: str

    @property
    def is_right(self) -> bool:
        """Whether the real tune was found."""
        return self.answer == (FIRST if self.tune_first else SECOND)


def check_folder(folder: Path) -> None:
    """Make the folder of the answers, and raise unless they can be written there.

    Raises
    ------
    InputError
        If it is so.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / FILE).open("a", encoding="utf-8"):
            pass
    except OSError as error:
        raise InputError(
            f"{folder}: answers cannot be written there ({error.strerror or error}); "
            "name another folder with --listen"
        ) from error


def append(judgement: Judgement, folder: Path) -> None:
    """Write an answer after those that are there.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    line = json.dumps(asdict(judgement), ensure_ascii=True) + "\n"
    try:
        with (folder / FILE).open("a", encoding="utf-8") as stream:
            stream.write(line)
    except OSError as error:
        raise InputError(f"{folder / FILE}: cannot be written ({error.strerror})") from error


def load_judgements(path: Path) -> list[Judgement]:
    """Return the answers in a file.

    Raises
    ------
    InputError
        If it cannot be read, or a line is no answer; the message names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise InputError(f"{path}: cannot be read ({reason})") from error
    return [_read(line, f"{path}, line {n}") for n, line in enumerate(lines, 1) if line.strip()]


def _read(line: str, where: str) -> Judgement:
    kinds = {"str": str, "int": int, "bool": bool}
    try:
        stored = json.loads(line)
        if "method" in stored:  # what was collected before verbs
            method = stored.pop("method")
            stored.setdefault("verb", "continue" if method == "markov" else method)
        given = {f.name: stored[f.name] for f in fields(Judgement)}
        right = all(type(given[f.name]) is kinds[str(f.type)] for f in fields(Judgement))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"{where}: no answer of a listener") from error
    if not right or given["answer"] not in ANSWERS:
        raise InputError(f"{where}: no answer of a listener")
    return Judgement(**given)


def report(judgements: Sequence[Judgement]) -> str:
    """Return the share right, of all and of each verb, with its exact 95% interval.

    The interval is that of Clopper and Pearson (1934); one half is chance. It takes answers as
    independent, which those of one listener may not be.

    Raises
    ------
    InputError
        If nobody has answered.

    Examples
    --------
    >>> right = Judgement("2026-01-01T00:00:00", "abc", "t1", 3, "continue", True, "first")
    >>> print(report([right] * 4))
    4 answers of 1 listener
    all       4 of 4 right  100% (40% to 100%)
    continue  4 of 4 right  100% (40% to 100%)
    """
    told = [one for one in judgements if one.answer != KNOWN]
    if not told:
        raise InputError("no answers yet: nobody has judged a pair")
    many = len({one.listener for one in told})
    lines = [f"{counted(len(told), 'answer')} of {counted(many, 'listener')}"]
    if len(told) < len(judgements):
        lines[0] += f"; {len(judgements) - len(told)} left out: the tune was known"
    verbs = sorted({one.verb for one in told})
    width = max(len(name) for name in ("all", *verbs))
    for name in ("all", *verbs):
        chosen = [one.is_right for one in told if name in ("all", one.verb)]
        low, high = interval(sum(chosen), len(chosen))
        share = sum(chosen) / len(chosen)
        lines.append(
            f"{name:{width}}  {sum(chosen)} of {len(chosen)} right  "
            f"{share:.0%} ({low:.0%} to {high:.0%})"
        )
    return "\n".join(lines)


def interval(right: int, many: int) -> tuple[float, float]:
    """Return the exact 95% interval of a share.

    Raises
    ------
    InputError
        If scipy is not installed.
    """
    if importlib.util.find_spec("scipy") is None:
        raise InputError("the report needs the package 'scipy'; install it with: pip install scipy")
    from scipy.stats import binomtest

    found = binomtest(right, many).proportion_ci(0.95, method="exact")
    return float(found.low), float(found.high)
