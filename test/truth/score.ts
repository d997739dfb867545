/** Scores: how many of the types that gohd found are the ones that the runtime allocated, by kind and by how they are known. */
import { offsetInValue } from "../../src/heap/edge-names.ts";
import { objectSize, TypeSource } from "../../src/heap/objects.ts";
import type { TypedHeap } from "../../src/typing/type-heap.ts";
import { NodeKind } from "../../src/typing/universe/type-node.ts";
import { hasRightKeys, isRight } from "./judge.ts";
import type { Truth } from "./truth-file.ts";

/** Counts of objects. */
export interface Tally {
  objects: number;
  rightKnown: number;
  rightGuessed: number;
  wrongKnown: number;
  wrongGuessed: number;
  untyped: number;
}

/** The same in objects and bytes, and the mistakes in words. */
export interface Score {
  readonly objects: Tally;
  readonly bytes: Tally;
  /** By the kind of object; "" for those that have none. */
  readonly kinds: Map<string, Tally>;
  readonly mistakes: Map<string, number>;
  readonly missing: Map<string, number>;
  /** Right, but not stated as known. */
  readonly guessed: Map<string, number>;
}

export function emptyTally(): Tally {
  return { objects: 0, rightKnown: 0, rightGuessed: 0, wrongKnown: 0, wrongGuessed: 0, untyped: 0 };
}

export function addTally(sum: Tally, part: Tally): void {
  for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += part[key];
}

/** Compares every object's type with what was allocated there. */
export function compare(typed: TypedHeap, truth: ReadonlyMap<number, Truth>): Score {
  const { objects, types } = typed.heap;
  const score: Score = {
    objects: emptyTally(),
    bytes: emptyTally(),
    kinds: new Map(),
    mistakes: new Map(),
    missing: new Map(),
    guessed: new Map(),
  };
  const count = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1);
  for (let object = 0; object < objects.count; object++) {
    const expected = truth.get(object);
    // What was allocated before the log began, and phantoms.
    if (expected === undefined) continue;
    const { kind } = expected;
    const size = objectSize(objects, object);
    const verdict = judge(typed, object, expected);
    let tally = score.kinds.get(kind);
    if (tally === undefined) {
      tally = emptyTally();
      score.kinds.set(kind, tally);
    }
    for (const [of, amount] of [
      [tally, 1],
      [score.objects, 1],
      [score.bytes, size],
    ] as const) {
      of.objects += amount;
      of[verdict] += amount;
    }
    const allocated = `${kind === "" ? "" : `${kind}: `}${expected.name || "(no type)"} /${size}`;
    if (verdict === "rightGuessed") count(score.guessed, allocated);
    if (verdict === "untyped") count(score.missing, allocated);
    if (verdict === "wrongKnown" || verdict === "wrongGuessed") {
      const name = types.names[objects.type[object]!];
      count(score.mistakes, `${allocated} <- ${name}${verdict === "wrongKnown" ? ", stated as known" : ""}`);
    }
  }
  return score;
}

function judge(typed: TypedHeap, object: number, expected: Truth): Exclude<keyof Tally, "objects"> {
  const { type, typeSource } = typed.heap.objects;
  const source = typeSource[object]!;
  const node = typed.nodes[type[object]!];
  if (node === undefined || source === TypeSource.NONE) return "untyped";
  const isHalfRight = node.kind === NodeKind.TYPE ? hasRightKeys(node, expected) : undefined;
  if (isHalfRight === true) return "untyped";
  const isGuess = source === TypeSource.INFERRED;
  if (isHalfRight === undefined && isRight(typed, object, expected)) return isGuess ? "rightGuessed" : "rightKnown";
  return isGuess ? "wrongGuessed" : "wrongKnown";
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
