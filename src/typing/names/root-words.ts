/** RootWordsBuilder: what the words are that root edges begin with, by row, as far as declared types tell. */
import { NO_WORD, type RootWords, WordKind } from "../../heap/value-layouts.ts";
import { elementSizeOf, wordKindOf } from "../universe/leaf-words.ts";
import type { TypeNode } from "../universe/type-node.ts";

/** Where the words behind a pointer word are, in bytes from it; 0 for those that are not in the dump. */
export interface WordPlaces {
  readonly lengthAt: number;
  readonly capacityAt: number;
}

export class RootWordsBuilder {
  readonly #kind: Uint8Array;
  readonly #elementSize: Float64Array;
  readonly #lengthAt: Int32Array;
  readonly #capacityAt: Int32Array;

  constructor(count: number) {
    this.#kind = new Uint8Array(count).fill(NO_WORD);
    this.#elementSize = new Float64Array(count);
    this.#lengthAt = new Int32Array(count);
    this.#capacityAt = new Int32Array(count);
  }

  /**
   * Notes what the word of a root edge is.
   * @param leafKind LeafKind
   * @param elem what it leads to
   */
  set(row: number, leafKind: number, elem: TypeNode | undefined, { lengthAt, capacityAt }: WordPlaces): void {
    const kind = wordKindOf(leafKind);
    this.#kind[row] = kind;
    this.#elementSize[row] = elementSizeOf(leafKind, elem);
    if (kind === WordKind.STRING || kind === WordKind.SLICE) this.#lengthAt[row] = lengthAt;
    if (kind === WordKind.SLICE) this.#capacityAt[row] = capacityAt;
  }

  /**
   * The columns, once the rows have moved.
   * @param rowBefore row that each row was before
   */
  finish(rowBefore: Int32Array): RootWords {
    return {
      kind: Uint8Array.from(rowBefore, (row) => this.#kind[row]!),
      elementSize: Float64Array.from(rowBefore, (row) => this.#elementSize[row]!),
      lengthAt: rowBefore.map((row) => this.#lengthAt[row]!),
      capacityAt: rowBefore.map((row) => this.#capacityAt[row]!),
    };
  }
}
