// Somebody asked for music: the first take is played as soon as it is there (see take.js).
() => {
  document.getElementById("takes").dataset.play = "";
}
