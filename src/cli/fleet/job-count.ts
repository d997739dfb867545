/** How many dumps are converted at the same time. */
import type { FurtherProcesses } from "../terminal/further-processes.ts";
import type { ListedDump } from "./dump-list.ts";

/** What a gohd needs before it reads anything, DuckDB included. */
const BASE = 250e6;
/** What it needs for a byte of a dump, with room to spare: with all tables it was 1.9 of 140 MB, 1.4 of 0.8 GB. */
const PER_BYTE = 3;
/** How much a compressed dump may grow. */
const PER_PACKED_BYTE = 10 * PER_BYTE;

/** One for each core, but no more than the memory has room for if all were as large as the largest; at least one. */
export function chooseJobCount(
  dumps: readonly ListedDump[],
  { cores, freeMemory }: Pick<FurtherProcesses, "cores" | "freeMemory">,
): number {
  const needs = dumps.map(({ path, size }) => size * (/\.(gz|zst|zstd)$/i.test(path) ? PER_PACKED_BYTE : PER_BYTE));
  const most = BASE + needs.reduce((a, b) => Math.max(a, b), 0);
  return Math.max(1, Math.min(cores, dumps.length, Math.floor(freeMemory / most)));
}
