() => {
  document.querySelector("#map .map-now").textContent = "";
}
