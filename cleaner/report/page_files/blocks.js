// One document: its head, its blocks in the order of the page, what was kept and what was removed.

const CHANGES = { now_kept: "now kept", now_removed: "now removed", added: "only in the new run", gone: "only in the old run", text: "another text", now_refused: "now refused", now_exported: "no longer refused" };
const FIRST_BLOCKS = 400; // Drawn at once; a page of 50,000 blocks would stop the browser.

function asBlock(row) {
  const [kept, text, line, role, certainty, reason, evidence, more, change] = row;
  return { kept: Boolean(kept), text, line, role, score: certainty, reason, evidence, more: more || 0, change: change || "" };
}

function blockMeta(block) {
  const state = block.change ? CHANGES[block.change] : block.kept ? "kept" : "removed";
  return h("div", { class: "meta" },
    h("span", { class: "state" }, `${block.kept ? "+" : "−"} ${state}`),
    block.role && h("span", { class: `tag ${roleClass(block.role)}`, title: (DATA.vocabulary.roles[block.role] || [""])[0] }, words(block.role)),
    block.score !== null && block.score !== undefined && h("span", { class: "score", title: "probability that the block is main content" }, score(block.score)),
    block.reason && h("span", { class: "why", title: DATA.vocabulary.reasons[block.reason] || "" }, words(block.reason)),
    block.evidence && foreign("span", block.evidence, "", { class: "evidence" }),
    block.line && h("span", { class: "where", title: "the line in flattened text, the number of the block in HTML" }, `№ ${number(block.line)}`));
}

function markButton(block, index, view) {
  const name = block.kept ? "should have been removed" : "should have been kept";
  const button = h("button", { type: "button", class: "mark", "aria-pressed": String(view.marks[index] === !block.kept), "aria-label": `Block ${index + 1} ${name}` }, name);
  button.addEventListener("click", () => view.mark(index, !block.kept, button));
  return button;
}

function blockItem(block, index, view) {
  const item = h("li", { class: `block ${block.kept ? "kept" : "removed"} ${roleClass(block.role)} ${block.change ? "changed" : ""}`, tabindex: "-1", "data-index": index });
  item.append(blockMeta(block), foreign("p", block.text, block.kept ? view.language : "", { class: "text" }));
  if (block.more) item.append(h("p", { class: "note" }, `… and ${counted(block.more, "more character")}`));
  if (view.mark) item.append(markButton(block, index, view));
  return item;
}

function legend(blocks) {
  const counts = new Map();
  const reasons = new Set();
  for (const block of blocks) {
    const name = block.role || "kept";
    counts.set(name, (counts.get(name) || 0) + 1);
    if (block.reason) reasons.add(block.reason);
  }
  const roles = [...counts].map(([role, count]) => h("li", {}, h("span", { class: `tag ${roleClass(role)}` }, words(role)),
    ` ${number(count)} – ${(DATA.vocabulary.roles[role] || ["its role is known only where the run's store is at hand"])[0]}`));
  const whys = [...reasons].map((reason) => h("li", {}, h("b", {}, words(reason)), ` – ${DATA.vocabulary.reasons[reason] || ""}`));
  return h("details", { class: "legend" }, h("summary", {}, "Legend: + kept (solid line), − removed (dashed line, grey text)"),
    h("ul", {}, roles), whys.length > 0 && h("ul", {}, whys), h("p", { class: "note" }, "The number is the probability that a block is main content, 0 to 1."));
}

function facts(doc) {
  const pairs = [["id", foreign("bdi", doc.id, "")], ["site", doc.domain && foreign("bdi", doc.domain, "")], ["language", doc.language],
    ["author", doc.author && foreign("bdi", doc.author, "")], ["published", doc.published && doc.published.slice(0, 10)],
    ["characters", doc.refused ? number(doc.chars_in) : `${number(doc.chars_in)} → ${number(doc.chars_out)}`],
    ["blocks", `${number(doc.kept)} kept, ${number(doc.removed)} removed`], ["certainty", doc.certainty === null || doc.certainty === undefined ? null : score(doc.certainty)]];
  // Only web addresses become links: anything else, "javascript:" above all, stays text.
  if (doc.url) pairs.splice(1, 0, ["address", /^https?:\/\//i.test(doc.url) ? foreign("a", doc.url, "", { href: doc.url, rel: "noopener noreferrer nofollow" }) : foreign("bdi", doc.url, "")]);
  return h("dl", { class: "facts" }, pairs.filter(([, value]) => value).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

function notes(doc) {
  const found = [];
  if (doc.refused) found.push(`Refused at ${doc.stage}: ${words(doc.reason)} – ${DATA.vocabulary.refusals[doc.reason] || ""}.`);
  if (doc.exact === false) found.push("A preformatted block holds several lines, so kept and removed blocks may stand in a slightly different order here.");
  if (doc.known === false && !doc.refused && doc.kept) found.push("Roles and scores of kept blocks are not in the export; they are shown where the run's .store is still in its folder.");
  if (doc.hidden) found.push(`${counted(doc.hidden, DATA.kind === "compare" ? "unchanged block" : "more block")} left out to keep this file small${DATA.kind === "report" ? "; cleaner serve shows them all" : ""}.`);
  return found.map((text) => h("p", { class: "note" }, text));
}

function documentView(doc, view) {
  const blocks = doc.blocks.map(asBlock);
  const list = h("ol", { class: `blocks ${view.layout} show-${view.show}`, "aria-label": "Blocks of the document" });
  const draw = (from, upTo) => list.append(...blocks.slice(from, upTo).map((block, i) => blockItem(block, from + i, { ...view, language: doc.language, marks: doc.marks || {} })));
  draw(0, FIRST_BLOCKS);
  const rest = blocks.length - FIRST_BLOCKS;
  const more = rest > 0 && h("button", { type: "button", onclick: (event) => { draw(FIRST_BLOCKS, blocks.length); event.target.remove(); } }, `Show ${counted(rest, "more block")}`);
  return [foreign("h2", doc.title || doc.id, doc.language, { id: "document-title", tabindex: "-1" }), facts(doc), notes(doc),
    doc.detail && foreign("p", doc.detail, "", { class: "detail" }), view.controls, blocks.length > 0 && legend(blocks), list, more];
}
