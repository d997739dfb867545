/** Queries on a heap in this process: the same answers as from files, and no work that nobody asked for. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import duckdb from "../../../../converters/parquet/duckdb.ts";
import { findFunctionScans } from "../../../../converters/parquet/sql/plan.ts";
import { type SqlSession, splitStatements } from "../../../../converters/parquet/sql/sql-session.ts";
import { CHUNK_ROWS } from "../../../../converters/parquet/tables/chunk.ts";
import { ConverterError, type Heap, NO_PROGRESS, type Progress } from "../../../../src/index.ts";
import { convertToPath, temporaryFolder } from "../../../support/directory-conversion.ts";
import { readDump } from "../../../support/dump-builder.ts";
import { openReader } from "../../../support/readers/duckdb-reader.ts";
import { sampleHeap } from "../../../support/sample-dumps.ts";
import { openSession, rowsOf } from "../../../support/sql-sessions.ts";
import { typedSample } from "../../../support/typed-samples.ts";
import { documentedBlocks, documentedTables } from "../tables/read-me.ts";

/** What was computed for a query: the phases of its work. */
async function phasesOf(session: SqlSession, sql: string): Promise<string[]> {
  const phases: string[] = [];
  await rowsOf(session, sql, { ...NO_PROGRESS, phase: (name) => phases.push(name) });
  return phases.filter((name) => name !== "query");
}

test("samples of a bucket that the dump does not have are of none", async () => {
  const { heap } = await readDump((d) => {
    const [known, unknown] = [d.object(64), d.object(64)];
    const bucket = d.bucket(64, ["main.make", "/src/main.go", 7]);
    d.sample(known, bucket);
    d.sample(unknown, bucket + 1);
  });
  const session = await openSession(heap);
  const rows = await rowsOf(session, "SELECT alloc_bucket FROM objects WHERE size = 64 AND id < 2 ORDER BY id");
  expect(rows).toEqual([[0], [null]]);
});

test("edges that are scanned twice at a time, or again after a query that left off, keep their objects", async () => {
  const heap = await sampleHeap("sessions-after.1.24.amd64");
  const { objects, edges } = heap;
  expect(edges.count, "edges of several chunks").toBeGreaterThan(3 * CHUNK_ROWS);
  const session = await openSession(heap);
  let sum = 0;
  let early = 0;
  for (let i = 0; i < objects.count; i++) {
    for (let edge = edges.start[i]!; edge < edges.start[i + 1]!; edge++) {
      sum += i;
      if (edge < 5000) early += i;
    }
  }
  const together = "FROM edges a POSITIONAL JOIN (FROM edges WHERE id < 5000) b";
  const paired = await rowsOf(session, `SELECT sum(a.from_id)::DOUBLE, sum(b.from_id)::DOUBLE ${together}`);
  expect(paired).toEqual([[sum, early]]);
  await rowsOf(session, "SELECT from_id FROM edges LIMIT 1");
  expect(await rowsOf(session, "SELECT sum(from_id)::DOUBLE FROM edges")).toEqual([[sum]]);
});

describe("only what a query reads is computed", () => {
  const cases: readonly (readonly [sql: string, phases: readonly string[]])[] = [
    ["SELECT name FROM types", []],
    ["SELECT count(*) FROM objects", []],
    ["SELECT sum(size) FROM objects WHERE reachable", []],
    ["SELECT e.from_id FROM edges e JOIN objects o ON o.id = e.to_id LIMIT 3", []],
    ["SELECT type, bytes FROM top_types()", []],
    ["SELECT max(retained) FROM objects", ["dominators"]],
    ["CREATE TABLE t AS SELECT idom FROM objects", ["dominators"]],
    ["FROM retained_by_goroutine()", ["dominators"]],
    ["SELECT max(depth) FROM objects", ["shortest paths"]],
    ["SELECT step FROM path_to_root(3)", ["shortest paths"]],
    ["SELECT count(*) FROM edge_names", ["naming pointers"]],
    ["SELECT text FROM strings", ["looking for strings"]],
    ["SELECT (SELECT max(retained) FROM objects), (SELECT max(depth) FROM objects)", ["dominators", "shortest paths"]],
  ];
  test.each(cases)("%s", async (sql, phases) => {
    const heap = await typedSample("workers.1.24.amd64", "workers.1.24.amd64");
    const session = await openSession(heap);
    const [first] = [await phasesOf(session, sql)];
    expect([...new Set(first)].sort()).toEqual([...phases].sort());
    // The second time it is there.
    const again = sql.startsWith("CREATE") ? "SELECT idom FROM objects" : sql;
    expect(await phasesOf(session, again)).toEqual([]);
  });

  test("also where there is no plan to look at, and inside a transaction", async () => {
    const session = await openSession(await sampleHeap("workers.1.27.amd64"));
    await rowsOf(session, "PREPARE deepest AS SELECT max(idom_depth) FROM objects");
    expect(await phasesOf(session, "EXECUTE deepest")).toEqual(["dominators"]);
    await rowsOf(session, "BEGIN");
    expect(await phasesOf(session, "SELECT max(depth) FROM objects")).toEqual(["shortest paths"]);
    await rowsOf(session, "COMMIT");
  });
});

describe("answers", () => {
  let heap: Heap;
  let session: SqlSession;
  beforeAll(async () => {
    heap = await typedSample("sessions-after.1.27.amd64", "sessions.1.27.amd64");
    session = await openSession(heap);
  });

  test("are those of a database file, tables, views and macros alike", async () => {
    const reader = await openReader(await convertToPath(duckdb, heap, { strings: true, "string-limit": 4096 }));
    const { count } = heap.objects;
    const queries = [
      ...["objects", "edges", "roots", "root_vertices", "types", "fields", "frames", "goroutines"].map(
        (table) => `SELECT count(*), bit_xor(hash(t)) FROM ${table} t`,
      ),
      "SELECT count(*), bit_xor(hash(t)) FROM top_types() t",
      "SELECT count(*), bit_xor(hash(t)) FROM named_edges t",
      "SELECT count(*), bit_xor(hash(t)) FROM duplicate_strings() t",
      `SELECT count(*), bit_xor(hash(t)) FROM dominated_by(${count}) t`,
      // One is a function on columns, the other a macro; their columns' types differ.
      ...[0, 17, Math.floor(count / 2), count - 1].map(
        (object) =>
          `SELECT step::INT, id::INT, what, field, address::VARCHAR, size::INT, retained::INT FROM path_to_root(${object})`,
      ),
    ];
    for (const query of queries) {
      const found = await rowsOf(session, query);
      const expected = await reader.query(query);
      expect(
        found.map((row) => row.map(String)),
        query,
      ).toEqual(expected.map((row) => Object.values(row).map(String)));
    }
    reader.close();
  });

  test("the README's queries run", async () => {
    for (const text of documentedBlocks("sql")) {
      for (const statement of splitStatements(text).complete) {
        const rows = await rowsOf(session, statement);
        if (statement.includes("named_edges")) expect(rows).toHaveLength(20);
      }
    }
  });

  test("tell their columns", async () => {
    await session.run("SELECT 1::UBIGINT AS a, 'x' AS b, kind FROM segments LIMIT 1", NO_PROGRESS, async (result) => {
      expect(result.hasRows).toBe(true);
      expect(result.columns).toEqual([
        { name: "a", type: "UBIGINT", isNumber: true, isAddress: false },
        { name: "b", type: "VARCHAR", isNumber: false, isAddress: false },
        { name: "kind", type: expect.stringContaining("ENUM"), isNumber: false, isAddress: false },
      ]);
    });
    await session.run("CREATE TABLE made (x INT)", NO_PROGRESS, async ({ hasRows }) => expect(hasRows).toBe(false));
  });

  test("addresses are known by their names, in all tables and under min() and max()", async () => {
    const addresses: string[] = [];
    for (const { name } of documentedTables()) {
      const query = `FROM ${name} LIMIT 0`;
      await session.run(query, NO_PROGRESS, async ({ columns }) => {
        addresses.push(...columns.filter(({ isAddress }) => isAddress).map((column) => `${name}.${column.name}`));
      });
    }
    expect(addresses).toEqual([
      "objects.address",
      ...["goroutines.address", "goroutines.created_by_pc"],
      ...["frames.address", "frames.pc", "frames.entry"],
      ...["finalizers.type_address", "finalizers.function_address"],
      ...["itabs.address", "itabs.type_address"],
      ...["segments.address", "variables.address"],
      ...["dump.heap_start", "dump.heap_end"],
    ]);
    const mixed = "SELECT min(address), max(address), count(address), any_value(size) FROM objects";
    await session.run(mixed, NO_PROGRESS, async ({ columns }) => {
      expect(columns.map(({ isAddress }) => isAddress)).toEqual([true, true, false, false]);
    });
  });

  test("a subquery in path_to_root() is answered first, with what it needs, wherever it stands", async () => {
    const [[largest]] = (await rowsOf(session, "SELECT id FROM objects ORDER BY retained DESC, id LIMIT 1")) as [
      [number],
    ];
    const expected = await rowsOf(session, `FROM path_to_root(${largest})`);
    expect(expected.length).toBeGreaterThan(1);
    for (const query of [
      "FROM path_to_root((SELECT id FROM objects ORDER BY retained DESC, id LIMIT 1))",
      "FROM path_to_root( (FROM (SELECT ')', id FROM objects ORDER BY retained DESC, id LIMIT 1) SELECT id)::UBIGINT + 0 )",
      "SELECT * FROM (FROM PATH_TO_ROOT((WITH x AS (SELECT 'a;(' AS t, * FROM objects) SELECT id FROM x ORDER BY retained DESC, id LIMIT 1 -- )\n)))",
    ]) {
      expect(await rowsOf(session, query), query).toEqual(expected);
    }
    // In texts and comments nothing is a call.
    const text = "'path_to_root((SELECT 1))' AS a /* path_to_root((SELECT 1)) */";
    expect(await rowsOf(session, `SELECT ${text}`)).toEqual([["path_to_root((SELECT 1))"]]);
  });

  test("growth() warns if only one of the two has an executable's types", async () => {
    const warned: string[] = [];
    const progress: Progress = { ...NO_PROGRESS, warn: (code, message) => warned.push(`${code}: ${message}`) };
    const untyped = await convertToPath(duckdb, await sampleHeap("sessions-before.1.27.amd64"));
    const typed = await convertToPath(duckdb, heap);
    await rowsOf(session, `ATTACH '${untyped}' AS bare (READ_ONLY)`, progress);
    await rowsOf(session, `ATTACH '${typed}' AS same (READ_ONLY)`, progress);
    expect(await rowsOf(session, "FROM growth('same', 'memory')", progress)).toEqual([]);
    expect(warned).toEqual([]);
    await rowsOf(session, "FROM growth('bare', 'memory')", progress);
    await rowsOf(session, "FROM growth('same', 'bare') LIMIT 1", progress);
    expect(warned).toEqual([
      expect.stringContaining(
        "types-of-one: growth() goes by the names of types: memory has those of an executable and bare has none",
      ),
      expect.stringContaining("same has those of an executable and bare has none"),
    ]);
  });

  test("growth() counts live objects, as gohd diff does", async () => {
    const { heap: drawn } = await readDump((d) => {
      for (let i = 0; i < 10; i++) d.object(48);
      d.root(d.object(48));
    });
    await rowsOf(session, `ATTACH '${await convertToPath(duckdb, drawn)}' AS drawn (READ_ONLY)`);
    const [shape] = await rowsOf(
      session,
      "SELECT objects, bytes FROM growth('memory', 'drawn') WHERE type LIKE '%48%' AND objects > 0",
    );
    expect(shape!.map(Number)).toEqual([1, 48]);
  });

  test("ATTACH makes no database of a slip of the pen", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "it's not there.duckdb");
    const literal = `'${path.replaceAll("'", "''")}'`;
    for (const statement of [
      `ATTACH ${literal} AS b`,
      `-- x\nattach or replace database ${literal} AS b`,
      `ATTACH IF NOT EXISTS ${literal}`,
    ]) {
      await expect(rowsOf(session, statement)).rejects.toThrow(`there is no database ${path}`);
      await expect(rowsOf(session, statement)).rejects.toMatchObject({ hint: expect.stringContaining("(READ_WRITE)") });
    }
    expect(readdirSync(folder)).toEqual([]);
    await rowsOf(session, `ATTACH ${literal} AS made (READ_WRITE)`);
    await rowsOf(session, "CREATE TABLE made.t AS SELECT 1 AS x");
    await rowsOf(session, "DETACH made");
    await rowsOf(session, `ATTACH ${literal} AS made`);
    expect(await rowsOf(session, "FROM made.t")).toEqual([[1]]);
    await rowsOf(session, "DETACH made");
    await rowsOf(session, "ATTACH ':memory:' AS other");
  });

  test("mistakes are DuckDB's own words, and the session goes on", async () => {
    await expect(rowsOf(session, "SELECT nothing FROM objects")).rejects.toThrow(ConverterError);
    await expect(rowsOf(session, "SELEC 1")).rejects.toThrow(/^DuckDB: Parser Error/);
    expect(await rowsOf(session, "SELECT 1")).toEqual([[1]]);
  });

  test("a query that takes forever can be stopped, and the session goes on", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    setTimeout(() => controller.abort(reason), 200);
    const endless = "SELECT count(*) FROM range(1000000000) a, range(1000000) b WHERE a.range + b.range = -1";
    await expect(rowsOf(session, endless, { ...NO_PROGRESS, signal: controller.signal })).rejects.toBe(reason);
    expect(await rowsOf(session, "SELECT count(*)::INT FROM objects")).toEqual([[heap.objects.count]]);
  });
});

test("splitStatements knows texts, names, comments and dollar signs", () => {
  const cases: readonly (readonly [text: string, complete: readonly string[], rest: string])[] = [
    ["", [], ""],
    [" ; ;-- x;\n", [], ""],
    ["SELECT 1; SELECT 2", ["SELECT 1"], "SELECT 2"],
    ["SELECT ';' ;", ["SELECT ';'"], ""],
    ["SELECT 'it''s;' ; x", ["SELECT 'it''s;'"], "x"],
    ['SELECT 1 AS "a;b";', ['SELECT 1 AS "a;b"'], ""],
    ["SELECT 1 -- a;b\n;", ["SELECT 1 -- a;b"], ""],
    ["SELECT /* ; */ 1; /* ;", ["SELECT /* ; */ 1"], ""],
    ["SELECT $$ ; $$; SELECT $x$ ; $$ ; $x$;", ["SELECT $$ ; $$", "SELECT $x$ ; $$ ; $x$"], ""],
    ["SELECT 'open ; ", [], "SELECT 'open ;"],
    ["SELECT $$ open ;", [], "SELECT $$ open ;"],
    [String.raw`SELECT E'it\'s;', e'\\'; x`, [String.raw`SELECT E'it\'s;', e'\\'`], "x"],
    [String.raw`SELECT name'\'; x`, [String.raw`SELECT name'\'`], "x"],
    // Spaces before the first word, and lines of comments: a pattern with two repetitions would not end.
    [`${" ".repeat(1000)}SELECT 1;${"-- x\n \n".repeat(20_000)} /* */ `, ["SELECT 1"], ""],
  ];
  for (const [text, complete, rest] of cases) expect(splitStatements(text), text).toEqual({ complete, rest });
});

test("findFunctionScans reads a plan, and minds no other", () => {
  const plan = [
    {
      name: "JOIN",
      extra_info: { Function: 3 },
      children: [
        { name: "GOHD_OBJECTS", extra_info: { Function: "GOHD_OBJECTS", Projections: ["id", "idom"] } },
        { name: "GOHD_TYPES", children: [], extra_info: { Function: "GOHD_TYPES", Projections: "id" } },
        { name: "X", children: [], extra_info: { Function: "RANGE" } },
      ],
    },
  ];
  const scans = findFunctionScans(JSON.stringify(plan)).map(({ name, columns }) => [name, [...columns]]);
  expect(scans.sort()).toEqual([
    ["gohd_objects", ["id", "idom"]],
    ["gohd_types", ["id"]],
    ["range", []],
  ]);
});
