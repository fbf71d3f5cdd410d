// The tab that is open stands in the address as "tab", beside whatever else stands there. ("page"
// would be taken: gradio has a use for it.) The first tab is opened, and says so, when the page is
// ready: that is when the address is read. On a narrow page the last tabs lie in a menu, where they
// have but their names.
() => {
  const address = new URL(window.location);
  const wanted = address.searchParams.get("tab");
  const ready = window.merTabsReady;
  window.merTabsReady = true;
  if (!ready) {
    const inMenu = [...document.querySelectorAll("#pages > .tab-wrapper .overflow-dropdown button")];
    const button =
      document.querySelector(`[role=tab][data-tab-id="${CSS.escape(wanted || "")}"]`) ||
      inMenu.find((one) => one.textContent.trim().toLowerCase() === wanted);
    if (button && wanted !== $tab) button.click();
    return;
  }
  address.searchParams.set("tab", $tab);
  history.replaceState(history.state, "", address);
}
