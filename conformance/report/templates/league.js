"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const names = data.standings;
  const table = document.getElementById("sheet");
  const search = document.getElementById("search");
  const view = document.getElementById("view");
  const level = document.getElementById("level");
  const differ = document.getElementById("differ");
  const shown = document.getElementById("shown");
  const buttons = [...document.querySelectorAll("button[data-standing]")];
  const STEP = 300;
  let most = STEP;

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== undefined && child !== ""));
    return element;
  };
  // a verdict is a letter, its place in `standings`; what is not required is a blank
  const at = (column, operation, check) => {
    const letters = data.rows[column.cells[operation]];
    const place = letters === undefined ? -1 : letters.charCodeAt(check) - 97;
    return place < 0 ? -1 : place;
  };

  // rows have a name, what is under it, a level, and for each column [verdict, in how many operations]
  const rowsOf = {
    check: () => data.checks.map(([name, lv, statement], check) => ({
      name, statement, lv, link: (c) => `${data.columns[c].page}.html#q=${encodeURIComponent(name)}`,
      cells: data.columns.map((column) => worst(data.operations.map((_, o) => at(column, o, check)))),
    })),
    operation: () => data.operations.map((name, o) => ({
      name, statement: "", lv: "", link: (c) => `${data.columns[c].page}.html#q=${encodeURIComponent(name)}`,
      cells: data.columns.map((column) => worst(data.checks.map((_, check) => at(column, o, check)))),
    })),
    both: () => data.operations.flatMap((operation, o) => data.checks.map(([name, lv, statement], check) => ({
      name: operation, check: name, statement, lv, o, c: check,
      cells: data.columns.map((column) => { const v = at(column, o, check); return v < 0 ? undefined : [v, 1]; }),
    }))),
  };
  const none = names.indexOf("not-applicable");
  const worst = (found) => {
    const there = found.filter((v) => v >= 0);
    if (!there.length) return undefined;
    const real = there.filter((v) => v !== none);
    const v = real.length ? Math.min(...real) : none;
    return [v, there.filter((other) => other === v).length];
  };

  const made = new Map();
  const rows = () => {
    const kind = view ? view.value : "both";
    if (!made.has(kind)) {
      const all = rowsOf[kind]().filter((row) => row.cells.some((cell) => cell !== undefined));
      for (const row of all) {
        row.text = `${row.name} ${row.check || ""} ${row.statement}`.toLowerCase();
        const found = row.cells.filter((cell) => cell !== undefined && cell[0] !== none);
        row.differs = new Set(found.map(([v, n]) => (view ? v : `${v}`))).size > 1;
      }
      made.set(kind, all);
    }
    return made.get(kind);
  };

  const told = (row, column) => {
    const found = data.failures.filter((f) => f.col === column && f.o === row.o && f.c === row.c);
    const inner = make("div", { class: "inner" });
    for (const f of found) {
      inner.append(make("p", {}, make("strong", {}, f.message)));
      if (f.subjects.length) inner.append(make("p", { class: "small soft" }, `cases: ${f.subjects.join(", ")}`));
      if (f.expected || f.received) inner.append(make("p", { class: "small" }, "expected ", make("code", {}, f.expected || ""), " received ", make("code", {}, f.received || "")));
      if (f.command) inner.append(make("pre", { tabindex: "0" }, f.command));
    }
    const line = make("tr", { class: "told" }, make("td", { colspan: String(data.columns.length + 1) }, inner));
    return line;
  };
  const noted = new Set(data.failures.map((f) => `${f.col} ${f.o} ${f.c}`));

  const cellOf = (row, cell, column) => {
    if (cell === undefined) return make("td", { class: "c" });
    const [v, count] = cell;
    const name = names[v];
    const words = `${data.words[name]}${count > 1 ? `, in ${count} operations` : ""}`;
    const sign = [make("span", { "aria-hidden": "true" }, data.glyphs[name]), make("span", { class: "hidden" }, words)];
    if (count > 1 && view && view.value === "check" && name !== "passed" && name !== "not-applicable") sign.push(make("span", { class: "n", "aria-hidden": "true" }, ` ${count}`));
    const td = make("td", { class: `c s-${name}`, title: words });
    if (row.link && name !== "passed" && name !== "not-applicable") {
      td.append(make("a", { href: row.link(column) }, ...sign));
    } else if (!row.link && noted.has(`${column} ${row.o} ${row.c}`)) {
      const button = make("button", { type: "button", "aria-expanded": "false" }, ...sign);
      button.addEventListener("click", () => {
        const line = td.parentElement;
        const open = line.nextElementSibling;
        const mine = button.getAttribute("aria-expanded") === "true";
        if (open && open.className === "told") open.remove();
        for (const other of line.querySelectorAll("button")) other.setAttribute("aria-expanded", "false");
        if (!mine) { line.after(told(row, column)); button.setAttribute("aria-expanded", "true"); }
      });
      td.append(button);
    } else {
      td.append(...sign);
    }
    return td;
  };

  const draw = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = buttons.filter((b) => b.getAttribute("aria-pressed") === "true").map((b) => names.indexOf(b.dataset.standing));
    const all = rows();
    const found = all.filter((row) =>
      (!level.value || row.lv === level.value || row.lv === "") &&
      (!differ.checked || row.differs) &&
      (!wanted.length || row.cells.some((cell) => cell !== undefined && wanted.includes(cell[0]))) &&
      words.every((word) => row.text.includes(word)));
    const body = make("tbody");
    for (const row of found.slice(0, most)) {
      const head = make("th", { scope: "row" }, make("span", { class: "id" }, row.name), row.check ? make("br") : "", row.check ? make("span", { class: "id" }, row.check) : "",
        row.lv ? make("span", { class: "lv" }, ` ${row.lv}`) : "", row.statement ? make("div", { class: "small soft st" }, row.statement) : "");
      body.append(make("tr", {}, head, ...row.cells.map((cell, column) => cellOf(row, cell, column))));
    }
    if (found.length > most) {
      const more = make("button", { type: "button", class: "more" }, `Show ${Math.min(STEP * 4, found.length - most)} more of ${found.length - most}`);
      more.addEventListener("click", () => { most += STEP * 4; draw(); });
      body.append(make("tr", {}, make("td", { colspan: String(data.columns.length + 1) }, more)));
    }
    table.tBodies[0].replaceWith(body);
    shown.textContent = `${found.length.toLocaleString("en")} of ${all.length.toLocaleString("en")} rows`;
  };

  const titles = data.columns.map((c) => make("th", { scope: "col", class: "col" }, c.page ? make("a", { href: `${c.page}.html` }, ...c.title.flatMap((t, n) => (n ? [make("br"), t] : [t]))) : c.title.join(" ")));
  table.tHead.append(make("tr", {}, make("th", { scope: "col" }, view ? "Requirement or operation" : "Operation, requirement"), ...titles));
  const fromHash = () => {
    const asked = /^#q=(.*)$/.exec(location.hash);
    if (!asked) return;
    search.value = decodeURIComponent(asked[1]);
    document.getElementById("table").scrollIntoView();
  };
  const afresh = () => { most = STEP; draw(); };
  let waiting = 0;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(afresh, 80); });
  for (const one of [view, level, differ]) if (one) one.addEventListener("change", afresh);
  for (const button of buttons) {
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      afresh();
    });
  }
  addEventListener("hashchange", () => { fromHash(); afresh(); });
  for (const button of document.querySelectorAll("button[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = "Copied";
    });
  }
  document.getElementById("filters").hidden = false;
  for (const b of buttons) if (data.pressed.includes(b.dataset.standing)) b.setAttribute("aria-pressed", "true");
  fromHash();
  if (search.value) for (const b of buttons) b.setAttribute("aria-pressed", "false");
  draw();
  if (search.value) document.getElementById("table").scrollIntoView();
})();
