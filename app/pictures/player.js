// Every player of the page: one sounds at a time, a cursor runs over its picture, and the note under
// the cursor or the pointer says where it comes from. Installed once, for what comes and goes.
if (!window.merPlayer) {
  window.merPlayer = true;
  const cardOf = (element) => element.closest(".card");
  const stageOf = (audio) => cardOf(audio)?.querySelector(".stage");
  const notesOf = (stage) => stage.querySelectorAll(".roll rect");

  const say = (card, rect) => {
    const hint = card.querySelector(".hint");
    const title = rect?.querySelector("title");
    if (hint && title && hint.textContent !== title.textContent) hint.textContent = title.textContent;
  };

  const mark = (card, number) => {
    if (card.dataset.sounding === String(number)) return;
    card.dataset.sounding = number;
    for (const note of card.querySelectorAll(".sounding")) note.classList.remove("sounding");
    if (number < 0) return;
    const rect = notesOf(card.querySelector(".stage"))[number];
    if (rect) rect.classList.add("sounding");
    for (const note of card.querySelectorAll(`[data-note="${number}"]`)) {
      note.classList.add("sounding");
    }
    say(card, rect);
  };

  const follow = (audio) => {
    const stage = stageOf(audio);
    if (!stage?.dataset.seconds) return;
    const place = Math.min(audio.currentTime / Number(stage.dataset.seconds), 1);
    stage.querySelector(".cursor").style.left = `${100 * place}%`;
    stage.classList.toggle("playing", audio.currentTime > 0 && !audio.ended);
    let now = -1;
    notesOf(stage).forEach((rect, number) => {
      const left = rect.x.baseVal.value;
      if (left <= 1000 * place && 1000 * place < left + rect.width.baseVal.value + 2) now = number;
    });
    mark(cardOf(audio), audio.ended ? -1 : now);
    if (!audio.paused && !audio.ended) requestAnimationFrame(() => follow(audio));
  };

  // Media events do not bubble, but they can be caught on the way down.
  document.addEventListener("play", (event) => {
    document.querySelectorAll("audio").forEach((other) => {
      if (other !== event.target) other.pause();
    });
    follow(event.target);
  }, true);
  for (const name of ["timeupdate", "seeked", "pause", "ended"]) {
    document.addEventListener(name, (event) => follow(event.target), true);
  }

  // Nothing is fetched before somebody comes near.
  const prepare = (event) => {
    const audio = event.target.closest?.(".card")?.querySelector("audio[preload=none]");
    if (audio) audio.preload = "metadata";
  };
  for (const name of ["pointerover", "focusin"]) document.addEventListener(name, prepare);

  document.addEventListener("pointerover", (event) => {
    const rect = event.target.closest?.(".generated .roll rect");
    if (rect) say(cardOf(rect), rect);
    const note = event.target.closest?.(".generated [data-note]");
    if (note) say(cardOf(note), notesOf(cardOf(note).querySelector(".stage"))[note.dataset.note]);
  });

  // A click on the picture goes there.
  document.addEventListener("click", (event) => {
    const stage = event.target.closest?.(".stage");
    const audio = stage && cardOf(stage).querySelector("audio");
    if (!audio) return;
    const box = stage.getBoundingClientRect();
    audio.currentTime = Number(stage.dataset.seconds) * (event.clientX - box.left) / box.width;
  });
}
