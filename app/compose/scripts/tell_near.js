// Why something was refused stands below what asked for it, too, for as long as the status line says so.
() => {
  const asked = document.querySelector($near);
  const status = document.getElementById("status");
  const refusal = status.querySelector(".refused");
  if (!asked || !refusal) return;
  asked.parentElement.querySelector(":scope > .refused-here")?.remove();
  const line = document.createElement("p");
  line.className = "refused-here";
  line.textContent = refusal.textContent;
  asked.after(line);
  const watch = new MutationObserver(() => {
    if (status.querySelector(".refused")?.textContent === line.textContent) return;
    line.remove();
    watch.disconnect();
  });
  watch.observe(status, { childList: true, subtree: true, characterData: true });
}
