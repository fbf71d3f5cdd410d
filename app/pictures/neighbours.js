// A phrase that was found becomes the next motif.
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do=motif]");
  if (button) trigger("motif", { phrase: Number(button.dataset.phrase) });
});
