// Why something was refused stands below what asked for it, too, for as long as the status line says
// so; then the message over the page that says the same is closed.
() => {
  const near = $near;
  const status = document.getElementById("status");
  const refusal = status.querySelector(".refused");
  if (!refusal) return;
  const words = refusal.textContent;
  const asked = near ? document.querySelector(near) : null;
  asked?.parentElement.querySelector(":scope > .refused-here")?.remove();
  const line = document.createElement("p");
  line.className = "refused-here";
  line.textContent = words;
  asked?.after(line);
  const watch = new MutationObserver(() => {
    if (status.querySelector(".refused")?.textContent === words) return;
    watch.disconnect();
    line.remove();
    for (const message of document.querySelectorAll(".toast-body")) {
      if (message.textContent.includes(words)) message.querySelector(".toast-close")?.click();
    }
  });
  watch.observe(status, { childList: true, subtree: true, characterData: true });
}
