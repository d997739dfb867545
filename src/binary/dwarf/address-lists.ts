/**
 * Lists of address ranges: where a scope's code is (.debug_ranges, .debug_rnglists), and where a variable is while the PC
 * is in a range (.debug_loc, .debug_loclists). All four are lists of ranges relative to a base that may change on the way;
 * those of locations have an expression with every range.
 */
import type { ByteCursor } from "./byte-cursor.ts";
import { Form, LIST_RANGE_KINDS, ListEntry, Slot } from "./codes.ts";
import { addressOf, type Entry, indexedAddress } from "./entry.ts";
import type { DwarfSections } from "./sections.ts";
import type { Unit } from "./unit.ts";

/** Bytes [start, end) of a section: the operations of a location. */
export interface ExpressionRange {
  readonly cursor: ByteCursor;
  readonly start: number;
  readonly end: number;
}

/** Entries that may be read of lists altogether until `reset`: a damaged file may let every variable have the same long one. */
const MAX_ENTRIES = 1 << 20;

interface ListShape {
  readonly hasExpressions: boolean;
  /** Sections of DWARF ≤ 4 and 5. */
  readonly old: "ranges" | "loc";
  readonly indexed: "rnglists" | "loclists";
}

const RANGES: ListShape = { hasExpressions: false, old: "ranges", indexed: "rnglists" };
const LOCATIONS: ListShape = { hasExpressions: true, old: "loc", indexed: "loclists" };

/** Searches lists of ranges; how much altogether between two calls of `reset` is bounded. */
export class AddressLists {
  private readonly sections: DwarfSections;
  private budget = MAX_ENTRIES;

  constructor(sections: DwarfSections) {
    this.sections = sections;
  }

  /** Begins the work for another function. */
  reset(): void {
    this.budget = MAX_ENTRIES;
  }

  /** Whether the code of a scope's entry includes `pc`. @throws DwarfDamage */
  includes(unit: Unit, scope: Entry, pc: number): boolean {
    if (scope.has(Slot.Ranges)) {
      const start = this.listPosition(unit, scope, Slot.Ranges, RANGES);
      return this.find(unit, start, pc, RANGES) !== undefined;
    }
    const low = addressOf(this.sections, unit, scope, Slot.LowPc);
    if (low === undefined || pc < low) return false;
    const high = addressOf(this.sections, unit, scope, Slot.HighPc) ?? low + scope.value(Slot.HighPc);
    return pc < high;
  }

  /** Finds the expression that is in force at `pc`, in the list that a location attribute refers to. @throws DwarfDamage */
  locationAt(unit: Unit, variable: Entry, pc: number): ExpressionRange | undefined {
    const start = this.listPosition(unit, variable, Slot.Location, LOCATIONS);
    return this.find(unit, start, pc, LOCATIONS);
  }

  private listPosition(unit: Unit, entry: Entry, slot: Slot, shape: ListShape): number {
    const form = entry.forms[slot]!;
    const value = entry.values[slot]!;
    if (form !== Form.RangeListIndex && form !== Form.LocationListIndex) return value;
    const base = shape.hasExpressions ? unit.locationListsBase : unit.rangeListsBase;
    const at = base + value * unit.offsetSize;
    return base + this.sections.cursor(shape.indexed).seek(at).unsigned(unit.offsetSize);
  }

  private find(unit: Unit, position: number, pc: number, shape: ListShape): ExpressionRange | undefined {
    return unit.version >= 5 ? this.findInList(unit, position, pc, shape) : this.findInPairs(unit, position, pc, shape);
  }

  /** DWARF ≤ 4: pairs of addresses; two zeros end the list, the largest address is followed by a new base. */
  private findInPairs(unit: Unit, position: number, pc: number, shape: ListShape): ExpressionRange | undefined {
    const { addressSize } = unit;
    const largest = addressSize === 8 ? 2 ** 64 : 2 ** 32 - 1;
    const cursor = this.sections.cursor(shape.old).seek(position);
    let base = unit.lowPc;
    for (;;) {
      this.spend(cursor);
      const start = cursor.unsigned(addressSize);
      const end = cursor.unsigned(addressSize);
      if (start === 0 && end === 0) return undefined;
      if (start === largest) {
        base = end;
        continue;
      }
      const isFound = pc >= base + start && pc < base + end;
      const length = shape.hasExpressions ? cursor.unsigned(2) : 0;
      const expression = cursor.position;
      cursor.skip(length);
      if (isFound) return { cursor, start: expression, end: expression + length };
    }
  }

  /** DWARF 5: entries of several kinds. */
  private findInList(unit: Unit, position: number, pc: number, shape: ListShape): ExpressionRange | undefined {
    const { addressSize } = unit;
    const cursor = this.sections.cursor(shape.indexed).seek(position);
    const indexed = (): number => indexedAddress(this.sections, unit, cursor.uleb());
    let base = unit.lowPc;
    let byDefault: ExpressionRange | undefined;
    for (;;) {
      this.spend(cursor);
      const code = cursor.uint8();
      const kind = shape.hasExpressions ? code : (LIST_RANGE_KINDS[code] ?? code);
      let start = 0;
      let end = 0;
      switch (kind) {
        case ListEntry.End:
          return byDefault;
        case ListEntry.BaseAddressIndex:
          base = indexed();
          continue;
        case ListEntry.BaseAddress:
          base = cursor.unsigned(addressSize);
          continue;
        case ListEntry.ViewPair:
          cursor.uleb();
          cursor.uleb();
          continue;
        case ListEntry.StartEndIndex:
          start = indexed();
          end = indexed();
          break;
        case ListEntry.StartLengthIndex:
          start = indexed();
          end = start + cursor.uleb();
          break;
        case ListEntry.OffsetPair:
          start = base + cursor.uleb();
          end = base + cursor.uleb();
          break;
        case ListEntry.Default:
          break;
        case ListEntry.StartEnd:
          start = cursor.unsigned(addressSize);
          end = cursor.unsigned(addressSize);
          break;
        case ListEntry.StartLength:
          start = cursor.unsigned(addressSize);
          end = start + cursor.uleb();
          break;
        default:
          cursor.fail(`a list has an entry of the unknown kind ${code}`);
      }
      const length = shape.hasExpressions ? cursor.uleb() : 0;
      const expression = cursor.position;
      cursor.skip(length);
      const range = { cursor, start: expression, end: expression + length };
      if (kind === ListEntry.Default) byDefault = range;
      else if (pc >= start && pc < end) return range;
    }
  }

  private spend(cursor: ByteCursor): void {
    if (--this.budget < 0) cursor.fail("a function's lists are too long");
  }
}
