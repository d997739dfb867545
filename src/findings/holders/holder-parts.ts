/** HolderParts: what hangs right below a holder, alike things together, and by which of its pointers. */
import { wholeTypeName, withoutLibraryMap } from "../../analysis/paths/library-maps.ts";
import { NAMELESS } from "../../analysis/references/pointer-names.ts";
import { type GrowingColumn, int32Column } from "../../heap/columns.ts";
import type { Heap } from "../../heap/heap.ts";
import { rootVertexName } from "../../heap/roots/root-names.ts";
import { listedTypeName, TypeKind } from "../../heap/types.ts";
import type { Progress } from "../../progress.ts";
import type { ChannelColumns } from "../../values/channel-counts.ts";
import { type AlikeThings, countGuessed } from "../guessed.ts";
import { QueueCounter, type Queued, toQueued } from "../queued.ts";
import { type HolderPointers, NO_POINTER } from "./holder-pointers.ts";
import type { InnerBulk } from "./inner-bulk.ts";
import type { ContentField, PartContent } from "./part-contents.ts";
import { type Door, SharedParts } from "./shared-parts.ts";
import type { ThingTree, Vertices } from "./thing-tree.ts";

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
  readonly shared: Vertices;
}

/** The share of the bytes of all parts from which on it is looked for what shares one. */
const MUCH = 0.05;
/** Behind the name of a `list.List`: what leads to its first element, and to its last. */
const LIST_ROOT = /\.root\.(next|prev)$/;
/** Kinds of parts to look for. */
const MOST_SHARED = 2;

const NONE: Vertices = new Int32Array(0);

interface Group {
  /** Number of the pointer's name, as `HolderPointers` has it. */
  readonly by: number;
  readonly type: number;
  readonly objects: GrowingColumn<Int32Array>;
  bytes: number;
  /** Whether no pointer of the holder's own leads to some of them. */
  isShared: boolean;
}

export class HolderParts {
  readonly #heap: Heap;
  readonly #tree: ThingTree;
  readonly #pointers: HolderPointers;
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
    this.#queues = new QueueCounter(heap, channels);
  }

  /**
   * The parts, the largest first, and what all have together.
   * @param below the vertices right below the holder
   */
  async group(below: Vertices, progress: Progress): Promise<{ readonly parts: FoundPart[]; readonly bytes: number }> {
    const { objects, types } = this.#heap;
    /** By number of the pointer's name and row of the type, as one number. */
    const groups = new Map<number, Group>();
    const parts: FoundPart[] = [];
    let all = 0;
    let group: Group | undefined;
    for (let i = 0; i < below.length; i++) {
      const vertex = below[i]!;
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
          shared: NONE,
        });
        continue;
      }
      const name = this.#pointers.nameOf(vertex);
      const by = name === NO_POINTER ? NAMELESS : name;
      const type = objects.type[vertex]!;
      // Neighbours are mostly alike.
      if (group === undefined || group.by !== by || group.type !== type) {
        const key = (by - NAMELESS) * types.count + type;
        group = groups.get(key);
        if (group === undefined) {
          group = { by, type, objects: int32Column(), bytes: 0, isShared: false };
          groups.set(key, group);
        }
      }
      group.objects.push(vertex);
      group.bytes += bytes;
      if (name === NO_POINTER) group.isShared = true;
    }
    const shared = [...groups.values()]
      .filter(({ isShared, bytes }) => isShared && bytes >= MUCH * all)
      .sort((a, b) => b.bytes - a.bytes)
      .slice(0, MOST_SHARED);
    const nameOf = this.#namesOf([...groups.values()]);
    for (const each of groups.values()) {
      const name = nameOf(each.type);
      const isMuch = shared.includes(each);
      const alike = each.objects.values;
      const sharedBy = isMuch ? this.#doorsTo(alike, below) : [];
      parts.push({
        by: withoutLibraryMap(this.#pointers.text(each.by), "", name),
        type: wholeTypeName(name),
        count: alike.length,
        guessed: countGuessed(objects, alike),
        bytes: each.bytes,
        behind: each.bytes >= MUCH * all ? await this.#countBehind(each.type, alike, progress) : 0,
        queued: this.#queuedIn(each.type, alike),
        sharedBy,
        first: alike[0],
        shared: isMuch && sharedBy.length === 0 ? alike : NONE,
      });
    }
    return { parts: parts.sort((a, b) => b.bytes - a.bytes), bytes: all };
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

  async #countBehind(type: number, objects: Vertices, progress: Progress): Promise<number> {
    const isKnown = this.#heap.types.layouts?.of(type) !== undefined;
    return isKnown && objects.length > 1 ? this.#tree.countBehind(objects, progress) : 0;
  }

  #queuedIn(type: number, objects: Vertices): Queued | null {
    if (!this.#queues.isChannel(type)) return null;
    const sum = { buffered: 0, capacity: 0 };
    for (const object of objects) this.#queues.add(object, sum);
    return toQueued(sum);
  }

  /** The pointers of the holder that lead to what leads to a group; none if they are all called alike, as elements are. */
  #doorsTo(group: Vertices, below: Vertices): string[] {
    this.#shared ??= new SharedParts(this.#heap, this.#tree);
    return this.#shared.namesOf(group, this.#listDoors(group, below));
  }

  /**
   * What is below the holder beside a group, by the pointers to it: those to one thing, as a list has several, and all others of one name
   * together. Nothing if all have one name, as elements have.
   */
  #listDoors(group: Vertices, below: Vertices): Door[] {
    const named = int32Column();
    const nameless = int32Column();
    const numbers = new Set<number>();
    let asked = 0;
    for (let i = 0; i < below.length; i++) {
      const thing = below[i]!;
      // The group's stand in the same order.
      if (group[asked] === thing) asked++;
      else if (thing < this.#heap.objects.count) {
        const name = this.#pointers.nameOf(thing);
        (name === NO_POINTER ? nameless : named).push(thing);
        if (name !== NO_POINTER) numbers.add(name);
      }
    }
    if (numbers.size < 2) return [];
    const names = new Map<number, string>();
    const ofName = new Map<string, GrowingColumn<Int32Array>>();
    for (const thing of named.values) {
      const whole = this.#tree.wholeOf(thing);
      const name = names.get(whole) ?? this.#doorName(thing);
      // Of a field that is not known, too, there is nothing to tell.
      if (name === "") {
        nameless.push(thing);
        continue;
      }
      names.set(whole, name);
      let things = ofName.get(name);
      if (things === undefined) {
        things = int32Column();
        ofName.set(name, things);
      }
      things.push(thing);
    }
    const others = nameless.values.filter((thing) => !names.has(this.#tree.wholeOf(thing)));
    return [
      ...[...ofName].map(([name, things]) => ({ name, things: things.values })),
      { name: undefined, things: others },
    ];
  }

  /** The name of the pointer to a door, without the inside of a library's map or list. */
  #doorName(door: number): string {
    const { objects, types } = this.#heap;
    const name = this.#pointers.text(this.#pointers.nameOf(door));
    const type = types.names[objects.type[door]!]!;
    return type === "container/list.Element" ? name.replace(LIST_ROOT, "") : withoutLibraryMap(name, "", type);
  }
}
