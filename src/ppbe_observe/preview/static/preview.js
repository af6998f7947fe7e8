"use strict";
(() => {
  const QUIET = { displayModeBar: false, responsive: true };

  // "var:red" is a colour of the stylesheet, "var:red/0.1" a faint one; what is none stays as it is.
  function colour(text, styles) {
    const found = /^(?:var:([a-z0-9]+)|(#[0-9a-fA-F]{6}))(?:\/([0-9.]+))?$/.exec(text);
    if (!found) return text;
    const name = /^(?:back|panel|text|line|faint|s\d)$/.test(found[1]) ? `--${found[1]}` : `--c-${found[1]}`;
    const full = found[2] || styles.getPropertyValue(name).trim();
    if (!found[3]) return full;
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(full.slice(at, at + 2), 16));
    return `rgba(${red},${green},${blue},${found[3]})`;
  }

  function coloured(value, styles) {
    if (typeof value === "string") return colour(value, styles);
    if (Array.isArray(value)) return value.map((each) => coloured(each, styles));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, coloured(each, styles)]));
    }
    return value;
  }

  function draw(place) {
    const styles = getComputedStyle(document.documentElement);
    const given = JSON.parse(document.getElementById(place.dataset.figure).textContent);
    const figure = { ...given, layout: coloured(given.layout, styles) };
    // Texts of series are no colours, whatever they look like.
    figure.data = given.data.map((trace) => ({
      ...coloured(trace, styles), name: trace.name, text: trace.text, x: trace.x, y: trace.y,
    }));
    const still = place.classList.contains("course");
    place.dataset.drawn = "yes";
    return Plotly.react(place, figure.data, figure.layout, { ...QUIET, staticPlot: still });
  }

  function places() {
    return [...document.querySelectorAll("[data-figure]")].filter((each) => each.offsetParent !== null);
  }

  // A name in a legend becomes a switch of its series.
  function switches(legend) {
    const place = document.getElementById(legend.dataset.legend);
    legend.querySelectorAll("[data-trace]").forEach((name) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "toggle";
      button.setAttribute("aria-pressed", "true");
      button.append(...name.childNodes);
      name.append(button);
      button.addEventListener("click", () => {
        const shown = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(shown));
        Plotly.restyle(place, { visible: shown }, [Number(name.dataset.trace)]);
      });
    });
  }

  // One after the other, from the top: the page can be used meanwhile.
  async function drawAll(wanted) {
    document.documentElement.dataset.drawing = "yes";
    for (const place of places().filter(wanted)) {
      await draw(place);
      await new Promise((next) => setTimeout(next));
    }
    document.documentElement.dataset.drawing = "no";
  }

  document.querySelectorAll("[data-legend]").forEach(switches);
  document.querySelectorAll("details.row").forEach((row) => {
    row.addEventListener("toggle", () => drawAll((each) => !each.dataset.drawn));
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll(() => true));
  drawAll(() => true);
})();
