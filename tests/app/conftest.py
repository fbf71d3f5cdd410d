"""What several tests of the page need: a small index, and visits that sound quickly; a browser.

Browser tests run on the shipped corpus, with no network (`tests.app.visit`).
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.compose.landing import Landing, compose_landing
from app.compose.visits import Visits
from app.sound.sounds import Sounds
from app.visitor.motifs import example_motifs
from app.visitor.sessions import Sessions
from benchmarks import page_client
from generate.plan.brief import Brief
from generate.sound import audio
from generate.sound.performance import Performance
from mer.corpus.corpus import Corpus, Tune
from mer.io import save_melody
from mer.notes.arrays import Singles
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.match import Match
from tests.app.visit import Visit

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Playwright's own list gives way to this one. Under each window's bar of addresses there would be
# pages, too, which take as long to load as half of ours; and nothing is to be fetched unasked.
UNUSED_FEATURES = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "AimEnabled",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(UNUSED_FEATURES)}",
    # Nothing but this machine has an address. A route that refuses would switch off the cache.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]

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
    quicken(monkeypatch)
    return visits_in(tmp_path, walking_index)


def quicken(patched: pytest.MonkeyPatch) -> None:
    """Let pieces come of the chain alone and sound as clicks; served pages do all that is done."""
    patched.setattr(audio, "SYNTHESISERS", {"clicks": clicks})
    patched.setattr(Brief, "model", None)


def visits_in(place: Path, index: PhraseIndex) -> Visits:
    """Return the actions of the page, with all files below `place`."""
    folder = place / "motifs"
    folder.mkdir()
    save_melody(WALK_UP, folder / "walk-up.mid")
    return Visits(
        index, Sounds(place / "sounds"), Sessions(place / "visitors"), example_motifs(folder)
    )


@pytest.fixture(scope="session")
def laid_out(
    walking_index: PhraseIndex, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Any, Landing]:
    """The components of the first page, made once, and what it opens with."""
    gradio = pytest.importorskip("gradio", reason="gradio is not installed")
    from app.compose.page import lay_out
    from app.visitor.states import shared_states

    with pytest.MonkeyPatch.context() as patched:
        quicken(patched)
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


# Not for the whole session: a server that waits asks itself a thousand times a second what to do.
@pytest.fixture(scope="package")
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
