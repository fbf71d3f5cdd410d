// The buttons on the card of a take: bars to keep, re-roll, use as the next motif, is it new?, copy
// as ABC.
const copied = (button, done) => {
  const name = button.dataset.name ?? button.textContent;
  button.dataset.name = name;
  button.textContent = done ? "Copied" : "Not allowed here";
  setTimeout(() => {
    button.textContent = name;
  }, 2000);
};

// Pages without https have no clipboard but the old one.
const copyOldStyle = (text) => {
  const box = document.createElement("textarea");
  box.value = text;
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  return done;
};

const copy = async (button, text) => {
  try {
    await navigator.clipboard.writeText(text);
    copied(button, true);
  } catch {
    copied(button, copyOldStyle(text));
    button.focus();
  }
};

element.addEventListener("click", (event) => {
  const lock = event.target.closest(".lock");
  if (lock) {
    lock.setAttribute("aria-pressed", lock.getAttribute("aria-pressed") !== "true");
    return;
  }
  const button = event.target.closest("[data-do]");
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  const number = Number(element.querySelector("[data-take]").dataset.take);
  if (button.dataset.do === "copy") {
    copy(button, button.dataset.text);
    return;
  }
  if (button.dataset.do === "play") return;
  if (button.dataset.do === "link") {
    copy(button, new URL(button.dataset.link, document.baseURI).href);
    return;
  }
  if (button.dataset.do === "reuse") {
    trigger("reuse", { number });
    return;
  }
  if (button.dataset.do === "check") {
    trigger("check", { number });
    return;
  }
  const pressed = element.querySelectorAll('.lock[aria-pressed="true"]');
  const keep = [...pressed].map((one) => one.dataset.bar).join(",");
  button.setAttribute("aria-disabled", "true");
  button.textContent = "Re-rolling…";
  trigger("reroll", { number, keep });
});

// What was asked for is heard at once; a browser that allows no sound yet stays silent.
watch("value", () => {
  const takes = element.closest("#takes");
  const audio = element.querySelector("audio");
  if (!audio || !element.closest(".take-0") || !("play" in takes.dataset)) return;
  delete takes.dataset.play;
  audio.play().catch(() => {});
});

// A file may be dragged out of the page, into a folder or a music program.
const KINDS = { midi: "audio/midi", joined: "audio/midi", wav: "audio/wav" };
element.addEventListener("dragstart", (event) => {
  const link = event.target.closest?.("a.download");
  if (!link) return;
  const kind = KINDS[link.dataset.kind] ?? "application/octet-stream";
  event.dataTransfer.setData("DownloadURL", `${kind}:${link.download}:${link.href}`);
});
