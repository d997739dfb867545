/**
 * Root holders: who holds the objects that no single root holds alone. Such objects hang below a whole group of roots in
 * the dominator tree, and nothing there tells who would have to let go of them.
 *
 * Holders of such an object are the roots that point to it, and the owners (`group-owners.ts`) of the objects that do.
 * Objects that are themselves shared have no owner; what they point to is held by the package variables that point to
 * them, as the array of runtime.allgs, which runtime.allgptr has too. No further: what is held by way of several shared
 * objects, one after the other, has more holders than are found here.
 */
import { longColumn } from "../../column-memory.ts";
import type { Heap } from "../../heap/heap.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { breathe, type Progress } from "../../progress.ts";
import { NAMELESS, type PointerNames } from "../references/pointer-names.ts";
import { type GroupColumns, hasPlaces, isOwner, NO_OWNER, Owners } from "./group-owners.ts";
import { nameHolders, type RootHolders } from "./root-holder-names.ts";

/** Edges and vertices between two breaths, at least. */
const SLICE = 1 << 17;
/** In lists. */
const END = -1;

/** Variables by way of which the pointers of one shared object are followed, for the time to stay linear. */
const MOST_FOLLOWED = 4;

/**
 * Who holds less than one in so many of a group's objects is not named: the name stands over the bytes of all of them.
 * A tenth, so that two or three names say most, while a pointer to the last of thousands says nothing.
 */
const LEAST_SHARE = 10;

/**
 * Finds the holders of each group whose objects are dominated by a root vertex that stands for several owners. One pass
 * over the edges, each object counted once per holder; 4 bytes per vertex while it runs.
 */
export async function findRootHolders(
  heap: Heap,
  immediateDominator: Int32Array,
  groups: GroupColumns,
  names: PointerNames,
  progress: Progress,
): Promise<Map<number, RootHolders>> {
  const search = new HolderSearch(heap, immediateDominator, groups, names);
  await search.list(progress);
  await search.count(progress);
  const ownerOf = ({ owner }: OwnHolding) => search.owners.describe(owner, names.names);
  const found = new Map<number, RootHolders>();
  for (const [group, holdings] of search.found) {
    found.set(group, nameHolders(holdings, ownerOf, search.shared[group]! / LEAST_SHARE, names.names));
  }
  return found;
}

/** What one owner holds of one group, while it is counted and after; there may be as many as goroutines. */
interface OwnHolding {
  readonly owner: number;
  objects: number;
  direct: number;
  pointers: Map<number, number> | undefined;
}

class HolderSearch {
  readonly owners: Owners;
  /** Per group: its objects right below a root vertex that stands for several owners; 0 for all other groups. */
  readonly shared: Int32Array;
  readonly found = new Map<number, OwnHolding[]>();
  readonly #heap: Heap;
  readonly #immediateDominator: Int32Array;
  readonly #groups: GroupColumns;
  readonly #names: PointerNames;
  readonly #owner: Int32Array;
  /** Per group: 1 if its objects may be shared. */
  readonly #isShared: Uint8Array;
  /**
   * Per vertex: of root vertices, and of objects that an object dominates, the next one of the same owner; of objects
   * right below a root vertex, the owner that was counted last. Neither is ever needed of the other ones.
   */
  readonly #next: Int32Array;
  /** By owner: the first of its vertices. */
  readonly #first: number[] = [];
  /** By owner: those of its objects that are right below a root vertex, and shared ones that it points to. */
  readonly #topmost: number[][] = [];
  /** Per shared object that variables point to: these, as far as it is followed from them. */
  readonly #followed = new Map<number, number[]>();
  /** By owner: objects that a place points to. */
  readonly #placed: number[][] = [];
  /** By owner: whether there is anything of it. */
  readonly #isListed: boolean[] = [];

  constructor(heap: Heap, immediateDominator: Int32Array, groups: GroupColumns, names: PointerNames) {
    this.#heap = heap;
    this.#immediateDominator = immediateDominator;
    this.#groups = groups;
    this.#names = names;
    this.owners = new Owners(heap);
    this.#owner = this.owners.ofGroups(groups);
    this.shared = new Int32Array(groups.count);
    this.#isShared = findShared(heap, groups);
    this.#next = longColumn(Int32Array, groups.group.length).fill(END);
  }

  /** Lists what each owner points from: its objects, then its root vertices in front of them. */
  async list(progress: Progress): Promise<void> {
    const { count } = this.#heap.objects;
    for (let to = count; to > 0; to -= SLICE) {
      this.#listObjects(Math.max(0, to - SLICE), to);
      await breathe(progress);
    }
    const { vertices } = this.#heap.roots;
    let last = 0;
    for (let root = 0; root < vertices.count; root++) {
      if (vertices.edgeStart[root]! - last > SLICE) {
        last = vertices.edgeStart[root]!;
        await breathe(progress);
      }
      this.#listRoot(root);
    }
  }

  /** Backwards, for the lists to go forwards. */
  #listObjects(from: number, to: number): void {
    const { count } = this.#heap.objects;
    const { start } = this.#heap.edges;
    const { group } = this.#groups;
    for (let v = to - 1; v >= from; v--) {
      const own = group[v]!;
      const isTopmost = this.#immediateDominator[v]! >= count;
      if (isTopmost && this.#isShared[own] === 1) this.shared[own] = this.shared[own]! + 1;
      const owner = this.#owner[own]!;
      if (owner === NO_OWNER || start[v] === start[v + 1]) continue;
      if (isTopmost) this.#listTopmost(owner, v);
      else this.#link(owner, v);
    }
  }

  #listRoot(root: number): void {
    const { roots, objects } = this.#heap;
    const kind = roots.vertices.kind[root]!;
    const end = roots.vertices.edgeStart[root + 1]!;
    let isLinked = false;
    for (let edge = roots.vertices.edgeStart[root]!; edge < end; edge++) {
      const object = roots.to[edge]!;
      if (!this.#isHeldBy(object, root)) continue;
      if (isOwner(kind)) {
        const own = this.owners.ofRoot(root);
        if (!isLinked) this.#link(own, objects.count + root);
        isLinked = true;
        if (kind !== RootVertexKind.VARIABLE) return;
        this.#follow(own, object);
        continue;
      }
      if (!hasPlaces(kind)) continue;
      const owner = this.owners.ofPlace(this.#names.ofRootEdge(edge, kind));
      if (owner === NO_OWNER) continue;
      this.#placed[owner] ??= [];
      this.#placed[owner].push(object);
      this.#isListed[owner] = true;
    }
  }

  #listTopmost(owner: number, object: number): void {
    this.#topmost[owner] ??= [];
    this.#topmost[owner].push(object);
    this.#isListed[owner] = true;
  }

  #follow(owner: number, object: number): void {
    const { start } = this.#heap.edges;
    if (start[object] === start[object + 1]) return;
    const from = this.#followed.get(object) ?? [];
    if (from.length === MOST_FOLLOWED || from.includes(owner)) return;
    from.push(owner);
    this.#followed.set(object, from);
    this.#listTopmost(owner, object);
  }

  #link(owner: number, vertex: number): void {
    this.#next[vertex] = this.#first[owner] ?? END;
    this.#first[owner] = vertex;
    this.#isListed[owner] = true;
  }

  /** Whether an object is shared, and by others than this root vertex, too. */
  #isHeldBy(object: number, root: number): boolean {
    const { count } = this.#heap.objects;
    const dominator = this.#immediateDominator[object]!;
    return dominator >= count && dominator !== count + root && this.#isShared[this.#groups.group[object]!] === 1;
  }

  /** Counts the shared objects of each owner. */
  async count(progress: Progress): Promise<void> {
    const { objects, edges } = this.#heap;
    const next = this.#next;
    let left = SLICE;
    /** By group: of the owner whose turn it is. */
    const holdings = new Map<number, OwnHolding>();
    let owner = 0;
    const hold = (object: number): void => {
      const group = this.#groups.group[object]!;
      const holding = holdings.get(group);
      if (holding === undefined) holdings.set(group, { owner, objects: 1, direct: 0, pointers: undefined });
      else holding.objects++;
    };
    for (; owner < this.#isListed.length; owner++) {
      if (this.#isListed[owner] !== true) continue;
      holdings.clear();
      for (const object of this.#placed[owner] ?? []) this.#countOnce(object, owner, hold);
      let v = this.#first[owner] ?? END;
      for (; v >= objects.count; v = next[v]!) {
        this.#countRoot(v - objects.count, owner, hold, holdings);
        if (--left < 0) {
          await breathe(progress);
          left = SLICE;
        }
      }
      for (const holding of holdings.values()) holding.direct = holding.objects;
      for (const object of this.#topmost[owner] ?? []) this.#countObject(object, owner, hold);
      while (v !== END) {
        for (; v !== END && left > 0; v = next[v]!) {
          this.#countObject(v, owner, hold);
          left -= 1 + edges.start[v + 1]! - edges.start[v]!;
        }
        if (left > 0) break;
        await breathe(progress);
        left = SLICE;
      }
      this.#keep(holdings);
    }
  }

  #countOnce(object: number, owner: number, hold: (object: number) => void): void {
    if (this.#next[object] === owner) return;
    this.#next[object] = owner;
    hold(object);
  }

  #countRoot(
    root: number,
    owner: number,
    hold: (object: number) => void,
    holdings: ReadonlyMap<number, OwnHolding>,
  ): void {
    const { roots } = this.#heap;
    const kind = roots.vertices.kind[root]!;
    const end = roots.vertices.edgeStart[root + 1]!;
    for (let edge = roots.vertices.edgeStart[root]!; edge < end; edge++) {
      const object = roots.to[edge]!;
      if (!this.#isHeldBy(object, root)) continue;
      this.#countOnce(object, owner, hold);
      const name = tellingName(this.#heap, this.#names, edge, kind);
      if (name === NAMELESS) continue;
      const holding = holdings.get(this.#groups.group[object]!)!;
      holding.pointers ??= new Map();
      holding.pointers.set(name, (holding.pointers.get(name) ?? 0) + 1);
    }
  }

  #countObject(from: number, owner: number, hold: (object: number) => void): void {
    const { objects, edges } = this.#heap;
    const { group } = this.#groups;
    const end = edges.start[from + 1]!;
    for (let edge = edges.start[from]!; edge < end; edge++) {
      const object = edges.to[edge]!;
      if (this.#immediateDominator[object]! < objects.count || this.#next[object] === owner) continue;
      // What a goroutine owns may be shared by its frames, but then it says nothing that the goroutine holds it.
      if (this.#isShared[group[object]!] === 0 || this.#owner[group[object]!] === owner) continue;
      this.#next[object] = owner;
      hold(object);
    }
  }

  /** Keeps what an owner holds enough of. */
  #keep(holdings: ReadonlyMap<number, OwnHolding>): void {
    for (const [group, holding] of holdings) {
      if (holding.objects * LEAST_SHARE < this.shared[group]!) continue;
      const found = this.found.get(group);
      if (found === undefined) this.found.set(group, [holding]);
      else found.push(holding);
    }
  }
}

/** Per group: 1 if it is one of objects, right below a root vertex that stands for several owners of live objects. */
function findShared({ objects, roots }: Heap, { count, parent, type, vertex }: GroupColumns): Uint8Array {
  const isShared = new Uint8Array(count);
  for (let group = 1; group < count; group++) {
    const above = parent[group]!;
    if (type[group]! < 0 || type[above]! >= 0 || vertex[above]! < objects.count) continue;
    const kind = roots.vertices.kind[vertex[above]! - objects.count]!;
    if (kind === RootVertexKind.UNREACHABLE || kind === RootVertexKind.VARIABLE || kind === RootVertexKind.FRAME)
      continue;
    if (!hasPlaces(kind)) isShared[group] = 1;
  }
  return isShared;
}

/** The name of a pointer, if it tells more than its owner's; of a goroutine's there is no better one. */
function tellingName(heap: Heap, names: PointerNames, edge: number, kind: number): number {
  if (kind === RootVertexKind.GOROUTINE) return NAMELESS;
  const name = heap.roots.edgeName?.(edge);
  // ".autotmp_6" is the compiler's.
  return name && !name.startsWith(".") ? names.ofRootEdge(edge, kind) : NAMELESS;
}
