// Until what it leads to is there, an address may still change (see write_address.js).
() => {
  const { search } = window.location;
  history.replaceState({ ...history.state, draft: search !== "" }, "");
  return search;
}
