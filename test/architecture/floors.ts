/**
 * The floors of the house: which layer may import which. A layer is a folder of `src/` or `converters/`, or a file beside
 * them without its ending. It may import itself and what its row lists, nothing else; a new folder needs a new row.
 */

/** Layer to the layers it may import. */
export const FLOORS: Readonly<Record<string, readonly string[]>> = {
  "src/errors": [],
  "src/progress": [],
  "src/quantities": [],
  "src/nearest": [],
  "src/shown-text": [],
  "src/symbol-names": [],
  "src/markdown": ["src/shown-text"],
  "src/column-memory": [],
  // The pool of threads. It is handed the platform's way to start one.
  "src/workers": ["src/errors", "src/progress", "src/column-memory"],
  "src/io": ["src/errors", "src/progress"],
  "src/format": ["src/errors", "src/progress", "src/shown-text", "src/workers", "src/io"],
  "src/heap": [
    "src/errors",
    "src/progress",
    "src/symbol-names",
    "src/column-memory",
    "src/workers",
    "src/io",
    "src/format",
  ],
  "src/binary": ["src/errors", "src/progress", "src/symbol-names", "src/column-memory", "src/io"],
  "src/typing": [
    "src/errors",
    "src/progress",
    "src/column-memory",
    "src/workers",
    "src/io",
    "src/format",
    "src/heap",
    "src/binary",
  ],
  // Knows types only through the interfaces in heap/types.ts, which typing implements.
  "src/values": ["src/errors", "src/progress", "src/column-memory", "src/workers", "src/format", "src/heap"],
  "src/analysis": [
    "src/errors",
    "src/progress",
    "src/quantities",
    "src/column-memory",
    "src/workers",
    "src/heap",
    "src/values",
  ],
  // The answer, as plain data. Like the two above, it works on heaps that were not typed.
  "src/findings": [
    "src/errors",
    "src/progress",
    "src/column-memory",
    "src/quantities",
    "src/nearest",
    "src/shown-text",
    "src/io",
    "src/heap",
    "src/values",
    "src/analysis",
  ],
  // A heap beside its dump: from all that is known of it to a file, and back.
  "src/dump-index": [
    "src/errors",
    "src/progress",
    "src/io",
    "src/heap",
    "src/binary",
    "src/typing",
    "src/values",
    "src/analysis",
    "src/findings",
  ],
  // Of findings only what a comparison is, which converters may be handed.
  "src/converter": ["src/errors", "src/progress", "src/nearest", "src/io", "src/heap", "src/findings"],
  "src/index": [
    "src/errors",
    "src/progress",
    "src/quantities",
    "src/shown-text",
    "src/markdown",
    "src/io",
    "src/heap",
    "src/binary",
    "src/typing",
    "src/values",
    "src/analysis",
    "src/findings",
    "src/converter",
  ],
  // What threads of the pool find by its name.
  "src/kernels": ["src/workers", "src/heap", "src/typing", "src/analysis"],
  // The table needs the contract's type for tables, which is the command line's business and not the public door's.
  "converters/index": ["converters/*", "src/converter"],
  "converters/*": ["src/index"],
  "src/cli": [
    "src/errors",
    "src/progress",
    "src/quantities",
    "src/nearest",
    "src/shown-text",
    "src/markdown",
    "src/column-memory",
    "src/workers",
    "src/kernels",
    "src/io",
    "src/heap",
    "src/binary",
    "src/typing",
    "src/values",
    "src/analysis",
    "src/findings",
    "src/dump-index",
    "src/converter",
    "converters/index",
  ],
};

/** Imports that break the table, as "file -> file", with the reason; empty is what it should be. */
export const FLOOR_DEBT: readonly string[] = [];

/** Packages each folder may import; node's own modules are another test's. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "src/io": ["fflate", "fzstd"],
  "src/cli": ["commander", "cli-progress", "cli-table3", "yaml"],
  "converters/dot": ["@hpcc-js/wasm-graphviz"],
  "converters/pprof": ["pprof-format"],
  "converters/parquet": ["@duckdb/node-api", "@duckdb/node-bindings"],
};

/** Packages that a folder is bundled with for browsers, when gohd is built; nobody installs them. */
export const BUNDLED: Readonly<Record<string, readonly string[]>> = {
  "converters/report/page": ["preact", "d3-hierarchy", "@tanstack/table-core"],
};

/** Layers that run anywhere: neither they nor what they import need Node. */
export const ANYWHERE: readonly string[] = [
  "src/errors",
  "src/progress",
  "src/quantities",
  "src/nearest",
  "src/shown-text",
  "src/markdown",
  "src/column-memory",
  "src/workers",
  "src/format",
  "src/heap",
  "src/binary",
  "src/typing",
  "src/values",
  "src/analysis",
  "src/findings",
];

/** Files that ask for what Node has, and do without where there is none. */
export const ASKS_FOR_NODE: readonly string[] = ["src/io/packing/native-zlib.ts"];
