"""A served page -> how long visitors wait, alone and ten at once, and what memory it takes.

    python benchmarks/visitors.py [--clicks 12] [--at-once 10] [--requests 1000]
        [--address http://127.0.0.1:7860 --pid PID] [--json FILE]
    python benchmarks/visitors.py --minutes 10 --visitors 20 [--setup "without FluidSynth"]

The page is started here with the shipped corpus, unless its address and process are given.

- One visitor, in headless Chromium: from the press on an example to the first neighbour that is
  drawn, to the first take that is there, and to its sound (its player reports "playing"), for one
  example after another.
- Visitors at once: each clicks at the same moment, with a motif of their own, asks for the sound of
  the first take as soon as its card is there, and is given files; no two may be shown the same
  file, and nobody may fail.
- Requests one after another: short compositions; a new visitor comes after every ten, the one
  before leaves. Memory of the server is that after each hundred.
- With --minutes, only a soak (benchmarks/soak.py): visitors who are there at once and do all that
  can be done. Nothing may fail, and the memory of the last third may not be above the middle one's.

The clock is that of the wall: on a machine that does other things the times are too long. The
server's own processor seconds stand beside them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import re
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from page_client import Click, ClickFailedError, PageClient, served
from soak import SETUPS, figures, set_up, soak

NEIGHBOUR, TAKE = "card neighbour", "card generated"
BUTTON = "compose"
GOALS = {"neighbour": 1.0, "heard": 1.5, "at once": 4.0, "memory": 0.10}
_SOUND = re.compile(r'<audio[^>]*src=\\"(sound/[0-9a-f]{32}[.a-z]*)')
_LETTERS = ["C4", "D", "E", "F", "G", "A", "B", "C5", "D5", "E5"]
_CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
]
# Looks at the page in each frame; the clock starts with the click.
_WATCH = """place => new Promise(resolve => {
  const began = performance.now();
  const seen = {};
  const old = new Set(document.querySelectorAll("#neighbours .neighbour, .take audio"));
  const heard = ({ target }) => {
    if (old.has(target) || !target.closest(".take")) return;
    seen.playing = (performance.now() - began) / 1000;
    document.removeEventListener("playing", heard, true);
    target.pause();
    resolve(seen);
  };
  document.addEventListener("playing", heard, true);
  document.querySelectorAll('#sources input[type="radio"]')[place].click();
  const look = () => {
    const now = (performance.now() - began) / 1000;
    const fresh = (selector) => [...document.querySelectorAll(selector)].find((e) => !old.has(e));
    if (!seen.neighbour && fresh("#neighbours .neighbour"))
      seen.neighbour = now;
    if (!seen.take && fresh(".take audio")) seen.take = now;
    if (now > 60) resolve(seen);
    else if (!seen.playing) requestAnimationFrame(look);
  };
  look();
})"""


def main() -> int:
    """Measure, print a table, and return 0 if all goals are met."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--clicks", type=int, default=12)
    parser.add_argument("--at-once", type=int, default=10)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--address", help="of a page that is served already")
    parser.add_argument("--pid", type=int, help="of its process")
    parser.add_argument("--minutes", type=float, default=0.0, help="of a soak (default: none)")
    parser.add_argument("--visitors", type=int, default=20, help="of the soak (default: 20)")
    parser.add_argument("--setup", choices=SETUPS, default=SETUPS[0], help="of the soak")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    seen: dict[str, Any] = {"load": os.getloadavg()[0], "cores": os.cpu_count()}
    with page_at(options) as (address, pid):
        server = Server(pid)
        if options.minutes:
            seen["soak"] = soaked(address, options, server)
            options.clicks = options.at_once = options.requests = 0
        if options.clicks:
            seen["one visitor"] = one_visitor(address, options.clicks, server)
        if options.at_once:
            seen["at once"] = at_once(address, options.at_once, server)
        if options.requests:
            seen["one after another"] = in_a_row(address, options.requests, server)
    if options.json:
        options.json.write_text(json.dumps(seen, indent=1) + "\n")
    rows = list(table(seen))
    print("| what | seen | goal | |\n|---|---|---|---|")
    for what, figure, goal, met in rows:
        word = ("met" if met else "MISSED") if goal else ""
        print(f"| {what} | {figure} | {goal} | {word} |")
    print(f"\nload {seen['load']:.1f} on {seen['cores']} cores when this began")
    return 0 if all(met for *_, met in rows) else 1


@contextlib.contextmanager
def page_at(options: argparse.Namespace) -> Iterator[tuple[str, int]]:
    """Yield address and process of the page that is measured."""
    if options.address:
        if not options.pid:
            raise SystemExit("--address needs --pid")
        yield options.address, options.pid
        return
    allowed = ("--per-minute", "100000", "--queue", "100")
    with tempfile.TemporaryDirectory() as folder:
        environment = set_up(options.setup, Path(folder))
        with served(*allowed, environment=environment) as (address, process):
            yield address, process.pid


class Server:
    """The process that is measured."""

    def __init__(self, pid: int) -> None:
        import psutil

        self._process = psutil.Process(pid)

    @property
    def megabytes(self) -> float:
        """Resident memory."""
        return float(self._process.memory_info().rss) / 1e6

    @property
    def processor_sec(self) -> float:
        """Processor time so far."""
        spent = self._process.cpu_times()
        return float(spent.user + spent.system)


def one_visitor(address: str, clicks: int, server: Server) -> dict[str, Any]:
    """Return the seconds until the first neighbour is drawn, and the first take there and heard."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    seen: list[dict[str, float]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=_CHROMIUM_ARGUMENTS, headless=True
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address)
        page.wait_for_selector("#compose")
        page.wait_for_selector(".take audio")
        examples = page.locator('#sources input[type="radio"]')
        spent = server.processor_sec
        count = examples.count()
        chosen = next(place for place in range(count) if examples.nth(place).is_checked())
        for number in range(clicks + 1):
            seen.append(page.evaluate(_WATCH, (chosen + 1 + number) % count))
            if "playing" not in seen[-1]:
                print(f"click {number}: only {seen[-1]}", file=sys.stderr)
            page.wait_for_function(
                "document.querySelector('#status').innerText.includes('Done')", timeout=60_000
            )
        spent = (server.processor_sec - spent) / len(seen)
        browser.close()
    timed = seen[1:]  # the first click warms up
    return {
        name: sorted(round(each.get(name, float("inf")), 3) for each in timed)
        for name in ("neighbour", "take", "playing")
    } | {"processor_sec": round(spent, 3)}


def at_once(address: str, visitors: int, server: Server) -> dict[str, Any]:
    """Return the seconds of visitors who click at the same moment, and what went wrong."""
    together = threading.Barrier(visitors)

    def visit(number: int) -> tuple[Click | None, float, str]:
        client, heard = PageClient(address), list[Future[float]]()
        with contextlib.closing(client), client.present(), ThreadPoolExecutor(1) as ear:

            def hear(text: str) -> None:
                if TAKE in text and not heard:
                    heard.append(ear.submit(sounded, client, text[text.index(TAKE) :]))

            button = client.clicked(BUTTON)
            together.wait()
            began = time.perf_counter()
            try:
                click = client.click(button, {"Notes": made_up(number)}, seen=hear)
            except ClickFailedError as error:
                return None, 0.0, str(error)
            unread = [path for path in sorted(click.files) if client.fetch(path) != 200]
            words = f"cannot read {unread[0]}" if unread else ""
            return click, heard[0].result() - began, words

    spent = server.processor_sec
    with ThreadPoolExecutor(visitors) as pool:
        found = list(pool.map(visit, range(visitors)))
    clicks = [click for click, *_ in found if click is not None]
    return {
        "failed": [words for *_, words in found if words],
        "shared files": len(shared_files(clicks)),
        "files": sum(len(click.files) for click in clicks),
        "neighbour": sorted(round(click.first(NEIGHBOUR), 3) for click in clicks),
        "take": sorted(round(click.first(TAKE), 3) for click in clicks),
        "playing": sorted(round(seconds, 3) for click, seconds, _ in found if click is not None),
        "all": sorted(round(click.seconds, 3) for click in clicks),
        "processor_sec": round(server.processor_sec - spent, 3),
    }


def sounded(client: PageClient, card: str) -> float:
    """Return when the sound of a card was there, on the clock of `time.perf_counter`."""
    address = _SOUND.search(card)
    assert address is not None
    client.http.get(f"/{address[1]}").raise_for_status()
    return time.perf_counter()


def shared_files(clicks: list[Click]) -> set[str]:
    """Return the files that more than one visitor was shown."""
    times: dict[str, int] = {}
    for click in clicks:
        for path in click.files:
            times[path] = times.get(path, 0) + 1
    return {path for path, count in times.items() if count > 1}


def in_a_row(address: str, requests: int, server: Server) -> dict[str, Any]:
    """Return the server's megabytes after each tenth of the requests, and the failures."""
    client, memory, failed = PageClient(address), [], 0
    began = time.perf_counter()
    for number in range(requests):
        if number % 10 == 0:
            client.close()
            client = PageClient(address)
            button = client.clicked(BUTTON)
        wishes = {"Notes": made_up(number), "Bars": 4, "Takes": 1}
        with client.present() if number % 10 == 9 else contextlib.nullcontext():
            try:
                client.click(button, wishes)
            except ClickFailedError as error:
                print(error, file=sys.stderr)
                failed += 1
        if (number + 1) % max(requests // 10, 1) == 0:
            memory.append(round(server.megabytes, 1))
            print(f"{number + 1} requests: {memory[-1]} MB", file=sys.stderr, flush=True)
    client.close()
    seconds = (time.perf_counter() - began) / requests
    return {"megabytes": memory, "failed": failed, "seconds each": round(seconds, 3)}


def soaked(address: str, options: argparse.Namespace, server: Server) -> dict[str, Any]:
    """Return what visitors of all kinds did at once, and the server's memory meanwhile."""
    found = soak(
        address,
        visitors=options.visitors,
        minutes=options.minutes,
        megabytes=lambda: server.megabytes,
    )
    for failure in found.failed[:10]:
        print(failure, file=sys.stderr)
    return figures(found)


def made_up(number: int) -> str:
    """Return a motif of eight notes, another one for each number."""
    return " ".join(random.Random(number).choices(_LETTERS, k=8))


def table(seen: dict[str, Any]) -> Iterator[tuple[str, str, str, bool]]:
    """Yield what was measured, the figure, the goal and whether it is met."""
    one, many, row = (seen.get(k) for k in ("one visitor", "at once", "one after another"))
    if one:
        for name, key, goal in (
            ("press on an example to the first neighbour, median", "neighbour", GOALS["neighbour"]),
            ("press on an example to new music heard, median", "playing", GOALS["heard"]),
        ):
            median = statistics.median(one[key])
            yield name, f"{median:.2f} s", f"under {goal:g} s", median < goal
        spent = one["processor_sec"]
        yield "processor time of the server for a press, three takes", f"{spent:.2f} s", "", True
        lost = sum(each == float("inf") for each in one["playing"])
        yield "presses after which nothing was heard", str(lost), "0", lost == 0
    if many:
        count = len(many["all"])
        failed = len(many["failed"])
        yield f"{count} at once: failed", str(failed), "0", failed == 0
        yield (
            f"{count} at once: files shown to two of them",
            f"{many['shared files']} of {many['files']}",
            "0",
            many["shared files"] == 0,
        )
        median, goal = statistics.median(many["playing"]), GOALS["at once"]
        yield (
            f"{count} at once: new music heard, median (slowest)",
            f"{median:.2f} s ({many['playing'][-1]:.2f} s)",
            f"under {goal:g} s",
            median < goal,
        )
        for name, key in (("first take", "take"), ("all takes", "all")):
            yield (
                f"{count} at once: {name}, median",
                f"{statistics.median(many[key]):.2f} s",
                "",
                True,
            )
        spent = many["processor_sec"] / count
        yield f"{count} at once: processor time of the server each", f"{spent:.2f} s", "", True
    if soak_seen := seen.get("soak"):
        yield from soak_rows(soak_seen)
    if row:
        memory = row["megabytes"]
        grown = memory[-1] / memory[0] - 1
        yield "one after another: failed", str(row["failed"]), "0", row["failed"] == 0
        yield (
            "one after another: memory, end against first tenth",
            f"{memory[0]:.0f} -> {memory[-1]:.0f} MB ({100 * grown:+.1f}%)",
            f"within {100 * GOALS['memory']:.0f}%",
            abs(grown) <= GOALS["memory"],
        )


def soak_rows(seen: dict[str, Any]) -> Iterator[tuple[str, str, str, bool]]:
    """Yield the rows of a soak."""
    done, failed = sum(seen["actions"].values()), len(seen["failed"])
    yield f"soak: of {done} actions failed", str(failed), "0", failed == 0
    for name, median in seen["median seconds"].items():
        slowest = seen["slowest seconds"][name]
        yield (
            f"soak: {seen['actions'][name]} x {name}",
            f"{median} s, at most {slowest} s",
            "",
            True,
        )
    memory = [megabytes for _, megabytes in seen["megabytes"]]
    third = len(memory) // 3
    before, after = (statistics.median(m) for m in (memory[third : 2 * third], memory[2 * third :]))
    yield (
        "soak: memory, last third against the middle one",
        f"{before:.0f} -> {after:.0f} MB (most: {max(memory):.0f})",
        f"at most {100 * GOALS['memory']:.0f}% more",
        after <= before * (1 + GOALS["memory"]),
    )


if __name__ == "__main__":
    sys.exit(main())
