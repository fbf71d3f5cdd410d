// The motif is a choice of bars of the whole tune: a press on a bar takes that one, a drag all that
// it goes over, and with the shift key the motif is made longer.
const bars = () => [...element.querySelectorAll(".bar")];
const numberOf = (button) => Number(button.dataset.bar);
let from = null;

const show = (first, last) => {
  for (const button of bars()) {
    const inside = first <= numberOf(button) && numberOf(button) <= last;
    button.setAttribute("aria-pressed", inside);
  }
};
const chosen = () => bars().filter((one) => one.getAttribute("aria-pressed") === "true").map(numberOf);
const under = (event) =>
  document.elementsFromPoint(event.clientX, event.clientY).find((one) => one.matches(".bar"));
const take = (first, last) => {
  show(first, last);
  trigger("bars", { first, last });
};

element.addEventListener("pointerdown", (event) => {
  const bar = event.target.closest(".bar");
  if (!bar || event.button) return;
  const now = chosen();
  from = event.shiftKey && now.length ? now : [numberOf(bar)];
  bar.setPointerCapture?.(event.pointerId);
});
element.addEventListener("pointermove", (event) => {
  const bar = from && under(event);
  if (bar) show(Math.min(...from, numberOf(bar)), Math.max(...from, numberOf(bar)));
});
element.addEventListener("pointerup", (event) => {
  const bar = from && under(event);
  const begun = from;
  from = null;
  if (bar) take(Math.min(...begun, numberOf(bar)), Math.max(...begun, numberOf(bar)));
});
element.addEventListener("pointercancel", () => {
  from = null;
});
// What a keyboard or a screen reader sends is a click without a pointer.
element.addEventListener("click", (event) => {
  const bar = event.target.closest(".bar");
  if (!bar || event.detail !== 0) return;
  const begun = event.shiftKey ? chosen() : [];
  take(Math.min(...begun, numberOf(bar)), Math.max(...begun, numberOf(bar)));
});
