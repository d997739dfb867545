/** DuckDB is loaded by who needs it only, and missed politely. */
import { expect, test } from "vitest";
import { loadDuckDB } from "../../../../converters/parquet/engine/duckdb-library.ts";
import { ConverterError } from "../../../../src/index.ts";

test("where there is no native library, the error says what to do", async () => {
  const missing = loadDuckDB(async () => {
    throw new Error("Cannot find module '@duckdb/node-bindings-plan9-mips/duckdb.node'\nRequire stack:\n- somewhere");
  });
  await expect(missing).rejects.toThrow(ConverterError);
  await expect(missing).rejects.toThrow(/^DuckDB's native library cannot be loaded: Cannot find module [^\n]*$/);
  await expect(missing).rejects.toMatchObject({
    hint: expect.stringContaining("every other command and format works"),
  });
});
