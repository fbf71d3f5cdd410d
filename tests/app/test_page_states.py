"""In headless Chromium: nothing on the page is left over from what was chosen before."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

BOOK = """X:1
T:Reel
M:4/4
L:1/4
K:G
D|GABc|dedB|c2A2|B4|]

X:2
T:Jig
M:6/8
L:1/8
Q:3/8=120
K:D
A|d2f a2f|g2e c2A|d2f a2f|edc d2:|
"""


def choose(page: Any, name: str, value: str) -> None:
    """Choose an entry of a menu under the motif."""
    page.locator(f"#passage-{name} input").click()
    page.get_by_role("option", name=value, exact=True).click()


def test_what_is_shown_belongs_together(visit: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "book.abc").write_text(BOOK)
    opened = visit(tab="Corpus")
    page = opened.page
    alone = page.get_by_text("my files only")
    alone.click()
    assert "you have added no files yet" in opened.wait(".toast-body").inner_text()
    page.wait_for_function("!document.querySelector(\"input[value='my files only']\").checked")
    opened.give_own(tmp_path / "book.abc")
    page.locator("#add-files").click()
    opened.wait("#shelf", has_text="search these beside the shipped tunes")
    alone.click()
    opened.wait("#shelf", has_text="search these alone")
    opened.picture("states-1-alone", "#holdings", "#shelf")

    # A passage of the second tune of a book, with a tempo in its own beats.
    page.get_by_role("tab", name="Compose").click()
    opened.upload(tmp_path / "book.abc")
    opened.motif_named("Reel")
    choose(page, "tune", "2. Jig")
    opened.motif_named("Jig")
    choose(page, "from-bar", "2")
    opened.wait("#motif-card", has_text="took bars 2 to 4 of 4")
    assert page.get_by_text("Beats a minute (♩.)").count() == 1
    assert page.get_by_role("spinbutton", name="Beats a minute").input_value() == "120"
    opened.picture("states-2-passage")
    opened.compose()
    assert "closest of 3 phrases" in page.locator("#neighbours").inner_text()
    assert "tempo" not in opened.query().replace("+tempo%3D120", "")

    # Without the files everything is searched again, and that is said.
    page.get_by_role("tab", name="Corpus").click()
    page.locator("#remove-files").click()
    opened.wait("#shelf", has_text="No files of your own yet")
    assert page.get_by_role("radio", name="beside the shipped tunes").is_checked()
    page.get_by_role("tab", name="Compose").click()
    opened.wait("#status", has_text="compose again")

    # Another motif while music is made of this one: nothing of it is left, nothing comes after.
    page.locator("#compose").click()
    # Each of these lines may be gone before the browser is asked for it.
    opened.wait("#status", has_text=re.compile("is ready|Writing more takes|Done in"))
    page.get_by_role("tab", name="Examples").click()
    page.get_by_text("Sakura", exact=True).click()
    opened.motif_named("Sakura")
    opened.done()
    assert page.locator("#takes .take h3").first.text_content() == "Sakura, take 1"
    assert opened.query().startswith("?example=Sakura")
    assert page.get_by_role("spinbutton", name="Beats a minute").input_value() == "80"
    opened.picture("states-3-another")
    opened.leave()
