/** Further gohds: how one starts others, to do several things at a time, and how many of them the machine bears. */
import { once } from "node:events";

/** What is known of the machine. A plain value, for both threads. */
export interface ProcessMeans {
  /** The command that starts this very gohd; its arguments follow. */
  readonly command: readonly string[];
  /** What can run at the same time. */
  readonly cores: number;
  /** In bytes, when gohd started; what a container allows, as far as Node knows. */
  readonly freeMemory: number;
}

export interface EndedProcess {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  /** What it wrote to standard error. */
  readonly errors: string;
}

export interface FurtherProcesses extends Pick<ProcessMeans, "cores" | "freeMemory"> {
  /**
   * Runs another gohd with the arguments after its name; settles when it has ended. If `signal` is aborted it is told to end, so
   * that it takes away what it left.
   * @throws node's own error if none can be started
   */
  run(args: readonly string[], signal: AbortSignal): Promise<EndedProcess>;
}

/** Starts processes, without standard input and output. */
export function createFurtherProcesses({ command, cores, freeMemory }: ProcessMeans): FurtherProcesses {
  const [program, ...first] = command as readonly [string, ...string[]];
  return {
    cores,
    freeMemory,
    async run(args, signal) {
      const { spawn } = await import("node:child_process");
      const child = spawn(program, [...first, ...args], { stdio: ["ignore", "ignore", "pipe"] });
      const end = (): void => void child.kill("SIGTERM");
      signal.addEventListener("abort", end);
      // It may have come while this was loaded.
      if (signal.aborted) end();
      const chunks: Buffer[] = [];
      child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
      try {
        const [code, endedBy] = (await once(child, "close")) as [number | null, string | null];
        return { code, signal: endedBy, errors: Buffer.concat(chunks).toString() };
      } finally {
        signal.removeEventListener("abort", end);
      }
    },
  };
}
