/**
 * `path_to_root` as a function of its own: on the heap itself a path is a walk over columns, while the macro of the same
 * name makes a list of a whole column first. Same columns, same rows.
 */
import {
  ConverterError,
  edgeName,
  objectSize,
  ROOT_KIND_NAMES,
  RootVertexKind,
  rootEdgeName,
  rootVertexName,
} from "../../../src/index.ts";
import { FUNCTION_PREFIX, type TableFunction } from "../engine/feed.ts";
import { addressColumn } from "../tables/column.ts";
import type { Table } from "../tables/table.ts";
import type { TableSource } from "../tables/table-source.ts";
import { numberColumn, textColumn } from "../tables/value-columns.ts";

interface Step {
  readonly vertex: number;
  readonly what: string;
  readonly field: string | undefined;
}

const { ROOT, GC_ROOTS } = RootVertexKind;

/** The function `gohd_path_to_root(object)`. */
export const pathFunction: TableFunction = {
  name: `${FUNCTION_PREFIX}path_to_root`,
  hasParameter: true,
  columns: tableOf(Number.NaN).columns,
  open: tableOf,
};

function tableOf(object: number): Table {
  let steps: readonly Step[] | undefined;
  const stepsOf = (source: TableSource): readonly Step[] => {
    steps ??= listSteps(source, object);
    return steps;
  };
  const objectOf = (source: TableSource, row: number): number | undefined => {
    const { vertex } = stepsOf(source)[row]!;
    return vertex < source.heap.objects.count ? vertex : undefined;
  };
  return {
    name: "path_to_root",
    needs: ["paths"],
    rowCount: (source) => stepsOf(source).length,
    columns: [
      numberColumn("step", "UINTEGER", () => (row) => row),
      numberColumn("id", "UINTEGER", (source) => (row) => stepsOf(source)[row]!.vertex),
      textColumn("what", (source) => (row) => stepsOf(source)[row]!.what),
      textColumn("field", (source) => (row) => stepsOf(source)[row]!.field),
      addressColumn("address", (source) => (from, count, out) => {
        for (let i = 0; i < count; i++) {
          const at = objectOf(source, from + i);
          out[i] = at === undefined ? Number.NaN : source.heap.objects.address[at]!;
        }
      }),
      numberColumn("size", "UBIGINT", (source) => (row) => {
        const at = objectOf(source, row);
        return at === undefined ? undefined : objectSize(source.heap.objects, at);
      }),
      numberColumn(
        "retained",
        "UBIGINT",
        (source) => {
          const retained = source.get("retained");
          return (row) => retained[stepsOf(source)[row]!.vertex]!;
        },
        ["retained"],
      ),
    ],
  };
}

/**
 * From the object to the group of the root.
 * @throws ConverterError if there is no such object
 */
function listSteps(source: TableSource, object: number): readonly Step[] {
  const { heap } = source;
  const { objects, roots, types } = heap;
  const { parent, edge } = source.get("paths");
  if (!(object >= 0 && object < objects.count)) {
    throw new ConverterError(`there is no object ${object}: their ids are 0 … ${objects.count - 1}`, {
      hint: `of an address: SELECT id FROM objects WHERE address <= '0x…'::UBIGINT ORDER BY address DESC LIMIT 1`,
    });
  }
  const steps: Step[] = [];
  let vertex = object;
  while (vertex < objects.count) {
    const above = parent[vertex]!;
    const by = edge[vertex]!;
    const field =
      above < objects.count
        ? // As in the table edge_names.
          edgeName(heap, above, by, false)?.replaceAll(/\[\d+\]/g, "[]")
        : (rootEdgeName(heap, above - objects.count, by) ?? ROOT_KIND_NAMES[roots.kind[by]!]);
    steps.push({ vertex, what: types.names[objects.type[vertex]!]!, field: field || undefined });
    vertex = above;
  }
  for (let row = vertex - objects.count; row >= 0; row = roots.vertices.parent[row]!) {
    const kind = roots.vertices.kind[row];
    if (kind === ROOT || kind === GC_ROOTS) break;
    steps.push({ vertex: objects.count + row, what: rootVertexName(heap, row), field: undefined });
  }
  return steps;
}
