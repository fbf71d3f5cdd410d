"""Corpus in headless Chromium with no network: what is there, and files of one's own."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mer.io import save_melody
from mer.notes.melody import Melody

TUNE = Melody(
    pitch=[67, 71, 74, 71, 72, 69, 66, 69, 67],
    onset=[0, 240, 480, 720, 960, 1200, 1440, 1680, 1920],
    duration=[240] * 8 + [480],
    meter=(4, 4),
)


@pytest.fixture
def own_files(tmp_path: Path) -> Path:
    """A zip archive with a tune, and a file that is none."""
    save_melody(TUNE, tmp_path / "my tune.mid")
    path = tmp_path / "own.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.write(tmp_path / "my tune.mid", "../<b>my tune.mid")
        packed.writestr("broken.mid", "no music")
    return path


def test_corpus_and_own_files(visit: Callable[..., Any], own_files: Path, tmp_path: Path) -> None:
    opened = visit("?tab=corpus&keep=1")
    opened.wait("#holdings .charts svg")
    assert "keep=1" in opened.query()
    opened.page.reload()
    opened.wait("#holdings .charts svg")
    assert "tab=corpus" in opened.query()
    assert opened.page.locator("#holdings .charts svg").count() == 4
    opened.page.locator("#holdings summary").first.click()
    assert "public domain" in opened.page.locator("#holdings details").first.inner_text()
    opened.picture("corpus-1")

    opened.give_own(own_files)
    opened.page.locator("#add-files").click()
    opened.wait("#shelf", has_text="1 tune of your own")
    assert "broken.mid" in opened.page.locator("#shelf").inner_text()
    opened.wait("#holdings h3", has_text="Your files")
    opened.picture("corpus-2-own")
    opened.picture("corpus", "#holdings", "#shelf")

    opened.page.get_by_role("tab", name="Explore").click()
    opened.wait("#map .map[data-ready]")
    opened.wait(".map-legend", has_text="Your files")

    opened.page.get_by_role("tab", name="Corpus").click()
    opened.page.locator("#remove-files").click()
    opened.wait("#shelf", has_text="No files of your own yet")
    opened.page.locator("#holdings h3", has_text="Your files").wait_for(state="detached")

    bad = tmp_path / "letters.zip"
    bad.write_text("Dear Sir or Madam, this is no archive.")
    opened.give_own(bad)
    opened.page.locator("#add-files").click()
    words = opened.wait(".toast-body").inner_text()
    assert "letters.zip: is damaged or no zip archive" in words
    assert "Traceback" not in opened.page.content()
    opened.wait("#shelf", has_text="No files of your own yet")
    opened.picture("corpus-3-error")
    went_back_to_the_opening(opened)
    opened.leave()


def went_back_to_the_opening(opened: Any) -> None:
    """One step back is what the page opened with, whatever tab stands in the address."""
    page = opened.page
    page.get_by_role("tab", name="Compose").click()
    page.wait_for_function("location.search.includes('tab=compose')")
    page.get_by_text("Three notes", exact=True).click()
    opened.done()
    page.wait_for_function("location.search.includes('example=')")
    page.go_back()
    opened.motif_named("Londonderry Air")
    page.locator("#takes .take-0 h3", has_text="Londonderry Air").wait_for()
    assert "example=" not in opened.query()
