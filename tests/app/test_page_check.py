"""Check and Practice in headless Chromium with no network, on a phone and on a wide screen.

The motif, a take and a file are checked, and variants of a tune laid side by side; an opening is
continued, and a phrase written down.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import mer
from mer.corpus.shipped import data_folder
from mer.io import save_melody


def test_check(visit: Callable[..., Any], tmp_path: Path) -> None:
    opened = visit("?tab=check", screen="phone")
    page = opened.page
    opened.wait("#check-found h2", has_text="Drimoleague Fair")
    found = page.locator("#check-found")
    assert "is no proof that it is new" in found.inner_text()
    assert found.locator(".shared-runs li").count() == 4
    assert found.locator(".lanes svg").first.is_visible()
    opened.picture("check-1-phone")
    opened.check()

    found.locator("[data-do=variants]").first.click()
    opened.wait("#variants .variants audio")
    assert page.locator("#variants .mer-synopsis").is_visible()
    assert page.locator("#variants .variants li").count() == 4
    assert len(opened.served("#variants .consensus audio")) > 1000
    opened.picture("check-2-variants-phone")
    opened.check()

    # A file is checked whole, and the table has both.
    tune = mer.load_melody(data_folder() / "motifs" / "auld-lang-syne.mid")
    save_melody(tune.transpose(2), tmp_path / "mine.mid")
    page.locator("#check-file input[type=file]").set_input_files(str(tmp_path / "mine.mid"))
    opened.wait("#check-found h2", has_text="Auld Lang Syne")
    table = opened.served("#check-found a.download", "href").decode().splitlines()
    assert len(table) == 3
    assert "2 checks of this visit" in found.inner_text()

    # What is asked for next is a take, and the file is put away.
    page.get_by_label("Check").first.click()
    page.get_by_role("option").nth(1).click()
    opened.wait("#check-found", has_text="3 checks of this visit")
    assert page.locator("#check-file .file-preview").count() == 0

    # The card of a take leads here, with that take.
    page.locator("#pages").get_by_role("tab", name="Compose").click()
    opened.wait(".take-0 [data-do=check]").click()
    opened.wait("#check-found", has_text="4 checks of this visit")
    assert "Take 1:" in found.inner_text()
    assert page.get_by_label("Check").first.input_value() == "Take 1"

    page.set_viewport_size({"width": 1280, "height": 900})
    opened.picture("check-3-take")
    opened.picture("check", "#check-found", "#check-file")
    practised(opened)
    opened.leave()


def practised(opened: Any) -> None:
    """Choose a continuation, then write a phrase down and see its notes."""
    page = opened.page
    page.get_by_role("tab", name="Practice").click()
    opened.wait("#practice-task [data-do=choose]")
    opened.check()
    page.locator("[data-do=choose]").nth(1).click()
    opened.wait("#practice-marks .lanes svg")
    opened.picture("practice-1-chosen")

    page.get_by_text("Write it down", exact=True).click()
    opened.wait("#practice-task summary")
    assert page.locator("#practice-marks .card").count() == 0
    assert not page.locator("#practice-task .stage").is_visible()
    page.locator("#practice-task summary").click()
    notes = opened.wait("#practice-task .against").inner_text()
    page.locator("#practice-notes textarea").fill(notes)
    page.locator("#practice-compare").click()
    opened.wait("#practice-marks", has_text="All right")
    opened.picture("practice-2-written")
    opened.picture("practice", "#practice-task", "#practice-marks", "#practice-kind")
