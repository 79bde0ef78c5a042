/**
 * `<sortable-table>` makes the table in it sortable by its columns, and with `filter` searchable by words.
 *
 * A cell is sorted by its `data-sort`, or else by its text. Only tables without cells that span rows can be sorted. With `part`
 * it says that there are more rows than are here.
 */

import { element } from "./dom.ts";
import { compared, matches } from "./tables/order.ts";
import type { Direction } from "./tables/order.ts";

/** Fewer rows need no search. */
const FEW = 8;

class SortableTable extends HTMLElement {
  private table: HTMLTableElement | null = null;
  private readonly told = element("span", { class: "counts", role: "status" });

  connectedCallback(): void {
    if (this.table !== null) return;
    this.table = this.querySelector("table");
    const head = this.table?.tHead?.rows;
    const last = head?.[head.length - 1];
    if (last === undefined || this.querySelector("tbody [rowspan]") !== null) return;
    for (const cell of last.cells) this.makeSortable(cell);
    if (this.hasAttribute("filter") && this.rows().length > FEW) this.prepend(this.search());
  }

  private rows(): HTMLTableRowElement[] {
    return [...(this.table?.tBodies ?? [])].flatMap((body) => [...body.rows]);
  }

  private makeSortable(cell: HTMLTableCellElement): void {
    if (cell.colSpan > 1 || cell.textContent?.trim() === "") return;
    // The button has the heading's own contents: links in a heading stay beside it.
    const control = element("button", { type: "button", class: "sort" });
    if (cell.querySelector("a, button, input, select, details") === null) control.append(...cell.childNodes);
    else control.setAttribute("aria-label", `Sort by ${cell.textContent?.trim() ?? "this"}`);
    if (this.hasAttribute("part")) control.title = "Sort the rows that are here";
    cell.append(control);
    control.addEventListener("click", () => {
      const next: Direction = cell.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
      for (const other of cell.parentElement?.children ?? []) other.removeAttribute("aria-sort");
      cell.setAttribute("aria-sort", next);
      this.sort(cell.cellIndex, next);
    });
  }

  private sort(column: number, direction: Direction): void {
    for (const body of this.table?.tBodies ?? []) {
      const keyed = [...body.rows].map((row) => ({ row, key: keyOf(row.cells[column]) }));
      keyed.sort((one, other) => compared(one.key, other.key, direction));
      body.append(...keyed.map(({ row }) => row));
    }
  }

  private search(): HTMLElement {
    const field = element("input", { type: "search" });
    field.addEventListener("input", () => {
      const rows = this.rows();
      for (const row of rows) row.hidden = !matches(row.textContent ?? "", field.value);
      const left = rows.filter((row) => !row.hidden).length;
      this.told.textContent = field.value.trim() === "" ? "" : `${left.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows`;
    });
    return element("p", { class: "search-rows" }, element("label", {}, this.hasAttribute("part") ? "Of these rows, only those with " : "Only rows with ", field), this.told);
  }
}

function keyOf(cell: HTMLTableCellElement | undefined): string {
  return (cell?.dataset["sort"] ?? cell?.textContent ?? "").trim();
}

customElements.define("sortable-table", SortableTable);

declare global {
  interface HTMLElementTagNameMap {
    "sortable-table": SortableTable;
  }
}
