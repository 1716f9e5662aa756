// Details of a candidate as elements of a page. Text from files and databases enters the page as text
// nodes only.
"use strict";
const details = (() => {
  function node(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children.filter((child) => child !== null));
    return made;
  }

  const kind = (name) => node("span", { class: "kind kind-" + name }, figures.words(name));

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

  const link = (address) => node("a", { href: address, rel: "noreferrer noopener" }, address);

  const section = (title, ...parts) =>
    node("details", {}, node("summary", {}, title), ...parts);

  function figure(one, phases) {
    const place = node("div", { class: "plot" });
    const alt = `Figure: ladder of ${one.label}, sodium exchanged and products against voltage; `
      + "the table below holds the same numbers";
    figures.ladder(place, one, phases);
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

  function products(one, phases) {
    const headings = [["V", "volts"], ["product", ""], ["amount", "number"], ["share", "number"],
      ["on its own", ""], ["electrons", ""], ["Na⁺", ""]];
    const rows = one.ladder.flatMap((step) => step.products.map(([at, amount, part, type], n) => {
      const [formula, electronic, , ionic] = phases[at];
      const alone = type === "?" ? "?" : kind(type);
      return [n ? "" : step.volts, formula, amount, part, alone, electronic, ionic];
    }));
    return grid(`Products of ${one.label} in each step`, headings, rows);
  }

  function sources(one, phases) {
    const used = new Set(one.ladder.flatMap((step) => step.products.map(([at]) => at)));
    return list([...used].map((at) => {
      const [formula, electronic, electronicSource, ionic, ionicSource] = phases[at];
      return [formula, `electrons: ${electronic} (${electronicSource || "no source"}); `
        + `Na⁺: ${ionic} (${ionicSource || "no source"})`];
    }));
  }

  // Everything known about a candidate; content that candidates share is embedded once.
  function of(one, { phases, sentences }) {
    const caveats = [...one.vetoes,
      ...(one.missing.length ? [`Missing in the score: ${one.missing.join(", ")}.`] : []),
      ...one.caveats.map((at) => sentences[at])];
    const [head, ...rest] = one.heading;
    return [
      node("p", { class: "lead" }, head),
      ...rest.map((line) => node("p", { class: "note" }, line)),
      node("p", {}, one.contact),
      list(one.facts),
      node("h3", {}, "Ladder"),
      figure(one, phases),
      ladder(one),
      section("Products of each step", products(one, phases)),
      section("Sources of the products' properties", sources(one, phases)),
      caveats.length ? node("h3", {}, "Caveats") : null,
      caveats.length ? node("ul", {}, ...caveats.map((line) => node("li", {}, line))) : null,
      section("Provenance", list(one.provenance.map(([name, at]) =>
        [name, name === "Materials Project" ? link(sentences[at]) : sentences[at]]))),
    ].filter((part) => part !== null);
  }

  return { node, kind, grid, of };
})();
