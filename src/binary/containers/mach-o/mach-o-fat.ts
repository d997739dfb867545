/**
 * Fat ("universal") Mach-O files: one file for several architectures, as `lipo` makes them. Big-endian always; layout as
 * in <mach-o/fat.h>. Java classes begin with the same four bytes.
 */
import { ExecutableError } from "../../../errors.ts";
import type { ByteSource } from "../../../io/sources/source.ts";
import { FileReader } from "../file-reader.ts";
import { readUint64 } from "../image.ts";

/** First bytes of a fat file with 32-bit positions, read big-endian. */
export const FAT_MAGIC = 0xcafebabe;
/** The same with 64-bit positions. */
export const FAT_MAGIC_64 = 0xcafebabf;

/** One architecture's Mach-O file in a fat one: [start, end) of it. */
export interface MachOSlice {
  /** In GOARCH's spelling, if Go knows it: "amd64", "arm64"; else as Apple calls it: "arm64e". */
  readonly arch: string;
  readonly start: number;
  readonly end: number;
}

/** Architectures for which Go makes 64-bit Mach-O files. */
export const MACH_O_ARCHES: readonly string[] = ["amd64", "arm64"];

/** Versions of Java classes stand where the number of slices does, and begin with 45; nobody has so many slices. */
const MAX_SLICES = 30;

/** cputype to GOARCH; those that Go no longer makes are named for messages. */
const CPU_TYPES: Readonly<Record<number, string>> = {
  7: "386",
  12: "arm",
  18: "ppc",
  16777223: "amd64",
  16777228: "arm64",
  16777234: "ppc64",
  33554444: "arm64_32",
};

const ARM64E = 2;
/** The high byte of a subtype has flags. */
const SUBTYPE_MASK = 0xff_ffff;

/** Names the architecture of a Mach-O header's cputype and cpusubtype. */
export function describeMachOArch(cpuType: number, cpuSubtype: number): string {
  const arch = CPU_TYPES[cpuType] ?? `unknown (CPU type 0x${cpuType.toString(16)})`;
  return arch === "arm64" && (cpuSubtype & SUBTYPE_MASK) === ARM64E ? "arm64e" : arch;
}

/** Tells from a file's first 8 bytes whether it is fat Mach-O. */
export function isFatMachO(head: Uint8Array): boolean {
  if (head.length < 8) return false;
  const view = new DataView(head.buffer, head.byteOffset, 8);
  const magic = view.getUint32(0);
  return magic === FAT_MAGIC_64 || (magic === FAT_MAGIC && view.getUint32(4) <= MAX_SLICES);
}

/**
 * Reads the table of slices, in the file's order.
 * @throws ExecutableError (`truncated`, `damaged`)
 */
export function readMachOSlices(source: ByteSource): readonly MachOSlice[] {
  const reader = new FileReader(source);
  const header = reader.view(0, 8, "its fat header");
  const wide = header.getUint32(0) === FAT_MAGIC_64;
  const entrySize = wide ? 32 : 20;
  const count = header.getUint32(4);
  if (count > MAX_SLICES) {
    throw new ExecutableError(`a list of ${count} architectures`, { code: "damaged", position: 4 });
  }
  const table = reader.view(8, count * entrySize, "its list of architectures");
  const slices: MachOSlice[] = [];
  for (let i = 0; i < count; i++) {
    const at = i * entrySize;
    const start = wide ? readUint64(table, at + 8, true) : table.getUint32(at + 8);
    const size = wide ? readUint64(table, at + 16, true) : table.getUint32(at + 12);
    const arch = describeMachOArch(table.getUint32(at), table.getUint32(at + 4));
    if (start < 8 + table.byteLength) {
      throw new ExecutableError(`the part for ${arch} overlaps the list of architectures`, {
        code: "damaged",
        position: 8 + at,
      });
    }
    reader.demand(start, size, `the part for ${arch}`);
    slices.push({ arch, start, end: start + size });
  }
  return slices;
}

/**
 * Chooses the slice of an architecture; without one the only slice that Go can have made.
 * @throws ExecutableError: `mismatch` if there is none for `arch`, `unsupported` if `arch` is needed, or none is Go's
 */
export function chooseMachOSlice(name: string, slices: readonly MachOSlice[], arch: string | undefined): MachOSlice {
  const known = slices.filter((slice) => MACH_O_ARCHES.includes(slice.arch));
  const list = slices.map((slice) => slice.arch).join(", ");
  if (arch !== undefined) {
    const chosen = known.find((slice) => slice.arch === arch);
    if (chosen) return chosen;
    throw new ExecutableError(`${name} has no part for ${arch}, only for ${list || "nothing"}`, { code: "mismatch" });
  }
  if (known.length === 1) return known[0]!;
  const what = known.length === 0 ? "none of which gohd reads" : "and which one is needed was not told";
  throw new ExecutableError(`${name} is a fat Mach-O file for ${list || "no architecture"}, ${what}`, {
    code: "unsupported",
    hint: "take one out: lipo -thin <architecture> -output <copy> <file>",
  });
}
