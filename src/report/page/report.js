// The page's behaviour: calculators, downloads, contents, print, light and dark. Without it the page still reads.
if (typeof document !== "undefined") {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const all = (root, selector) => Array.from(root.querySelectorAll(selector));
  const shown = (x, digits) => x.toFixed(digits).replace("-", "−").replace(/^−(0(\.0*)?)$/, "$1");
  const percent = (p) => {
    if (p < 0.001) return "<0.1%";
    if (p > 0.999) return ">99.9%";
    return (100 * p).toFixed(1) + "%";
  };

  // Calculators.
  const models = read("data-models");
  for (const form of all(document, "[data-calculator]")) {
    const model = models[form.dataset.calculator];
    const rows = all(form, "[data-axis]");
    const fields = rows.map((row) => row.querySelector("[data-value]"));
    const sliders = rows.map((row) => row.querySelector("[data-slider]"));
    const ids = ["[data-result]", "[data-detail]", "[data-classes]", "[data-beyond]", "[data-total]"];
    const [result, detail, classes, beyond, total] = ids.map((selector) => form.querySelector(selector));
    let last = fields.map((field) => Number(field.value));

    const line = (name, p) => {
      const part = document.createElement("span");
      const small = document.createElement("small");
      const strong = document.createElement("strong");
      small.textContent = name;
      strong.textContent = percent(p);
      strong.dataset.exact = String(p);
      part.append(small, " ", strong);
      return part;
    };
    const share = (name, p) => {
      const part = document.createElement("span");
      part.style.flexGrow = String(Math.max(p, 0.001));
      part.textContent = name + " " + percent(p);
      part.dataset.exact = String(p);
      return part;
    };
    const update = () => {
      // A field that is being emptied or retyped keeps its last number.
      const values = fields.map((field, i) => {
        const value = field.value.trim() === "" ? NaN : Number(field.value);
        return Number.isFinite(value) ? value : last[i];
      });
      last = values;
      const { predictors, classes: shares } = Nomogram.evaluate(model, values);
      const axes = model.predictors.flatMap((predictor, i) =>
        predictor.probabilities.map((axis, k) => [axis.label, predictors[i].probabilities[k]])
      );
      rows.forEach((row, i) => {
        all(row, "[data-points]").forEach((cell) => (cell.textContent = shown(predictors[0].points[i], 1) + " points"));
        all(row, "[data-stop]").forEach((stop, k) => stop.classList.toggle("chosen", k === values[i]));
      });
      if (total) {
        const at = Math.min(100, Math.max(0, (100 * predictors[0].total) / model.predictors[0].total_max));
        for (const marker of all(form, "[data-total-marker]")) marker.style.left = at + "%";
        total.textContent = shown(predictors[0].total, 1);
        all(form, "[data-probability]").forEach((cell, k) => (cell.textContent = percent(axes[k][1])));
      }
      const softmax = model.link === "softmax";
      result.replaceChildren(...(softmax ? model.classes.map((name, k) => line(name, shares[k])) : axes.map(([name, p]) => line(name, p))));
      detail.textContent = softmax
        ? axes.map(([name, p]) => name + ": " + percent(p)).join(". ") + "."
        : "Total " + shown(predictors[0].total, 1) + " points, linear predictor " + shown(predictors[0].lp, 3) + ".";
      if (classes) classes.replaceChildren(...model.classes.map((name, k) => share(name, shares[k])));
      beyond.hidden = !model.axes.some(({ range }, i) => range && (values[i] < range.min || values[i] > range.max));
    };

    rows.forEach((row, i) => {
      if (sliders[i]) {
        sliders[i].addEventListener("input", () => {
          fields[i].value = sliders[i].value;
          update();
        });
        fields[i].addEventListener("input", () => {
          if (fields[i].value.trim() !== "") sliders[i].value = fields[i].value;
          update();
        });
      } else {
        fields[i].addEventListener("change", update);
        all(row, "[data-stop]").forEach((stop, k) =>
          stop.addEventListener("click", () => {
            fields[i].value = String(k);
            update();
          })
        );
      }
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(update));
    form.classList.add("live");
    update();
  }

  // Downloads: from the page itself, so that they work when only this file was sent.
  const save = (name, type, text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  const tables = read("data-tables");
  for (const link of all(document, "[data-table]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      save(link.dataset.table + ".csv", "text/csv;charset=utf-8", tables[link.dataset.table]);
    });
  }
  for (const link of all(document, "[data-figure]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const drawing = link.closest("figure").querySelector("svg");
      const text = '<?xml version="1.0" encoding="UTF-8"?>\n' + new XMLSerializer().serializeToString(drawing) + "\n";
      save(link.dataset.figure + ".svg", "image/svg+xml", text);
    });
  }

  // Contents: mark where the reader is.
  const entries = new Map(all(document, ".contents a").map((a) => [a.getAttribute("href").slice(1), a]));
  const sections = all(document, "main section");
  const mark = () => {
    const above = sections.filter((section) => section.getBoundingClientRect().top < window.innerHeight * 0.3);
    const here = above.length ? above[above.length - 1] : sections[0];
    for (const [id, entry] of entries) {
      if (here && id === here.id) entry.setAttribute("aria-current", "true");
      else entry.removeAttribute("aria-current");
    }
  };
  document.addEventListener("scroll", mark, { passive: true });
  mark();

  // Print shows what is folded.
  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = all(document, "details:not([open])");
    for (const part of folded) part.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const part of folded) part.open = false;
  });

  // Light and dark.
  const root = document.documentElement;
  document.querySelector("[data-theme-toggle]").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
}
