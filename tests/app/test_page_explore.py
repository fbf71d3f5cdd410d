"""Explore in headless Chromium with no network: by mouse, by keyboard, on a phone."""

import json
import math
import re
from collections.abc import Callable
from typing import Any

import pytest

# Machines that are busy take minutes for the second layout.
PLACING_MS = 600_000
NOTE_WORDS = """() => {
  const now = document.querySelector(".map-now");
  window.words = [];
  new MutationObserver(() => window.words.push(now.textContent))
    .observe(now, { childList: true, characterData: true, subtree: true });
}"""


def map_ready(opened: Any) -> dict[str, Any]:
    """Wait for the map; return what it is told to draw."""
    root = opened.wait("#map .map[data-ready]")
    assert int(root.get_attribute("data-ready")) > 1000
    return json.loads(root.evaluate("e => JSON.stringify(e.dataset)"))


def middle(opened: Any) -> tuple[float, float]:
    canvas = opened.page.locator("#map canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def zoom(opened: Any) -> float:
    return float(opened.page.locator(".map-size").inner_text().removeprefix("×"))


def shown(opened: Any, x: float, y: float) -> str:
    """Return what the map says of a place on the screen."""
    opened.page.mouse.move(x, y)
    return str(opened.page.locator(".map-hint").inner_text())


def lasso(opened: Any, x: float, y: float) -> None:
    mouse = opened.page.mouse
    mouse.move(x + 60, y)
    mouse.down()
    for step in range(1, 17):
        angle = 2 * math.pi * step / 16
        mouse.move(x + 60 * math.cos(angle), y + 60 * math.sin(angle))
    mouse.up()


def zoom_and_move(opened: Any) -> None:
    """Zoom by wheel and by keyboard, and drag, on a map on which nothing was chosen yet."""
    x, y = middle(opened)
    mouse, keyboard = opened.page.mouse, opened.page.keyboard
    mouse.move(x, y)
    before = opened.page.evaluate("scrollY")
    mouse.wheel(0, 40)
    opened.page.wait_for_function(f"scrollY !== {before}")
    assert zoom(opened) == 1.0, "the wheel alone is the page's"

    # The point under the pointer stays there.
    x, y = middle(opened)
    at = next(
        (x + dx, y + dy)
        for dy in (0, 20, 40)
        for dx in range(-60, 61, 6)
        if shown(opened, x + dx, y + dy)
    )
    name = shown(opened, *at)
    keyboard.down("Control")
    mouse.wheel(0, -90)
    opened.page.wait_for_function("document.querySelector('.map-size').textContent !== '× 1.0'")
    keyboard.up("Control")
    assert shown(opened, *at) == name

    # Moved with shift it goes along, and nothing is chosen by that.
    keyboard.down("Shift")
    mouse.down()
    mouse.move(at[0] + 70, at[1] + 30, steps=4)
    mouse.up()
    keyboard.up("Shift")
    assert shown(opened, at[0] + 70, at[1] + 30) == name
    root = opened.page.locator("#map .map")
    assert (root.get_attribute("data-picked"), root.get_attribute("data-group")) == ("", "")

    # By the keyboard, far from where the map is seen: the view follows.
    opened.page.locator("#map canvas").focus()
    for key in ("+", "+", "+", "+", "m"):
        keyboard.press(key)
    assert zoom(opened) > 5
    assert "your motif" in opened.page.locator(".map-now").inner_text()
    keyboard.press("0")
    assert zoom(opened) == 1.0


def a_point_is_heard(opened: Any) -> None:
    """Rest on a point until it is heard; that can be switched off."""
    x, y = middle(opened)
    assert any(shown(opened, x + dx, y) for dx in range(-30, 31, 6))
    asked = "performance.getEntriesByType('resource').map(e => e.name)"
    opened.page.wait_for_function(f"{asked}.some(name => /sound.phrase.[0-9]+$/.test(name))")
    switch = opened.page.get_by_role("button", name="hear what you point at")
    switch.click()
    assert switch.get_attribute("aria-pressed") == "false"


def test_explore_with_a_mouse(visit: Callable[..., Any]) -> None:
    opened = visit(tab="Explore")
    map_ready(opened)
    assert "tab=explore" in opened.query()
    assert "the motif" in opened.page.locator(".map-marks").inner_text()
    opened.picture("explore-1-map")
    a_point_is_heard(opened)
    zoom_and_move(opened)

    # On to what is near the motif: to the first neighbour by M, whose phrase is shown.
    for key in ("m", "Enter"):
        opened.page.keyboard.press(key)
    assert opened.page.locator(".map-now").inner_text().startswith("neighbour 1: ")
    opened.wait("#map-phrase audio")
    assert opened.page.locator("#map-phrase svg rect").count() >= 2
    first = opened.page.locator("#map .map").get_attribute("data-picked")

    opened.page.get_by_role("button", name="★ the motif").click()
    assert zoom(opened) >= 2
    x, y = middle(opened)
    y = next(y + dy for dy in range(0, 200, 6) if "your motif" in shown(opened, x, y + dy))
    lasso(opened, x, y)
    opened.wait("#map-why .reasons li")
    assert "in common" in opened.page.locator("#map-why").inner_text()
    chosen = opened.page.locator("#map .map").get_attribute("data-group").split(",")
    assert len(chosen) >= 3
    opened.picture("explore-2-group")
    opened.page.get_by_role("button", name="Zoom out").dblclick()
    opened.picture("map", "#map", "#map-phrase", "#map-why")
    opened.page.get_by_role("button", name="whole map").click()

    # A click on a point shows another phrase.
    x, y = middle(opened)
    for dx in (-40, -70, 40, 70):
        opened.page.mouse.click(x + dx, y)
        if opened.page.locator("#map .map").get_attribute("data-picked") != first:
            break
    else:
        raise AssertionError("no point was hit")

    opened.page.get_by_label("Phrases lie near each other").click()
    opened.page.get_by_role("option", name="rhythm alone").click()
    opened.wait(".map-axes", has_text=re.compile("directions show"))
    opened.wait("#map-about", has_text="It does not hear pitch")
    assert opened.page.locator(".map-moved li").count() == 6
    assert opened.page.locator(".map-moved li strong").count() >= 6
    opened.page.get_by_role("button", name="metre", exact=True).click()
    opened.wait(".map-legend", has_text="6/8")
    opened.picture("explore-3-rhythm")

    # The phrase is now the motif of the first page, too.
    title = opened.page.locator("#map-phrase h3").inner_text()
    opened.page.locator("#map-use").click()
    opened.page.get_by_role("tab", name="Compose").click()
    opened.wait("#motif-card", has_text=title)
    opened.leave()


def test_the_keyboard_and_neighbourhoods(visit: Callable[..., Any]) -> None:
    opened = visit("?tab=explore", screen="dark")
    map_ready(opened)
    # Opened first, it knows the motif and the music of the other page.
    opened.wait(".map-marks", has_text="new music made of it")
    opened.page.locator("#map canvas").focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowLeft"):
        opened.page.keyboard.press(key)
    assert "phrase" in opened.page.locator(".map-now").inner_text()
    opened.page.keyboard.press("Enter")
    opened.wait("#map-phrase audio")
    opened.page.keyboard.press("g")
    opened.wait("#map-why h2", has_text="What these 40 have in common")
    opened.picture("explore-4-dark")

    pytest.importorskip("sklearn")
    opened.page.evaluate(NOTE_WORDS)
    opened.page.get_by_role("radio", name="neighbourhoods").focus()
    opened.page.keyboard.press("Space")
    placed = opened.page.locator(".map-axes", has_text="Near points are alike")
    placed.wait_for(timeout=PLACING_MS)
    assert re.search("Trustworthiness 0.9", placed.inner_text())
    # What was said meanwhile is over before it can be looked for, if the layout is known already.
    first, *later = opened.page.evaluate("window.words")
    assert "a few seconds" in first
    assert later == [""]
    opened.picture("explore-6-neighbourhoods")
    opened.leave()


def test_explore_on_a_phone(visit: Callable[..., Any]) -> None:
    opened = visit(tab="Explore", screen="phone")
    map_ready(opened)
    opened.page.locator(".map-legend button").nth(1).click()
    opened.wait("#map-why .reasons li")
    assert opened.page.get_by_role("button", name="draw a lasso").is_visible()
    opened.picture("explore-5-phone")

    # Two fingers magnify the map, and not the page.
    x, y = middle(opened)
    fingers = opened.context.new_cdp_session(opened.page)
    for kind, apart in (("touchStart", 40), ("touchMove", 80), ("touchMove", 120)):
        points = [{"x": x + side * apart / 2, "y": y, "id": side} for side in (-1, 1)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    opened.page.wait_for_function("document.querySelector('.map-size').textContent !== '× 1.0'")
    assert 2 < zoom(opened) < 4
    assert opened.page.evaluate("visualViewport.scale") == 1
    for button in opened.page.locator(".map-zoom button").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 36
    opened.leave()
