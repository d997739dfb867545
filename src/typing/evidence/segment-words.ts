/**
 * SegmentWords: the words of data and bss that point somewhere: to objects, which are root edges, and to data and bss
 * themselves. By ascending address, so that a value's words are found by its range.
 */
import { readAddress } from "../../format/records/address.ts";
import { float64Column, int32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import type { Segment } from "../../heap/roots/segments.ts";

/** In `row`: the word points into a segment. */
export const NO_ROW = -1;

/** Bytes of a segment read at a time. */
const WINDOW_SIZE = 1 << 20;

export class SegmentWords {
  readonly count: number;
  /** Run-time address of each word. */
  readonly address: Float64Array;
  /** Its root edge, or NO_ROW. */
  readonly row: Int32Array;
  /** Where words that are no root edges point to; else 0. */
  readonly target: Float64Array;
  readonly #segments: readonly Segment[];

  /** Reads all of data and bss once. */
  constructor(heap: Heap) {
    this.#segments = [...heap.segments].sort((a, b) => a.address - b.address);
    const address = float64Column();
    const row = int32Column();
    const target = float64Column();
    for (const segment of this.#segments) {
      const rows = rowsOf(heap, segment);
      let next = 0;
      visitWords(heap, segment, (offset, value) => {
        while (next < rows.length && heap.roots.offset[rows[next]!]! < offset) next++;
        const isRoot = next < rows.length && heap.roots.offset[rows[next]!] === offset;
        if (!isRoot && this.segmentOf(value) === undefined) return;
        address.push(segment.address + offset);
        row.push(isRoot ? rows[next]! : NO_ROW);
        target.push(isRoot ? 0 : value);
      });
    }
    this.count = address.count;
    this.address = address.finish();
    this.row = row.finish();
    this.target = target.finish();
  }

  /** The segment that covers an address. */
  segmentOf(address: number): Segment | undefined {
    for (const segment of this.#segments) {
      if (address >= segment.address && address < segment.address + segment.size) return segment;
    }
    return undefined;
  }

  /** The position in the dump of the byte at an address of a segment. */
  positionOf(address: number): number | undefined {
    const segment = this.segmentOf(address);
    return segment === undefined ? undefined : segment.position + address - segment.address;
  }

  /** Index of the first word at or behind an address. */
  firstFrom(address: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.address[middle]! < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Root edges of a segment by ascending offset. */
function rowsOf({ roots, segments }: Heap, segment: Segment): Int32Array {
  const { kind, item, edgeStart, count } = roots.vertices;
  for (let vertex = 0; vertex < count; vertex++) {
    if (kind[vertex] !== RootVertexKind.SEGMENT || segments[item[vertex]!] !== segment) continue;
    const first = edgeStart[vertex]!;
    const rows = Int32Array.from({ length: edgeStart[vertex + 1]! - first }, (_, i) => first + i);
    return rows.sort((a, b) => roots.offset[a]! - roots.offset[b]!);
  }
  return new Int32Array(0);
}

/** Visits the words of a segment that are not 0: offset and value. */
function visitWords(heap: Heap, { position, size }: Segment, visitor: (offset: number, value: number) => void): void {
  const { pointerSize, bigEndian, addressBase } = heap.dump;
  const wide = pointerSize === 8;
  const baseHigh = Number(addressBase >> 32n);
  for (let start = 0; start < size; start += WINDOW_SIZE) {
    const bytes = heap.readBytes(position + start, Math.min(WINDOW_SIZE, size - start));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + pointerSize <= bytes.length; at += pointerSize) {
      const value = readAddress(view, at, wide, !bigEndian, baseHigh);
      if (value !== 0) visitor(start + at, value);
    }
  }
}
