"""Compare in headless Chromium with no network: two rankings, and sliders that change the motif."""

import re
from collections.abc import Callable
from typing import Any


def test_compare(visit: Callable[..., Any]) -> None:
    opened = visit(tab="Compare")
    opened.wait("#compare-lists .ranking")
    assert opened.page.locator("#compare-lists .ranking li").count() == 20
    assert "rank-biased overlap" in opened.page.locator("#compare-lists").inner_text()
    assert opened.page.locator("#compare-lists .lanes svg").count() >= 1
    opened.wait("#compare-ranks .dumbbells")
    assert opened.page.locator("#compare-ranks .kept").count() == 12
    opened.page.locator("#compare-lists [data-do=hear]").nth(11).click()
    opened.wait("#compare-lists [data-do=hear][aria-pressed=true]").click()
    assert opened.page.locator("#compare-lists [aria-pressed=true]").count() == 0
    opened.wait("#compare-overall .figures")
    opened.page.locator("#compare-overall summary").click()
    assert opened.page.locator("#compare-overall .pair svg").count() == 6
    opened.check()
    opened.picture("compare-1-lists")
    opened.picture("rankings", "#compare-lists")

    slider = opened.page.get_by_label(re.compile("range slider for Transpose"))
    slider.focus()
    for _ in range(3):
        opened.page.keyboard.press("ArrowRight")
    opened.wait("#compare-motif", has_text="moved 3 semitones up")
    assert opened.served("#compare-motif audio")
    # Neither intervals nor the shape of the curve hear that.
    assert opened.page.locator("#compare-ranks .kept").count() == 12
    slider = opened.page.get_by_label(re.compile("range slider for Ornament"))
    slider.focus()
    opened.page.keyboard.press("End")
    opened.wait("#compare-motif", has_text="100%")
    opened.wait("#compare-ranks .lost")
    opened.picture("compare-2-ornamented")
    opened.picture("changed", "#compare-motif", "#compare-ranks", "#compare-reset")
    opened.page.locator("#compare-reset").click()
    opened.wait("#compare-motif", has_text="as it is")
    assert opened.page.locator("#compare-ranks .kept").count() == 12

    opened.page.get_by_label("The other").click()
    opened.page.get_by_role("option", name="rhythm alone").click()
    opened.wait("#compare-lists h3", has_text="rhythm alone")
    opened.leave()
