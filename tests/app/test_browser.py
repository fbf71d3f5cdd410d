"""The page in headless Chromium with no network: upload, compose, listen, download, refuse.

Set MER_SCREENSHOTS to a folder to have every state written there as a PNG.
"""

import io
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.parse
import urllib.request
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mer.io import save_melody
from mer.melody import Melody

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TUNE = Melody(
    pitch=[67, 71, 74, 71, 72, 69, 66, 69, 67],
    onset=[0, 240, 480, 720, 960, 1200, 1440, 1680, 1920],
    duration=[240] * 8 + [480],
    meter=(4, 4),
)
PATIENCE_MS = 60_000

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
    """A page whose requests to anywhere but the app are refused and written down."""

    def __init__(self, browser: Any, address: str, **context: Any) -> None:
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.context = browser.new_context(accept_downloads=True, **context)
        self.context.route("**/*", self._only_local)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(address)
        self.page.locator("#motif-card audio").wait_for(timeout=PATIENCE_MS)

    def _only_local(self, route: Any) -> None:
        place = urllib.parse.urlsplit(route.request.url)
        if place.scheme in ("data", "blob") or place.hostname == "127.0.0.1":
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def upload(self, path: Path) -> None:
        self.page.locator("#motif-file input[type=file]").set_input_files(str(path))

    def compose(self) -> None:
        self.page.locator("#compose").click()
        self.page.get_by_text(re.compile(r"Done in \d")).wait_for(timeout=PATIENCE_MS)

    def picture(self, name: str) -> None:
        folder = os.environ.get("MER_SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.wait_for_timeout(500)
            self.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)

    def served(self, selector: str) -> bytes:
        source = self.page.locator(selector).first.evaluate("element => element.src")
        with urllib.request.urlopen(source) as answer:
            contents: bytes = answer.read()
        return contents


@pytest.fixture
def motif_file(tmp_path: Path) -> Path:
    path = tmp_path / "My <b>motif & co.mid"
    save_melody(TUNE, path)
    return path


def samples_of(contents: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(contents)) as file:
        assert file.getnchannels() == 2
        assert file.getframerate() in (44_100, 48_000)
        frames = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    return frames.astype(float) / 32_768


def test_upload_compose_listen_download(browser: Any, address: str, motif_file: Path) -> None:
    visit = Visit(browser, address, viewport={"width": 1280, "height": 900})
    page = visit.page
    visit.upload(motif_file)
    page.locator("#motif-card h3", has_text="motif").wait_for(timeout=PATIENCE_MS)
    page.locator("#motif-card .line", has_text=f"{len(TUNE)} notes").wait_for(timeout=PATIENCE_MS)
    assert page.locator("#motif-card svg rect").count() == len(TUNE)
    assert page.locator("#motif-card b").count() == 0
    visit.picture("1-upload")

    visit.compose()
    assert page.locator("#neighbours .card").count() == 5
    assert page.locator("#neighbours .card audio").count() == 5
    assert page.locator("#neighbours .join").count() > 0
    assert page.locator("#result svg rect").count() >= 8
    assert page.locator("#result .legend li").count() >= 1
    visit.picture("2-result")

    for selector in ("#result audio", "#neighbours audio", "#motif-card audio"):
        sound = samples_of(visit.served(selector))
        assert np.sqrt(np.mean(sound**2)) > 0.01
        assert 0.6 < np.abs(sound).max() < 0.99

    seconds = page.locator("#result audio").evaluate(
        "async audio => { await audio.play(); await new Promise(r => setTimeout(r, 400));"
        " audio.pause(); return [audio.duration, audio.currentTime]; }"
    )
    assert seconds[0] > 3
    assert seconds[1] > 0

    with page.expect_download() as download:
        page.locator("#download-wav").click()
    assert download.value.suggested_filename.endswith("-take-1.wav")
    assert Path(download.value.path()).read_bytes() == visit.served("#result audio")
    with page.expect_download() as download:
        page.locator("#download-midi").click()
    assert Path(download.value.path()).read_bytes()[:4] == b"MThd"

    assert visit.outside == []
    assert visit.errors == []
    visit.context.close()


def test_bad_upload_shows_a_message(browser: Any, address: str, tmp_path: Path) -> None:
    visit = Visit(browser, address, viewport={"width": 1280, "height": 900})
    bad = tmp_path / "letter.mid"
    bad.write_text("Dear Sir or Madam, this is no music.")
    visit.upload(bad)
    toast = visit.page.locator(".toast-body")
    toast.wait_for(timeout=PATIENCE_MS)
    words = toast.inner_text()
    assert "letter.mid" in words
    assert "/" not in words.replace("n/a", "")
    assert "Traceback" not in visit.page.content()
    visit.picture("3-error")
    # The page goes on working.
    visit.compose()
    assert visit.page.locator("#result audio").count() == 1
    assert visit.outside == []
    visit.context.close()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("4-phone", {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 1}),
        ("5-dark", {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}),
    ],
)
def test_phone_and_dark(browser: Any, address: str, name: str, options: dict[str, Any]) -> None:
    visit = Visit(browser, address, **options)
    visit.compose()
    visit.picture(name)
    width = visit.page.evaluate("document.documentElement.scrollWidth")
    assert width <= options["viewport"]["width"], "the page scrolls sideways"
    dark = visit.page.evaluate("document.body.classList.contains('dark')")
    assert dark == (options.get("color_scheme") == "dark")
    assert visit.outside == []
    visit.context.close()
