// The page: what is chosen, what is shown, which key does what.

const ONE = DATA.kind === "explain";
const state = { wanted: {}, offset: 0, rows: [], total: 0, key: null, layout: "inline", show: "all", keys: true, asked: 0 };
const KEYS = [["j / k", "next / previous document"], ["n / p", "next / previous removed (or changed) block"], ["/", "find"], ["s", "side by side, or in place"],
  ["m", "mark the block in focus (cleaner serve)"], ["o", "overview"], ["t", "light or dark"], ["?", "this help"]];

function select(name, label, options) {
  if (options.length < 2) return null;
  const box = h("select", { id: `filter-${name}`, name, onchange: (event) => choose(name, event.target.value) },
    h("option", { value: "" }, "any"), options.map(([value, text]) => { const option = h("option", { value }); option.textContent = text; return option; }));
  return h("label", {}, h("span", {}, label), box);
}

function filters() {
  const { choices } = DATA.overview;
  const coded = (codes) => (codes || []).map((code) => [code, words(code)]);
  const plain = (names) => (names || []).map((name) => [name, name]);
  let timer = 0;
  const find = h("input", { id: "find", type: "search", autocomplete: "off", spellcheck: "false",
    oninput: (event) => { clearTimeout(timer); timer = setTimeout(() => choose("find", event.target.value.trim()), 150); } });
  return h("form", { class: "filters", role: "search", "aria-label": "Filter documents", onsubmit: (event) => event.preventDefault(), onreset: () => { state.wanted = {}; refresh(0); } },
    h("label", { class: "find" }, h("span", {}, DATA.kind === "serve" ? "Find in titles and ids" : "Find in titles, ids and texts"), find),
    DATA.kind === "serve" && orderBox(), select("sample", "Sample", coded(choices.samples)), select("change", "Change", (choices.changes || []).map((code) => [code, CHANGES[code]])),
    select("role", "Role", coded(choices.roles)), select("reason", "Reason", coded(choices.reasons)), select("refusal", "Refused", coded(choices.refusals)),
    select("language", "Language", plain(choices.languages)), select("site", "Site", plain(choices.sites)),
    select("below", "Certainty", [["0.6", "below 0.60"], ["0.7", "below 0.70"], ["0.8", "below 0.80"], ["0.9", "below 0.90"]]),
    h("button", { type: "reset" }, "Clear"));
}

function orderBox() {
  const box = h("select", { id: "filter-order", onchange: (event) => choose("order", event.target.value) },
    DATA.orders.map((name) => h("option", { value: name }, words(name))));
  return h("label", {}, h("span", {}, "Order"), box);
}

function choose(name, value) {
  state.wanted = { ...state.wanted, [name]: value };
  return refresh(0);
}

// A bar of a chart was chosen: set that filter alone and go to the documents.
function chooseBar(choice, value) {
  const name = { roles: "role", reasons: "reason", refusals: "refusal", languages: "language", sites: "site" }[choice];
  document.querySelector(".filters").reset();
  const box = byId(`filter-${name}`);
  if (box) box.value = value;
  state.wanted = { [name]: value };
  refresh(0).then(() => byId("documents").scrollIntoView());
}

function listItem(doc) {
  const what = doc.refused ? words(doc.reason) : `${percent(doc.share)} removed`;
  const why = (doc.sample || []).filter((name) => name !== "random").map(words).concat((doc.changes || []).map((code) => CHANGES[code])).join(", ");
  return h("li", {}, h("button", { type: "button", class: "entry", "data-key": doc.key, "aria-current": doc.key === state.key ? "true" : null, onclick: () => open(doc.key, true) },
    foreign("span", doc.title || doc.id, doc.language, { class: "entry-title" }),
    h("span", { class: "entry-note" }, doc.refused ? "✗ refused: " : "", what, doc.language ? ` · ${doc.language}` : "", why ? ` · ${why}` : "")));
}

async function refresh(offset) {
  const asked = ++state.asked;
  const found = await guarded(source.list(state.wanted, offset));
  if (!found || asked !== state.asked) return;
  Object.assign(state, { rows: found.rows, total: found.total, offset });
  const last = offset + found.rows.length;
  byId("list").replaceChildren(...found.rows.map(listItem));
  byId("count").textContent = found.total ? `${number(offset + 1)}–${number(last)} of ${number(found.total)}${found.more ? "+" : ""} documents` : "No document matches";
  byId("back").disabled = offset === 0;
  byId("on").disabled = last >= found.total && !found.more;
  if (found.rows.length && !found.rows.some((doc) => doc.key === state.key)) await open(found.rows[0].key, false);
  else highlight();
}

async function open(key, focus) {
  const asked = (state.opening = (state.opening || 0) + 1);
  const doc = await guarded(source.open(key));
  if (!doc || asked !== state.opening) return;
  state.key = key;
  state.doc = doc;
  for (const entry of document.querySelectorAll(".entry")) {
    if (entry.dataset.key === String(key)) entry.setAttribute("aria-current", "true");
    else entry.removeAttribute("aria-current");
  }
  drawDocument();
  if (focus) byId("document-title").focus();
}

function drawDocument() {
  const mark = source.mark ? markBlock : null;
  byId("document").replaceChildren(...documentView(state.doc, { layout: state.layout, show: state.show, controls: viewControls(), mark }).flat().filter(Boolean));
  highlight();
}

function viewControls() {
  const radio = (name, value, text) => h("label", {}, h("input", { type: "radio", name, value, checked: state[name] === value, onchange: () => { state[name] = value; layout(); } }), text);
  return h("div", { class: "controls" },
    h("fieldset", {}, h("legend", {}, "Layout"), radio("layout", "inline", "in place"), radio("layout", "sides", "side by side")),
    h("fieldset", {}, h("legend", {}, "Show"), radio("show", "all", "all"), radio("show", "kept", "kept"), radio("show", "removed", "removed"),
      DATA.kind === "compare" && radio("show", "changed", "changed")));
}

function layout() {
  const list = document.querySelector(".blocks");
  if (list) list.className = `blocks ${state.layout} show-${state.show}`;
}

async function markBlock(index, keep, button) {
  const answered = await guarded(source.mark(state.key, index, keep));
  if (!answered) return;
  button.setAttribute("aria-pressed", "true");
  announce(`Block ${index + 1}: written to ${answered.file}`);
}

// Found words are painted by the browser's highlight registry: the document's text is not touched.
function highlight() {
  if (!CSS.highlights) return;
  CSS.highlights.delete("found");
  const find = (state.wanted.find || "").toLocaleLowerCase();
  if (!find) return;
  const ranges = [];
  for (const node of document.querySelectorAll("#document-title, .blocks .text")) {
    const text = node.firstChild;
    const lower = text ? text.data.toLocaleLowerCase() : "";
    if (!text || lower.length !== text.data.length) continue; // a letter whose lower case is longer: positions would not fit
    for (let at = lower.indexOf(find); at >= 0 && ranges.length < 2000; at = lower.indexOf(find, at + find.length)) {
      const range = new Range();
      range.setStart(text, at);
      range.setEnd(text, at + find.length);
      ranges.push(range);
    }
  }
  if (ranges.length) CSS.highlights.set("found", new Highlight(...ranges));
}

async function guarded(promise) {
  try {
    return await promise;
  } catch (error) {
    announce(`Error: ${error.message}`);
    return null;
  }
}

async function nextDocument(step) {
  const at = state.rows.findIndex((doc) => doc.key === state.key) + step;
  if (at >= 0 && at < state.rows.length) return open(state.rows[at].key, true);
  if (step > 0 && !byId("on").disabled) return turn(1);
  return step < 0 && state.offset > 0 ? turn(-1) : null;
}

const turn = (step) => refresh(Math.max(0, state.offset + step * PAGE_ROWS)).then(() => byId("document-title") && byId("document-title").focus());

function nextBlock(step) {
  const kind = DATA.kind === "compare" ? ".block.changed" : ".block.removed";
  const blocks = [...document.querySelectorAll(kind)].filter((block) => block.offsetParent);
  const focused = document.activeElement.closest ? document.activeElement.closest(".block") : null;
  let at = focused ? blocks.indexOf(focused) : -1;
  if (focused && at < 0) at = blocks.findIndex((block) => focused.compareDocumentPosition(block) & Node.DOCUMENT_POSITION_FOLLOWING) - (step > 0 ? 1 : 0);
  const target = blocks[Math.min(blocks.length - 1, Math.max(0, at + step))];
  if (target) { target.focus({ preventScroll: true }); target.scrollIntoView({ block: "center" }); }
}

function flipTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
}

const ACTIONS = {
  j: () => nextDocument(1), k: () => nextDocument(-1), n: () => nextBlock(1), p: () => nextBlock(-1), t: flipTheme,
  "/": () => byId("find") && byId("find").focus(), o: () => { window.scrollTo(0, 0); byId("main").focus(); }, "?": () => byId("help").showModal(),
  s: () => { state.layout = state.layout === "inline" ? "sides" : "inline"; drawControls(); },
  m: () => { const button = document.activeElement.closest && document.activeElement.closest(".block")?.querySelector(".mark"); if (button) button.click(); },
};

function drawControls() {
  layout();
  const box = document.querySelector(`input[name=layout][value=${state.layout}]`);
  if (box) box.checked = true;
}

function onKey(event) {
  if (event.key === "Escape" && event.target.id === "find") return event.target.blur();
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "radio";
  if (!state.keys || typing || event.ctrlKey || event.metaKey || event.altKey || byId("help").open || !Object.hasOwn(ACTIONS, event.key)) return null;
  event.preventDefault();
  return ACTIONS[event.key]();
}

function start() {
  const keys = h("input", { type: "checkbox", id: "keys", checked: true, onchange: (event) => { state.keys = event.target.checked; } });
  byId("top").append(h("div", { class: "brand" }, foreign("h1", DATA.heading, ""), h("p", { class: "note" }, DATA.subtitle)),
    h("div", { class: "tools" }, h("label", {}, keys, "keys"), h("button", { type: "button", onclick: () => byId("help").showModal() }, "Help"), h("button", { type: "button", onclick: flipTheme }, "Light / dark")));
  byId("help").append(h("h2", { id: "help-title" }, "Keys"), h("dl", { class: "keys" }, KEYS.map(([key, text]) => h("div", {}, h("dt", {}, h("kbd", {}, key)), h("dd", {}, text)))),
    h("form", { method: "dialog" }, h("button", {}, "Close")));
  const pager = h("div", { class: "pager" }, h("button", { type: "button", id: "back", onclick: () => turn(-1) }, "Previous"), h("span", { id: "count", role: "status" }), h("button", { type: "button", id: "on", onclick: () => turn(1) }, "Next"));
  const side = h("nav", { class: "side", "aria-label": "List of documents", hidden: ONE }, pager, h("ol", { id: "list", tabindex: "0", "aria-label": "Documents" }));
  const documents = h("section", { id: "documents", class: ONE ? "one" : "many", "aria-labelledby": ONE ? "document-title" : "documents-title" },
    !ONE && h("h2", { id: "documents-title" }, DATA.kind === "compare" ? "Changed documents" : DATA.kind === "report" ? "A sample of the documents" : "Documents"),
    !ONE && filters(), h("div", { class: "shelf" }, side, h("article", { id: "document" })));
  if (!ONE) byId("main").append(overviewSection(DATA.overview, chooseBar));
  byId("main").append(documents, h("p", { id: "status", role: "status", class: "status" }));
  document.addEventListener("keydown", onKey);
  return refresh(0);
}

start().then(() => { document.documentElement.dataset.ready = "yes"; });
