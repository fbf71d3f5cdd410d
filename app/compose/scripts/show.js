// A part of the page is brought into sight: what was asked for may lie far from what asked for it.
() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.getElementById($part).scrollIntoView({ behavior: calm ? "auto" : "smooth", block: $block });
}
