/**
 * Root evidence: what the dump's records and the roots say of types: malloc headers, finalizers, goroutines and their
 * defers, closures that start or end them, interfaces in globals and frames.
 */
import { ShapeKind } from "../format/shapes.ts";
import { HAS_HEADER, type Heap, NO_OBJECT, TypeSource } from "../heap/heap.ts";
import { RootKind, RootVertexKind } from "../heap/roots.ts";
import { slotSizeFor } from "../heap/size-classes.ts";
import type { ClosureTypes } from "./closures.ts";
import type { ContentsReader } from "./contents.ts";
import type { ExecutableTypes } from "./executable-types.ts";
import { type Propagation, Rank } from "./propagation.ts";
import { isArray, type TypeNode } from "./type-node.ts";

/** Types every object whose malloc header names its type. Go ≥ 1.22. */
export function assignHeaderTypes(heap: Heap, executable: ExecutableTypes, propagation: Propagation): void {
  const { table, of } = heap.shapes!;
  const nodes = new Array<TypeNode | undefined>(table.count);
  const arrays = new Uint8Array(table.count);
  let any = false;
  for (let shape = 0; shape < table.count; shape++) {
    const { kind, size, typeAddress } = table.get(shape);
    if (kind !== ShapeKind.HEADER) continue;
    let node = executable.typeAt(typeAddress);
    let many = false;
    if (node !== undefined && isArray(node)) {
      node = executable.universe.elementOf(node);
      many = true;
    }
    if (node === undefined || node.size === 0 || node.size + 8 > size) continue;
    nodes[shape] = node;
    arrays[shape] = many || slotSizeFor(node.size + 8) !== size ? 1 : 0;
    any = true;
  }
  if (!any) return;
  for (let object = 0; object < of.length; object++) {
    const node = nodes[of[object]!];
    if (node === undefined) continue;
    propagation.assign(object, node, arrays[of[object]!] === 1, Rank.HEADER, TypeSource.EXACT);
  }
}

/** Follows what finalizers, goroutines, defers and panics say. */
export function addRecordTypes(
  heap: Heap,
  executable: ExecutableTypes,
  closures: ClosureTypes,
  propagation: Propagation,
): void {
  const { universe } = executable;
  const { roots } = heap;
  roots.finalizedObjects.forEach((object, i) => {
    const elem = executable.typeAt(roots.finalizedType[i]!)?.type?.elem;
    if (elem !== undefined) propagation.add(object, 0, universe.of(elem), false, Rank.RECORD, TypeSource.EXACT);
  });
  const structures = new Map<number, TypeNode | undefined>([
    [RootKind.GOROUTINE, universe.named("runtime.g")],
    [RootKind.THREAD, universe.named("runtime.m")],
    [RootKind.DEFER, universe.named("runtime._defer")],
  ]);
  const functions = new Set<number>([
    RootKind.CONTEXT,
    RootKind.DEFER_FUNCTION,
    RootKind.FINALIZER_FUNCTION,
    RootKind.QUEUED_FINALIZER_FUNCTION,
  ]);
  for (let i = 0; i < roots.count; i++) {
    const kind = roots.kind[i]!;
    const object = roots.to[i]!;
    const structure = structures.get(kind);
    if (structure !== undefined) propagation.add(object, 0, structure, false, Rank.RECORD, TypeSource.EXACT);
    if (!functions.has(kind)) continue;
    const closure = closures.typeOf(object);
    if (closure !== undefined) propagation.add(object, 0, closure, false, Rank.RECORD, TypeSource.PROPAGATED);
  }
}

/** Follows the interfaces in globals and stack frames. */
export function addRootInterfaces(
  heap: Heap,
  executable: ExecutableTypes,
  contents: ContentsReader,
  propagation: Propagation,
): void {
  const { roots, segments, goroutines, objects, dump } = heap;
  const { vertices } = roots;
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    const item = vertices.item[vertex]!;
    let position: number;
    if (vertices.kind[vertex] === RootVertexKind.SEGMENT) position = segments[item]!.position;
    else if (vertices.kind[vertex] === RootVertexKind.FRAME) position = goroutines.frames.position[item]!;
    else continue;
    for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
      const offset = roots.offset[edge]!;
      const target = roots.to[edge]!;
      if (offset < dump.pointerSize || target === NO_OBJECT) continue;
      const id = executable.dynamicType(contents.wordAt(position + offset - dump.pointerSize));
      if (id < 0) continue;
      const header = (objects.flags[target]! & HAS_HEADER) !== 0 ? 8 : 0;
      const inside = contents.wordAt(position + offset) - objects.address[target]! - header;
      propagation.addInterfaceTarget(target, inside, executable.universe.nodes[id]!, Rank.INTERFACE);
    }
  }
}
