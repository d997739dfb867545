/** Entries as Go's compiler and linker write them: short names for the tests that need many. */
import type { AttributeRow, EntryRow } from "./dwarf-writer.ts";

const F = { addr: 1, data4: 6, string: 8, block1: 10, data1: 11, flag: 12, udata: 15, refAddr: 16, secOffset: 23 };

export const GO = "Go cmd/compile go1.27.3; regabi";

/** A package. */
export function unit(children: readonly EntryRow[], attributes: readonly AttributeRow[] = [], producer = GO): EntryRow {
  return { tag: 0x11, attributes: [[0x03, F.string, "main"], ...attributes, [0x25, F.string, producer]], children };
}

export const name = (text: string): AttributeRow => [0x03, F.string, text];
export const type = (label: string): AttributeRow => [0x49, F.refAddr, label];
export const origin = (label: string): AttributeRow => [0x31, F.refAddr, label];
export const location = (bytes: readonly number[]): AttributeRow => [0x02, F.block1, bytes];
export const locationList = (offset: number): AttributeRow => [0x02, F.secOffset, offset];
export const lowPc = (address: number): AttributeRow => [0x11, F.addr, address];
export const highPc = (address: number): AttributeRow => [0x12, F.addr, address];
export const ranges = (offset: number): AttributeRow => [0x55, F.secOffset, offset];
export const size = (bytes: number): AttributeRow => [0x0b, F.udata, bytes];
export const closureOffset = (offset: number): AttributeRow => [0x2907, F.udata, offset];

/** What all types of Go have: the kind, and the offset of the descriptor. */
const go = (kind: number, runtimeType = 0): readonly AttributeRow[] => [
  [0x2900, F.data1, kind],
  [0x2904, F.addr, runtimeType],
];

export function base(label: string, kind: number, bytes: number, runtimeType = 0): EntryRow {
  const attributes: readonly AttributeRow[] = [name(label), [0x3e, F.data1, 7], [0x0b, F.data1, bytes]];
  return { tag: 0x24, label, attributes: [...attributes, ...go(kind, runtimeType)] };
}

export function pointer(label: string, to: string, runtimeType = 0): EntryRow {
  return { tag: 0x0f, label, attributes: [name(label), type(to), ...go(22, runtimeType)] };
}

export const unsafePointer: EntryRow = {
  tag: 0x0f,
  label: "unsafe.Pointer",
  attributes: [name("unsafe.Pointer"), [0x2904, F.addr, 0]],
};

/** The entry of a struct and the typedef that declares its name, whose label it has. */
export function struct(
  label: string,
  bytes: number,
  fields: readonly (readonly [name: string, type: string, offset: number, embedded?: boolean])[],
  runtimeType = 0,
): EntryRow[] {
  const children = fields.map(([field, fieldType, offset, embedded]) => ({
    tag: 0x0d,
    attributes: [
      name(field),
      [0x38, F.udata, offset],
      type(fieldType),
      [0x2903, F.flag, embedded ? 1 : 0],
    ] as AttributeRow[],
  }));
  return [
    { tag: 0x13, label: `struct ${label}`, attributes: [name(label), size(bytes), ...go(25, runtimeType)], children },
    typedef(label, `struct ${label}`),
  ];
}

export function typedef(label: string, to: string, attributes: readonly AttributeRow[] = []): EntryRow {
  return { tag: 0x16, label, attributes: [name(label), type(to), ...attributes] };
}

export function array(label: string, of: string, length: number, bytes: number): EntryRow {
  return {
    tag: 0x01,
    label,
    attributes: [name(label), type(of), size(bytes), ...go(17)],
    children: [{ tag: 0x21, attributes: [[0x37, F.udata, length]] }],
  };
}

export function slice(label: string, of: string, words: number): EntryRow {
  return { tag: 0x13, label, attributes: [name(label), size(words * 3), ...go(23), elem(of)], children: [] };
}

export function string(words: number, runtimeType = 0): EntryRow {
  return {
    tag: 0x13,
    label: "string",
    attributes: [name("string"), size(words * 2), ...go(24, runtimeType)],
    children: [],
  };
}

export function map(label: string, key: string, value: string, representation: string): EntryRow {
  return typedef(label, representation, [...go(21), [0x2901, F.refAddr, key], elem(value)]);
}

export function chan(label: string, of: string): EntryRow {
  return typedef(label, "unsafe.Pointer", [...go(18), elem(of)]);
}

export function iface(label: string, representation: string): EntryRow {
  return typedef(label, representation, go(20));
}

/** Parameters are labels; results have a mark, as since Go 1.24. */
export function func(
  label: string,
  words: number,
  parameters: readonly string[],
  results: readonly string[],
  isVariadic = false,
): EntryRow {
  const children: EntryRow[] = parameters.map((parameter) => ({ tag: 0x05, attributes: [type(parameter)] }));
  if (isVariadic) children.push({ tag: 0x18, attributes: [] });
  for (const result of results) children.push({ tag: 0x05, attributes: [[0x4b, F.flag, 1], type(result)] });
  return { tag: 0x15, label, attributes: [name(label), size(words), ...go(19)], children };
}

/** A package variable at an address. */
export function global(label: string, of: string, addressBytes: readonly number[]): EntryRow {
  return { tag: 0x34, attributes: [name(label), location([0x03, ...addressBytes]), type(of)] };
}

export function variable(label: string, ...attributes: readonly AttributeRow[]): EntryRow {
  return { tag: 0x34, attributes: [name(label), ...attributes] };
}

export function parameter(label: string, ...attributes: readonly AttributeRow[]): EntryRow {
  return { tag: 0x05, attributes: [name(label), ...attributes] };
}

/** A function with code; DWARF ≤ 4 gives both its ends as addresses. */
export function subprogram(
  label: string,
  low: number,
  high: number,
  children: readonly EntryRow[],
  frameBase: readonly number[] = [0x9c],
): EntryRow {
  return {
    tag: 0x2e,
    label,
    attributes: [name(label), lowPc(low), highPc(high), [0x40, F.block1, frameBase]],
    children,
  };
}

function elem(label: string): AttributeRow {
  return [0x2902, F.refAddr, label];
}
