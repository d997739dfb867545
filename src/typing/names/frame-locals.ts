/**
 * FrameLocals: which local variable a live slot of a stack frame belongs to. Debug information tells at every PC where
 * variables are, counted from the canonical frame address, which is the end of a frame's contents: the stack pointer of the
 * caller before its call. Arguments lie beyond it, in the caller's frame. runtime/heapdump.go (dumpframe), runtime/stack.go.
 */
import type { DebugInfo, DebugLocal } from "../../binary/index.ts";
import type { Heap } from "../../heap/heap.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import type { TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";
import { fieldPath, joinPath } from "./field-names.ts";
import { INJECTED } from "./goroutine-calls.ts";

/** A pointer word of a local variable that is in a frame. */
export interface LocalWord {
  /**
   * Of the variable and the word in it: "jobs", "s.items"; of arguments in the caller's frame, and of variables of inlined
   * functions, with the function: "w (main.(*Watcher).loop)".
   */
  readonly name: string;
  /** LeafKind. */
  readonly kind: number;
  /** What it points to. */
  readonly elem: TypeNode | undefined;
  /** Whether the word in front of it belongs to the variable, too, as an interface's first word does. */
  readonly hasWordBefore: boolean;
  /** Whether the compiler took a slice or string apart and this is its pointer: how much it shows is nowhere to be read. */
  readonly isHalf: boolean;
  /**
   * Bytes from it to the next word of the variable, and to the one after that; 0 if the variable is not in one piece. Of one in
   * pieces the compiler says of a length where it is, or was last, or where another value is that it took for the same.
   */
  readonly lengthAt: number;
  readonly capacityAt: number;
}

/** Words of one function at one PC, by bytes from the canonical frame address. */
interface FrameWords {
  readonly locals: ReadonlyMap<number, LocalWord>;
  /** Those from 0 on: in the caller's frame. */
  readonly arguments: ReadonlyMap<number, LocalWord>;
}

const NO_WORDS: FrameWords = { locals: new Map(), arguments: new Map() };

export class FrameLocals {
  readonly #heap: Heap;
  readonly #debug: DebugInfo;
  readonly #universe: TypeUniverse;
  readonly #textBias: number;
  /** By entry, then by PC: frames are many, places in functions few. */
  readonly #words = new Map<number, Map<number, FrameWords>>();

  /** @param textBias run-time minus link-time address of functions, in the file that the debug information is of */
  constructor(heap: Heap, debug: DebugInfo, universe: TypeUniverse, textBias: number) {
    this.#heap = heap;
    this.#debug = debug;
    this.#universe = universe;
    this.#textBias = textBias;
  }

  /** Visits the root edges of frames that a variable covers, each once. Linear in the frames and their edges. */
  visit(visitor: (row: number, position: number, word: LocalWord) => void): void {
    const { roots, goroutines } = this.#heap;
    const { kind, item, edgeStart, firstChild, count } = roots.vertices;
    const { frames, names } = goroutines;
    const injected = names.map((name) => INJECTED.has(name));
    for (let vertex = 0; vertex < count; vertex++) {
      if (kind[vertex] !== RootVertexKind.GOROUTINE) continue;
      // Of the frame before, innermost first: what it was given may lie in this one.
      let callee = NO_WORDS;
      let calleeEnd = Number.NaN;
      let isInterrupted = false;
      for (let child = firstChild[vertex]!; child < firstChild[vertex + 1]!; child++) {
        const frame = item[child]!;
        const address = frames.address[frame]!;
        const end = address + frames.size[frame]!;
        const pc = frames.pc[frame]!;
        const entry = frames.entry[frame]!;
        const words = this.#wordsAt(entry, pc, isInterrupted || pc === entry ? pc : pc - 1);
        isInterrupted = injected[frames.function[frame]!]!;
        for (let row = edgeStart[child]!; row < edgeStart[child + 1]!; row++) {
          const at = roots.offset[row]!;
          const word = words.locals.get(address + at - end) ?? callee.arguments.get(address + at - calleeEnd);
          if (word !== undefined) visitor(row, frames.position[frame]! + at, word);
        }
        // A frame of size 0 (goexit) holds nothing; arguments of its callee cannot be in it.
        if (end > address) {
          callee = words;
          calleeEnd = end;
        }
      }
    }
  }

  /**
   * @param at the PC that the frame is at: within the call, where `pc` is its return address. Behind the call other
   * variables may be alive, so those at the call come first; but one that is in a register up to there is said to be in its
   * slot, where the caller has saved it, only from behind the call on.
   */
  #wordsAt(entry: number, pc: number, at: number): FrameWords {
    let byPc = this.#words.get(entry);
    if (byPc === undefined) {
      byPc = new Map();
      this.#words.set(entry, byPc);
    }
    let words = byPc.get(pc);
    if (words === undefined) {
      const variables = [...this.#debug.localsAt(entry - this.#textBias, at - this.#textBias)];
      if (at !== pc) variables.push(...this.#debug.localsAt(entry - this.#textBias, pc - this.#textBias));
      words = this.#collect(variables);
      byPc.set(pc, words);
    }
    return words;
  }

  #collect(variables: readonly DebugLocal[]): FrameWords {
    if (variables.length === 0) return NO_WORDS;
    const words = { locals: new Map<number, LocalWord>(), arguments: new Map<number, LocalWord>() };
    const placed = variables.filter(({ pieces }) => pieces.length > 0);
    // The compiler's copy of a variable often shares its place, as that of an argument of an inlined function does.
    for (const variable of placed) if (!isCompilerMade(variable)) this.#addWords(variable, words);
    for (const variable of placed) if (isCompilerMade(variable)) this.#addWords(variable, words);
    return words;
  }

  #addWords(
    { name, type, pieces, function: owner, isInlined }: DebugLocal,
    words: { [K in keyof FrameWords]: Map<number, LocalWord> },
  ): void {
    const { pointerSize } = this.#universe;
    const { offset, kind, elem } = this.#universe.of(type).leaves;
    for (const piece of pieces) {
      for (let leaf = 0; leaf < offset.length; leaf++) {
        const inPiece = offset[leaf]! - piece.offset;
        if (inPiece < 0 || inPiece + pointerSize > piece.size) continue;
        const at = piece.frameOffset + inPiece;
        const to = at < 0 ? words.locals : words.arguments;
        // The function's own variables come first; those of what was inlined may be the same ones.
        if (to.has(at)) continue;
        const path = joinPath(name, fieldPath(type, offset[leaf]!));
        to.set(at, {
          name: at < 0 && !isInlined ? path : `${path} (${owner})`,
          kind: kind[leaf]!,
          elem: elem[leaf],
          hasWordBefore: inPiece >= pointerSize,
          isHalf: name.endsWith(".ptr"),
          lengthAt: inPiece + 2 * pointerSize <= piece.size ? pointerSize : 0,
          capacityAt: inPiece + 3 * pointerSize <= piece.size ? 2 * pointerSize : 0,
        });
      }
    }
  }
}

/** Whether no source has the name: temporaries are ".autotmp_6", results without a name "~r0". */
function isCompilerMade({ name }: DebugLocal): boolean {
  return name.startsWith(".") || name.startsWith("~");
}
