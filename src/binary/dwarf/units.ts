/**
 * Reads the headers of all units. Those of other compilers are known too, so that references into them can be followed,
 * but nothing of them is listed.
 */
import type { Abbreviations } from "./abbreviations.ts";
import { Slot, Tag, type UnitLayout } from "./codes.ts";
import type { DwarfWarnings } from "./damage.ts";
import { addressOf, Entry, readEntry, textOf } from "./entry.ts";
import type { DwarfSections } from "./sections.ts";
import type { Unit } from "./unit.ts";

const GO_PRODUCER = "Go cmd/compile";
/** Begins the length in the 64-bit format. */
const WIDE = 0xffffffff;
/** Larger lengths of the 32-bit format are reserved. */
const MAX_NARROW = 0xfffffff0;

/** A Go program has one for each package; a section of nothing but headers would fill the memory. */
const MAX_UNITS = 1 << 18;

const UnitType = { Compile: 1, Type: 2, Partial: 3, Skeleton: 4, SplitCompile: 5, SplitType: 6 } as const;

/** Reads the headers of all units, and of each the entry that describes it. Damaged ones are passed over. */
export function readUnits(
  sections: DwarfSections,
  abbreviations: Abbreviations,
  warnings: DwarfWarnings,
): readonly Unit[] {
  const units: Unit[] = [];
  const cursor = sections.cursor("info");
  const { length } = cursor.bytes;
  const root = new Entry();
  for (let start = 0; start < length; ) {
    // What follows a unit without an end cannot be found.
    const end = warnings.attempt("units", -1, () => readUnitEnd(sections, start));
    if (end < 0) break;
    const unit = warnings.attempt("a unit is left out", undefined, () =>
      readUnit(sections, abbreviations, root, start, end),
    );
    if (unit) units.push(unit);
    if (units.length > MAX_UNITS) {
      sections.giveUp(`it has more than ${MAX_UNITS} units`);
      return [];
    }
    start = end;
  }
  return units;
}

/** Finds the unit that has a byte of .debug_info. O(log n). */
export function findUnit(units: readonly Unit[], position: number): Unit | undefined {
  let low = 0;
  let high = units.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (units[middle]!.end <= position) low = middle + 1;
    else high = middle;
  }
  const unit = units[low];
  return unit && position >= unit.entries ? unit : undefined;
}

function readUnitEnd(sections: DwarfSections, start: number): number {
  const cursor = sections.cursor("info").seek(start);
  let size = cursor.unsigned(4);
  if (size === WIDE) size = cursor.unsigned(8);
  else if (size > MAX_NARROW) cursor.fail(`a unit has the reserved length 0x${size.toString(16)}`);
  cursor.skip(size);
  return cursor.position;
}

function readUnit(
  sections: DwarfSections,
  abbreviations: Abbreviations,
  root: Entry,
  start: number,
  end: number,
): Unit {
  const cursor = sections.cursor("info").seek(start, end);
  const offsetSize = cursor.unsigned(4) === WIDE ? 8 : 4;
  if (offsetSize === 8) cursor.skip(8);
  const version = cursor.unsigned(2);
  if (version < 2 || version > 5) cursor.fail(`version ${version} of DWARF is unknown`);
  let addressSize = 0;
  let abbreviationOffset = 0;
  if (version === 5) {
    const type = cursor.uint8();
    addressSize = cursor.uint8();
    abbreviationOffset = cursor.unsigned(offsetSize);
    if (type === UnitType.Skeleton || type === UnitType.SplitCompile) cursor.skip(8);
    else if (type === UnitType.Type || type === UnitType.SplitType) cursor.skip(8 + offsetSize);
  } else {
    abbreviationOffset = cursor.unsigned(offsetSize);
    addressSize = cursor.uint8();
  }
  if (addressSize !== 4 && addressSize !== 8) cursor.fail(`addresses of ${addressSize} bytes`);
  const layout: UnitLayout = { version, addressSize, offsetSize };
  const entries = cursor.position;
  // The least that a table of DWARF 5 has before its contents: length, version, sizes.
  const header = offsetSize === 8 ? 16 : 8;
  const listHeader = header + 4;
  const unit = {
    ...layout,
    start,
    entries,
    end,
    abbreviations: abbreviations.at(abbreviationOffset, layout),
    isGo: false,
    producer: "",
    lowPc: 0,
    addressBase: header,
    stringOffsetsBase: header,
    rangeListsBase: listHeader,
    locationListsBase: listHeader,
  };
  if (entries >= end) return unit;
  readEntry(sections, unit, entries, root);
  if (root.tag !== Tag.CompileUnit) return unit;
  // The bases first: the address and the producer may count from them.
  if (root.has(Slot.AddressBase)) unit.addressBase = root.value(Slot.AddressBase);
  if (root.has(Slot.StringOffsetsBase)) unit.stringOffsetsBase = root.value(Slot.StringOffsetsBase);
  if (root.has(Slot.RangeListsBase)) unit.rangeListsBase = root.value(Slot.RangeListsBase);
  if (root.has(Slot.LocationListsBase)) unit.locationListsBase = root.value(Slot.LocationListsBase);
  unit.producer = textOf(sections, unit, root, Slot.Producer) ?? "";
  unit.isGo = unit.producer.startsWith(GO_PRODUCER);
  if (unit.isGo && root.has(Slot.LowPc)) unit.lowPc = addressOf(sections, unit, root, Slot.LowPc) ?? 0;
  return unit;
}
