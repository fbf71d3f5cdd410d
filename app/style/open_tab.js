// A page is opened as by a click on its tab. On a narrow page the last tabs lie in a menu, where they
// have but their names.
() => {
  const inMenu = [...document.querySelectorAll("#pages > .tab-wrapper .overflow-dropdown button")];
  const tab =
    document.querySelector(`#pages [role=tab][data-tab-id="${$tab}"]`) ??
    inMenu.find((one) => one.textContent.trim().toLowerCase() === $tab);
  tab?.click();
  window.scrollTo(0, 0);
}
