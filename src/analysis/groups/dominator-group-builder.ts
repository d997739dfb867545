/**
 * Puts every vertex into its group, from the virtual root downwards. Dominators come before what they dominate, so a
 * vertex's group is known from its dominator's: by name if the dominator points to it, when the dominator's edges are
 * looked at; else when the vertex's own turn comes. Groups are found by a hash table over their columns.
 */
import { longColumn } from "../../column-memory.ts";
import type { Heap } from "../../heap/heap.ts";
import { HUGE_SIZE, objectSize, TypeSource } from "../../heap/objects.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { breathe, type Progress } from "../../progress.ts";
import type { Dominators } from "../dominators/dominators.ts";
import { NAMELESS, PointerNames } from "../references/pointer-names.ts";
import { vertexCount } from "../vertices.ts";
import type { DominatorGroupOptions } from "./dominator-group-rows.ts";
import { DominatorGroupKind, type DominatorGroups } from "./dominator-group-rows.ts";
import type { GroupColumns } from "./group-owners.ts";
import { findRootHolders } from "./root-holders.ts";
import { RootVertexNumbers } from "./root-vertex-numbers.ts";

const NO_GROUP = -1;

/** In `type`: what has none. */
const NO_TYPE = -1;
/** In `type` while building: the row for what lies too deep. */
const DEEPER_TYPE = -2;

/** Root vertices that can be one group with others. */
const MERGED_KINDS: ReadonlySet<number> = new Set([RootVertexKind.GOROUTINE, RootVertexKind.FRAME]);

/** Pointers of one root vertex to objects of one type that are told apart by their places, if they have no names. */
const FEW_PLACES = 4;

/** Vertices between two breaths. */
const SLICE = 1 << 17;
/** Groups that there is room for at first. */
const INITIAL_CAPACITY = 1 << 10;

/** Builds the groups of one heap: `build` once. */
export class DominatorGroupBuilder {
  readonly #heap: Heap;
  readonly #dominators: Dominators;
  readonly #maxDepth: number;
  readonly #mergeGoroutines: boolean;
  readonly #container: Int32Array | undefined;
  readonly #withRows: boolean;
  readonly #withHolders: boolean;
  readonly #names: PointerNames;
  readonly #rootNumbers: RootVertexNumbers;
  /** Per vertex. */
  readonly #group: Int32Array;
  /** Per vertex: how many of its group dominate one another from the first one down to it. */
  readonly #generation: Int32Array;
  #count = 0;
  #parent = new Int32Array(INITIAL_CAPACITY);
  #type = new Int32Array(INITIAL_CAPACITY);
  #field = new Int32Array(INITIAL_CAPACITY);
  #vertex = new Int32Array(INITIAL_CAPACITY);
  #depth = new Int32Array(INITIAL_CAPACITY);
  #generations = new Int32Array(INITIAL_CAPACITY);
  #parts = new Int32Array(INITIAL_CAPACITY);
  /** Group + 1 by hash, open addressing; twice as long as the columns. */
  #table = new Int32Array(2 * INITIAL_CAPACITY);

  constructor(heap: Heap, dominators: Dominators, options: DominatorGroupOptions) {
    const { maxDepth, mergeGoroutines = false, container, withRows = false, withHolders = true } = options;
    this.#heap = heap;
    this.#dominators = dominators;
    this.#maxDepth = maxDepth;
    this.#mergeGoroutines = mergeGoroutines;
    this.#container = container;
    this.#withRows = withRows;
    this.#withHolders = withHolders;
    this.#names = new PointerNames(heap);
    this.#rootNumbers = new RootVertexNumbers(heap);
    this.#group = longColumn(Int32Array, vertexCount(heap)).fill(NO_GROUP);
    this.#generation = longColumn(Int32Array, vertexCount(heap));
  }

  /** Builds all groups, none of them folded. */
  async build(progress: Progress): Promise<DominatorGroups> {
    const { order } = this.#dominators;
    const { count } = this.#heap.objects;
    progress.phase("grouping what is dominated", order.length + 2 * count, "steps");
    this.#group[order[0]!] = this.#add(NO_GROUP, NO_TYPE, NAMELESS, order[0]!);
    for (let done = 0; done < order.length; done += SLICE) {
      this.#groupDominated(done, Math.min(done + SLICE, order.length));
      progress.update(done);
      await breathe(progress);
    }
    for (let done = 0; done < count; done += SLICE) {
      this.#groupLeaves(done, Math.min(done + SLICE, count));
      progress.update(order.length + done);
      await breathe(progress);
    }
    const { immediateDominator } = this.#dominators;
    const holders = this.#withHolders
      ? await findRootHolders(this.#heap, immediateDominator, this.#columns(), this.#names, progress)
      : new Map();
    const members = new Int32Array(this.#count);
    for (const group of this.#group) members[group] = members[group]! + 1;
    const objects = new Float64Array(this.#count);
    const inferred = new Float64Array(this.#count);
    const shallow = new Float64Array(this.#count);
    for (let done = 0; done < count; done += SLICE) {
      this.#addUp(objects, inferred, shallow, done, Math.min(done + SLICE, count));
      progress.update(order.length + count + done);
      await breathe(progress);
    }
    const parent = this.#parent.slice(0, this.#count);
    const retained = shallow.slice();
    for (let group = this.#count - 1; group > 0; group--) {
      const above = parent[group]!;
      retained[above] = retained[above]! + retained[group]!;
    }
    return {
      count: this.#count,
      parent,
      kind: Uint8Array.from(parent, (_, group) => this.#kindOf(group)),
      vertex: this.#vertex.slice(0, this.#count),
      type: this.#type.slice(0, this.#count).map((type) => Math.max(type, NO_TYPE)),
      field: Int32Array.from(parent, (_, group) => (this.#isRootVertex(group) ? NAMELESS : this.#field[group]!)),
      members,
      parts: this.#parts.slice(0, this.#count),
      generations: this.#generations.slice(0, this.#count),
      objects,
      inferred,
      shallow,
      retained,
      names: this.#names.names,
      holders,
      groupCount: this.#count,
      ...(this.#withRows ? { rowOf: this.#group } : {}),
    };
  }

  #columns(): GroupColumns {
    return {
      count: this.#count,
      group: this.#group,
      parent: this.#parent,
      type: this.#type,
      field: this.#field,
      vertex: this.#vertex,
    };
  }

  #kindOf(group: number): number {
    if (this.#type[group] === DEEPER_TYPE) return DominatorGroupKind.DEEPER;
    return this.#isRootVertex(group) ? DominatorGroupKind.ROOT_VERTEX : DominatorGroupKind.OBJECTS;
  }

  #isRootVertex(group: number): boolean {
    return this.#type[group] === NO_TYPE;
  }

  /** Groups what the vertices `from` … `to`-1 of the order dominate and point to. */
  #groupDominated(from: number, to: number): void {
    const { immediateDominator, order } = this.#dominators;
    const { objects, edges, roots } = this.#heap;
    const { start, to: target } = edges;
    const group = this.#group;
    for (let i = from; i < to; i++) {
      const v = order[i]!;
      if (v >= objects.count) {
        this.#groupRootVertex(v);
        const { edgeStart, kind } = roots.vertices;
        const root = v - objects.count;
        const first = edgeStart[root]!;
        const end = edgeStart[root + 1]!;
        const many = this.#findRepeatedTypes(v, first, end);
        for (let edge = first; edge < end; edge++) {
          const t = roots.to[edge]!;
          if (immediateDominator[t] !== v || group[t] !== NO_GROUP) continue;
          this.#put(t, v, this.#names.ofRootEdge(edge, kind[root]!, many?.has(objects.type[t]!) === true));
        }
        continue;
      }
      if (group[v] === NO_GROUP) this.#put(v, immediateDominator[v]!, NAMELESS);
      // Without names it does not matter who points to whom.
      if (!this.#names.areKnown) continue;
      const end = start[v + 1]!;
      for (let edge = start[v]!; edge < end; edge++) {
        const t = target[edge]!;
        if (immediateDominator[t] === v && group[t] === NO_GROUP) this.#put(t, v, this.#names.ofEdge(v, edge));
      }
    }
  }

  /**
   * The types of which a root vertex holds more than a few objects by pointers without a name: of an array on the stack,
   * or of globals that nothing names, no single place tells anything.
   */
  #findRepeatedTypes(vertex: number, first: number, end: number): Set<number> | undefined {
    if (end - first <= FEW_PLACES) return undefined;
    const { objects, roots } = this.#heap;
    const { immediateDominator } = this.#dominators;
    const counts = new Map<number, number>();
    const repeated = new Set<number>();
    for (let edge = first; edge < end; edge++) {
      const t = roots.to[edge]!;
      if (immediateDominator[t] !== vertex || roots.edgeName?.(edge) !== undefined) continue;
      const type = objects.type[t]!;
      const count = (counts.get(type) ?? 0) + 1;
      counts.set(type, count);
      if (count > FEW_PLACES) repeated.add(type);
    }
    return repeated;
  }

  /** Groups those of the objects `from` … `to`-1 that are left, which are leaves that their dominators do not point to. */
  #groupLeaves(from: number, to: number): void {
    const { immediateDominator } = this.#dominators;
    const group = this.#group;
    for (let v = from; v < to; v++) if (group[v] === NO_GROUP) this.#put(v, immediateDominator[v]!, NAMELESS);
  }

  #groupRootVertex(vertex: number): void {
    if (this.#group[vertex] !== NO_GROUP) return;
    const { count } = this.#heap.objects;
    const { kind } = this.#heap.roots.vertices;
    const above = this.#group[this.#dominators.immediateDominator[vertex]!]!;
    const root = vertex - count;
    this.#generation[vertex] = 1;
    if (this.#depth[above]! >= this.#maxDepth) {
      this.#group[vertex] = this.#findDeeper(above, vertex);
    } else if (this.#mergeGoroutines && MERGED_KINDS.has(kind[root]!)) {
      this.#group[vertex] = this.#find(above, NO_TYPE, this.#rootNumbers.of(root), vertex);
    } else {
      this.#group[vertex] = this.#add(above, NO_TYPE, NAMELESS, vertex);
    }
  }

  /** Puts an object into the group it belongs to, below or together with its dominator. */
  #put(object: number, dominator: number, field: number): void {
    const above = this.#group[dominator]!;
    const type = this.#heap.objects.type[object]!;
    const aboveType = this.#type[above]!;
    if (type === aboveType) {
      const generation = this.#generation[dominator]! + 1;
      this.#group[object] = above;
      this.#generation[object] = generation;
      if (generation > this.#generations[above]!) this.#generations[above] = generation;
      return;
    }
    if (this.#isPart(object, dominator)) {
      this.#group[object] = above;
      this.#generation[object] = this.#generation[dominator]!;
      this.#parts[above] = this.#parts[above]! + 1;
      return;
    }
    this.#generation[object] = 1;
    if (aboveType === DEEPER_TYPE) this.#group[object] = above;
    else if (this.#depth[above]! >= this.#maxDepth) this.#group[object] = this.#findDeeper(above, object);
    else this.#group[object] = this.#find(above, type, field, object);
  }

  /** Whether an object and its dominator are parts of one thing. */
  #isPart(object: number, dominator: number): boolean {
    const container = this.#container;
    return (
      container !== undefined && dominator < this.#heap.objects.count && container[object] === container[dominator]
    );
  }

  #findDeeper(above: number, vertex: number): number {
    return this.#type[above] === DEEPER_TYPE ? above : this.#find(above, DEEPER_TYPE, NAMELESS, vertex);
  }

  /** The group of this parent, type and name; it is made if there is none, with `vertex` as its example. */
  #find(parent: number, type: number, field: number, vertex: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    let slot = hash(parent, type, field) & mask;
    for (;;) {
      const group = table[slot]! - 1;
      if (group < 0) break;
      if (this.#parent[group] === parent && this.#type[group] === type && this.#field[group] === field) return group;
      slot = (slot + 1) & mask;
    }
    const group = this.#add(parent, type, field, vertex);
    // `add` may have replaced the table, and then entered the group itself.
    if (this.#table === table) table[slot] = group + 1;
    return group;
  }

  #add(parent: number, type: number, field: number, vertex: number): number {
    const group = this.#count++;
    const grows = group === this.#parent.length;
    if (grows) this.#grow();
    this.#parent[group] = parent;
    this.#type[group] = type;
    this.#field[group] = field;
    this.#vertex[group] = vertex;
    this.#depth[group] = parent === NO_GROUP ? 0 : this.#depth[parent]! + 1;
    this.#generations[group] = 1;
    if (grows) this.#rehash();
    return group;
  }

  #grow(): void {
    const longer = (column: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const grown = new Int32Array(2 * column.length);
      grown.set(column);
      return grown;
    };
    this.#parent = longer(this.#parent);
    this.#type = longer(this.#type);
    this.#field = longer(this.#field);
    this.#vertex = longer(this.#vertex);
    this.#depth = longer(this.#depth);
    this.#generations = longer(this.#generations);
    this.#parts = longer(this.#parts);
  }

  /** Enters the groups into a table of the right length. Root vertices that are not merged are never looked for. */
  #rehash(): void {
    const table = new Int32Array(2 * this.#parent.length);
    const mask = table.length - 1;
    for (let group = 0; group < this.#count; group++) {
      if (this.#type[group] === NO_TYPE && this.#field[group] === NAMELESS) continue;
      let slot = hash(this.#parent[group]!, this.#type[group]!, this.#field[group]!) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = group + 1;
    }
    this.#table = table;
  }

  #addUp(objects: Float64Array, inferred: Float64Array, shallow: Float64Array, from: number, to: number): void {
    const group = this.#group;
    const { size, typeSource } = this.#heap.objects;
    for (let v = from; v < to; v++) {
      const own = group[v]!;
      let bytes = size[v]!;
      if (bytes === HUGE_SIZE) bytes = objectSize(this.#heap.objects, v);
      objects[own] = objects[own]! + 1;
      shallow[own] = shallow[own]! + bytes;
      if (typeSource[v] === TypeSource.INFERRED) inferred[own] = inferred[own]! + 1;
    }
  }
}

/** Multiplicative hashing; the high bits are folded into those that the table looks at. */
function hash(parent: number, type: number, field: number): number {
  let h = Math.imul(parent, 0x9e3779b1) ^ Math.imul(type, 0x85ebca6b) ^ Math.imul(field, 0xc2b2ae35);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
