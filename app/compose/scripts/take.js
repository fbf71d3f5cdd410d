// The buttons on the card of a take: bars to keep, re-roll, use as the next motif.
element.addEventListener("click", (event) => {
  const lock = event.target.closest(".lock");
  if (lock) {
    lock.setAttribute("aria-pressed", lock.getAttribute("aria-pressed") !== "true");
    return;
  }
  const button = event.target.closest("[data-do]");
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  const number = Number(element.querySelector("[data-take]").dataset.take);
  if (button.dataset.do === "reuse") {
    trigger("reuse", { number });
    return;
  }
  const pressed = element.querySelectorAll('.lock[aria-pressed="true"]');
  const keep = [...pressed].map((one) => one.dataset.bar).join(",");
  button.setAttribute("aria-disabled", "true");
  button.textContent = "Re-rolling…";
  trigger("reroll", { number, keep });
});
