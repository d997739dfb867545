/** TypeUniverse: all type nodes of one executable, made when asked for, and the runtime's own: what maps, channels and closures are made of. */
import { type CapturedVariable, type Field, Kind, NO_TYPE, type Type, type TypeTable } from "../../binary/index.ts";
import { TINY_BLOCK } from "../../heap/types.ts";
import { isBucketPrefix, timerStructure } from "./known-types.ts";
import { LazyNode } from "./lazy-node.ts";
import {
  addArray,
  addPointer,
  leafOfPointer,
  MAX_DEPTH,
  type NodeSource,
  type PointerLeaf,
  walkLeaves,
} from "./leaf-walk.ts";
import { addCommonLeaves, LeafKind, type LeavesBuilder, listLeaves, NO_LEAVES } from "./leaves.ts";
import { Holders } from "./parts.ts";
import { commonFields, renameFields } from "./renamed-type.ts";
import { RuntimeFields, Width } from "./runtime-fields.ts";
import { shareMap } from "./shared-map.ts";
import { type Leaves, MAP_TABLE_NAME, NodeKind, type TypeNode } from "./type-node.ts";

/** What is left out where a map's structures are not those that are known. */
export const MAP_PARTS = "the types of what maps hold";
/** Go ≤ 1.23. */
const BUCKET_FIELDS = { buckets: Width.WORD, oldbuckets: Width.WORD } as const;

/** Where a table of a map has its groups; `data` and `lengthMask` are inside `reference`. */
export interface GroupsFields {
  readonly reference: Field;
  readonly data: Field;
  readonly lengthMask: Field;
}

export class TypeUniverse implements NodeSource {
  readonly pointerSize: number;
  readonly nodes: TypeNode[] = [];
  /** Where the runtime's structures have their fields. */
  readonly runtime: RuntimeFields;
  readonly stringData: TypeNode;
  readonly tiny: TypeNode;
  /** Which types have which inside them. */
  readonly holders: Holders;
  readonly #types: TypeTable;
  readonly #nodeOfType = new Map<Type, TypeNode>();
  readonly #pointers = new Map<Type, PointerLeaf>();
  #mapOfGroup: Map<Type, Type> | undefined;
  /** By the ids of what they share. */
  readonly #sharedMaps = new Map<string, TypeNode | undefined>();
  /** The runtime's own structures: by NodeKind, then by the id of the node that they belong to. */
  readonly #pseudo: Map<number, TypeNode>[] = [];
  /** Closures whose layout is not clear. */
  readonly #partial = new Set<TypeNode>();
  /** By function and layouts. */
  readonly #closures = new Map<string, TypeNode>();
  readonly #trieNodes = new Map<
    Type,
    { readonly entry: TypeNode | undefined; readonly indirect: TypeNode | undefined }
  >();
  /** Of arrays, by node id; null if there is none. */
  readonly #elements: (TypeNode | null | undefined)[] = [];
  readonly #named = new Map<string, TypeNode | undefined>();
  #byName: Map<string, Type> | undefined;
  #sorted: readonly Type[] | undefined;

  constructor(types: TypeTable, pointerSize: number) {
    this.#types = types;
    this.pointerSize = pointerSize;
    this.runtime = new RuntimeFields(pointerSize);
    this.holders = new Holders(() => this.sorted());
    this.stringData = this.#add(NodeKind.STRING, "string", 1, undefined, undefined, () => NO_LEAVES);
    this.tiny = this.#add(NodeKind.TINY, TINY_BLOCK, 16, undefined, undefined, () => NO_LEAVES);
  }

  /** The node of a Go type. */
  of(type: Type): TypeNode {
    let node = this.#nodeOfType.get(type);
    if (node === undefined) {
      const name = this.#groupName(type) ?? type.name;
      node = this.#add(NodeKind.TYPE, name, type.size, type, undefined, () =>
        listLeaves((leaves) => walkLeaves(type, 0, this, leaves)),
      );
      this.#nodeOfType.set(type, node);
    }
    return node;
  }

  /** The node of what a pointer to a Go type leads to. */
  pointee(type: Type): TypeNode {
    const structure = timerStructure(type);
    return (structure === undefined ? undefined : this.named(structure)) ?? this.of(type);
  }

  /** What a pointer to a Go type is. Kept: there are many pointers to the same, and all their names would be looked at. */
  pointerTo(type: Type): PointerLeaf {
    const known = this.#pointers.get(type);
    if (known !== undefined) return known;
    const leaf = leafOfPointer(isBucketPrefix(type) ? undefined : this.pointee(type));
    this.#pointers.set(type, leaf);
    return leaf;
  }

  /** A map's group or bucket by its map's full name: its own has only the last elements of import paths. */
  #groupName(type: Type): string | undefined {
    const prefix = /^map\.(group|bucket)\[/.exec(type.string)?.[1];
    if (prefix === undefined) return undefined;
    const map = this.mapOfGroup(type);
    return map?.name.startsWith("map[") ? `map.${prefix}${map.name.slice("map".length)}` : undefined;
  }

  /** The map whose entries a group or bucket holds; an unnamed one, if there is one. */
  mapOfGroup(group: Type): Type | undefined {
    if (this.#mapOfGroup === undefined) {
      this.#mapOfGroup = new Map();
      for (const map of this.sorted()) {
        if (map.group === undefined || (map.isNamed && this.#mapOfGroup.has(map.group))) continue;
        this.#mapOfGroup.set(map.group, map);
      }
    }
    return this.#mapOfGroup.get(group);
  }

  /** What several map types have in common, if they have the same keys: `map[string]?`. */
  sharedMap(maps: readonly TypeNode[]): TypeNode | undefined {
    const id = maps.map((map) => map.id).join();
    if (!this.#sharedMaps.has(id)) {
      const types = maps.map(({ type }) => type!);
      const shared = shareMap(types, this.named("unsafe.Pointer")?.type);
      if (shared?.group !== undefined && this.mapOfGroup(shared.group) === undefined)
        this.#mapOfGroup!.set(shared.group, shared);
      this.#sharedMaps.set(id, shared === undefined ? undefined : this.of(shared));
    }
    return this.#sharedMaps.get(id);
  }

  /** What an array of arrays is made of in the end; undefined if it is empty. */
  elementOf(array: TypeNode): TypeNode | undefined {
    let element = this.#elements[array.id];
    if (element === undefined) {
      let type: Type | undefined = array.type;
      for (let depth = 0; type?.kind === Kind.Array && depth < MAX_DEPTH; depth++) {
        type = type.length === 0 ? undefined : type.elem;
      }
      element = type === undefined || type.kind === Kind.Array ? null : this.of(type);
      this.#elements[array.id] = element;
    }
    return element ?? undefined;
  }

  /** What an array is walked as that is an object of its own: a named one by its name, others by what they are made of. */
  arrayOf(array: TypeNode): TypeNode | undefined {
    const element = this.elementOf(array);
    if (element?.type === undefined || array.type?.isNamed !== true) return element;
    const { type, size } = element;
    return this.#pseudoNode(NodeKind.NAMED_ARRAY, array, array.name, size, type, (leaves) =>
      walkLeaves(type, 0, this, leaves),
    );
  }

  /** The node of the descriptor at a link-time address, if there is one. */
  atAddress(address: number): TypeNode | undefined {
    const index = this.#types.indexAt(address);
    return index === NO_TYPE ? undefined : this.of(this.#types.at(index));
  }

  /** A type by its full name, such as "runtime.g". Walks all types once. */
  named(name: string): TypeNode | undefined {
    let node = this.#named.get(name);
    if (node === undefined && !this.#named.has(name)) {
      if (this.#byName === undefined) {
        this.#byName = new Map();
        for (const type of this.sorted())
          if (type.isNamed || !this.#byName.has(type.name)) this.#byName.set(type.name, type);
      }
      const type = this.#byName.get(name);
      node = type === undefined ? undefined : this.of(type);
      this.#named.set(name, node);
    }
    return node;
  }

  /** Every type of the executable. */
  *all(): Generator<Type, void, undefined> {
    const count = this.#types.enumerate();
    for (let i = 0; i < count; i++) yield this.#types.at(i);
  }

  /** The same by ascending address: they are numbered as they are met. */
  sorted(): readonly Type[] {
    this.#sorted ??= [...this.all()].sort((a, b) => a.address - b.address);
    return this.#sorted;
  }

  /** The header that a map variable points to. */
  mapHeader(map: TypeNode): TypeNode | undefined {
    const swiss = this.named("internal/runtime/maps.Map");
    const layout = swiss ?? this.named("runtime.hmap");
    if (layout?.type === undefined) return undefined;
    const { type } = layout;
    return this.#pseudoNode(NodeKind.MAP_HEADER, map, map.name, layout.size, type, (leaves) => {
      const group = map.type?.group === undefined ? undefined : this.of(map.type.group);
      const swissFields = swiss && this.runtime.find(type, { dirPtr: Width.WORD, dirLen: Width.WORD }, MAP_PARTS);
      const buckets = swiss ? undefined : this.runtime.find(type, BUCKET_FIELDS, MAP_PARTS);
      // Until Go 1.8 there is a field "overflow" instead, which says itself what it points to.
      const hasExtra = !swiss && !type.fields.some(({ name }) => name === "overflow");
      const extra = hasExtra ? this.runtime.find(type, { extra: Width.WORD }, MAP_PARTS) : undefined;
      for (const field of type.fields) {
        if (field === swissFields?.dirPtr) leaves.add(field.offset, LeafKind.MAP_DIRECTORY, map);
        else if (field === buckets?.buckets || field === buckets?.oldbuckets) addArray(leaves, field.offset, group);
        else if (field === extra?.extra) addPointer(leaves, field.offset, this.#mapExtra(map));
        else walkLeaves(field.type, field.offset, this, leaves);
      }
    });
  }

  #mapExtra(map: TypeNode): TypeNode | undefined {
    const layout = this.named("runtime.mapextra");
    const group = map.type?.group === undefined ? undefined : this.of(map.type.group);
    if (layout?.type === undefined) return undefined;
    const { type } = layout;
    return this.#pseudoNode(NodeKind.MAP_EXTRA, map, `${map.name} (extra)`, layout.size, type, (leaves) => {
      const next = this.runtime.find(type, { nextOverflow: Width.WORD }, MAP_PARTS)?.nextOverflow;
      for (const field of type.fields) {
        if (field === next) addPointer(leaves, field.offset, group);
        else walkLeaves(field.type, field.offset, this, leaves);
      }
    });
  }

  mapTable(map: TypeNode): TypeNode | undefined {
    const layout = this.named(MAP_TABLE_NAME);
    if (layout?.type === undefined) return undefined;
    const { type } = layout;
    return this.#pseudoNode(NodeKind.MAP_TABLE, map, `${map.name} (table)`, layout.size, type, (leaves) => {
      const group = map.type?.group === undefined ? undefined : this.of(map.type.group);
      const groups = this.groupsOf(type, MAP_PARTS);
      for (const field of type.fields) {
        if (field === groups?.reference) addArray(leaves, field.offset + groups.data.offset, group);
        else walkLeaves(field.type, field.offset, this, leaves);
      }
    });
  }

  /** Go ≥ 1.24: where a map's table has its groups, groupsReference{data unsafe.Pointer; lengthMask uint64}. */
  groupsOf(table: Type | undefined, feature: string): GroupsFields | undefined {
    const reference = this.runtime.find(table, { groups: Width.WIDE }, feature)?.groups;
    const widths = { data: Width.WORD, lengthMask: Width.WIDE };
    const inside = this.runtime.find(reference?.type, widths, feature);
    return reference === undefined || inside === undefined ? undefined : { reference, ...inside };
  }

  /** One word of a map's directory: a pointer to a table. */
  mapDirectory(map: TypeNode): TypeNode {
    const name = `${map.name} (directory)`;
    return this.#pseudoNode(NodeKind.MAP_DIRECTORY, map, name, this.pointerSize, undefined, (leaves) =>
      addPointer(leaves, 0, this.mapTable(map)),
    );
  }

  /** The runtime.hchan of a channel with elements of a type. */
  channel(elem: TypeNode): TypeNode | undefined {
    const layout = this.named("runtime.hchan");
    if (layout?.type === undefined) return undefined;
    const { type } = layout;
    return this.#pseudoNode(NodeKind.CHANNEL, elem, `chan ${elem.name}`, layout.size, type, (leaves) => {
      const buffer = this.runtime.find(type, { buf: Width.WORD }, "the types of what waits in channels")?.buf;
      for (const field of type.fields) {
        if (field === buffer) leaves.add(field.offset, LeafKind.SLICE, elem);
        else walkLeaves(field.type, field.offset, this, leaves);
      }
    });
  }

  /**
   * A closure of a function, laid out as a `struct { F uintptr; … }`, whose fields are called as the variables captured.
   * @param layouts those that it may have; of several, what they have in common
   */
  closure(functionName: string, layouts: readonly TypeNode[], captured: readonly CapturedVariable[]): TypeNode {
    const layout = layouts[0]!;
    const key = `${functionName} ${layouts.map(({ id }) => id)}`;
    let node = this.#closures.get(key);
    if (node === undefined) {
      const { size } = layout;
      const types = layouts.map(({ type }) => type!);
      const type = renameFields(layouts.length === 1 ? types[0]! : commonFields(types), captured);
      const build = (leaves: LeavesBuilder): void => {
        if (layouts.length === 1) walkLeaves(type, 0, this, leaves);
        else addCommonLeaves(layouts, leaves);
      };
      node = this.#add(NodeKind.CLOSURE, `func ${functionName}`, size, type, layout, () => listLeaves(build));
      this.#closures.set(key, node);
      if (layouts.length > 1) this.#partial.add(node);
    }
    return node;
  }

  /** Whether a closure's layout is only what several have in common. */
  isPartial(closure: TypeNode): boolean {
    return this.#partial.has(closure);
  }

  /** What a pointer to a trie's node (`isTrieNode`) really leads to: an entry, or an inner node. */
  trieNode(node: Type, isEntry: boolean): TypeNode | undefined {
    let real = this.#trieNodes.get(node);
    if (real === undefined) {
      const { name } = node;
      real = {
        entry: this.named(name.replace(".node[", ".entry[")),
        indirect: this.named(name.replace(".node[", ".indirect[")),
      };
      this.#trieNodes.set(node, real);
    }
    return isEntry ? real.entry : real.indirect;
  }

  #pseudoNode(
    kind: number,
    subject: TypeNode,
    name: string,
    size: number,
    type: Type | undefined,
    build: (leaves: LeavesBuilder) => void,
  ): TypeNode {
    let nodes = this.#pseudo[kind];
    if (nodes === undefined) {
      nodes = new Map();
      this.#pseudo[kind] = nodes;
    }
    let node = nodes.get(subject.id);
    if (node === undefined) {
      node = this.#add(kind, name, size, type, subject, () => listLeaves(build));
      nodes.set(subject.id, node);
    }
    return node;
  }

  #add(
    kind: number,
    name: string,
    size: number,
    type: Type | undefined,
    subject: TypeNode | undefined,
    list: () => Leaves,
  ): TypeNode {
    const node = new LazyNode(this.nodes.length, kind, name, size, type, subject, list);
    this.nodes.push(node);
    return node;
  }
}
