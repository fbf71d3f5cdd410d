"""Explore, compare and corpus in headless Chromium with no network: the main flow of each.

Set MER_SCREENSHOTS to a folder to have every state written there as a PNG.
"""

import json
import math
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.parse
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from mer.io import save_melody
from mer.melody import Melody

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 60_000
WIDE = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DARK = {**WIDE, "color_scheme": "dark"}
TUNE = Melody(
    pitch=[67, 71, 74, 71, 72, 69, 66, 69, 67],
    onset=[0, 240, 480, 720, 960, 1200, 1440, 1680, 1920],
    duration=[240] * 8 + [480],
    meter=(4, 4),
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("gradio", reason="gradio is not installed")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the app on a free loopback port, and stop it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "app", "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    try:
        assert server.stdout is not None
        lines = []
        for line in server.stdout:
            lines.append(line)
            if line.startswith("Open http"):
                break
        else:
            pytest.fail("the app did not start:\n" + "".join(lines))
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        assert server.wait(timeout=30) == 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS, headless=True
        )
        yield chromium
        chromium.close()


class Visit:
    """A tab of the page, whose requests to anywhere but the app are refused and written down."""

    def __init__(self, browser: Any, address: str, tab: str, options: dict[str, Any]) -> None:
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.context = browser.new_context(**options)
        self.context.route("**/*", self._only_local)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(address)
        if "tab=" not in address:
            self.page.locator("#motif-card svg").first.wait_for(timeout=PATIENCE_MS)
            self.page.get_by_role("tab", name=tab).click()

    def _only_local(self, route: Any) -> None:
        place = urllib.parse.urlsplit(route.request.url)
        if place.scheme in ("data", "blob") or place.hostname == "127.0.0.1":
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def wait(self, selector: str, **options: Any) -> Any:
        found = self.page.locator(selector, **options).first
        found.wait_for(timeout=PATIENCE_MS)
        return found

    def picture(self, name: str) -> None:
        folder = os.environ.get("MER_SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.wait_for_timeout(500)
            self.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)

    def leave(self) -> None:
        """Check what must hold of every visit, and close it."""
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= self.page.viewport_size["width"], "the page scrolls sideways"
        assert self.outside == []
        assert self.errors == []
        nameless = self.page.evaluate(
            "[...document.querySelectorAll('button, input, textarea, canvas, svg[role=img]')]"
            ".filter(e => e.offsetParent && !(e.textContent.trim() || e.ariaLabel || e.title"
            " || e.labels?.length || e.getAttribute('aria-labelledby'))).map(e => e.outerHTML)"
        )
        assert nameless == []
        assert serious_faults(self.page) == []
        self.context.close()


def serious_faults(page: Any) -> list[str]:
    """Return what axe-core finds serious or critical, where it is installed."""
    if find_spec("axe_playwright_python") is None:
        return []
    import axe_playwright_python

    script = Path(axe_playwright_python.__file__).parent / "axe.min.js"
    page.evaluate(script.read_text(encoding="utf-8"))
    # Gradio's own messages are buttons with a button in them.
    found = page.evaluate("async () => (await axe.run({exclude: [['.toast-body']]})).violations")
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:200]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def map_ready(visit: Visit) -> dict[str, Any]:
    """Wait for the map; return what it is told to draw."""
    root = visit.wait("#map .map[data-ready]")
    assert int(root.get_attribute("data-ready")) > 1000
    return json.loads(root.evaluate("e => JSON.stringify(e.dataset)"))


def lasso(visit: Visit) -> None:
    canvas = visit.page.locator("#map canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    x, y = box["x"] + 0.35 * box["width"], box["y"] + 0.5 * box["height"]
    mouse = visit.page.mouse
    mouse.move(x + 70, y)
    mouse.down()
    for step in range(1, 17):
        angle = 2 * math.pi * step / 16
        mouse.move(x + 70 * math.cos(angle), y + 70 * math.sin(angle))
    mouse.up()


def test_explore_with_a_mouse(browser: Any, address: str) -> None:
    visit = Visit(browser, address, "Explore", WIDE)
    map_ready(visit)
    assert "tab=explore" in visit.page.url
    assert "the motif" in visit.page.locator(".map-marks").inner_text()
    visit.picture("explore-1-map")

    canvas = visit.page.locator("#map canvas")
    box = canvas.bounding_box()
    for share in (0.5, 0.45, 0.55, 0.4):
        canvas.click(position={"x": share * box["width"], "y": 0.5 * box["height"]})
        if visit.page.locator("#map .map").get_attribute("data-picked"):
            break
    visit.wait("#map-phrase audio")
    assert visit.page.locator("#map-phrase svg rect").count() >= 2

    lasso(visit)
    visit.wait("#map-why .reasons li")
    assert "in common" in visit.page.locator("#map-why").inner_text()
    chosen = visit.page.locator("#map .map").get_attribute("data-group").split(",")
    assert len(chosen) >= 3
    visit.picture("explore-2-group")

    visit.page.get_by_label("Phrases lie near each other").click()
    visit.page.get_by_role("option", name="rhythm alone").click()
    visit.wait(".map-axes", has_text=re.compile("near on the map|The map shows"))
    visit.wait("#map-about", has_text="It does not hear pitch")
    visit.page.get_by_role("button", name="metre", exact=True).click()
    visit.wait(".map-legend", has_text="6/8")
    visit.picture("explore-3-rhythm")

    # The phrase is now the motif of the first page, too.
    title = visit.page.locator("#map-phrase h3").inner_text()
    visit.page.locator("#map-use").click()
    visit.page.get_by_role("tab", name="Compose").click()
    visit.wait("#motif-card", has_text=title)
    visit.leave()


def test_explore_with_the_keyboard(browser: Any, address: str) -> None:
    visit = Visit(browser, address, "Explore", DARK)
    map_ready(visit)
    visit.page.locator("#map canvas").focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowLeft"):
        visit.page.keyboard.press(key)
    assert "phrase" in visit.page.locator(".map-now").inner_text()
    visit.page.keyboard.press("Enter")
    visit.wait("#map-phrase audio")
    visit.page.keyboard.press("g")
    visit.wait("#map-why h2", has_text="What these 40 have in common")
    visit.picture("explore-4-dark")
    visit.leave()


def test_explore_on_a_phone(browser: Any, address: str) -> None:
    visit = Visit(browser, address, "Explore", PHONE)
    map_ready(visit)
    visit.page.locator(".map-legend button").nth(1).click()
    visit.wait("#map-why .reasons li")
    assert visit.page.get_by_role("button", name="draw a lasso").is_visible()
    visit.picture("explore-5-phone")
    visit.leave()


def test_compare(browser: Any, address: str) -> None:
    visit = Visit(browser, address, "Compare", WIDE)
    visit.wait("#compare-lists .ranking")
    assert visit.page.locator("#compare-lists .ranking li").count() == 20
    assert "rank-biased overlap" in visit.page.locator("#compare-lists").inner_text()
    assert visit.page.locator("#compare-lists .lanes svg").count() >= 1
    visit.wait("#compare-ranks .dumbbells")
    assert visit.page.locator("#compare-ranks .kept").count() == 12
    visit.picture("compare-1-lists")

    slider = visit.page.get_by_label(re.compile("range slider for Transpose"))
    slider.focus()
    for _ in range(3):
        visit.page.keyboard.press("ArrowRight")
    visit.wait("#compare-motif", has_text="moved 3 semitones up")
    # Neither intervals nor the shape of the curve hear that.
    assert visit.page.locator("#compare-ranks .kept").count() == 12
    slider = visit.page.get_by_label(re.compile("range slider for Ornament"))
    slider.focus()
    for _ in range(10):
        visit.page.keyboard.press("ArrowRight")
    visit.wait("#compare-motif", has_text="100%")
    visit.wait("#compare-ranks .lost")
    visit.picture("compare-2-ornamented")
    visit.page.locator("#compare-reset").click()
    visit.wait("#compare-motif", has_text="as it is")
    assert visit.page.locator("#compare-ranks .kept").count() == 12

    visit.page.get_by_label("The other").click()
    visit.page.get_by_role("option", name="rhythm alone").click()
    visit.wait("#compare-lists h3", has_text="rhythm alone")
    visit.leave()


@pytest.mark.parametrize(
    ("name", "options"), [("compare-3-phone", PHONE), ("compare-4-dark", DARK)]
)
def test_compare_on_other_screens(
    browser: Any, address: str, name: str, options: dict[str, Any]
) -> None:
    visit = Visit(browser, address, "Compare", options)
    visit.wait("#compare-ranks .dumbbells")
    visit.picture(name)
    visit.leave()


@pytest.fixture
def own_files(tmp_path: Path) -> Path:
    """A zip archive with a tune, and a file that is none."""
    save_melody(TUNE, tmp_path / "my tune.mid")
    path = tmp_path / "own.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.write(tmp_path / "my tune.mid", "../<b>my tune.mid")
        packed.writestr("broken.mid", "no music")
    return path


def test_corpus_and_own_files(browser: Any, address: str, own_files: Path) -> None:
    visit = Visit(browser, address, "Corpus", WIDE)
    visit.wait("#holdings .charts svg")
    assert visit.page.locator("#holdings .charts svg").count() == 4
    visit.page.locator("#holdings summary").first.click()
    assert "public domain" in visit.page.locator("#holdings details").first.inner_text()
    visit.picture("corpus-1")

    visit.page.locator("#own-files input[type=file]").set_input_files(str(own_files))
    visit.wait("#own-files", has_text="own.zip")
    visit.page.locator("#add-files").click()
    visit.wait("#shelf", has_text="1 tune of your own")
    assert "broken.mid" in visit.page.locator("#shelf").inner_text()
    visit.wait("#holdings h3", has_text="Your files")
    visit.picture("corpus-2-own")

    visit.page.get_by_role("tab", name="Explore").click()
    map_ready(visit)
    visit.wait(".map-legend", has_text="Your files")

    visit.page.get_by_role("tab", name="Corpus").click()
    visit.page.locator("#remove-files").click()
    visit.wait("#shelf", has_text="No files of your own yet")
    visit.page.locator("#holdings h3", has_text="Your files").wait_for(state="detached")
    visit.leave()


def test_bad_archive_shows_one_line(browser: Any, address: str, tmp_path: Path) -> None:
    visit = Visit(browser, address, "Corpus", WIDE)
    bad = tmp_path / "letters.zip"
    bad.write_text("Dear Sir or Madam, this is no archive.")
    visit.page.locator("#own-files input[type=file]").set_input_files(str(bad))
    visit.wait("#own-files", has_text="letters.zip")
    visit.page.locator("#add-files").click()
    words = visit.wait(".toast-body").inner_text()
    assert "letters.zip: is damaged or no zip archive" in words
    assert "Traceback" not in visit.page.content()
    visit.wait("#shelf", has_text="No files of your own yet")
    visit.picture("corpus-3-error")
    visit.leave()


@pytest.mark.parametrize(("name", "options"), [("corpus-4-phone", PHONE), ("corpus-5-dark", DARK)])
def test_corpus_on_other_screens(
    browser: Any, address: str, name: str, options: dict[str, Any]
) -> None:
    visit = Visit(browser, address, "Corpus", options)
    visit.wait("#holdings .charts svg")
    visit.picture(name)
    visit.leave()


def test_the_address_names_the_tab(browser: Any, address: str) -> None:
    visit = Visit(browser, f"{address}?tab=corpus&keep=1", "Corpus", WIDE)
    visit.wait("#holdings .charts svg")
    assert "keep=1" in visit.page.url
    visit.page.reload()
    visit.wait("#holdings .charts svg")
    assert "tab=corpus" in visit.page.url
    visit.leave()
