/**
 * Part contents: what many alike things below a holder consist of. Sixty clients of 200 KiB each say nothing by themselves, where no
 * single type below them has most: of which types their bytes are says more.
 */
import { wholeTypeName } from "../../analysis/paths/library-maps.ts";
import { int32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { NO_OBJECT, objectSize } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";
import type { Holders } from "../../values/holders.ts";
import { computeHolders } from "../../values/values.ts";
import { type AlikeThings, isTypeGuessed } from "../guessed.ts";
import type { ThingTree, Vertices } from "./thing-tree.ts";

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

/** Whether a type's name says what its values are for. */
export function saysEnough(type: string): boolean {
  return !WITHOUT_NAME.test(type);
}

/** Types that have most, by row; and whether their name does not say what they are for, so that a field has to. */
type FoundContent = Omit<PartContent, "field"> & { readonly row: number; readonly wantsField: boolean };

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
   * they own, unless the whole heap has too little of any type; the first time linear in the heap. A bit an object. Where fields are told it costs
   * `computeHolders`, too: whoever asks several times borrows that.
   * @param things vertices of one type, none of them below another
   */
  async find(things: Vertices, progress: Progress): Promise<readonly PartContent[]> {
    const { objects, types } = this.#heap;
    const own = objects.type[things[0]!]!;
    const all = this.#tree.sumOf(things);
    if (!(await this.#mayHaveMost(things, all, progress))) return [];
    const isThing = new Int32Array((objects.count >>> 5) + 1);
    for (const thing of things) isThing[thing >>> 5]! |= 1 << (thing & 31);
    const counts = new Int32Array(types.count);
    const guesses = new Int32Array(types.count);
    const sums = new Float64Array(types.count);
    const isLinked = new Uint8Array(types.count);
    await visitAll(this.#tree, things, this.#container, progress, (object, whole) => {
      const row = objects.type[whole]!;
      const isNode = objects.type[object] === row;
      // Of the things' own type it is what hangs below them: a chain of older ones.
      if (row === own && (!isNode || hasBit(isThing, object))) return;
      sums[row]! += objectSize(objects, object);
      if (!isNode) return;
      if (whole !== object) isLinked[row] = 1;
      counts[row]!++;
      if (isTypeGuessed(objects, object)) guesses[row]!++;
    });
    const found: FoundContent[] = [];
    for (let row = 0; row < types.count; row++) {
      const [count, bytes] = [counts[row]!, sums[row]!];
      if (count < 2 || bytes < LEAST * all) continue;
      const type = wholeTypeName(types.names[row]!);
      const wantsField = row === own || isLinked[row] === 1 || !saysEnough(type);
      found.push({ row, type, count, guessed: guesses[row]!, bytes, wantsField });
    }
    found.sort((a, b) => b.bytes - a.bytes || (a.type < b.type ? -1 : 1));
    const most = found.slice(0, MOST);
    if (most.reduce((sum, { bytes }) => sum + bytes, 0) < LEAST_TOGETHER * all) return [];
    const asked = new Map(most.filter(({ wantsField }) => wantsField).map(({ row }) => [row, new FieldSums()]));
    if (asked.size > 0 && this.#heap.types.layouts !== undefined) {
      const holders = await computeHolders(this.#heap, progress);
      await visitAll(this.#tree, things, this.#container, progress, (object, whole) => {
        const row = objects.type[whole]!;
        const ofRow = asked.get(row);
        if (ofRow === undefined) return;
        const isNode = objects.type[object] === row;
        if (row === own && (!isNode || hasBit(isThing, object))) return;
        this.#addTo(ofRow, holders, isNode ? object : whole, objectSize(objects, object));
      });
      return most.map(({ row, wantsField, ...content }) => {
        return { ...content, field: asked.get(row)?.mostOf(content.bytes, holders) ?? null };
      });
    }
    return most.map(({ row, wantsField, ...content }) => ({ ...content, field: null }));
  }

  /**
   * The field that has most of some objects of one type, such as those which several things share, and of what these own; null if none
   * has, or if it is a pointer of their own, by which a ring or list goes on. Linear in them, and costs `computeHolders`, as `find` does.
   */
  async fieldOf(things: Vertices, progress: Progress): Promise<ContentField | null> {
    if (this.#heap.types.layouts === undefined) return null;
    const holders = await computeHolders(this.#heap, progress);
    const sums = new FieldSums();
    let all = 0;
    for (let i = 0; i < things.length; i++) {
      if (i % SLICE === SLICE - 1) await breathe(progress);
      const thing = things[i]!;
      all += this.#tree.sizeOf(thing);
      this.#addTo(sums, holders, thing, this.#tree.sizeOf(thing));
    }
    const { objects, types } = this.#heap;
    const field = sums.mostOf(all, holders);
    if (field === null) return null;
    const isLink = field.name.startsWith(`${types.names[objects.type[things[0]!]!]!}.`) && !field.name.endsWith("[]");
    return isLink ? null : field;
  }

  #addTo(sums: FieldSums, holders: Holders, object: number, bytes: number): void {
    const { objects } = this.#heap;
    const owner = holders.ownerOf(object);
    // What a root holds as well is in no field, and nothing in one that points back to what it hangs on.
    if (owner === NO_OBJECT || owner >= objects.count || this.#tree.isNear(owner, object)) return;
    sums.add(holders.placeOf(object), bytes, holders.isPlaceGuessed(object));
  }

  /** Whether few types have so much in the whole heap, beside the things themselves, that they can be most of the bytes. */
  async #mayHaveMost(things: Vertices, bytes: number, progress: Progress): Promise<boolean> {
    const { objects } = this.#heap;
    this.#everywhere ??= await sumWholes(this.#heap, this.#container, progress);
    const others = this.#everywhere.slice();
    for (const thing of things) others[objects.type[thing]!]! -= objectSize(objects, thing);
    return (
      others
        .sort()
        .slice(-MOST)
        .reduce((sum, most) => sum + most, 0) >=
      LEAST_TOGETHER * bytes
    );
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

/** Bytes by the field that has them. */
class FieldSums {
  /** By place. */
  readonly #sums = new Map<number, { bytes: number; isGuessed: boolean }>();

  add(place: number, bytes: number, isGuessed: boolean): void {
    let sum = this.#sums.get(place);
    if (sum === undefined) {
      sum = { bytes: 0, isGuessed: false };
      this.#sums.set(place, sum);
    }
    sum.bytes += bytes;
    sum.isGuessed ||= isGuessed;
  }

  /** The field that has most of some bytes; null if none has. */
  mostOf(all: number, { places }: Holders): ContentField | null {
    for (const [place, sum] of this.#sums) {
      if (sum.bytes >= LEAST_IN_FIELD * all) return { name: places.name(place), ...sum };
    }
    return null;
  }
}

function hasBit(bits: Int32Array, object: number): boolean {
  return (bits[object >>> 5]! & (1 << (object & 31))) !== 0;
}

/** Visits all objects below some things, themselves among them, with the one that stands for the thing that each is a part of. */
async function visitAll(
  tree: ThingTree,
  things: Vertices,
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
