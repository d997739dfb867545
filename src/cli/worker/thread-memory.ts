/** How much memory V8 gives a thread for JavaScript's own objects. Columns are not among them. */
import { getHeapStatistics } from "node:v8";
import type { ResourceLimits } from "node:worker_threads";

/**
 * What is young is looked through when there is so much of it. gohd is soon done with nearly all that it makes beside columns. With V8's
 * own limit, 48 MB a thread, the same takes no less time (Node 20; report, pprof, heapsnapshot and html of heaps of 0.1 to 5.8 million
 * objects), and 30 MB more.
 */
const YOUNG_MEGABYTES = 6;

/** As much as the thread that asks has, but for what is young. */
export function threadMemory(): ResourceLimits {
  const { heap_size_limit: limit } = getHeapStatistics();
  return { maxOldGenerationSizeMb: Math.ceil(limit / 2 ** 20), maxYoungGenerationSizeMb: YOUNG_MEGABYTES };
}
