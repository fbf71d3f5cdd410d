"""In headless Chromium: the pages on a phone, in the dark and on a large screen.

axe-core finds nothing serious in any way to give a motif; other states are checked elsewhere.
"""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize("screen", ["phone", "dark", "large"])
def test_other_screens(visit: Callable[..., Any], screen: str) -> None:
    opened = visit(screen=screen)
    opened.picture(f"07-{screen}")
    if screen == "phone":
        opened.picture("phone", "#neighbours details", "#takes .roll")
    dark = opened.page.evaluate("document.body.classList.contains('dark')")
    assert dark == (screen == "dark")
    kind = "narrow" if screen == "phone" else "wide"
    shown = opened.page.locator(f"#takes .score.{kind}").first
    if opened.page.locator("#takes .score").count():
        assert shown.is_visible()
    opened.check()
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
    opened.leave()
