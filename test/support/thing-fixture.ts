/** Things drawn by hand: a heap of `graphHeap` with types that have layouts, and the ThingTree of it. */
import { computeOwnerChildren, computeOwnerTree } from "../../src/analysis/ownership/owner-tree.ts";
import { ThingTree } from "../../src/findings/holders/thing-tree.ts";
import type { Heap } from "../../src/heap/heap.ts";
import { Structure, type ValueLayouts } from "../../src/heap/value-layouts.ts";
import { NO_PROGRESS } from "../../src/progress.ts";
import { csr, graphHeap, ROOT_TREE } from "./graph-fixture.ts";

export interface DrawnType {
  readonly name: string;
  /** Left out, it is Go's own type of one value an object. */
  readonly is?: "shape" | "many" | "map";
}

export interface DrawnThing {
  readonly types: readonly DrawnType[];
  /** Row of `types` and bytes of each object. */
  readonly objects: readonly (readonly [type: number, size: number])[];
  readonly edges: readonly (readonly [number, number])[];
  /** Objects that words of the data segment lead to; left out, the first. */
  readonly led?: readonly number[];
}

export async function drawThing({
  types,
  objects,
  edges,
  led = [0],
}: DrawnThing): Promise<{ heap: Heap; tree: ThingTree }> {
  const bare = graphHeap({
    sizes: objects.map(([, size]) => size),
    ...csr(objects.length, edges),
    roots: led.flatMap((object) => [ROOT_TREE.data, object]),
    types: Int32Array.from(objects, ([type]) => type),
    typeNames: types.map(({ name }) => name),
  });
  const layouts = {
    // Their fields are not drawn.
    of: (row: number) =>
      types[row]!.is === "shape" ? undefined : { isMany: types[row]!.is === "many", size: 0, offset: new Int32Array() },
    structure: Uint8Array.from(types, ({ is }) => (is === "map" ? Structure.MAP : Structure.NONE)),
  } as Partial<ValueLayouts> as ValueLayouts;
  const heap: Heap = { ...bare, types: { ...bare.types, layouts } };
  const children = await computeOwnerChildren(heap, NO_PROGRESS);
  return { heap, tree: new ThingTree(heap, await computeOwnerTree(heap, NO_PROGRESS), children, undefined) };
}
