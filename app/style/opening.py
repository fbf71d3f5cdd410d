"""A link is opened -> what covers the page until the music it asks for is there.

What the page would show meanwhile is other music, and would look like the answer. Which parts are
covered is noted at the root of the document; the style sheet does the rest.
"""

from __future__ import annotations

# In the head of the document: run before anything is drawn.
COVER = """<script>
(() => {
  const asked = new URLSearchParams(window.location.search);
  if (asked.has("example") || asked.has("notes")) {
    document.documentElement.dataset.opening = "motif neighbours takes";
  }
})();
</script>"""

_UNCOVER = """() => {
  const root = document.documentElement;
  if (!("opening" in root.dataset)) return;
  const left = root.dataset.opening.split(" ").filter((name) => !NAMES.includes(name));
  root.dataset.opening = left.join(" ");
}"""

COVER_CSS = """
[data-opening~="motif"] #motif-card, [data-opening~="neighbours"] #neighbours,
[data-opening~="takes"] #takes { position: relative; }
[data-opening~="motif"] #motif-card > *, [data-opening~="motif"] #notes textarea,
[data-opening~="motif"] #sources, [data-opening~="neighbours"] #neighbours > *,
[data-opening~="takes"] #takes > * { visibility: hidden; }
[data-opening~="motif"] #motif-card::after, [data-opening~="neighbours"] #neighbours::after,
[data-opening~="takes"] #takes::after { content: "Opening the link …"; position: absolute; inset: 0;
  padding: 24px 16px; text-align: center; border: 1px dashed var(--border-color-primary);
  border-radius: 8px; color: var(--body-text-color-subdued); }
"""


def uncover(*parts: str) -> str:
    """Return the script that shows some parts: of "motif", "neighbours" and "takes".

    Examples
    --------
    >>> "['takes'].includes" in uncover("takes")
    True
    """
    return _UNCOVER.replace("NAMES", str(list(parts)))
