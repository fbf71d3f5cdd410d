"""A visit of a page in headless Chromium: what is done there, and what must hold of every state.

Set MER_SCREENSHOTS to a folder to have every state written there as a PNG.
"""

import os
import re
import urllib.parse
import urllib.request
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PATIENCE_MS = 60_000
SCREENS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "large": {"viewport": {"width": 1920, "height": 1080}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
SETTLED = """() => Promise.race([new Promise(late => setTimeout(late, 2000)),
    Promise.allSettled(document.getAnimations()
        .filter(a => a.effect.getComputedTiming().iterations !== Infinity)
        .map(a => a.finished))])"""
# A picture of a whole page has the tunes that are drawn when they come into sight, and no button
# that lies over the rest.
DRAWN = """async () => {
    for (const row of document.querySelectorAll('.actions')) row.style.position = 'static';
    const places = () => [...document.querySelectorAll('[data-tune]')]
        .filter(e => e.checkVisibility() && !e.firstElementChild);
    const late = Date.now() + 5000;
    while (places().length && Date.now() < late) {
        places()[0].scrollIntoView();
        await new Promise(next => setTimeout(next, 50));
    }
    scrollTo(0, 0);
}"""
# What a screen reader would have no name for.
NAMELESS = """[...document.querySelectorAll('button, input, textarea, canvas, svg[role=img]')]
    .filter(e => e.offsetParent && !(e.textContent.trim() || e.ariaLabel || e.title
        || e.labels?.length || e.getAttribute('aria-labelledby'))).map(e => e.outerHTML)"""

# What there is to find fault with: kinds of elements, by what they say of themselves and what they
# are in; looks of texts, by colour, size and what lies behind them. The first and the last that
# have a new look are told to axe-core, which takes longest for colours.
KINDS = """within => {
    const kind = e => [e.tagName, e.role, e.type, ...e.getAttributeNames().sort()].join();
    return [...document.querySelectorAll(`${within} *`)]
        .filter(e => e.checkVisibility() && (!e.closest('svg') || e.role || e.ariaLabel))
        .map(e => `${kind(e)} in ${kind(e.parentElement)}`);
}"""
LOOKS = """([within, known]) => {
    const behind = new Map([[null, '']]);
    const below = e => {
        if (!behind.has(e)) {
            const style = getComputedStyle(e);
            const own = [style.backgroundColor, style.backgroundImage, style.opacity].join();
            const parent = below(e.parentElement);
            behind.set(e, parent.endsWith(own) ? parent : `${parent} / ${own}`);
        }
        return behind.get(e);
    };
    const found = new Map();
    const faultless = new Set(known);
    for (const e of document.querySelectorAll(`${within} *`)) {
        if (!e.checkVisibility()) continue;
        if (!e.value && ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
        const style = getComputedStyle(e);
        const look = [style.color, style.fontSize, style.fontWeight, below(e)].join();
        if (!faultless.has(look)) found.set(look, [found.get(look)?.[0] ?? e, e]);
    }
    window.newLooks = [...new Set([...found.values()].flat())];
    return [...found.keys()];
}"""
# What axe-core finds within a part of the page; of colours only where they are new. Strokes without
# a name of their own are out of the way meanwhile: there are thousands in an engraving, and axe
# would compare each with all. Gradio's own messages are buttons with a button in them.
AXE = """async within => {
    const named = 'text, title, [role], [tabindex], [aria-label]';
    const strokes = [...document.querySelectorAll('svg *')].filter(e => e.tagName !== 'title'
        && !e.matches(named) && !e.querySelector(named) && !e.closest('text'));
    const places = strokes.map(stroke => {
        const place = document.createComment('');
        stroke.replaceWith(place);
        return [place, stroke];
    });
    const found = await axe.run({include: [[within]], exclude: [['.toast-body']]},
        {resultTypes: ['violations'], rules: {'color-contrast': {enabled: false}}});
    const shown = newLooks.filter(e => e.isConnected && !e.closest('.toast-body'));
    const colours = shown.length ? await axe.run({include: shown},
        {resultTypes: ['violations'], runOnly: ['color-contrast']}) : {violations: []};
    const violations = [...found.violations, ...colours.violations];
    places.reverse().forEach(([place, stroke]) => place.replaceWith(stroke));
    return violations;
}"""


class Visit:
    """A page whose requests to anywhere but the app are written down; they lead nowhere."""

    def __init__(
        self,
        browser: Any,
        address: str,
        faultless: set[str],
        tab: str = "",
        screen: str = "wide",
        script: str = "",
        **context: Any,
    ) -> None:
        self.address = address
        self.faultless = faultless  # kinds and looks in which axe-core found nothing
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.context = browser.new_context(accept_downloads=True, **SCREENS[screen], **context)
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.on("request", self._note_request)
        if script:
            self.context.add_init_script(script)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.open(address)
        if tab:
            self.page.get_by_role("tab", name=tab).click()

    def open(self, address: str) -> None:
        """Go to a page of the app, as somebody who has just come."""
        self.page.goto(address)
        if "tab=" not in address:
            self.wait("#motif-card audio")

    def _note_request(self, request: Any) -> None:
        place = urllib.parse.urlsplit(request.url)
        if place.scheme not in ("data", "blob") and place.hostname != "127.0.0.1":
            self.outside.append(request.url)

    def wait(self, selector: str, *, timeout: float = PATIENCE_MS, **options: Any) -> Any:
        """Return the first such element, when it is seen."""
        from playwright.sync_api import TimeoutError as Late

        found = self.page.locator(selector, **options).first
        try:
            found.wait_for(timeout=timeout)
        except Late as late:
            shown = self.page.locator("#status, .toast-body, #neighbours").all_inner_texts()
            raise AssertionError(f"{late}\nThe page says: {shown}") from late
        return found

    def upload(self, path: Path) -> None:
        self.page.get_by_role("tab", name="File").click()
        self.page.locator("#motif-file input[type=file]").set_input_files(str(path))

    def give_own(self, path: Path) -> None:
        """Choose a file of one's own, and wait until it is in the list."""
        self.page.locator("#own-files input[type=file]").first.set_input_files(str(path))
        self.wait(f"#own-files [aria-label='{path.name}']")

    def motif_named(self, name: str) -> None:
        self.wait("#motif-card h3", has_text=name)

    def compose(self) -> None:
        self.page.locator("#compose").click()
        self.done()

    def done(self) -> None:
        """Wait until all takes are there."""
        self.wait("#status", has_text=re.compile(r"Done in \d"))

    def query(self) -> str:
        """Return what follows the address; the browser knows it sooner than `page.url`."""
        return str(self.page.evaluate("location.search"))

    def served(self, selector: str, attribute: str = "src") -> bytes:
        source = self.page.locator(selector).first.evaluate(f"element => element.{attribute}")
        with urllib.request.urlopen(source) as answer:
            contents: bytes = answer.read()
        return contents

    def picture(self, name: str, *parts: str) -> None:
        """Write the page as a PNG, or what spans some parts of it, where pictures are wanted."""
        folder = os.environ.get("MER_SCREENSHOTS")
        if not folder:
            return
        Path(folder).mkdir(parents=True, exist_ok=True)
        path = str(Path(folder) / f"{name}.png")
        self.page.evaluate(DRAWN)
        self.page.evaluate(SETTLED)
        if not parts:
            self.page.screenshot(path=path, full_page=True)
            return
        self.page.evaluate("scrollTo(0, 0)")
        shown = [self.page.locator(part).locator("visible=true").first for part in parts]
        boxes = [part.bounding_box() for part in shown]
        left, top = (min(box[side] for box in boxes) - 8 for side in ("x", "y"))
        right = max(box["x"] + box["width"] for box in boxes) + 8
        bottom = max(box["y"] + box["height"] for box in boxes) + 8
        clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        self.page.screenshot(path=path, full_page=True, clip=clip)

    def serious_faults(self, within: str = "body") -> list[str]:
        """Return what axe-core finds serious or critical, where it is installed."""
        if find_spec("axe_playwright_python") is None:
            return []
        import axe_playwright_python

        self.page.evaluate(SETTLED)  # half-way between two colours the contrast is neither's
        kinds = set(self.page.evaluate(KINDS, within)) - self.faultless
        looks = set(self.page.evaluate(LOOKS, [within, [*self.faultless]]))
        if not kinds | looks:
            return []
        script = Path(axe_playwright_python.__file__).parent / "axe.min.js"
        self.page.evaluate(script.read_text(encoding="utf-8"))
        violations = self.page.evaluate(AXE, within)
        faults = [
            f"{one['id']} ({one['impact']}): {node['html'][:200]}"
            for one in violations
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]
        if not faults:
            self.faultless |= kinds | looks
        return faults

    def leave(self) -> None:
        """Check what must hold of every visit, and close it."""
        self.check()
        self.context.close()

    def check(self) -> None:
        """Check what must hold of every state of the page."""
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= self.page.viewport_size["width"], "the page scrolls sideways"
        found = {
            "asked elsewhere": self.outside,
            "errors": self.errors,
            "without a name": self.page.evaluate(NAMELESS),
            "hard to use": self.serious_faults(),
        }
        assert not any(found.values()), found
