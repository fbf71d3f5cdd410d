// The parts of the page that were covered while a link was opened are shown (see style/opening.js).
() => {
  const root = document.documentElement;
  if (!("opening" in root.dataset)) return;
  const left = root.dataset.opening.split(" ").filter((name) => !$parts.includes(name));
  root.dataset.opening = left.join(" ");
}
