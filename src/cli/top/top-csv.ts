/** `gohd top` for programs, as CSV: the keys of `TopRow` that rows of this kind have, in one order, and a line for each row. */
import type { Top, TopRow } from "../../findings/top/top.ts";
import type { TopKind } from "../../findings/top/top-kinds.ts";
import { toCsvLine } from "../output/csv.ts";

const COLUMNS: readonly (keyof TopRow)[] = [
  "name",
  "count",
  "shallowBytes",
  "shallowShare",
  "ownedBytes",
  "ownedShare",
];
const MORE_COLUMNS: Readonly<Record<TopKind, readonly (keyof TopRow)[]>> = {
  type: ["guessed"],
  package: ["guessed"],
  site: ["guessed", "sampled"],
  goroutine: ["system"],
  root: ["kind"],
};

/** @param fit what a name has to become for whoever reads it; the same for pipes and files */
export function writeTopCsv({ by, rows }: Top, fit: (name: string) => string): string {
  const columns = [...COLUMNS, ...MORE_COLUMNS[by]];
  const lines = rows.map((row) =>
    columns.map((column) => {
      const value = row[column];
      return value === null || value === undefined ? null : fit(String(value));
    }),
  );
  return [columns, ...lines].map(toCsvLine).join("");
}
