/**
 * Loaded before a measured program (`node --import`): when the process exits, writes what the whole of it used to the
 * file that GOHD_BENCH_USAGE names. So start-up, garbage collection and helper threads count.
 */
import { writeFileSync } from "node:fs";

const path = process.env.GOHD_BENCH_USAGE;
if (path !== undefined) {
  process.on("exit", () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    writeFileSync(path, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, peak: maxRSS * 1024 }));
  });
}
