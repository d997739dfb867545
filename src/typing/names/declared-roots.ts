/**
 * DeclaredRoots: what symbols and debug information say of the words that GC roots are, in package variables and frames:
 * their types, which speak for what the words point to, and their names.
 */
import type { Heap } from "../../heap/heap.ts";
import { TypeSource } from "../../heap/objects.ts";
import { RootKind } from "../../heap/roots/roots.ts";
import { NO_ROW, type SegmentWords } from "../evidence/segment-words.ts";
import type { NameSource } from "../match/name-source.ts";
import { NO_POSITION, type RootClaims } from "../spread/root-claims.ts";
import { NO_WORD, type StaticValues } from "../spread/static-values.ts";
import { LeafKind, leafAt } from "../universe/leaves.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";
import { FrameLocals } from "./frame-locals.ts";
import { RootEdgeNames } from "./root-edge-names.ts";
import { RootWordsBuilder } from "./root-words.ts";
import { StaticNames } from "./static-names.ts";
import { isTemporary, type Variable, VariableTable } from "./variable-table.ts";

export class DeclaredRoots {
  /** Of root edges, as they are found. */
  readonly names: RootEdgeNames;
  /** Of root edges, as they are found. */
  readonly rootWords: RootWordsBuilder;
  readonly variables: VariableTable;
  readonly #heap: Heap;
  readonly #universe: TypeUniverse;
  readonly #source: NameSource;
  readonly #words: SegmentWords;
  readonly #statics: StaticValues;

  constructor(heap: Heap, universe: TypeUniverse, source: NameSource, words: SegmentWords, statics: StaticValues) {
    this.#heap = heap;
    this.#universe = universe;
    this.#source = source;
    this.#words = words;
    this.#statics = statics;
    this.variables = new VariableTable(source);
    this.names = new RootEdgeNames(heap.roots.count);
    this.rootWords = new RootWordsBuilder(heap.roots.count);
  }

  /** Says what type each package variable with a pointer has. Linear in the words of data and bss that point somewhere. */
  declareVariables(): void {
    const words = this.#words;
    for (let i = 0; i < words.count; ) {
      const variable = this.variables.find(words.address[i]!);
      if (variable === undefined) {
        i++;
        continue;
      }
      const { address, size, type } = variable;
      if (type !== undefined)
        this.#statics.add(address, this.#universe.of(type), 1, TypeSource.PROPAGATED, NO_WORD, true);
      i = Math.max(i + 1, words.firstFrom(address + size));
    }
  }

  /** Claims what local variables point to as far as they are live, and notes their names. Linear in the frames. */
  declareLocals(claims: RootClaims): void {
    const { debug, biases } = this.#source;
    if (debug === undefined) return;
    const { pointerSize } = this.#heap.dump;
    const { kind: rootKind } = this.#heap.roots;
    const locals = new FrameLocals(this.#heap, debug, this.#universe, biases.text);
    locals.visit((row, position, word) => {
      const { name, kind, elem, hasWordBefore } = word;
      this.names.set(row, name);
      // A word that is taken for a pointer to be on the safe side may be left from something else.
      if (rootKind[row] !== RootKind.FRAME) return;
      // Half of a slice is no pointer to one element.
      if (!word.isHalf) this.rootWords.set(row, kind, elem, word);
      const typePosition = kind === LeafKind.INTERFACE && hasWordBefore ? position - pointerSize : NO_POSITION;
      claims.claim(row, position, kind, elem, typePosition, TypeSource.PROPAGATED);
    });
  }

  /**
   * Notes the path of every pointer inside its package variable, by the variable's declared type, or else by what something
   * typed said of it when it pointed there.
   */
  nameVariableWords(): void {
    const words = this.#words;
    const statics = new StaticNames(words, this.variables, this.#statics);
    for (let i = 0; i < words.count; i++) {
      const row = words.row[i]!;
      if (row === NO_ROW) continue;
      const address = words.address[i]!;
      let variable = this.variables.find(address);
      if (variable === undefined || isTemporary(variable)) {
        const named = statics.temporaryAt(address);
        if (named !== undefined) this.variables.addTemporary(named, address);
        variable = named ?? variable;
        if (variable === undefined) continue;
      }
      const path = statics.pathIn(variable, address);
      if (path !== undefined) this.names.set(row, path);
      this.#noteWord(row, address, variable);
    }
  }

  /** Notes what the word of a root edge is, by the declared type of its variable, or what pointed to it. */
  #noteWord(row: number, address: number, variable: Variable): void {
    const value = variable.type === undefined ? this.#statics.covering(address) : undefined;
    const node = variable.type === undefined ? value?.node : this.#universe.of(variable.type);
    if (node === undefined || node.size === 0) return;
    const offset = (address - (value ?? variable).address) % node.size;
    const leaf = leafAt(node.leaves.offset, offset);
    const { pointerSize } = this.#heap.dump;
    const places = { lengthAt: pointerSize, capacityAt: 2 * pointerSize };
    if (leaf >= 0) this.rootWords.set(row, node.leaves.kind[leaf]!, node.leaves.elem[leaf], places);
  }
}
