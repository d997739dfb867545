/** Type words: the words in front of pointers that may say what an interface holds, in the contents of a range of objects. */
import { readAddress } from "../../format/records/address.ts";
import { type Edges, HAS_POINTERS, type Objects } from "../../heap/objects.ts";
import type { Kernel } from "../../workers/kernel.ts";

/** Most bytes read at once, and how many beyond the object at hand. */
const WINDOW_SIZE = 1 << 20;
const READ_AHEAD = 12 << 10;

export interface TypeWordColumns extends Pick<Objects, "position" | "flags" | "size">, Pick<Edges, "start" | "offset"> {
  readonly pointerSize: number;
  readonly bigEndian: boolean;
  readonly addressBaseHigh: number;
  /** See `ExecutableTypes.dynamicTypeRanges`. */
  readonly ranges: readonly [start: number, end: number, firstItab: number, lastItab: number];
}

/** Edges by ascending number, and the word in front of each pointer. */
export interface TypeWords {
  readonly edge: Uint32Array;
  readonly word: Float64Array;
}

/** Finds them in the contents of some objects. Linear in these. */
export const FIND_TYPE_WORDS: Kernel<TypeWordColumns, TypeWords> = {
  name: "find-type-words",
  run({ position, flags, size, start, offset, ...dump }, from, to, read) {
    const { pointerSize, bigEndian, addressBaseHigh: baseHigh } = dump;
    const [typesStart, typesEnd, firstItab, lastItab] = dump.ranges;
    const wide = pointerSize === 8;
    const littleEndian = !bigEndian;
    const buffer = new Uint8Array(WINDOW_SIZE);
    const window = new DataView(buffer.buffer);
    let windowStart = 0;
    let windowLength = 0;
    let edges = new Uint32Array(1 << 12);
    let words = new Float64Array(1 << 12);
    let found = 0;
    for (let object = from; object < to; object++) {
      if ((flags[object]! & HAS_POINTERS) === 0) continue;
      const first = start[object]!;
      const after = start[object + 1]!;
      if (first === after) continue;
      const contents = position[object]!;
      for (let edge = first; edge < after; edge++) {
        const at = contents + offset[edge]! - pointerSize;
        if (offset[edge]! < pointerSize) continue;
        let inWindow = at - windowStart;
        if (inWindow < 0 || inWindow + pointerSize > windowLength) {
          // What is left of the object and some of its neighbours: spans are not in address order in the dump, so what
          // is read far ahead is read in vain.
          const length = Math.min(WINDOW_SIZE, size[object]! - offset[edge]! + READ_AHEAD);
          windowLength = read(at, length, buffer);
          windowStart = at;
          inWindow = 0;
          if (windowLength < pointerSize) break;
        }
        const word = +readAddress(window, inWindow, wide, littleEndian, baseHigh);
        // Most words are neither.
        if (!(word >= typesStart && word < typesEnd) && !(word >= firstItab && word <= lastItab)) continue;
        if (found === edges.length) {
          edges = longer(edges, new Uint32Array(2 * found));
          words = longer(words, new Float64Array(2 * found));
        }
        edges[found] = edge;
        words[found++] = word;
      }
    }
    return { edge: edges.slice(0, found), word: words.slice(0, found) };
  },
};

function longer<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from as never);
  return to;
}
