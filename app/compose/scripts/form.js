// A form that is typed is taken as it is typed: the menu would complete it to the first plan that
// begins so. What is chosen with the arrow keys is chosen.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || !field.closest("#form")) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    field.dataset.stepped = "";
  } else if (event.key !== "Enter") {
    delete field.dataset.stepped;
  } else if (!("stepped" in field.dataset)) {
    event.stopImmediatePropagation();
    event.preventDefault();
    field.blur();
  } else {
    delete field.dataset.stepped;
  }
}, true);

// The document has a base: followed, the link would lead away from an address with a query.
document.addEventListener("click", (event) => {
  if (!event.target.closest?.(".skip")) return;
  event.preventDefault();
  document.getElementById("compose").focus();
});
