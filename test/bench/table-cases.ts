/** The cases that measure tables. */
import { type Case, filesOf, type Setting } from "./cases.ts";
import type { TableCosts } from "./measure-tables.ts";
import { runNode } from "./processes.ts";

/** Writing the tables of a heap, and as many that DuckDB makes up: measured in one process, told by two cases. */
export function createTableCases(): readonly Case[] {
  let costs: TableCosts | undefined;
  const measureOnce = (setting: Setting): { readonly costs: TableCosts; readonly peak: number } => {
    const { usage, output } = runNode([setting.build.measureTables, ...filesOf(setting)], setting.directory);
    return { costs: JSON.parse(output) as TableCosts, peak: usage.peak };
  };
  return [
    {
      name: "tables",
      description:
        "the tables of --to parquet, written by DuckDB; without what they need (dominators, paths); peak of all",
      target: { of: "range", cpu: 2 },
      run(setting) {
        const measured = measureOnce(setting);
        ({ costs } = measured);
        return { cpu: costs.tables, peak: measured.peak };
      },
    },
    {
      name: "range",
      description: "as many rows and columns of the same types that DuckDB makes up itself",
      run(setting) {
        const taken = costs ?? measureOnce(setting).costs;
        costs = undefined;
        return { cpu: taken.range };
      },
    },
  ];
}
