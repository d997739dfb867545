/** DwarfSections: the sections of debug information, unpacked when they are first needed. */
import { ExecutableError } from "../../errors.ts";
import type { Executable } from "../containers/container.ts";
import { ByteCursor } from "./byte-cursor.ts";
import type { DwarfWarnings } from "./damage.ts";

/** Sections that are read, without what the container puts before their names. */
const SECTION_NAMES = [
  "info",
  "abbrev",
  "addr",
  "str",
  "line_str",
  "str_offsets",
  "loc",
  "loclists",
  "ranges",
  "rnglists",
] as const;

export type SectionName = (typeof SECTION_NAMES)[number];

/** Bytes that all sections that are compressed may unpack to. No Go program comes near; a small file may claim any size. */
const MAX_UNPACKED = 2 ** 30;

/** Gives the sections of an executable, each unpacked once and kept; none of them if they would unpack to too much. */
export class DwarfSections {
  readonly bigEndian: boolean;
  readonly pointerSize: 4 | 8;
  private readonly executable: Executable;
  private readonly warnings: DwarfWarnings;
  private readonly cursors = new Map<SectionName, ByteCursor>();
  private isReleased = false;

  constructor(executable: Executable, warnings: DwarfWarnings) {
    this.executable = executable;
    this.warnings = warnings;
    this.bigEndian = executable.bigEndian;
    this.pointerSize = executable.pointerSize;
    const size = SECTION_NAMES.reduce((sum, name) => sum + this.unpackedSize(name), 0);
    if (size > MAX_UNPACKED) this.giveUp(`its sections unpack to ${size} bytes, which is more than is read`);
  }

  /** The section's cursor, shared by all who read it; over nothing if there is no such section, or it is damaged. */
  cursor(name: SectionName): ByteCursor {
    let cursor = this.cursors.get(name);
    if (cursor === undefined) {
      cursor = new ByteCursor(this.read(name), this.bigEndian, name);
      this.cursors.set(name, cursor);
    }
    return cursor;
  }

  /** Lets go of all sections: from now on they are empty. */
  release(): void {
    this.isReleased = true;
    for (const cursor of this.cursors.values()) cursor.release();
  }

  /** Does without debug information, because it is not what a compiler writes. */
  giveUp(reason: string): void {
    this.warnings.add(`debug information is left out: ${reason}`);
    this.release();
  }

  /** What is damaged is told when it is read. */
  private unpackedSize(name: SectionName): number {
    try {
      return this.executable.unpackedDebugSize(name);
    } catch (error) {
      if (!(error instanceof ExecutableError)) throw error;
      return 0;
    }
  }

  private read(name: SectionName): Uint8Array {
    if (this.isReleased) return new Uint8Array(0);
    try {
      return this.executable.debugSection(name) ?? new Uint8Array(0);
    } catch (error) {
      if (!(error instanceof ExecutableError)) throw error;
      this.warnings.add(error.message);
      return new Uint8Array(0);
    }
  }
}
