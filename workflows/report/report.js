// Sorts and filters the ranking, and shows a candidate's details when they are first opened.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const table = document.querySelector(".ranking");
  const form = document.getElementById("filters");
  if (form === null) return; // only stored cells, layers and interfaces: no ranking to sort
  const bodies = data.candidates.map((one) => document.getElementById("c-" + one.id));
  const order = new Intl.Collator("en", { numeric: true });

  // Sorting: unknown values come last in both directions.

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

  // Filters: an empty field does not filter; an unknown limit passes no filter.

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

  function show(at, wanted) {
    const [row, detail] = bodies[at].rows;
    row.querySelector(".name").setAttribute("aria-expanded", String(wanted));
    detail.hidden = !wanted;
    const cell = detail.cells[0];
    if (wanted && !cell.hasChildNodes()) {
      cell.append(details.node("div", {}, ...details.of(data.candidates[at], data)));
    }
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
