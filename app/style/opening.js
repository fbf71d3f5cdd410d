// A link is opened: until the music that it asks for is there, the page would show other music,
// which would look like the answer. Which parts are covered is noted at the root of the document;
// opening.css does the rest, and compose/scripts/uncover.js ends it.
(() => {
  const asked = new URLSearchParams(window.location.search);
  if (asked.has("example") || asked.has("notes")) {
    document.documentElement.dataset.opening = "motif neighbours takes";
  }
})();
