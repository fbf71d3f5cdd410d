// The second layout takes seconds, once for each representation.
() => {
  document.querySelector("#map .map-now").textContent =
    "Placing the phrases: a few seconds the first time…";
}
