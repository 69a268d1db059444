// Building blocks of the page. Every text reaches the document through textContent: what a web page wrote is shown, never run.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, String(value));
  }
  for (const child of children.flat(3)) {
    if (child !== null && child !== undefined && child !== false) node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
const byId = (id) => document.getElementById(id);

const number = (value) => (value === null || value === undefined ? "–" : value.toLocaleString("en-US"));
const percent = (value) => (value === null || value === undefined ? "–" : `${(100 * value).toFixed(value > 0 && value < 0.1 ? 1 : 0)}%`);
const score = (value) => (value === null || value === undefined ? "" : value.toFixed(2));
const words = (code) => String(code).replaceAll("_", " ");
const counted = (count, noun) => `${number(count)} ${noun}${count === 1 ? "" : "s"}`;

// Text of a document: its own direction, its own language (the right glyphs for Chinese and Japanese), cut off from what stands around it.
function foreign(tag, text, language, attributes) {
  const node = h(tag, { dir: "auto", ...attributes });
  try {
    if (language) node.lang = Intl.getCanonicalLocales(language)[0];
  } catch {
    // Not a language code that browsers know: no attribute.
  }
  node.textContent = text;
  return node;
}

// A class made of a code of our vocabularies; anything else gets none.
const roleClass = (role) => (Object.hasOwn(DATA.vocabulary.roles, role) ? `role-${role}` : "role-none");

const announce = (text) => { byId("status").textContent = text; };
