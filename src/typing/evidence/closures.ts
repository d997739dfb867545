/**
 * ClosureTypes: what a closure holds. Its first word is the function's entry; for its layout the compiler leaves a
 * descriptor `struct { F uintptr; … }`, which is found by the slot's shape, and among several by what debug information
 * says of the captured variables, and the names of method values of their receiver, then by what these point to. Debug
 * information alone would not do: it leaves variables out.
 */
import type { CapturedVariable } from "../../binary/index.ts";
import type { Heap } from "../../heap/heap.ts";
import { objectSize } from "../../heap/objects.ts";
import type { ExecutableTypes } from "../match/executable-types.ts";
import { isClosureEntry } from "../universe/checks.ts";
import { LeafKind } from "../universe/leaves.ts";
import type { ShapeMatcher } from "../universe/shape-matcher.ts";
import type { TypeNode } from "../universe/type-node.ts";
import type { ContentsReader } from "./contents.ts";

/** What a declared variable counts for, against one that points to something that fits. */
const DECLARED_POINTS = 1000;

export class ClosureTypes {
  readonly #heap: Heap;
  readonly #executable: ExecutableTypes;
  readonly #matcher: ShapeMatcher;
  readonly #contents: ContentsReader;
  readonly #capturedBy: (entry: number) => readonly CapturedVariable[];
  readonly #layouts: TypeNode[];
  /** By function entry and shape. */
  readonly #settled = new Map<number, Map<number, TypeNode>>();

  /** @param capturedBy what closures of the function with a run-time entry capture, as far as that is known */
  constructor(
    heap: Heap,
    executable: ExecutableTypes,
    matcher: ShapeMatcher,
    contents: ContentsReader,
    capturedBy: (entry: number) => readonly CapturedVariable[],
  ) {
    this.#capturedBy = capturedBy;
    this.#heap = heap;
    this.#executable = executable;
    this.#matcher = matcher;
    this.#contents = contents;
    this.#layouts = [];
    for (const type of executable.universe.sorted()) {
      if (isClosureEntry(type)) this.#layouts.push(executable.universe.of(type));
    }
  }

  /** The closure that an object is, or undefined if its first word is no function. */
  typeOf(object: number): TypeNode | undefined {
    const entry = this.#contents.word(object, 0);
    const name = this.#executable.functionAt(entry);
    if (name === undefined) return undefined;
    const shape = this.#heap.shapes!.of[object]!;
    let settled = this.#settled.get(entry);
    if (settled === undefined) {
      settled = new Map();
      this.#settled.set(entry, settled);
    }
    let node = settled.get(shape);
    if (node !== undefined) return node;
    const captured = this.#capturedBy(entry);
    const receiver = receiverOf(name);
    let best: TypeNode | undefined;
    let bestScore = -1;
    let isTie = false;
    for (const layout of this.#layouts) {
      const { repeat, isExactSize } = this.#matcher.match(shape, layout);
      if (repeat !== 1 || !isExactSize || layout.size > objectSize(this.#heap.objects, object)) continue;
      const points = this.#score(object, layout);
      const score =
        points < 0
          ? points
          : points + DECLARED_POINTS * (countDeclared(layout, captured) + (holdsOnly(layout, receiver) ? 1 : 0));
      if (score > bestScore) {
        best = layout;
        bestScore = score;
        isTie = false;
      } else if (score === bestScore) {
        isTie = true;
      }
    }
    if (best === undefined) return undefined;
    node = this.#executable.universe.closure(name, best, captured);
    if (!isTie) settled.set(shape, node);
    return node;
  }

  /** How many captured pointers lead to what a layout says; -1 if one cannot. */
  #score(object: number, layout: TypeNode): number {
    const { start, to, offset } = this.#heap.edges;
    const { leaves } = layout;
    let score = 0;
    for (let edge = start[object]!; edge < start[object + 1]!; edge++) {
      const leaf = leaves.offset.indexOf(offset[edge]!);
      const elem = leaf < 0 ? undefined : leaves.elem[leaf];
      if (leaf < 0 || elem === undefined) continue;
      if (leaves.kind[leaf] !== LeafKind.POINTER && leaves.kind[leaf] !== LeafKind.SLICE) continue;
      if (elem.size === 0) continue;
      const shape = this.#heap.shapes!.of[to[edge]!]!;
      if (this.#matcher.match(shape, elem).repeat === 0) return -1;
      score++;
    }
    return score;
  }
}

/** Full name of the type whose method a function is the value of: "*main.T" for "main.(*T).Method-fm"; undefined for others. */
export function receiverOf(functionName: string): string | undefined {
  const match = /^(.+)\.(?:(\()\*)?([^.()[\]]+)\)?\.[^.()[\]]+-fm$/.exec(functionName);
  if (match === null) return undefined;
  const [, path, open, type] = match;
  // Symbols have the dots of a path's last element escaped, types have not.
  const plain = path!.replace(/%([\da-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return `${open === undefined ? "" : "*"}${plain}.${type}`;
}

function holdsOnly({ type }: TypeNode, captured: string | undefined): boolean {
  return captured !== undefined && type?.fields.length === 2 && type.fields[1]!.type.name === captured;
}

/** Captured variables that debug information has just as a layout has them. */
function countDeclared({ type }: TypeNode, captured: readonly CapturedVariable[]): number {
  let count = 0;
  for (const variable of captured) {
    const field = type?.fields.find(({ offset }) => offset === variable.offset);
    if (field !== undefined && (field.type === variable.type || field.type.name === variable.type.name)) count++;
  }
  return count;
}
