/** Options that the converters of this folder share, and how they become settings. */
import type { Holdings, OptionSpec, OptionValues } from "../../src/index.ts";
import { UsageError } from "../../src/index.ts";
import type { DatabaseOptions } from "./engine/database.ts";
import type { Table } from "./tables/table.ts";
import type { Need, SourceOptions } from "./tables/table-source.ts";
import { TABLES } from "./tables/tables.ts";

/** What tables hold of the process's memory. */
export const TABLE_HOLDINGS: Holdings = {
  addresses: true,
  contents: [
    { what: "texts of strings", option: "strings" },
    { what: "the bytes of all objects", option: "contents" },
  ],
};

export const SHARED_OPTIONS = {
  strings: {
    type: "boolean",
    default: false,
    description: "write the table strings: the texts of the process, secrets included",
  },
  "string-limit": {
    type: "integer",
    default: 256,
    min: 1,
    max: 2 ** 28,
    description: "cut texts in the table strings after this many characters",
  },
  contents: {
    type: "boolean",
    default: false,
    description: "write the table contents: the bytes of every object, secrets included",
  },
  "contents-limit": {
    type: "integer",
    default: 4096,
    min: 1,
    max: 2 ** 30,
    description: "cut objects in the table contents after this many bytes",
  },
  "memory-limit": {
    type: "string",
    default: "",
    description: "memory that DuckDB may take beside the heap, as in 2GB; otherwise 80 % of the machine's",
  },
  threads: {
    type: "integer",
    // The rows come one after the other from one thread, and a second one would do nothing but wait, busily.
    default: 1,
    min: 0,
    max: 1024,
    description: "threads that DuckDB may use; 0 is one per core; more than one is hardly faster",
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

type SharedValues = OptionValues<typeof SHARED_OPTIONS>;

/** Limits of what is read from the dump. */
export function toSourceOptions(values: SharedValues): SourceOptions {
  return { stringLimit: values["string-limit"], contentsLimit: values["contents-limit"] };
}

/** @throws UsageError if the limit is no amount of memory */
export function toDatabaseOptions(
  values: Pick<SharedValues, "memory-limit" | "threads">,
): Pick<DatabaseOptions, "memoryLimit" | "threads"> {
  const memoryLimit = values["memory-limit"].trim();
  if (memoryLimit !== "" && !(/^\d+(\.\d+)?\s*([KMGT]i?)?B$/i.test(memoryLimit) && parseFloat(memoryLimit) > 0)) {
    throw new UsageError(`"${memoryLimit}" is no amount of memory`, { hint: "for example: --memory-limit 2GB" });
  }
  return { memoryLimit, threads: values.threads };
}

/** The tables to write: those with contents only if they are wanted. */
export function chooseTables(values: Pick<SharedValues, "strings" | "contents">): readonly Table[] {
  return TABLES.filter(({ onRequest }) => onRequest === undefined || values[onRequest]);
}

/** What has to be computed for all columns of a table. */
export function needsOf({ needs = [], columns }: Table): ReadonlySet<Need> {
  return new Set([...needs, ...columns.flatMap((column) => column.needs)]);
}
