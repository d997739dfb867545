/** What people get for odd queries: what is wrong, where, and what to do, each in a line. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import duckdb from "../../../../converters/parquet/duckdb.ts";
import { RESERVED_WORDS, toSqlText } from "../../../../converters/parquet/engine/sql-text.ts";
import { explainQueryError } from "../../../../converters/parquet/sql/query-errors.ts";
import { SqlSession, splitStatements } from "../../../../converters/parquet/sql/sql-session.ts";
import { ConverterError, NO_PROGRESS } from "../../../../src/index.ts";
import { convertToPath, temporaryFolder } from "../../../support/directory-conversion.ts";
import { sampleHeap } from "../../../support/sample-dumps.ts";

let session: SqlSession;
beforeAll(async () => {
  const options = { memoryLimit: "", threads: 0, stringLimit: 4096, contentsLimit: 64 };
  const heap = await sampleHeap("workers.1.24.amd64");
  session = await SqlSession.open(heap, { ...options, temporaryDirectory: temporaryFolder() }, NO_PROGRESS);
});
afterAll(() => session.close());

/** What is said of a query that has to fail: the complaint's first line, and the hint. */
async function complain(sql: string): Promise<readonly [complaint: string, hint: string | undefined]> {
  const error = await session
    .run(sql, NO_PROGRESS, async (result) => {
      for await (const _ of result.rows());
    })
    .then(
      () => expect.unreachable(`${sql} has to fail`),
      (thrown: unknown) => thrown,
    );
  expect(error).toBeInstanceOf(ConverterError);
  const { message, hint } = error as ConverterError;
  expect(message).toMatch(/^DuckDB: /);
  expect(message).not.toMatch(/\n\s*\n|Candidate functions|Possible solutions|https?:\/\/duckdb|"pg_|gohd_/);
  return [message, hint];
}

describe("odd queries get a hint", () => {
  test.each([
    ["SELECT id, offset FROM edges LIMIT 1", "syntax error", '"offset" in double quotes'],
    ["path_to_root('x')", "syntax error", "write FROM before it: FROM path_to_root('x')"],
    ["top_types()", "syntax error", "write FROM before it: FROM top_types()"],
    ["top_types", "syntax error", "write FROM top_types()"],
    ["goroutines", "syntax error", "write FROM goroutines"],
    ["FROM top_types", "Table with name top_types does not exist", "write FROM top_types()"],
    ["FROM path_to_root()", "does not support the supplied arguments", "write FROM path_to_root(17)"],
    ["SELECT path_to_root(5)", "is a table function", "write FROM path_to_root(17)"],
    ["FROM path_to_rot(1)", 'Did you mean "path_to_root"?\nLINE 1: FROM path_to_rot(1)\n', undefined],
    ["FROM objects o, path_to_root(o.id)", "takes one object here", "gohd convert --to duckdb"],
    ["FROM path_to_root(0xc000012000)", "syntax error", "'0xc000012000'::BIGINT; for an address"],
    ["FROM dominated_by('x')", "Could not convert string 'x'", "takes an id of objects or of root_vertices"],
    ["SELECT 'x'::INT", "Could not convert string 'x'", "TRY_CAST"],
    ["USE before", 'named "before" found', "before it: ATTACH 'before.duckdb' AS before (READ_ONLY);"],
    ['FROM "a b".objects', 'schema "a b" does not exist', `before it: ATTACH 'a b.duckdb' AS "a b" (READ_ONLY);`],
    ["FROM object", 'does not exist!\nDid you mean "objects"?\nLINE 1: FROM object\n', "SHOW TABLES lists"],
    ["SELECT nme FROM types", 'not found in FROM clause!\nCandidate bindings: "name"', "DESCRIBE objects"],
    ["SELECT o.nme FROM objects o", 'column named "nme"', "DESCRIBE objects"],
    ["SELECT type FROM objects", '"type" not found', "the view named_objects has type"],
    ["SELECT name FROM edges", '"name" not found', "the view named_edges has name"],
    ['SELECT * FROM types WHERE name = "main.Node"', '"main.Node" not found', "single quotes, as 'main.Node'"],
    ["SELECT 1 FROM", "syntax error at end of input", "the statement is not complete"],
    ["SELECT 1 1", "syntax error", "gohd sql --help has examples"],
    ["help", "syntax error", "gohd sql --help tells what there is"],
    ["query.sql", "syntax error", "--file query.sql runs what is in a file"],
    ["SELECT sum(name) FROM types", "No function matches", "as in x::BIGINT"],
    ["SELECT $1", "Values were not provided", "SET VARIABLE x = 17; and then getvariable('x')"],
    ["INSERT INTO objects VALUES (1)", "objects is not an table", "CREATE TABLE mine AS FROM objects"],
    ["UPDATE objects SET size = 0", "Can only update base table", "CREATE TABLE mine AS FROM objects"],
    ["DROP TABLE objects", "is of type View", "CREATE TABLE mine AS FROM objects"],
    ["FROM 'nothere.parquet'", "No files found", "relative paths begin in the directory in which gohd was started"],
    ["ATTACH 'nothere.duckdb' AS b (READ_ONLY)", "database does not exist", "relative paths begin"],
    ["LOAD spatial", 'spatial.duckdb_extension" not found', "INSTALL, with access to the network, and LOAD"],
    ["FROM 'http://localhost:1/x.parquet'", "requires the extension httpfs", "INSTALL, with access to the network"],
  ])("%s", async (sql, complaint, hint) => {
    const [message, found] = await complain(sql);
    expect(message).toContain(complaint);
    if (hint === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(hint);
  });

  test("path_to_root('x'): what it takes", async () => {
    const [message] = await complain("FROM path_to_root('x')");
    expect(message).toMatch(
      /path_to_root\(\) takes the id of an object, a whole number, and not x\nLINE 1: FROM p.*\n *\^$/,
    );
  });

  test.each([
    ["FROM growth", "before.duckdb", "before", false],
    ["growth", "before.duckdb", "before", false],
    ["FROM growth()", "before.duckdb", "before", false],
    ["FROM growth('old')", "old.duckdb", "old", false],
    ["SELECT growth('a', 'b')", "a.duckdb", "a", false],
    ["FROM growth('before', 'after')", "before.duckdb", "before", false],
    ["FROM growth('memory', 'later')", "later.duckdb", "later", true],
    ["FROM growth('x/my-old.duckdb', 'memory')", "x/my-old.duckdb", "my_old", false],
    ["FROM growth('x/my-old.dump.zst', 'memory')", "x/my-old.duckdb", "my_old", false],
    ["FROM growth('order', 'memory')", "order.duckdb", "order_", false],
    ["FROM growth('it''s', 'memory')", "it's.duckdb", "it_s", false],
  ])("%s: statements that run once the other database is there", async (sql, path, name, isFirst) => {
    const [, hint] = await complain(sql);
    const script = hint!.slice(hint!.indexOf("ATTACH"));
    const pair = isFirst ? ["memory", name] : [name, "memory"];
    expect(splitStatements(script)).toEqual({
      complete: [`ATTACH '${path.replaceAll("'", "''")}' AS ${name} (READ_ONLY)`],
      rest: `FROM growth('${pair[0]}', '${pair[1]}')`,
    });
    // The same, of a database that is there.
    const other = await convertToPath(duckdb, await sampleHeap("workers.1.24.amd64"));
    for (const statement of script.replace(/'[^']*(''[^']*)*'/, toSqlText(other)).split("; ")) {
      await session.run(statement, NO_PROGRESS, async (result) => {
        for await (const rows of result.rows()) expect(rows).toEqual([]);
      });
    }
    await session.run(`DETACH ${name}`, NO_PROGRESS, async () => {});
  });

  test("the reserved words are DuckDB's", async () => {
    await session.run(
      "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'",
      NO_PROGRESS,
      async (result) => {
        const words: unknown[] = [];
        for await (const rows of result.rows()) words.push(...rows.flat());
        expect([...RESERVED_WORDS].sort()).toEqual(words.sort());
      },
    );
  });
});

test("DuckDB's own words stay, and the hint; its advice goes", () => {
  const error = new ConverterError(
    "DuckDB: Out of Memory Error: failed (1 MiB/1 MiB used)\n\nPossible solutions:\n* Reducing\n\nSee also https://duckdb.org/x",
    { hint: "the hint it came with" },
  );
  const explained = explainQueryError(error, "SELECT 1", "memory") as ConverterError;
  expect(explained.message).toBe("DuckDB: Out of Memory Error: failed (1 MiB/1 MiB used)");
  expect(explained.hint).toBe("the hint it came with");
  expect(explained.cause).toBe(error);
});

test("what is not DuckDB's passes unchanged", () => {
  for (const error of [new ConverterError("DuckDB's native library cannot be loaded"), new Error("bug"), "x"]) {
    expect(explainQueryError(error, "SELECT 1", "memory")).toBe(error);
  }
});
