/** A table that can be sorted and filtered: TanStack Table has the rows, this file the markup. */
import {
  columnFilteringFeature,
  constructTable,
  createFilteredRowModel,
  createSortedRowModel,
  filterFn_includesString,
  globalFilteringFeature,
  rowSortingFeature,
  sortFn_basic,
  sortFn_text,
  tableFeatures,
} from "@tanstack/table-core";
import { storeReactivityBindings } from "@tanstack/table-core/store-reactivity-bindings";
import { useLayoutEffect, useMemo, useState } from "preact/hooks";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatShare,
  formatSigned,
  shortenImports,
} from "../../../src/index.ts";
import type { Cell, TableColumn, TableData } from "../page-data.ts";

const FEATURES = tableFeatures({
  coreReactivityFeature: storeReactivityBindings(),
  columnFilteringFeature,
  globalFilteringFeature,
  rowSortingFeature,
  filteredRowModel: createFilteredRowModel(),
  sortedRowModel: createSortedRowModel(),
  filterFns: { includesString: filterFn_includesString },
  sortFns: { basic: sortFn_basic, text: sortFn_text },
});

/** Rows that are shown until somebody asks for all. */
const FEW_ROWS = 12;

export interface ReportTableProps {
  readonly data: TableData;
  /** Shows a node of the picture. */
  readonly onShow: (node: number) => void;
  /** Looks for a name in the picture. */
  readonly onSearch: (name: string) => void;
}

interface Row {
  readonly cells: readonly Cell[];
  readonly node: number;
}

export function ReportTable({ data, onShow, onSearch }: ReportTableProps) {
  const { id, title, about, columns, left } = data;
  const [filter, setFilter] = useState("");
  const [isWhole, setWhole] = useState(false);
  const [, redraw] = useState(0);
  const table = useMemo(() => makeTable(data), [data]);
  useLayoutEffect(() => {
    const subscription = table.store.subscribe(() => redraw((count) => count + 1));
    return () => subscription.unsubscribe();
  }, [table]);

  const { rows } = table.getRowModel();
  const linked = columns.findIndex(({ format }) => format === "name");
  const shown = isWhole ? rows : rows.slice(0, FEW_ROWS);
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <div class="table-head">
        <h2 id={`${id}-title`}>
          {title} <small>{formatCount(data.rows.length + left)}</small>
        </h2>
        {data.rows.length > 5 && (
          <input
            type="search"
            class="search"
            placeholder="Filter"
            aria-label={`Filter ${title}`}
            value={filter}
            onInput={(event) => {
              setFilter(event.currentTarget.value);
              table.setGlobalFilter(event.currentTarget.value);
            }}
          />
        )}
      </div>
      <p class="about">{about}</p>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              {table.getFlatHeaders().map((header, i) => {
                const sorted = header.column.getIsSorted();
                return (
                  <th
                    key={header.id}
                    scope="col"
                    class={isNumeric(columns[i]!) ? "number" : undefined}
                    aria-sort={sorted === "asc" ? "ascending" : sorted === "desc" ? "descending" : "none"}
                    title={columns[i]!.hint}
                  >
                    <button type="button" onClick={() => header.column.toggleSorting()}>
                      {columns[i]!.title}
                      <i aria-hidden="true">{sorted === "asc" ? "▲" : sorted === "desc" ? "▼" : ""}</i>
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.id}>
                {columns.map((column, i) => (
                  <td
                    key={column.title}
                    class={isNumeric(column) ? "number" : isName(column) ? "name" : column.format}
                    title={isName(column) ? String(row.original.cells[i]) : undefined}
                  >
                    {i === linked && row.original.cells[i] !== "" ? (
                      <button
                        type="button"
                        class="link"
                        title={`${row.original.cells[i]}: show it in the picture`}
                        onClick={() =>
                          row.original.node >= 0 ? onShow(row.original.node) : onSearch(String(row.original.cells[i]))
                        }
                      >
                        {format(column, row.original.cells[i]!)}
                      </button>
                    ) : (
                      format(column, row.original.cells[i]!)
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length === 0 && <p class="none">{filter === "" ? "There are none." : "No row has that text."}</p>}
      <p class="foot">
        {rows.length > FEW_ROWS && (
          <button type="button" class="quiet" onClick={() => setWhole(!isWhole)}>
            {isWhole ? "Show fewer" : `Show all ${formatCount(rows.length)}`}
          </button>
        )}
        {left > 0 && <span>{formatCount(left)} smaller ones are left out of this file.</span>}
      </p>
    </section>
  );
}

function makeTable({ columns, rows, nodes }: TableData) {
  return constructTable({
    features: FEATURES,
    data: rows.map((cells, i): Row => ({ cells, node: nodes[i]! })),
    columns: columns.map((column, i) => ({
      id: String(i),
      accessorFn: (row: Row) => row.cells[i]!,
      sortFn: isNumeric(column) ? ("basic" as const) : ("text" as const),
      sortDescFirst: isNumeric(column),
      enableGlobalFilter: !isNumeric(column),
    })),
    getColumnCanGlobalFilter: (column) => !isNumeric(columns[Number(column.id)]!),
    globalFilterFn: "includesString",
    enableSortingRemoval: false,
  });
}

function isNumeric({ format }: TableColumn): boolean {
  return format !== "name" && format !== "path" && format !== "text";
}

/** Whether texts are shortened, so that they have to be there in full as well. */
function isName({ format }: TableColumn): boolean {
  return format === "name" || format === "path";
}

function format(column: TableColumn, value: Cell): string {
  if (typeof value === "string") return isName(column) ? shortenImports(value) : value;
  switch (column.format) {
    case "bytes":
      return formatBytes(value);
    case "more-bytes":
      return formatSigned(value, formatBytes);
    case "more-count":
      return formatSigned(value, formatCount);
    case "share":
      return value < 0 ? "" : formatShare(value, 1);
    case "duration":
      return value < 0 ? "" : formatDuration(value);
    default:
      return formatCount(value);
  }
}
