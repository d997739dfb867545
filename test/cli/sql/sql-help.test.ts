/** `gohd sql --help` names everything that can be asked. */
import { expect, test } from "vitest";
import { SQL_HELP } from "../../../src/cli/sql/sql-help.ts";
import { documentedMacros, documentedTables } from "../../converters/parquet/tables/read-me.ts";

test("names all tables, views and macros", () => {
  const names = new Set(SQL_HELP.match(/\w+/g));
  const all = [...documentedTables().map(({ name }) => name), ...documentedMacros()];
  expect(all.length).toBeGreaterThan(30);
  expect(all.filter((name) => !names.has(name))).toEqual([]);
});
