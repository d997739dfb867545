/**
 * MapInference: maps whose header nothing typed refers to. What a map's groups are of a known type, its tables, directory and
 * header are known by; otherwise the contents of the groups choose the map's type, if one type alone explains them.
 */
import { Kind, type Type } from "../../binary/index.ts";
import type { Heap } from "../../heap/heap.ts";
import { HAS_POINTERS, NO_OBJECT, TypeSource, valueOffset } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";
import type { Claims } from "../decision/claims.ts";
import { Form } from "../decision/form.ts";
import { NodeFilter } from "../decision/node-filter.ts";
import type { ContentsReader } from "../evidence/contents.ts";
import type { ExecutableTypes } from "../match/executable-types.ts";
import type { ShapeMatcher } from "../universe/shape-matcher.ts";
import { MAP_TABLE_NAME, type TypeNode } from "../universe/type-node.ts";
import { type Agreement, CONTRADICTION } from "./agreement.ts";
import { type BucketsLayout, findMapLayout, type SwissLayout } from "./runtime-layouts.ts";

/** Groups of a map whose contents are looked at. */
const MAX_GROUPS = 8;

/** Tables of a map whose groups are looked at. */
const MAX_TABLES = 8;

/** An object with a map's buckets or groups, and how many there are. */
interface Groups {
  readonly object: number;
  readonly count: number;
}

type TableLayout = NonNullable<SwissLayout["table"]>;

export class MapInference {
  readonly #heap: Heap;
  readonly #executable: ExecutableTypes;
  readonly #matcher: ShapeMatcher;
  readonly #contents: ContentsReader;
  readonly #claims: Claims;
  readonly #agreement: Agreement;
  readonly #map: BucketsLayout | SwissLayout | undefined;
  /** Map types, one for each kind of group. */
  readonly #maps: TypeNode[] = [];

  constructor(
    heap: Heap,
    executable: ExecutableTypes,
    matcher: ShapeMatcher,
    contents: ContentsReader,
    claims: Claims,
    agreement: Agreement,
  ) {
    this.#heap = heap;
    this.#executable = executable;
    this.#matcher = matcher;
    this.#contents = contents;
    this.#claims = claims;
    this.#agreement = agreement;
    const { universe } = executable;
    this.#map = findMapLayout(universe, heap.dump.bigEndian);
    const groups = new Set<Type>();
    for (const type of universe.sorted()) {
      if (type.kind !== Kind.Map || type.group === undefined || groups.has(type.group)) continue;
      groups.add(type.group);
      this.#maps.push(universe.of(type));
    }
  }

  /**
   * Guesses at every untyped object that is laid out like a header, all on what was known before.
   * @param asShared where several map types explain the groups, take what they have in common: for the end, when nothing
   *   better is to be had
   */
  async run(progress: Progress, asShared: boolean): Promise<void> {
    const { assignments } = this.#claims;
    const { flags } = this.#heap.objects;
    const { universe } = this.#executable;
    const anyHeader = this.#maps.length === 0 ? undefined : universe.mapHeader(this.#maps[0]!);
    if (this.#map === undefined || anyHeader === undefined) return;
    const shapes = this.#heap.shapes!.of;
    const decisions: [object: number, header: TypeNode][] = [];
    // What was guessed to be some map's header is looked at again.
    const bare = anyHeader.type === undefined ? undefined : universe.of(anyHeader.type).id;
    const headers = new NodeFilter((id) => id < 0 || id === bare);
    let visited = 0;
    for (let object = assignments.nextOpen(-1, headers); object >= 0; object = assignments.nextOpen(object, headers)) {
      if ((++visited & 0xfff) === 0) await breathe(progress);
      if ((flags[object]! & HAS_POINTERS) === 0) continue;
      if (!this.#matcher.match(shapes[object]!, anyHeader).isOne) continue;
      const map = this.#choose(object, this.#map, asShared);
      const header = map === undefined ? undefined : universe.mapHeader(map);
      if (header !== undefined) decisions.push([object, header]);
    }
    for (const [object, header] of decisions) this.#claims.add(object, 0, header, Form.WHOLE, TypeSource.INFERRED);
  }

  /**
   * Guesses at every object that has nothing but pointers to tables, as the directory of a map has whose header is on a stack.
   * On what was known before, headers included.
   */
  async runDirectories(progress: Progress, asShared: boolean): Promise<void> {
    const layout = this.#map;
    const { universe } = this.#executable;
    const table = universe.named(MAP_TABLE_NAME);
    if (layout?.isSwiss !== true || layout.table === undefined || table === undefined) return;
    const { assignments } = this.#claims;
    const filter = new NodeFilter((id) => id < 0 || universe.nodes[id]!.type?.elem?.name === MAP_TABLE_NAME);
    const decisions: [object: number, directory: TypeNode][] = [];
    let visited = 0;
    for (let object = assignments.nextOpen(-1, filter); object >= 0; object = assignments.nextOpen(object, filter)) {
      if ((++visited & 0xfff) === 0) await breathe(progress);
      const groups = this.#groupsOfTables(object, layout.table, table);
      const map = groups.length === 0 ? undefined : this.#chooseFor(groups, asShared, groups.length);
      if (map !== undefined) decisions.push([object, universe.mapDirectory(map)]);
    }
    for (const [object, directory] of decisions) this.#claims.add(object, 0, directory, Form.ALL, TypeSource.INFERRED);
  }

  /** The groups of some of the tables that an object points to, if all that it points to may be tables. */
  #groupsOfTables(object: number, layout: TableLayout, table: TypeNode): Groups[] {
    const { start, to } = this.#heap.edges;
    const { assignments } = this.#claims;
    const groups: Groups[] = [];
    // The tables of a directory stand side by side, one perhaps several times.
    let last = NO_OBJECT;
    for (let edge = start[object]!; edge < start[object + 1]!; edge++) {
      const target = to[edge]!;
      if (target === last) continue;
      last = target;
      const known = assignments.nodeId(target);
      if ((known >= 0 && known !== table.id) || !this.#matcher.match(this.#heap.shapes!.of[target]!, table).isOne)
        return [];
      const of = this.#groupsOfTable(target, layout);
      // Their number is a power of two.
      if (of === undefined || Math.log2(of.count) % 1 !== 0) return [];
      if (groups.length < MAX_TABLES) groups.push(of);
    }
    return groups;
  }

  /** The map type that explains the groups of a header best; undefined if there is none, or several share nothing. */
  #choose(object: number, layout: BucketsLayout | SwissLayout, asShared: boolean): TypeNode | undefined {
    const groups = this.#groupsOf(object, layout);
    return groups === undefined ? undefined : this.#chooseFor([groups], asShared, 0);
  }

  /** @param least more points are needed; each of the groups gives one for its shape alone */
  #chooseFor(groups: readonly Groups[], asShared: boolean, least: number): TypeNode | undefined {
    const { universe } = this.#executable;
    let best: TypeNode[] = [];
    let bestScore = least;
    for (const map of this.#maps) {
      const score = this.#scoreAll(groups, map.type!.group!);
      if (score > bestScore) {
        best = [map];
        bestScore = score;
      } else if (score === bestScore && best.length > 0) {
        best.push(map);
      }
    }
    // The compiler's stand-in for a generic instantiation is not the map's own type.
    const real = best.some(({ isShape }) => !isShape) ? best.filter(({ isShape }) => !isShape) : best;
    if (real.length < 2) return real[0];
    return asShared ? universe.sharedMap(real) : undefined;
  }

  /** The object with a map's buckets or groups, and how many there are. */
  #groupsOf(header: number, layout: BucketsLayout | SwissLayout): Groups | undefined {
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
        return table < 0 || layout.table === undefined ? undefined : this.#groupsOfTable(table, layout.table);
      }
    }
    return this.#groupsAt(address, count);
  }

  #groupsOfTable(table: number, layout: TableLayout): Groups | undefined {
    const count = this.#contents.word(table, layout.lengthMask) + 1;
    return this.#groupsAt(this.#contents.word(table, layout.groups), count);
  }

  #groupsAt(address: number, count: number): Groups | undefined {
    const object = this.#heap.findObject(address);
    return object < 0 || !(count >= 1 && count < 2 ** 30) ? undefined : { object, count };
  }

  #firstWord(object: number): number {
    return this.#contents.word(object, valueOffset(this.#heap.objects, object));
  }

  #scoreAll(groups: readonly Groups[], type: Type): number {
    let sum = 0;
    for (const { object, count } of groups) {
      const points = this.#scoreGroups(object, count, type);
      if (points === 0) return 0;
      sum += points;
    }
    return sum;
  }

  /** Points for the contents of groups, 0 if they cannot be of this type. */
  #scoreGroups(object: number, count: number, group: Type): number {
    const node = this.#executable.universe.of(group);
    const { repeat } = this.#matcher.match(this.#heap.shapes!.of[object]!, node);
    if (repeat === 0 || count * group.size > this.#heap.objects.size[object]!) return 0;
    const known = this.#claims.node(object);
    if (known !== undefined) return known === node ? 100 : 0;
    const start = valueOffset(this.#heap.objects, object);
    let sum = 1;
    for (let i = 0; i < Math.min(count, MAX_GROUPS); i++) {
      const points = this.#agreement.score(object, start + i * group.size, node);
      if (points === CONTRADICTION) return 0;
      sum += points;
    }
    return sum;
  }
}
