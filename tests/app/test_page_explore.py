"""Explore in headless Chromium with no network: by mouse, by keyboard, on a phone."""

import json
import math
import re
from collections.abc import Callable
from typing import Any


def map_ready(opened: Any) -> dict[str, Any]:
    """Wait for the map; return what it is told to draw."""
    root = opened.wait("#map .map[data-ready]")
    assert int(root.get_attribute("data-ready")) > 1000
    return json.loads(root.evaluate("e => JSON.stringify(e.dataset)"))


def lasso(opened: Any) -> None:
    canvas = opened.page.locator("#map canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    x, y = box["x"] + 0.35 * box["width"], box["y"] + 0.5 * box["height"]
    mouse = opened.page.mouse
    mouse.move(x + 70, y)
    mouse.down()
    for step in range(1, 17):
        angle = 2 * math.pi * step / 16
        mouse.move(x + 70 * math.cos(angle), y + 70 * math.sin(angle))
    mouse.up()


def test_explore_with_a_mouse(visit: Callable[..., Any]) -> None:
    opened = visit(tab="Explore")
    map_ready(opened)
    assert "tab=explore" in opened.page.url
    assert "the motif" in opened.page.locator(".map-marks").inner_text()
    opened.picture("explore-1-map")

    canvas = opened.page.locator("#map canvas")
    box = canvas.bounding_box()
    for share in (0.5, 0.45, 0.55, 0.4):
        canvas.click(position={"x": share * box["width"], "y": 0.5 * box["height"]})
        if opened.page.locator("#map .map").get_attribute("data-picked"):
            break
    opened.wait("#map-phrase audio")
    assert opened.page.locator("#map-phrase svg rect").count() >= 2

    lasso(opened)
    opened.wait("#map-why .reasons li")
    assert "in common" in opened.page.locator("#map-why").inner_text()
    chosen = opened.page.locator("#map .map").get_attribute("data-group").split(",")
    assert len(chosen) >= 3
    opened.picture("explore-2-group")
    opened.picture("map", "#map", "#map-phrase", "#map-why")

    opened.page.get_by_label("Phrases lie near each other").click()
    opened.page.get_by_role("option", name="rhythm alone").click()
    opened.wait(".map-axes", has_text=re.compile("near on the map|The map shows"))
    opened.wait("#map-about", has_text="It does not hear pitch")
    opened.page.get_by_role("button", name="metre", exact=True).click()
    opened.wait(".map-legend", has_text="6/8")
    opened.picture("explore-3-rhythm")

    # The phrase is now the motif of the first page, too.
    title = opened.page.locator("#map-phrase h3").inner_text()
    opened.page.locator("#map-use").click()
    opened.page.get_by_role("tab", name="Compose").click()
    opened.wait("#motif-card", has_text=title)
    opened.leave()


def test_explore_with_the_keyboard(visit: Callable[..., Any]) -> None:
    opened = visit(tab="Explore", screen="dark")
    map_ready(opened)
    opened.page.locator("#map canvas").focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowLeft"):
        opened.page.keyboard.press(key)
    assert "phrase" in opened.page.locator(".map-now").inner_text()
    opened.page.keyboard.press("Enter")
    opened.wait("#map-phrase audio")
    opened.page.keyboard.press("g")
    opened.wait("#map-why h2", has_text="What these 40 have in common")
    opened.picture("explore-4-dark")
    opened.leave()


def test_explore_on_a_phone(visit: Callable[..., Any]) -> None:
    opened = visit(tab="Explore", screen="phone")
    map_ready(opened)
    opened.page.locator(".map-legend button").nth(1).click()
    opened.wait("#map-why .reasons li")
    assert opened.page.get_by_role("button", name="draw a lasso").is_visible()
    opened.picture("explore-5-phone")
    opened.leave()
