/* Four comforts, none of them needed: telling that the page was really looked at, sums that follow the customer's choices,
   copying, and sending a form once. Sums are the server's: the page is asked for again, and its live parts taken over. */
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
  const recount = document.querySelector(".recount button");
  if (recount) {
    const form = recount.form;
    let last = 0;
    const ask = async () => {
      const turn = ++last;
      document.body.classList.add("busy");
      try {
        const answer = await fetch(recount.formAction, { method: "POST", body: new URLSearchParams(new FormData(form)) });
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (turn !== last) return;
        for (const part of document.querySelectorAll("[data-live]")) {
          const other = fresh.getElementById(part.id);
          if (other) part.replaceWith(document.adoptNode(other));
        }
        for (const input of form.elements) {
          if (!input.name.startsWith("quantity-")) continue;
          const fault = document.getElementById(input.name + "-erreur");
          if (fault && fault.textContent) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
        }
      } catch { /* the button is still there */ }
      if (turn === last) document.body.classList.remove("busy");
    };
    for (const input of form.elements) if (/^(choice|quantity)-/.test(input.name)) input.addEventListener("change", ask);
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
