// What part of the map is seen: magnified about a place, and moved. `app/explore/map.py` joins this
// file and map.js, which has `draw`, `loop` and the size of the canvas.
const root = element.querySelector(".map");
const canvas = root.querySelector("canvas");
const stage = root.querySelector(".map-stage");
const MARGIN = 18, MOST = 24, STEP = 1.5;
// The whole map is 1 wide and 1 high; x and y are its place at the upper left of what is seen.
const view = { zoom: 1, x: 0, y: 0 };
const fingers = new Map();
let space = false, hold = null, pinch = null, asked = false, calm = 0;

const between = (value, low, high) => Math.min(Math.max(value, low), high);
const at = (event) => {
  const box = canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
};

function place(x, y) {
  const across = (MARGIN + x * (width - 2 * MARGIN)) / width;
  const down = (height - MARGIN - y * (height - 2 * MARGIN)) / height;
  return [(across - view.x) * view.zoom * width, (down - view.y) * view.zoom * height];
}

const seen = ([x, y], edge) => x > edge && y > edge && x < width - edge && y < height - edge;

function see(zoom, x, y) {
  view.zoom = between(zoom, 1, MOST);
  // An eighth of what is seen may lie beside the map; nothing if it is hardly magnified.
  const side = 1 / view.zoom, spare = (side / 8) * Math.min(view.zoom - 1, 1);
  view.x = between(x, -spare, 1 - side + spare);
  view.y = between(y, -spare, 1 - side + spare);
  const near = view.zoom > 1.01;
  root.querySelector(".map-size").textContent = `× ${view.zoom.toFixed(1)}`;
  canvas.classList.toggle("near", near);
  for (const item of root.querySelectorAll("[data-zoom]")) {
    const done = item.dataset.zoom === "in" ? view.zoom >= MOST : !near;
    item.setAttribute("aria-disabled", String(done));
  }
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => { asked = false; draw(); });
}

// What lies at `px`, `py` stays there.
function magnify(factor, px = width / 2, py = height / 2) {
  const zoom = between(view.zoom * factor, 1, MOST);
  const across = view.x + px / width / view.zoom, down = view.y + py / height / view.zoom;
  see(zoom, across - px / width / zoom, down - py / height / zoom);
}

function shift(dx, dy) {
  see(view.zoom, view.x - dx / width / view.zoom, view.y - dy / height / view.zoom);
}

const whole = () => see(1, 0, 0);

function centre(x, y, zoom = view.zoom) {
  const [px, py] = place(x, y);
  const across = view.x + px / width / view.zoom, down = view.y + py / height / view.zoom;
  see(zoom, across - 0.5 / zoom, down - 0.5 / zoom);
}

function follow(x, y) {
  if (!seen(place(x, y), MARGIN / 2)) centre(x, y);
}

// About one place, and as near as lets the others be seen.
function gather({ x, y }, others) {
  const far = Math.max(0.02, ...others.map((o) => Math.max(Math.abs(o.x - x), Math.abs(o.y - y))));
  centre(x, y, between(0.42 / far, 2, 8));
}

const VIEWS = { in: () => magnify(STEP), out: () => magnify(1 / STEP), whole };
for (const item of root.querySelectorAll("[data-zoom]")) {
  item.addEventListener("click", () => VIEWS[item.dataset.zoom]());
}

const VIEW_KEYS = { "+": VIEWS.in, "=": VIEWS.in, "-": VIEWS.out, "_": VIEWS.out, 0: whole,
  "shift ArrowLeft": () => shift(60, 0), "shift ArrowRight": () => shift(-60, 0),
  "shift ArrowUp": () => shift(0, 60), "shift ArrowDown": () => shift(0, -60) };
canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const arrow = event.shiftKey && event.key.startsWith("Arrow");
  const act = VIEW_KEYS[arrow ? `shift ${event.key}` : event.key];
  if (act) act();
  else if (event.key === " ") hand(true);
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
});
function hand(down) {
  space = down;
  canvas.classList.toggle("hand", down || hold !== null);
}
canvas.addEventListener("keyup", (event) => { if (event.key === " ") hand(false); });
canvas.addEventListener("blur", () => hand(false));

// The wheel alone scrolls the page, as everywhere; a pinch on a touchpad comes with ctrl.
canvas.addEventListener("wheel", (event) => {
  if (!event.ctrlKey && !event.metaKey) {
    stage.dataset.told = "yes";
    clearTimeout(calm);
    calm = setTimeout(() => delete stage.dataset.told, 1200);
    return;
  }
  event.preventDefault();
  const lines = event.deltaMode === 1 ? 16 : 1;
  magnify(Math.exp(-between(event.deltaY * lines, -60, 60) / 120), ...at(event));
}, { passive: false });

// A hand moves the map: with shift, space or the middle button, or one finger on a magnified map.
canvas.addEventListener("pointerdown", (event) => {
  delete canvas.dataset.dragged;
  const touch = event.pointerType === "touch";
  if (touch) fingers.set(event.pointerId, at(event));
  if (fingers.size > 1) {
    hold = loop = null;
    pinch = grip();
  } else if (event.button === 1 || (!event.button && (event.shiftKey || space)) ||
      (touch && mode === "point" && view.zoom > 1)) {
    hold = at(event);
    hand(space);
  } else return;
  canvas.setPointerCapture(event.pointerId);
  event.stopImmediatePropagation();
  if (!touch) event.preventDefault();
  canvas.focus({ preventScroll: true });
});
canvas.addEventListener("pointermove", (event) => {
  const [x, y] = at(event);
  if (fingers.has(event.pointerId)) fingers.set(event.pointerId, [x, y]);
  if (pinch && fingers.size > 1) {
    const next = grip();
    shift(next.x - pinch.x, next.y - pinch.y);
    magnify(next.apart / pinch.apart, next.x, next.y);
    pinch = next;
  } else if (hold) {
    const far = Math.hypot(x - hold[0], y - hold[1]);
    if (!canvas.dataset.dragged && far < 6) return;
    shift(x - hold[0], y - hold[1]);
    hold = [x, y];
  } else if (!pinch) return;
  canvas.dataset.dragged = "yes";
  tell("", 0, 0);
  event.stopImmediatePropagation();
});
function letGo(event) {
  fingers.delete(event.pointerId);
  if (!hold && !pinch) return;
  hold = null;
  // The last finger of a pinch does nothing more.
  if (!fingers.size) pinch = null;
  hand(space);
  event.stopImmediatePropagation();
}
for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, letGo);
function grip() {
  const [[a, b], [c, d]] = [...fingers.values()];
  return { x: (a + c) / 2, y: (b + d) / 2, apart: Math.max(Math.hypot(a - c, b - d), 10) };
}
// Two fingers are for the map, not for the page; the style sheet cannot say that.
for (const name of ["touchstart", "touchmove"]) {
  canvas.addEventListener(name, (event) => {
    if (event.touches.length > 1 && event.cancelable) event.preventDefault();
  }, { passive: false });
}
