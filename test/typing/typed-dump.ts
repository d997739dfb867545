/** Draws a dump, types it with types made by hand, and asks for the results by what was drawn. */
import type { Heap } from "../../src/heap/heap.ts";
import { NO_OBJECT, TypeSource } from "../../src/heap/objects.ts";
import { readHeap } from "../../src/heap/read.ts";
import { rootVertexName } from "../../src/heap/roots/root-names.ts";
import { memorySource } from "../../src/io/sources/memory-source.ts";
import { NO_PROGRESS } from "../../src/progress.ts";
import { assignTypes } from "../../src/typing/assign-types.ts";
import { createValueLayouts } from "../../src/typing/layouts/value-layouts.ts";
import type { NameSource } from "../../src/typing/match/name-source.ts";
import { nameFinalizers } from "../../src/typing/names/finalizer-names.ts";
import { nameRoots } from "../../src/typing/names/global-variables.ts";
import type { TypeNode } from "../../src/typing/universe/type-node.ts";
import type { TypeUniverse } from "../../src/typing/universe/type-universe.ts";
import { concat, DumpBuilder, type DumpOptions, type Slot } from "../support/dump-builder.ts";
import type { TypeFixture } from "./type-fixture.ts";

export interface TypedDump {
  readonly heap: Heap;
  /** Of each row of the heap's type table. */
  readonly nodes: readonly (TypeNode | undefined)[];
  readonly universe: TypeUniverse;
  /** Name of an object's type; undefined if it has none. */
  typeOf(slot: Slot): string | undefined;
  /** How it was found. */
  sourceOf(slot: Slot): number;
  /** "main.jobs.head": what the root edges that lead to an object are called, with their vertices. */
  rootsOf(slot: Slot): string[];
}

export async function typeDump(
  types: TypeFixture,
  draw: (dump: DumpBuilder) => void,
  options: DumpOptions & { readonly names?: NameSource; readonly isLocated?: boolean } = {},
): Promise<TypedDump> {
  const builder = new DumpBuilder({ pointerSize: types.pointerSize, ...options });
  draw(builder);
  const parts = builder.parts().map((part) => (typeof part === "number" ? new Uint8Array(part) : part));
  const heap = await readHeap(memorySource(concat(...parts)), { keepShapes: true });
  const executable = types.executable(options.isLocated);
  const typed = await assignTypes(heap, executable, NO_PROGRESS, options.names);
  const objectOf = (slot: Slot): number => {
    const object = heap.findObject(slot.address);
    if (object === NO_OBJECT) throw new Error("the object is not in the dump");
    return object;
  };
  const objects = { ...heap.objects, type: typed.type, typeSource: typed.typeSource };
  const layouts = createValueLayouts(typed.types, typed.nodes, executable);
  const unnamed: Heap = { ...heap, types: { ...typed.types, layouts }, objects };
  const result = nameFinalizers(
    typed.declared === undefined ? unnamed : nameRoots(unnamed, typed.declared),
    executable,
  );
  return {
    heap: result,
    rootsOf(slot) {
      const object = objectOf(slot);
      const { vertices, to, edgeName } = result.roots;
      const names: string[] = [];
      for (let vertex = 0; vertex < vertices.count; vertex++) {
        for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
          if (to[edge] === object) names.push(`${rootVertexName(result, vertex)}: ${edgeName?.(edge)}`);
        }
      }
      return names;
    },
    nodes: typed.nodes,
    universe: executable.universe,
    typeOf(slot) {
      const row = typed.type[objectOf(slot)]!;
      return typed.nodes[row] === undefined ? undefined : typed.types.names[row];
    },
    sourceOf: (slot) => {
      const object = objectOf(slot);
      return typed.nodes[typed.type[object]!] === undefined ? TypeSource.NONE : typed.typeSource[object]!;
    },
  };
}
