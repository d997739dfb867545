/**
 * Finalizers by name: the executable knows their functions, the types of their objects, and the fields by which these hold
 * what the runtime keeps alive for the call.
 */
import type { Heap } from "../../heap/heap.ts";
import type { Finalizer } from "../../heap/roots/finalizers.ts";
import { printedFunctionName } from "../../heap/roots/function-names.ts";
import { RootKind, RootVertexKind } from "../../heap/roots/roots.ts";
import type { ExecutableTypes } from "../match/executable-types.ts";
import { fieldPath } from "./field-names.ts";

/** The heap with finalizers that have names, as far as the executable tells them. Linear in the finalizers and root edges. */
export function nameFinalizers(heap: Heap, executable: ExecutableTypes): Heap {
  const { roots } = heap;
  const finalizers = roots.finalizers.map((finalizer): Finalizer => {
    const typeName = executable.typeAt(finalizer.type)?.name;
    const name = executable.functionAt(finalizer.function);
    return {
      ...finalizer,
      ...(typeName === undefined ? {} : { typeName }),
      ...(name === undefined ? {} : { functionName: printedFunctionName(name) }),
    };
  });
  const names = nameReferents(heap, executable);
  const { edgeName } = roots;
  return {
    ...heap,
    roots: { ...roots, finalizers, edgeName: (edge) => names.get(edge) ?? edgeName?.(edge) },
  };
}

/** The field of each referent's pointer in the object with the finalizer, by root edge. */
function nameReferents({ roots }: Heap, executable: ExecutableTypes): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  const { kind, item, edgeStart, count } = roots.vertices;
  for (let vertex = 0; vertex < count; vertex++) {
    if (kind[vertex] !== RootVertexKind.FINALIZER) continue;
    const elem = executable.typeAt(roots.finalizers[item[vertex]!]!.type)?.type?.elem;
    if (elem === undefined) continue;
    const paths = new Map<number, string>();
    for (let edge = edgeStart[vertex]!; edge < edgeStart[vertex + 1]!; edge++) {
      const offset = roots.offset[edge]!;
      if (roots.kind[edge] !== RootKind.FINALIZER_REFERENT || offset >= elem.size) continue;
      let path = paths.get(offset);
      if (path === undefined) {
        path = fieldPath(elem, offset);
        paths.set(offset, path);
      }
      names.set(edge, path);
    }
  }
  return names;
}
