/**
 * Holders: what holds the memory, as plain data: the thing where it accumulates, by its path and type, who owns it, what hangs
 * below it, and who else leads there. Names come whole; whoever shows them escapes and cuts them.
 */

import { mayWorkBeside } from "../../analysis/beside.ts";
import type { DominatorTree } from "../../analysis/dominators/dominator-tree.ts";
import { type CleanupTargets, findCleanupTargets } from "../../analysis/ownership/cleanup-targets.ts";
import { MOST_AT_ONCE } from "../../analysis/ownership/leading-roots.ts";
import type { OwnerTree } from "../../analysis/ownership/owner-tree.ts";
import { computeOwnerTree, withOwnerChildren } from "../../analysis/ownership/owner-tree.ts";
import { libraryMapName } from "../../analysis/paths/library-maps.ts";
import { longColumn } from "../../column-memory.ts";
import type { Heap } from "../../heap/heap.ts";
import { borrowing } from "../../heap/memo.ts";
import { RootVertexKind } from "../../heap/roots/roots.ts";
import { besideOther, NO_PROGRESS, type Progress } from "../../progress.ts";
import { computeHolders, type HeapValues } from "../../values/values.ts";
import { nameTypeSource, type TypeSourceName } from "../guessed.ts";
import { type Accumulation, type AccumulationRule, DEFAULT_RULE, findAccumulations } from "./accumulation.ts";
import { findBulk, type HolderBulk } from "./bulk.ts";
import { HolderNames } from "./holder-names.ts";
import { type HolderPart, HolderParts } from "./holder-parts.ts";
import { HolderPointers } from "./holder-pointers.ts";
import { describeRoot, groupRoots, type HolderRoot } from "./holder-roots.ts";
import type { RootUsers } from "./holder-users.ts";
import { findInnerBulk } from "./inner-bulk.ts";
import { findNodes, type HolderNodes } from "./nodes.ts";
import { type ContentField, type PartContent, PartContents, saysEnough } from "./part-contents.ts";
import { askWhoUses, type HeldByCleanups, type HolderRelease, measureHeld } from "./release.ts";
import { ThingTree, type Vertices } from "./thing-tree.ts";
import { countEntries, findUse, type HolderUse } from "./use.ts";

export type { TypeSourceName } from "../guessed.ts";

/** What owns a good share of the live bytes, and where it accumulates. */
export interface Holder {
  /**
   * The thing as Go writes it: "main.store.sessions", "r.outgoing.elems"; by a type where no variable is known:
   * "main.relay.outgoing", "[]*main.Conn"; of a root itself its name.
   */
  readonly path: string;
  /** The same without the keys of maps, which are contents of the process's memory: "main.shards[3].sessions[…].history". */
  readonly pathWithoutKeys: string;
  /** Where the path's first name is known: "main.main main.go:87"; "" for package variables; "bss at 0x58cbc0" of one without a name. */
  readonly where: string;
  /** Whether the type of something on the path is guessed, so that the names of its fields are, too. */
  readonly isPathGuessed: boolean;
  /** Its type; "" if the thing is a root, unless debug information tells a variable's; of a map that the library makes of objects of its own, "sync.Map". */
  readonly type: string;
  /** How that is known: "exact", "propagated", "inferred", "none"; "" if the thing is a root. */
  readonly typeSource: TypeSourceName | "";
  /**
   * The object, as the tables of `gohd sql` number it, and its address; null if the thing is a root. Of a segment it is only what several of its
   * words share and `parts` lists, without what one of them leads to by itself.
   */
  readonly object: number | null;
  readonly address: string | null;
  /** "package variable", "goroutine", "finalizers", …: what owns it, and its name. */
  readonly owner: HolderRoot;
  /** The same as a root vertex; `gohd sql` numbers it behind the objects. */
  readonly ownerVertex: number;
  /** How much of it is in use; null if it is no slice, map or channel, or the heap has no types. */
  readonly use: HolderUse | null;
  /** What it is made of, if it is a list, ring or tree; else null. */
  readonly nodes: HolderNodes | null;
  /** Bytes that it owns, and their share of the live bytes, 0 … 1. */
  readonly bytes: number;
  readonly share: number;
  /** Bytes of the thing itself: of all that it is made of. */
  readonly ownBytes: number;
  /** What hangs below it, alike things together, most bytes first. */
  readonly parts: readonly HolderPart[];
  /** How many kinds of parts are left out of `parts`, and their bytes. */
  readonly otherParts: { readonly kinds: number; readonly bytes: number };
  /** What there is most of further below, if it is more than what hangs right below it; else null. */
  readonly bulk: HolderBulk | null;
  /** The largest single things below it. */
  readonly largest: readonly HolderEntry[];
  /** All other roots that lead to it, alike ones together, most first; the pending timers that do, which may be what it hangs on, before. */
  readonly alsoUsedBy: readonly HolderRoot[];
  /** Roots and pending timers that lead to what is in it, and not to the thing itself, alike ones together; as far as a few things in it tell. */
  readonly contentsUsedBy: readonly HolderRoot[];
  /** Names of goroutines of which several lead to what is in it, each to another part, and none to the thing itself; as far as that tells, too. */
  readonly partsUsedBy: readonly string[];
  /** What of it cleanups hold until they have run, or may hold, if that is a tenth of it or more; else null. */
  readonly heldByCleanups: HeldByCleanups | null;
  /**
   * What it takes to get the memory back; null where the owner is the only root that leads there and to what is in it, more do than
   * can be told apart at once, cleanups lead to a good part of it, or one is a segment, whose variables have no names. Roots that lead only to what is in it count where
   * no other leads to the thing itself.
   */
  readonly release: HolderRelease | null;
}

/** What the path of an entry ends in where several ways lead to it, and none of them is its own. */
export const WITHOUT_POINTER = ".…";

/** One of the largest things in a holder. */
export interface HolderEntry {
  readonly path: string;
  readonly pathWithoutKeys: string;
  readonly type: string;
  readonly object: number;
  readonly bytes: number;
}

/** What `computeLargestHolders` looks for. */
export interface HolderOptions {
  readonly rule?: AccumulationRule;
  /** Per object the one that stands for what it is a part of. */
  readonly container?: Int32Array | undefined;
  /** What `computeValues` counts; left out, nothing tells what is in use. */
  readonly values?: HeapValues | undefined;
  /** Most holders; the rest is counted by whoever shows them. */
  readonly most?: number;
  /** Objects from which on another thread asks who leads there. */
  readonly leastBeside?: number;
}

export interface Holders {
  readonly holders: readonly Holder[];
  /** Bytes of all objects that a GC root leads to. */
  readonly liveBytes: number;
}

/** Where there are so many objects, another thread asks who leads there meanwhile: that saves seconds, and takes room. */
const LEAST_BESIDE = 1 << 24;

const MOST_PARTS = 6;
const MOST_ENTRIES = 5;
/** The share of a holder's bytes from which on it is told what many alike parts consist of. */
const LEAST_FOR_CONTENTS = 0.5;
/** The share of the live bytes from which on it is told what fills a single part. */
const LEAST_INNER = 0.05;
/** The share of the live bytes from which on it is looked for the field that shared parts are in: that looks at all pointers of the heap. */
const LEAST_SHARED_IN = 0.1;

/**
 * Finds what holds the memory of a heap, the largest first. Costs the owner tree, its children (8 bytes a vertex), one search for the
 * roots that lead there, and one for what these keep. Where one has many alike things that consist of slices, maps or texts, also a look
 * at all pointers, and 8 bytes an object meanwhile.
 */
export async function findHolders(
  heap: Heap,
  options: HolderOptions = {},
  progress: Progress = NO_PROGRESS,
): Promise<Holders> {
  return withOwnerChildren(heap, progress, (children) => findBelow(heap, children, options, progress));
}

async function findBelow(
  heap: Heap,
  children: DominatorTree,
  options: HolderOptions,
  progress: Progress,
): Promise<Holders> {
  const owners = await computeOwnerTree(heap, progress);
  const { tree, liveBytes, chosen } = chooseLargest(heap, owners, children, options);
  const { container, leastBeside = LEAST_BESIDE } = options;
  const isBeside = heap.objects.count >= leastBeside && mayWorkBeside(heap);
  // One column for all of these searches, if they come one after the other: they do when most of the memory is in use.
  const scratch = longColumn(Int32Array, heap.objects.count);
  const asked = isBeside
    ? askWhoUses(heap, tree, chosen, container, undefined, besideOther(progress))
    : askWhoUses(heap, tree, chosen, container, scratch, progress);
  // What fails there is told below; until then it must not count as unhandled.
  asked.catch(() => {});
  if (!isBeside) await asked;
  progress.phase("looking into holders");
  const cleanups = chosen.length === 0 ? undefined : await findCleanupTargets(heap, progress);
  const writer = new HolderWriter(heap, owners, tree, cleanups, options, scratch);
  // Some of them may want to know which fields hold what is in them, and nobody later does.
  const contents = await borrowing(computeHolders, heap, async () => {
    const written: HolderContents[] = [];
    for (const accumulation of chosen) written.push(await writer.write(accumulation, liveBytes, progress));
    return written;
  });
  const { users, timers, releases } = await asked;
  const holders = chosen.map(({ owner }, i): Holder => {
    const { leading, ofContents, ofParts } = users[i]!;
    const { thing, inside, heldByCleanups } = contents[i]!;
    const describe = (of: RootUsers): HolderRoot[] => [
      ...timers.describe(of.timers, releases.leadsTo),
      ...groupRoots(heap, of, releases.leadsTo),
    ];
    const isCertain = !leading.all.includes(owner) || leading.certain.includes(owner);
    return {
      ...thing,
      owner: describeRoot(heap, owner, releases.leadsTo, isCertain),
      ...inside,
      alsoUsedBy: describe({ ...leading, all: leading.all.filter((root) => root !== owner) }),
      contentsUsedBy: describe(ofContents),
      partsUsedBy: ofParts,
      heldByCleanups,
      release: heldByCleanups === null ? releases.of[i]! : null,
    };
  });
  return { liveBytes, holders };
}

/** Where the memory accumulates, the largest first. */
export function chooseLargest(
  heap: Heap,
  owners: OwnerTree,
  children: DominatorTree,
  { container, rule = DEFAULT_RULE, most = MOST_AT_ONCE }: HolderOptions,
): { readonly tree: ThingTree; readonly liveBytes: number; readonly chosen: readonly Accumulation[] } {
  const tree = new ThingTree(heap, owners, children, container);
  const liveBytes = owners.ownedSize[heap.objects.count + heap.roots.vertices.kind.indexOf(RootVertexKind.GC_ROOTS)]!;
  const found = findAccumulations(heap, tree, liveBytes, rule);
  return { tree, liveBytes, chosen: found.slice(0, Math.min(most, MOST_AT_ONCE)) };
}

/** What is told of a holder, whoever else leads there. */
interface HolderContents extends Pick<Holder, "heldByCleanups"> {
  readonly thing: Pick<Holder, ThingKey>;
  readonly inside: Omit<Holder, ThingKey | UserKey | "heldByCleanups">;
}

type ThingKey = "path" | "pathWithoutKeys" | "where" | "isPathGuessed" | "type" | "typeSource" | "object" | "address";

/** What is told of who leads there. */
type UserKey = "owner" | "alsoUsedBy" | "contentsUsedBy" | "partsUsedBy" | "release";

class HolderWriter {
  readonly #heap: Heap;
  readonly #tree: ThingTree;
  readonly #names: HolderNames;
  readonly #pointers: HolderPointers;
  readonly #parts: HolderParts;
  readonly #cleanups: CleanupTargets | undefined;
  readonly #values: HeapValues | undefined;
  readonly #partContents: PartContents;

  constructor(
    heap: Heap,
    owners: OwnerTree,
    tree: ThingTree,
    cleanups: CleanupTargets | undefined,
    { container, values }: HolderOptions,
    scratch: Int32Array,
  ) {
    this.#heap = heap;
    this.#tree = tree;
    this.#cleanups = cleanups;
    this.#names = new HolderNames(heap, owners, container, scratch);
    this.#pointers = new HolderPointers(heap);
    this.#parts = new HolderParts(heap, tree, this.#pointers, values?.channels);
    this.#values = values;
    this.#partContents = new PartContents(heap, tree, container);
  }

  async write(
    { owner, point, bytes, parts, below, isShared }: Accumulation,
    liveBytes: number,
    progress: Progress,
  ): Promise<HolderContents> {
    const heap = this.#heap;
    const isObject = point < heap.objects.count;
    const isLibraryMap = isObject && libraryMapName(heap.types.names[heap.objects.type[point]!]!) !== undefined;
    this.#pointers.take(parts);
    const { parts: kinds, bytes: bytesBelow } = await this.#parts.group(below, progress);
    const shown = kinds.slice(0, MOST_PARTS);
    const rest = kinds.slice(MOST_PARTS);
    // Names of layouts say nothing of what many things consist of.
    const isTold = !isShared || heap.types.layouts !== undefined;
    const bulk = await this.#bulk(below, isTold ? LEAST_FOR_CONTENTS * bytes : Number.POSITIVE_INFINITY, progress);
    const contents: (readonly PartContent[])[] = [];
    const fields: (ContentField | null)[] = [];
    for (const { first, count, bytes: size, shared } of shown) {
      const isMost = isTold && bulk === null && first !== undefined && count > 1 && size >= LEAST_FOR_CONTENTS * bytes;
      contents.push(isMost ? await this.#contents(first, below, progress) : []);
      const isWorth = shared.length > 1 && size >= LEAST_SHARED_IN * liveBytes;
      fields.push(isWorth ? await this.#partContents.fieldOf(shared, progress) : null);
    }
    const thing = {
      ...this.#names.pathTo(point),
      type: this.#names.typeOf(point),
      typeSource: isObject ? nameTypeSource(heap.objects, point) : ("" as const),
      object: isObject ? point : null,
      address: isObject ? heap.formatAddress(heap.objects.address[point]!) : null,
    };
    const inside = {
      ownerVertex: owner,
      use: this.#use(point) ?? (isLibraryMap ? countEntries(kinds) : null),
      nodes: findNodes(heap, this.#tree, parts),
      bytes,
      share: bytes / liveBytes,
      ownBytes: bytes - bytesBelow,
      parts: shown.map(({ first, shared, ...part }, i) => {
        const isOne = part.count === 1 && first !== undefined && part.bytes >= LEAST_INNER * liveBytes;
        const inner = isOne ? findInnerBulk(heap, this.#tree, this.#names, first) : null;
        return { ...part, sharedIn: fields[i]!, inner, mostly: contents[i]! };
      }),
      otherParts: { kinds: rest.length, bytes: rest.reduce((sum, part) => sum + part.bytes, 0) },
      bulk,
      largest: this.#largest(point, below),
    };
    const heldByCleanups = await measureHeld(
      this.#tree,
      this.#cleanups,
      isShared ? below : Int32Array.of(point),
      bytes,
      progress,
    );
    return { thing, inside, heldByCleanups };
  }

  /** @param least bytes from which on it is told what it consists of */
  async #bulk(below: Vertices, least: number, progress: Progress): Promise<HolderBulk | null> {
    const found = findBulk(this.#heap, this.#tree, below);
    if (found === null) return null;
    const { vertices, ...bulk } = found;
    const field = saysEnough(bulk.type) ? null : await this.#partContents.fieldOf(vertices, progress);
    const mostly = bulk.bytes >= least ? await this.#partContents.find(vertices, progress) : [];
    return { ...bulk, field, mostly };
  }

  /** Of all things below that are of one's type. */
  #contents(like: number, below: Vertices, progress: Progress): Promise<readonly PartContent[]> {
    const { count, type } = this.#heap.objects;
    const things = below.filter((vertex) => vertex < count && type[vertex] === type[like]);
    return this.#partContents.find(things, progress);
  }

  #use(point: number): HolderUse | null {
    if (this.#values === undefined || point >= this.#heap.objects.count) return null;
    return findUse(this.#heap, this.#values, point);
  }

  #largest(point: number, below: Vertices): HolderEntry[] {
    const heap = this.#heap;
    const largest = this.#tree.largestOf(below, MOST_ENTRIES);
    const pointers = this.#pointers.find(largest);
    return largest.map((object) => {
      const pointer = pointers.get(object);
      const { path, pathWithoutKeys } = this.#names.pathTo(point, pointer === undefined ? [] : [pointer]);
      const further = pointer === undefined ? WITHOUT_POINTER : "";
      return {
        path: path + further,
        pathWithoutKeys: pathWithoutKeys + further,
        type: heap.types.names[heap.objects.type[object]!]!,
        object,
        bytes: this.#tree.sizeOf(object),
      };
    });
  }
}
