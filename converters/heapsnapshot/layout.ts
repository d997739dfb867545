/**
 * The layout of V8's .heapsnapshot: which numbers make a node, an edge, a trace function, and what the numbers mean.
 * Fields and their order are V8's (heap-snapshot-generator.cc, HeapSnapshotJSONSerializer), because some clients assume
 * them although the header names them.
 */

/** Numbers per node. An edge's `to_node` is the target's ordinal times this. */
export const NODE_FIELD_COUNT = 7;

/** Largest self_size of one node: a slot's size below 2^32, the field's limit. */
export const MAX_PART_SIZE = 2 ** 32 - 8;

/** Numbers per edge. */
export const EDGE_FIELD_COUNT = 3;

const NODE_TYPES = [
  "hidden",
  "array",
  "string",
  "object",
  "code",
  "closure",
  "regexp",
  "number",
  "native",
  "synthetic",
  "concatenated string",
  "sliced string",
  "symbol",
  "bigint",
  "object shape",
] as const;

const EDGE_TYPES = ["context", "element", "property", "internal", "hidden", "shortcut", "weak"] as const;

/** The node types that gohd writes, as their numbers. */
export const NodeType = {
  STRING: NODE_TYPES.indexOf("string"),
  OBJECT: NODE_TYPES.indexOf("object"),
  NUMBER: NODE_TYPES.indexOf("number"),
  NATIVE: NODE_TYPES.indexOf("native"),
  SYNTHETIC: NODE_TYPES.indexOf("synthetic"),
} as const;

/** The edge types that gohd writes, as their numbers. `ELEMENT` and `HIDDEN` have a number, the others a string index. */
export const EdgeType = {
  ELEMENT: EDGE_TYPES.indexOf("element"),
  PROPERTY: EDGE_TYPES.indexOf("property"),
  INTERNAL: EDGE_TYPES.indexOf("internal"),
  HIDDEN: EDGE_TYPES.indexOf("hidden"),
  WEAK: EDGE_TYPES.indexOf("weak"),
} as const;

/** `snapshot.meta`: the file's description of itself. */
export const META = {
  node_fields: ["type", "name", "id", "self_size", "edge_count", "trace_node_id", "detachedness"],
  node_types: [NODE_TYPES, "string", "number", "number", "number", "number", "number"],
  edge_fields: ["type", "name_or_index", "to_node"],
  edge_types: [EDGE_TYPES, "string_or_number", "node"],
  trace_function_info_fields: ["function_id", "name", "script_name", "script_id", "line", "column"],
  trace_node_fields: ["id", "function_info_index", "count", "size", "children"],
  sample_fields: ["timestamp_us", "last_assigned_id"],
  location_fields: ["object_index", "script_id", "line", "column"],
} as const;
