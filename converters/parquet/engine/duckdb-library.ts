/** DuckDB's native library: loaded when something needs it, and not before, because it is large and not for every machine. */
import type Bindings from "@duckdb/node-bindings";
import { ConverterError, isNotInstalled, missingPackages } from "../../../src/index.ts";

const API = "@duckdb/node-api";
const BINDINGS = "@duckdb/node-bindings";

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
    if (isNotInstalled(error, API) || isNotInstalled(error, BINDINGS)) {
      throw missingPackages("gohd sql, --to parquet and --to duckdb need it", [API, BINDINGS], error);
    }
    const message = (error instanceof Error ? error.message : String(error)).split("\n")[0];
    throw new ConverterError(`DuckDB's native library cannot be loaded: ${message}`, {
      cause: error,
      hint:
        "there are libraries for Linux, macOS and Windows on x64 and arm64, and npm installs this machine's, unless told " +
        "--omit=optional; " +
        "every other command and format works without it",
    });
  }
}
