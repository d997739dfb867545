/**
 * Map owners: what leads to groups of a known type, as malloc headers tell it: the tables, directory and header of a map that
 * nothing typed refers to, as when its header is on a stack. By way of the runtime's own structures, so it is known, not guessed.
 */
import type { Heap } from "../../heap/heap.ts";
import { HAS_POINTERS, NO_OBJECT, objectSize, TypeSource, valueOffset } from "../../heap/objects.ts";
import { breathe, type Progress } from "../../progress.ts";
import { Standing } from "../decision/assignments.ts";
import type { Claims } from "../decision/claims.ts";
import { Form } from "../decision/form.ts";
import { NodeFilter } from "../decision/node-filter.ts";
import type { ContentsReader } from "../evidence/contents.ts";
import type { ShapeMatcher } from "../universe/shape-matcher.ts";
import { MAP_TABLE_NAME, NodeKind, type TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";
import { type BucketsLayout, findMapLayout, type SwissLayout } from "./runtime-layouts.ts";

export class MapOwners {
  readonly #heap: Heap;
  readonly #universe: TypeUniverse;
  readonly #matcher: ShapeMatcher;
  readonly #contents: ContentsReader;
  readonly #claims: Claims;
  readonly #layout: BucketsLayout | SwissLayout | undefined;

  constructor(heap: Heap, universe: TypeUniverse, matcher: ShapeMatcher, contents: ContentsReader, claims: Claims) {
    this.#heap = heap;
    this.#universe = universe;
    this.#matcher = matcher;
    this.#contents = contents;
    this.#claims = claims;
    this.#layout = findMapLayout(universe, heap.dump.bigEndian);
  }

  /** Looks at every object that may be a table. */
  async findTables(progress: Progress): Promise<void> {
    const layout = this.#layout;
    const table = this.#universe.named(MAP_TABLE_NAME);
    if (layout?.isSwiss !== true || table === undefined) return;
    await this.#visit(progress, table, (object) => this.#tryTable(object, layout));
  }

  /** The same for directories, when the tables are known. */
  async findDirectories(progress: Progress): Promise<void> {
    if (this.#layout?.isSwiss === true) await this.#visit(progress, undefined, (object) => this.#tryDirectory(object));
  }

  /** The same for headers, when the directories are known. */
  async findHeaders(progress: Progress): Promise<void> {
    const layout = this.#layout;
    if (layout === undefined) return;
    const header = this.#universe.named(layout.isSwiss ? "internal/runtime/maps.Map" : "runtime.hmap");
    if (header !== undefined) await this.#visit(progress, header, (object) => this.#tryHeader(object, layout));
  }

  /** Visits objects that are nothing better than `bare`, if that is given: the layout without the map. */
  async #visit(progress: Progress, bare: TypeNode | undefined, visitor: (object: number) => void): Promise<void> {
    const { assignments } = this.#claims;
    const { flags } = this.#heap.objects;
    const shapes = this.#heap.shapes!.of;
    const filter = new NodeFilter((id) => {
      if (id < 0 || bare !== undefined) return id < 0 || id === bare?.id;
      const { kind, type } = this.#universe.nodes[id]!;
      return kind === NodeKind.TYPE && type?.elem?.name === MAP_TABLE_NAME;
    });
    let visited = 0;
    for (let object = assignments.nextOpen(-1, filter); object >= 0; object = assignments.nextOpen(object, filter)) {
      if ((++visited & 0xf_ffff) === 0) await breathe(progress);
      if ((flags[object]! & HAS_POINTERS) === 0) continue;
      if (bare === undefined || this.#matcher.match(shapes[object]!, bare).isOne) visitor(object);
    }
  }

  #tryTable(object: number, { table }: SwissLayout): void {
    const target = table === undefined ? NO_OBJECT : this.#heap.findObject(this.#contents.word(object, table.groups));
    const map = this.#mapOf(target, NodeKind.TYPE);
    if (map === undefined) return;
    const bytes = (this.#contents.word(object, table!.lengthMask) + 1) * map.type!.group!.size;
    if (bytes > objectSize(this.#heap.objects, target)) return;
    const node = this.#universe.mapTable(map);
    if (node !== undefined) this.#claims.add(object, 0, node, Form.WHOLE, TypeSource.PROPAGATED);
  }

  /** A directory has nothing but pointers to tables of one map. */
  #tryDirectory(object: number): void {
    const { start, to } = this.#heap.edges;
    const first = start[object]!;
    const map = first === start[object + 1] ? undefined : this.#mapOf(to[first]!, NodeKind.MAP_TABLE);
    if (map === undefined) return;
    for (let edge = first; edge < start[object + 1]!; edge++) {
      if (this.#mapOf(to[edge]!, NodeKind.MAP_TABLE) !== map) return;
    }
    this.#claims.add(object, 0, this.#universe.mapDirectory(map), Form.ALL, TypeSource.PROPAGATED);
  }

  #tryHeader(object: number, layout: BucketsLayout | SwissLayout): void {
    const at = layout.isSwiss ? layout.dirPtr : layout.buckets;
    const target = this.#heap.findObject(this.#contents.word(object, valueOffset(this.#heap.objects, object) + at));
    const isDirectory = layout.isSwiss && this.#contents.word(object, layout.dirLen) !== 0;
    const map = this.#mapOf(target, isDirectory ? NodeKind.MAP_DIRECTORY : NodeKind.TYPE);
    const node = map === undefined ? undefined : this.#universe.mapHeader(map);
    if (node !== undefined) this.#claims.add(object, 0, node, Form.WHOLE, TypeSource.PROPAGATED);
  }

  /** The map that an object is known to be a part of, of a kind: groups are of kind TYPE. */
  #mapOf(object: number, kind: number): TypeNode | undefined {
    if (object === NO_OBJECT || this.#claims.assignments.standing(object) === Standing.GUESS) return undefined;
    const node = this.#claims.node(object);
    if (node === undefined || node.kind !== kind) return undefined;
    if (kind !== NodeKind.TYPE) return node.subject;
    const map = node.type === undefined ? undefined : this.#universe.mapOfGroup(node.type);
    return map === undefined ? undefined : this.#universe.of(map);
  }
}
