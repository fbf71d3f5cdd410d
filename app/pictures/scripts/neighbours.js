// A phrase that was found becomes the next motif; a tune is fetched, as roll and score, when it is
// first in sight; more tunes are shown when they are asked for.
const ACCENT = "var(--accent)";

const isFound = (spans, note) => spans.some(([start, stop]) => start <= note && note < stop);

// What was found is in colour, the rest of the tune is not.
const mark = (place) => {
  const spans = place.dataset.found.split(" ").map((span) => span.split("-").map(Number));
  place.querySelectorAll(".roll rect").forEach((rect, note) => {
    rect.classList.toggle("faded", !isFound(spans, note));
  });
  for (const written of place.querySelectorAll(".score [data-note]")) {
    if (isFound(spans, Number(written.dataset.note))) {
      written.style.setProperty("--source", ACCENT);
    }
  }
};

const fetched = async (place) => {
  place.textContent = "Drawing…";
  try {
    const answer = await fetch(place.dataset.tune);
    if (!answer.ok) throw new Error(await answer.text());
    place.innerHTML = await answer.text();
    mark(place);
  } catch (error) {
    place.textContent = `The tune is not here: ${error.message}`;
  }
};

const sight = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    sight.unobserve(target);
    fetched(target);
  }
});
const look = () => {
  sight.disconnect();
  for (const place of element.querySelectorAll("[data-tune]:empty")) sight.observe(place);
};
look();
watch("value", look);

element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do]");
  if (button?.dataset.do === "motif") trigger("motif", { phrase: Number(button.dataset.phrase) });
  if (button?.dataset.do !== "more") return;
  const further = button.nextElementSibling;
  further.hidden = false;
  button.remove();
  further.querySelector("summary").focus();
});
