// The heads of the table become buttons that sort its rows: by the number that a cell states, or by its text.
for (const table of document.querySelectorAll("table.class")) {
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...table.tBodies[0].rows];
  const key = (row, k) => {
    const { value } = row.cells[k].dataset;
    return value === undefined ? row.cells[k].textContent : Number(value);
  };
  const compare = (a, b) => (typeof a === "number" ? a - b : a.localeCompare(b, "en", { numeric: true }));
  heads.forEach((head, k) => {
    const button = document.createElement("button");
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const falling = head.ariaSort === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.ariaSort = falling ? "descending" : "ascending";
      const sign = falling ? -1 : 1;
      table.tBodies[0].append(...rows.toSorted((a, b) => sign * compare(key(a, k), key(b, k))));
    });
  });
}
