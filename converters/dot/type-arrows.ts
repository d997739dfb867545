/** Arrows: references between types, and from root classes to types, as far as they tell who holds what. */
import { type Heap, objectSize, TypeKind, type TypeReferences } from "../../src/index.ts";
import type { RootClasses } from "./root-classes.ts";

/** References from one item to another; items are the rows of the type table, then the root classes. */
export interface Arrow {
  readonly from: number;
  readonly to: number;
  references: number;
  /** Shallow size of the objects that they lead to, each counted once for each type that refers to it. */
  bytes: number;
}

/**
 * Collects the arrows, in the same order for the same heap. Those of the runtime's own parts of maps become the map's:
 * what a directory or table refers to counts for the type that holds the directory, and nothing leads to either. Linear
 * in the pairs of types and the root edges.
 */
export function collectArrows(heap: Heap, roots: RootClasses, references: TypeReferences): Arrow[] {
  const { count: typeCount, kind } = heap.types;
  const owner = findOwners(heap, references);
  const arrows = new Map<number, Arrow>();
  const width = typeCount + roots.classes.length;
  for (let row = 0; row < references.count; row++) {
    const to = references.to[row]!;
    if (kind[to] !== TypeKind.INTERNAL) {
      add(owner[references.from[row]!]!, to, references.references[row]!, references.bytes[row]!);
    }
  }
  // An object that several root vertices of a class refer to counts once for the class.
  const counted = new Int32Array(heap.objects.count).fill(-1);
  const { vertices, to } = heap.roots;
  for (const [row, root] of roots.classes.entries()) {
    for (const vertex of root.vertices) {
      for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
        const object = to[edge]!;
        const bytes = counted[object] === row ? 0 : objectSize(heap.objects, object);
        counted[object] = row;
        add(typeCount + row, heap.objects.type[object]!, 1, bytes);
      }
    }
  }
  return [...arrows.values()];

  function add(from: number, to: number, count: number, bytes: number): void {
    const key = from * width + to;
    const arrow = arrows.get(key);
    if (arrow === undefined) {
      arrows.set(key, { from, to, references: count, bytes });
    } else {
      arrow.references += count;
      arrow.bytes += bytes;
    }
  }
}

/** Per type: itself, or for the runtime's own parts of maps the type that refers to most of them and is none. */
function findOwners({ types }: Heap, { count, from, to, bytes }: TypeReferences): Int32Array {
  const owner = Int32Array.from(types.names, (_, type) => type);
  const most = new Float64Array(types.count);
  for (let row = 0; row < count; row++) {
    const type = to[row]!;
    if (types.kind[type] !== TypeKind.INTERNAL || from[row] === type || bytes[row]! <= most[type]!) continue;
    most[type] = bytes[row]!;
    owner[type] = from[row]!;
  }
  for (let type = 0; type < types.count; type++) {
    // From tables to directories to maps; the bound is for types that hold one another.
    for (let steps = 0; types.kind[owner[type]!] === TypeKind.INTERNAL && steps < 4; steps++) {
      owner[type] = owner[owner[type]!]!;
    }
  }
  return owner;
}
