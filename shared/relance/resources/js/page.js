/* Four comforts, none of them needed: telling that the page was really looked at, sums that follow the customer's choices,
   copying, and sending a form once. Sums are the server's: the page is asked for again, and its live parts taken over. */
(() => {
  "use strict";
  const seen = document.getElementById("seen");
  if (seen) {
    /* Told after three visible seconds once the page was touched, or after ten untouched; and once more after two minutes. */
    let past = 0, since = 0, timer = 0, touched = false, told = 0;
    const gestures = ["pointerdown", "pointermove", "wheel", "touchstart", "keydown", "scroll"];
    const visible = () => past + (since ? Date.now() - since : 0);
    const tell = () => {
      seen.elements.seconds.value = Math.floor(visible() / 1000);
      seen.elements.gesture.value = touched ? "yes" : "";
      fetch(seen.action, { method: "POST", body: new URLSearchParams(new FormData(seen)), keepalive: true }).catch(() => {});
    };
    const check = () => {
      clearTimeout(timer);
      const next = told ? 120000 : touched ? 3000 : 10000;
      if (visible() >= next) { tell(); told++; }
      if (since && told < 2) timer = setTimeout(check, Math.max(20, (told ? 120000 : touched ? 3000 : 10000) - visible()));
    };
    const watch = () => {
      if (document.visibilityState === "visible") since = since || Date.now();
      else { past = visible(); since = 0; }
      check();
    };
    const touch = () => {
      for (const each of gestures) removeEventListener(each, touch);
      touched = true;
      if (!told) check();
    };
    for (const each of gestures) addEventListener(each, touch, { passive: true });
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
  for (const form of document.querySelectorAll("form[method=post]:not([target])")) {
    form.addEventListener("submit", () => setTimeout(() => { for (const b of form.querySelectorAll("button")) b.disabled = true; }));
  }
  window.addEventListener("pageshow", () => { for (const b of document.querySelectorAll("button[disabled]")) b.disabled = false; });
  const fault = document.querySelector("[aria-invalid=true]");
  if (fault) fault.focus();
})();
