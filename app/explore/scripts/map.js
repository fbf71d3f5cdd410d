// A map of phrases on a canvas. `props.value` is the text of a JSON object, see app/explore/map.py.
// Two events go out: 'pick' (data-picked holds the number of a phrase) and 'lasso' (data-group
// holds the numbers of several, with commas). What part of the map is seen is said in map_view.js.
const hint = root.querySelector(".map-hint");
const now = root.querySelector(".map-now");
const brush = canvas.getContext("2d");
const REACH = 16, AROUND = 40;
let width = 0, height = 0;
const LIGHT = ["#0072b2", "#d55e00", "#8e5ea2", "#b8860b", "#2e7d32", "#c2487a", "#5a6b7b", "#94a3b8"];
const DARK = ["#56b4e9", "#ff9d5c", "#c9a0dc", "#f0c75e", "#81c784", "#f48fb1", "#b0bec5", "#64748b"];
let map = { points: [], marks: [], colourings: [] };
// Where the keys are: {x, y, words, number, i}; i is -1 at a mark.
let here = null;
let colouring = 0, mode = "point", group = null, loop = null, ratio = 1;

const dark = () => document.body.classList.contains("dark");
const colour = (kind) => (dark() ? DARK : LIGHT)[Math.min(kind, LIGHT.length - 1)];
const variable = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();

const spot = (i) => ({ x: map.points[i][0], y: map.points[i][1], words: map.titles[i],
  number: map.points[i][2], i });

function resize() {
  width = canvas.clientWidth;
  height = canvas.clientHeight;
  ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  draw();
}

function dot(x, y, radius, fill, alpha) {
  brush.globalAlpha = alpha;
  brush.fillStyle = fill;
  brush.beginPath();
  brush.arc(x, y, radius, 0, 2 * Math.PI);
  brush.fill();
  brush.globalAlpha = 1;
}

function draw() {
  if (!width) return;
  brush.setTransform(ratio, 0, 0, ratio, 0, 0);
  brush.clearRect(0, 0, width, height);
  const radius = (width < 500 ? 2 : 2.6) * Math.min(view.zoom ** 0.35, 2.2);
  const kinds = map.colourings.length ? map.colourings[colouring].kinds : [];
  for (let pass = 0; pass < 2; pass++) {
    map.points.forEach((point, i) => {
      const inside = group?.has(i);
      if (Boolean(inside) !== (pass === 1)) return;
      const [x, y] = place(point[0], point[1]);
      if (!seen([x, y], -10)) return;
      dot(x, y, inside ? radius + 1 : radius, colour(kinds[i]), group && !inside ? 0.18 : 0.75);
    });
  }
  map.marks.forEach(mark);
  if (here) {
    const [x, y] = place(here.x, here.y);
    if (here.kind) mark(here);
    ring(x, y, here.i < 0 ? 14 : 9, variable("--body-text-color"), 2);
  }
  if (loop) {
    brush.beginPath();
    for (const [x, y] of loop) brush.lineTo(x, y);
    brush.closePath();
    brush.globalAlpha = 0.12;
    brush.fillStyle = variable("--accent");
    brush.fill();
    brush.globalAlpha = 1;
    brush.strokeStyle = variable("--accent");
    brush.lineWidth = 1.5;
    brush.stroke();
  }
}

function ring(x, y, radius, stroke, line) {
  brush.strokeStyle = stroke;
  brush.lineWidth = line;
  brush.beginPath();
  brush.arc(x, y, radius, 0, 2 * Math.PI);
  brush.stroke();
}

// Told apart by shape as well as by colour: star, numbered ring, diamond.
function mark(item) {
  const [x, y] = place(item.x, item.y);
  const accent = variable("--accent"), paper = variable("--block-background-fill");
  if (item.kind === "neighbour") {
    dot(x, y, 8, paper, 0.9);
    ring(x, y, 8, accent, 2);
    brush.fillStyle = variable("--body-text-color");
    brush.font = "600 10px system-ui, sans-serif";
    brush.textAlign = "center";
    brush.textBaseline = "middle";
    brush.fillText(item.rank, x, y + 0.5);
    return;
  }
  const corners = item.kind === "motif" ? 10 : 4;
  brush.beginPath();
  for (let i = 0; i < corners; i++) {
    const far = corners === 4 ? 9 : i % 2 ? 5 : 12;
    const angle = (2 * Math.PI * i) / corners - Math.PI / 2;
    brush.lineTo(x + far * Math.cos(angle), y + far * Math.sin(angle));
  }
  brush.closePath();
  brush.fillStyle = accent;
  brush.strokeStyle = paper;
  brush.lineWidth = 2;
  brush.stroke();
  brush.fill();
}

function nearest(x, y, reach) {
  let best = -1, least = reach * reach;
  map.points.forEach((point, i) => {
    const [a, b] = place(point[0], point[1]);
    const distance = (a - x) ** 2 + (b - y) ** 2;
    if (distance < least) [best, least] = [i, distance];
  });
  return best;
}

function markAt(x, y) {
  return [...map.marks].reverse().find((item) => {
    const [a, b] = place(item.x, item.y);
    return (a - x) ** 2 + (b - y) ** 2 < 100;
  });
}

function pick(number) {
  root.dataset.picked = String(number);
  trigger('pick');
}

function choose(members, words) {
  group = members?.size ? members : null;
  draw();
  if (!group) {
    now.textContent = "";
    return;
  }
  now.textContent = `${group.size} phrases chosen: ${words}`;
  root.dataset.group = [...group].map((i) => map.points[i][2]).join(",");
  trigger('lasso');
}

function around({ x, y }) {
  const order = map.points.map((point, j) => [(point[0] - x) ** 2 + (point[1] - y) ** 2, j]);
  order.sort((a, b) => a[0] - b[0]);
  return new Set(order.slice(0, AROUND).map((pair) => pair[1]));
}

function inside(polygon, x, y) {
  let odd = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [a, b] = polygon[i], [c, d] = polygon[j];
    if (b > y !== d > y && x < ((c - a) * (y - b)) / (d - b) + a) odd = !odd;
  }
  return odd;
}

function tell(words, x, y) {
  hint.textContent = words;
  hint.hidden = !words;
  hint.style.left = `${Math.min(Math.max(x, 90), width - 90)}px`;
  hint.style.top = `${y < 60 ? y + 34 : y - 14}px`;
}

canvas.addEventListener("pointerdown", (event) => {
  if (event.pointerType === "touch" && mode === "point") return;
  if (event.button) return;
  loop = [at(event)];
  canvas.setPointerCapture(event.pointerId);
});
canvas.addEventListener("pointermove", (event) => {
  const [x, y] = at(event);
  if (loop) {
    loop.push([x, y]);
    tell("", 0, 0);
    draw();
    return;
  }
  const known = markAt(x, y), i = known ? -1 : nearest(x, y, REACH);
  tell(known ? known.words : i >= 0 ? map.titles[i] : "", x, y);
  if (event.pointerType !== "touch") hear(known ? known.number : i >= 0 ? map.points[i][2] : -1);
});
canvas.addEventListener("pointerleave", () => { tell("", 0, 0); hear(-1); });
canvas.addEventListener("pointerup", () => {
  const drawn = loop;
  loop = null;
  if (!drawn) return;
  const wide = drawn.some(([x, y]) => Math.hypot(x - drawn[0][0], y - drawn[0][1]) > 8);
  if (!wide) return draw();
  const found = new Set();
  map.points.forEach((point, i) => {
    if (inside(drawn, ...place(point[0], point[1]))) found.add(i);
  });
  canvas.dataset.dragged = "yes";
  choose(found, "those inside the line");
});
canvas.addEventListener("pointercancel", () => { loop = null; draw(); });
canvas.addEventListener("click", (event) => {
  if (canvas.dataset.dragged) return delete canvas.dataset.dragged;
  const [x, y] = at(event), known = markAt(x, y);
  if (known && known.number >= 0) {
    here = { ...known, i: -1 };
    draw();
    return pick(known.number);
  }
  const i = nearest(x, y, REACH + 8);
  if (i < 0) return choose(null);
  here = spot(i);
  draw();
  pick(here.number);
});

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
canvas.addEventListener("keydown", (event) => {
  if (!map.points.length || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = STEPS[event.key], key = event.key.toLowerCase();
  if (step) {
    go(here ? beyond(here, step) : spot(nearest(width / 2, height / 2, width)));
  } else if (key === "m" && map.marks.length) go(nextMark());
  else if (key === "enter" && here && here.number >= 0) pick(here.number);
  else if (key === "g" && here) choose(around(here), `the nearest to ${here.words}`);
  else if (key === "escape") choose(null);
  else return;
  event.preventDefault();
});

function go(to) {
  here = to;
  now.textContent = to.words;
  hear(to.number);
  follow(to.x, to.y);
  draw();
}

// From the motif to what is nearest, to the new music.
function nextMark() {
  const order = ["motif", "neighbour", "take"].flatMap((kind) =>
    map.marks.filter((item) => item.kind === kind).reverse());
  const last = order.findIndex((item) => here && item.words === here.words);
  return { ...order[(last + 1) % order.length], i: -1 };
}

// The nearest point that lies more in this direction than aside.
function beyond(from, [dx, dy]) {
  const { x, y } = from;
  let best = -1, least = Infinity;
  map.points.forEach((point, i) => {
    const along = (point[0] - x) * dx + (point[1] - y) * dy;
    const aside = Math.abs((point[0] - x) * dy) + Math.abs((point[1] - y) * dx);
    if (along <= 1e-6 || aside > along) return;
    if (along + 2 * aside < least) [best, least] = [i, along + 2 * aside];
  });
  return best < 0 ? from : spot(best);
}

function button(words, pressed, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  if (pressed !== null) made.setAttribute("aria-pressed", String(pressed));
  made.addEventListener("click", act);
  return made;
}

function legend() {
  const tools = root.querySelector(".map-colours");
  tools.replaceChildren(...map.colourings.map((entry, i) =>
    button(entry.name, i === colouring, () => { colouring = i; legend(); draw(); })));
  const entry = map.colourings[colouring];
  root.querySelector(".map-legend").replaceChildren(...(entry ? entry.names : []).map((name, kind) => {
    const row = document.createElement("li");
    const made = button(name, null, () => choose(
      new Set(entry.kinds.flatMap((other, i) => (other === kind ? [i] : []))), name));
    made.title = `Choose: ${name}`;
    const swatch = document.createElement("span");
    swatch.className = "swatch";
    swatch.style.background = colour(kind);
    made.prepend(swatch);
    row.append(made);
    return row;
  }));
}

// One of them is a button: where the motif is, and what is near it, is asked most.
function marks() {
  const rows = [["motif", "★", "the motif"], ["neighbour", "①", "what the search finds nearest"],
    ["take", "◆", "new music made of it"]];
  const motif = map.marks.find((item) => item.kind === "motif");
  root.querySelector(".map-marks").replaceChildren(...rows
    .filter(([kind]) => map.marks.some((item) => item.kind === kind))
    .map(([kind, sign, words]) => {
      const row = document.createElement("li");
      row.textContent = `${sign} ${words}`;
      if (kind === "motif") row.replaceChildren(button(row.textContent, null, () => nearMotif(motif)));
      return row;
    }));
}

function nearMotif(motif) {
  const far = map.marks.filter((item) => item.kind === "neighbour")
    .sort((a, b) => Math.hypot(a.x - motif.x, a.y - motif.y) - Math.hypot(b.x - motif.x, b.y - motif.y));
  gather(motif, far.slice(0, Math.ceil(far.length / 2)));
}

const modes = root.querySelectorAll("[data-mode]");
for (const item of modes) {
  item.addEventListener("click", () => {
    mode = item.dataset.mode;
    canvas.classList.toggle("lasso", mode === "lasso");
    for (const other of modes) other.setAttribute("aria-pressed", String(other === item));
  });
}

function load() {
  const given = JSON.parse(props.value || "{}");
  if (!given.points) return;
  // The same map with another motif is seen where it was.
  const other = given.label !== map.label;
  if (other) whole();
  const alike = map.points.length === given.points.length &&
    map.points.every((point, i) => point[2] === given.points[i][2]);
  const before = other && alike ? map.points.map(([x, y]) => [x, y]) : null;
  map = given;
  here = group = null;
  colouring = Math.min(colouring, map.colourings.length - 1);
  now.textContent = "";
  root.querySelector(".map-axes").textContent = map.words;
  canvas.setAttribute("aria-label", map.label);
  root.dataset.ready = String(map.points.length);
  legend();
  marks();
  if (other) tellMoved();
  if (before) travel(before);
  resize();
}

new ResizeObserver(resize).observe(canvas);
new MutationObserver(() => { legend(); draw(); }).observe(
  document.body, { attributes: true, attributeFilter: ["class"] });
watch("value", load);
load();
