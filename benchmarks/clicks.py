"""Random clicks on the first page, in headless Chromium -> whether its parts belong together after.

    python benchmarks/clicks.py [--sequences 50] [--seed 1] [--clicks 7] [--address URL]

Each sequence opens the page at 8 or at 32 bars and does what visitors do, at any moment, whether or
not what was asked for before is there: choose an example, compose, ask for new takes, keep bars,
re-roll, switch takes and pages, go back and forth, reload, go on in a second window. Then nothing
is clicked until nothing is awaited, and the parts of the page must belong together: the motif on
the card is the chosen chip, the one in the neighbours, in the takes and in the address; the takes
are those of the tabs and have the bars of the address; nothing looks as if it were under way.

The same seed clicks the same; what is there at that moment depends on the machine.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from page_client import served
from tqdm import tqdm

BARS = (8, 32)
PATIENCE_SEC = 120.0
REST_MS = 700
_OPENINGS = ("Sakura", "Greensleeves", "Ode to Joy", "Auld Lang Syne")
_CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--mute-audio",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
# What does not belong together, in words; nothing if all does.
FAULTS = r"""() => {
  const faults = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const text = (selector) => document.querySelector(selector)?.textContent.trim() ?? "";
  const address = new URLSearchParams(location.search);
  const motif = text("#motif-card h3");
  const chips = all('#sources .chips label');
  const names = chips.map((chip) => chip.textContent.trim());
  const chosen = chips.find((chip) => chip.querySelector("input").checked)?.textContent.trim();
  if (names.includes(motif) ? chosen !== motif : chosen)
    faults.push(`chip ${chosen}, card ${motif}`);
  const notes = Number(/(\d+) notes?/.exec(text("#motif-card .line"))?.[1]);
  const found = all("#neighbours .neighbour .line").map((line) =>
    /of (\d+) notes are the same/.exec(line.textContent)?.[1]).filter(Boolean).map(Number);
  if (found.some((count) => count !== notes))
    faults.push(`${notes} notes, neighbours of ${found[0]}`);
  const takes = all("#takes .card.generated");
  const titles = takes.map((take) => take.querySelector("h3").textContent);
  for (const title of titles)
    if (!title.startsWith(`${motif}, take`)) faults.push(`take ${title}, card ${motif}`);
  const tabs = all("#takes [role=tab]").map((tab) => tab.textContent);
  const shown = titles.map((title) => title.replace(/.*, t(?=ake )/, "T"));
  if (takes.length !== all("#takes .take .card").length) faults.push("a card that is no take");
  if (tabs.join() !== shown.join()) faults.push(`tabs ${tabs}, takes ${shown}`);
  if (takes.length && !found.length) faults.push("takes without neighbours");
  if (takes.length && takes.filter((take) => take.checkVisibility()).length !== 1)
    faults.push("not one take is open");
  const asked = address.get("example") ?? address.get("name");
  if (asked && asked !== motif) faults.push(`address of ${asked}, card ${motif}`);
  if (asked && !takes.length) faults.push("an address, and no takes");
  const bars = Number(address.get("bars") ?? 0);
  for (const take of takes) {
    const count = take.querySelectorAll(".lock").length;
    if (bars && count !== bars) faults.push(`address of ${bars} bars, take of ${count}`);
  }
  const first = Number(address.get("take") ?? 1);
  if (asked && Number(takes[0]?.dataset.take) !== first)
    faults.push(`address of take ${first}, shown ${takes[0]?.dataset.take}`);
  if (all(".waiting-take").some((one) => one.textContent === "Writing…")) faults.push("writing");
  if (text("#neighbours") === "Searching…") faults.push("searching");
  if (all("#status .bar").length) faults.push(`status: ${text("#status")}`);
  if (all("[data-do=reroll][aria-disabled]").length) faults.push("re-rolling");
  if (document.documentElement.dataset.opening) faults.push("covered");
  return faults;
}"""


class Visitor:
    """Somebody who clicks."""

    def __init__(self, context: Any, address: str, rng: random.Random) -> None:
        self._context, self._rng, self._address = context, rng, address
        self.errors: list[str] = []
        self._asked: dict[Any, set[Any]] = {}  # window -> what is not answered yet
        self.windows = [self._window(self._opening())]
        self.done: list[str] = []

    def _opening(self) -> str:
        name = self._rng.choice(_OPENINGS).replace(" ", "+")
        return f"{self._address}?example={name}&bars={self._rng.choice(BARS)}&takes=2"

    def _window(self, address: str) -> Any:
        page = self._context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        asked: set[Any] = set()
        self._asked[page] = asked
        # Answers come in a stream that is open for as long as one is awaited.
        page.on("request", lambda request: "/queue/" in request.url and asked.add(request))
        for end in ("requestfinished", "requestfailed"):
            page.on(end, lambda request: asked.discard(request))
        page.goto(address)
        page.wait_for_selector("#motif-card audio", state="attached")
        return page

    @property
    def page(self) -> Any:
        """The window that is clicked in."""
        return self.windows[-1]

    def click(self) -> None:
        """Do one thing, and wait for a while that is drawn, too."""
        name = self._rng.choices(list(_ACTIONS), [weight for weight, _ in _ACTIONS.values()])[0]
        self.done.append(name)
        _ACTIONS[name][1](self)
        self.page.wait_for_timeout(self._rng.choice((0, 0, 100, 400, 1500)))

    def _press(self, selector: str, **options: Any) -> None:
        """Press one of the elements that are in sight, if there are any."""
        found = self.page.locator(selector, **options).locator("visible=true")
        count = found.count()
        if count:
            place = self._rng.randrange(count)
            with contextlib.suppress(Exception):  # gone meanwhile: the next click is another
                found.nth(place).evaluate("element => element.click()", timeout=2_000)

    def choose(self) -> None:
        """Choose one of the examples."""
        chips = self.page.locator('#sources input[type="radio"]')
        chips.nth(self._rng.randrange(chips.count())).evaluate("chip => chip.click()")

    def reroll(self) -> None:
        """Keep a bar of the take that is open, and draw the others anew."""
        self._press("#takes .lock")
        self._press("#takes [data-do=reroll]")

    def leave(self) -> None:
        """Look at another page, and come back."""
        name = self._rng.choice(("Explore", "Compare", "Corpus"))
        for tab in (name, "Compose"):
            self.page.get_by_role("tab", name=tab, exact=True).evaluate("tab => tab.click()")

    def back(self) -> None:
        """Go back in the page, never out of it."""
        if self.page.evaluate("(history.state?.step ?? 0) > 0"):
            self.page.evaluate("history.back()")

    def reload(self) -> None:
        """Load the page again."""
        self.page.reload()
        self.page.wait_for_selector("#motif-card audio", state="attached")

    def second(self) -> None:
        """Go on in another window, at the same address or at one of its own."""
        if len(self.windows) < 2:
            here = self._rng.random() < 0.5
            self.windows.append(self._window(self.page.url if here else self._opening()))
        else:
            self.windows.reverse()

    def at_rest(self) -> dict[int, list[str]]:
        """Return the faults of each window that do not go away."""
        found: dict[int, list[str]] = {}
        for number, page in enumerate(self.windows, start=1):
            until, faults = time.monotonic() + PATIENCE_SEC, ["not looked at"]
            while faults and time.monotonic() < until:
                calm = self._is_calm(page)
                awaited = [] if calm else [f"awaited: {len(self._asked[page])} requests"]
                faults = awaited + page.evaluate(FAULTS)
            if faults:
                found[number] = faults
        return found

    def _is_calm(self, page: Any) -> bool:
        """Return whether nothing is awaited, for a while."""
        calm = not self._asked[page]
        page.wait_for_timeout(REST_MS)
        return calm and not self._asked[page]


# Name -> how often, and what is done.
_ACTIONS: Mapping[str, tuple[int, Callable[[Visitor], None]]] = {
    "choose": (5, Visitor.choose),
    "compose": (3, lambda visitor: visitor._press("#compose")),
    "new takes": (2, lambda visitor: visitor._press("#new-takes")),
    "keep": (2, lambda visitor: visitor._press("#takes .lock")),
    "re-roll": (3, Visitor.reroll),
    "take": (2, lambda visitor: visitor._press("#takes [role=tab]")),
    "page": (1, Visitor.leave),
    "back": (3, Visitor.back),
    "forth": (1, lambda visitor: visitor._press("#trail .redo")),
    "reload": (1, Visitor.reload),
    "second window": (1, Visitor.second),
}


def main() -> int:
    """Click, look, print, and return 0 if all belongs together."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sequences", type=int, default=50)
    parser.add_argument("--clicks", type=int, default=7, help="in a sequence (default: 7)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--address", help="of a running page; else one is started")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    own = served("--per-minute", "10000", "--queue", "100")
    given = contextlib.nullcontext((options.address, None))
    failed = clicks = 0
    with own if options.address is None else given as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_CHROMIUM_ARGUMENTS)
        for number in tqdm(range(options.sequences), disable=None):
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            context.set_default_timeout(PATIENCE_SEC * 1000)
            visitor = Visitor(context, f"{address}/", random.Random(options.seed * 1000 + number))
            for _ in range(options.clicks):
                visitor.click()
            faults = visitor.at_rest()
            clicks += len(visitor.done)
            if faults or visitor.errors:
                failed += 1
                told = f"sequence {number}: {', '.join(visitor.done)}\n  {faults} {visitor.errors}"
                print(told, file=sys.stderr, flush=True)
            context.close()
        browser.close()
    print(f"{options.sequences} sequences of {clicks} clicks: {failed} end in a page out of step")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
