// Every player of the page: one sounds at a time, a cursor runs over its picture, and the note under
// the cursor says where it comes from. A card may be looped, slowed down and counted in. Installed
// once, in the head of the page, for what comes and goes.
window.merPlayer = (() => {
  const cardOf = (element) => element.closest(".card");
  const stageOf = (card) => card?.querySelector(".stage");
  const audioOf = (card) => card?.querySelector("audio");
  const notesOf = (stage) => stage.querySelectorAll(".roll rect");
  const number = (stage, name) => Number(stage.dataset[name] || 0);

  // Place in the picture, from 0 to 1 <-> second of the sound, which begins with the first note.
  const placeAt = (stage, second) =>
    Math.min((second + number(stage, "lead")) / number(stage, "seconds"), 1);
  const secondAt = (stage, place) =>
    Math.max(place * number(stage, "seconds") - number(stage, "lead"), 0);

  const say = (card, rect) => {
    const hint = card.querySelector(".hint");
    const title = rect?.querySelector("title");
    if (hint && title && hint.textContent !== title.textContent) hint.textContent = title.textContent;
  };

  const mark = (card, note, name) => {
    if (card.dataset[name] === String(note)) return;
    card.dataset[name] = note;
    for (const old of card.querySelectorAll(`.${name}`)) old.classList.remove(name);
    if (note < 0) return;
    const rect = notesOf(stageOf(card))[note];
    rect?.classList.add(name);
    for (const written of card.querySelectorAll(`[data-note="${note}"]`)) {
      written.classList.add(name);
    }
    say(card, rect);
  };

  const noteAt = (stage, place) => {
    let found = -1;
    notesOf(stage).forEach((rect, note) => {
      const left = rect.x.baseVal.value;
      if (left <= 1000 * place && 1000 * place < left + rect.width.baseVal.value + 2) found = note;
    });
    return found;
  };

  const placeOf = (stage, note) => notesOf(stage)[note].x.baseVal.value / 1000;

  // The loop of a card, in seconds of its sound; null for none.
  const loopOf = (card) =>
    card.dataset.loopFrom ? [Number(card.dataset.loopFrom), Number(card.dataset.loopTo)] : null;

  const barAt = (stage, place) => {
    const second = place * number(stage, "seconds") - number(stage, "downbeat");
    return Math.max(Math.floor(second / number(stage, "bar") + 1e-6), -1) + 1;
  };
  const startOf = (stage, bar) =>
    Math.max(number(stage, "downbeat") + (bar - 1) * number(stage, "bar"), 0) /
    number(stage, "seconds");

  const drawLoop = (stage, from, to) => {
    const drawn = stage.querySelector(".loop");
    drawn.style.left = `${100 * from}%`;
    drawn.style.width = `${100 * (Math.min(to, 1) - from)}%`;
  };

  const loop = (card, first, last) => {
    const stage = stageOf(card);
    const field = card.querySelector(".loop-bars");
    if (first === null) {
      delete card.dataset.loopFrom;
      delete card.dataset.loopTo;
      drawLoop(stage, 0, 0);
      if (field) field.value = "";
      return;
    }
    const [from, to] = [startOf(stage, first), startOf(stage, last + 1)];
    card.dataset.loopFrom = secondAt(stage, from);
    card.dataset.loopTo = secondAt(stage, Math.min(to, 1));
    drawLoop(stage, from, to);
    if (field) field.value = first === last ? `${first}` : `${first}-${last}`;
  };

  const follow = (audio) => {
    const card = cardOf(audio);
    const stage = stageOf(card);
    if (!stage?.dataset.seconds) return;
    const looped = loopOf(card);
    if (looped && !audio.paused && (audio.currentTime >= looped[1] || audio.ended)) {
      audio.currentTime = looped[0];
    }
    const place = placeAt(stage, audio.currentTime);
    const cursor = stage.querySelector(".cursor");
    cursor.style.left = `${100 * place}%`;
    stage.classList.toggle("playing", audio.currentTime > 0 && !audio.ended);
    card.classList.toggle("on", !audio.paused && !audio.ended);
    mark(card, audio.ended || audio.currentTime === 0 ? -1 : noteAt(stage, place), "sounding");
    if (audio.paused || audio.ended) return;
    const box = stage.parentElement;
    const away = cursor.offsetLeft - box.scrollLeft;
    if (away < 0 || away > box.clientWidth) box.scrollLeft = cursor.offsetLeft - 24;
    requestAnimationFrame(() => follow(audio));
  };

  // One bar of clicks, as fast as the music will be.
  let clicks = null;
  const countIn = (stage, rate) => {
    const Context = window.AudioContext || window.webkitAudioContext;
    clicks = clicks || new Context();
    const beat = number(stage, "beat") / rate;
    const beats = Math.max(Math.round(number(stage, "bar") / number(stage, "beat")), 1);
    for (let count = 0; count < beats; count += 1) {
      const at = clicks.currentTime + 0.05 + count * beat;
      const tone = clicks.createOscillator();
      const volume = clicks.createGain();
      tone.frequency.value = count ? 880 : 1320;
      volume.gain.setValueAtTime(0.3, at);
      volume.gain.exponentialRampToValueAtTime(0.001, at + 0.08);
      tone.connect(volume).connect(clicks.destination);
      tone.start(at);
      tone.stop(at + 0.1);
    }
    return 50 + 1000 * beats * beat;
  };

  const play = (card, second) => {
    const audio = audioOf(card);
    if (second !== undefined) {
      audio.currentTime = second;
      delete audio.dataset.counted;
    }
    return audio.play().catch(() => {});
  };

  const started = (audio) => {
    document.querySelectorAll("audio").forEach((other) => {
      if (other !== audio) other.pause();
    });
    const card = cardOf(audio);
    const stage = stageOf(card);
    if (!stage) return;
    audio.preservesPitch = true;
    audio.playbackRate = Number(card.querySelector(".speed")?.value || 1);
    const looped = loopOf(card);
    const outside = looped && (audio.currentTime < looped[0] || audio.currentTime >= looped[1]);
    if (outside) audio.currentTime = looped[0];
    if (card.querySelector(".count-in")?.checked && !("counted" in audio.dataset)) {
      audio.pause();
      audio.dataset.counted = "";
      card.dataset.counting = "";
      setTimeout(() => {
        delete card.dataset.counting;
        if ("counted" in audio.dataset) audio.play().catch(() => {});
      }, countIn(stage, audio.playbackRate));
      return;
    }
    delete audio.dataset.counted;
    follow(audio);
  };

  // Media events do not bubble, but they can be caught on the way down.
  document.addEventListener("play", (event) => started(event.target), true);
  for (const name of ["timeupdate", "seeked", "pause", "ended"]) {
    document.addEventListener(name, (event) => follow(event.target), true);
  }
  document.addEventListener("ended", (event) => {
    if (cardOf(event.target) && loopOf(cardOf(event.target))) event.target.play().catch(() => {});
  }, true);

  document.addEventListener("change", (event) => {
    const card = event.target.closest?.(".practice") && cardOf(event.target);
    if (!card) return;
    if (event.target.matches(".speed")) audioOf(card).playbackRate = Number(event.target.value);
    if (!event.target.matches(".loop-bars")) return;
    const bars = event.target.value.match(/\d+/g);
    if (bars) loop(card, Number(bars[0]), Math.max(Number(bars[1] ?? bars[0]), Number(bars[0])));
    else loop(card, null);
  });

  // What has no player of its own is heard from a button, which stops it when pressed again.
  const brief = new Audio();
  const pressed = (button) => {
    for (const other of document.querySelectorAll("[data-do=hear][aria-pressed=true]")) {
      other.setAttribute("aria-pressed", "false");
    }
    button?.setAttribute("aria-pressed", "true");
  };
  for (const end of ["pause", "ended"]) brief.addEventListener(end, () => pressed(null));
  document.addEventListener("play", () => brief.pause(), true);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-do=hear]");
    if (!button) return;
    const stop = button.getAttribute("aria-pressed") === "true";
    brief.pause();
    pressed(null);
    if (stop) return;
    for (const other of document.querySelectorAll("audio")) other.pause();
    brief.src = button.dataset.sound;
    brief.play().then(() => pressed(button), () => {});
  });

  const openTake = () =>
    [...document.querySelectorAll(".card.generated")].find((card) => card.checkVisibility());
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-do=play], [data-do=play-open], [data-do=play-from]");
    const card = button && (cardOf(button) || openTake());
    if (!card) return;
    if (button.dataset.second) {
      // Nought would be where the sound begins when nothing is said.
      play(card, Number(button.dataset.second) + 0.001);
      return;
    }
    if (audioOf(card).paused) play(card);
    else audioOf(card).pause();
  });

  // Nothing is fetched before somebody comes near.
  const prepare = (event) => {
    const audio = event.target.closest?.(".card")?.querySelector("audio[preload=none]");
    if (audio) audio.preload = "metadata";
  };
  for (const name of ["pointerover", "focusin"]) document.addEventListener(name, prepare);

  return {
    cardOf, stageOf, audioOf, notesOf, barAt, startOf, drawLoop, loop, mark, noteAt, placeOf, play,
    secondAt,
  };
})();
