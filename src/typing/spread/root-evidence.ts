/**
 * Root evidence: what the dump's records and the roots say of types: malloc headers, finalizers, goroutines and their
 * defers, closures that start or end them, interfaces in globals and frames.
 */
import { HEADER_SIZE } from "../../format/objects/object-format.ts";
import { ShapeKind } from "../../format/objects/shapes.ts";
import { slotSizeFor } from "../../heap/facts/size-classes.ts";
import type { Heap } from "../../heap/heap.ts";
import { HAS_POINTERS, NO_OBJECT, objectSize, TypeSource, valueAddress } from "../../heap/objects.ts";
import { RootKind, RootVertexKind } from "../../heap/roots/roots.ts";
import { Standing } from "../decision/assignments.ts";
import { Form } from "../decision/form.ts";
import type { ClosureTypes } from "../evidence/closures.ts";
import type { ContentsReader } from "../evidence/contents.ts";
import type { ExecutableTypes } from "../match/executable-types.ts";
import type { SlotSizes } from "../universe/slot-sizes.ts";
import { isArray, type TypeNode } from "../universe/type-node.ts";
import type { Targets } from "./targets.ts";

/** The slot in which small values without pointers are put together. */
const TINY_SLOT = 16;

/** Shorter slices of bytes are not guessed at. */
const MIN_BYTES = 32;

/** Types every object whose malloc header names its type. Go ≥ 1.22. */
export function assignHeaderTypes(heap: Heap, executable: ExecutableTypes, targets: Targets, slots: SlotSizes): void {
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
      const isOne = slots.isFull(node.size, size, HEADER_SIZE);
      node = isOne ? executable.universe.arrayOf(node) : executable.universe.elementOf(node);
      many = true;
    }
    if (node === undefined || node.size === 0 || node.size + HEADER_SIZE > size) continue;
    nodes[shape] = node;
    arrays[shape] = many || !slots.isFull(node.size, size, HEADER_SIZE) ? 1 : 0;
    any = true;
  }
  if (!any) return;
  for (let object = 0; object < of.length; object++) {
    const node = nodes[of[object]!];
    if (node === undefined) continue;
    targets.claims.assign(object, node, arrays[of[object]!] === 1, TypeSource.EXACT, Standing.WHOLE);
  }
}

/** Follows what finalizers, goroutines, defers and panics say. */
export function addRecordTypes(
  heap: Heap,
  executable: ExecutableTypes,
  closures: ClosureTypes,
  targets: Targets,
): void {
  const { universe } = executable;
  const { roots } = heap;
  roots.finalizedObjects.forEach((object, i) => {
    const elem = executable.typeAt(roots.finalizedType[i]!)?.type?.elem;
    if (elem !== undefined) addFinalized(heap, object, universe.of(elem), targets);
  });
  addQueuedTypes(heap, executable, targets);
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
    if (structure !== undefined) targets.claims.add(object, 0, structure, Form.WHOLE, TypeSource.EXACT);
    if (!functions.has(kind)) continue;
    const closure = closures.typeOf(object);
    if (closure !== undefined) targets.claims.add(object, 0, closure, Form.WHOLE, TypeSource.PROPAGATED);
  }
  for (const { type, data } of heap.panicArguments ?? []) {
    const dynamic = executable.typeAt(type);
    const object = heap.findObject(data);
    if (dynamic === undefined || object === NO_OBJECT) continue;
    targets.addInterface(object, data - valueAddress(heap.objects, object), dynamic, TypeSource.PROPAGATED);
  }
}

/** What finalizers are to be called with has the type that they were set for. Linear in what is queued. */
function addQueuedTypes(heap: Heap, executable: ExecutableTypes, targets: Targets): void {
  const { vertices, finalizers, kind, to } = heap.roots;
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    if (vertices.kind[vertex] !== RootVertexKind.FINALIZER) continue;
    const { isQueued, type } = finalizers[vertices.item[vertex]!]!;
    const elem = isQueued ? executable.typeAt(type)?.type?.elem : undefined;
    if (elem === undefined) continue;
    const node = executable.universe.of(elem);
    for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
      if (kind[edge] === RootKind.QUEUED_FINALIZER) addFinalized(heap, to[edge]!, node, targets);
    }
  }
}

/** What has a finalizer is a value by itself, unless it is so small that it can share its slot with others. */
function addFinalized({ objects }: Heap, object: number, node: TypeNode, targets: Targets): void {
  const mayShare = (objects.flags[object]! & HAS_POINTERS) === 0 && objectSize(objects, object) === TINY_SLOT;
  if (mayShare && node.size < TINY_SLOT) return;
  targets.claims.add(object, 0, node, Form.WHOLE, TypeSource.EXACT);
}

/** Follows the interfaces in globals and stack frames. */
export function addRootInterfaces(
  heap: Heap,
  executable: ExecutableTypes,
  contents: ContentsReader,
  targets: Targets,
): void {
  const { pointerSize } = heap.dump;
  visitRootWords(heap, ({ target, position, offset }) => {
    if (offset < pointerSize) return;
    const id = executable.dynamicType(contents.wordAt(position - pointerSize));
    if (id < 0) return;
    const inside = contents.wordAt(position) - valueAddress(heap.objects, target);
    targets.addInterface(target, inside, executable.universe.nodes[id]!, TypeSource.PROPAGATED);
  });
}

/**
 * Guesses at []byte in globals and frames: what a slice has to itself is bytes if its capacity is as many elements as its
 * slot has bytes. For what is still without a type, and has no pointers.
 */
export function addRootBytes(
  heap: Heap,
  executable: ExecutableTypes,
  contents: ContentsReader,
  targets: Targets,
): void {
  const { pointerSize } = heap.dump;
  const { flags } = heap.objects;
  const byte = executable.universe.named("uint8");
  if (byte === undefined) return;
  visitRootWords(heap, ({ target, position, offset, size }) => {
    if (targets.claims.assignments.isTyped(target) || (flags[target]! & HAS_POINTERS) !== 0) return;
    if (offset + 3 * pointerSize > size || contents.wordAt(position) !== valueAddress(heap.objects, target)) return;
    const length = contents.wordAt(position + pointerSize);
    const capacity = contents.wordAt(position + 2 * pointerSize);
    if (length > capacity || capacity < MIN_BYTES || slotSizeFor(capacity) !== objectSize(heap.objects, target)) return;
    targets.claims.add(target, 0, byte, Form.ALL, TypeSource.INFERRED);
  });
}

interface RootWord {
  readonly target: number;
  /** Of the pointer, in the dump. */
  readonly position: number;
  /** Of the pointer, in its segment or frame. */
  readonly offset: number;
  /** Of the segment or frame. */
  readonly size: number;
}

/** Visits the pointers in data, bss and stack frames. */
function visitRootWords({ roots, segments, goroutines }: Heap, visitor: (word: RootWord) => void): void {
  const { vertices } = roots;
  const { frames } = goroutines;
  for (let vertex = 0; vertex < vertices.count; vertex++) {
    const item = vertices.item[vertex]!;
    let start: number;
    let size: number;
    if (vertices.kind[vertex] === RootVertexKind.SEGMENT) {
      start = segments[item]!.position;
      size = segments[item]!.size;
    } else if (vertices.kind[vertex] === RootVertexKind.FRAME) {
      start = frames.position[item]!;
      size = frames.size[item]!;
    } else {
      continue;
    }
    for (let edge = vertices.edgeStart[vertex]!; edge < vertices.edgeStart[vertex + 1]!; edge++) {
      const offset = roots.offset[edge]!;
      const target = roots.to[edge]!;
      if (target !== NO_OBJECT) visitor({ target, position: start + offset, offset, size });
    }
  }
}
