/** What holds of every heap, however damaged the dump was that it was read from. */
import { type Heap, objectSize, REACHABLE, RootKind } from "../../src/index.ts";

/** Throws at the first rule that is broken. Linear. */
export function checkHeap(heap: Heap): void {
  const { objects, edges, roots, statistics: s, types, goroutines, memoryProfile: profile } = heap;
  const rule = (holds: boolean, name: string): void => {
    if (!holds) throw new Error(`the heap breaks the rule: ${name}`);
  };
  const isObject = (object: number): boolean => object >= 0 && object < objects.count;

  let end = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < objects.count; i++) {
    rule(objects.address[i]! >= end && (i === 0 || objects.address[i]! > objects.address[i - 1]!), "objects ascend");
    end = objects.address[i]! + objectSize(objects, i);
    rule(objects.type[i]! >= 0 && objects.type[i]! < types.count, "types are in the table");
    rule(objects.position[i]! > 0 && objects.position[i]! <= heap.dump.size, "contents are in the dump");
    rule(edges.start[i]! <= edges.start[i + 1]!, "edges ascend");
    for (let e = edges.start[i]!; e < edges.start[i + 1]!; e++) {
      rule(isObject(edges.to[e]!), "edges lead to objects");
      rule(edges.offset[e]! < objectSize(objects, i), "edges are inside their object");
      const isLive = (object: number): boolean => (objects.flags[object]! & REACHABLE) !== 0;
      rule(!isLive(i) || isLive(edges.to[e]!), "what the live refer to lives");
    }
    rule(heap.findObject(objects.address[i]!) === i || objectSize(objects, i) === 0, "objects are found");
  }
  rule(edges.start[objects.count] === edges.count, "all edges are some object's");
  rule(
    s.objectRecords === objects.count + s.phantomObjects + s.overlappingObjects,
    "records are objects, phantoms or overlaps",
  );
  rule(
    s.pointerSlots ===
      s.nilPointers +
        s.missingPointers +
        s.pointersToObjects +
        s.pointersToGlobals +
        s.pointersToStacks +
        s.pointersElsewhere,
    "every pointer slot leads somewhere, is nil or is missing",
  );
  for (const [name, value] of Object.entries(s)) {
    if (typeof value === "number") rule(Number.isSafeInteger(value) && value >= 0, `${name} is a count (${value})`);
  }
  rule(types.names.length === types.count && types.kind.length === types.count, "every type has a name");

  const { vertices } = roots;
  rule(vertices.edgeStart[vertices.count] === roots.count, "all root edges are some vertex's");
  const reached = new Set<number>();
  for (let e = 0; e < roots.count; e++) {
    rule(isObject(roots.to[e]!), "root edges lead to objects");
    const isGarbage = roots.kind[e] === RootKind.UNREACHABLE;
    rule(isGarbage !== ((objects.flags[roots.to[e]!]! & REACHABLE) !== 0), "roots make objects live");
    reached.add(roots.to[e]!);
  }
  for (const object of reached) {
    for (let e = edges.start[object]!; e < edges.start[object + 1]!; e++) reached.add(edges.to[e]!);
  }
  rule(reached.size === objects.count, "every object is reached from some root vertex");
  rule(goroutines.frameStart[goroutines.count] === goroutines.frames.count, "all frames are some goroutine's");
  rule(profile.buckets.siteStart[profile.buckets.count] === profile.buckets.siteFunction.length, "call sites add up");
  for (const object of profile.samples.object) rule(object === -1 || isObject(object), "samples are objects");
}
