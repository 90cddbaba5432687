"use strict";
// What a report does beyond being read: search, filter and sort; the map; one ion large. The page can be read without it.
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const {mz, name, cluster, confidence} = data.ions, n = mz.length;
const one = (query, within = document) => within.querySelector(query), all = (query, within = document) => [...within.querySelectorAll(query)];
const make = (tag, properties = {}, ...inside) => { const made = Object.assign(document.createElement(tag), properties); made.append(...inside); return made; };
const called = i => `m/z ${mz[i].toFixed(4)}${name[i] ? ", " + name[i] : ""}`;
const place = i => cluster[i] < 0 ? "unassigned" : `cluster ${cluster[i]}`;
const chips = new Map(all(".cluster").map(section => [+section.dataset.cluster, one("h3 .chip", section)]));
const chip = number => chips.get(number).cloneNode(true);
const items = all(".ions > li").reduce((found, item) => { found[+item.dataset.ion] = item; return found; }, []);

function tile(i) {
  const at = data.ions.tile[i], made = make("span", {className: `tile s${Math.floor(at / 64)}`});
  made.style.setProperty("--x", at % 8); made.style.setProperty("--y", Math.floor(at % 64 / 8));
  made.setAttribute("role", "img"); made.setAttribute("aria-label", data.ions.alt[i]);
  return made;
}

// ---- search, filter, sort
const form = one(".tools"), query = one("#query"), chosen = one("#cluster"), least = one("#sure"), order = one("#order"), count = one("#count"), flat = one("#all");
const homes = new Map(all(".cluster").map(section => [+section.dataset.cluster, one(".ions", section)]));
const opened = new WeakSet();
let visible = new Array(n).fill(true), listed = [...items.keys()];

function matcher(text) {
  const wanted = text.trim().toLowerCase(), number = wanted.replace(/^m\/z\s*/, "").replace(",", ".");
  const words = wanted.split(/\s+/);
  const named = i => words.every(word => name[i].toLowerCase().includes(word));
  if (!/^\d+(\.\d*)?$/.test(number)) return named;
  const near = 0.5 * 10 ** -(number.split(".")[1] || "").length + 1e-9;          // as exact as it was typed
  return i => Math.abs(mz[i] - number) <= near || mz[i].toFixed(6).startsWith(number) || (name[i] && named(i));
}

const orders = {
  sure: (a, b) => confidence[b] - confidence[a] || a - b, unsure: (a, b) => confidence[a] - confidence[b] || a - b, mz: (a, b) => a - b,
  "all-mz": (a, b) => a - b, "all-unsure": (a, b) => (cluster[a] < 0) - (cluster[b] < 0) || confidence[a] - confidence[b] || a - b };

function arrange() {
  const together = order.value.startsWith("all"), sorted = [...items.keys()].sort(orders[order.value]);
  const lists = new Map();
  for (const i of sorted) { const home = together ? one(".ions", flat) : homes.get(cluster[i]); if (!lists.has(home)) lists.set(home, []); lists.get(home).push(items[i]); }
  for (const [list, members] of lists) list.replaceChildren(...members);
  flat.hidden = !together;
  apply();
}

function apply() {
  const fits = query.value.trim() ? matcher(query.value) : () => true, only = chosen.value, from = +least.value;
  visible = visible.map((_, i) => fits(i) && (only === "" || cluster[i] === +only) && (from === 0 || cluster[i] >= 0 && confidence[i] >= from - 1e-9));
  const together = !flat.hidden;
  listed = [];
  for (const section of [flat, ...all(".cluster")]) {
    const list = one(".ions", section), most = opened.has(list) ? Infinity : +list.dataset.limit, members = [...list.children].filter(item => visible[+item.dataset.ion]);
    for (const item of list.children) item.hidden = true;
    members.forEach((item, at) => { item.hidden = at >= most; one(".ion", item).tabIndex = at ? -1 : 0; listed.push(+item.dataset.ion); });
    if (section !== flat) section.hidden = together || !members.length;
    let rest = one(".rest", section);
    if (!rest) { rest = make("button", {type: "button", className: "rest"}); rest.addEventListener("click", () => { opened.add(list); apply(); }); list.after(rest); }
    rest.hidden = members.length <= most; rest.textContent = `Show all ${members.length} ions`;
  }
  const shown = visible.filter(Boolean).length;
  one(".nothing").hidden = shown > 0;
  count.textContent = shown === n ? "" : `${shown} of ${n} ions`;
  one("#sure-value").textContent = from.toFixed(2);
  for (const dot of dots) dot.classList.toggle("off", !visible[+dot.dataset.ion]);
}

function found() {                                             // bring what was found into view, unless the map is being looked at
  const box = one("#clusters").getBoundingClientRect(), map = one("#map").getBoundingClientRect();
  const looking = map.top < innerHeight * 0.6 && map.bottom > innerHeight * 0.4;
  if (!looking && (box.top > innerHeight * 0.5 || box.bottom < innerHeight * 0.3)) one("#clusters").scrollIntoView({behavior: "instant"});
}
const soon = (work, wait) => { let timer; return () => { clearTimeout(timer); timer = setTimeout(work, wait); }; };
query.addEventListener("input", soon(() => { apply(); if (query.value.trim()) found(); }, 120));
for (const input of [chosen, least]) input.addEventListener("input", () => { apply(); found(); });
order.addEventListener("input", () => { arrange(); found(); });
form.addEventListener("submit", event => { event.preventDefault(); apply(); if (query.value.trim() && listed.length) open(closest(query.value)); });
form.addEventListener("reset", () => setTimeout(arrange));
one(".clear").addEventListener("click", () => { form.reset(); query.focus(); });
const closest = text => { const number = parseFloat(text.replace(/^m\/z\s*/i, "").replace(",", ".")); return isNaN(number) ? listed[0] : listed.reduce((a, b) => Math.abs(mz[b] - number) < Math.abs(mz[a] - number) ? b : a); };
document.addEventListener("click", event => { const more = one(".more"); if (more.open && !more.contains(event.target)) more.open = false; });
document.addEventListener("keydown", event => {
  const typing = /^(input|select|textarea)$/i.test(event.target.tagName);
  if (event.key === "/" && !typing && !dialog.open) { event.preventDefault(); query.focus(); }
  if (event.key === "Escape" && one(".more").open) { one(".more").open = false; one(".more summary").focus(); }
});

// ---- arrow keys among the ions of a list
document.addEventListener("keydown", event => {
  const button = event.target.closest?.(".ions .ion");
  if (!button || event.ctrlKey || event.metaKey || event.altKey) return;
  const list = button.closest(".ions"), buttons = all("li:not([hidden]) > .ion", list), at = buttons.indexOf(button);
  const wide = buttons.filter(other => other.offsetTop === buttons[0].offsetTop).length;
  const to = {ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + wide, ArrowUp: at - wide, Home: 0, End: buttons.length - 1}[event.key];
  if (to === undefined) return;
  event.preventDefault();
  if (!buttons[to]) return;
  button.tabIndex = -1; buttons[to].tabIndex = 0; buttons[to].focus();
});

// ---- levels: the clusters at another number of them
const tree = data.levels;
if (tree) {
  const slider = one("#level"), list = one(".level"), means = new Map(all(".glance a").map(link => [+link.hash.slice(9), one(".tile", link)]));
  const ions = node => `${node.size} ion${node.size === 1 ? "" : "s"}`, key = node => [...node.clusters.slice(0, 1), ...node.name.split(".").slice(1).map(Number)];
  const before = (a, b) => { const x = key(a), y = key(b); for (let i = 0; i < Math.max(x.length, y.length); i++) if (x[i] !== y[i]) return (x[i] ?? -1) - (y[i] ?? -1); return 0; };
  const picture = (href, image, title) => { const link = make("a", {href, title}, image.cloneNode(true)); link.setAttribute("aria-label", `${title}: ${image.getAttribute("aria-label")}`); return link; };
  function card(node, k) {
    const numbers = node.clusters, part = node.first > tree.used, item = make("li", {className: node.first === k && node.parent !== null ? "new" : ""}), title = make("h3", {}, ...numbers.map(chip));
    if (part) title.append(make("span", {textContent: `part ${node.name.slice(node.name.indexOf(".") + 1)}`}));
    const shown = part ? node.ions.map(i => { const link = picture(`#ion-${i}`, tile(i), called(i)); link.dataset.ion = i; return link; }) : numbers.map(number => picture(`#cluster-${number}`, means.get(number), `cluster ${number}`));
    item.append(title, make("p", {textContent: `${ions(node)}, confidence ${node.confidence.toFixed(2)}`}), make("div", {className: "parts"}, ...shown));
    return item;
  }
  const level = () => {
    const k = +slider.value, row = tree.rows.find(row => row.k === k), used = k === tree.used;
    list.replaceChildren(...tree.nodes.filter(node => node.first <= k && k <= node.last).sort(before).map(node => card(node, k)));
    one("#level-value").textContent = k; slider.setAttribute("aria-valuetext", `${k} clusters${used ? ", this result" : ""}`); one("#level-used").disabled = used;
    one("#level-status").textContent = `${k} clusters${used ? " (this result)" : ""}. ${row.change === "–" ? "" : row.change + ". "}Penalised log-likelihood: ${row.below === "–" ? "not measured" : row.below === "best" ? "the best" : row.below + " below the best"}; linked-pair excess: ${row.linked === "–" ? "not measured" : row.linked}; mean confidence: ${row.confidence}.`;
  };
  slider.addEventListener("input", level);
  one("#level-used").addEventListener("click", () => { slider.value = tree.used; level(); slider.focus(); });
  one(".level-tools").hidden = one("#level-status").hidden = list.hidden = false; level();
}

// ---- the map
const svg = one("#map svg"), tip = one(".tip"), ring = one(".ring"), dots = all(".dots path"), numbers = all(".numbers text"), spoken = one("#map-status");
const whole = {x: 0.5, y: 0.5, zoom: 1};                      // what is in the middle of the plot, as places on the map
let stage = "after", view = whole, current = -1, points = [], tall = 640;

function draw() {
  tall = svg.clientWidth && svg.clientWidth < 560 ? 1000 : 640;
  svg.setAttribute("viewBox", `0 0 1000 ${tall}`);
  const scale = 1000 / (svg.clientWidth || 1000), size = Math.max(3, Math.min(6.5, 75 / Math.sqrt(n))) * scale * Math.min(1.6, Math.sqrt(view.zoom));
  points = data[stage].places.map(([x, y]) => x === null ? null : [500 + 920 * (x - view.x) * view.zoom, tall / 2 - (tall - 80) * (y - view.y) * view.zoom]);
  const put = (mark, at, rest = "") => mark.setAttribute("transform", `translate(${at[0].toFixed(1)} ${at[1].toFixed(1)})${rest}`);
  for (const dot of dots) put(dot, points[+dot.dataset.ion], `scale(${size.toFixed(2)})`);
  for (const number of numbers) put(number, points[data[stage].numbers[number.dataset.cluster]]);
  ring.setAttribute("r", (2.2 * size + 3 * scale).toFixed(1));
  if (current >= 0) mark(current, false);
}
function mark(i, speak = true) {
  current = i;
  if (i < 0) { ring.setAttribute("visibility", "hidden"); tip.hidden = true; return; }
  const [x, y] = points[i], scale = svg.clientWidth / 1000, top = svg.getBoundingClientRect().top - svg.parentElement.getBoundingClientRect().top;
  ring.setAttribute("cx", x); ring.setAttribute("cy", y); ring.setAttribute("visibility", "visible");
  tip.replaceChildren(tile(i), make("p", {}, make("b", {textContent: `m/z ${mz[i].toFixed(4)}`}), name[i] ? " " + name[i] : ""), make("p", {}, chip(cluster[i])), make("p", {textContent: `confidence ${confidence[i].toFixed(2)}`}));
  tip.hidden = false;
  const left = x * scale + 18, above = y * scale + top, room = svg.clientWidth;
  tip.style.left = `${Math.max(4, left + tip.offsetWidth > room ? x * scale - 18 - tip.offsetWidth : left)}px`;
  tip.style.top = `${Math.max(top, Math.min(above - tip.offsetHeight / 2, top + svg.clientHeight - tip.offsetHeight))}px`;
  if (speak) spoken.textContent = `${called(i)}, ${place(i)}, confidence ${confidence[i].toFixed(2)}, ${data.ions.alt[i]}`;
}
function under(event, reach) {
  const box = svg.getBoundingClientRect(), scale = 1000 / box.width, x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
  let best = -1, nearest = reach * scale;
  points.forEach((at, i) => { if (at && visible[i]) { const d = Math.hypot(at[0] - x, at[1] - y); if (d < nearest) [best, nearest] = [i, d]; } });
  return best;
}
let drag = null;
svg.addEventListener("pointermove", event => {
  if (drag) {
    const scale = 1000 / svg.clientWidth / view.zoom, dx = event.clientX - drag.x, dy = event.clientY - drag.y;
    if (Math.hypot(dx, dy) > 4) drag.moved = true;
    if (drag.moved) { view = {x: drag.from.x - dx * scale / 920, y: drag.from.y + dy * scale / (tall - 80), zoom: view.zoom}; mark(-1); draw(); }
    return;
  }
  const i = under(event, 16);
  if (i !== current) mark(i, false);
});
svg.addEventListener("pointerdown", event => { if (view.zoom > 1 && event.button === 0) drag = {x: event.clientX, y: event.clientY, from: view, moved: false}; });
addEventListener("pointerup", () => setTimeout(() => { drag = null; }));
svg.addEventListener("pointerleave", () => { if (!drag && document.activeElement !== svg) mark(-1); });
svg.addEventListener("click", event => { if (drag?.moved) return; const i = under(event, 22); if (i >= 0) { mark(i); open(i); } });
svg.addEventListener("focus", () => { if (svg.matches(":focus-visible") && current < 0) mark(visible.findIndex((ok, i) => ok && points[i])); });
svg.addEventListener("blur", () => mark(-1));
function zoom(factor) {                                        // 0: back to the whole map
  const next = factor ? Math.min(12, Math.max(1, view.zoom * factor)) : 1, at = current >= 0 ? data[stage].places[current] : [view.x, view.y];
  view = next === 1 ? whole : {x: at[0], y: at[1], zoom: next};
  svg.style.touchAction = next > 1 ? "none" : ""; svg.style.cursor = next > 1 ? "grab" : "";
  draw();
}
svg.addEventListener("wheel", event => { if (event.ctrlKey) { event.preventDefault(); zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2); } }, {passive: false});
svg.addEventListener("keydown", event => {
  const step = {ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1]}[event.key];
  if (step && current >= 0) {
    event.preventDefault();
    let best = -1, nearest = Infinity;
    points.forEach((at, i) => {
      if (!at || !visible[i] || i === current) return;
      const dx = at[0] - points[current][0], dy = at[1] - points[current][1], along = dx * step[0] + dy * step[1], off = Math.abs(dx * step[1]) + Math.abs(dy * step[0]);
      if (along > 0 && off <= along && along + 1.5 * off < nearest) [best, nearest] = [i, along + 1.5 * off];
    });
    if (best >= 0) { mark(best); const [x, y] = points[best]; if (x < 20 || x > 980 || y < 20 || y > tall - 20) zoom(1); }
  } else if ((event.key === "Enter" || event.key === " ") && current >= 0) { event.preventDefault(); open(current); }
  else if (event.key === "+" || event.key === "=") zoom(1.5);
  else if (event.key === "-") zoom(1 / 1.5);
  else if (event.key === "0") zoom(0);
  else if (event.key === "Escape") mark(-1);
});
for (const button of all("[data-zoom]")) button.addEventListener("click", () => zoom(+button.dataset.zoom));
for (const radio of all("[name=stage]")) radio.addEventListener("change", () => { stage = radio.value; draw(); });
new ResizeObserver(draw).observe(svg);

// ---- one ion, large
const dialog = one("#one"), body = one(".body", dialog), sheetImages = new Map();
let looking = -1;

async function sheet(number) {
  if (!sheetImages.has(number)) {
    const probe = make("span", {className: `s${number}`, hidden: true}); document.body.append(probe);
    const image = new Image(); image.src = getComputedStyle(probe).backgroundImage.slice(5, -2); probe.remove();
    sheetImages.set(number, image.decode().then(() => image));
  }
  return sheetImages.get(number);
}
async function paint(canvas, i) {
  const [height, width] = data.shape, at = data.ions.tile[i], times = Math.max(1, Math.round(900 / Math.max(height, width)));
  canvas.width = width * times; canvas.height = height * times;
  const image = await sheet(Math.floor(at / 64)), pen = canvas.getContext("2d");
  pen.imageSmoothingEnabled = false;
  pen.drawImage(image, at % 8 * (width + 2) + 1, Math.floor(at % 64 / 8) * (height + 2) + 1, width, height, 0, 0, canvas.width, canvas.height);
}
function smaller(i, note) {
  const button = make("button", {type: "button", className: "ion"}, tile(i), make("span", {className: "mz", textContent: mz[i].toFixed(4)}));
  if (name[i]) button.append(make("span", {className: "name", textContent: name[i]}));
  button.append(make("span", {className: "sure"}, chip(cluster[i])), make("span", {className: "sure", textContent: note}));
  button.addEventListener("click", () => open(i, true));
  return make("li", {}, button);
}
function open(i, go = false) {
  looking = i;
  one("#one-title").textContent = called(i);
  const canvas = make("canvas"); canvas.setAttribute("role", "img"); canvas.setAttribute("aria-label", `Ion image of ${called(i)}: ${data.ions.alt[i]}`);
  paint(canvas, i);
  const facts = make("dl", {className: "facts"}), fact = (term, ...value) => facts.append(make("dt", {textContent: term}), make("dd", {}, ...value));
  if (cluster[i] >= 0) { const link = make("a", {href: `#cluster-${cluster[i]}`}, chip(cluster[i])); link.addEventListener("click", () => dialog.close()); fact("cluster", link); }
  else fact("cluster", chip(-1));
  fact("confidence", confidence[i].toFixed(2));
  if (data.ions.initial_cluster[i] !== cluster[i] && chips.has(data.ions.initial_cluster[i])) fact("initially in", chip(data.ions.initial_cluster[i]));
  fact("signal in", `${(100 * data.ions.signal[i]).toFixed(0)}% of the pixels`);
  const steps = make("div", {className: "steps"}), at = listed.indexOf(i);
  for (const [label, to] of [["← previous", listed[at - 1]], ["next →", listed[at + 1]]]) {
    const button = make("button", {type: "button", textContent: label, disabled: at < 0 || to === undefined}); button.addEventListener("click", () => open(to, true)); steps.append(button);
  }
  const links = data.links, partners = links.light.map((light, row) => [light, links.heavy[row], links.link[row]]).filter(([light, heavy]) => light === i || heavy === i);
  const side = make("div", {}, facts, steps);
  if (partners.length) side.append(make("h3", {textContent: "Linked by mass (isotopes, adducts)"}), make("ul", {className: "near"}, ...partners.map(([light, heavy, link]) => smaller(light === i ? heavy : light, `${light === i ? "heavier" : "lighter"} (${link})`))));
  const near = make("div", {style: "grid-column: 1 / -1"}, make("h3", {textContent: "Most co-localised"}));
  if (data.near[i].length) near.append(make("p", {className: "quiet", textContent: "The ions with the most similar features (cosine similarity; 1: identical)."}), make("ul", {className: "near"}, ...data.near[i].map((other, row) => smaller(other, `similarity ${data.similar[i][row].toFixed(2)}`))));
  else near.append(make("p", {className: "quiet", textContent: "Its image has no structure to compare."}));
  body.replaceChildren(make("div", {}, canvas), side, near);
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  if (go) one("#one-title").focus();
  remember(`#ion-${i}`);
}
const remember = hash => { try { history.replaceState(null, "", hash || location.pathname + location.search); } catch { /* some viewers forbid it */ } };
one("#one-title").tabIndex = -1;
one(".close", dialog).addEventListener("click", () => dialog.close());
dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); });
dialog.addEventListener("close", () => { if (location.hash === `#ion-${looking}`) remember(""); });
dialog.addEventListener("keydown", event => {
  const step = {ArrowRight: 1, ArrowLeft: -1}[event.key], to = listed[listed.indexOf(looking) + step];
  if (step && listed.includes(looking) && to !== undefined) { event.preventDefault(); open(to, true); }
});
document.addEventListener("click", event => {
  const wanted = event.target.closest?.("[data-ion] > .ion, a[data-ion]");
  if (!wanted || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(+(wanted.dataset.ion ?? wanted.parentElement.dataset.ion));
});
const linked = () => { const wanted = /^#ion-(\d+)$/.exec(location.hash); if (wanted && +wanted[1] < n) open(+wanted[1]); };
addEventListener("hashchange", linked);

form.hidden = false; one(".switches").hidden = false;
apply(); draw(); linked();
})();
