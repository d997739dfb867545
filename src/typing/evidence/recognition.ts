/**
 * Recognition: objects that show what they are by a word of their own: closures by a function's entry, channels by their
 * element type, map headers by buckets that only one map type explains.
 */
import { Kind, type Type } from "../../binary/index.ts";
import type { Heap } from "../../heap/heap.ts";
import { HAS_HEADER, HAS_POINTERS, TypeSource, valueOffset } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";
import type { Propagation } from "../decision/propagation.ts";
import { Rank } from "../decision/rank.ts";
import type { ExecutableTypes } from "../match/executable-types.ts";
import type { ShapeMatcher } from "../universe/shape-matcher.ts";
import type { TypeNode } from "../universe/type-node.ts";
import type { ClosureTypes } from "./closures.ts";
import type { ContentsReader } from "./contents.ts";
import { CONTRADICTION, type Evidence } from "./evidence.ts";
import {
  type BucketsLayout,
  type ChannelLayout,
  findChannelLayout,
  findMapLayout,
  type SwissLayout,
} from "./runtime-layouts.ts";

/** Larger closures do not occur. */
const MAX_CLOSURE_SIZE = 512;
/** Channels of more elements are not believed in. */
const MAX_CHANNEL_CAPACITY = 2 ** 20;
/** Groups of a map whose contents are looked at. */
const MAX_GROUPS = 8;

export class Recognition {
  readonly #heap: Heap;
  readonly #executable: ExecutableTypes;
  readonly #matcher: ShapeMatcher;
  readonly #contents: ContentsReader;
  readonly #closures: ClosureTypes;
  readonly #propagation: Propagation;
  readonly #evidence: Evidence;
  readonly #channel: ChannelLayout | undefined;
  readonly #map: BucketsLayout | SwissLayout | undefined;
  /** Map types, one for each kind of group. */
  readonly #maps: TypeNode[] = [];

  constructor(
    heap: Heap,
    executable: ExecutableTypes,
    matcher: ShapeMatcher,
    contents: ContentsReader,
    closures: ClosureTypes,
    propagation: Propagation,
    evidence: Evidence,
  ) {
    this.#heap = heap;
    this.#executable = executable;
    this.#matcher = matcher;
    this.#contents = contents;
    this.#closures = closures;
    this.#propagation = propagation;
    this.#evidence = evidence;
    const { universe } = executable;
    this.#channel = findChannelLayout(universe);
    this.#map = findMapLayout(universe, heap.dump.bigEndian);
    const groups = new Set<Type>();
    for (const type of universe.all()) {
      if (type.kind !== Kind.Map || type.group === undefined || groups.has(type.group)) continue;
      groups.add(type.group);
      this.#maps.push(universe.of(type));
    }
  }

  /** Looks at every object without a type once. */
  async run(progress: Progress): Promise<void> {
    const { assignments } = this.#propagation.claims;
    const { size, flags } = this.#heap.objects;
    for (let object = 0; object < assignments.count; object++) {
      if ((object & 0xffff) === 0) await breathe(progress);
      if (assignments.isTyped(object) || size[object]! < 16) continue;
      if (size[object]! <= MAX_CLOSURE_SIZE && (flags[object]! & HAS_HEADER) === 0) this.#tryClosure(object);
      if (!assignments.isTyped(object)) this.#tryChannel(object);
      if (!assignments.isTyped(object) && (flags[object]! & HAS_POINTERS) !== 0) this.#tryMap(object);
    }
  }

  #tryClosure(object: number): void {
    const closure = this.#closures.typeOf(object);
    if (closure !== undefined)
      this.#propagation.claims.add(object, 0, closure, false, Rank.RECOGNISED, TypeSource.PROPAGATED);
  }

  #tryChannel(object: number): void {
    const layout = this.#channel;
    if (layout === undefined || this.#heap.objects.size[object]! < layout.size) return;
    const elem = this.#executable.typeAt(this.#contents.word(object, layout.elemtype));
    if (elem === undefined) return;
    const count = this.#contents.word(object, layout.qcount);
    const capacity = this.#contents.word(object, layout.dataqsiz);
    if (!(count >= 0 && count <= capacity && capacity < MAX_CHANNEL_CAPACITY)) return;
    const channel = this.#executable.universe.channel(elem);
    if (channel !== undefined)
      this.#propagation.claims.add(object, 0, channel, false, Rank.RECOGNISED, TypeSource.PROPAGATED);
  }

  #tryMap(object: number): void {
    const layout = this.#map;
    const shapes = this.#heap.shapes!.of;
    const { universe } = this.#executable;
    if (layout === undefined || this.#maps.length === 0) return;
    const anyHeader = universe.mapHeader(this.#maps[0]!);
    if (anyHeader === undefined || this.#matcher.match(shapes[object]!, anyHeader).repeat !== 1) return;
    const groups = this.#groupsOf(object, layout);
    if (groups === undefined) return;
    let best: TypeNode | undefined;
    let bestScore = 0;
    let isTie = false;
    for (const map of this.#maps) {
      const score = this.#scoreGroups(groups.object, groups.count, map.type!.group!);
      if (score > bestScore) {
        best = map;
        bestScore = score;
        isTie = false;
      } else if (score === bestScore && best !== undefined) {
        // The compiler's stand-in for a generic instantiation is not the map's own type.
        if (best.isShape && !map.isShape) best = map;
        else if (best.isShape === map.isShape) isTie = true;
      }
    }
    if (best === undefined || isTie) return;
    const header = universe.mapHeader(best);
    if (header !== undefined)
      this.#propagation.claims.add(object, 0, header, false, Rank.MAP_CONTENTS, TypeSource.INFERRED);
  }

  /** The object with a map's buckets or groups, and how many there are. */
  #groupsOf(header: number, layout: BucketsLayout | SwissLayout): { object: number; count: number } | undefined {
    let address: number;
    let count = 1;
    if (!layout.isSwiss) {
      const log = this.#contents.byte(header, layout.B);
      if (log > 30) return undefined;
      count = 2 ** log;
      address = this.#contents.word(header, layout.buckets);
    } else {
      address = this.#contents.word(header, layout.dirPtr);
      if (this.#contents.word(header, layout.dirLen) !== 0) {
        const directory = this.#heap.findObject(address);
        const table = directory < 0 ? -1 : this.#heap.findObject(this.#firstWord(directory));
        if (table < 0 || layout.table === undefined) return undefined;
        address = this.#contents.word(table, layout.table.groups);
        count = this.#contents.word(table, layout.table.lengthMask) + 1;
      }
    }
    const object = this.#heap.findObject(address);
    return object < 0 || !(count >= 1 && count < 2 ** 30) ? undefined : { object, count };
  }

  #firstWord(object: number): number {
    return this.#contents.word(object, valueOffset(this.#heap.objects, object));
  }

  /** Points for the contents of groups, 0 if they cannot be of this type. */
  #scoreGroups(object: number, count: number, group: Type): number {
    const node = this.#executable.universe.of(group);
    const { repeat } = this.#matcher.match(this.#heap.shapes!.of[object]!, node);
    if (repeat === 0 || count * group.size > this.#heap.objects.size[object]!) return 0;
    const known = this.#propagation.claims.node(object);
    if (known !== undefined) return known === node ? 100 : 0;
    const start = valueOffset(this.#heap.objects, object);
    let sum = 1;
    for (let i = 0; i < Math.min(count, MAX_GROUPS); i++) {
      const points = this.#evidence.score(object, start + i * group.size, node);
      if (points === CONTRADICTION) return 0;
      sum += points;
    }
    return sum;
  }
}
