// Sorts and filters the ranking, and writes a candidate's details when they are first opened.
// Text from files and databases enters the page as text nodes only.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const table = document.querySelector(".ranking");
  const form = document.getElementById("filters");
  const bodies = data.candidates.map((one) => document.getElementById("c-" + one.id));
  const order = new Intl.Collator("en", { numeric: true });

  function node(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children.filter((child) => child !== null));
    return made;
  }

  const kind = (name) => node("span", { class: "kind kind-" + name }, name);

  // Sorting: what is not known comes last in both directions.

  function compare(one, other, sign) {
    if (one === null || other === null) return (one === null) - (other === null);
    return sign * (typeof one === "number" ? one - other : order.compare(one, other));
  }

  function sort(button) {
    const heading = button.closest("th");
    const falling = heading.getAttribute("aria-sort") === "ascending";
    for (const other of heading.parentNode.children) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
    const key = button.dataset.key;
    const places = data.candidates.map((_, at) => at);
    places.sort((a, b) =>
      compare(data.candidates[a][key], data.candidates[b][key], falling ? -1 : 1) || a - b);
    table.append(...places.map((at) => bodies[at]));
  }

  // Filters: an empty field asks nothing; a limit that is not known passes none.

  const symbols = (text) => text.split(/[\s,-]+/).filter(Boolean)
    .map((symbol) => symbol[0].toUpperCase() + symbol.slice(1).toLowerCase());

  function passes(one, asked) {
    const text = asked.text.trim().toLowerCase();
    const shown = [one.label, one.formula, one.products, one.reference].join("\n").toLowerCase();
    return shown.includes(text)
      && (asked.class === "" || one.class === asked.class)
      && (asked.hull === "" || (one.hull !== null && one.hull * 1000 <= Number(asked.hull)))
      && (asked.reduction === ""
        || (one.reduction !== null && one.reduction <= Number(asked.reduction)))
      && (asked.oxidation === ""
        || (one.oxidation !== null && one.oxidation >= Number(asked.oxidation)))
      && symbols(asked.with).every((symbol) => one.elements.includes(symbol))
      && !symbols(asked.without).some((symbol) => one.elements.includes(symbol));
  }

  function filter() {
    const asked = Object.fromEntries(new FormData(form));
    let shown = 0;
    data.candidates.forEach((one, at) => {
      bodies[at].hidden = !passes(one, asked);
      shown += bodies[at].hidden ? 0 : 1;
    });
    document.getElementById("count").textContent = `${shown} of ${bodies.length} shown`;
    document.getElementById("nothing").hidden = shown > 0;
  }

  // Details.

  function grid(caption, headings, rows) {
    const head = headings.map(([text, look]) => node("th", { scope: "col", class: look }, text));
    const lines = rows.map((cells) =>
      node("tr", {}, ...cells.map((cell, at) => node("td", { class: headings[at][1] }, cell))));
    const made = node("table", { class: "steps" },
      node("caption", { class: "hidden" }, caption),
      node("thead", {}, node("tr", {}, ...head)), node("tbody", {}, ...lines));
    return node("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
      made);
  }

  function list(pairs) {
    const parts = pairs.flatMap(([name, value]) => [node("dt", {}, name), node("dd", {}, value)]);
    return node("dl", {}, ...parts);
  }

  const section = (title, ...parts) =>
    node("details", {}, node("summary", {}, title), ...parts);

  function figure(one) {
    const place = node("div", { class: "plot" });
    const alt = `Figure: ladder of ${one.label}, sodium exchanged and products against voltage; `
      + "the table below holds the same numbers";
    figures.ladder(place, one, data.phases);
    return node("div",
      { class: "scroll plots", tabindex: "0", role: "group", "aria-label": alt }, place);
  }

  function ladder(one) {
    const headings = [["V", "volts"], ["reaction", "reaction"], ["Na", "number"],
      ["eV/atom", "number"], ["interphase", ""], ["e⁻ conductor (margin)", "number"],
      ["Na⁺ conductor (margin)", "number"], ["volume", "number"], ["mAh/cm² per µm", "number"]];
    const rows = one.ladder.map((step) => [step.volts, step.reaction, step.sodium, step.energy,
      kind(step.class), step.electrons, step.ions, step.volume, step.charge]);
    return grid(`Ladder of ${one.label}, lowest voltage first`, headings, rows);
  }

  function products(one) {
    const headings = [["V", "volts"], ["product", ""], ["amount", "number"], ["part", "number"],
      ["alone it is", ""], ["electrons", ""], ["Na⁺", ""]];
    const rows = one.ladder.flatMap((step) => step.products.map(([at, amount, part, type], n) => {
      const [formula, electronic, , ionic] = data.phases[at];
      const alone = type === "?" ? "?" : kind(type);
      return [n ? "" : step.volts, formula, amount, part, alone, electronic, ionic];
    }));
    return grid(`Products of ${one.label} in each step`, headings, rows);
  }

  function sources(one) {
    const used = new Set(one.ladder.flatMap((step) => step.products.map(([at]) => at)));
    return list([...used].map((at) => {
      const [formula, electronic, electronicSource, ionic, ionicSource] = data.phases[at];
      return [formula, `electrons: ${electronic} (${electronicSource || "no source"}); `
        + `Na⁺: ${ionic} (${ionicSource || "no source"})`];
    }));
  }

  function details(one) {
    const caveats = [...one.vetoes,
      ...(one.missing.length ? [`Missing in the score: ${one.missing.join(", ")}.`] : []),
      ...one.caveats.map((at) => data.sentences[at])];
    const [head, ...rest] = one.heading;
    return [
      node("p", { class: "lead" }, head),
      ...rest.map((line) => node("p", { class: "note" }, line)),
      node("p", {}, one.contact),
      list(one.facts),
      node("h3", {}, "Ladder"),
      figure(one),
      ladder(one),
      section("Products of each step", products(one)),
      section("Sources of the products' properties", sources(one)),
      caveats.length ? node("h3", {}, "Caveats") : null,
      caveats.length ? node("ul", {}, ...caveats.map((line) => node("li", {}, line))) : null,
      section("Provenance", list(one.provenance.map(([name, at]) => [name, data.sentences[at]]))),
    ].filter((part) => part !== null);
  }

  function show(at, wanted) {
    const [row, detail] = bodies[at].rows;
    row.querySelector(".name").setAttribute("aria-expanded", String(wanted));
    detail.hidden = !wanted;
    const cell = detail.cells[0];
    if (wanted && !cell.hasChildNodes()) cell.append(node("div", {}, ...details(data.candidates[at])));
  }

  // A link to a candidate (report.html#c-ID) opens it.

  function follow() {
    const at = bodies.findIndex((body) => "#" + body.id === location.hash);
    if (at < 0) return;
    show(at, true);
    bodies[at].scrollIntoView();
  }

  for (const place of document.querySelectorAll("[data-figure]")) {
    figures.overview(place, data.figures[Number(place.dataset.figure)], (at) => {
      bodies[at].hidden = false;
      show(at, true);
      bodies[at].scrollIntoView();
    });
  }

  table.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button === null) return;
    if (button.dataset.key) sort(button);
    else if (button.classList.contains("name")) {
      const at = bodies.indexOf(button.closest("tbody"));
      show(at, button.getAttribute("aria-expanded") === "false");
    }
  });
  form.addEventListener("input", filter);
  form.addEventListener("change", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  const all = (wanted) => bodies.forEach((body, at) => {
    if (!body.hidden) show(at, wanted);
  });
  document.getElementById("open").addEventListener("click", () => all(true));
  document.getElementById("close").addEventListener("click", () => all(false));
  window.addEventListener("hashchange", follow);
  if (matchMedia("(max-width: 46rem)").matches) form.parentNode.open = false;
  filter();
  follow();
})();
