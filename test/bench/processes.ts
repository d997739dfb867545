/** Runs measured programs: each as a process of its own, of which CPU time, wall time and memory are those of the whole. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

export interface Usage {
  /** Seconds, user and system. */
  readonly cpu: number;
  /** Seconds from the start of the process to its end. */
  readonly wall: number;
  /** Greatest resident set in bytes. */
  readonly peak: number;
}

const USAGE = new URL("usage.js", import.meta.url).href;

/** Runs node with `args`; `directory` is for a file that it writes. */
export function runNode(args: readonly string[], directory: string): { usage: Usage; output: string } {
  const file = join(directory, "usage.json");
  const env = { ...process.env, GOHD_BENCH_USAGE: file };
  const { output, wall } = run(process.execPath, ["--import", USAGE, ...args], env);
  if (!existsSync(file)) throw new Error(`bug: ${args.join(" ")} did not tell its usage`);
  const usage = JSON.parse(readFileSync(file, "utf8")) as Omit<Usage, "wall">;
  rmSync(file);
  return { usage: { ...usage, wall }, output };
}

/** Runs `program`; tells its output, and the seconds that it took. */
export function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): { readonly output: string; readonly wall: number } {
  const started = performance.now();
  const { status, error, stdout, stderr } = spawnSync(program, args, { env, encoding: "utf8", maxBuffer: 1 << 28 });
  const wall = (performance.now() - started) / 1000;
  if (error) throw error;
  if (status !== 0) throw new Error(`${[program, ...args].join(" ")} ended with ${status}:\n${stderr}`);
  return { output: stdout, wall };
}
