/** Type words: the words in front of pointers that may say what an interface holds, in the contents of runs of objects. */
import { readAddress, WIDE_HIGH_WORD } from "../../format/records/address.ts";
import { type Edges, HAS_POINTERS, type Objects } from "../../heap/objects.ts";
import type { Kernel } from "../../workers/kernel.ts";
import type { FileRuns } from "./file-runs.ts";

/** Most bytes read at once. */
const WINDOW_SIZE = 1 << 18;

const TWO_32 = 2 ** 32;
// Constants of other files are loaded wherever they are used; this one becomes part of the machine code.
const WIDE_HIGH = WIDE_HIGH_WORD;

export interface TypeWordColumns
  extends Pick<Objects, "position" | "flags">,
    Pick<Edges, "start" | "offset">,
    Pick<FileRuns, "first" | "order" | "end">,
    TypeWords {
  /** By place in `order`: where in the columns of what is found there is room for its edges. */
  readonly room: Uint32Array;
  readonly pointerSize: number;
  readonly bigEndian: boolean;
  readonly addressBaseHigh: number;
  /** See `ExecutableTypes.dynamicTypeRanges`. */
  readonly ranges: readonly [start: number, end: number, firstItab: number, lastItab: number];
}

/**
 * Edges, and the word in front of the pointer of each, in the order of the dump: those of each part from its room on. There is room for
 * all edges, because what nobody writes takes address space, not memory.
 */
export interface TypeWords {
  readonly foundEdge: Uint32Array;
  readonly foundWord: Float64Array;
}

/** Where in the columns those of a part are. */
export interface FoundWords {
  readonly at: number;
  readonly end: number;
}

/** Finds them in the contents of some runs, which are numbered by their place in the dump. Linear in their edges. */
export const FIND_TYPE_WORDS: Kernel<TypeWordColumns, FoundWords, Uint8Array<ArrayBuffer>> = {
  name: "find-type-words",
  scratch: () => new Uint8Array(WINDOW_SIZE),
  run(
    { position, flags, start, offset, first, order, end, room, foundEdge, foundWord, ...dump },
    from,
    to,
    read,
    buffer,
  ) {
    const { pointerSize, bigEndian, addressBaseHigh: baseHigh } = dump;
    const [typesStart, typesEnd, firstItab, lastItab] = dump.ranges;
    const wide = pointerSize === 8;
    const littleEndian = !bigEndian;
    // All that are asked for have the same upper half, unless the executable is larger than any, or in an odd place.
    const least = Math.min(typesStart, firstItab);
    const most = Math.max(typesEnd, lastItab);
    const high = Math.floor(least / TWO_32);
    const isCommon = wide && littleEndian && high >= 0 && high < WIDE_HIGH && Math.floor(most / TWO_32) === high;
    const commonHigh = isCommon ? high | 0 : 0;
    const commonLow = isCommon ? least | 0 : 0;
    const commonSpan = isCommon ? (most - least) >>> 0 : 0;
    const window = new DataView(buffer.buffer);
    let windowStart = 0;
    let windowLength = 0;
    let found = room[from]!;
    for (let place = from; place < to; place++) {
      const run = order[place]!;
      const after = first[run + 1]!;
      const runEnd = end[place]!;
      for (let object = first[run]!; object < after; object++) {
        if ((flags[object]! & HAS_POINTERS) === 0) continue;
        const contents = position[object]!;
        const lastEdge = start[object + 1]!;
        let base = contents - windowStart;
        if (!(base >= 0 && base < windowLength)) base = windowLength;
        // What is a pointer to an object itself is no pointer to a type.
        let pointer = -pointerSize;
        for (let edge = start[object]!; edge < lastEdge; edge++) {
          const before = pointer;
          pointer = offset[edge]!;
          const inside = pointer - pointerSize;
          if (inside < 0 || before === inside) continue;
          let inWindow = base + inside;
          if (inWindow + pointerSize > windowLength) {
            windowStart = contents + inside;
            const length = Math.min(WINDOW_SIZE, Math.max(pointerSize, runEnd - windowStart));
            windowLength = read(windowStart, length, buffer);
            base = -inside;
            inWindow = 0;
            if (windowLength < pointerSize) break;
          }
          // Most words are neither.
          if (isCommon) {
            if (window.getInt32(inWindow + 4, true) !== commonHigh) continue;
            if ((window.getInt32(inWindow, true) - commonLow) >>> 0 > commonSpan) continue;
          }
          const word = +readAddress(window, inWindow, wide, littleEndian, baseHigh);
          if (!(word >= typesStart && word < typesEnd) && !(word >= firstItab && word <= lastItab)) continue;
          foundEdge[found] = edge;
          foundWord[found++] = word;
        }
      }
    }
    return { at: room[from]!, end: found };
  },
};
