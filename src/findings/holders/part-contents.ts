/**
 * Part contents: what many alike things below a holder consist of. Sixty clients of 200 KiB each say nothing by themselves, where no
 * single type below them has most: of which types their bytes are says more.
 */
import { libraryMapName } from "../../analysis/paths/library-maps.ts";
import { wholeMapName } from "../../analysis/paths/map-parts.ts";
import { int32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT, objectSize } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";
import { computeHolders } from "../../values/values.ts";
import { type AlikeThings, isTypeGuessed } from "../guessed.ts";
import type { ThingTree } from "./thing-tree.ts";

/** Things of one type, wherever they are below; with the bytes of themselves and of what they are made of. */
export interface PartContent extends AlikeThings {
  readonly bytes: number;
  /** The field that has them, or most of them, as findings name fields: "main.Session.history"; null if none has, or their type says enough. */
  readonly field: ContentField | null;
}

/** A field, and how much of some things it has. */
export interface ContentField {
  readonly name: string;
  /** Of these things. */
  readonly bytes: number;
  /** Whether the type of something that has them is guessed. */
  readonly isGuessed: boolean;
}

/** Objects between two breaths. */
const SLICE = 1 << 17;
/** Types that are told, … */
const MOST = 2;
/** … each with this share of the bytes, … */
const LEAST = 0.15;
/** … and together with this one: else nothing is most of it. */
const LEAST_TOGETHER = 0.5;
/** The share of some things that a field has to have to be named. */
const LEAST_IN_FIELD = 0.8;
/** Types that have no name of their own, so that it is the field which tells what they are for. */
const WITHOUT_NAME = /^(\[|map\[|chan |<-chan |func\(|string$)/;

/** Types that have most, by row. */
type FoundContent = Omit<PartContent, "field"> & { readonly row: number };

/** Tells what things below a holder consist of. */
export class PartContents {
  readonly #heap: Heap;
  readonly #tree: ThingTree;
  readonly #container: Int32Array | undefined;
  /** By row: bytes of all things of a type, wherever they are, and of what they are made of; once it was asked for. */
  #everywhere: Float64Array | undefined;

  /** @param container per object the one that stands for what it is a part of */
  constructor(heap: Heap, tree: ThingTree, container: Int32Array | undefined) {
    this.#heap = heap;
    this.#tree = tree;
    this.#container = container;
  }

  /**
   * Finds what things consist of mostly, most first; nothing if no few types do, or if that is the things themselves. Linear in all that
   * they own, unless the whole heap has too little of any type; the first time linear in the heap. Where fields are told it costs
   * `computeHolders`, too: whoever asks several times borrows that.
   * @param things vertices of one type, none of them below another
   */
  async find(things: readonly number[], progress: Progress): Promise<readonly PartContent[]> {
    const { objects, types } = this.#heap;
    const own = objects.type[things[0]!]!;
    const all = things.reduce((sum, thing) => sum + this.#tree.sizeOf(thing), 0);
    if (!(await this.#mayHaveMost(own, all, progress))) return [];
    const counts = new Int32Array(types.count);
    const guesses = new Int32Array(types.count);
    const sums = new Float64Array(types.count);
    await visitAll(this.#tree, things, this.#container, progress, (object, whole) => {
      const row = objects.type[whole]!;
      sums[row]! += objectSize(objects, object);
      if (whole !== object) return;
      counts[row]!++;
      if (isTypeGuessed(objects, object)) guesses[row]!++;
    });
    const found: FoundContent[] = [];
    for (let row = 0; row < types.count; row++) {
      const [count, bytes] = [counts[row]!, sums[row]!];
      if (row === own || count < 2 || bytes < LEAST * all) continue;
      const type = libraryMapName(types.names[row]!) ?? wholeMapName(types.names[row]!);
      found.push({ row, type, count, guessed: guesses[row]!, bytes });
    }
    found.sort((a, b) => b.bytes - a.bytes || (a.type < b.type ? -1 : 1));
    const most = found.slice(0, MOST);
    if (most.reduce((sum, { bytes }) => sum + bytes, 0) < LEAST_TOGETHER * all) return [];
    const asked = most.filter(({ type }) => WITHOUT_NAME.test(type));
    const fields = await findFields(this.#heap, this.#tree, things, this.#container, asked, progress);
    return most.map(({ row, ...content }) => ({ ...content, field: fields.get(row) ?? null }));
  }

  /** Whether few types other than the things' own have so much in the whole heap that they can be most of the bytes. */
  async #mayHaveMost(own: number, bytes: number, progress: Progress): Promise<boolean> {
    this.#everywhere ??= await sumWholes(this.#heap, this.#container, progress);
    const others = this.#everywhere.filter((_, row) => row !== own).sort();
    return others.slice(-MOST).reduce((sum, most) => sum + most, 0) >= LEAST_TOGETHER * bytes;
  }
}

/** By row of the type table: bytes of all things of a type, and of what they are made of. Linear. */
async function sumWholes(
  { objects, types }: Heap,
  container: Int32Array | undefined,
  progress: Progress,
): Promise<Float64Array> {
  const { count, type } = objects;
  const sums = new Float64Array(types.count);
  for (let i = 0; i < count; i++) {
    if (i % SLICE === SLICE - 1) await breathe(progress);
    sums[type[container === undefined ? i : container[i]!]!]! += objectSize(objects, i);
  }
  return sums;
}

/** The fields that have most of what there is of some types, by row. */
async function findFields(
  heap: Heap,
  tree: ThingTree,
  things: readonly number[],
  container: Int32Array | undefined,
  contents: readonly FoundContent[],
  progress: Progress,
): Promise<ReadonlyMap<number, ContentField>> {
  const { objects } = heap;
  const found = new Map<number, ContentField>();
  if (contents.length === 0 || heap.types.layouts === undefined) return found;
  const holders = await computeHolders(heap, progress);
  /** By row, then by place. */
  const sums = new Map(contents.map(({ row }) => [row, new Map<number, { bytes: number; isGuessed: boolean }>()]));
  await visitAll(tree, things, container, progress, (object, whole) => {
    const ofRow = sums.get(objects.type[whole]!);
    const owner = ofRow === undefined ? NO_OBJECT : holders.ownerOf(whole);
    // What a root holds as well is in no field.
    if (ofRow === undefined || owner === NO_OBJECT || owner >= objects.count) return;
    const place = holders.placeOf(whole);
    const sum = ofRow.get(place) ?? { bytes: 0, isGuessed: false };
    sum.bytes += objectSize(objects, object);
    sum.isGuessed ||= isTypeGuessed(objects, owner);
    ofRow.set(place, sum);
  });
  for (const { row, bytes: all } of contents) {
    for (const [place, sum] of sums.get(row)!) {
      if (sum.bytes >= LEAST_IN_FIELD * all) found.set(row, { name: holders.places.name(place), ...sum });
    }
  }
  return found;
}

/** Visits all objects below some things, themselves among them, with the one that stands for the thing that each is a part of. */
async function visitAll(
  tree: ThingTree,
  things: readonly number[],
  container: Int32Array | undefined,
  progress: Progress,
  visit: (object: number, whole: number) => void,
): Promise<void> {
  const open = int32Column();
  for (const thing of things) open.push(thing);
  let left = SLICE;
  while (open.count > 0) {
    const object = open.get(--open.count);
    if (--left === 0) {
      await breathe(progress);
      left = SLICE;
    }
    visit(object, container === undefined ? object : container[object]!);
    tree.addRightBelow(object, open);
  }
}
