"""What a page is examined by, as JavaScript that runs in it."""

from __future__ import annotations

CONTRAST = """
// WCAG 2.2, 1.4.3: text against what is behind it, at least 4.5, or 3 where it is large.
const rgba = (text) => {
  const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
  return [r, g, b, a];
};
const over = (top, under) => top.slice(0, 3).map((x, i) => x * top[3] + under[i] * (1 - top[3]));
const linear = (x) => (x /= 255) <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
const luminance = (c) => 0.2126 * linear(c[0]) + 0.7152 * linear(c[1]) + 0.0722 * linear(c[2]);
const behind = (element) => {
  if (element === null) return [255, 255, 255];
  const own = rgba(getComputedStyle(element).backgroundColor);
  return own[3] === 1 ? own : over(own, behind(element.parentElement));
};
const failing = [];
let checked = 0;
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const element = texts.currentNode.parentElement;
  const look = getComputedStyle(element);
  const silent = element.closest("script, option, svg, .hidden, noscript");
  if (!texts.currentNode.data.trim() || silent || !element.checkVisibility()) continue;
  const under = behind(element);
  const lit = [luminance(over(rgba(look.color), under)), luminance(under)].sort((a, b) => b - a);
  const ratio = (lit[0] + 0.05) / (lit[1] + 0.05);
  const size = parseFloat(look.fontSize);
  const large = size >= 24 || (size >= 18.66 && look.fontWeight >= 700);
  checked += 1;
  if (ratio < (large ? 3 : 4.5)) failing.push([texts.currentNode.data, ratio]);
}
return { checked, failing };
"""

FOCUS = """
// All that a reader can use and see.
const used = "a[href], button, input, select, textarea, summary, [tabindex='0']";
return [...document.querySelectorAll(used)]
  .filter((element) => element.checkVisibility());
"""

OUTLINE = """
const look = getComputedStyle(arguments[0]);
return [look.outlineStyle, parseFloat(look.outlineWidth)];
"""

VISIBLE_NAMES = """
const headings = [...document.querySelectorAll("h1, h2, h3, h4")];
const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
return {
  language: document.documentElement.lang,
  levels: headings.filter((one) => one.checkVisibility()).map((one) => Number(one.tagName[1])),
  twice: ids.filter((id, at) => ids.indexOf(id) !== at),
};
"""
