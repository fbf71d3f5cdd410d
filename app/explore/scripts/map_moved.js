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

// How far each point lies from where it would be if the old map had only been turned, mirrored,
// moved and magnified to lie on the new one as well as it can.
function strayed(before, after) {
  const centred = (places) => {
    const mean = [0, 1].map((axis) => places.reduce((sum, p) => sum + p[axis], 0) / places.length);
    return places.map((p) => [p[0] - mean[0], p[1] - mean[1]]);
  };
  const old = centred(before), now = centred(after);
  const fitted = [1, -1].map((mirror) => {
    let dot = 0, cross = 0, size = 1e-9;
    old.forEach(([x, y], i) => {
      dot += x * now[i][0] + mirror * y * now[i][1];
      cross += x * now[i][1] - mirror * y * now[i][0];
      size += x * x + y * y;
    });
    return { mirror, turn: [dot / size, cross / size], fit: Math.hypot(dot, cross) };
  });
  const { mirror, turn: [a, b] } = fitted[0].fit >= fitted[1].fit ? fitted[0] : fitted[1];
  return old.map(([x, y], i) =>
    Math.hypot(now[i][0] - a * x + b * mirror * y, now[i][1] - b * x - a * mirror * y));
}

const MOVED = 6;
function tellMoved(before) {
  const list = root.querySelector(".map-moved");
  list.hidden = !before;
  if (!before) return;
  const far = strayed(before, map.points);
  const most = [...far.keys()].sort((i, j) => far[j] - far[i]).slice(0, MOVED);
  list.querySelector("ol").replaceChildren(...most.map((i) => {
    const row = document.createElement("li");
    row.append(button(map.titles[i], null, () => { go(spot(i)); pick(here.number); }));
    return row;
  }));
}
