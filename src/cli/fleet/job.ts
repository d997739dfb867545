/** One dump's conversion as a gohd of its own: whatever becomes of it, the others go on. */
import type { FurtherProcesses } from "../terminal/further-processes.ts";

export interface Job {
  /** As people know it. */
  readonly dump: string;
  /** The command line after gohd's name. */
  readonly args: readonly string[];
}

export interface JobResult {
  readonly job: Job;
  /** Undefined if all went well; else why it did not, in a line. */
  readonly failure: string | undefined;
  /** What it said on standard error, line by line, without gohd's name in front. */
  readonly lines: readonly string[];
}

/**
 * Runs the jobs, `most` at a time, in their order; tells of each as soon as it has ended. A job that fails stops none.
 * @throws the signal's reason; the jobs were then told to end, and have ended
 */
export async function runJobs(
  jobs: readonly Job[],
  most: number,
  processes: FurtherProcesses,
  signal: AbortSignal,
  onResult: (result: JobResult) => void,
): Promise<void> {
  const rest = jobs.values();
  const work = async (): Promise<void> => {
    for (const job of rest) {
      if (signal.aborted) return;
      const result = await run(job, processes, signal);
      // What was told to end has not failed.
      if (!signal.aborted) onResult(result);
    }
  };
  await Promise.all(Array.from({ length: most }, work));
  signal.throwIfAborted();
}

async function run(job: Job, processes: FurtherProcesses, signal: AbortSignal): Promise<JobResult> {
  try {
    const { code, signal: endedBy, errors } = await processes.run(job.args, signal);
    const lines = errors.split("\n").flatMap((line) => (line === "" ? [] : [line.replace(/^gohd: /, "")]));
    if (code === 0) return { job, failure: undefined, lines };
    const ending = code === null ? `its gohd was ended by ${endedBy}` : `its gohd ended with exit code ${code}`;
    return { job, failure: findError(errors) ?? ending, lines };
  } catch (error) {
    return { job, failure: `no gohd could be started for it: ${(error as Error).message}`, lines: [] };
  }
}

/** The last error that a gohd told. */
function findError(text: string): string | undefined {
  const errors = text.split("\n").filter((line) => /^gohd: (?!warning: )/.test(line));
  return errors.at(-1)?.replace(/^gohd: /, "");
}
