/**
 * Abbreviations: the shapes of entries. Every entry begins with the code of one, which tells its tag, whether it has
 * children, and which attributes follow in which form.
 */
import type { ByteCursor } from "./byte-cursor.ts";
import { Form, SLOT_OF_ATTRIBUTE, type UnitLayout, Width, widthOfForm } from "./codes.ts";
import { DwarfDamage } from "./damage.ts";

/** The shape of an entry. */
export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  /** Columns, a row per attribute: the form; its width in bytes or one of Width; the slot or NO_SLOT; an implicit constant. */
  readonly forms: readonly number[];
  readonly widths: readonly number[];
  readonly slots: readonly number[];
  readonly constants: readonly number[];
  /**
   * How to pass over an entry of this shape: numbers of bytes, and of Width what has to be looked at. Neighbours of fixed
   * width are one number.
   */
  readonly plan: Int32Array;
  /** Of the units that use it. */
  readonly layout: UnitLayout;
}

/** The attribute is not kept. */
export const NO_SLOT = -1;

/** Larger than any table needs: all codes together, which bounds what units that share tables can cost. */
const BUDGET_FACTOR = 8;

/** The table at one place of .debug_abbrev. Codes are 1, 2, 3 … in practice, but need not be. */
export class AbbreviationTable {
  private readonly dense: (Abbreviation | undefined)[] = [undefined];
  private readonly sparse = new Map<number, Abbreviation>();

  add(code: number, abbreviation: Abbreviation): void {
    if (code === this.dense.length) this.dense.push(abbreviation);
    else if (!this.sparse.has(code)) this.sparse.set(code, abbreviation);
  }

  /** @throws DwarfDamage if there is none */
  at(code: number): Abbreviation {
    const found = code < this.dense.length ? this.dense[code] : this.sparse.get(code);
    if (found === undefined) throw new DwarfDamage(`an entry has the unknown abbreviation ${code}`);
    return found;
  }
}

/** All tables of .debug_abbrev, each read when a unit first needs it. */
export class Abbreviations {
  private readonly cursor: ByteCursor;
  private readonly tables = new Map<string, AbbreviationTable>();
  /** Bytes that may still be read: tables are shared, so that more than a few times the section means overlapping ones. */
  private budget: number;

  constructor(cursor: ByteCursor) {
    this.cursor = cursor;
    this.budget = cursor.bytes.length * BUDGET_FACTOR;
  }

  /** The table at an offset of the section, for units of a layout. @throws DwarfDamage */
  at(offset: number, layout: UnitLayout): AbbreviationTable {
    const key = `${offset} ${layout.version <= 2} ${layout.addressSize} ${layout.offsetSize}`;
    let table = this.tables.get(key);
    if (table === undefined) {
      table = this.read(offset, layout);
      this.tables.set(key, table);
    }
    return table;
  }

  private read(offset: number, layout: UnitLayout): AbbreviationTable {
    const cursor = this.cursor.seek(offset);
    if (this.budget <= 0) cursor.fail("the tables of units overlap");
    const table = new AbbreviationTable();
    for (;;) {
      const code = cursor.uleb();
      if (code === 0) break;
      table.add(code, readAbbreviation(cursor, layout));
    }
    this.budget -= cursor.position - offset;
    return table;
  }
}

function readAbbreviation(cursor: ByteCursor, layout: UnitLayout): Abbreviation {
  const tag = cursor.uleb();
  const hasChildren = cursor.uint8() !== 0;
  const forms: number[] = [];
  const widths: number[] = [];
  const slots: number[] = [];
  const constants: number[] = [];
  const plan: number[] = [];
  for (;;) {
    const attribute = cursor.uleb();
    const form = cursor.uleb();
    const constant = form === Form.ImplicitConstant ? cursor.sleb() : 0;
    if (attribute === 0 && form === 0) break;
    const width = widthOfForm(form, layout);
    if (width === undefined) cursor.fail(`the form 0x${form.toString(16)} is unknown`);
    forms.push(form);
    widths.push(width);
    slots.push(SLOT_OF_ATTRIBUTE.get(attribute) ?? NO_SLOT);
    constants.push(constant);
    if (width >= 0 && plan.length > 0 && plan.at(-1)! >= 0) plan[plan.length - 1]! += width;
    else plan.push(width);
  }
  return { tag, hasChildren, forms, widths, slots, constants, plan: Int32Array.from(plan), layout };
}

/**
 * Gives the position behind the attributes that begin at `position`, or a number beyond `end` if they do not end before
 * it. Runs for every entry there is.
 * @throws DwarfDamage
 */
export function skipAttributes(cursor: ByteCursor, abbreviation: Abbreviation, position: number, end: number): number {
  const { bytes } = cursor;
  const { plan } = abbreviation;
  let at = position;
  for (let i = 0; i < plan.length; i++) {
    const width = plan[i]!;
    if (width >= 0) {
      at += width;
    } else if (width === Width.CString) {
      while (at < end && bytes[at] !== 0) at++;
      at++;
    } else if (width === Width.Leb) {
      while (at < end && bytes[at]! >= 0x80) at++;
      at++;
    } else if (width === Width.Block1) {
      if (at >= end) return end + 1;
      at += 1 + bytes[at]!;
    } else {
      if (at > end) return end + 1;
      cursor.seek(at, end);
      skipValue(cursor, width, abbreviation.layout);
      at = cursor.position;
    }
  }
  return at;
}

/** Passes over a value of a form's width, whatever it is. @throws DwarfDamage */
export function skipValue(cursor: ByteCursor, width: number, layout: UnitLayout): void {
  if (width === Width.CString) cursor.skipString();
  else if (width === Width.Leb) cursor.uleb();
  else if (width === Width.Indirect) skipValue(cursor, readIndirectForm(cursor, layout).width, layout);
  else cursor.skip(width >= 0 ? width : readBlockLength(cursor, width));
}

/** Reads what precedes a block: its length, whose own width is one of Width. @throws DwarfDamage */
export function readBlockLength(cursor: ByteCursor, width: number): number {
  switch (width) {
    case Width.Block1:
      return cursor.uint8();
    case Width.Block2:
      return cursor.unsigned(2);
    case Width.Block4:
      return cursor.unsigned(4);
    default:
      return cursor.uleb();
  }
}

/** Reads the form that precedes its value. It cannot be another indirect one. @throws DwarfDamage */
export function readIndirectForm(
  cursor: ByteCursor,
  layout: UnitLayout,
): { readonly form: number; readonly width: number } {
  const form = cursor.uleb();
  const width = widthOfForm(form, layout);
  // An implicit constant would be in the abbreviation, where this form is not.
  if (width === undefined || width === Width.Indirect || form === Form.ImplicitConstant) {
    cursor.fail(`the form 0x${form.toString(16)} is unknown`);
  }
  return { form, width };
}
