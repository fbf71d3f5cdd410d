// What was begun and failed does not go on looking as if it went on.
() => {
  delete document.getElementById("takes").dataset.play;
  for (const card of document.querySelectorAll(".waiting-take")) card.textContent = "Not composed";
  for (const button of document.querySelectorAll("[data-do=reroll][aria-disabled]")) {
    button.removeAttribute("aria-disabled");
    button.textContent = "Re-roll the other bars";
  }
}
