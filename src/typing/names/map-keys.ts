/**
 * Map keys: names for the pointers of maps' entries, read from the groups (Go ≥ 1.24) or buckets (until 1.23) that hold
 * them. An entry is named by its key if that is a string, an integer or a bool.
 */
import { type Image, Kind, type Type } from "../../binary/index.ts";
import type { Heap } from "../../heap/heap.ts";
import { valueOffset } from "../../heap/objects.ts";
import type { EntryNames } from "../../heap/types.ts";
import { ContentsReader } from "../evidence/contents.ts";
import type { DescribedType } from "../universe/described-type.ts";
import { elemSlotAt, type GroupLayout, keySlotAt, layOutGroup, SLOT_COUNT } from "../universe/map-groups.ts";
import type { TypeNode } from "../universe/type-node.ts";
import type { TypeUniverse } from "../universe/type-universe.ts";
import { fieldPath, joinPath } from "./field-names.ts";

/** Longer keys are cut: they are names for people. */
const MAX_KEY_BYTES = 64;
/** What needs the layout of groups, for a warning. */
const FEATURE = "names of map entries by their keys";
/** Go ≥ 1.24: control bytes from here on are of empty and deleted slots. */
const FIRST_VACANT_CONTROL = 0x80;
/** Until Go 1.23: top hashes below this are of empty and evacuated slots. */
const LEAST_TOP_HASH = 5;

/** What the program's constant strings are read from. */
export interface ConstantStrings {
  readonly image: Pick<Image, "bytes">;
  /** Run-time minus link-time address of read-only data. */
  readonly bias: number;
}

/**
 * Which rows of the type table are groups of entries that have names, and where these are.
 * @param nodes of each row; undefined for rows that are no Go type
 * @param universe all types of the executable: its maps tell which types are groups
 */
export function findEntryGroups(
  nodes: readonly (TypeNode | undefined)[],
  universe: TypeUniverse,
): readonly (GroupLayout | undefined)[] {
  const groups = new Map<Type, GroupLayout>();
  for (const { kind, group } of universe.all()) {
    const layout = kind === Kind.Map && group !== undefined ? layOutGroup(group, universe.runtime, FEATURE) : undefined;
    if (layout !== undefined && hasSimpleKeys(layout)) groups.set(layout.type, layout);
  }
  return nodes.map((node) => (node?.type === undefined ? undefined : groups.get(node.type)));
}

/** @param layoutOfRow as `findEntryGroups` tells it */
export function createEntryNames(
  heap: Heap,
  layoutOfRow: readonly (GroupLayout<DescribedType> | undefined)[],
  constants: ConstantStrings,
): EntryNames {
  const reader = new KeyReader(heap, constants);
  return {
    has: (type) => layoutOfRow[type] !== undefined,
    name(object, offset) {
      const layout = layoutOfRow[heap.objects.type[object]!];
      if (layout === undefined) return undefined;
      const group = Math.floor(offset / layout.size) * layout.size;
      const within = offset - group;
      const asKey = keySlotAt(layout, within);
      const asElem = elemSlotAt(layout, within);
      const slot = Math.max(asKey, asElem);
      if (slot < 0) return undefined;
      const key = reader.read(object, group, slot, layout);
      if (key === undefined) return undefined;
      if (asKey >= 0) return `key:${key}`;
      const path = fieldPath(layout.elem, within - layout.elemStart - slot * layout.elemStride);
      return joinPath(`[${key}]`, path);
    },
  };
}

/** Whether keys are of a kind that has a text, and in the group themselves, whatever their size. */
function hasSimpleKeys({ key }: GroupLayout): boolean {
  return key.kind === Kind.String || (key.kind >= Kind.Bool && key.kind <= Kind.Uintptr);
}

class KeyReader {
  readonly #heap: Heap;
  readonly #contents: ContentsReader;
  readonly #constants: ConstantStrings;
  readonly #bytes = new Uint8Array(MAX_KEY_BYTES);

  constructor(heap: Heap, constants: ConstantStrings) {
    this.#heap = heap;
    this.#contents = new ContentsReader(heap);
    this.#constants = constants;
  }

  /** The key in a slot of the group at an offset of an object's value, as Go would write it; undefined if there is none. */
  read(object: number, group: number, slot: number, layout: GroupLayout<DescribedType>): string | undefined {
    const { objects, dump } = this.#heap;
    const at = group + valueOffset(objects, object);
    // The control bytes are one number, so that the first is its lowest byte.
    const control = this.#contents.byte(object, at + (layout.isSwiss && dump.bigEndian ? SLOT_COUNT - 1 - slot : slot));
    if (layout.isSwiss ? control >= FIRST_VACANT_CONTROL : control < LEAST_TOP_HASH) return undefined;
    const key = at + layout.keyStart + slot * layout.keyStride;
    if (layout.key.kind !== Kind.String) return this.#readInteger(object, key, layout.key);
    const address = this.#contents.word(object, key);
    const length = this.#contents.word(object, key + dump.pointerSize);
    return this.#readString(address, length);
  }

  #readString(address: number, length: number): string | undefined {
    if (length === 0) return '""';
    const target = this.#heap.findObject(address);
    const size = Math.min(length, MAX_KEY_BYTES);
    let bytes: Uint8Array | undefined;
    if (target >= 0) {
      const { address: addresses, position } = this.#heap.objects;
      bytes = this.#bytes.subarray(0, size);
      this.#contents.copy(position[target]! + address - addresses[target]!, bytes);
    } else {
      bytes = this.#constants.image.bytes(address - this.#constants.bias, size);
    }
    if (bytes === undefined) return undefined;
    const text = decoder.decode(bytes);
    // A sequence that the cut split.
    return length > size ? JSON.stringify(`${text.replace(/\ufffd$/, "")}…`) : JSON.stringify(text);
  }

  #readInteger(object: number, offset: number, { kind, size }: DescribedType): string {
    let value = 0n;
    for (let i = 0; i < size; i++) {
      const place = this.#heap.dump.bigEndian ? i : size - 1 - i;
      value = (value << 8n) | BigInt(this.#contents.byte(object, offset + place));
    }
    if (kind === Kind.Bool) return String(value !== 0n);
    return String(kind <= Kind.Int64 ? BigInt.asIntN(size * 8, value) : value);
  }
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
