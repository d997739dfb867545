/**
 * MapCounts: how many entries each map has, and how many it has room for: of buckets (Go ≤ 1.23) and of groups, in tables
 * or alone (Go ≥ 1.24). Maps whose header is on a stack have no row; of those with tables the entries are counted apart.
 */
import { float64Column, int32Column } from "../heap/columns.ts";
import type { Heap } from "../heap/heap.ts";
import { objectSize, valueOffset } from "../heap/objects.ts";
import { Structure } from "../heap/value-layouts.ts";
import { bitsOfObjects, ObjectSet } from "./object-set.ts";
import type { SequentialReader } from "./sequential-reader.ts";
import type { ValueVisitor } from "./value-walk.ts";

/** Slots of a group or bucket. */
const SLOT_COUNT = 8;
/** Arrays of fewer buckets have no spare ones, so their number is a power of two. runtime/map.go, makeBucketArray. */
const LEAST_SPARE = 16;

/** One row per reachable map with a header on the heap, by ascending header. */
export interface MapColumns {
  readonly count: number;
  /** The object of the header. */
  readonly header: Int32Array;
  readonly entries: Float64Array;
  /** Slots that there is memory for, in spare and old buckets, too. */
  readonly slots: Float64Array;
  /** Slots of deleted entries that new ones cannot take before the table is made anew; 0 until Go 1.23. */
  readonly tombstones: Float64Array;
  /** Tables; 0 until Go 1.23, and for maps of a single group. */
  readonly tables: Float64Array;
  /** Bytes of the header and all parts, as slots of the allocator; keys and elements that are elsewhere not counted. */
  readonly bytes: Float64Array;
  /** Reachable maps with tables whose header is on a stack: the directory, which stands for such a map, ascending, … */
  readonly headless: Int32Array;
  /** … and entries and slots of each. */
  readonly headlessEntries: Float64Array;
  readonly headlessSlots: Float64Array;
}

export class MapCounts implements ValueVisitor {
  readonly #heap: Heap;
  readonly #header = int32Column();
  readonly #entries = float64Column();
  readonly #table = int32Column();
  readonly #tableUsed = int32Column();
  readonly #tableSlots = int32Column();
  readonly #tableTombstones = int32Column();

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  structure(object: number, row: number, position: number, reader: SequentialReader): void {
    const layouts = this.#heap.types.layouts!;
    if (layouts.structure[row] === Structure.MAP) {
      const layout = layouts.map(row);
      if (layout === undefined) return;
      this.#header.push(object);
      this.#entries.push(reader.integer(position + layout.used.offset, layout.used.size));
    } else if (layouts.structure[row] === Structure.MAP_TABLE) {
      const layout = layouts.mapTable(row);
      if (layout === undefined) return;
      const { used, capacity, growthLeft } = layout;
      const slots = reader.integer(position + capacity.offset, capacity.size);
      // 7 of 8 slots are filled at the most. internal/runtime/maps, table.resetGrowthLeft and tombstones.
      const most = slots <= SLOT_COUNT ? slots - 1 : Math.floor((slots * 7) / 8);
      const free = reader.integer(position + growthLeft.offset, growthLeft.size);
      const filled = reader.integer(position + used.offset, used.size);
      this.#table.push(object);
      this.#tableUsed.push(filled);
      this.#tableSlots.push(slots);
      this.#tableTombstones.push(Math.max(0, most - free - filled));
    }
  }

  /**
   * The columns, when the walk is over. Walks all objects.
   * @param container as `computeContainers` finds them
   */
  finish(container: Int32Array): MapColumns {
    const set = new ObjectSet(bitsOfObjects(this.#header.values, this.#heap.objects.count));
    const { count } = set;
    const columns = {
      count,
      header: new Int32Array(count),
      entries: new Float64Array(count),
      slots: new Float64Array(count),
      tombstones: new Float64Array(count),
      tables: new Float64Array(count),
      bytes: new Float64Array(count),
      ...this.#countHeadless(container),
    };
    const entries = this.#entries.values;
    for (const [row, object] of this.#header.values.entries()) {
      const map = set.indexOf(object);
      columns.header[map] = object;
      columns.entries[map] = entries[row]!;
    }
    const slots = this.#tableSlots.values;
    const tombstones = this.#tableTombstones.values;
    for (const [row, table] of this.#table.values.entries()) {
      const map = set.indexOf(container[table]!);
      if (map < 0) continue;
      columns.tables[map]!++;
      columns.slots[map]! += slots[row]!;
      columns.tombstones[map]! += tombstones[row]!;
    }
    if (count > 0) this.#addParts(container, set, columns);
    return columns;
  }

  /** Sums the entries of the tables of each map without a header. */
  #countHeadless(container: Int32Array): Pick<MapColumns, "headless" | "headlessEntries" | "headlessSlots"> {
    const { objects, types } = this.#heap;
    const structure = types.layouts?.structure;
    const sums = new Map<number, { entries: number; slots: number }>();
    const used = this.#tableUsed.values;
    const slots = this.#tableSlots.values;
    for (const [row, table] of this.#table.values.entries()) {
      const whole = container[table]!;
      if (structure?.[objects.type[whole]!] !== Structure.MAP_DIRECTORY) continue;
      const sum = sums.get(whole) ?? { entries: 0, slots: 0 };
      sum.entries += used[row]!;
      sum.slots += slots[row]!;
      sums.set(whole, sum);
    }
    const headless = Int32Array.from(sums.keys()).sort();
    return {
      headless,
      headlessEntries: Float64Array.from(headless, (map) => sums.get(map)!.entries),
      headlessSlots: Float64Array.from(headless, (map) => sums.get(map)!.slots),
    };
  }

  /** Adds the sizes of all parts, and the slots of groups and buckets that are in no table. */
  #addParts(container: Int32Array, set: ObjectSet, { slots, tables, bytes }: MapColumns): void {
    const { objects, types } = this.#heap;
    const { structure, mapGroups } = types.layouts!;
    for (let i = 0; i < objects.count; i++) {
      const row = objects.type[i]!;
      if (structure[row] === Structure.NONE) continue;
      const isPart = container[i] !== i && structure[objects.type[container[i]!]!] === Structure.MAP;
      if (!isPart && structure[row] !== Structure.MAP) continue;
      const map = set.indexOf(container[i]!);
      if (map < 0) continue;
      const size = objectSize(objects, i);
      bytes[map]! += size;
      if (structure[row] !== Structure.MAP_GROUPS || tables[map]! > 0) continue;
      const groupSize = mapGroups(row)?.size ?? 0;
      if (groupSize > 0) slots[map]! += SLOT_COUNT * groupsIn(size - valueOffset(objects, i), groupSize);
    }
  }
}

/** Groups or buckets in an object; what the allocator's size class adds is none. */
function groupsIn(size: number, groupSize: number): number {
  const most = Math.max(1, Math.floor(size / groupSize));
  return most < LEAST_SPARE ? 2 ** Math.floor(Math.log2(most)) : most;
}
