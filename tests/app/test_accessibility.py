"""axe-core finds nothing serious in any way to give a motif; other states are checked elsewhere."""

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("axe_playwright_python", reason="axe is not installed")


@pytest.mark.parametrize("screen", ["wide", "dark", "phone"])
def test_nothing_serious(visit: Callable[..., Any], screen: str) -> None:
    opened = visit(screen=screen)
    for tab in ("Piano", "Hum", "File", "Examples"):
        opened.page.locator("#sources").get_by_role("tab", name=tab).click()
        assert opened.serious_faults("#sources") == [], tab
    opened.leave()
