/**
 * The index of debug information: where the functions and package variables of Go's units are. One pass over
 * .debug_info; entries that are neither are passed over without being decoded, and no name is.
 */
import { skipAttributes } from "./abbreviations.ts";
import { Operation, Slot, Tag } from "./codes.ts";
import type { DwarfWarnings } from "./damage.ts";
import { addressOf, Entry, indexedAddress, isBlock, readEntry } from "./entry.ts";
import type { DwarfSections } from "./sections.ts";
import type { Unit } from "./unit.ts";

/** Addresses and what is there, by ascending address. Float64Arrays, both of length `count`. */
export interface EntryColumns {
  readonly count: number;
  readonly address: Float64Array;
  /** Byte of .debug_info at which the entry begins. */
  readonly position: Float64Array;
}

/** Functions and package variables of all of Go's units. */
export interface DebugIndex {
  /** Functions by the address of their first instruction; those that exist only inlined have none and are left out. */
  readonly functions: EntryColumns;
  readonly variables: EntryColumns;
}

/** Functions, or variables, of which the largest programs have a tenth. */
const MAX_ROWS = 1 << 21;

interface Rows {
  readonly address: number[];
  readonly position: number[];
}

const NO_ROWS: Rows = { address: [], position: [] };

/** Indexes all of Go's units; O(size of .debug_info). Stops in the middle of a unit that is damaged, and goes on with the next. */
export function buildDebugIndex(sections: DwarfSections, units: readonly Unit[], warnings: DwarfWarnings): DebugIndex {
  const functions: Rows = { address: [], position: [] };
  const variables: Rows = { address: [], position: [] };
  for (const unit of units) {
    if (!unit.isGo) continue;
    warnings.attempt("a package is incomplete", undefined, () => indexUnit(sections, unit, functions, variables));
    const count = Math.max(functions.address.length, variables.address.length);
    if (count > MAX_ROWS) {
      sections.giveUp(`it has more than ${MAX_ROWS} functions or variables`);
      return { functions: sortRows(NO_ROWS), variables: sortRows(NO_ROWS) };
    }
  }
  return { functions: sortRows(functions), variables: sortRows(variables) };
}

/** Finds an address exactly; the row of the first that has it, or -1. O(log n). */
export function findAddress({ address, count }: EntryColumns, wanted: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (address[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low < count && address[low] === wanted ? low : -1;
}

function indexUnit(sections: DwarfSections, unit: Unit, functions: Rows, variables: Rows): void {
  const cursor = sections.cursor("info");
  const { bytes } = cursor;
  const { end, abbreviations } = unit;
  const entry = new Entry();
  let at = unit.entries;
  let depth = 0;
  while (at < end) {
    const start = at;
    let code = bytes[at++]!;
    if (code >= 0x80) {
      code = cursor.seek(start, end).uleb();
      at = cursor.position;
    }
    if (code === 0) {
      depth--;
      // Padding may follow the root's children.
      if (depth <= 0) return;
      continue;
    }
    const abbreviation = abbreviations.at(code);
    if (depth === 1 && (abbreviation.tag === Tag.Subprogram || abbreviation.tag === Tag.Variable)) {
      readEntry(sections, unit, start, entry);
      at = entry.next;
      const isFunction = abbreviation.tag === Tag.Subprogram;
      const address = isFunction ? functionAddress(sections, unit, entry) : variableAddress(sections, unit, entry);
      if (address !== undefined) {
        const rows = isFunction ? functions : variables;
        if (rows.address.length > MAX_ROWS) return;
        rows.address.push(address);
        rows.position.push(start);
      }
    } else {
      at = skipAttributes(cursor, abbreviation, at, end);
      if (at > end) cursor.seek(start, end).fail("an entry does not end");
    }
    if (abbreviation.hasChildren) depth++;
    else if (depth === 0) return;
  }
}

function functionAddress(sections: DwarfSections, unit: Unit, entry: Entry): number | undefined {
  return entry.has(Slot.LowPc) ? addressOf(sections, unit, entry, Slot.LowPc) : undefined;
}

/** The address of a variable whose location is one address and nothing else. */
function variableAddress(sections: DwarfSections, unit: Unit, entry: Entry): number | undefined {
  if (!isBlock(entry, Slot.Location)) return undefined;
  const start = entry.values[Slot.Location]!;
  const length = entry.lengths[Slot.Location]!;
  const cursor = sections.cursor("info");
  const operation = length > 0 ? cursor.bytes[start] : 0;
  if (operation === Operation.Address && length === 1 + unit.addressSize) {
    return cursor.seek(start + 1, start + length).unsigned(unit.addressSize);
  }
  if (operation === Operation.AddressIndex) {
    const index = cursor.seek(start + 1, start + length).uleb();
    return cursor.position === start + length ? indexedAddress(sections, unit, index) : undefined;
  }
  return undefined;
}

function sortRows(rows: Rows): EntryColumns {
  const count = rows.address.length;
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  order.sort((a, b) => rows.address[a]! - rows.address[b]! || a - b);
  const address = new Float64Array(count);
  const position = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    address[i] = rows.address[order[i]!]!;
    position[i] = rows.position[order[i]!]!;
  }
  return { count, address, position };
}
