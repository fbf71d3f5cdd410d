// What a point sounds like, and what becomes of the points when they are placed anew. Joined with
// map_view.js and map.js by `app/explore/map.py`.
// A point that is rested on, or that the keys come to, is heard, unless that is switched off.
const REST_MS = 250;
const phrase = new Audio();
const heard = root.querySelector(".map-heard");
let aimed = -1, resting = 0;
function hear(number) {
  if (number === aimed) return;
  aimed = number;
  clearTimeout(resting);
  phrase.pause();
  if (number < 0 || !map.heard || heard.getAttribute("aria-pressed") === "false") return;
  resting = setTimeout(() => {
    if ([...document.querySelectorAll("audio")].some((other) => !other.paused)) return;
    phrase.src = `sound/phrase/${number}`;
    phrase.play().catch(() => {});
  }, REST_MS);
}
heard.addEventListener("click", () => {
  heard.setAttribute("aria-pressed", String(heard.getAttribute("aria-pressed") === "false"));
  hear(-1);
});
document.addEventListener("play", () => hear(-1), true);
canvas.addEventListener("blur", () => hear(-1));

// The points go to their new places on a way that can be followed.
const TRAVEL_MS = 700;
function travel(before) {
  const { points } = map;
  const after = points.map(([x, y]) => [x, y]);
  const began = performance.now();
  const step = (time) => {
    if (map.points !== points) return;
    const part = between((time - began) / TRAVEL_MS, 0, 1), eased = part * part * (3 - 2 * part);
    after.forEach(([x, y], i) => {
      points[i][0] = before[i][0] + eased * (x - before[i][0]);
      points[i][1] = before[i][1] + eased * (y - before[i][1]);
    });
    draw();
    if (part < 1) requestAnimationFrame(step);
  };
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) requestAnimationFrame(step);
}

// Which phrases moved most, and the notes that are the reason (see `app/explore/moves.py`).
function tellMoved() {
  const list = root.querySelector(".map-moved");
  const moved = map.moved ?? [];
  list.hidden = !moved.length;
  list.querySelector("ol").replaceChildren(...moved.map(({ at, notes, why }) => {
    const row = document.createElement("li"), line = document.createElement("span");
    line.className = "line";
    for (const [name, reason] of notes) {
      const note = document.createElement(reason ? "strong" : "span");
      note.textContent = name;
      line.append(note, " ");
    }
    line.append(`· ${why}`);
    row.append(button(map.titles[at], null, () => { go(spot(at)); pick(here.number); }), line);
    return row;
  }));
}
