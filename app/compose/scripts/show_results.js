// The results lie below the settings, on a phone far below.
() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.getElementById("takes").scrollIntoView({ behavior: calm ? "auto" : "smooth" });
}
