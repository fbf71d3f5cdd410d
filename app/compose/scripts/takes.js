// The tabs above the takes: one take is open at a time. What is open stays so while others change;
// with each new run of composing it is the first again.
const takes = document.getElementById("takes");
const bar = element;

const open = (place, focus) => {
  takes.dataset.open = place;
  bar.querySelectorAll("[role=tab]").forEach((tab, number) => {
    const chosen = number === place;
    tab.setAttribute("aria-selected", chosen);
    tab.tabIndex = chosen ? 0 : -1;
    if (chosen && focus) tab.focus();
  });
};

const settle = () => {
  const list = bar.querySelector("[data-run]");
  const fresh = !list || takes.dataset.run !== list.dataset.run;
  takes.dataset.run = list ? list.dataset.run : "";
  open(fresh ? 0 : Number(takes.dataset.open || 0), false);
};

bar.addEventListener("click", (event) => {
  const tab = event.target.closest("[role=tab]");
  if (tab) open(Number(tab.dataset.place), false);
});
bar.addEventListener("keydown", (event) => {
  const steps = { ArrowLeft: -1, ArrowRight: 1 };
  const count = bar.querySelectorAll("[role=tab]").length;
  if (!(event.key in steps) || !count) return;
  event.preventDefault();
  open((Number(takes.dataset.open || 0) + steps[event.key] + count) % count, true);
});
watch("value", settle);
settle();
