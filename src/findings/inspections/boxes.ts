/** Inspection of boxes: small values without pointers that interfaces hold, each in memory of its own. */
import { longColumn } from "../../column-memory.ts";
import type { Heap } from "../../heap/heap.ts";
import { HAS_POINTERS, REACHABLE, valueOffset } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";
import { formatBytes, formatNumber } from "../../quantities.ts";
import type { Holders } from "../../values/holders.ts";
import { SequentialReader } from "../../values/sequential-reader.ts";
import type { Finding } from "../finding.ts";
import { type Facts, isGuessed, makeFindings, mayCount } from "./facts.ts";
import { Tally } from "./tally.ts";

/** Values of fewer bytes share slots of so many, and larger ones are no boxes. runtime/malloc.go, maxTinySize. */
const MOST_SIZE = 16;
/** Headers are read here and there. */
const WINDOW_SIZE = 1 << 14;
/** Objects between two breaths. */
const SLICE = 1 << 16;

/** Finds interfaces that box many small values. Reads the types of those that may be worth a finding; 2 bytes an object if there are any. */
export async function inspectBoxes(facts: Facts, progress: Progress): Promise<Finding[]> {
  const { heap, values } = facts;
  const { layouts } = heap.types;
  if (layouts === undefined) return [];
  const words = new Map<number, number[]>();
  values.boxes.forEach((row, word, count) => {
    // The elements of all slices of one type are one word here, but may be several fields'.
    if (mayCount(facts, "boxed-values", count * MOST_SIZE)) words.set(row, [...(words.get(row) ?? []), word]);
  });
  if (words.size === 0) return [];
  const holders = await facts.holders();
  const tally = new Tally((place) => holders.places.name(place));
  const reader = new SequentialReader(heap, WINDOW_SIZE);
  const boxes = new Boxes(heap);
  for (let object = 0; object < heap.objects.count; object++) {
    if (object % SLICE === SLICE - 1) await breathe(progress);
    const chosen = words.get(heap.objects.type[object]!);
    if (chosen !== undefined && (heap.objects.flags[object]! & REACHABLE) !== 0)
      addObject(facts, holders, reader, object, chosen, boxes, tally);
  }
  return makeFindings(facts, "boxed-values", tally.bad(), ({ count, bytes, sums: { boxed = 0 } }) => ({
    problem: `${formatNumber(count, "interface boxes values", "interfaces box values")} of ${formatBytes(boxed / count)} on average: ${formatBytes(bytes)}`,
    evidence: { boxes: count, boxedBytes: boxed },
  }));
}

function addObject(
  facts: Facts,
  holders: Holders,
  reader: SequentialReader,
  object: number,
  words: readonly number[],
  boxes: Boxes,
  tally: Tally,
): void {
  const { heap } = facts;
  const { objects, edges, types, dump } = heap;
  const row = objects.type[object]!;
  const layout = types.layouts!.of(row)!;
  const base = valueOffset(objects, object);
  for (let edge = edges.start[object]!; edge < edges.start[object + 1]!; edge++) {
    const target = edges.to[edge]!;
    if ((objects.flags[target]! & HAS_POINTERS) !== 0 || objects.size[target]! > MOST_SIZE) continue;
    const within = (edges.offset[edge]! - base) % layout.size;
    const word = words.find((candidate) => layout.offset[candidate] === within);
    if (word === undefined) continue;
    const type = types.layouts!.dynamicType(
      reader.address(objects.position[object]! + edges.offset[edge]! - dump.pointerSize),
    );
    if (type === undefined || type.isDirect || type.size > MOST_SIZE) continue;
    // Copies of an interface share its box.
    if (!boxes.isNew(edge)) continue;
    const place = holders.placeOfWord(object, row, layout, word);
    // Small values are aligned to the next power of two in the slot that they share.
    const bytes = Math.min(MOST_SIZE, 2 ** Math.ceil(Math.log2(Math.max(1, type.size))));
    tally.addBad(place, target, bytes, isGuessed(facts, object), { boxed: type.size });
  }
}

/** The boxes that were counted: each is counted once. */
class Boxes {
  readonly #edges: Heap["edges"];
  /** By object, a bit for each of its bytes where a value begins: small ones share a slot. */
  readonly #known: Uint16Array;
  /** Of the interior edges, the first that is not before the edge that was asked about. */
  #interior = 0;

  constructor({ objects, edges }: Heap) {
    this.#edges = edges;
    this.#known = longColumn(Uint16Array, objects.count);
  }

  /** Whether no edge before led to the same box. Asked about ascending edges, to objects of MOST_SIZE bytes at most. */
  isNew(edge: number): boolean {
    const { to, interiorEdge, interiorOffset } = this.#edges;
    while (this.#interior < interiorEdge.length && interiorEdge[this.#interior]! < edge) this.#interior++;
    const at = interiorEdge[this.#interior] === edge ? interiorOffset[this.#interior]! : 0;
    const [target, bit] = [to[edge]!, 1 << at];
    if ((this.#known[target]! & bit) !== 0) return false;
    this.#known[target]! |= bit;
    return true;
  }
}
