/** Where a map's groups (Go ≥ 1.24) and buckets (until 1.23) have their keys and elements. */
import { type Field, Kind, type Type } from "../../binary/index.ts";
import type { DescribedType } from "./described-type.ts";
import type { RuntimeFields } from "./runtime-fields.ts";

/** Entries of a group or bucket. */
export const SLOT_COUNT = 8;

/** All offsets in bytes from the beginning of the group or bucket. */
export interface GroupLayout<T extends DescribedType = Type> {
  readonly type: T;
  readonly size: number;
  /** Go ≥ 1.24. */
  readonly isSwiss: boolean;
  /** A pointer to the key, if that is larger than 128 bytes. */
  readonly key: T;
  readonly keyStart: number;
  readonly keyStride: number;
  /** A pointer to the element, if that is larger than 128 bytes. */
  readonly elem: T;
  readonly elemStart: number;
  readonly elemStride: number;
}

/** Whether a type is a map's group or bucket, by its name. */
export function isGroup(type: Type): boolean {
  return /^map\.(group|bucket)\[/.test(type.string);
}

/**
 * Lays out the group or bucket of a map.
 * @param feature what is left out where its fields are called otherwise than gohd knows, in words for a warning
 */
export function layOutGroup(group: Type, runtime: RuntimeFields, feature: string): GroupLayout | undefined {
  if (group.kind !== Kind.Struct || group.size === 0) return undefined;
  const fieldOf = (type: Type, names: readonly string[]): Field | undefined => {
    const field = type.fields.find(({ name }) => names.includes(name));
    if (field === undefined) runtime.report("the memory of maps' entries", names[0]!, feature);
    return field;
  };
  // {ctrl, slots [8]{key, elem}}, or since Go 1.27 also {ctrl, keys [8], elems [8]}. Buckets were {topbits, keys, elems}.
  const control = fieldOf(group, ["ctrl", "topbits"]);
  const slots = group.fields.find(({ name }) => name === "slots");
  const slot = slots?.type.elem;
  const keys = slot === undefined ? fieldOf(group, ["keys"]) : fieldOf(slot, ["key"]);
  const elems = slot === undefined ? fieldOf(group, ["elems", "values"]) : fieldOf(slot, ["elem"]);
  const key = slot === undefined ? keys?.type.elem : keys?.type;
  const elem = slot === undefined ? elems?.type.elem : elems?.type;
  // The control bytes or top hashes are what a group begins with.
  if (control?.offset !== 0) return undefined;
  if (keys === undefined || elems === undefined || key === undefined || elem === undefined) return undefined;
  const base = slots?.offset ?? 0;
  return {
    type: group,
    size: group.size,
    isSwiss: control.name === "ctrl",
    key,
    keyStart: base + keys.offset,
    keyStride: slot?.size ?? key.size,
    elem,
    elemStart: base + elems.offset,
    elemStride: slot?.size ?? elem.size,
  };
}

/** Which slot's key an offset is in; -1 if in none. */
export function keySlotAt({ keyStart, keyStride, key }: GroupLayout<DescribedType>, offset: number): number {
  return slotAt(offset, keyStart, keyStride, key.size);
}

/** Which slot's element an offset is in; -1 if in none. */
export function elemSlotAt({ elemStart, elemStride, elem }: GroupLayout<DescribedType>, offset: number): number {
  return slotAt(offset, elemStart, elemStride, elem.size);
}

function slotAt(offset: number, start: number, stride: number, size: number): number {
  if (offset < start || stride === 0) return -1;
  const slot = Math.floor((offset - start) / stride);
  return slot < SLOT_COUNT && offset - start - slot * stride < size ? slot : -1;
}
