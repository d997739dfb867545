/** Type words: the words in front of pointers that may say what an interface holds, in the contents of a range of objects. */
import { readAddress } from "../../format/records/address.ts";
import { type Edges, HAS_POINTERS, type Objects } from "../../heap/objects.ts";
import type { Kernel } from "../../workers/kernel.ts";
import { FileRuns } from "./file-runs.ts";

/** Most bytes read at once. */
const WINDOW_SIZE = 1 << 18;

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

/** Finds them in the contents of some objects, which it reads in the order of the dump. Linear in these. */
export const FIND_TYPE_WORDS: Kernel<TypeWordColumns, TypeWords, Uint8Array<ArrayBuffer>> = {
  name: "find-type-words",
  scratch: () => new Uint8Array(WINDOW_SIZE),
  run({ position, flags, size, start, offset, ...dump }, from, to, read, buffer) {
    const { pointerSize, bigEndian, addressBaseHigh: baseHigh } = dump;
    const [typesStart, typesEnd, firstItab, lastItab] = dump.ranges;
    const wide = pointerSize === 8;
    const littleEndian = !bigEndian;
    const runs = new FileRuns({ position, flags, size }, from, to);
    const window = new DataView(buffer.buffer);
    let windowStart = 0;
    let windowLength = 0;
    let edges = new Uint32Array(1 << 12);
    let words = new Float64Array(1 << 12);
    let found = 0;
    // How many were found before each run, by its place in the dump, and in all.
    const before = new Uint32Array(runs.order.length + 1);
    for (let place = 0; place < runs.order.length; place++) {
      const run = runs.order[place]!;
      const after = runs.first[run + 1]!;
      for (let object = runs.first[run]!; object < after; object++) {
        if ((flags[object]! & HAS_POINTERS) === 0) continue;
        const contents = position[object]!;
        const lastEdge = start[object + 1]!;
        const firstEdge = start[object]!;
        for (let edge = firstEdge; edge < lastEdge; edge++) {
          if (offset[edge]! < pointerSize) continue;
          // What is a pointer to an object itself is no pointer to a type.
          if (edge > firstEdge && offset[edge - 1]! === offset[edge]! - pointerSize) continue;
          const at = contents + offset[edge]! - pointerSize;
          let inWindow = at - windowStart;
          if (inWindow < 0 || inWindow + pointerSize > windowLength) {
            const length = Math.min(WINDOW_SIZE, Math.max(pointerSize, runs.end[place]! - at));
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
      before[place + 1] = found;
    }
    return sortByEdge(edges, words, runs.order, before);
  },
};

/** Puts what was found in the order of the dump in that of the edges, which is that of the runs' numbers. */
function sortByEdge(edges: Uint32Array, words: Float64Array, order: Uint32Array, before: Uint32Array): TypeWords {
  const count = before[order.length]!;
  const edge = new Uint32Array(count);
  const word = new Float64Array(count);
  const placeOf = new Uint32Array(order.length);
  for (let place = 0; place < order.length; place++) placeOf[order[place]!] = place;
  let next = 0;
  for (const place of placeOf) {
    for (let i = before[place]!; i < before[place + 1]!; i++) {
      edge[next] = edges[i]!;
      word[next++] = words[i]!;
    }
  }
  return { edge, word };
}

function longer<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from as never);
  return to;
}
