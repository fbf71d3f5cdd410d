// What leads to what is shown is written into the address: each result is a step of its own, so that
// the browser's Back button goes to the one before. A motif of which nothing is made yet has no
// address, and gives its step to what is made of it. What else stands in the address (the open tab,
// the theme) stays there. An address that is opened and leads to nothing of its own stays as it is.
(query) => {
  const address = new URL(window.location);
  const kept = ["tab", "__theme"]
    .filter((name) => address.searchParams.has(name))
    .map((name) => [name, address.searchParams.get(name)]);
  address.search = query;
  for (const [name, value] of kept) address.searchParams.set(name, value);
  const before = history.state ?? {};
  const step = before.step ?? 0;
  const draft = !query;
  if ($opening && draft) history.replaceState({ step, draft: false }, "");
  else if (before.draft) history.replaceState({ step, draft }, "", address);
  else if (address.href !== window.location.href) {
    history.pushState({ step: step + 1, draft }, "", address);
  }
  document.dispatchEvent(new CustomEvent("mer-shown", { detail: query }));
}
