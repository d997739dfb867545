/**
 * Writes debug information for tests: entries as told, in any version, byte order, address size and format of DWARF.
 * Abbreviations make themselves. What the reader is to find is written by the numbers of the standard, not by the
 * reader's tables, so that both have to be right.
 */
import type { Executable } from "../../../src/binary/index.ts";
import { Image } from "../../../src/binary/index.ts";
import { memorySource } from "../../../src/io/sources/memory-source.ts";

export interface DwarfMachine {
  readonly pointerSize: 4 | 8;
  readonly bigEndian: boolean;
}

/** An attribute: number, form, value. References are labels; blocks are bytes; strings text; the rest numbers. */
export type AttributeRow = readonly [attribute: number, form: number, value: number | string | readonly number[]];

export interface EntryRow {
  readonly tag: number;
  readonly label?: string;
  readonly attributes: readonly AttributeRow[];
  /** Even an empty list is one. */
  readonly children?: readonly EntryRow[];
}

export interface UnitRow {
  readonly version: number;
  /** The 64-bit format. */
  readonly wide?: boolean;
  readonly root: EntryRow;
}

/** Bytes in a machine's order. */
export class DwarfBytes {
  readonly bytes: number[] = [];
  private readonly machine: DwarfMachine;

  constructor(machine: DwarfMachine) {
    this.machine = machine;
  }

  get length(): number {
    return this.bytes.length;
  }

  /** Writes `width` bytes of a number, which may be negative. */
  fixed(value: number, width: number): this {
    this.bytes.push(...fixedBytes(value, width, this.machine.bigEndian));
    return this;
  }

  address(value: number): this {
    return this.fixed(value, this.machine.pointerSize);
  }

  uleb(value: number): this {
    this.bytes.push(...uleb(value));
    return this;
  }

  text(value: string): this {
    this.bytes.push(...new TextEncoder().encode(value), 0);
    return this;
  }

  raw(bytes: readonly number[]): this {
    this.bytes.push(...bytes);
    return this;
  }

  get array(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }
}

export function fixedBytes(value: number, width: number, bigEndian: boolean): number[] {
  let rest = BigInt(value);
  const bytes = Array.from({ length: width }, () => {
    const byte = Number(rest & 0xffn);
    rest >>= 8n;
    return byte;
  });
  return bigEndian ? bytes.reverse() : bytes;
}

export function uleb(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  do {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? byte | 0x80 : byte);
  } while (rest > 0n);
  return bytes;
}

export function sleb(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (;;) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    const isLast = (rest === 0n && (byte & 0x40) === 0) || (rest === -1n && (byte & 0x40) !== 0);
    bytes.push(isLast ? byte : byte | 0x80);
    if (isLast) return bytes;
  }
}

/** Bytes of a LEB128 for a position that is not known yet. */
const PADDED_LEB = 5;

interface Fixup {
  readonly at: number;
  readonly label: string;
  readonly width: number;
  /** What the reference counts from. */
  readonly base: number;
}

/** .debug_info and .debug_abbrev of some units, and where the labelled entries are. */
export function writeUnits(
  units: readonly UnitRow[],
  machine: DwarfMachine,
): { readonly info: Uint8Array; readonly abbrev: Uint8Array; readonly labels: ReadonlyMap<string, number> } {
  const info = new DwarfBytes(machine);
  const abbrev = new DwarfBytes(machine);
  const labels = new Map<string, number>();
  const fixups: Fixup[] = [];
  for (const unit of units) writeUnit(unit, info, abbrev, machine, labels, fixups);
  for (const { at, label, width, base } of fixups) {
    const value = labels.get(label)! - base;
    if (Number.isNaN(value)) throw new Error(`no entry is labelled ${label}`);
    const bytes =
      width === PADDED_LEB
        ? Array.from({ length: PADDED_LEB }, (_, i) => ((value >> (7 * i)) & 0x7f) | (i < PADDED_LEB - 1 ? 0x80 : 0))
        : fixedBytes(value, width, machine.bigEndian);
    bytes.forEach((byte, i) => {
      info.bytes[at + i] = byte;
    });
  }
  return { info: info.array, abbrev: abbrev.array, labels };
}

function writeUnit(
  unit: UnitRow,
  info: DwarfBytes,
  abbrev: DwarfBytes,
  machine: DwarfMachine,
  labels: Map<string, number>,
  fixups: Fixup[],
): void {
  const start = info.length;
  const offsetSize = unit.wide ? 8 : 4;
  if (unit.wide) info.fixed(0xffffffff, 4);
  const lengthAt = info.length;
  info.fixed(0, offsetSize).fixed(unit.version, 2);
  if (unit.version >= 5) info.fixed(1, 1).fixed(machine.pointerSize, 1).fixed(abbrev.length, offsetSize);
  else info.fixed(abbrev.length, offsetSize).fixed(machine.pointerSize, 1);
  const codes = new Map<string, number>();

  const codeOf = ({ tag, attributes, children }: EntryRow): number => {
    // An implicit constant is part of the abbreviation.
    const shape = attributes.map(([attribute, form, value]) => [attribute, form, form === 0x21 ? value : 0]);
    const key = JSON.stringify([tag, children !== undefined, shape]);
    let code = codes.get(key);
    if (code === undefined) {
      code = codes.size + 1;
      codes.set(key, code);
      abbrev
        .uleb(code)
        .uleb(tag)
        .fixed(children ? 1 : 0, 1);
      for (const [attribute, form, value] of attributes) {
        abbrev.uleb(attribute).uleb(form);
        if (form === 0x21) abbrev.raw(sleb(value as number));
      }
      abbrev.uleb(0).uleb(0);
    }
    return code;
  };

  const reference = (label: string, width: number, base: number): void => {
    fixups.push({ at: info.length, label, width, base });
    info.raw(new Array<number>(width).fill(0));
  };

  const writeValue = (form: number, value: AttributeRow[2]): void => {
    if (typeof value === "string" && form !== 0x08) {
      if (form === 0x10) reference(value, unit.version <= 2 ? machine.pointerSize : offsetSize, 0);
      else reference(value, { 17: 1, 18: 2, 19: 4, 20: 8, 21: PADDED_LEB }[form]!, start);
      return;
    }
    if (typeof value === "string") {
      info.text(value);
      return;
    }
    if (typeof value !== "number") {
      const lengths: Readonly<Record<number, number>> = { 3: 2, 4: 4, 10: 1 };
      if (form === 0x09 || form === 0x18) info.uleb(value.length);
      else if (lengths[form] !== undefined) info.fixed(value.length, lengths[form]);
      info.raw(value);
      return;
    }
    const width = FIXED[form] ?? (OFFSETS.has(form) ? offsetSize : form === 0x01 ? machine.pointerSize : undefined);
    if (form === 0x0d) info.raw(sleb(value));
    else if (LEBS.has(form)) info.uleb(value);
    else if (width !== undefined) info.fixed(value, width);
    else throw new Error(`the form ${form} is not written`);
  };

  const writeEntry = (entry: EntryRow): void => {
    if (entry.label !== undefined) labels.set(entry.label, info.length);
    info.uleb(codeOf(entry));
    for (const [, form, value] of entry.attributes) writeValue(form, value);
    if (!entry.children) return;
    entry.children.forEach(writeEntry);
    info.uleb(0);
  };

  writeEntry(unit.root);
  abbrev.uleb(0);
  fixedBytes(info.length - lengthAt - offsetSize, offsetSize, machine.bigEndian).forEach((byte, i) => {
    info.bytes[lengthAt + i] = byte;
  });
}

const FIXED: Readonly<Record<number, number>> = {
  5: 2,
  6: 4,
  7: 8,
  11: 1,
  12: 1,
  17: 1,
  18: 2,
  25: 0,
  28: 4,
  32: 8,
  33: 0,
  36: 8,
  37: 1,
  38: 2,
  39: 3,
  40: 4,
  41: 1,
  42: 2,
  43: 3,
  44: 4,
};
const OFFSETS: ReadonlySet<number> = new Set([0x0e, 0x17, 0x1d, 0x1f, 0x1f20, 0x1f21]);
const LEBS: ReadonlySet<number> = new Set([0x0f, 0x1a, 0x1b, 0x22, 0x23, 0x1f01, 0x1f02]);

/** An executable that has nothing but debug sections. */
export function debugExecutable(
  sections: Readonly<Record<string, Uint8Array | undefined>>,
  machine: DwarfMachine,
): Executable {
  const source = memorySource(new Uint8Array(0));
  return {
    name: "debug",
    format: "elf",
    arch: "unknown",
    ...machine,
    type: "exec",
    segments: [],
    sections: [],
    image: new Image(source, [], machine, () => {}),
    symbols: () => {
      throw new Error("debug information has no use for symbols");
    },
    debugSection: (name) => sections[name],
    unpackedDebugSize: () => 0,
    close: () => {},
  };
}
