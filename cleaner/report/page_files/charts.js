// The overview: cards, charts (each bar an SVG beside its label and number, so that nothing hangs on colour), tables of lines.

function card(label, value, note) {
  return h("div", { class: "card" }, h("dt", {}, label), h("dd", {}, value, note && h("small", {}, note)));
}

function conservation(view) {
  const { read, exported, refused } = view.counts;
  const whole = read === exported + refused && view.found.exported === exported && view.found.refused === refused;
  const text = `${number(read)} read = ${number(exported)} exported + ${number(refused)} refused`;
  return h("p", { class: whole ? "verdict good" : "verdict bad", id: "conservation" }, whole ? "✓ Nothing lost: " : "✗ Does not add up: ", text,
    whole ? "; counted again in the files." : `; the files hold ${number(view.found.exported)} and ${number(view.found.refused)}. Check the export with cleaner validate.`);
}

function cards(view) {
  const share = view.chars_in ? 1 - view.chars_out / view.chars_in : null;
  return h("dl", { class: "cards" },
    card("Documents read", number(view.counts.read)),
    card("Exported", number(view.counts.exported), `${percent(view.counts.exported / Math.max(1, view.counts.read))} of those read`),
    card("Refused", number(view.counts.refused), "each with its reason"),
    card("Characters kept", number(view.chars_out), `of ${number(view.chars_in)} with markup; ${percent(share)} taken out`),
    card("Blocks removed", number(view.found.removed), `${number(view.found.kept)} kept`));
}

function bar(value, largest, style) {
  const width = largest ? Math.max(value ? 0.5 : 0, (100 * value) / largest) : 0;
  return s("svg", { class: "bar", "aria-hidden": "true", focusable: "false", width: "100%", height: 12 },
    s("rect", { x: 0.5, y: 1.5, width: `${width}%`, height: 9, rx: 2, class: style }));
}

function barChart(chart, choose) {
  const largest = Math.max(...chart.rows.map((row) => row[1]));
  return chart.rows.map(([name, count, note]) => {
    const label = foreign("span", chart.choice === "sites" || chart.choice === "languages" ? name : words(name), "", { class: "label" });
    const known = chart.choice && choose && DATA.overview.choices[chart.choice].includes(name);
    const head = known ? h("button", { type: "button", class: "plain", title: "Show the documents", onclick: () => choose(chart.choice, name) }, label) : label;
    return h("li", { title: note || null }, head, bar(count, largest, chart.choice === "roles" ? roleClass(name) : "fill"), h("span", { class: "count" }, number(count)));
  });
}

function pairChart(chart) {
  const largest = Math.max(...chart.rows.flatMap((row) => [row[1], row[2]]));
  return chart.rows.map(([name, before, after]) => h("li", {}, h("span", { class: "label" }, name),
    h("span", { class: "pair" }, bar(before, largest, "outline"), bar(after, largest, "fill")),
    h("span", { class: "count" }, `${number(before)} → ${number(after)}`)));
}

function chartFigure(chart, choose) {
  const names = chart.names ? `: ${chart.names[0]} (outline) → ${chart.names[1]} (filled)` : "";
  return h("figure", { class: "chart" }, h("figcaption", {}, h("h3", {}, chart.title), h("small", {}, chart.unit + names)),
    h("ul", { class: chart.kind }, chart.kind === "pairs" ? pairChart(chart) : barChart(chart, choose)));
}

function lineTables(found) {
  if (!found || !found.sites.length) return null;
  const note = found.missed ? ` Counts may be up to ${number(found.missed)} too low.` : "";
  return h("section", { "aria-labelledby": "lines-title" }, h("h2", { id: "lines-title" }, "Lines removed most often, by site"),
    h("p", { class: "note" }, `Documents of the site in which the line was removed; lines of at least two documents.${note}`),
    h("div", { class: "charts" }, found.sites.map((site) => h("figure", { class: "chart" },
      h("figcaption", {}, foreign("h3", site.site, "")),
      h("ul", { class: "lines" }, site.lines.map((line) => h("li", {}, h("span", { class: "count" }, number(line.count)),
        h("span", { class: `tag ${roleClass(line.role)}` }, words(line.role)), foreign("span", line.text, "", { class: "line" }))))))));
}

function overviewSection(view, choose) {
  return h("section", { id: "overview", "aria-labelledby": "overview-title" }, h("h2", { id: "overview-title" }, "Overview"),
    view.counts && conservation(view), view.counts && cards(view),
    view.totals && h("dl", { class: "cards" }, view.totals.map(([label, value, note]) => card(label, typeof value === "number" ? number(value) : value, note))),
    h("div", { class: "charts" }, view.charts.map((chart) => chartFigure(chart, choose))), lineTables(view.lines));
}
