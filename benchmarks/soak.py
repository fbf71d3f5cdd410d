"""Visitors of a served page who do all that can be done there -> what failed, and the memory.

`benchmarks/visitors.py --minutes 10 --visitors 20` runs it; the tests run one round. A visitor
composes, draws bars anew, uploads a file, looks at the map and compares measures, in an order of
their own, and comes back as another one after ten actions.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from page_client import ClickFailedError, PageClient

SETUPS = ("as it is", "without FluidSynth", "with a stand-in for FluidSynth")
# As pyfluidsynth is where the library is missing: it looks for a while, and fails halfway.
_MISSING = """
from ctypes.util import find_library
api_version = "1.4.0"
if not find_library("no library has this name"):
    raise ImportError("Couldn't find the FluidSynth library.")
"""
# What the product asks of pyfluidsynth, answered with a rectangular wave at one pitch.
_STAND_IN = """
import numpy as np
class Synth:
    def __init__(self, **options): self.level = 0
    def setting(self, *given): pass
    def sfload(self, path): return 1
    def program_select(self, *given): pass
    def noteon(self, *given): self.level = 9000
    def noteoff(self, *given): pass
    def delete(self): pass
    def get_samples(self, count):
        return np.repeat(self.level * (1 - 2 * (np.arange(count) // 50 % 2)), 2).astype(np.int16)
"""
_STAYS = 10  # actions, then another visitor comes
_LETTERS = ["C4", "D", "E", "F", "G", "A", "B", "C5", "D5", "E5"]
_QUICK = {"Bars": 4, "Takes": 1}


def set_up(name: str, folder: Path) -> dict[str, str]:
    """Return the environment in which a page finds FluidSynth or not.

    Parameters
    ----------
    name
        One of `SETUPS`.
    folder
        Where a module in the place of pyfluidsynth may be written.
    """
    code = {"as it is": "", "without FluidSynth": _MISSING}.get(name, _STAND_IN)
    if not code:
        return {}
    (folder / "fluidsynth.py").write_text(code)
    return {"PYTHONPATH": str(folder)}


@dataclass
class Soak:
    """What came of it: actions done, the failures in words, seconds of each kind of action."""

    done: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    megabytes: list[tuple[float, float]] = field(default_factory=list)  # (minute, resident)

    def note(self, action: str, seconds: float, failure: str = "") -> None:
        """Add one action."""
        self.done[action] += 1
        self.seconds.setdefault(action, []).append(seconds)
        if failure:
            self.failed.append(f"{action}: {failure}")


def compose(client: PageClient, chance: random.Random) -> None:
    """Compose with a motif of eight notes."""
    notes = " ".join(chance.choices(_LETTERS, k=8))
    click = client.click(client.clicked("compose"), {"Notes": notes, **_QUICK})
    if not any(client.fetch(path) == 200 for path in click.files):
        raise ClickFailedError("no file can be fetched")


def draw_anew(client: PageClient, chance: random.Random) -> None:
    """Compose, and draw the bars of the first take anew, but one."""
    compose(client, chance)
    client.click(client.function("reroll_1"), event={"number": 1, "keep": chance.choice("1234")})


def upload(client: PageClient, chance: random.Random) -> None:
    """Upload a tune in ABC."""
    notes = " ".join("".join(chance.choices("CDEFGABc", k=4)) for _ in range(4))
    content = f"X:1\nT:Soak\nM:4/4\nL:1/4\nK:C\n{notes.replace(' ', '|')}|\n".encode()
    function = client.function("upload")
    client.click(function, {client.labels(function)[0]: client.upload("soak.abc", content)})


def explore(client: PageClient, chance: random.Random) -> None:
    """Look at the map."""
    client.click(client.function("draw_map"))


def compare(client: PageClient, chance: random.Random) -> None:
    """Compare two rankings."""
    client.click(client.function("compare"))


ACTIONS: dict[str, Callable[[PageClient, random.Random], None]] = {
    "compose": compose,
    "draw anew": draw_anew,
    "upload": upload,
    "explore": explore,
    "compare": compare,
}


def plan(number: int, chance: random.Random) -> Iterator[str]:
    """Yield what a visitor does: everything in turn, each begins elsewhere; then anything."""
    names = list(ACTIONS)
    first = number % len(names)
    yield from names[first:] + names[:first]
    while True:
        yield chance.choice(names)


def soak(
    address: str,
    *,
    visitors: int,
    minutes: float = 0.0,
    least: int = len(ACTIONS),
    megabytes: Callable[[], float] = lambda: 0.0,
) -> Soak:
    """Return what visitors who are all there at once do until the time is up.

    Parameters
    ----------
    minutes
        How long.
    least
        How many actions each visitor does at least.
    megabytes
        What tells the memory of the server, asked a hundred times.
    """
    found, lock, over = Soak(), threading.Lock(), threading.Event()
    began = time.perf_counter()

    def visit(number: int) -> None:
        chance, stays = random.Random(number), 0
        while not stays or not over.is_set():
            stays += 1
            with closing(PageClient(address)) as client, client.present():
                for count, action in enumerate(plan(number, chance), start=1):
                    took, failure = timed(ACTIONS[action], client, chance)
                    with lock:
                        found.note(action, took, failure)
                    if count >= (least if over.is_set() else _STAYS):
                        break

    with ThreadPoolExecutor(visitors) as pool:
        running = [pool.submit(visit, number) for number in range(visitors)]
        step = minutes * 60.0 / 100
        for _ in range(100 if step else 0):
            found.megabytes.append((round((time.perf_counter() - began) / 60, 2), megabytes()))
            over.wait(step)  # nobody sets it before: this only waits
        over.set()
        for each in running:
            each.result()
    return found


def timed(
    action: Callable[[PageClient, random.Random], None],
    client: PageClient,
    chance: random.Random,
) -> tuple[float, str]:
    """Return the seconds that an action took, and what went wrong, if anything."""
    began, failure = time.perf_counter(), ""
    try:
        action(client, chance)
    except Exception as error:  # whatever happens to a visitor is a failure, and counted
        failure = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
    return time.perf_counter() - began, failure


def figures(found: Soak) -> dict[str, Any]:
    """Return what can be printed and kept of a soak."""
    slowest = {name: round(max(each), 2) for name, each in found.seconds.items()}
    median = {name: round(sorted(s)[len(s) // 2], 2) for name, s in found.seconds.items()}
    return {
        "actions": dict(found.done),
        "failed": found.failed,
        "median seconds": median,
        "slowest seconds": slowest,
        "megabytes": [[minute, round(each, 1)] for minute, each in found.megabytes],
    }
