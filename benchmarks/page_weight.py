"""What a first visit of the page weighs, in headless Chromium with no network but this machine.

    python benchmarks/page_weight.py [--address http://127.0.0.1:7860/]

For a phone, a laptop and a large screen, light and dark: requests and bytes on the wire until the
page is at rest, bytes of sound among them, how far the layout moved (cumulative layout shift; under
0.1 is good), how often the Tab key is pressed until the main button has the focus, and until the
link that skips to it has; and what axe-core finds serious or critical, contrast of colours among
it: places in all of `STATES`, and the lowest contrast of a text there. It is not looked for where
the package `axe-playwright-python` is not installed.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.page_client import served
from tests.app.visit import AXE, LOOKS, SETTLED

SCREENS = {"phone": (390, 844), "laptop": (1366, 768), "large": (1920, 1080)}
MOST_STOPS = 120
REST_MS = 2_500
FINE = ("layout shift", "lowest contrast")
SCHEMES = ("light", "dark")
SHIFTS = """window.shifted = 0; new PerformanceObserver(list => list.getEntries().forEach(
    entry => { if (!entry.hadRecentInput) window.shifted += entry.value; })
).observe({type: 'layout-shift', buffered: true});"""
SOUNDS = ("audio/", "video/")
# The lowest contrast that axe-core measured on a text that it could judge.
CONTRAST = """async () => {
    const found = await axe.run(document, {runOnly: ['color-contrast'], resultTypes: ['passes']});
    const judged = [...found.passes, ...found.violations].flatMap(rule => rule.nodes)
        .flatMap(node => node.any.map(check => check.data?.contrastRatio)).filter(Boolean);
    return judged.length ? Math.min(...judged) : 21;
}"""


def press(name: str) -> Callable[[Any], None]:
    """Return what presses a tab of this name."""
    return lambda page: page.get_by_role("tab", name=name, exact=True).first.click()


def open_tune(page: Any) -> None:
    """Show all nearest tunes, and open the second: it is drawn whole, its source told."""
    page.locator("#neighbours [data-do=more]").click()
    tune = page.locator("#neighbours details.neighbour").nth(1)
    tune.locator("summary").first.click()
    tune.locator(".stage").wait_for()
    tune.locator(".source summary").click()


# What is looked at, and what leads there from the state before it.
STATES: dict[str, tuple[Callable[[Any], None], str]] = {
    "opened": (lambda page: None, "#takes .score"),
    "a tune": (open_tune, "#neighbours .source p"),
    "piano": (press("Piano"), ".piano"),
    "file": (press("File"), "#motif-file"),
    "Explore": (press("Explore"), ".map-legend li"),
    "Compare": (press("Compare"), ".ranking li"),
    "Corpus": (press("Corpus"), ".collections li"),
}


def stops(page: Any, selector: str) -> int:
    """Return how often Tab is pressed, after the page was opened, until the focus is there."""
    page.reload()
    page.locator("#motif-card audio").first.wait_for()
    for number in range(1, MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement?.closest(wanted) !== null", selector):
            return number
    return MOST_STOPS


def faults(page: Any) -> tuple[int, float]:
    """Return in how many places something is serious, and the lowest contrast, in all states."""
    import axe_playwright_python

    script = Path(axe_playwright_python.__file__).parent / "axe.min.js"
    places, lowest = 0, 21.0
    for name, (lead, there) in STATES.items():
        lead(page)
        page.locator(there).locator("visible=true").first.wait_for()
        page.evaluate(SETTLED)
        page.evaluate(LOOKS, ["body", []])
        page.evaluate(script.read_text(encoding="utf-8"))
        lowest = min(lowest, page.evaluate(CONTRAST))
        for rule in page.evaluate(AXE, "body"):
            if rule["impact"] in ("serious", "critical"):
                places += len(rule["nodes"])
                print(f"{name}: {rule['id']}: {rule['nodes'][0]['html'][:160]}", file=sys.stderr)
    return places, lowest


def visit(browser: Any, address: str, size: tuple[int, int], scheme: str) -> dict[str, float]:
    """Return what one first visit weighs."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
    )
    context.add_init_script(SHIFTS)
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    kinds: dict[str, str] = {}
    weight: dict[str, float] = {}
    network.on(
        "Network.responseReceived",
        lambda told: kinds.__setitem__(told["requestId"], told["response"]["mimeType"]),
    )

    def count(told: dict[str, Any]) -> None:
        number = told["requestId"]
        weight[number] = weight.get(number, 0) + told["encodedDataLength"]

    network.on("Network.dataReceived", count)
    page.goto(address)
    page.locator("#motif-card audio").first.wait_for()
    page.wait_for_timeout(REST_MS)
    sound = sum(weight[n] for n in weight if kinds.get(n, "").startswith(SOUNDS))
    found = {
        "requests": float(len(kinds)),
        "KB": (sum(weight.values()) - sound) / 1000,
        "KB of sound": sound / 1000,
        "layout shift": float(page.evaluate("window.shifted")),
        "tab stops": float(stops(page, "#compose")),
        "to the link that skips": float(stops(page, ".skip")),
    }
    page.keyboard.press("Enter")
    if not page.evaluate("document.activeElement?.closest('#compose') !== null"):
        raise SystemExit("the link does not lead to the main button")
    if find_spec("axe_playwright_python") is not None:
        found["serious (axe)"], found["lowest contrast"] = faults(page)
    context.close()
    return found


def main() -> None:
    """Visit, count and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--address", help="of a running page; else one is started")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    own = served() if options.address is None else nullcontext((options.address, None))
    with own as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
        )
        rows = {
            f"{name}, {SCREENS[name][0]} px, {scheme}": visit(
                browser, f"{address.rstrip('/')}/", SCREENS[name], scheme
            )
            for name in SCREENS
            for scheme in SCHEMES
        }
        browser.close()
    measures = list(next(iter(rows.values())))
    print(f"| screen | {' | '.join(measures)} |")
    print("|---" * (len(measures) + 1) + "|")
    for name, found in rows.items():
        cells = (f"{found[m]:.2f}" if m in FINE else f"{found[m]:,.0f}" for m in measures)
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
