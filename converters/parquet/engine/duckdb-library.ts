/** DuckDB's native library: loaded when something needs it, and not before, because it is large and not for every machine. */
import type Bindings from "@duckdb/node-bindings";
import { ConverterError } from "../../../src/index.ts";

export interface DuckDBLibrary {
  readonly api: typeof import("@duckdb/node-api");
  /** The C API, for what has to be fast. */
  readonly bindings: typeof Bindings;
}

/**
 * Loads the library; later calls cost nothing.
 * @throws ConverterError that says what to do if there is none for this machine
 */
export async function loadDuckDB(
  load: () => Promise<DuckDBLibrary> = async () => ({
    api: await import("@duckdb/node-api"),
    bindings: (await import("@duckdb/node-bindings")).default,
  }),
): Promise<DuckDBLibrary> {
  try {
    return await load();
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).split("\n")[0];
    throw new ConverterError(`DuckDB's native library cannot be loaded: ${message}`, {
      cause: error,
      hint:
        "install gohd again without --omit=optional (npm install @duckdb/node-api); there are libraries for Linux, macOS and " +
        "Windows on x64 and arm64; every other command and format works without it",
    });
  }
}
