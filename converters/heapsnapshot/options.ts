/** Options that more than one of the three converters take. */
import type { Holdings } from "../../src/index.ts";

/** Whether objects that no GC root leads to are written. */
export const UNREACHABLE_OPTION = {
  type: "boolean",
  default: true,
  description: "write objects that no GC root leads to, under (unreachable)",
  off: "leave out objects that no GC root leads to",
} as const;

/** Whether texts of strings and keys of maps are written. */
export const CONTENTS_OPTION = {
  type: "boolean",
  default: true,
  description: "show the texts of strings and the keys of maps, if the types are known",
  off: "leave out the texts of strings and the keys of maps, which may be secrets",
} as const;

/** Whether what maps are made of is shown. */
export const INTERNALS_OPTION = {
  type: "boolean",
  default: false,
  description: "show directories, tables, groups and buckets of maps, which are parts of the map's node otherwise",
} as const;

/** Whether numbers are shown. */
export const LENGTHS_OPTION = {
  type: "boolean",
  default: false,
  description: "show lengths and capacities of slices, maps and channels as numbers; they are nodes without a size",
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
  description: "characters after which the text of a string is cut",
} as const;
