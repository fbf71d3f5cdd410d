// A piano of two octaves: what is played on it, with pointer, computer keys or a MIDI keyboard, is
// written as notes into the text box of the page.
const LETTERS = "awsedftgyhujkolp;";
const NAMES = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
const QUARTER_SEC = 0.6;
const piano = element.querySelector(".piano");
const state = { octave: 4, notes: [], held: new Map(), sound: null };

const named = (pitch) => NAMES[pitch % 12] + (Math.floor(pitch / 12) - 1);
const asPlayed = () => element.querySelector(".as-played").checked;

const lengthOf = (seconds) => {
  const quarters = Math.min(Math.max(Math.round((4 * seconds) / QUARTER_SEC), 1), 16);
  if (quarters % 4 === 0) return quarters === 4 ? "" : `:${quarters / 4}`;
  return quarters % 2 === 0 ? `:${quarters / 2}/2` : `:${quarters}/4`;
};

const write = () => {
  const timed = asPlayed();
  const words = state.notes.map((note, place) => {
    if (!timed) return named(note.pitch);
    const next = state.notes[place + 1];
    return named(note.pitch) + lengthOf((next ? next.start : note.end) - note.start);
  });
  const head = timed && words.length ? [`tempo=${60 / QUARTER_SEC}`] : [];
  const box = document.querySelector("#notes textarea");
  box.value = [...head, ...words].join(" ");
  box.dispatchEvent(new Event("input", { bubbles: true }));
  element.querySelector(".played").textContent =
    state.notes.length === 1 ? "1 note" : `${state.notes.length} notes`;
};

const lowest = () => 12 * (state.octave + 1);

// The sound of a key on the chosen instrument: every third pitch is fetched, those between are played
// a little faster or slower. Nothing is fetched before somebody is about to play.
const STEPS_APART = 3;
const LOWEST = 24;
const HIGHEST = 123;
const programs = JSON.parse(element.querySelector(".piano-box").dataset.programs);
const keys = new Map(); // address -> its sound, or null while it is on its way
const addressOf = (pitch) => {
  const program = programs[document.querySelector("#instrument input")?.value] ?? programs.piano;
  const nearest = STEPS_APART * Math.round(pitch / STEPS_APART);
  const made = Math.min(Math.max(nearest, LOWEST), HIGHEST);
  return { address: `sound/key/${program}/${made}`, rate: 2 ** ((pitch - made) / 12) };
};
const fetchKey = async (address) => {
  if (keys.has(address)) return;
  keys.set(address, null);
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(answer.statusText);
    const decoder = new OfflineAudioContext(2, 1, 44100);
    keys.set(address, await decoder.decodeAudioData(await answer.arrayBuffer()));
  } catch {
    keys.delete(address); // another time, perhaps
  }
};
// What is near the middle is wanted first.
const fetchKeys = async () => {
  const first = lowest();
  for (const step of [12, 6, 0, 18, 3, 9, 15, 21, 24]) {
    await fetchKey(addressOf(first + step).address);
  }
};

const sourceOf = (sound, pitch) => {
  const { address, rate } = addressOf(pitch);
  const heard = keys.get(address);
  if (heard) {
    const source = sound.createBufferSource();
    source.buffer = heard;
    source.playbackRate.value = rate;
    return [source, 0.5];
  }
  // Until it is there, something plainer sounds at once.
  fetchKey(address).then(fetchKeys);
  const source = sound.createOscillator();
  source.type = "triangle";
  source.frequency.value = 440 * 2 ** ((pitch - 69) / 12);
  return [source, 0.25];
};

const tone = (pitch) => {
  const Context = window.AudioContext || window.webkitAudioContext;
  if (!Context) return () => {};
  state.sound = state.sound || new Context();
  const { sound } = state;
  const [source, loudness] = sourceOf(sound, pitch);
  const volume = sound.createGain();
  volume.gain.setValueAtTime(0, sound.currentTime);
  volume.gain.linearRampToValueAtTime(loudness, sound.currentTime + 0.01);
  source.connect(volume).connect(sound.destination);
  source.start();
  return () => {
    volume.gain.setTargetAtTime(0, sound.currentTime, 0.08);
    source.stop(sound.currentTime + 0.6);
  };
};

const press = (pitch, from) => {
  if (state.held.has(from)) return;
  const key = element.querySelector(`[data-step="${pitch - lowest()}"]`);
  const note = { pitch, start: performance.now() / 1000 };
  note.end = note.start + QUARTER_SEC;
  state.notes.push(note);
  if (key) key.classList.add("down");
  state.held.set(from, { note, key, stop: tone(note.pitch) });
  write();
};

const release = (from) => {
  const held = state.held.get(from);
  if (!held) return;
  state.held.delete(from);
  held.stop();
  if (held.key) held.key.classList.remove("down");
  held.note.end = performance.now() / 1000;
  if (asPlayed()) write();
};

const shift = (octaves) => {
  state.octave = Math.min(Math.max(state.octave + octaves, 1), 7);
  element.querySelectorAll("[data-step]").forEach((key) => {
    const name = named(lowest() + Number(key.dataset.step));
    key.setAttribute("aria-label", name);
    key.querySelector(".name").textContent = key.dataset.step % 12 === 0 ? name : "";
  });
};

for (const near of ["pointerenter", "focus"]) piano.addEventListener(near, fetchKeys);
piano.addEventListener("pointerdown", (event) => {
  const key = event.target.closest("[data-step]");
  if (!key) return;
  event.preventDefault();
  piano.focus({ preventScroll: true });
  press(lowest() + Number(key.dataset.step), `pointer ${event.pointerId}`);
});
for (const name of ["pointerup", "pointercancel"]) {
  window.addEventListener(name, (event) => release(`pointer ${event.pointerId}`));
}
// What a screen reader sends is a click without a pointer.
piano.addEventListener("click", (event) => {
  const key = event.target.closest("[data-step]");
  if (!key || event.detail !== 0) return;
  press(lowest() + Number(key.dataset.step), "click");
  setTimeout(() => release("click"), 300);
});
// The letters play wherever the focus is, as long as the piano is in sight and nothing is typed; who
// gives commands in letters, by voice or another program, switches that off.
const letters = element.querySelector(".letters");
const KEPT = "mer-letters";
// Where a browser lets nothing be kept, the choice lasts as long as the page.
const kept = (choose) => {
  try {
    return choose(localStorage);
  } catch {
    return null;
  }
};
letters.checked = kept((storage) => storage.getItem(KEPT)) !== "off";
letters.addEventListener("change", () => {
  kept((storage) => storage.setItem(KEPT, letters.checked ? "on" : "off"));
});
const typed = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";
const isPlayed = (event) =>
  letters.checked && piano.checkVisibility() && !event.target.closest?.(typed) && !event.target.closest?.(".card");
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !isPlayed(event)) return;
  const step = LETTERS.indexOf(event.key.toLowerCase());
  if (event.key === "Backspace") element.querySelector(".undo").click();
  else if (event.key === "z") shift(-1);
  else if (event.key === "x") shift(1);
  else if (step >= 0 && !event.repeat) press(lowest() + step, event.code);
  else if (step < 0) return;
  event.preventDefault();
});
document.addEventListener("keyup", (event) => release(event.code));
window.addEventListener("blur", () => [...state.held.keys()].forEach(release));

// A MIDI keyboard: all that are there, and those that are plugged in later.
const NOTE_OFF = 0x80;
const NOTE_ON = 0x90;
const hear = ({ data: [status, pitch, velocity], target }) => {
  const from = `midi ${target?.id} ${status & 0x0f} ${pitch}`;
  const kind = status & 0xf0;
  if (kind === NOTE_ON && velocity > 0) press(pitch, from);
  else if (kind === NOTE_ON || kind === NOTE_OFF) release(from);
};
const keyboard = element.querySelector(".keyboard");
const connect = async () => {
  try {
    const access = await navigator.requestMIDIAccess();
    const listen = () => {
      const inputs = [...access.inputs.values()];
      for (const input of inputs) input.onmidimessage = hear;
      keyboard.textContent = inputs.length
        ? `Connected: ${inputs.map((input) => input.name).join(", ")}`
        : "Waiting for a MIDI keyboard";
    };
    access.onstatechange = listen;
    listen();
  } catch {
    keyboard.textContent = "The browser allows no MIDI keyboard";
  }
};
if (navigator.requestMIDIAccess) keyboard.addEventListener("click", connect);
else keyboard.hidden = true;

const buttons = {
  undo: () => { state.notes.pop(); write(); },
  clear: () => { state.notes = []; write(); },
  lower: () => shift(-1),
  higher: () => shift(1),
};
for (const [name, act] of Object.entries(buttons)) {
  element.querySelector(`.${name}`).addEventListener("click", act);
}
element.querySelector(".as-played").addEventListener("change", () => {
  if (state.notes.length) write();
});
