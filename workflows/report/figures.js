// Figures of the report, drawn when they come into view. Plotly is embedded as plain text and runs
// as a script only with the first figure, so the ranking can be read and sorted before. Figures of
// many candidates are embedded as Plotly data; ladders are built here, since the data of a thousand
// would take 20 MB.
"use strict";
const figures = (() => {
  const HEADROOM = 0.6; // V shown above the highest limit
  const OPTIONS = {
    displaylogo: false, displayModeBar: true, responsive: true,
    modeBarButtons: [["zoomIn2d", "zoomOut2d", "resetScale2d", "toImage"]],
  };
  const classes = [...document.querySelectorAll(".classes .kind")];
  const styled = (property) => Object.fromEntries(classes.map((one) =>
    [one.dataset.kind, getComputedStyle(one).getPropertyValue(property).trim()]));
  const COLOURS = styled("--kind");
  const LETTERS = styled("--letters"); // that stand out from them
  const LEAST_LETTERS = 9; // px; smaller ones are left to the pointer
  const WORDS = Object.fromEntries(classes.map((one) => [one.dataset.kind, one.textContent]));

  // The words for an interphase class, as the tables of the commands print them.
  const words = (kind) => WORDS[kind] ?? kind;

  let begun = null;

  // If Plotly is not embedded in the page, the server provides it.
  function begin() {
    begun ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      const held = document.getElementById("plotly");
      Object.assign(script, { onload: done, onerror: failed });
      if (held) script.textContent = held.textContent;
      else script.src = "/assets/plotly.js";
      document.head.append(script);
      if (held) done();
    });
    return begun;
  }

  const waiting = new Map();
  const watch = new IntersectionObserver((entries) => {
    for (const { target } of entries.filter((one) => one.isIntersecting)) {
      watch.unobserve(target);
      setTimeout(() => begin().then(() => {
        waiting.get(target)(target);
        waiting.delete(target);
      }));
    }
  }, { rootMargin: "300px" });

  // Calls a function with an element once it is close to the viewport.
  function whenSeen(place, draw) {
    waiting.set(place, draw);
    watch.observe(place);
  }

  // A screen reader reads the label of the figure's frame and reaches its buttons; the layers and
  // icons that Plotly draws with are hidden from it.
  function plot(place, traces, layout) {
    const name = () => place.querySelectorAll("svg").forEach((layer, at) => {
      layer.setAttribute("role", "img");
      if (at === 0) layer.setAttribute("aria-label", place.parentNode.getAttribute("aria-label"));
      else layer.setAttribute("aria-hidden", "true");
    });
    return Plotly.newPlot(place, traces, layout, OPTIONS).then(() => {
      name();
      document.getElementById("js-plotly-tester").setAttribute("aria-hidden", "true");
      place.on("plotly_afterplot", name);
    });
  }

  // Plotly interprets tags in text: foreign text is escaped, digits of formulas become subscripts.
  const escaped = (text) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const lowered = (formula) =>
    escaped(formula).replace(/([A-Za-z)\]])(\d+(?:\.\d+)?)/g, "$1<sub>$2</sub>");

  function described(step, phases) {
    const products = step.products.map(([at, amount, part, type]) =>
      `${amount} ${lowered(phases[at][0])}: ${part} of the products, ${words(type)}`);
    return [`<b>${step.volts} V</b>, ${words(step.class)}`, `Na exchanged: ${step.sodium}`, ...products]
      .join("<br>");
  }

  function sodiumTraces(steps, top, phases) {
    const line = {
      x: steps.flatMap((step) => [step.na, step.na]),
      y: steps.flatMap((step) => [step.from, step.to ?? top]),
      mode: "lines", line: { color: "#999999", width: 1 }, hoverinfo: "skip", showlegend: false,
    };
    const thick = steps.map((step) => ({
      x: [step.na, step.na, step.na],
      y: [step.from, (step.from + (step.to ?? top)) / 2, step.to ?? top],
      mode: "lines", line: { color: COLOURS[step.class], width: 7 }, showlegend: false,
      text: Array(3).fill(described(step, phases)), hovertemplate: "%{text}<extra></extra>",
    }));
    return [line, ...thick];
  }

  function productTraces(steps, top, phases) {
    const boxes = steps.flatMap((step) => {
      let left = 0;
      const upper = step.to ?? top;
      return step.products.map(([at, , part, type]) => {
        const box = {
          left, part: parseFloat(part), middle: (step.from + upper) / 2, height: upper - step.from,
          kind: ["stable", "decomposes"].includes(step.class) ? step.class : type === "?" ? "unknown" : type,
          name: lowered(phases[at][0]), text: described(step, phases),
        };
        left += box.part;
        return box;
      });
    });
    return Object.keys(COLOURS).map((kind) => {
      const own = boxes.filter((box) => box.kind === kind);
      return own.length === 0 ? null : {
        type: "bar", orientation: "h", xaxis: "x2", name: words(kind),
        base: own.map((box) => box.left), x: own.map((box) => box.part),
        y: own.map((box) => box.middle), width: own.map((box) => box.height),
        marker: { color: COLOURS[kind], line: { color: "white", width: 1 } },
        text: own.map((box) => box.name), textposition: "inside", insidetextanchor: "middle",
        insidetextfont: { color: LETTERS[kind] }, textangle: 0,
        customdata: own.map((box) => box.text),
        hovertemplate: "%{customdata}<extra></extra>",
      };
    }).filter((trace) => trace !== null);
  }

  function drawLadder(place, one, phases) {
    const top = one.ladder[one.ladder.length - 1].from + HEADROOM;
    const axis = { showgrid: true, gridcolor: "#e8e8e8", zeroline: false, linecolor: "#444444" };
    const layout = {
      height: 460, barmode: "overlay", uniformtext: { minsize: LEAST_LETTERS, mode: "hide" },
      hoverlabel: { align: "left" }, font: { color: "#1b1f24" },
      margin: { l: 60, r: 15, t: 36, b: 60 }, legend: { orientation: "h", y: -0.2 },
      xaxis: {
        ...axis, domain: [0, 0.58], title: { text: `Na exchanged per ${lowered(one.formula)}` },
      },
      xaxis2: {
        ...axis, domain: [0.61, 1], range: [0, 100], title: { text: "products (% of them)" },
      },
      yaxis: { ...axis, range: [0, top], title: { text: "voltage against Na/Na<sup>+</sup> (V)" } },
    };
    const traces = [...sodiumTraces(one.ladder, top, phases),
      ...productTraces(one.ladder, top, phases)];
    plot(place, traces, layout);
  }

  // Draws the ladder of a candidate into an element once that is in view.
  const ladder = (place, one, phases) => whenSeen(place, () => drawLadder(place, one, phases));

  // Draws a figure of many candidates; a click on the n-th of its bars calls chosen(n).
  function overview(place, { data, layout }, chosen) {
    whenSeen(place, () => plot(place, data, layout).then(() => {
      place.on("plotly_click", ({ points }) => {
        if (points[0].data.type === "bar") chosen(points[0].y);
      });
    }));
  }

  return { ladder, overview, words };
})();
