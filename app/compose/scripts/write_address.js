// What else stands in the address (the open tab, the theme) stays there.
(query) => {
  const address = new URL(window.location);
  const kept = ["tab", "__theme"]
    .filter((name) => address.searchParams.has(name))
    .map((name) => [name, address.searchParams.get(name)]);
  address.search = query;
  for (const [name, value] of kept) address.searchParams.set(name, value);
  history.replaceState(null, "", address);
}
