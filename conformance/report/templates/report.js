"use strict";
(() => {
  const body = document.getElementById("matrix-body");
  const search = document.getElementById("search");
  const level = document.getElementById("level");
  const theme = document.getElementById("theme");
  const shown = document.getElementById("shown");
  const buttons = [...document.querySelectorAll("button[data-standing]")];
  if (body && search) {
    const rows = [...body.rows].map((row) => ({
      row,
      data: row.dataset,
      text: row.textContent.toLowerCase(),
      kind: row.querySelector("details.kind"),
      members: [...row.querySelectorAll("details.kind li")].map((item) => ({ item, text: item.textContent.toLowerCase() })),
    }));
    const all = rows.reduce((sum, { data }) => sum + Number(data.n), 0);
    const apply = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const wanted = buttons.filter((b) => b.getAttribute("aria-pressed") === "true").map((b) => b.dataset.standing);
      let count = 0;
      for (const { row, data, text, kind, members } of rows) {
        let match =
          (!wanted.length || wanted.includes(data.s)) &&
          (!level.value || data.l === level.value) &&
          (!theme.value || data.t === theme.value) &&
          words.every((word) => text.includes(word));
        let found = Number(data.n);
        if (kind) {
          // of many of a kind those are shown that have the words
          found = 0;
          for (const { item, text } of members) {
            item.hidden = !words.every((word) => text.includes(word));
            found += !item.hidden;
          }
          match = match && found > 0;
          kind.open = match && words.length > 0;
        }
        row.hidden = !match;
        count += match ? found : 0;
      }
      shown.textContent = `${count} of ${all} requirements shown`;
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
  // what a link leads to is shown, though it stands in a list that is closed; not every browser opens it
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let list = target && target.closest("details"); list; list = list.parentElement.closest("details")) list.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();
  for (const button of document.querySelectorAll("button[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = "Copied";
    });
  }
})();
