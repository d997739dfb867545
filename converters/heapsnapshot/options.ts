/** Options that more than one of the three converters take. */
import type { Holdings } from "../../src/index.ts";

/** Whether objects that no GC root leads to are written. */
export const UNREACHABLE_OPTION = {
  type: "boolean",
  default: true,
  description: "write garbage, under (unreachable)",
  off: "leave out garbage, which no GC root leads to",
} as const;

/** Whether texts of strings and keys of maps are written. */
export const CONTENTS_OPTION = {
  type: "boolean",
  default: true,
  description: "show the texts of strings and the keys of maps; needs --exe",
  off: "leave out the texts of strings and the keys of maps, which may be secrets",
} as const;

/** Whether what maps are made of is shown. */
export const INTERNALS_OPTION = {
  type: "boolean",
  default: false,
  description: "show what maps are made of: directories, tables, groups, buckets",
} as const;

/** Whether numbers are shown. */
export const LENGTHS_OPTION = {
  type: "boolean",
  default: false,
  description: "show lengths and capacities of slices, maps and channels, as nodes of size 0",
} as const;

/** What snapshots hold of the process's memory. */
export const SNAPSHOT_HOLDINGS: Holdings = {
  addresses: true,
  contents: [
    { what: "texts of strings", option: "contents" },
    { what: "keys of maps", option: "contents" },
  ],
};

/** Where texts are cut. */
export const STRING_LENGTH_OPTION = {
  type: "integer",
  default: 256,
  min: 1,
  max: 1_000_000,
  description: "cut texts after this many characters",
} as const;
