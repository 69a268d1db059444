// Where documents come from: out of this file, or from the server that sent it. Both answer the same questions.

const PAGE_ROWS = 50;

function matches(doc, wanted) {
  if (wanted.role && !doc.roles.includes(wanted.role)) return false;
  if (wanted.reason && !doc.reasons.includes(wanted.reason)) return false;
  if (wanted.refusal && doc.reason !== wanted.refusal) return false;
  if (wanted.language && doc.language !== wanted.language) return false;
  if (wanted.site && doc.domain !== wanted.site) return false;
  if (wanted.sample && !(doc.sample || []).includes(wanted.sample)) return false;
  if (wanted.change && !(doc.changes || []).includes(wanted.change)) return false;
  if (wanted.below && !(doc.certainty !== null && doc.certainty < Number(wanted.below))) return false;
  if (!wanted.find) return true;
  const find = wanted.find.toLocaleLowerCase();
  return [doc.title || "", doc.id, ...doc.blocks.map((row) => row[1])].some((text) => text.toLocaleLowerCase().includes(find));
}

const embedded = {
  async list(wanted, offset) {
    const rows = DATA.documents.filter((doc) => matches(doc, wanted));
    return { rows: rows.slice(offset, offset + PAGE_ROWS), total: rows.length, more: false, offset };
  },
  async open(key) {
    return DATA.documents.find((doc) => doc.key === key);
  },
};

async function answer(address, options) {
  const response = await fetch(address, options);
  const value = await response.json();
  if (!response.ok) throw new Error(value.error || response.statusText);
  return value;
}

const served = {
  list: (wanted, offset) => answer(`/api/documents?${new URLSearchParams({ ...Object.fromEntries(Object.entries(wanted).filter(([, value]) => value)), offset })}`),
  open: (key) => answer(`/api/document?key=${key}`),
  mark: (key, block, keep) => answer("/api/mark", {
    method: "POST", headers: { "Content-Type": "application/json", "X-Cleaner-Token": DATA.token }, body: JSON.stringify({ key, block, keep }),
  }),
};

const source = DATA.kind === "serve" ? served : embedded;
