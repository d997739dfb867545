/**
 * Stack objects: which words of stacks are pointers for sure, though no frame's pointer map has them. A local variable whose address is
 * taken is alive while a live word points to it, or another such variable that is alive does; its type's mask tells its pointers. As
 * the collector does: runtime/mgcmark.go (scanstack), runtime/mgcstack.go. What else lies in a frame stays a word that may be stale.
 */
import { type FunctionTable, NO_FUNCTION, type StackObject } from "../../binary/index.ts";
import type { Heap } from "../../heap/heap.ts";
import { indexInSorted } from "../../heap/lower-bound.ts";
import type { StackPointers } from "../../heap/roots/goroutines.ts";
import { RootKind, RootVertexKind } from "../../heap/roots/roots.ts";
import { breathe, type Progress } from "../../progress.ts";
import type { MatchedExecutable } from "../match/match-executable.ts";
import { ContentsReader } from "./contents.ts";

/** Architectures whose calls put the return address on the stack; all others have it in a register. */
const PUSHES_RETURN = new Set(["386", "amd64", "amd64p32", "wasm"]);
/** The first Go 1.N whose frames end with the caller's frame pointer, where they have any locals; of arm64 on all systems. */
const FRAME_POINTER_SINCE: ReadonlyMap<string, number> = new Map([
  ["amd64", 7],
  ["arm64", 17],
]);
/** The frame below was interrupted anywhere: the collector takes all of it for pointers. */
const INTERRUPTS = new Set(["runtime.asyncPreempt", "runtime.debugCallV1", "runtime.debugCallV2"]);

/** Frames between two breaths. */
const SLICE = 1 << 15;

/** A stack object in a frame. */
interface Placed {
  readonly address: number;
  /** In the dump. */
  readonly position: number;
  readonly object: StackObject;
  isAlive: boolean;
}

/**
 * The heap with all such words taken for what they are.
 * @param heap with `stackPointers`
 * @returns the same heap if there are none, or if it is not certain that the executable has the functions on the stacks
 */
export async function proveStackObjects(
  heap: Heap,
  {
    functions,
    biases,
    verdict,
    isClean,
    program,
  }: Pick<MatchedExecutable, "functions" | "biases" | "verdict" | "isClean" | "program">,
  progress: Progress,
): Promise<Heap> {
  const { stackPointers, dump } = heap;
  const isKnown = dump.arch !== "arm64" || program.goMinor >= FRAME_POINTER_SINCE.get("arm64")!;
  if (stackPointers === undefined || stackPointers.frame.length === 0 || !isClean || verdict === "forced" || !isKnown) {
    return heap;
  }
  const prover = new Prover(heap, functions, biases.text);
  const kind = await prover.prove(stackPointers, progress);
  if (kind === undefined) return heap;
  const rootsByKind = heap.statistics.rootsByKind.slice();
  for (let row = 0; row < kind.length; row++) {
    rootsByKind[heap.roots.kind[row]!]!--;
    rootsByKind[kind[row]!]!++;
  }
  return { ...heap, roots: { ...heap.roots, kind }, statistics: { ...heap.statistics, rootsByKind } };
}

class Prover {
  readonly #heap: Heap;
  readonly #functions: FunctionTable;
  readonly #textBias: number;
  readonly #contents: ContentsReader;
  /** Stack objects of functions, by their entries. */
  readonly #known = new Map<number, readonly StackObject[]>();
  /** Bytes at a frame's end that are no locals: without and with the frame pointer. */
  readonly #returnSize: number;
  readonly #pointerSize: number;

  constructor(heap: Heap, functions: FunctionTable, textBias: number) {
    const { arch, pointerSize } = heap.dump;
    this.#heap = heap;
    this.#functions = functions;
    this.#textBias = textBias;
    this.#contents = new ContentsReader(heap);
    this.#returnSize = PUSHES_RETURN.has(arch) ? pointerSize : 0;
    this.#pointerSize = FRAME_POINTER_SINCE.has(arch) ? pointerSize : 0;
  }

  /** The kinds of root edges with what was proved; undefined if nothing was. */
  async prove(stackPointers: StackPointers, progress: Progress): Promise<Uint8Array | undefined> {
    const { frameStart, count, frames } = this.#heap.goroutines;
    const { start, address } = sortByFrame(stackPointers, frames.count);
    const vertexOf = this.#findVertices();
    const kind = this.#heap.roots.kind.slice();
    let isAny = false;
    let looked = 0;
    for (let goroutine = 0; goroutine < count; goroutine++) {
      const first = frameStart[goroutine]!;
      const end = frameStart[goroutine + 1]!;
      const pointers = Array.from(address.subarray(start[first]!, start[end]!));
      if (pointers.length === 0) continue;
      const placed = this.#place(first, end);
      this.#follow(placed, pointers);
      for (let frame = first; frame < end; frame++) {
        if (this.#mark(frame, vertexOf[frame]!, placed, kind)) isAny = true;
      }
      looked += end - first;
      if (looked < SLICE) continue;
      looked = 0;
      await breathe(progress);
    }
    return isAny ? kind : undefined;
  }

  /** The root vertex of every frame; -1 of those without one. */
  #findVertices(): Int32Array {
    const { roots, goroutines } = this.#heap;
    const { kind, item, count } = roots.vertices;
    const vertexOf = new Int32Array(goroutines.frames.count).fill(-1);
    for (let vertex = 0; vertex < count; vertex++) {
      if (kind[vertex] === RootVertexKind.FRAME) vertexOf[item[vertex]!] = vertex;
    }
    return vertexOf;
  }

  /** The stack objects of a goroutine's frames, by address. */
  #place(first: number, end: number): readonly Placed[] {
    const { frames, names } = this.#heap.goroutines;
    const placed: Placed[] = [];
    let isInterrupted = false;
    for (let frame = first; frame < end; frame++) {
      const start = frames.address[frame]!;
      const size = frames.size[frame]!;
      const objects = isInterrupted || size === 0 ? [] : this.#objectsOf(frame);
      isInterrupted = INTERRUPTS.has(names[frames.function[frame]!]!);
      let locals = size - this.#returnSize;
      if (locals > 0) locals -= this.#pointerSize;
      for (const object of objects) {
        const at = locals + object.offset;
        if (at < 0 || at + object.size > size) continue;
        placed.push({ address: start + at, position: frames.position[frame]! + at, object, isAlive: false });
      }
    }
    return placed.sort((a, b) => a.address - b.address);
  }

  /** All frames of a function are of one size. */
  #objectsOf(frame: number): readonly StackObject[] {
    const { frames, names } = this.#heap.goroutines;
    const entry = frames.entry[frame]! - this.#textBias;
    let objects = this.#known.get(entry);
    if (objects === undefined) {
      const index = this.#functions.indexOfEntry(entry);
      const isSame = index !== NO_FUNCTION && this.#functions.name(index) === names[frames.function[frame]!];
      objects = isSame ? this.#functions.stackObjects(index, frames.size[frame]!) : [];
      this.#known.set(entry, objects);
    }
    return objects;
  }

  /** Finds the objects that are alive. */
  #follow(placed: readonly Placed[], pointers: number[]): void {
    for (let pointer = pointers.pop(); pointer !== undefined; pointer = pointers.pop()) {
      const found = findPlaced(placed, pointer);
      if (found === undefined || found.isAlive) continue;
      found.isAlive = true;
      for (const offset of found.object.pointers) pointers.push(this.#contents.wordAt(found.position + offset));
    }
  }

  /** Puts down the words of a frame that are pointers of objects that are alive. Returns whether there are any. */
  #mark(frame: number, vertex: number, placed: readonly Placed[], kind: Uint8Array): boolean {
    if (vertex < 0) return false;
    const { roots, goroutines } = this.#heap;
    const { edgeStart } = roots.vertices;
    const start = goroutines.frames.address[frame]!;
    let isAny = false;
    for (let row = edgeStart[vertex]!; row < edgeStart[vertex + 1]!; row++) {
      if (kind[row] !== RootKind.FRAME_CONSERVATIVE) continue;
      const address = start + roots.offset[row]!;
      const found = findPlaced(placed, address);
      if (found?.isAlive !== true) continue;
      const { pointers } = found.object;
      const offset = address - found.address;
      if (indexInSorted(pointers, offset) < 0) continue;
      kind[row] = RootKind.FRAME;
      isAny = true;
    }
    return isAny;
  }
}

/** Where the pointers lead, by frame: those into frame `f` are from `start[f]` to `start[f + 1]` - 1. Linear. */
function sortByFrame(
  { frame, address }: StackPointers,
  frameCount: number,
): { readonly start: Int32Array; readonly address: Float64Array } {
  const start = new Int32Array(frameCount + 1);
  for (let i = 0; i < frame.length; i++) start[frame[i]! + 1]!++;
  for (let i = 0; i < frameCount; i++) start[i + 1]! += start[i]!;
  const next = start.slice();
  const sorted = new Float64Array(address.length);
  for (let i = 0; i < frame.length; i++) sorted[next[frame[i]!]!++] = address[i]!;
  return { start, address: sorted };
}

/** The object that holds an address, by binary search. */
function findPlaced(placed: readonly Placed[], address: number): Placed | undefined {
  let low = 0;
  let high = placed.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (placed[middle]!.address <= address) low = middle + 1;
    else high = middle;
  }
  const found = placed[low - 1];
  return found !== undefined && address < found.address + found.object.size ? found : undefined;
}
