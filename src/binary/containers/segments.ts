/** What all containers have to check of the ranges that they load. */
import { ExecutableError } from "../../errors.ts";
import type { Segment } from "./container.ts";

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
