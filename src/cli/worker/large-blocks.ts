/** From which size on this platform gives freed memory back to the system; see `src/column-memory.ts`. */
import { arch, platform } from "node:os";
import { returnMemoryFrom } from "../../column-memory.ts";

/** glibc maps each block above this by itself, however large the blocks were that were freed (`DEFAULT_MMAP_THRESHOLD_MAX`). */
const LARGEST_KEPT = 32 << 20;
const PAGE = 4096;

/** For each thread, before it makes columns. Where memory counts that nobody touches, as on Windows, all stays as it is. */
export function askForLargeBlocks(): void {
  if (platform() === "linux" && /64|s390x/.test(arch())) returnMemoryFrom(LARGEST_KEPT + PAGE);
}
