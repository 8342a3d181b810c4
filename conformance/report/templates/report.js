"use strict";
(() => {
  const body = document.getElementById("matrix-body");
  const search = document.getElementById("search");
  const level = document.getElementById("level");
  const theme = document.getElementById("theme");
  const shown = document.getElementById("shown");
  const buttons = [...document.querySelectorAll("button[data-standing]")];
  if (body && search) {
    const rows = [...body.rows].map((row) => ({ row, data: row.dataset, text: row.textContent.toLowerCase() }));
    const apply = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const wanted = buttons.filter((b) => b.getAttribute("aria-pressed") === "true").map((b) => b.dataset.standing);
      let count = 0;
      for (const { row, data, text } of rows) {
        const match =
          (!wanted.length || wanted.includes(data.s)) &&
          (!level.value || data.l === level.value) &&
          (!theme.value || data.t === theme.value) &&
          words.every((word) => text.includes(word));
        row.hidden = !match;
        count += match;
      }
      shown.textContent = `${count} of ${rows.length} requirements shown`;
    };
    let waiting = 0;
    search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(apply, 80); });
    level.addEventListener("change", apply);
    theme.addEventListener("change", apply);
    for (const button of buttons) {
      button.addEventListener("click", () => {
        button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
        apply();
      });
    }
    document.getElementById("filters").hidden = false;
    apply();
  }
  for (const button of document.querySelectorAll("button[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = "Copied";
    });
  }
})();
