// What was made in this visit, to go back to: a button for each take, undo and redo. The steps are
// those of the browser's own history (see write_address.js); what a step leads to is made again from
// its address.
const undo = element.querySelector(".undo");
const redo = element.querySelector(".redo");
const list = element.querySelector(".visited");
const visited = []; // {query, motif, takes}
let furthest = history.state?.step ?? 0;
let going = false; // back or forth
let wanted = null; // the take that is to be open when a result is there

const step = () => history.state?.step ?? 0;
const asked = () => new URL(window.location).search;
const able = (button, can) => {
  button.setAttribute("aria-disabled", !can);
};

const draw = () => {
  furthest = Math.max(furthest, step());
  able(undo, step() > 0);
  able(redo, step() < furthest);
  list.replaceChildren(...visited.map((one) => {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = one.motif;
    item.append(name);
    one.takes.forEach((take, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = take.replace("Take ", "");
      button.ariaLabel = `${one.motif}, ${take}`;
      button.addEventListener("click", () => go(one.query, place));
      item.append(button);
    });
    return item;
  }));
};

const openTake = (place) =>
  document.querySelector(`#takes [role=tab][data-place="${place}"]`)?.click();

const visit = () => {
  going = true;
  document.documentElement.dataset.opening = "motif neighbours takes";
  trigger("visit", {});
  draw();
};

const go = (query, place) => {
  const address = new URL(window.location);
  if (visited.at(-1)?.shown === query) {
    openTake(place);
    return;
  }
  address.search = query;
  history.pushState({ step: step() + 1 }, "", address);
  wanted = place;
  furthest = step();
  visit();
};

document.addEventListener("mer-shown", ({ detail: query }) => {
  if (query) {
    const tabs = [...document.querySelectorAll("#takes [role=tab]")];
    const takes = tabs.map((tab) => tab.textContent);
    const motif = document.querySelector("#motif-card h3")?.textContent ?? "";
    const known = visited.find((one) => one.query === query);
    if (!known) visited.push({ query, motif, takes });
    for (const one of visited) one.shown = query;
    if (wanted !== null) openTake(wanted);
    wanted = null;
  }
  // A new step ends what could be done again.
  if (!going) furthest = step();
  going = false;
  draw();
});
window.addEventListener("popstate", () => {
  for (const one of visited) one.shown = asked();
  visit();
});
undo.addEventListener("click", () => step() > 0 && history.back());
redo.addEventListener("click", () => step() < furthest && history.forward());
draw();
