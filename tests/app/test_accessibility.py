"""axe-core finds nothing serious on the page, light and dark, wide and on a phone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

axe = pytest.importorskip("axe_playwright_python", reason="axe is not installed")

PHONE = {"viewport": {"width": 390, "height": 844}}
LIGHT = {"viewport": {"width": 1280, "height": 900}}
DARK = {**LIGHT, "color_scheme": "dark"}


@pytest.mark.parametrize("options", [LIGHT, DARK, PHONE], ids=["light", "dark", "phone"])
def test_nothing_serious(visit: Callable[..., Any], options: dict[str, Any]) -> None:
    opened = visit(**options)
    page = opened.page
    script = Path(axe.__file__).parent / "axe.min.js"
    page.evaluate(script.read_text(encoding="utf-8"))
    for tab in ("Examples", "Piano", "Hum", "File"):
        page.locator("#sources").get_by_role("tab", name=tab).click()
        found = page.evaluate("async () => (await axe.run(document)).violations")
        serious = [
            f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:200]}"
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == [], tab
    opened.leave()
