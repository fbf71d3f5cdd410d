"""In headless Chromium: the pages on a phone, in the dark and on a large screen.

axe-core finds nothing serious in any way to give a motif; other states are checked elsewhere.
"""

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.page_weight import SHIFTS
from tests.app.visit import SCREENS


@pytest.mark.parametrize("screen", ["phone", "dark"])
def test_other_screens(visit: Callable[..., Any], screen: str) -> None:
    opened = visit(screen=screen, script=SHIFTS)
    dark = opened.page.evaluate("document.body.classList.contains('dark')")
    assert dark == (screen == "dark")
    kind = "narrow" if screen == "phone" else "wide"
    shown = opened.page.locator(f"#takes .score.{kind}").first
    if opened.page.locator("#takes .score").count():
        assert shown.is_visible()
    opened.check()
    assert opened.page.evaluate("window.shifted") < 0.1  # what is read stays where it is
    opened.picture(f"07-{screen}")
    if screen == "phone":
        opened.picture("phone", "#neighbours details", "#takes .roll")
    on_a_large_screen(opened, screen)
    for way in ("Piano", "Hum", "File", "Examples"):
        opened.page.locator("#sources").get_by_role("tab", name=way).click()
        assert opened.serious_faults("#sources") == [], way
    for tab, part in (
        ("Compare", "#compare-ranks .dumbbells"),
        ("Corpus", "#holdings .charts svg"),
    ):
        opened.page.get_by_role("tab", name=tab).click()
        opened.wait(part)
        opened.picture(f"{tab.lower()}-{screen}")
        opened.check()
        on_a_large_screen(opened, screen)
    opened.leave()


def on_a_large_screen(opened: Any, screen: str) -> None:
    """Check the page on a large screen, in the dark; on phones nothing is large."""
    if screen == "dark":
        size = opened.page.viewport_size
        opened.page.set_viewport_size(SCREENS["large"]["viewport"])
        score = opened.page.locator("#takes .score.wide").first
        assert score.is_visible() or not opened.page.locator("#takes").is_visible()
        opened.picture("large")
        opened.check()
        opened.page.set_viewport_size(size)
