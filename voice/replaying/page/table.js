const list = { at: 0, verdicts: new Set() };

/* Before and after a call come those that stand so in the table, as it is sorted and filtered. */
function neighbours(section) {
  const links = $$(".calls tbody tr:not([hidden]) a");
  const here = links.findIndex((link) => link.hash === `#${section.id}`);
  if (here < 0) return;
  const near = (link, kind, text) => {
    const found = document.createElement("a");
    [found.rel, found.href, found.textContent] = [kind, link.hash, text];
    return found;
  };
  const [before, after] = [links[here - 1], links[here + 1]];
  $("nav span", section).replaceChildren(
    ...(before ? [near(before, "prev", `‹ ${before.textContent}`)] : []),
    ...(after ? [near(after, "next", `${after.textContent} ›`)] : []),
  );
}

/* Numbers begin with the largest, since that is the worst; rows without a value stay below. */
function sort(head) {
  const column = head.cellIndex;
  const key = (row) => row.cells[column].dataset.sort;
  const body = $(".calls tbody");
  const rows = [...body.rows];
  const numbers = rows.every((row) => !Number.isNaN(Number(key(row))));
  const first = numbers && column > 0 ? "descending" : "ascending";
  const other = { ascending: "descending", descending: "ascending" };
  const way = head.ariaSort ? other[head.ariaSort] : first;
  const sign = way === "ascending" ? 1 : -1;
  const compare = (a, b) => (numbers ? a - b : a.localeCompare(b, undefined, { numeric: true }));
  rows.sort((a, b) => (key(a) === "") - (key(b) === "") || sign * compare(key(a), key(b)));
  for (const one of $$(".calls thead th")) one.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", way);
  body.append(...rows);
}

function filter() {
  const words = $("#find").value.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = $$(".calls tbody tr");
  let left = 0;
  for (const row of rows) {
    const fits = !list.verdicts.size || list.verdicts.has(row.dataset.verdict);
    row.hidden = !(fits && words.every((word) => row.dataset.words.includes(word)));
    left += row.hidden ? 0 : 1;
  }
  $("#shown").textContent = left === rows.length ? `${rows.length}` : `${left} of ${rows.length}`;
  $(".none").hidden = left > 0;
}

function choose() {
  for (const button of $$("[data-verdict]", $(".filters"))) {
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      if (on) list.verdicts.add(button.dataset.verdict);
      else list.verdicts.delete(button.dataset.verdict);
      filter();
    });
  }
  $("#find").addEventListener("input", filter);
  for (const head of $$(".calls thead th")) head.addEventListener("click", () => sort(head));
  for (const row of $$(".calls tbody tr")) {
    row.addEventListener("click", (event) => {
      if (!event.target.closest("a") && !String(getSelection())) $("a", row).click();
    });
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest(".calls")) list.at = scrollY;
  }, true);
  filter();
}
