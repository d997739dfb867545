/** Segments: the ranges of the address space that a file loads, and what all containers have to check of them. */
import { ExecutableError } from "../../errors.ts";

/** One loaded range of the address space: ELF's PT_LOAD, Mach-O's LC_SEGMENT_64, a PE section. */
export interface Segment {
  /** Link-time address of its first byte. */
  readonly address: number;
  /** Bytes in memory; those beyond `fileSize` are zero when the process starts (bss). */
  readonly memorySize: number;
  /** Byte in the file at which its contents begin. */
  readonly position: number;
  /** Bytes in the file; at most `memorySize`. */
  readonly fileSize: number;
  readonly writable: boolean;
  readonly executable: boolean;
}

/** Addresses are doubles. */
const MAX_ADDRESS = Number.MAX_SAFE_INTEGER;

/** @throws ExecutableError (`damaged`) if a segment cannot be; `position` is where its header is. */
export function checkSegment({ address, memorySize, fileSize }: Segment, name: string, position: number): void {
  if (fileSize <= memorySize && address + memorySize <= MAX_ADDRESS) return;
  throw new ExecutableError(`segment ${name} has impossible sizes or addresses`, { code: "damaged", position });
}

/** Sorts segments by address. @throws ExecutableError (`damaged`) if two overlap; `position` is where their headers are. */
export function orderSegments(segments: readonly Segment[], position: number): readonly Segment[] {
  const ordered = [...segments].sort((a, b) => a.address - b.address);
  for (let i = 1; i < ordered.length; i++) {
    const before = ordered[i - 1]!;
    if (before.address + before.memorySize > ordered[i]!.address) {
      throw new ExecutableError("segments overlap", { code: "damaged", position });
    }
  }
  return ordered;
}
