/** Scores: how many of the types that gohd found are the ones that the runtime allocated. */
import { readFileSync } from "node:fs";
import { offsetInValue } from "../../src/heap/edge-names.ts";
import { objectSize, TypeSource } from "../../src/heap/objects.ts";
import type { TypedHeap } from "../../src/typing/type-heap.ts";
import { NodeKind, type TypeNode } from "../../src/typing/universe/type-node.ts";

/** What the runtime allocated at one address. */
export interface Truth {
  readonly type: number;
  readonly typeSize: number;
  readonly pointerBytes: number;
  readonly name: string;
  readonly isTiny: boolean;
}

/** Counts of objects and bytes. */
export interface Score {
  objects: number;
  bytes: number;
  typed: number;
  right: number;
  rightBytes: number;
  wrong: number;
  wrongBytes: number;
  readonly mistakes: Map<string, number>;
  readonly missing: Map<string, number>;
}

/** Reads a truth file: the allocation of every object. */
export function readTruth(file: string, { heap }: TypedHeap): Map<number, Truth> {
  const truth = new Map<number, Truth>();
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const [address, size, type, typeSize, pointerBytes, name] = line.split("\t");
    if (name === undefined) continue;
    const at = Number.parseInt(address!, 16);
    const object = heap.findObject(at);
    if (object < 0) continue;
    const inside = at - heap.objects.address[object]!;
    if (inside === 0 || (inside === 8 && Number(size) > 120)) {
      truth.set(object, {
        type: Number.parseInt(type!, 16),
        typeSize: Number(typeSize),
        pointerBytes: Number(pointerBytes),
        name,
        isTiny: objectSize(heap.objects, object) === 16 && Number(size) < 16 && Number(pointerBytes) === 0,
      });
    } else if (inside === 1 && Number(size) === 1) {
      const known = truth.get(object);
      truth.set(object, { type: 0, typeSize: 0, pointerBytes: 0, name: "", ...known, isTiny: true });
    }
  }
  return truth;
}

/** Compares every object's type with what was allocated there. */
export function compare(typed: TypedHeap, truth: ReadonlyMap<number, Truth>): Score {
  const { objects } = typed.heap;
  const score: Score = {
    objects: 0,
    bytes: 0,
    typed: 0,
    right: 0,
    rightBytes: 0,
    wrong: 0,
    wrongBytes: 0,
    mistakes: new Map(),
    missing: new Map(),
  };
  const count = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1);
  for (let object = 0; object < objects.count; object++) {
    const size = objectSize(objects, object);
    score.objects++;
    score.bytes += size;
    const expected = truth.get(object);
    const node = typed.nodes[objects.type[object]!];
    if (node === undefined || objects.typeSource[object] === TypeSource.NONE) {
      count(
        score.missing,
        `${expected === undefined ? "?" : expected.type === 0 ? "(noscan)" : expected.name} /${size}`,
      );
      continue;
    }
    score.typed++;
    if (expected === undefined) continue;
    if (isRight(node, expected, typed)) {
      score.right++;
      score.rightBytes += size;
    } else {
      score.wrong++;
      score.wrongBytes += size;
      count(score.mistakes, `${expected.name || "(noscan)"} <- ${node.name} (source ${objects.typeSource[object]})`);
    }
  }
  return score;
}

/** The rules of the comparison: typing.md §1. */
function isRight(node: TypeNode, expected: Truth, { executable }: TypedHeap): boolean {
  const { name } = expected;
  if (expected.type === 0 || (expected.isTiny && expected.pointerBytes === 0)) {
    return node.leaves.offset.length === 0 || node.kind === NodeKind.CHANNEL;
  }
  switch (node.kind) {
    case NodeKind.MAP_HEADER:
      return name === "runtime.hmap" || name === "maps.Map";
    case NodeKind.CHANNEL:
      return name === "runtime.hchan";
    case NodeKind.MAP_TABLE:
      return name === "maps.table";
    case NodeKind.MAP_DIRECTORY:
      return name === "*maps.table" || name.endsWith("]*maps.table");
    case NodeKind.MAP_EXTRA:
      return name === "runtime.mapextra";
    case NodeKind.CLOSURE:
      return name.startsWith("struct { F uintptr");
    case NodeKind.STRING:
      return expected.pointerBytes === 0 && (name === "uint8" || name === "string" || expected.typeSize === 1);
  }
  const { type } = node.kind === NodeKind.NAMED_ARRAY ? node.subject! : node;
  if (type === undefined) return expected.pointerBytes === 0 && node.kind === NodeKind.TINY;
  const stripped = stripArrays(name);
  const own = stripArrays(type.string);
  if (type.address !== 0 && type.address + executable.biases.types === expected.type) return true;
  if (own === stripped || normalise(own) === normalise(stripped)) return true;
  if (/^runtime\..*InterfacePtr$/.test(name) && expected.typeSize === type.size) return true;
  if (name.includes("go.shape.")) {
    const [outer] = stripped.split("[");
    const [ownOuter] = own.split("[");
    if (outer === ownOuter && type.size === expected.typeSize) return true;
    return type.size === expected.typeSize && type.pointerBytes === expected.pointerBytes;
  }
  return false;
}

function stripArrays(name: string): string {
  return name.replace(/^(\[\d+\])+/, "");
}

/** Without the directories of import paths. */
function normalise(name: string): string {
  return name.replace(/[\w.-]+\//g, "");
}

/** Counts edges whose field has a name. */
export function countNamedEdges({ heap }: TypedHeap): number {
  const { objects, edges, types } = heap;
  let named = 0;
  for (let object = 0; object < objects.count; object++) {
    const type = objects.type[object]!;
    const stride = types.fields?.stride(type) ?? 0;
    for (let edge = edges.start[object]!; edge < edges.start[object + 1]!; edge++) {
      const offset = offsetInValue(heap, object, edge);
      const name = types.fields?.name(type, stride > 0 ? offset % stride : offset);
      if (name !== undefined && !name.includes("+0x")) named++;
    }
  }
  return named;
}
