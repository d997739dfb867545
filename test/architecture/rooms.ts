/**
 * The rooms of the big floors: the folders inside one, and the files beside them, in the order in which the data passes
 * through. A room may import the rooms that its row lists, which stand above it; so the order is one way, like the floors'.
 */

/** Floor to room (a path in it, files without their ending) to the rooms of the floor that it may import. */
export const ROOMS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "src/io": {
    "base-name": [],
    "file-kinds": [],
    "system-errors": [],
    "output-errors": ["system-errors"],
    existing: ["system-errors"],
    temporaries: ["system-errors", "existing"],
    packing: [],
    sources: ["system-errors", "temporaries", "packing"],
    sinks: ["system-errors", "output-errors", "existing", "temporaries"],
  },
  "src/format": {
    records: [],
    objects: ["records"],
  },
  "src/heap": {
    columns: [],
    "lower-bound": [],
    objects: [],
    "value-layouts": [],
    types: ["value-layouts"],
    facts: [],
    roots: ["value-layouts"],
    addresses: ["objects", "roots"],
    heap: ["objects", "types", "facts", "roots", "addresses"],
    cleanups: ["objects", "heap"],
    memo: ["heap"],
    "edge-names": ["objects", "heap"],
    building: ["columns", "objects", "types", "facts", "roots", "addresses", "heap"],
    read: ["facts", "heap", "building"],
  },
  "src/binary": {
    containers: [],
    "containers/elf": ["containers"],
    "containers/mach-o": ["containers"],
    "containers/pe": ["containers"],
    module: ["containers"],
    types: ["containers", "module"],
    functions: ["containers", "module"],
    dwarf: ["containers", "module", "types"],
    index: [
      "containers",
      "containers/elf",
      "containers/mach-o",
      "containers/pe",
      "module",
      "types",
      "functions",
      "dwarf",
    ],
  },
  "src/typing": {
    universe: [],
    match: ["universe"],
    evidence: ["universe", "match"],
    decision: ["universe", "evidence"],
    spread: ["universe", "match", "evidence", "decision"],
    inference: ["universe", "match", "evidence", "decision", "spread"],
    names: ["universe", "match", "evidence", "spread"],
    "typed-table": ["universe", "names", "decision"],
    "assign-types": ["universe", "match", "evidence", "decision", "spread", "inference", "names", "typed-table"],
    layouts: ["universe", "match", "names"],
    "type-heap": ["universe", "match", "names", "assign-types", "layouts"],
  },
  "src/analysis": {
    vertices: [],
    histogram: [],
    "sampling-rate": [],
    "allocation-estimates": [],
    dominators: ["vertices"],
    references: ["vertices"],
    ownership: ["vertices", "dominators", "references"],
    paths: ["references"],
    groups: ["vertices", "dominators", "references", "ownership", "paths"],
  },
  "src/findings": {
    fingerprint: [],
    rules: [],
    finding: ["rules"],
    process: [],
    goroutines: [],
    inspections: ["fingerprint", "rules", "finding", "process", "goroutines"],
    inspect: ["finding", "inspections"],
    holders: [],
    report: ["rules", "finding", "inspect", "holders", "goroutines"],
    why: [],
  },
  "src/cli": {
    terminal: [],
    command: ["terminal"],
    options: [],
    input: ["terminal"],
    output: ["terminal"],
    completion: ["options"],
    info: ["terminal", "input"],
    report: [],
    why: [],
    sql: ["terminal", "command", "input", "output"],
    commands: ["terminal", "command", "options", "input", "output", "completion", "info", "report", "why", "sql"],
    program: ["terminal", "command", "options", "commands"],
    worker: ["terminal", "options", "program"],
    main: ["terminal", "options", "worker"],
  },
  "converters/parquet": {
    tables: [],
    engine: ["tables"],
    options: ["tables", "engine"],
    partition: ["tables"],
    sql: ["tables", "engine", "options"],
    duckdb: ["tables", "engine", "options", "sql"],
    index: ["tables", "engine", "options", "partition", "sql"],
  },
  "converters/report": {
    options: [],
    "page-data": [],
    page: ["page-data"],
    "text-list": [],
    categories: ["page-data"],
    "page-bars": ["page-data"],
    "page-tables": ["page-data"],
    statements: ["page-data", "page-tables"],
    "page-content": ["page-data", "text-list", "categories", "page-bars", "page-tables", "statements"],
    "html-document": ["page-data"],
    html: ["options", "page-content", "html-document"],
    "markdown-text": [],
    markdown: ["options", "markdown-text"],
    json: ["options"],
  },
};

/** Pairs of rooms that break the table, as "floor: room -> room"; empty is what it should be. */
export const ROOM_DEBT: readonly string[] = [];

/** Circles of files that are known; empty is what it should be. */
export const CIRCLE_DEBT: readonly string[] = [];

/** Folders with more than 20 files side by side, and why; none may have more than 30. */
export const LARGE_FOLDERS: Readonly<Record<string, string>> = {
  "converters/parquet/tables": "one file for each family of tables, and what they share",
};
