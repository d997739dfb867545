/**
 * Unit: a part of .debug_info, one per package. Each has a header, an abbreviation table, and bases from which its entries
 * count addresses, strings and lists.
 */
import type { AbbreviationTable } from "./abbreviations.ts";
import type { UnitLayout } from "./codes.ts";

/** What a unit header, and the entry that describes the unit, say. */
export interface Unit extends UnitLayout {
  /** Byte of .debug_info at which the header begins. */
  readonly start: number;
  /** First entry, and the end of the unit. */
  readonly entries: number;
  readonly end: number;
  readonly abbreviations: AbbreviationTable;
  /** Made by Go's compiler. */
  readonly isGo: boolean;
  /** As the unit says, such as "Go cmd/compile go1.27.3; regabi"; "" if it does not. */
  readonly producer: string;
  /** Address from which ranges count unless they say otherwise; 0 if there is none. */
  readonly lowPc: number;
  /** Where the unit's tables begin in .debug_addr, .debug_str_offsets, .debug_rnglists, .debug_loclists. */
  readonly addressBase: number;
  readonly stringOffsetsBase: number;
  readonly rangeListsBase: number;
  readonly locationListsBase: number;
}
