/** `gohd convert` of many dumps: a gohd for each, several at a time, and in the end what became of all of them. */

import { formatDuration, formatNumber } from "../../quantities.ts";
import { showName } from "../../shown-text.ts";
import { runSession } from "../command.ts";
import { FailedDumps } from "../terminal/error-report.ts";
import { writeLine } from "../terminal/lines.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { ListedDump } from "./dump-list.ts";
import { type Job, type JobResult, runJobs } from "./job.ts";
import { chooseJobCount } from "./job-count.ts";
import { type FleetRequest, planFleet } from "./plan.ts";

export interface FleetOptions {
  /** Dumps at a time. */
  readonly jobs?: number;
  readonly quiet?: boolean;
}

/**
 * Converts the dumps. One that fails stops none of the others.
 * @throws FailedDumps if some failed; UsageError for what concerns all; on abort the signal's reason
 */
export async function convertFleet(
  dumps: readonly ListedDump[],
  request: FleetRequest,
  { jobs: given, quiet = false }: FleetOptions,
  terminal: Terminal,
): Promise<void> {
  const { jobs, unmatched } = planFleet(dumps, request);
  for (const converter of new Set(request.outputs.map((output) => output.converter))) await converter.check?.();
  const { processes } = terminal;
  const most = Math.min(given ?? chooseJobCount(dumps, processes), jobs.length);
  const all = shareCores(jobs, request, Math.max(1, Math.floor(processes.cores / most)));
  const started = performance.now();
  await runSession(terminal, { quiet, workers: 0 }, async ({ progress, say }) => {
    const failed = unmatched.map((dump) => ({
      dump,
      reason: `its path does not end as "${request.pattern!.text}" says`,
    }));
    let ended = 0;
    const show = (): void => {
      progress.phase(`converting ${formatNumber(jobs.length, "dump")}, ${most} at a time: ${ended} done`);
    };
    show();
    await runJobs(all, most, processes, terminal.signal, ({ job, failure, lines }: JobResult) => {
      ended++;
      progress.stop();
      for (const line of lines) writeLine(terminal, `${showName(job.dump)}: ${line.trimStart()}`);
      if (failure !== undefined) failed.push({ dump: job.dump, reason: failure });
      show();
    });
    const done = dumps.length - failed.length;
    say(`converted ${formatNumber(done, "dump")} in ${formatDuration(performance.now() - started)}, ${most} at a time`);
    if (failed.length > 0) throw new FailedDumps(failed, dumps.length);
  });
}

/** Gives each gohd so many threads, unless the user told how many. */
function shareCores(jobs: readonly Job[], { flags }: FleetRequest, workers: number): readonly Job[] {
  if (flags.some(({ option }) => option === "--workers")) return jobs;
  return jobs.map(({ args: [command, ...rest], ...job }) => ({
    ...job,
    args: [command!, `--workers=${workers}`, ...rest],
  }));
}
