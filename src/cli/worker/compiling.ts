/** Where V8 compiles what runs often: beside the work, on threads of its own, or on the thread that works, in between. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { setFlagsFromString } from "node:v8";

/** Below this size of a dump there is hardly more to `info` than what is compiled beside it, … */
const LEAST_BYTES = 64 * 2 ** 20;

/** … and from this size on compiling is a small part of it. */
const MANY_BYTES = 512 * 2 ** 20;

/**
 * Has threads that begin from now on compile on their own, where that is better: with nothing beside it V8 compiles less of what soon
 * ends. Node 20, 2026-11: on one core `report --exe` of 80,000 users (140 MB) takes 5.8 s in place of 6.6; on two, `info`
 * of it takes 1.0 s of CPU in place of 1.3, and as long as before.
 */
export function chooseCompiling(args: readonly string[], directory: string, cores: number): void {
  if (compilesInBetween(args, directory, cores)) setFlagsFromString("--no-concurrent-recompilation");
}

/**
 * Whether a command line is better run without threads that compile: where there is no core for them, or where the threads of
 * gohd keep all cores busy from the first to the last, as those of `info` do that knows no executable.
 */
export function compilesInBetween(args: readonly string[], directory: string, cores: number): boolean {
  if (cores === 1) return true;
  const [command, ...rest] = args;
  if (command !== "info" || rest.some((arg) => arg.startsWith("--exe"))) return false;
  return rest.some((arg) => {
    const bytes = sizeOf(resolve(directory, arg));
    return bytes >= LEAST_BYTES && bytes < MANY_BYTES;
  });
}

/** 0 for what is no file. Whoever opens it tells the user. */
function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
