// One of the continuations is chosen.
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do=choose]");
  if (button) trigger("choose", { choice: Number(button.dataset.choice) });
});
