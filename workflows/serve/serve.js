// Sends questions to the server and shows its answers. The URL of the page (#/window?formula=Na3PS4)
// contains the question, so that the back button, links and other tabs work. Text enters the page as
// text nodes only.
"use strict";
(() => {
  const EVERY = 2000; // ms between two checks of the store
  const PAUSE = 250; // ms without typing after which filters are applied
  const FORMS = ["window", "interface", "matrix", "diagram"];
  const { node, kind } = details;
  const banner = document.getElementById("banner");

  async function ask(path, given = {}) {
    const query = new URLSearchParams(given).toString();
    let answer, content;
    try {
      answer = await fetch(query ? `${path}?${query}` : path);
      content = await answer.json();
    } catch { // it ended before or while it answered
      throw new Error("The server of this page does not respond: start 'trona serve' again.");
    }
    if (!answer.ok) throw new Error(content.error);
    return content;
  }

  // Only the latest question of each place is answered.

  const newest = new Map();
  async function latest(place, path, given) {
    const mark = Symbol(path);
    newest.set(place, mark);
    const content = await ask(path, given).then((found) => ({ found }), (error) => ({ error }));
    if (newest.get(place) !== mark) return null;
    if (content.error) throw content.error;
    return content.found;
  }

  function say(section, text, wrong = false) {
    const place = section.querySelector(".said");
    place.textContent = text;
    place.classList.toggle("wrong", wrong);
  }

  // Answers consist of lines and tables, as the commands print them.

  const chips = (text, kinds) => text.split("\n").flatMap((line, at) => {
    const name = kinds[at];
    const shown = name && line !== "unknown" ? kind(name) : line;
    if (shown !== line && line.endsWith(" ?")) shown.classList.add("unsure");
    return at ? [node("br", {}), shown] : [shown];
  });

  function lines(part, first) {
    return part.lines.map((line, at) => {
      const look = first && at === 0 ? "lead" : part.aside || (first && at > 0) ? "note" : "";
      return node("p", { class: look }, line);
    });
  }

  function table(part) {
    const look = (text, at) => part.numeric[at] ? "number"
      : text.startsWith("reaction") ? "reaction" : at === 0 ? "volts" : "";
    const headings = part.headings.map((text, at) => [text, look(text, at)]);
    const rows = part.rows.map((row, line) => row.map((cell, at) =>
      node("span", {}, ...chips(cell, part.kinds[line][at]))));
    return details.grid(part.headings.filter(Boolean).slice(0, 3).join(", "), headings, rows);
  }

  const lay = (parts, first = true) =>
    parts.flatMap((part, at) => part.lines ? lines(part, first && at === 0) : [table(part)]);

  function drawing(answer) {
    const place = node("div", { class: "plot" });
    const { width, height } = answer.figure.layout;
    place.style.minHeight = `${height}px`;
    if (width) place.style.width = `${width}px`;
    figures.overview(place, answer.figure, () => {});
    return node("div", {
      class: `scroll plots${width ? " narrow" : ""}`, tabindex: "0", role: "group",
      "aria-label": `Figure: ${answer.alt}; the table holds the same numbers`,
    }, place);
  }

  function show(section, answer) {
    const end = answer.parts.findIndex((part, at) => at === 2 || !part.lines || part.aside);
    const before = end < 0 ? answer.parts.length : end; // the sentence and the line of numbers
    section.querySelector(".before").replaceChildren(...lay(answer.parts.slice(0, before)));
    section.querySelector(".parts").replaceChildren(...lay(answer.parts.slice(before), false));
    section.querySelector(".figure").replaceChildren(...(answer.figure ? [drawing(answer)] : []));
    section.querySelector(".answer").hidden = false;
  }

  // Questions with a form.

  function typed(form) {
    return [...new FormData(form)].filter(([, value]) => value.trim() !== "");
  }

  function fill(form, given) {
    for (const field of form.querySelectorAll("input, select, textarea")) {
      if (field.type === "checkbox") field.checked = given.get(field.name) === field.value;
      else field.value = given.get(field.name) ?? "";
    }
  }

  async function question(section, given) {
    const form = section.querySelector(".question");
    fill(form, given);
    if (!form.checkValidity()) return;
    const answer = section.querySelector(".answer");
    answer.classList.add("waiting");
    say(section, "Computing …");
    try {
      const found = await latest(section.id, `/view/${section.id}`, typed(form));
      if (found === null) return;
      show(section, found);
      if (section.id === "window") slider.begin(given.get("formula"), found.top);
      say(section, "");
    } catch (error) {
      answer.hidden = true;
      say(section, error.message, true);
    }
    answer.classList.remove("waiting");
  }

  // The voltage slider: a line in the figure at once, and the reaction there from the server.

  const slider = (() => {
    const form = document.querySelector(".slider");
    const { slide, volts } = form.elements;
    const place = form.querySelector(".at");
    let formula = "";
    let asking = false;
    let wanted = null;

    let drawing = 0;
    function mark(at) {
      const plot = document.querySelector("#window .plot");
      clearTimeout(drawing);
      if (!plot || !plot.data) { // it is drawn when it comes into view
        drawing = setTimeout(mark, 300, at);
        return;
      }
      const across = { type: "line", xref: "paper", x0: 0, x1: 1, yref: "y", y0: at, y1: at };
      Plotly.relayout(plot, { shapes: [{ ...across, line: { color: "#0a4f9e", width: 2, dash: "dot" } }] });
    }

    async function follow() {
      if (asking) return;
      asking = true;
      while (wanted !== null) {
        const at = wanted;
        wanted = null;
        try {
          const found = await latest("at", "/view/at", { formula, at });
          if (found) place.replaceChildren(...lay(found.parts));
        } catch (error) {
          place.replaceChildren(node("p", { class: "warning" }, error.message));
        }
      }
      asking = false;
    }

    function set(text) {
      if (text === "") return;
      wanted = text;
      mark(Number(text));
      follow();
    }

    slide.addEventListener("input", () => { volts.value = slide.value; set(slide.value); });
    volts.addEventListener("input", () => { slide.value = volts.value; set(volts.value); });
    form.addEventListener("submit", (event) => event.preventDefault());
    return {
      begin(name, top) {
        formula = name;
        slide.max = top.toFixed(2);
        if (Number(volts.value) > top) volts.value = "0";
        slide.value = volts.value;
        set(volts.value || "0");
      },
    };
  })();

  // Screened candidates: a page of the ranking that follows the store.

  const list = (() => {
    const section = document.getElementById("candidates");
    const form = document.getElementById("filters");
    const body = section.querySelector(".ranking");
    const answer = section.querySelector(".answer");
    const columns = [...body.querySelectorAll("th")].map((one) =>
      ({ key: one.dataset.column, title: one.textContent, number: one.className === "number" }));
    const opened = new Set();
    let seen = null; // state of the store that is shown; null asks again
    let given = {}; // what is asked for: filters, order, page
    let made = new Map(); // rows by id, with what they were made of

    const elements = (text) => text.split(/[\s,-]+/).filter(Boolean).map((symbol) =>
      symbol[0].toUpperCase() + symbol.slice(1).toLowerCase()).join(",");

    // Filters in the units of the command, which counts eV.
    function asked() {
      const { page, sort, descending } = given;
      const filters = Object.fromEntries(typed(form));
      if (filters.hull_below) filters.hull_below = String(Number(filters.hull_below) / 1000);
      for (const name of ["elements", "without"]) {
        if (filters[name]) filters[name] = elements(filters[name]);
      }
      return Object.fromEntries(Object.entries({ ...filters, sort, descending, page })
        .filter(([, value]) => value));
    }

    function cell(one, { key, title, number }) {
      const look = { role: "cell", "data-title": title, class: `cell-${key}${number ? " number" : ""}` };
      if (key !== "harm") return node("td", look, one.cells[key]);
      const chip = kind(one.class);
      chip.textContent = one.cells.harm;
      if (!one.sure) chip.classList.add("unsure");
      return node("td", look, chip);
    }

    // Stored results keep the energies they were computed with; the page computes with its own.
    const again = ({ formula }) => node("p", {},
      node("a", { href: `#/window?${new URLSearchParams({ formula })}` },
        `Compute ${formula} now, with a voltage slider`));

    function row(one, shared) {
      const text = JSON.stringify([one, one.ladder.map((step) =>
        step.products.map(([at]) => shared.phases[at]))]);
      const before = made.get(one.id);
      if (before && before.text === text) return before;
      const name = node("button", {
        type: "button", class: "name", "aria-expanded": "false", "aria-controls": `d-${one.id}`,
      }, one.label + (one.mixture ? "*" : ""));
      const inside = node("td", { role: "cell", colspan: columns.length });
      const detail = node("tr", { role: "row", class: "detail", id: `d-${one.id}`, hidden: "" }, inside);
      const cells = columns.map((column) => column.key === "label"
        ? node("th", { scope: "row", role: "rowheader" }, name) : cell(one, column));
      function unfold(wanted) {
        name.setAttribute("aria-expanded", String(wanted));
        detail.hidden = !wanted;
        if (wanted) opened.add(one.id);
        else opened.delete(one.id);
        if (wanted && !inside.hasChildNodes()) {
          inside.append(node("div", {}, ...details.of(one, shared), again(one)));
        }
      }
      name.addEventListener("click", () => unfold(detail.hidden));
      const element = node("tbody", { role: "rowgroup", id: `c-${one.id}` },
        node("tr", { role: "row", class: "row" }, ...cells), detail);
      if (opened.has(one.id)) unfold(true);
      return { text, element };
    }

    function unranked(found) {
      const items = found.unranked.map((one) => node("li", {}, node("b", {}, one.label),
        ` ${one.state}: ${one.reason} `, node("span", { class: "note" }, `Source: ${one.source}`)));
      const place = document.getElementById("unranked");
      place.querySelector("ul").replaceChildren(...items);
      place.hidden = items.length === 0;
    }

    function render(found) {
      const [top, focused] = [scrollY, document.activeElement];
      const rows = found.rows.map((one) => [one.id, row(one, found)]);
      made = new Map(rows);
      const kept = new Set(rows.map(([, one]) => one.element));
      for (const old of [...body.tBodies]) if (!kept.has(old)) old.remove();
      rows.forEach(([, one], at) => {
        if (body.tBodies[at] !== one.element) body.insertBefore(one.element, body.tBodies[at] ?? null);
      });
      unranked(found);
      document.getElementById("summary").textContent = found.summary;
      document.getElementById("count").textContent = found.total
        ? `${found.first}–${found.last} of ${found.total} shown` : "No candidate passes these filters.";
      for (const button of section.querySelectorAll("[data-step]")) {
        const to = found.page + Number(button.dataset.step);
        button.disabled = to < 1 || to > found.pages;
        button.dataset.to = to;
      }
      for (const heading of body.querySelectorAll("th[data-column]")) {
        const button = heading.querySelector("button");
        const by = button && button.dataset.field === (given.sort || "rank");
        if (by) heading.setAttribute("aria-sort", given.descending ? "descending" : "ascending");
        else heading.removeAttribute("aria-sort");
      }
      answer.hidden = false;
      if (focused.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
      scrollTo({ top, behavior: "instant" });
    }

    async function load() {
      answer.classList.add("waiting");
      if (answer.hidden) say(section, "Reading the store …");
      try {
        const found = await latest("candidates", "/view/candidates", asked());
        if (found === null) return;
        seen = found.state;
        render(found);
        say(section, "");
      } catch (error) {
        seen = null;
        say(section, error.message, true);
      }
      answer.classList.remove("waiting");
    }

    // The filters go into the URL without a new entry in the browser history.
    function change(more) {
      const filters = Object.fromEntries(typed(form));
      given = { sort: given.sort, descending: given.descending, ...more };
      const kept = Object.entries({ ...filters, ...given }).filter(([, value]) => value);
      history.replaceState(null, "", `#/candidates?${new URLSearchParams(kept)}`);
      return load();
    }

    let pause = 0;
    const later = () => { clearTimeout(pause); pause = setTimeout(() => change({}), PAUSE); };
    form.addEventListener("input", later);
    form.addEventListener("reset", later);
    form.addEventListener("submit", (event) => event.preventDefault());
    section.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-step], button[data-field]");
      if (button === null) return;
      if (button.dataset.step) change({ page: button.dataset.to });
      else {
        const same = button.dataset.field === (given.sort || "rank");
        change({ sort: button.dataset.field, descending: same && !given.descending ? "1" : "" });
      }
    });

    return {
      open(asks) {
        fill(form, asks);
        given = Object.fromEntries(["sort", "descending", "page"].map((name) => [name, asks.get(name)]));
        return load();
      },
      async look() {
        if (section.hidden || document.hidden) return;
        const { state } = await ask("/state");
        if (seen === null || state !== seen) await load();
      },
    };
  })();

  async function look() {
    try {
      await list.look();
      banner.hidden = true;
    } catch (error) {
      banner.textContent = error.message;
      banner.hidden = false;
    }
    setTimeout(look, EVERY);
  }

  // The URL determines which form is shown, and its content.

  function route() {
    const [name, query = ""] = location.hash.replace(/^#\//, "").split(/\?(.*)/s);
    const wanted = document.querySelector(`section#${CSS.escape(name || "window")}`)
      || document.getElementById("window");
    for (const section of document.querySelectorAll("main > section")) section.hidden = section !== wanted;
    for (const link of document.querySelectorAll("nav a")) {
      if (link.hash === `#/${wanted.id}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    document.title = `${document.querySelector("nav [aria-current]").textContent} · trona`;
    const given = new URLSearchParams(query);
    if (wanted.id === "candidates") list.open(given);
    else if (given.size) question(wanted, given);
  }

  for (const name of FORMS) {
    const section = document.getElementById(name);
    section.querySelector(".question").addEventListener("submit", (event) => {
      event.preventDefault();
      const hash = `#/${name}?${new URLSearchParams(typed(event.target))}`;
      if (hash === location.hash) route();
      else location.hash = hash;
    });
  }
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("main").focus();
  });
  window.addEventListener("hashchange", route);
  route();
  look();
})();
