/** HolderParts: what hangs right below a holder, alike things together, and by which of its pointers. */
import { wholeTypeName, withoutLibraryMap } from "../../analysis/paths/library-maps.ts";
import { alikeName, type Pointer } from "../../analysis/paths/pointer-path.ts";
import { NAMELESS, PointerNames } from "../../analysis/references/pointer-names.ts";
import { int32Column, Names } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { rootVertexName } from "../../heap/roots/root-names.ts";
import { listedTypeName, TypeKind } from "../../heap/types.ts";
import type { Progress } from "../../progress.ts";
import type { ChannelColumns } from "../../values/channel-counts.ts";
import { type AlikeThings, countGuessed } from "../guessed.ts";
import { QueueCounter, type Queued, toQueued } from "../queued.ts";
import type { HolderPointers } from "./holder-pointers.ts";
import type { InnerBulk } from "./inner-bulk.ts";
import type { ContentField, PartContent } from "./part-contents.ts";
import { type Door, SharedParts } from "./shared-parts.ts";
import type { ThingTree } from "./thing-tree.ts";

/** Things of one type below a holder, by one kind of pointer. */
export interface HolderPart extends AlikeThings {
  /** The pointer, elements alike, without the inside of a library's map: "[…]", "next", ".history". */
  readonly by: string;
  readonly bytes: number;
  /**
   * How many more of the type hang on these, one on another: links of chains, nodes of trees. Only of several that have a good share of
   * the holder's bytes, and where types are known; else 0.
   */
  readonly behind: number;
  /**
   * If no pointer of the holder's own leads there: the pointers through which several things in it do, such as "items" and "order" of a
   * cache. Only of what has a good share of its bytes.
   */
  readonly sharedBy: readonly string[];
  /**
   * If no pointer of the holder's own leads there, and no two of its things share them: the field of what is in it that has most of
   * them, as `PartContent.field`. Only of what has a good share of its bytes; else null.
   */
  readonly sharedIn: ContentField | null;
  /** If they are channels with room for values: how many wait there; else null. */
  readonly queued: Queued | null;
  /** If it is one thing: what fills that. Only of what has a good share of the live bytes; else null. */
  readonly inner: InnerBulk | null;
  /** If it is many that say nothing by themselves: what all of that type here consist of mostly; else empty. */
  readonly mostly: readonly PartContent[];
}

/** Alike things, and the first of them; undefined of roots. */
export interface FoundPart extends Omit<HolderPart, "inner" | "mostly" | "sharedIn"> {
  readonly first: number | undefined;
  /** All of them, if they are shared and it is not known by which of the holder's things. */
  readonly shared: readonly number[];
}

/** The share of the bytes of all parts from which on it is looked for what shares one. */
const MUCH = 0.05;
/** Behind the name of a `list.List`: what leads to its first element, and to its last. */
const LIST_ROOT = /\.root\.(next|prev)$/;
/** Kinds of parts to look for. */
const MOST_SHARED = 2;

interface Group {
  /** Number of the pointer's name. */
  readonly by: number;
  readonly type: number;
  readonly objects: number[];
  bytes: number;
  /** Whether no pointer of the holder's own leads to some of them. */
  isShared: boolean;
}

export class HolderParts {
  readonly #heap: Heap;
  readonly #tree: ThingTree;
  readonly #pointers: HolderPointers;
  readonly #names: PointerNames;
  /** What they are called with all elements and entries alike; by number of the name and row of the type, as one number. */
  readonly #alike = new Names();
  readonly #alikeOf = new Map<number, number>();
  #shared: SharedParts | undefined;
  readonly #queues: QueueCounter;

  /**
   * @param pointers those of the holder that is asked about
   * @param channels what they hold, where that is known
   */
  constructor(heap: Heap, tree: ThingTree, pointers: HolderPointers, channels: ChannelColumns | undefined) {
    this.#heap = heap;
    this.#tree = tree;
    this.#pointers = pointers;
    this.#names = new PointerNames(heap);
    this.#queues = new QueueCounter(heap, channels);
  }

  /** @param below the vertices right below the holder */
  async group(below: readonly number[], progress: Progress): Promise<FoundPart[]> {
    const { objects, types } = this.#heap;
    /** By number of the pointer's name and row of the type, as one number. */
    const groups = new Map<number, Group>();
    const parts: FoundPart[] = [];
    let all = 0;
    for (const vertex of below) {
      const bytes = this.#tree.sizeOf(vertex);
      all += bytes;
      if (vertex >= objects.count) {
        const type = rootVertexName(this.#heap, vertex - objects.count);
        parts.push({
          by: "",
          type,
          count: 1,
          guessed: 0,
          bytes,
          behind: 0,
          queued: null,
          sharedBy: [],
          first: undefined,
          shared: [],
        });
        continue;
      }
      const pointer = this.#pointers.to(vertex);
      const by = this.#nameOf(pointer);
      const type = objects.type[vertex]!;
      const key = (by + 1) * types.count + type;
      let group = groups.get(key);
      if (group === undefined) {
        group = { by, type, objects: [], bytes: 0, isShared: false };
        groups.set(key, group);
      }
      group.objects.push(vertex);
      group.bytes += bytes;
      if (pointer === undefined) group.isShared = true;
    }
    const shared = [...groups.values()]
      .filter(({ isShared, bytes }) => isShared && bytes >= MUCH * all)
      .sort((a, b) => b.bytes - a.bytes)
      .slice(0, MOST_SHARED);
    const nameOf = this.#namesOf([...groups.values()]);
    for (const group of groups.values()) {
      const name = nameOf(group.type);
      const isMuch = shared.includes(group);
      const sharedBy = isMuch ? this.#doorsTo(group, below) : [];
      parts.push({
        by: withoutLibraryMap(this.#text(group.by), "", name),
        type: wholeTypeName(name),
        count: group.objects.length,
        guessed: countGuessed(objects, group.objects),
        bytes: group.bytes,
        behind: group.bytes >= MUCH * all ? await this.#countBehind(group, progress) : 0,
        queued: this.#queuedIn(group),
        sharedBy,
        first: group.objects[0],
        shared: isMuch && sharedBy.length === 0 ? group.objects : [],
      });
    }
    return parts.sort((a, b) => b.bytes - a.bytes);
  }

  /** What types of groups are called: bytes of strings not as pointers to strings are, where there are both. */
  #namesOf(groups: readonly Group[]): (type: number) => string {
    const { types } = this.#heap;
    const headers = new Set(
      groups.filter(({ type }) => types.kind[type] !== TypeKind.STRING).map(({ type }) => types.names[type]!),
    );
    return (type) => {
      const name = types.names[type]!;
      return types.kind[type] === TypeKind.STRING && headers.has(name) ? listedTypeName(types, type) : name;
    };
  }

  async #countBehind({ type, objects }: Group, progress: Progress): Promise<number> {
    const isKnown = this.#heap.types.layouts?.of(type) !== undefined;
    return isKnown && objects.length > 1 ? this.#tree.countBehind(objects, progress) : 0;
  }

  #queuedIn({ type, objects }: Group): Queued | null {
    if (!this.#queues.isChannel(type)) return null;
    const sum = { buffered: 0, capacity: 0 };
    for (const object of objects) this.#queues.add(object, sum);
    return toQueued(sum);
  }

  /** The pointers of the holder that lead to what leads to a group; none if they are all called alike, as elements are. */
  #doorsTo(group: Group, below: readonly number[]): string[] {
    this.#shared ??= new SharedParts(this.#heap, this.#tree);
    return this.#shared.namesOf(group.objects, this.#listDoors(group, below));
  }

  /**
   * What is below the holder beside a group, by the pointers to it: those to one thing, as a list has several, and all others of one name
   * together. Nothing if all have one name, as elements have.
   */
  #listDoors(group: Group, below: readonly number[]): Door[] {
    const named = int32Column();
    const nameless = int32Column();
    const numbers = new Set<number>();
    let asked = 0;
    for (const thing of below) {
      // The group's stand in the same order.
      if (group.objects[asked] === thing) asked++;
      else if (thing < this.#heap.objects.count) {
        const pointer = this.#pointers.to(thing);
        (pointer === undefined ? nameless : named).push(thing);
        if (pointer !== undefined) numbers.add(this.#nameOf(pointer));
      }
    }
    if (numbers.size < 2) return [];
    const names = new Map<number, string>();
    const ofName = new Map<string, number[]>();
    for (const thing of named.values) {
      const whole = this.#tree.wholeOf(thing);
      const name = names.get(whole) ?? this.#doorName(thing);
      // Of a field that is not known, too, there is nothing to tell.
      if (name === "") {
        nameless.push(thing);
        continue;
      }
      names.set(whole, name);
      const things = ofName.get(name);
      if (things === undefined) ofName.set(name, [thing]);
      else things.push(thing);
    }
    const others = nameless.values.filter((thing) => !names.has(this.#tree.wholeOf(thing)));
    return [...[...ofName].map(([name, things]) => ({ name, things })), { name: undefined, things: others }];
  }

  /** The name of the pointer to a door, without the inside of a library's map or list. */
  #doorName(door: number): string {
    const { objects, types } = this.#heap;
    const name = this.#text(this.#nameOf(this.#pointers.to(door)));
    const type = types.names[objects.type[door]!]!;
    return type === "container/list.Element" ? name.replace(LIST_ROOT, "") : withoutLibraryMap(name, "", type);
  }

  #text(name: number): string {
    return name === NAMELESS ? "" : this.#alike.values[name]!;
  }

  /** Number in `#alike` of the name of a pointer that leads from the holder to what is below it, elements alike; or NAMELESS. */
  #nameOf(pointer: Pointer | undefined): number {
    if (pointer === undefined) return NAMELESS;
    const { objects, roots } = this.#heap;
    const { from, edge } = pointer;
    if (from >= objects.count) {
      return this.#alikeNumber(this.#names.ofRootEdge(edge, roots.vertices.kind[from - objects.count]!, true), -1);
    }
    return this.#alikeNumber(this.#names.ofEdge(from, edge), objects.type[from]!);
  }

  /** @param type row of the type of what has the pointer; -1 of roots */
  #alikeNumber(name: number, type: number): number {
    if (name === NAMELESS) return NAMELESS;
    const { types } = this.#heap;
    const key = name * (types.count + 1) + type + 1;
    let number = this.#alikeOf.get(key);
    if (number === undefined) {
      number = this.#alike.number(alikeName(type < 0 ? "" : types.names[type]!, this.#names.names[name]!));
      this.#alikeOf.set(key, number);
    }
    return number;
  }
}
