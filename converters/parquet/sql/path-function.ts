/**
 * `path_to_root` as a function of its own: on the heap itself a path is a walk over columns, while the macro of the same
 * name makes a list of a whole column first. Same columns, same rows.
 */
import {
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

/** What the function is given for an id that no object can have. */
export const NO_OBJECT_ID = "18446744073709551615::UBIGINT";

/**
 * Makes the function `gohd_path_to_root(object)`. Of what is no object it has no rows; `onMissing` is told.
 */
export function createPathFunction(onMissing: () => void = () => {}): TableFunction {
  return {
    name: `${FUNCTION_PREFIX}path_to_root`,
    hasParameter: true,
    columns: tableOf(Number.NaN, onMissing).columns,
    open: (object) => tableOf(object, onMissing),
  };
}

function tableOf(object: number, onMissing: () => void): Table {
  let steps: readonly Step[] | undefined;
  const stepsOf = (source: TableSource): readonly Step[] => {
    if (steps === undefined) {
      steps = listSteps(source, object);
      if (steps.length === 0) onMissing();
    }
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
      numberColumn("step", "INTEGER", () => (row) => row),
      numberColumn("id", "INTEGER", (source) => (row) => stepsOf(source)[row]!.vertex),
      textColumn("what", (source) => (row) => stepsOf(source)[row]!.what),
      textColumn("field", (source) => (row) => stepsOf(source)[row]!.field),
      addressColumn("address", (source) => (from, count, out) => {
        for (let i = 0; i < count; i++) {
          const at = objectOf(source, from + i);
          out[i] = at === undefined ? Number.NaN : source.heap.objects.address[at]!;
        }
      }),
      numberColumn("size", "BIGINT", (source) => (row) => {
        const at = objectOf(source, row);
        return at === undefined ? undefined : objectSize(source.heap.objects, at);
      }),
      numberColumn(
        "retained",
        "BIGINT",
        (source) => {
          const retained = source.get("retained");
          return (row) => retained[stepsOf(source)[row]!.vertex]!;
        },
        ["retained"],
      ),
    ],
  };
}

/** From the object to the group of the root; nothing if there is no such object. */
function listSteps(source: TableSource, object: number): readonly Step[] {
  const { heap } = source;
  const { objects, roots, types } = heap;
  const { parent, edge } = source.get("paths");
  if (!(object >= 0 && object < objects.count)) return [];
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
