"""What a first visit of the page weighs, in headless Chromium with no network but this machine.

    python benchmarks/page_weight.py [--address http://127.0.0.1:7860/]

For a phone, a laptop and a large screen: requests and bytes on the wire until the page is at rest,
bytes of sound among them, how far the layout moved (cumulative layout shift; under 0.1 is good),
and how often the Tab key is pressed until the main button has the focus, and until the link that
skips to it has.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.page_client import served

SCREENS = {"phone": (390, 844), "laptop": (1366, 768), "large": (1920, 1080)}
MOST_STOPS = 120
REST_MS = 2_500
SHIFTS = """window.shifted = 0; new PerformanceObserver(list => list.getEntries().forEach(
    entry => { if (!entry.hadRecentInput) window.shifted += entry.value; })
).observe({type: 'layout-shift', buffered: true});"""
SOUNDS = ("audio/", "video/")


def stops(page: Any, selector: str) -> int:
    """Return how often Tab is pressed, after the page was opened, until the focus is there."""
    page.reload()
    page.locator("#motif-card audio").first.wait_for()
    for number in range(1, MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement?.closest(wanted) !== null", selector):
            return number
    return MOST_STOPS


def visit(browser: Any, address: str, size: tuple[int, int]) -> dict[str, float]:
    """Return what one first visit weighs."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
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
        rows = {name: visit(browser, f"{address.rstrip('/')}/", SCREENS[name]) for name in SCREENS}
        browser.close()
    measures = list(next(iter(rows.values())))
    print(f"| screen | {' | '.join(measures)} |")
    print("|---" * (len(measures) + 1) + "|")
    for name, found in rows.items():
        cells = (f"{found[m]:.2f}" if m == "layout shift" else f"{found[m]:,.0f}" for m in measures)
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
