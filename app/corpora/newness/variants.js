// The variants of a tune that was found are laid side by side, and brought into sight.
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do=variants]");
  if (!button) return;
  const place = document.querySelector("#variants");
  place?.scrollIntoView({ block: "start" });
  trigger("variants", { tune: button.dataset.tune });
});
