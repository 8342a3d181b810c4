"use strict";
(() => {
  const body = document.getElementById("operations-body");
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const buttons = [...document.querySelectorAll("button[data-verdict]")];
  const rows = [...body.rows].map((row) => ({ row, text: row.textContent.toLowerCase() }));
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = buttons.filter((b) => b.getAttribute("aria-pressed") === "true").map((b) => b.dataset.verdict);
    let count = 0;
    for (const { row, text } of rows) {
      const match = (!wanted.length || wanted.includes(row.dataset.v)) && words.every((word) => text.includes(word));
      row.hidden = !match;
      count += match;
    }
    shown.textContent = `${count} of ${rows.length} operations shown`;
  };
  search.addEventListener("input", apply);
  for (const button of buttons) {
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      apply();
    });
  }
  document.getElementById("filters").hidden = false;
  apply();
})();
