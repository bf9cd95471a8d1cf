(() => {
  const $ = (id) => document.getElementById(id);
  let ahead = 0; // of the server's clock

  // enhance readies what only works with script. It is called for every new piece of the page.
  const enhance = () => {
    ahead = Date.parse($("main").dataset.now) - Date.now() || 0;
    document.querySelectorAll("[data-copy]").forEach((b) => { b.hidden = !navigator.clipboard; });
  };

  // The same words as in Go, with the seconds that only a script can keep true.
  const span = (s) => {
    const m = Math.floor(s / 60), h = Math.floor(m / 60);
    if (h >= 48) return Math.floor(h / 24) + " days";
    if (h > 0) return h + " h" + (m % 60 ? " " + (m % 60) + " min" : "");
    return (m > 0 ? m + " min " : "") + (s % 60) + " s";
  };
  const tick = () => {
    document.querySelectorAll("[data-until]").forEach((e) => {
      const left = Math.ceil((Date.parse(e.dataset.until) - Date.now() - ahead) / 1000);
      e.textContent = left > 0 ? span(left) + " left" : "time is up";
      const bar = e.closest(".bake")?.querySelector("progress");
      if (bar) bar.value = bar.max - Math.max(0, left);
    });
  };

  // busy says whether somebody types, chooses or marks text: then their part of the page stays as it is.
  const busy = () => {
    const fields = [...document.querySelectorAll("main textarea, main input:not([type=hidden])")];
    const here = document.activeElement;
    return fields.some((f) => f.value !== "") || Boolean(here && here.closest("main form"));
  };
  const marking = () => String(getSelection() ?? "") !== "";

  const refocus = (id) => { if (id) $(id)?.focus({ preventScroll: true }); };

  const swap = (fresh) => {
    const focused = document.activeElement?.id;
    const told = document.title !== fresh.title;
    if (busy()) {
      document.querySelectorAll("[data-live]").forEach((old) => {
        const next = fresh.getElementById(old.id);
        if (next) old.replaceWith(next);
      });
      $("main").className = fresh.getElementById("main").className;
      $("main").dataset.now = fresh.getElementById("main").dataset.now;
      $("main").dataset.every = fresh.getElementById("main").dataset.every;
    } else {
      const open = [...document.querySelectorAll("main details[open]")].map((d) => d.id);
      $("main").replaceWith(fresh.getElementById("main"));
      open.forEach((id) => $(id)?.setAttribute("open", ""));
    }
    refocus(focused);
    document.querySelector("footer p")?.replaceWith(fresh.querySelector("footer p"));
    document.querySelector("link[rel=icon]").href = fresh.querySelector("link[rel=icon]").href;
    document.title = fresh.title;
    if (told) $("told").textContent = fresh.title;
    enhance();
    tick();
  };

  const look = async () => {
    if (document.hidden || marking()) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store", credentials: "same-origin" });
      // Without its style: this page's policy knows that by another nonce.
      const text = (await answer.text()).replace(/<style[^]*?<\/style>/, "");
      const fresh = new DOMParser().parseFromString(text, "text/html");
      if (!answer.ok || !fresh.getElementById("main")) throw new Error(String(answer.status));
      swap(fresh);
      $("stale").hidden = true;
    } catch {
      $("stale").hidden = false;
    }
  };
  const again = async () => {
    const every = Number($("main").dataset.every);
    if (!every) return;
    setTimeout(async () => { await look(); again(); }, every * 1000);
  };

  document.addEventListener("click", async (e) => {
    const button = e.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText($(button.dataset.copy).textContent);
    button.textContent = "Copied";
  });
  document.addEventListener("visibilitychange", look);
  document.addEventListener("submit", (e) => { // no second press while the first is on its way
    setTimeout(() => e.target.querySelectorAll("button").forEach((b) => { b.disabled = true; }));
  });
  enhance();
  tick();
  setInterval(tick, 1000);
  again();
})();
