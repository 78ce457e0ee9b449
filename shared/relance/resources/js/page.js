/* Three comforts, none of them needed: telling that the page was really looked at, copying, and sending a form once. */
(() => {
  "use strict";
  const seen = document.getElementById("seen");
  if (seen) {
    let left = 3000, since = 0, timer = 0;
    const tell = () => {
      document.removeEventListener("visibilitychange", watch);
      fetch(seen.action, { method: "POST", body: new URLSearchParams(new FormData(seen)), keepalive: true }).catch(() => {});
    };
    const watch = () => {
      clearTimeout(timer);
      if (document.visibilityState === "visible") { since = Date.now(); timer = setTimeout(tell, left); }
      else if (since) { left = Math.max(0, left - (Date.now() - since)); since = 0; }
    };
    document.addEventListener("visibilitychange", watch);
    watch();
  }
  for (const button of document.querySelectorAll("button[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", () => navigator.clipboard.writeText(button.dataset.copy).then(() => {
      const label = button.querySelector("span"), before = label.textContent;
      label.textContent = "Copié";
      setTimeout(() => { label.textContent = before; }, 2000);
    }));
  }
  for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", () => setTimeout(() => { for (const b of form.querySelectorAll("button")) b.disabled = true; }));
  }
  window.addEventListener("pageshow", () => { for (const b of document.querySelectorAll("button[disabled]")) b.disabled = false; });
  const fault = document.querySelector("[aria-invalid=true]");
  if (fault) fault.focus();
})();
