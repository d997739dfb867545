/**
 * StringTexts: the texts of the objects that hold the bytes of strings. How long a string is stands in its header, which
 * is in whatever refers to it; behind the string its slot may hold anything, so the headers are looked up first.
 */

import type { Heap } from "../../heap/heap.ts";
import { lowerBound } from "../../heap/lower-bound.ts";
import { HAS_POINTERS, objectSize } from "../../heap/objects.ts";
import { rootContentsPosition } from "../../heap/roots/root-contents.ts";
import { TypeKind } from "../../heap/types.ts";
import { breathe, NO_PROGRESS, type Progress } from "../../progress.ts";
import { ContentsReader } from "../evidence/contents.ts";

/** Slots in which the allocator puts several small values side by side. */
const TINY_SIZE = 16;
/** In `#known` of a tiny slot: the low bits are the length, the bits from here on tell where strings begin. */
const TINY_STARTS = 16;
/** Stands between the strings of a tiny slot. */
const TINY_SEPARATOR = " | ";
/** UTF-8 needs at most so many bytes for one UTF-16 unit. */
const BYTES_PER_UNIT = 3;
/** Bytes copied at a time. */
const PIECE_SIZE = 1 << 14;

/** The text of a string, cut if it is long. */
export interface StringText {
  /** Well-formed; bytes that are no UTF-8 became U+FFFD. */
  readonly text: string;
  /** Bytes of the whole string. */
  readonly length: number;
  /** Whether `text` is only its beginning. */
  readonly isCut: boolean;
}

/** Reads the texts of strings from the dump. Needs a typed heap. */
export class StringTexts {
  readonly #heap: Heap;
  readonly #contents: ContentsReader;
  /** Per object: bytes up to the end of the longest string in it, as headers say; 0 if none does. */
  readonly #known: Uint32Array;
  readonly #piece = new Uint8Array(PIECE_SIZE);

  private constructor(heap: Heap) {
    this.#heap = heap;
    this.#contents = new ContentsReader(heap);
    this.#known = new Uint32Array(heap.objects.count);
  }

  /**
   * Looks up how long the strings of a typed heap are. Walks all edges and reads the headers; 4 bytes an object.
   * Lengths of strings that only registers, or memory that is not in the dump, refer to stay unknown.
   */
  static async prepare(heap: Heap, progress: Progress = NO_PROGRESS): Promise<StringTexts> {
    const texts = new StringTexts(heap);
    const { count } = heap.objects;
    const isString = findStrings(heap);
    const slice = 1 << 16;
    for (let from = 0; from < count; from += slice) {
      progress.update(from);
      await breathe(progress);
      texts.#visitObjects(isString, from, Math.min(count, from + slice));
    }
    texts.#visitRoots();
    return texts;
  }

  /** Length in bytes of the string, or of all strings, in an object of kind STRING. */
  lengthOf(object: number): number {
    const known = this.#known[object]!;
    if (known === 0) return this.#measure(object);
    return this.#heap.objects.size[object] === TINY_SIZE ? known & ((1 << TINY_STARTS) - 1) : known;
  }

  /** The text of an object of kind STRING, at most `maxUnits` UTF-16 units of it. */
  read(object: number, maxUnits: number): StringText {
    const length = this.lengthOf(object);
    const size = Math.min(length, (maxUnits + 1) * BYTES_PER_UNIT);
    const bytes = size <= PIECE_SIZE ? this.#piece.subarray(0, size) : new Uint8Array(size);
    this.#contents.copy(this.#heap.objects.position[object]!, bytes);
    const starts = this.#heap.objects.size[object] === TINY_SIZE ? this.#known[object]! >>> TINY_STARTS : 0;
    const text = starts > 1 ? decodeTiny(bytes, starts) : decoder.decode(bytes);
    const isCut = size < length || text.length > maxUnits;
    return { text: isCut ? cut(text, maxUnits) : text, length, isCut };
  }

  /** 32-bit FNV-1a of the whole string: tells cut texts apart. Reads all of it. */
  hash(object: number): number {
    const length = this.lengthOf(object);
    const position = this.#heap.objects.position[object]!;
    let hash = 0x811c9dc5;
    for (let done = 0; done < length; done += PIECE_SIZE) {
      const piece = this.#piece.subarray(0, Math.min(PIECE_SIZE, length - done));
      this.#contents.copy(position + done, piece);
      for (let i = 0; i < piece.length; i++) hash = Math.imul(hash ^ piece[i]!, 0x01000193);
    }
    return hash >>> 0;
  }

  #visitObjects(isString: Int32Array, from: number, end: number): void {
    const { objects, edges, dump } = this.#heap;
    const { start, to, offset, interiorEdge, interiorOffset } = edges;
    const { pointerSize } = dump;
    const { flags } = objects;
    let interior = lowerBound(interiorEdge, start[from]!);
    let nextInterior = interiorEdge[interior] ?? -1;
    for (let i = from; i < end; i++) {
      if ((flags[i]! & HAS_POINTERS) === 0) continue;
      const lastHeader = objectSize(objects, i) - 2 * pointerSize;
      const after = start[i + 1]!;
      for (let edge = start[i]!; edge < after; edge++) {
        let inside = 0;
        if (edge === nextInterior) {
          inside = interiorOffset[interior++]!;
          nextInterior = interiorEdge[interior] ?? -1;
        }
        const target = to[edge]!;
        if ((isString[target >>> 5]! & (1 << (target & 31))) === 0 || offset[edge]! > lastHeader) continue;
        this.#note(target, inside, this.#contents.word(i, offset[edge]! + pointerSize));
      }
    }
  }

  /** Segments, variables and frames; their pointers may lead into the middle of a string, the word there tells. */
  #visitRoots(): void {
    const { roots, objects, types, dump } = this.#heap;
    const { vertices } = roots;
    for (let vertex = 0; vertex < vertices.count; vertex++) {
      const position = rootContentsPosition(this.#heap, vertex);
      if (position === undefined) continue;
      for (let row = vertices.edgeStart[vertex]!; row < vertices.edgeStart[vertex + 1]!; row++) {
        const target = roots.to[row]!;
        if (types.kind[objects.type[target]!] !== TypeKind.STRING) continue;
        const header = position + roots.offset[row]!;
        const inside = this.#contents.wordAt(header) - objects.address[target]!;
        this.#note(target, inside, this.#contents.wordAt(header + dump.pointerSize));
      }
    }
  }

  /** Takes what may be the header of a string: `length` bytes from `inside` of the target. */
  #note(target: number, inside: number, length: number): void {
    const { objects } = this.#heap;
    const end = inside + length;
    if (!(length > 0 && inside >= 0 && end <= objectSize(objects, target) && end < 2 ** 32)) return;
    const known = this.#known[target]!;
    if (objects.size[target] !== TINY_SIZE) {
      if (end > known) this.#known[target] = end;
      return;
    }
    const longest = Math.max(end, known & ((1 << TINY_STARTS) - 1));
    this.#known[target] = ((known >>> TINY_STARTS) | (1 << inside)) * 2 ** TINY_STARTS + longest;
  }

  /** Bytes up to the last that is not 0, where no header is known. */
  #measure(object: number): number {
    const position = this.#heap.objects.position[object]!;
    let end = objectSize(this.#heap.objects, object);
    while (end > 0) {
      const from = Math.max(0, end - PIECE_SIZE);
      const piece = this.#piece.subarray(0, end - from);
      this.#contents.copy(position + from, piece);
      let last = piece.length - 1;
      while (last >= 0 && piece[last] === 0) last--;
      if (last >= 0) return from + last + 1;
      end = from;
    }
    return 0;
  }
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A bit for each object that holds the bytes of strings; small enough to stay in the cache. */
function findStrings({ objects, types }: Heap): Int32Array {
  const isString = types.kind.map((kind) => (kind === TypeKind.STRING ? 1 : 0));
  const { count, type } = objects;
  const bits = new Int32Array((count >>> 5) + 1);
  for (let i = 0; i < count; i++) bits[i >>> 5]! |= isString[type[i]!]! << (i & 31);
  return bits;
}

/** The strings of a tiny slot one after the other; what lies between them is padding. */
function decodeTiny(bytes: Uint8Array, starts: number): string {
  const texts: string[] = [];
  for (let from = 0; from < bytes.length; ) {
    let end = from + 1;
    while (end < bytes.length && (starts & (1 << end)) === 0) end++;
    let last = end;
    while (last > from && bytes[last - 1] === 0) last--;
    if ((starts & (1 << from)) !== 0) texts.push(decoder.decode(bytes.subarray(from, last)));
    from = end;
  }
  return texts.join(TINY_SEPARATOR);
}

/** The first units of a text; no half of a surrogate pair. */
function cut(text: string, maxUnits: number): string {
  const last = text.charCodeAt(maxUnits - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? maxUnits - 1 : maxUnits);
}
