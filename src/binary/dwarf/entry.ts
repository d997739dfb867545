/**
 * Entry: one "debugging information entry" (DIE), read into columns that are used over and over: one entry is a handful
 * of numbers, and nobody keeps them. What a number means depends on its form; the functions below know.
 */
import { NO_SLOT, readBlockLength, readIndirectForm, skipAttributes, skipValue } from "./abbreviations.ts";
import type { ByteCursor } from "./byte-cursor.ts";
import { Form, SLOT_COUNT, type Slot, type UnitLayout, Width } from "./codes.ts";
import type { DwarfSections } from "./sections.ts";
import type { Unit } from "./unit.ts";

/** No entry, or no value. Positions, addresses and sizes are not negative. */
export const NONE = -1;

/** Columns for one entry at a time: its header, and a value per slot. */
export class Entry {
  /** Byte of .debug_info at which it begins. */
  position = 0;
  /** Behind its attributes: its first child, if it has children, or what follows it. */
  next = 0;
  /** 0 for the entry that ends a list of children. */
  tag = 0;
  hasChildren = false;
  /** Form of each slot's value; 0 if the entry does not have the attribute. */
  readonly forms = new Uint16Array(SLOT_COUNT);
  /** The number itself; for strings and blocks in the entry the position of their first byte. */
  readonly values = new Float64Array(SLOT_COUNT);
  /** Bytes of blocks. */
  readonly lengths = new Float64Array(SLOT_COUNT);

  has(slot: Slot): boolean {
    return this.forms[slot] !== 0;
  }

  /** The number in a slot; 0 if there is none. */
  value(slot: Slot): number {
    return this.forms[slot] === 0 ? 0 : this.values[slot]!;
  }
}

/**
 * Reads the entry at a position into `entry`. References within a unit become positions of .debug_info.
 * @throws DwarfDamage
 */
export function readEntry(sections: DwarfSections, unit: Unit, position: number, entry: Entry): void {
  const cursor = sections.cursor("info").seek(position, unit.end);
  const code = cursor.uleb();
  entry.position = position;
  entry.forms.fill(0);
  if (code === 0) {
    entry.tag = 0;
    entry.hasChildren = false;
    entry.next = cursor.position;
    return;
  }
  const abbreviation = unit.abbreviations.at(code);
  const { forms, widths, slots, constants } = abbreviation;
  entry.tag = abbreviation.tag;
  entry.hasChildren = abbreviation.hasChildren;
  for (let i = 0; i < forms.length; i++) {
    const slot = slots[i]!;
    if (slot === NO_SLOT) skipValue(cursor, widths[i]!, unit);
    else readValue(cursor, unit, entry, slot, forms[i]!, widths[i]!, constants[i]!);
  }
  entry.next = cursor.position;
}

/**
 * Gives the position behind the list of children that begins at `position`, at whatever depth it ends.
 * @throws DwarfDamage
 */
export function skipChildren(sections: DwarfSections, unit: Unit, position: number): number {
  const cursor = sections.cursor("info");
  let at = position;
  for (let depth = 1; depth > 0; ) {
    const code = cursor.seek(at, unit.end).uleb();
    at = cursor.position;
    if (code === 0) {
      depth--;
      continue;
    }
    const abbreviation = unit.abbreviations.at(code);
    at = skipAttributes(cursor, abbreviation, at, unit.end);
    if (at > unit.end) cursor.fail("an entry does not end");
    if (abbreviation.hasChildren) depth++;
  }
  return at;
}

function readValue(
  cursor: ByteCursor,
  unit: UnitLayout & { readonly start: number },
  entry: Entry,
  slot: number,
  form: number,
  width: number,
  constant: number,
): void {
  if (width === Width.Indirect) {
    const told = readIndirectForm(cursor, unit);
    readValue(cursor, unit, entry, slot, told.form, told.width, 0);
    return;
  }
  entry.forms[slot] = form;
  if (isBlockWidth(width)) {
    const length = readBlockLength(cursor, width);
    entry.values[slot] = cursor.position;
    entry.lengths[slot] = length;
    cursor.skip(length);
  } else if (width === Width.CString) {
    entry.values[slot] = cursor.position;
    cursor.skipString();
  } else if (width === Width.Leb) {
    const number = form === Form.SignedData ? cursor.sleb() : cursor.uleb();
    entry.values[slot] = form === Form.RefUnsigned ? unit.start + number : number;
  } else if (form === Form.FlagPresent) {
    entry.values[slot] = 1;
  } else if (form === Form.ImplicitConstant) {
    entry.values[slot] = constant;
  } else if (width > 8) {
    entry.values[slot] = NONE;
    cursor.skip(width);
  } else {
    const isRelative = form >= Form.Ref1 && form <= Form.Ref8;
    entry.values[slot] = cursor.unsigned(width) + (isRelative ? unit.start : 0);
  }
}

function isBlockWidth(width: number): boolean {
  return width <= Width.Block1 && width >= Width.BlockLeb;
}

/** Position of the entry that a slot refers to; NONE if it refers to none of .debug_info. */
export function referenceOf(entry: Entry, slot: Slot): number {
  const form = entry.forms[slot]!;
  const isReference = form >= Form.RefAddress && form <= Form.RefUnsigned;
  return isReference ? entry.values[slot]! : NONE;
}

/** The constant in a slot; NONE if there is none, or it is negative. */
export function constantOf(entry: Entry, slot: Slot): number {
  switch (entry.forms[slot]!) {
    case Form.Data1:
    case Form.Data2:
    case Form.Data4:
    case Form.Data8:
    case Form.UnsignedData:
    case Form.SignedData:
    case Form.ImplicitConstant:
    // The linker takes the form of addresses for offsets of descriptors.
    case Form.Address:
      return Math.max(NONE, entry.values[slot]!);
    default:
      return NONE;
  }
}

/** Whether a slot has a block of operations or data. */
export function isBlock(entry: Entry, slot: Slot): boolean {
  switch (entry.forms[slot]!) {
    case Form.Block:
    case Form.Block1:
    case Form.Block2:
    case Form.Block4:
    case Form.Expression:
      return true;
    default:
      return false;
  }
}

/** The address in a slot, directly or by its index in .debug_addr; undefined if there is none. @throws DwarfDamage */
export function addressOf(sections: DwarfSections, unit: Unit, entry: Entry, slot: Slot): number | undefined {
  const form = entry.forms[slot]!;
  if (form === Form.Address) return entry.values[slot]!;
  const isIndex =
    form === Form.AddressIndex ||
    form === Form.GnuAddressIndex ||
    (form >= Form.AddressIndex1 && form <= Form.AddressIndex4);
  return isIndex ? indexedAddress(sections, unit, entry.values[slot]!) : undefined;
}

/** Reads an address of the unit's table in .debug_addr. @throws DwarfDamage */
export function indexedAddress(sections: DwarfSections, unit: Unit, index: number): number {
  return sections
    .cursor("addr")
    .seek(unit.addressBase + index * unit.addressSize)
    .unsigned(unit.addressSize);
}

/** The text in a slot, wherever it is kept; undefined if there is none. @throws DwarfDamage */
export function textOf(sections: DwarfSections, unit: Unit, entry: Entry, slot: Slot): string | undefined {
  const value = entry.values[slot]!;
  switch (entry.forms[slot]!) {
    case Form.String:
      return sections.cursor("info").seek(value, unit.end).text();
    case Form.StringPointer:
      return sections.cursor("str").seek(value).text();
    case Form.LineStringPointer:
      return sections.cursor("line_str").seek(value).text();
    case Form.StringIndex:
    case Form.StringIndex1:
    case Form.StringIndex2:
    case Form.StringIndex3:
    case Form.StringIndex4:
    case Form.GnuStringIndex: {
      const { offsetSize, stringOffsetsBase } = unit;
      const at = stringOffsetsBase + value * offsetSize;
      return sections.cursor("str").seek(sections.cursor("str_offsets").seek(at).unsigned(offsetSize)).text();
    }
    default:
      return undefined;
  }
}
