/**
 * ClosureTypes: what a closure holds. Its first word is the function's entry; for its layout the compiler leaves a
 * descriptor `struct { F uintptr; … }`, which is found by the slot's shape, and among several by what debug information
 * says of the captured variables, and the names of method values of their receiver, then by the code that makes them
 * (`closure-makers.ts`), then by what these point to. Debug information alone would not do: it leaves variables out.
 */
import type { CapturedVariable } from "../../binary/index.ts";
import type { Heap } from "../../heap/heap.ts";
import type { ExecutableTypes } from "../match/executable-types.ts";
import { isClosureEntry } from "../universe/checks.ts";
import { LeafKind, leafAt } from "../universe/leaves.ts";
import type { ShapeMatcher } from "../universe/shape-matcher.ts";
import type { TypeNode } from "../universe/type-node.ts";
import { ClosureMakers } from "./closure-makers.ts";
import type { ContentsReader } from "./contents.ts";

export class ClosureTypes {
  readonly #heap: Heap;
  readonly #executable: ExecutableTypes;
  readonly #matcher: ShapeMatcher;
  readonly #contents: ContentsReader;
  readonly #readCaptured: (entry: number) => readonly CapturedVariable[];
  /** What was read, by function entry: thousands of closures may be of one function. */
  readonly #captured = new Map<number, readonly CapturedVariable[]>();
  readonly #makers: ClosureMakers;
  readonly #layouts: TypeNode[];
  /** By function entry and shape. */
  readonly #settled = new Map<number, Map<number, readonly TypeNode[]>>();

  /** @param readCaptured what closures of the function with a run-time entry capture, as far as that is known */
  constructor(
    heap: Heap,
    executable: ExecutableTypes,
    matcher: ShapeMatcher,
    contents: ContentsReader,
    readCaptured: (entry: number) => readonly CapturedVariable[],
  ) {
    this.#readCaptured = readCaptured;
    this.#heap = heap;
    this.#executable = executable;
    this.#matcher = matcher;
    this.#contents = contents;
    this.#makers = new ClosureMakers(executable);
    this.#layouts = [];
    for (const type of executable.universe.sorted()) {
      if (isClosureEntry(type)) this.#layouts.push(executable.universe.of(type));
    }
  }

  /**
   * The closure that an object is, or undefined if its first word is no function. Where several layouts are as likely, it says
   * only what they have in common.
   */
  typeOf(object: number): TypeNode | undefined {
    const entry = this.#contents.word(object, 0);
    const name = this.#executable.functionAt(entry);
    if (name === undefined) return undefined;
    const layouts = this.#layoutsOf(entry, name, this.#heap.shapes!.of[object]!);
    if (layouts.length === 0) return undefined;
    const { universe } = this.#executable;
    const captured = this.#capturedBy(entry);
    const best = layouts.length === 1 ? layouts : this.#likeliest(object, layouts);
    return best.length === 0 ? undefined : universe.closure(name, best, captured);
  }

  /**
   * The same of an object of which nothing else says that it is a closure. A number may be the entry of some function; a closure
   * on the heap is of one that captures something, and the compiler names these.
   */
  recognise(object: number): TypeNode | undefined {
    const name = this.#executable.functionAt(this.#contents.word(object, 0));
    return name !== undefined && isCapturing(name) ? this.typeOf(object) : undefined;
  }

  /** The layouts that an object that is a closure has as likely as any other, and its function's entry. */
  candidates(object: number): { readonly entry: number; readonly layouts: readonly TypeNode[] } {
    const entry = this.#contents.word(object, 0);
    const name = this.#executable.functionAt(entry) ?? "";
    return { entry, layouts: this.#likeliest(object, this.#layoutsOf(entry, name, this.#heap.shapes!.of[object]!)) };
  }

  #capturedBy(entry: number): readonly CapturedVariable[] {
    let captured = this.#captured.get(entry);
    if (captured === undefined) {
      captured = this.#readCaptured(entry);
      this.#captured.set(entry, captured);
    }
    return captured;
  }

  #likeliest(object: number, layouts: readonly TypeNode[]): readonly TypeNode[] {
    let best: TypeNode[] = [];
    let bestScore = 0;
    for (const layout of layouts) {
      const score = this.#score(object, layout);
      if (score > bestScore) best = [];
      if (score >= bestScore) {
        best.push(layout);
        bestScore = score;
      }
    }
    return best;
  }

  /** Says which layouts closures of a function and a shape have, as it was found out. */
  settle(entry: number, shape: number, layouts: readonly TypeNode[]): void {
    this.#settled.get(entry)!.set(shape, layouts);
  }

  /** The layouts that closures of a function and a shape may have, as far as names tell: the same for all of them. */
  #layoutsOf(entry: number, name: string, shape: number): readonly TypeNode[] {
    let byShape = this.#settled.get(entry);
    if (byShape === undefined) {
      byShape = new Map();
      this.#settled.set(entry, byShape);
    }
    let layouts = byShape.get(shape);
    if (layouts === undefined) {
      const captured = this.#capturedBy(entry);
      const receiver = receiverOf(name);
      const fitting = this.#layouts.filter((layout) => this.#matcher.match(shape, layout).isOne);
      const declared = fitting.map((layout) => countDeclared(layout, captured) + (holdsOnly(layout, receiver) ? 1 : 0));
      const most = Math.max(0, ...declared);
      layouts = fitting.filter((_, i) => declared[i] === most);
      if (layouts.length > 1) {
        const made = this.#makers.layoutOf(entry, name);
        if (made !== undefined && layouts.includes(made)) layouts = [made];
      }
      byShape.set(shape, layouts);
    }
    return layouts;
  }

  /** How well what captured pointers lead to agrees with a layout; -1 if it cannot be. */
  #score(object: number, layout: TypeNode): number {
    const { start, to, offset } = this.#heap.edges;
    const { leaves } = layout;
    let score = 0;
    for (let edge = start[object]!; edge < start[object + 1]!; edge++) {
      const leaf = leafAt(leaves.offset, offset[edge]!);
      if (leaf < 0) continue;
      const points = this.#scoreTarget(to[edge]!, leaves.kind[leaf]!, leaves.elem[leaf]);
      if (points < 0) return points;
      score += points;
    }
    return score;
  }

  #scoreTarget(target: number, kind: number, elem: TypeNode | undefined): number {
    const { universe } = this.#executable;
    const shape = this.#heap.shapes!.of[target]!;
    switch (kind) {
      case LeafKind.POINTER:
      case LeafKind.SLICE: {
        if (elem === undefined || elem.size === 0) return 0;
        const { repeat, isOne } = this.#matcher.match(shape, elem);
        if (repeat > 0) return isOne || kind === LeafKind.SLICE ? 2 : 1;
        // It may lead to a part of something.
        return elem.type !== undefined && universe.holders.of(elem.type).size > 0 ? 0 : -1;
      }
      case LeafKind.STRING:
        return this.#matcher.match(shape, universe.stringData).repeat > 0 ? 1 : -1;
      case LeafKind.MAP: {
        const header = universe.mapHeader(elem!);
        return header === undefined || this.#matcher.match(shape, header).isOne ? 2 : -1;
      }
      case LeafKind.FUNC:
        return this.#executable.functionAt(this.#contents.word(target, 0)) === undefined ? -1 : 3;
      default:
        return 0;
    }
  }
}

/**
 * Whether a function captures something, by its name (cmd/compile/internal/ir, closureName): "main.f.func1", "main.f.func1.2",
 * "main.f.gowrap1", "main.f-range1", "main.T.M-fm", before Go 1.5 "main.func·001" and "main.T.M·fm". So do the two that
 * reflect.MakeFunc and reflect.Value.Method make.
 */
function isCapturing(functionName: string): boolean {
  return CAPTURING.test(functionName);
}

const CAPTURING = /(?:[-·]fm|(?:[.·]|func|wrap|-range)\d+)$|^reflect\.(?:makeFuncStub|methodValueCall)$/;

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
