
"use strict";
(() => {
  const pageSize = 48;
  const failedFlag = 1, undecidedFlag = 2, excludedFlag = 4;
  const outcomes = {
    all: ["all", () => true],
    right: ["right", row => !(row.flags & excludedFlag) && row.score >= 1],
    partly: ["partly right", row => row.score > 0 && row.score < 1],
    wrong: ["wrong", row => !(row.flags & (excludedFlag | failedFlag)) && row.score <= 0],
    undecided: ["undecided", row => row.flags & undecidedFlag],
    failed: ["failed", row => row.flags & failedFlag],
    excluded: ["not counted", row => row.flags & excludedFlag],
  };
  const orders = {
    id: ["as evaluated", null],
    worst: ["worst first", (a, b) => a.score - b.score],
    best: ["best first", (a, b) => b.score - a.score],
    longest: ["longest answer first", (a, b) => b.raw.length - a.raw.length],
  };

  const byId = id => document.getElementById(id);
  const benchmarks = JSON.parse(byId("samples-data").textContent);
  byId("samples-data").remove();
  const rows = [];
  benchmarks.forEach(benchmark => {
    for (const [id, image, question, truth, answer, score, flags, slices, rest] of benchmark.samples)
      rows.push({ benchmark, id, image, question, truth, answer, score, flags, slices, rest, raw: rest.raw ?? answer, place: rows.length });
    benchmark.samples = null;
  });

  const inputs = { query: byId("f-query"), benchmark: byId("f-benchmark"), slice: byId("f-slice"), outcome: byId("f-outcome"), sort: byId("f-sort"), images: byId("f-images") };
  const standard = { query: "", benchmark: "", slice: "", outcome: "all", sort: "id", images: byId("samples").dataset.images };
  const state = { ...standard, page: 1, sample: "" };
  const chosenFiles = new Map();
  const working = new Map();
  const dialog = byId("sample");
  let matches = [];

  /** Creates an element; children become text, never markup. */
  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes))
      if (typeof value === "function") element.addEventListener(key, value);
      else if (value !== null) element.setAttribute(key, value);
    element.append(...children.filter(child => child !== null));
    return element;
  }

  const shape = (name, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  const count = number => number.toLocaleString("en-US");
  const keyOf = row => `${row.benchmark.name}/${row.id}`;
  const options = (select, entries) => select.replaceChildren(...entries.map(([value, text]) => make("option", { value }, text)));

  function badge(row) {
    const [style, text] =
      row.flags & excludedFlag ? ["excluded", "not counted"]
        : row.flags & failedFlag ? ["failed", "! failed"]
          : row.flags & undecidedFlag ? ["undecided", "? undecided"]
            : row.score >= 1 ? ["right", row.score > 1 ? `\u2713 ${row.score} points` : "\u2713 right"]
              : row.score > 0 ? ["partly", `\u25D0 ${row.score.toFixed(2)}`]
                : ["wrong", "\u2717 wrong"];
    return make("span", { class: `badge ${style}` }, text);
  }

  // --- state in the URL: a link shows what the sender saw -------------------------------------------------------------------

  function readAddress() {
    const known = new URLSearchParams(location.hash.startsWith("#?") ? location.hash.slice(2) : "");
    for (const key of Object.keys(standard)) state[key] = known.get(key) ?? standard[key];
    if (!outcomes[state.outcome]) state.outcome = standard.outcome;
    if (!orders[state.sort]) state.sort = standard.sort;
    state.page = Math.max(1, Number.parseInt(known.get("page"), 10) || 1);
    state.sample = known.get("sample") ?? "";
    return known.size > 0;
  }

  function writeAddress() {
    const kept = new URLSearchParams();
    for (const key of Object.keys(standard)) if (state[key] !== standard[key]) kept.set(key, state[key]);
    if (state.page > 1) kept.set("page", state.page);
    if (state.sample) kept.set("sample", state.sample);
    history.replaceState(null, "", kept.size > 0 ? `#?${kept}` : "#samples");
  }

  // --- filters ------------------------------------------------------------------------------------------------------------------

  function fillFilters() {
    options(inputs.benchmark, [["", "all"], ...benchmarks.map(benchmark => [benchmark.name, benchmark.title])]);
    options(inputs.outcome, Object.entries(outcomes).map(([value, [text]]) => [value, text]));
    options(inputs.sort, Object.entries(orders).map(([value, [text]]) => [value, text]));
  }

  function fillSlices() {
    const of = benchmarks.filter(benchmark => !state.benchmark || benchmark.name === state.benchmark);
    const names = [...new Set(of.flatMap(benchmark => benchmark.slices.map(slice => slice.join(": "))))].sort();
    options(inputs.slice, [["", "all"], ...names.map(name => [name, name])]);
    if (!names.includes(state.slice)) state.slice = "";
  }

  function showState() {
    if (!benchmarks.some(benchmark => benchmark.name === state.benchmark)) state.benchmark = "";
    inputs.benchmark.value = state.benchmark;
    fillSlices();
    for (const key of ["query", "slice", "outcome", "sort", "images"]) inputs[key].value = state[key];
  }

  function filter() {
    const query = state.query.trim().toLowerCase();
    const [, isOfOutcome] = outcomes[state.outcome];
    const sliceOf = new Map(benchmarks.map(benchmark => [benchmark, benchmark.slices.findIndex(slice => slice.join(": ") === state.slice)]));
    matches = rows.filter(row =>
      (!state.benchmark || row.benchmark.name === state.benchmark)
      && (!state.slice || row.slices.includes(sliceOf.get(row.benchmark)))
      && isOfOutcome(row)
      && (!query || (row.text ??= `${row.id}\n${row.question}\n${row.truth}\n${row.raw}`.toLowerCase()).includes(query)));
    const [, order] = orders[state.sort];
    if (order) matches.sort((a, b) => order(a, b) || a.place - b.place);
  }

  // --- images -------------------------------------------------------------------------------------------------------------------

  /** The paths where a row's image may be, most likely first, from the benchmark's folders and names. */
  function placesOf(row) {
    const { name, folders, names } = row.benchmark;
    const inside = names.flatMap(pattern => folders.map(folder => [folder, pattern.replaceAll("{image}", row.image)].filter(part => part).join("/")));
    return inside.flatMap(path => [`${name}/${path}`, path]);
  }

  const encodePath = path => path.split("/").map(encodeURIComponent).join("/");

  /** Converts the reader's input, a URL or a local folder path, to a URL. */
  function addressOf(typed) {
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(typed)) return typed;
    const path = typed.replaceAll("\\", "/");
    return /^[a-z]:\//i.test(path) ? `file:///${path.slice(0, 2)}${encodePath(path.slice(2))}` : encodePath(path);
  }

  function addressesOf(row) {
    if (chosenFiles.size > 0) {
      const file = placesOf(row).map(place => chosenFiles.get(place)).find(found => found);
      return file ? [URL.createObjectURL(file)] : [];
    }
    if (!state.images) return [];
    const places = placesOf(row);
    const first = working.get(row.benchmark) ?? 0;
    const order = [first, ...places.keys().filter(i => i !== first)];
    const start = addressOf(state.images.replace(/\/$/, ""));
    return order.map(i => `${start}/${encodePath(places[i])}`);
  }

  /** Shows a row's image, or calls otherwise() if there is none. */
  function showPicture(image, row, otherwise) {
    const addresses = addressesOf(row);
    const next = () => {
      const address = addresses.shift();
      if (address) image.src = address;
      else otherwise();
    };
    image.addEventListener("error", next);
    image.addEventListener("load", () => {
      if (image.src.startsWith("blob:")) return URL.revokeObjectURL(image.src);
      const found = placesOf(row).findIndex(place => image.src.endsWith(encodePath(place)));
      if (found >= 0) working.set(row.benchmark, found);
    });
    next();
  }

  function keepFiles(files) {
    chosenFiles.clear();
    // Paths start with the chosen folder: that of all benchmarks, of one benchmark, or of its images.
    for (const file of files) {
      const parts = file.webkitRelativePath.split("/");
      for (let skipped = 1; skipped < parts.length; skipped++) chosenFiles.set(parts.slice(skipped).join("/"), file);
      chosenFiles.set(parts.join("/"), file);
    }
  }

  // --- the list -----------------------------------------------------------------------------------------------------------------

  function card(row) {
    const image = make("img", { alt: "", loading: "lazy", decoding: "async" });
    const element = make("button", { type: "button", class: "card", click: () => open(row) },
      image,
      make("span", { class: "head" }, make("span", {}, `${row.benchmark.title} ${row.id}`), badge(row)),
      make("span", { class: "question" }, make("span", { class: "clamp" }, row.question)),
      make("span", { class: "answer" }, make("span", { class: "clamp" },
        make("small", {}, "answer "), row.flags & failedFlag ? "none" : row.answer || "(empty)", make("br"), make("small", {}, "truth "), row.truth)));
    showPicture(image, row, () => image.remove());
    return make("li", {}, element);
  }

  function showPage() {
    const pages = Math.max(1, Math.ceil(matches.length / pageSize));
    state.page = Math.min(state.page, pages);
    const first = (state.page - 1) * pageSize;
    const shown = matches.slice(first, first + pageSize);
    byId("cards").replaceChildren(...shown.map(card));
    byId("matches").textContent = matches.length === 0
      ? `No sample of ${count(rows.length)} matches.`
      : `${count(first + 1)} to ${count(first + shown.length)} of ${count(matches.length)} samples${matches.length < rows.length ? `, filtered from ${count(rows.length)}` : ""}`;
    byId("p-page").value = state.page;
    byId("p-page").max = pages;
    byId("p-pages").textContent = `of ${count(pages)}`;
    byId("p-previous").disabled = state.page === 1;
    byId("p-next").disabled = state.page === pages;
  }

  function show() {
    filter();
    showPage();
  }

  function turnTo(page) {
    state.page = Math.max(1, page || 1);
    showPage();
    writeAddress();
    byId("matches").scrollIntoView({ block: "start" });
  }

  // --- one sample ---------------------------------------------------------------------------------------------------------------

  const pair = (name, ...content) => [make("dt", {}, name), make("dd", {}, ...content)];
  const table = (headings, lines) => make("table", {},
    make("thead", {}, make("tr", {}, ...headings.map((heading, i) => make("th", { scope: "col", class: i ? "num" : "" }, heading)))),
    make("tbody", {}, ...lines.map(line => make("tr", {}, ...line.map((cell, i) => make(i ? "td" : "th", i ? { class: "num" } : { scope: "row" }, String(cell)))))));

  function picture(row) {
    const image = make("img", { alt: `Image of sample ${row.id}` });
    const frame = make("div", {}, image);
    const figure = make("figure", {}, frame, make("figcaption", {}, row.image));
    if (row.rest.box) {
      const boxes = shape("svg", { role: "img", "aria-label": "The true box, and the box in the answer if there is one" });
      for (const [style, box] of [["truth", row.rest.box], ["found", row.rest.found]])
        if (box) boxes.append(shape("rect", { class: style, x: `${box[0]}%`, y: `${box[1]}%`, width: `${Math.max(0, box[2])}%`, height: `${Math.max(0, box[3])}%` }));
      frame.append(boxes);
      figure.append(make("figcaption", {}, "Solid: true box. Dashed: box in the answer."));
    }
    showPicture(image, row, () => frame.replaceWith(make("p", { class: "nothing" },
      state.images || chosenFiles.size > 0 ? "Image not found in the given folder." : "To see images, enter the benchmarks folder above.")));
    return figure;
  }

  function detail(row) {
    const { rest, benchmark } = row;
    const prompt = rest.prompt ?? benchmark.prompt.replace("{question}", () => row.question);
    return make("dl", {},
      ...pair("Question", row.question),
      ...pair("Answer", rest.failure ? "none" : row.answer || "(empty)"),
      ...pair("Truth", row.truth),
      ...(rest.answers ? pair("Annotators' answers", rest.answers.map(([text, times]) => `${text || "(empty)"} \u00D7 ${times}`).join(", ")) : []),
      ...pair("Score", badge(row), ` ${row.score}`),
      ...(rest.failure ? pair("Failure", `${rest.failure[0]}: ${rest.failure[1]}`) : []),
      ...(rest.choices ? pair("Choices by likelihood", table(["Choice", "log-likelihood", "tokens", "mean"],
        rest.choices.map(([text, sum, tokens], i) => [`${text}${i === rest.chosen ? " (chosen)" : ""}`, sum.toFixed(3), tokens, (sum / tokens).toFixed(3)]))) : []),
      ...(rest.first ? pair("Probability of first words", Object.entries(rest.first).map(([word, likelihood]) => `${word} ${likelihood.toFixed(3)}`).join(", ")) : []),
      ...(rest.tokens === undefined ? [] : pair(`Raw text, ${rest.tokens} tokens${rest.limit ? ", cut at the token limit" : ""}`, make("pre", {}, row.raw.replaceAll("\r", "\u240D").replaceAll("\n", "\u240A\n")))),
      ...pair("Prompt", make("pre", {}, prompt)),
      ...(row.slices.length > 0 ? pair("Slices", ...row.slices.map(i => sliceButton(benchmark, benchmark.slices[i].join(": ")))) : []));
  }

  const sliceButton = (benchmark, name) => make("button", {
    type: "button", class: "slice", click: () => {
      Object.assign(state, { benchmark: benchmark.name, slice: name, page: 1 });
      dialog.close();
      showState();
      show();
      writeAddress();
    }
  }, name);

  function open(row) {
    state.sample = keyOf(row);
    const place = matches.indexOf(row);
    const step = (by, text) => make("button", { type: "button", disabled: matches[place + by] ? null : "", click: () => open(matches[place + by]) }, text);
    dialog.replaceChildren(
      make("header", {}, make("h3", { id: "sample-title" }, `${row.benchmark.title} ${row.id}`), badge(row), step(-1, "Previous"), step(1, "Next"),
        make("button", { type: "button", autofocus: "", click: () => dialog.close() }, "Close")),
      make("div", { class: "sample" }, picture(row), detail(row)));
    dialog.scrollTop = 0;
    if (!dialog.open) dialog.showModal();
    writeAddress();
  }

  dialog.addEventListener("keydown", event => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const next = by && matches[matches.findIndex(row => keyOf(row) === state.sample) + by];
    if (next) open(next);
  });
  dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => {
    state.sample = "";
    writeAddress();
  });

  // --- tables of slices -------------------------------------------------------------------------------------------------------

  function sortBy(heading) {
    const ascending = heading.getAttribute("aria-sort") === "descending";
    const body = heading.closest("table").tBodies[0];
    const text = line => line.cells[heading.cellIndex].textContent;
    const number = line => Number.parseFloat(text(line).replaceAll(",", "")) || 0;
    const compare = heading.dataset.sort === "number" ? (a, b) => number(a) - number(b) : (a, b) => text(a).localeCompare(text(b), "en", { numeric: true });
    body.append(...[...body.rows].sort((a, b) => ascending ? compare(a, b) : compare(b, a)));
    for (const other of heading.parentElement.cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
  }

  for (const heading of document.querySelectorAll("[data-sort]"))
    heading.replaceChildren(make("button", { type: "button", click: () => sortBy(heading) }, heading.textContent));

  // --- start --------------------------------------------------------------------------------------------------------------------

  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll("details:not([open])")];
    for (const details of unfolded) details.open = true;
  });
  addEventListener("afterprint", () => { for (const details of unfolded) details.open = false; });

  for (const [key, input] of Object.entries(inputs))
    input.addEventListener(key === "images" ? "change" : "input", () => {
      state[key] = input.value;
      state.page = 1;
      if (key === "images") chosenFiles.clear();
      if (key === "benchmark") fillSlices();
      show();
      writeAddress();
    });
  byId("f-folder").addEventListener("change", event => {
    keepFiles(event.target.files);
    showPage();
  });
  byId("filters").addEventListener("submit", event => event.preventDefault());
  byId("p-previous").addEventListener("click", () => turnTo(state.page - 1));
  byId("p-next").addEventListener("click", () => turnTo(state.page + 1));
  byId("p-page").addEventListener("change", event => turnTo(event.target.valueAsNumber));
  addEventListener("hashchange", () => { if (location.hash.startsWith("#?")) start(); });
  fillFilters();
  start();

  function start() {
    const linked = readAddress();
    showState();
    show();
    const row = state.sample && rows.find(one => keyOf(one) === state.sample);
    if (row) open(row);
    else if (linked) byId("samples").scrollIntoView();
  }
})();
