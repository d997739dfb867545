/**
 * Places: the fields and variables that hold values, as numbers. Elements of arrays and entries of maps are one place each,
 * called after what holds the array or the map: "main.Index.terms[]".
 */
import { Names } from "../heap/columns.ts";
import { listForRows } from "../heap/row-list.ts";
import type { TypeTable } from "../heap/types.ts";
import type { ValueLayout } from "../heap/value-layouts.ts";

/** Behind so many endings, one more changes nothing: "[][][]" of a structure that holds its like. */
const MAX_LENGTH = 200;

/** Numbers for the fields and variables that hold values, and their names. */
export class Places {
  readonly #types: TypeTable;
  readonly #names = new Names();
  readonly #endings = new Names();
  /** By row. */
  readonly #rows: (number | undefined)[];
  /** By row, then by word: a place, or `~` of an ending. */
  readonly #words: (Int32Array | undefined)[];
  /** Of places on stacks. */
  readonly #frames = new Map<number, { readonly path: string; readonly frame: string }>();
  /** By ending, then by place. */
  readonly #composed: Map<number, number>[] = [];

  constructor(types: TypeTable) {
    this.#types = types;
    this.#rows = listForRows(types.count);
    this.#words = listForRows(types.count);
  }

  /** The same places by the same numbers; what is added to one is not in the other. Linear in the places. */
  copy(): Places {
    const copy = new Places(this.#types);
    for (const name of this.#names.values) copy.#names.number(name);
    for (const ending of this.#endings.values) copy.#endings.number(ending);
    for (const [place, frame] of this.#frames) copy.#frames.set(place, frame);
    return copy;
  }

  get count(): number {
    return this.#names.values.length;
  }

  /** What the place is called. */
  name(place: number): string {
    return this.#names.values[place]!;
  }

  /** The place of that name. */
  of(name: string): number {
    return this.#names.number(name);
  }

  /**
   * The place of a local variable of a function, and of what is in it: "jobs[] (main.worker)"; of a word that nothing names, by an
   * empty path, "stack of main.worker", and of what is in that "elements of variables on the stack of main.worker", or "map keys": the
   * elements themselves are not on the stack.
   */
  ofFrame(path: string, frame: string): number {
    const isNamed = /^[^[ ]/.test(path);
    // An ending that begins with a space tells of the keys of a map: " (key)".
    const behind = path === "[]" ? "elements" : path.replace(/^ \(key\)/, "map keys");
    const inStack = behind === "" ? `stack of ${frame}` : `${behind} of variables on the stack of ${frame}`;
    const place = this.of(isNamed ? `${path} (${frame})` : inStack);
    this.#frames.set(place, { path, frame });
    return place;
  }

  /** Per word of a row's values: its place, or `~n` if it has no more than the ending n. O(1) after the first time. */
  words(row: number, layout: ValueLayout): Int32Array {
    let words = this.#words[row];
    if (words === undefined) {
      words = Int32Array.from(layout.offset, (_, word) => {
        const { text, isEnding } = layout.name(word);
        return isEnding ? ~this.#endings.number(text) : this.of(text);
      });
      this.#words[row] = words;
    }
    return words;
  }

  /** The place of a row's values where nothing is known that holds them. O(1) after the first time. */
  ofRow(row: number): number {
    this.#rows[row] ??= this.of(this.#types.names[row]!);
    return this.#rows[row];
  }

  /** The place behind the ending n in what another place holds. */
  compose(place: number, ending: number): number {
    const text = this.#endings.values[ending]!;
    if (text === "") return place;
    this.#composed[ending] ??= new Map();
    const composed = this.#composed[ending];
    let result = composed.get(place);
    if (result === undefined) {
      const name = this.name(place);
      const frame = this.#frames.get(place);
      if (name.length + text.length > MAX_LENGTH) result = place;
      else result = frame === undefined ? this.of(name + text) : this.ofFrame(frame.path + text, frame.frame);
      composed.set(place, result);
    }
    return result;
  }
}
