// The pictures of a melody are played on: a click on a note plays from there, a drag loops the bars
// that it goes over, and a note that is rested on is heard in the tune that it comes from. By the
// keyboard: arrow keys go from note to note, Enter plays, Escape ends the loop.
(() => {
  const player = window.merPlayer;
  const { cardOf, stageOf, audioOf, notesOf, loop, mark, play } = player;
  const DRAG_PX = 8;
  const REST_MS = 180;
  let drag = null;
  let resting = 0;
  const cited = new Audio();
  cited.volume = 0.8;

  const placeOn = (stage, event) => {
    const box = stage.getBoundingClientRect();
    return Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
  };

  const playNote = (card, note) => {
    const stage = stageOf(card);
    play(card, player.secondAt(stage, player.placeOf(stage, note)) + 0.001);
  };

  const silence = () => {
    clearTimeout(resting);
    cited.pause();
  };

  // The tune that a note comes from, from that note on.
  const hear = (card, note) => {
    silence();
    const audio = audioOf(card);
    if (!card.matches(".generated") || !audio?.paused) return;
    resting = setTimeout(() => {
      cited.src = `${audio.getAttribute("src").replace(/\.\w+$/, "")}/${note}`;
      cited.play().catch(() => {});
    }, REST_MS);
  };

  const noteOf = (target) => {
    const rect = target.closest?.(".stage .roll rect");
    if (rect) return [cardOf(rect), [...notesOf(rect.closest(".stage"))].indexOf(rect)];
    const written = target.closest?.(".card [data-note]");
    return written ? [cardOf(written), Number(written.dataset.note)] : null;
  };

  document.addEventListener("pointerdown", (event) => {
    const playable = event.target.closest?.(".playable");
    if (!playable || event.button || !audioOf(cardOf(playable))) return;
    const stage = playable.closest(".stage");
    drag = { stage, x: event.clientX, from: placeOn(stage, event), moved: false };
    // A finger that moves scrolls; only a mouse or a pen drags.
    if (event.pointerType !== "touch") event.preventDefault();
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag || event.pointerType === "touch") return;
    if (Math.abs(event.clientX - drag.x) > DRAG_PX) drag.moved = true;
    if (!drag.moved) return;
    const { stage } = drag;
    const ends = [drag.from, placeOn(stage, event)].sort((a, b) => a - b);
    [drag.first, drag.last] = ends.map((place) => Math.max(player.barAt(stage, place), 1));
    player.drawLoop(
      stage, player.startOf(stage, drag.first), player.startOf(stage, drag.last + 1));
  });
  document.addEventListener("pointerup", (event) => {
    if (!drag) return;
    const { stage, moved, first, last } = drag;
    const card = cardOf(stage);
    drag = null;
    silence();
    if (moved && first) {
      loop(card, first, last);
      play(card, Number(card.dataset.loopFrom));
      return;
    }
    const place = placeOn(stage, event);
    const note = player.noteAt(stage, place);
    if (note >= 0) playNote(card, note);
    else play(card, player.secondAt(stage, place));
  });
  document.addEventListener("pointercancel", () => {
    drag = null;
  });
  document.addEventListener("click", (event) => {
    const written = event.target.closest?.(".score [data-note]");
    const card = written && cardOf(written);
    if (card && audioOf(card) && stageOf(card)) {
      silence();
      playNote(card, Number(written.dataset.note));
    }
  });

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch" || drag) return;
    const found = noteOf(event.target);
    if (!found || !stageOf(found[0])) return;
    mark(found[0], found[1], "pointed");
    hear(...found);
  });
  document.addEventListener("pointerout", (event) => {
    const found = noteOf(event.target);
    if (!found || !stageOf(found[0])) return;
    mark(found[0], -1, "pointed");
    silence();
  });

  document.addEventListener("keydown", (event) => {
    const playable = event.target.closest?.(".playable");
    if (!playable || event.target !== playable) return;
    const card = cardOf(playable);
    const count = notesOf(stageOf(card)).length;
    const now = Number(card.dataset.pointed ?? -1);
    const steps = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: count - 1 };
    if (event.key in steps) {
      const next = Math.min(Math.max(steps[event.key], 0), count - 1);
      card.querySelector(".hint")?.setAttribute("aria-live", "polite");
      mark(card, next, "pointed");
      hear(card, next);
    } else if (event.key === "Enter" || event.key === " ") {
      silence();
      if (audioOf(card).paused) playNote(card, Math.max(now, 0));
      else audioOf(card).pause();
    } else if (event.key === "Escape") {
      loop(card, null);
    } else {
      return;
    }
    event.preventDefault();
  });

  // In a row of bars the arrow keys go from one to the next; Tab leaves it.
  document.addEventListener("keydown", (event) => {
    const bar = event.target.closest?.(".ruler button");
    const steps = { ArrowLeft: "previousElementSibling", ArrowRight: "nextElementSibling" };
    const next = bar && event.key in steps && bar[steps[event.key]];
    if (!next) return;
    bar.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
    event.preventDefault();
  });
})();
