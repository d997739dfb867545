import { expect, test } from "vitest";
import { DEFINITIONS } from "../../../../converters/parquet/sql/macros.ts";
import { TABLES } from "../../../../converters/parquet/tables/tables.ts";
import { packageOfType } from "../../../../converters/parquet/tables/type-package.ts";
import { documentedBlocks, documentedMacros, documentedTables } from "./read-me.ts";

test("the README has every table and column, in order, with its type", () => {
  const documented = Object.fromEntries(documentedTables().map(({ name, columns }) => [name, columns]));
  const made = Object.fromEntries(
    TABLES.map(({ name, columns }) => [
      name,
      columns.map((column) => ({ name: column.name, type: typeof column.type === "string" ? column.type : "ENUM" })),
    ]),
  );
  expect(Object.keys(made).length).toBeGreaterThan(15);
  expect(documented).toEqual(made);
  expect(TABLES.at(-1)!.name).toBe("dump");
});

test("the README has every view and macro, and queries", () => {
  expect(documentedMacros()).toEqual(DEFINITIONS.map(({ name }) => name));
  expect(documentedBlocks("sql").length).toBeGreaterThan(6);
  expect(documentedBlocks("sql fleet").length).toBeGreaterThan(4);
});

test("names are words that no SQL reader minds, each once in a table", () => {
  for (const { name, columns } of TABLES) {
    expect(name).toMatch(/^[a-z][a-z_]*$/);
    const names = columns.map((column) => column.name);
    expect(new Set(names).size).toBe(names.length);
    for (const column of names) expect(column).toMatch(/^[a-z][a-z_]*$/);
  }
});

test("packages of types", () => {
  const packages = {
    "main.Node": "main",
    "*net/http.Header": "net/http",
    "[]*gopkg.in/yaml.v3.node": "gopkg.in/yaml.v3",
    "[16]example.com/shop.Order": "example.com/shop",
    "chan main.Event": "main",
    "main.Pair[example.com/shop.Order,int]": "main",
    "map[string]main.Node": undefined,
    "map.group[string]int": undefined,
    "struct { main.Node }": undefined,
    "func(main.Node) string": undefined,
    "[]string": undefined,
    string: undefined,
  };
  expect(Object.fromEntries(Object.keys(packages).map((name) => [name, packageOfType(name)]))).toEqual(packages);
});
