/**
 * Inspection of weak pointers: those that lead to nothing any more, as what they refer to was collected. Each still keeps its handle, and
 * in a map the entry with its key: a cache of weak pointers from which nobody deletes grows for ever.
 */
import { computeHistogram } from "../../analysis/histogram.ts";
import { findReleased } from "../../analysis/references/released.ts";
import { int32Column, uint8Column, uint32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { objectSize, REACHABLE, valueOffset } from "../../heap/objects.ts";
import { listForRows } from "../../heap/row-list.ts";
import { packageOfRow } from "../../heap/type-package.ts";
import { type MapGroupsLayout, Structure, type ValueLayout, WordKind } from "../../heap/value-layouts.ts";
import { breathe, type Progress } from "../../progress.ts";
import { formatBytes, formatCount, formatNumber } from "../../quantities.ts";
import type { Holders } from "../../values/holders.ts";
import { HandleWord, mayBeHandle, readHandles, WEAK_SINCE } from "../../values/weak-handles.ts";
import type { Finding } from "../finding.ts";
import { type Facts, isGuessed, makeFindings, type Wording } from "./facts.ts";
import { Tally, type TallyRow } from "./tally.ts";

/** Weak pointers of one place that lead to nothing: with fewer, no search for what they keep is worth its time. */
const LEAST_DEAD = 100;
/** Objects between two breaths. */
const SLICE = 1 << 17;
/** The map of package unique is of weak pointers, and the package itself deletes from it. */
const OWN_PACKAGES: ReadonlySet<string> = new Set(["unique", "internal/sync", "internal/concurrent"]);

/** Entries of a group or bucket of a map. */
const SLOTS = 8;
/** What words of entries are called that are the element or the key themselves. */
const ENTRIES: ReadonlySet<string> = new Set(["[]", " (key)"]);
const NONE = -1;

/** Since Go 1.26 handles have a type of their own, and interfaces hold them where they hold weak pointers. */
const HANDLE = "runtime.weakHandleBox";
const ANY_TYPE = -1;

/** What a weak pointer leads to. */
const Led = { TO_SOMETHING: 0, TO_NOTHING: 1, UNKNOWN: 2 } as const;

/** The weak pointers in objects of a row. */
interface WeakWords {
  readonly layout: ValueLayout;
  /** Words of the layout, and where they are in a value. */
  readonly words: readonly number[];
  readonly offsets: readonly number[];
  /** The type of what each leads to if it is a weak pointer; ANY_TYPE where all are. */
  readonly targets: readonly number[];
  /** Of rows of entries of maps: where keys and elements are. */
  readonly groups: MapGroupsLayout | undefined;
  /** By the number in `words`: whether it is all of a key or an element. */
  readonly isEntry: readonly boolean[];
}

/** All weak pointers in live objects that lead to handles: rows in the order of their edges. */
interface WeakPointers {
  readonly edge: Uint32Array;
  readonly holder: Int32Array;
  /** By the number in `WeakWords.words`. */
  readonly word: Int32Array;
  /** The word of the handle's object that it leads to. */
  readonly inside: Uint8Array;
}

/** Of the weak pointers of one place. */
interface Place {
  all: number;
  dead: number;
  guessed: number;
  /** One that has such: its map, or the object itself. */
  example: number;
}

/**
 * Finds weak pointers that lead to nothing. Looks at the type of each object if any type has weak pointers, and reads their handles;
 * 1 byte an object and 13 for each weak pointer. Follows all pointers once if many lead to nothing.
 */
export async function inspectWeakPointers(facts: Facts, progress: Progress): Promise<Finding[]> {
  const { heap } = facts;
  const rows = await listRows(heap, progress);
  if (rows === undefined) return [];
  const states = new Uint8Array(heap.objects.count);
  const pointers = await findPointers(heap, rows, states, progress);
  if (pointers.edge.length < LEAST_DEAD) return [];
  await readHandles(heap, states, progress);
  const led = judge(facts, pointers, states);
  if (led === undefined) return [];
  const holders = await facts.holders();
  const placeOf = nameAll(facts, rows, pointers, holders);
  const places = countPlaces(facts, rows, pointers, placeOf, led);
  const chosen = [...places].filter(([, { dead }]) => dead >= LEAST_DEAD);
  const numbers = new Map(chosen.map(([place], number) => [place, number]));
  const ignored = listIgnored(heap, rows, pointers, (i) =>
    led[i] === Led.TO_NOTHING ? (numbers.get(placeOf[i]!) ?? NONE) : NONE,
  );
  const handleBytes = new Float64Array(chosen.length);
  const { bytes } = await findReleased(
    heap,
    { edges: ignored.edge, rootEdges: [] },
    (pointer) => ignored.number[pointer]!,
    chosen.length,
    progress,
    (object, number) => {
      if (states[object] !== 0) handleBytes[number]! += objectSize(heap.objects, object);
    },
  );
  const tally = new Tally((place) => holders.places.name(place));
  for (const [number, [place, { all, dead, guessed, example }]] of chosen.entries()) {
    tally.addSummed(place, dead, bytes[number]!, { handleBytes: handleBytes[number]! }, { guessed, example });
    tally.addToKnown(place, all);
  }
  return makeFindings(facts, "dead-weak-pointers", tally.bad(), word);
}

function word({ count, all, bytes, sums: { handleBytes = 0 } }: TallyRow): Wording {
  const kept =
    bytes > handleBytes
      ? `with their entries they alone keep ${formatBytes(bytes)}, ${formatBytes(handleBytes)} of it handles`
      : `their handles take ${formatBytes(bytes)}`;
  return {
    problem: `${formatCount(count)} of ${formatNumber(all, "weak pointer")} lead to nothing any more: ${kept}`,
    evidence: { weakPointers: all, dead: count, handleBytes },
  };
}

/** The rows of objects that have weak pointers, or interfaces where these may be; undefined if there are none. */
async function listRows(heap: Heap, progress: Progress): Promise<(WeakWords | undefined)[] | undefined> {
  const { types, dump } = heap;
  const { layouts } = types;
  if (layouts === undefined || dump.go.minorMax < WEAK_SINCE) return undefined;
  const { reachableObjects: live } = await computeHistogram(heap, progress);
  const handle = types.names.indexOf(HANDLE);
  const areBoxed = handle >= 0 && live[handle]! >= LEAST_DEAD;
  const rows = listForRows<WeakWords>(types.count);
  let hasAny = false;
  for (let row = 0; row < types.count; row++) {
    const layout = layouts.of(row);
    if (layout === undefined || live[row] === 0) continue;
    const weak = OWN_PACKAGES.has(packageOfRow(types, row)) ? [] : (layouts.weakWords(row) ?? []);
    const words = [...weak];
    if (areBoxed) {
      for (const [each, kind] of layout.kind.entries()) if (kind === WordKind.INTERFACE) words.push(each);
    }
    if (words.length === 0) continue;
    rows[row] = {
      layout,
      words,
      offsets: words.map((each) => layout.offset[each]!),
      targets: words.map((_, i) => (i < weak.length ? ANY_TYPE : handle)),
      groups: layouts.structure[row] === Structure.MAP_GROUPS ? layouts.mapGroups(row) : undefined,
      isEntry: words.map((each) => ENTRIES.has(layout.name(each).text)),
    };
    hasAny = true;
  }
  return hasAny ? rows : undefined;
}

/** @param states is told of each object that may be a handle */
async function findPointers(
  heap: Heap,
  rows: readonly (WeakWords | undefined)[],
  states: Uint8Array,
  progress: Progress,
): Promise<WeakPointers> {
  const { objects, edges, dump } = heap;
  const [edge, holder, word, inside] = [uint32Column(), int32Column(), int32Column(), uint8Column()];
  let interior = 0;
  for (let object = 0; object < objects.count; object++) {
    if (object % SLICE === SLICE - 1) await breathe(progress);
    const row = rows[objects.type[object]!];
    if (row === undefined || (objects.flags[object]! & REACHABLE) === 0) continue;
    const base = valueOffset(objects, object);
    for (let e = edges.start[object]!; e < edges.start[object + 1]!; e++) {
      const target = edges.to[e]!;
      const number = row.offsets.indexOf((edges.offset[e]! - base) % row.layout.size);
      if (number < 0 || !mayBeHandle(heap, target)) continue;
      const wanted = row.targets[number]!;
      if (wanted !== ANY_TYPE && wanted !== objects.type[target]) continue;
      while (interior < edges.interiorEdge.length && edges.interiorEdge[interior]! < e) interior++;
      const at = edges.interiorEdge[interior] === e ? edges.interiorOffset[interior]! : 0;
      if (at % dump.pointerSize !== 0) continue;
      edge.push(e);
      holder.push(object);
      word.push(number);
      inside.push(at / dump.pointerSize);
      states[target] = 1;
    }
  }
  return { edge: edge.finish(), holder: holder.finish(), word: word.finish(), inside: inside.finish() };
}

/**
 * What each weak pointer leads to. Undefined if fewer lead to nothing than count, or if what known ones lead to are no handles as gohd
 * knows them; guessed ones may be no weak pointers.
 */
function judge(facts: Facts, { edge, holder, inside }: WeakPointers, states: Uint8Array): Uint8Array | undefined {
  const { to } = facts.heap.edges;
  const led = new Uint8Array(edge.length);
  let dead = 0;
  for (let i = 0; i < edge.length; i++) {
    const state = states[to[edge[i]!]!]! >>> inside[i]!;
    if ((state & HandleWord.EMPTY) !== 0) {
      led[i] = Led.TO_NOTHING;
      dead++;
    } else if ((state & HandleWord.LEADS) === 0) {
      if (!isGuessed(facts, holder[i]!)) return undefined;
      led[i] = Led.UNKNOWN;
    }
  }
  return dead < LEAST_DEAD ? undefined : led;
}

/** The place of each weak pointer. Those of one object are one after the other. */
function nameAll(
  { heap }: Facts,
  rows: readonly (WeakWords | undefined)[],
  { holder, word }: WeakPointers,
  holders: Holders,
): Int32Array {
  const places = new Int32Array(holder.length);
  /** Of the object at hand, by the number of the word. */
  const named: number[] = [];
  for (let i = 0; i < holder.length; i++) {
    const object = holder[i]!;
    if (i === 0 || holder[i - 1] !== object) named.length = 0;
    const row = heap.objects.type[object]!;
    const { layout, words } = rows[row]!;
    named[word[i]!] ??= holders.placeOfWord(object, row, layout, words[word[i]!]!);
    places[i] = named[word[i]!]!;
  }
  return places;
}

function countPlaces(
  facts: Facts,
  rows: readonly (WeakWords | undefined)[],
  { holder }: WeakPointers,
  placeOf: Int32Array,
  led: Uint8Array,
): ReadonlyMap<number, Place> {
  const { type } = facts.heap.objects;
  const places = new Map<number, Place>();
  for (let i = 0; i < holder.length; i++) {
    if (led[i] === Led.UNKNOWN) continue;
    const object = holder[i]!;
    let counts = places.get(placeOf[i]!);
    if (counts === undefined) {
      counts = { all: 0, dead: 0, guessed: 0, example: NONE };
      places.set(placeOf[i]!, counts);
    }
    counts.all++;
    if (led[i] !== Led.TO_NOTHING) continue;
    if (counts.dead === 0)
      counts.example = rows[type[object]!]!.groups === undefined ? object : facts.containers[object]!;
    counts.dead++;
    if (isGuessed(facts, object)) counts.guessed++;
  }
  return places;
}

interface Ignored {
  /** Ascending. */
  readonly edge: Uint32Array;
  /** Number of the place for which each goes. */
  readonly number: Int32Array;
}

/**
 * Pointers that go if weak pointers are let go of: these themselves, and all of the entry where a map's key or element is one.
 * @param numberOf number of the pointer's place; NONE if it stays
 */
function listIgnored(
  { objects, edges }: Heap,
  rows: readonly (WeakWords | undefined)[],
  { edge, holder, word }: WeakPointers,
  numberOf: (pointer: number) => number,
): Ignored {
  const ignored = { edge: uint32Column(), number: int32Column() };
  const add = (e: number, number: number): void => {
    if (number === NONE) return;
    ignored.edge.push(e);
    ignored.number.push(number);
  };
  /** By slot of the group at hand: the number of the pointer for which it goes. */
  const slots = new Int32Array(SLOTS);
  for (let i = 0; i < edge.length; ) {
    const object = holder[i]!;
    const { layout, groups, isEntry } = rows[objects.type[object]!]!;
    if (groups === undefined) {
      add(edge[i]!, numberOf(i));
      i++;
      continue;
    }
    const base = valueOffset(objects, object);
    const group = base + Math.floor((edges.offset[edge[i]!]! - base) / layout.size) * layout.size;
    const first = i;
    slots.fill(NONE);
    for (; i < edge.length && holder[i] === object && edges.offset[edge[i]!]! < group + layout.size; i++) {
      const slot = slotAt(groups, edges.offset[edge[i]!]! - group);
      if (slot !== NONE && isEntry[word[i]!] && slots[slot] === NONE) slots[slot] = numberOf(i);
    }
    let e = edge[first]!;
    while (e > edges.start[object]! && edges.offset[e - 1]! >= group) e--;
    for (let next = first; e < edges.start[object + 1]! && edges.offset[e]! < group + layout.size; e++) {
      while (next < i && edge[next]! < e) next++;
      const slot = slotAt(groups, edges.offset[e]! - group);
      const number = slot === NONE ? NONE : slots[slot]!;
      add(e, number === NONE && next < i && edge[next] === e ? numberOf(next) : number);
    }
  }
  return { edge: ignored.edge.finish(), number: ignored.number.finish() };
}

/** The slot of a group that an offset is in; NONE if in none. */
function slotAt(groups: MapGroupsLayout, offset: number): number {
  const { keySize, keyStart, keyStride, elementSize, elementStart, elementStride } = groups;
  const key = partAt(offset - keyStart, keyStride, keySize);
  return key === NONE ? partAt(offset - elementStart, elementStride, elementSize) : key;
}

function partAt(offset: number, stride: number, size: number): number {
  if (offset < 0 || stride === 0) return NONE;
  const slot = Math.floor(offset / stride);
  return slot < SLOTS && offset - slot * stride < size ? slot : NONE;
}
