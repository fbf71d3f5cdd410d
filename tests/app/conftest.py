"""What several tests of the page need: a small index, and visits that sound quickly; a browser.

Browser tests run on the shipped corpus, with no network. Set MER_SCREENSHOTS to a folder to have
every state written there as a PNG.
"""

import os
import re
import shutil
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.compose.landing import Landing, compose_landing
from app.compose.visits import Visits
from app.visitor.motifs import example_motifs
from app.visitor.sessions import Sessions
from benchmarks import page_client
from generate.sound import audio
from generate.sound.performance import Performance
from mer.corpus.corpus import Corpus, Tune
from mer.io import save_melody
from mer.notes.arrays import Singles
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.match import Match

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
PATIENCE_MS = 60_000
SCREENS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "large": {"viewport": {"width": 1920, "height": 1080}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
SETTLED = """() => Promise.race([new Promise(late => setTimeout(late, 2000)),
    Promise.allSettled(document.getAnimations()
        .filter(a => a.effect.getComputedTiming().iterations !== Infinity)
        .map(a => a.finished))])"""
# What a screen reader would have no name for.
NAMELESS = """[...document.querySelectorAll('button, input, textarea, canvas, svg[role=img]')]
    .filter(e => e.offsetParent && !(e.textContent.trim() || e.ariaLabel || e.title
        || e.labels?.length || e.getAttribute('aria-labelledby'))).map(e => e.outerHTML)"""

# What there is to find fault with: kinds of elements, by what they say of themselves and what they
# are in; looks of texts, by colour, size and what lies behind them.
KINDS = """within => {
    const kind = e => [e.tagName, e.role, e.type, ...e.getAttributeNames().sort()].join();
    return [...document.querySelectorAll(`${within} *`)]
        .filter(e => e.checkVisibility() && (!e.closest('svg') || e.role || e.ariaLabel))
        .map(e => `${kind(e)} in ${kind(e.parentElement)}`);
}"""
LOOKS = """() => {
    const behind = new Map([[null, '']]);
    const below = e => {
        if (!behind.has(e)) {
            const style = getComputedStyle(e);
            const own = [style.backgroundColor, style.backgroundImage, style.opacity].join();
            const parent = below(e.parentElement);
            behind.set(e, parent.endsWith(own) ? parent : `${parent} / ${own}`);
        }
        return behind.get(e);
    };
    return [...document.querySelectorAll('body *')].filter(e => e.checkVisibility()
        && (e.value || [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))).map(e => {
            const style = getComputedStyle(e);
            return [style.color, style.fontSize, style.fontWeight, below(e)].join();
        });
}"""
# What axe-core finds. Strokes without a name of their own are out of the way meanwhile: there are
# thousands in an engraving, and axe would compare each with all. Gradio's own messages are buttons
# with a button in them.
AXE = """async ([within, contrast]) => {
    const named = 'text, title, [role], [tabindex], [aria-label]';
    const strokes = [...document.querySelectorAll('svg *')].filter(e => e.tagName !== 'title'
        && !e.matches(named) && !e.querySelector(named) && !e.closest('text'));
    const places = strokes.map(stroke => {
        const place = document.createComment('');
        stroke.replaceWith(place);
        return [place, stroke];
    });
    const {violations} = await axe.run({include: [[within]], exclude: [['.toast-body']]},
        {resultTypes: ['violations'], rules: {'color-contrast': {enabled: contrast}}});
    places.reverse().forEach(([place, stroke]) => place.replaceWith(stroke));
    return violations;
}"""

WALK_UP = Melody(
    pitch=[67, 69, 71, 74, 71, 69],
    onset=[0, 240, 480, 720, 960, 1200],
    duration=[240] * 6,
    meter=(4, 4),
    key=Key(7),
)


@pytest.fixture(scope="session")
def walking_index() -> PhraseIndex:
    """An index of forty tunes that walk up and down the G major scale."""
    rng = np.random.default_rng(5)
    scale = np.array([62, 64, 66, 67, 69, 71, 72, 74, 76, 78, 79])
    tunes = []
    for number in range(40):
        steps = np.clip(5 + np.cumsum(rng.integers(-2, 3, 63)), 0, 10)
        pitch = np.append(scale[steps], 67)
        tunes.append(
            Tune(
                f"t{number}",
                f"Tune <{number}>",
                "made & up",
                Melody(
                    pitch=pitch,
                    onset=np.arange(64) * 240,
                    duration=np.full(64, 240),
                    meter=(4, 4),
                    key=Key(7),
                    phrase_starts=tuple(range(0, 64, 8)),
                ),
            )
        )
    return PhraseIndex.build(Corpus.from_tunes(tunes))


def clicks(
    performance: Performance, soundfont: Path | None, sample_rate: int
) -> tuple[Singles, int]:
    """Return a click where each note begins, which takes no time to make."""
    samples = np.zeros((round(performance.duration_sec * sample_rate) + 1, 2), dtype=np.float32)
    samples[np.rint(performance.start_sec * sample_rate).astype(np.int64)] = 0.5
    return samples, sample_rate


@pytest.fixture
def visits(walking_index: PhraseIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Visits:
    """The actions of the page over a small index, with one example, "Walk up"."""
    monkeypatch.setattr(audio, "SYNTHESISERS", {"clicks": clicks})
    return visits_in(tmp_path, walking_index)


def visits_in(place: Path, index: PhraseIndex) -> Visits:
    """Return the actions of the page, with all files below `place`."""
    folder = place / "motifs"
    folder.mkdir()
    save_melody(WALK_UP, folder / "walk-up.mid")
    return Visits(index, None, Sessions(place / "visitors"), example_motifs(folder))


@pytest.fixture(scope="session")
def laid_out(
    walking_index: PhraseIndex, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Any, Landing]:
    """The components of the first page, made once, and what it opens with."""
    gradio = pytest.importorskip("gradio", reason="gradio is not installed")
    from app.compose.page import lay_out
    from app.visitor.states import shared_states

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(audio, "SYNTHESISERS", {"clicks": clicks})
        visits = visits_in(tmp_path_factory.mktemp("laid-out"), walking_index)
        landing = compose_landing(visits)
    with gradio.Blocks():
        return lay_out(shared_states(), visits, landing), landing


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[Melody]:
    """Collect the melodies that are searched for."""
    queries: list[Melody] = []
    search = PhraseIndex.search

    def noted(index: PhraseIndex, query: Melody, *given: Any, **options: Any) -> list[Match]:
        queries.append(query)
        return search(index, query, *given, **options)

    monkeypatch.setattr(PhraseIndex, "search", noted)
    return queries


@pytest.fixture(scope="session")
def served() -> Iterator[str]:
    """Serve the app on a free loopback port, and stop it; the address."""
    pytest.importorskip("gradio", reason="gradio is not installed")
    with page_client.served("--per-minute", "600") as (address, server):
        yield f"{address}/"
    assert server.returncode == 0


# Not for the whole session: Playwright keeps an event loop, and other tests run their own.
@pytest.fixture(scope="module")
def launch() -> Iterator[Callable[..., Any]]:
    """Start Chromium with further arguments."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    playwright_api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed"
    )
    with playwright_api.sync_playwright() as playwright:
        yield lambda *arguments: playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*CHROMIUM_ARGUMENTS, *arguments], headless=True
        )


@pytest.fixture(scope="module")
def chromium(launch: Callable[..., Any]) -> Iterator[Any]:
    """Return one Chromium for all tests; each visit has a context of its own."""
    browser = launch()
    yield browser
    browser.close()


class Visit:
    """A page whose requests to anywhere but the app are refused and written down."""

    def __init__(
        self,
        browser: Any,
        address: str,
        faultless: set[str],
        tab: str = "",
        screen: str = "wide",
        **context: Any,
    ) -> None:
        self.address = address
        self.faultless = faultless  # kinds and looks in which axe-core found nothing
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.context = browser.new_context(accept_downloads=True, **SCREENS[screen], **context)
        self.context.set_default_timeout(PATIENCE_MS)
        self.answers: set[Any] = set()  # what gradio still sends
        self.context.route("**/*", self._only_local)
        self.context.on("request", self._note_request)
        self.context.on("requestfinished", lambda request: self.answers.discard(request))
        self.context.on("requestfailed", lambda request: self.answers.discard(request))
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(address)
        if "tab=" not in address:
            self.wait("#motif-card audio")
        if tab:
            self.page.get_by_role("tab", name=tab).click()

    def _note_request(self, request: Any) -> None:
        if "/queue/" in request.url:
            self.answers.add(request)

    def _only_local(self, route: Any) -> None:
        place = urllib.parse.urlsplit(route.request.url)
        if place.scheme in ("data", "blob") or place.hostname == "127.0.0.1":
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def wait(self, selector: str, *, timeout: float = PATIENCE_MS, **options: Any) -> Any:
        """Return the first such element, when it is seen."""
        found = self.page.locator(selector, **options).first
        found.wait_for(timeout=timeout)
        return found

    def upload(self, path: Path) -> None:
        self.page.get_by_role("tab", name="File").click()
        self.give("#motif-file", path)

    def give(self, part: str, path: Path) -> None:
        """Choose a file; gradio forgets one whose upload meets the end of another event."""
        for _ in range(PATIENCE_MS // 100):
            if not self.answers:
                break
            self.page.wait_for_timeout(100)
        self.page.locator(f"{part} input[type=file]").set_input_files(str(path))

    def give_own(self, path: Path) -> None:
        """Choose a file of one's own; again if it was forgotten."""
        from playwright.sync_api import TimeoutError as Late

        for patience in (10_000, 10_000, PATIENCE_MS):
            self.give("#own-files", path)
            try:
                self.wait("#own-files", timeout=patience, has_text=path.name)
                return
            except Late:
                continue
        raise AssertionError(f"{path.name} is not shown")

    def motif_named(self, name: str) -> None:
        self.wait("#motif-card h3", has_text=name)

    def compose(self) -> None:
        self.page.locator("#compose").click()
        self.done()

    def done(self) -> None:
        """Wait until all takes are there."""
        self.page.get_by_text(re.compile(r"Done in \d")).wait_for()

    def query(self) -> str:
        """Return what follows the address; the browser knows it sooner than `page.url`."""
        return str(self.page.evaluate("location.search"))

    def served(self, selector: str, attribute: str = "src") -> bytes:
        source = self.page.locator(selector).first.evaluate(f"element => element.{attribute}")
        with urllib.request.urlopen(source) as answer:
            contents: bytes = answer.read()
        return contents

    def picture(self, name: str, *parts: str) -> None:
        """Write the page as a PNG, or what spans some parts of it, where pictures are wanted."""
        folder = os.environ.get("MER_SCREENSHOTS")
        if not folder:
            return
        Path(folder).mkdir(parents=True, exist_ok=True)
        path = str(Path(folder) / f"{name}.png")
        self.page.evaluate(SETTLED)
        if not parts:
            self.page.screenshot(path=path, full_page=True)
            return
        self.page.evaluate("scrollTo(0, 0)")
        shown = [self.page.locator(part).locator("visible=true").first for part in parts]
        boxes = [part.bounding_box() for part in shown]
        left, top = (min(box[side] for box in boxes) - 8 for side in ("x", "y"))
        right = max(box["x"] + box["width"] for box in boxes) + 8
        bottom = max(box["y"] + box["height"] for box in boxes) + 8
        clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        self.page.screenshot(path=path, full_page=True, clip=clip)

    def serious_faults(self, within: str = "body") -> list[str]:
        """Return what axe-core finds serious or critical, where it is installed."""
        if find_spec("axe_playwright_python") is None:
            return []
        import axe_playwright_python

        self.page.evaluate(SETTLED)  # half-way between two colours the contrast is neither's
        kinds = set(self.page.evaluate(KINDS, within)) - self.faultless
        looks = set(self.page.evaluate(LOOKS)) - self.faultless
        if not kinds | looks:
            return []
        script = Path(axe_playwright_python.__file__).parent / "axe.min.js"
        self.page.evaluate(script.read_text(encoding="utf-8"))
        violations = self.page.evaluate(AXE, [within, bool(looks)])
        faults = [
            f"{one['id']} ({one['impact']}): {node['html'][:200]}"
            for one in violations
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]
        if within == "body" and not faults:
            self.faultless |= kinds | looks
        return faults

    def leave(self) -> None:
        """Check what must hold of every visit, and close it."""
        self.check()
        self.context.close()

    def check(self) -> None:
        """Check what must hold of every state of the page."""
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= self.page.viewport_size["width"], "the page scrolls sideways"
        assert self.outside == []
        assert self.errors == []
        assert self.page.evaluate(NAMELESS) == []
        assert self.serious_faults() == []


@pytest.fixture(scope="session")
def faultless() -> set[str]:
    """Kinds of elements and looks of texts in which axe-core found nothing."""
    return set()


@pytest.fixture
def visit_at(chromium: Any, faultless: set[str]) -> Callable[..., Visit]:
    """Open a page of another server, by its whole address."""
    pytest.importorskip("gradio", reason="gradio is not installed")
    return lambda address, **options: Visit(chromium, address, faultless, **options)


@pytest.fixture
def visit(chromium: Any, served: str, faultless: set[str]) -> Callable[..., Visit]:
    """Open the page, or what a link on it leads to."""

    def open_page(query: str = "", browser: Any = None, **options: Any) -> Visit:
        return Visit(browser or chromium, served + query, faultless, **options)

    return open_page
