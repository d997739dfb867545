/** The table `objects`: one row per allocated slot, in the order of the addresses. */
import {
  HAS_HEADER,
  type Heap,
  HUGE_SIZE,
  objectSize,
  REACHABLE,
  ROOT_KIND_NAMES,
  TypeSource,
} from "../../../src/index.ts";
import {
  addressColumn,
  arrayColumn,
  byteColumn,
  idColumn,
  rowNumberColumn,
  type SparseValues,
  sparseColumn,
  unsignedColumn,
  valuesOf,
} from "./column.ts";
import { namesOf } from "./enum-names.ts";
import type { Table } from "./table.ts";
import type { TableSource } from "./table-source.ts";

/** Bytes of a malloc header. */
const HEADER_SIZE = 8;

export const objectsTable: Table = {
  name: "objects",
  rowCount: ({ heap }) => heap.objects.count,
  columns: [
    rowNumberColumn("id"),
    addressColumn(
      "address",
      valuesOf(({ heap }) => heap.objects.address),
    ),
    unsignedColumn("size", ({ heap: { objects } }) => (from, count, out) => {
      const { size } = objects;
      for (let i = 0; i < count; i++) {
        const bytes = size[from + i]!;
        out[i] = bytes === HUGE_SIZE ? objectSize(objects, from + i) : bytes;
      }
    }),
    byteColumn("value_offset", "TINYINT", ({ heap }) => (from, count, out) => {
      const { flags } = heap.objects;
      for (let i = 0; i < count; i++) out[i] = (flags[from + i]! & HAS_HEADER) === 0 ? 0 : HEADER_SIZE;
    }),
    arrayColumn("type_id", "INTEGER", ({ heap }) => heap.objects.type),
    arrayColumn("container_id", "INTEGER", (source) => source.get("containers"), ["containers"]),
    arrayColumn("type_source", namesOf(TypeSource), ({ heap }) => heap.objects.typeSource),
    unsignedColumn("repeat", ({ heap }) => {
      const { flags, type } = heap.objects;
      const stride = strides(heap);
      return (from, count, out) => {
        for (let i = 0; i < count; i++) {
          const bytes = stride[type[from + i]!]!;
          if (bytes <= 0) {
            out[i] = bytes < 0 ? Number.NaN : 1;
            continue;
          }
          const header = (flags[from + i]! & HAS_HEADER) === 0 ? 0 : HEADER_SIZE;
          out[i] = Math.floor((objectSize(heap.objects, from + i) - header) / bytes);
        }
      };
    }),
    byteColumn("reachable", "BOOLEAN", ({ heap }) => (from, count, out) => {
      const { flags } = heap.objects;
      for (let i = 0; i < count; i++) out[i] = (flags[from + i]! & REACHABLE) === 0 ? 0 : 1;
    }),
    arrayColumn("idom", "INTEGER", (source) => source.get("dominators").immediateDominator, ["dominators"]),
    arrayColumn("idom_depth", "INTEGER", (source) => source.get("dominatorDepth"), ["dominatorDepth"]),
    arrayColumn("idom_first", "INTEGER", (source) => source.get("intervals").first, ["intervals"]),
    arrayColumn("idom_count", "INTEGER", (source) => source.get("intervals").size, ["intervals"]),
    unsignedColumn(
      "retained",
      valuesOf((source) => source.get("retained")),
      ["retained"],
    ),
    arrayColumn("depth", "INTEGER", (source) => source.get("paths").depth, ["paths"]),
    arrayColumn("bfs_parent", "INTEGER", (source) => source.get("paths").parent, ["paths"]),
    idColumn(
      "bfs_edge",
      (source) => {
        const { parent, edge } = source.get("paths");
        const { count: objectCount } = source.heap.objects;
        return (from, count, out) => {
          for (let i = 0; i < count; i++) out[i] = parent[from + i]! < objectCount ? edge[from + i]! : -1;
        };
      },
      ["paths"],
    ),
    arrayColumn("root_id", "INTEGER", (source) => source.get("paths").root, ["paths"]),
    byteColumn(
      "root_kind",
      ROOT_KIND_NAMES,
      (source) => {
        const { root } = source.get("paths");
        const { kind } = source.heap.roots;
        return (from, count, out) => {
          for (let i = 0; i < count; i++) out[i] = kind[root[from + i]!]!;
        };
      },
      ["paths"],
    ),
    sparseColumn("alloc_bucket", "INTEGER", (source) => source.once(sortSamples)),
  ],
};

/** Bytes from element to element, by type; 0 for what is one value, -1 for what is no Go type. */
function strides({ types }: Heap): Float64Array {
  const { fields, details } = types;
  return Float64Array.from({ length: types.count }, (_, type) => {
    if (fields === undefined || details?.(type) === undefined) return -1;
    return fields.stride(type);
  });
}

/** The sampled objects, ascending, and the bucket of each; without those whose bucket the dump does not have. */
function sortSamples({ heap }: TableSource): SparseValues {
  const { samples } = heap.memoryProfile;
  const rows = [...samples.object.keys()].filter((row) => samples.object[row]! >= 0 && samples.bucket[row]! >= 0);
  rows.sort((a, b) => samples.object[a]! - samples.object[b]!);
  return {
    rows: Int32Array.from(rows, (row) => samples.object[row]!),
    values: Int32Array.from(rows, (row) => samples.bucket[row]!),
  };
}
