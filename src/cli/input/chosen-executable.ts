/** Which of several executables wrote a dump: where a fleet runs more than one build, nobody wants to say it for each dump. */
import { ExecutableError } from "../../errors.ts";
import type { Heap } from "../../heap/heap.ts";
import type { Progress } from "../../progress.ts";
import { matchExecutable } from "../../typing/match/match-executable.ts";
import type { ExecutableFile } from "./executable-input.ts";

/** More than can disagree. */
const NOT_EXACT = 2 ** 40;

/**
 * Finds the executable that matches best: an exact one before others, then the one that disagrees least, the first of equals. If
 * several are equal a warning names them: the dump cannot tell which it was. Costs a match each, no reading of the dump.
 * @param heap read with `keepShapes`
 * @param files two or more
 * @throws ExecutableError if none can be it, with what differs
 */
export function chooseExecutable(heap: Heap, files: readonly ExecutableFile[], warn: Progress["warn"]): ExecutableFile {
  let best: ExecutableFile[] = [];
  let least = Number.POSITIVE_INFINITY;
  const reasons: string[] = [];
  for (const file of files) {
    try {
      const { verdict, disagreeing } = matchExecutable(heap, file.open(heap.dump.arch));
      const distance = disagreeing + (verdict === "exact" ? 0 : NOT_EXACT);
      if (distance < least) best = [];
      if (distance <= least) best.push(file);
      least = Math.min(least, distance);
    } catch (error) {
      // Of a file with parts for several architectures there may be none for the dump's.
      if (!(error instanceof ExecutableError)) throw error;
      reasons.push(error.reason);
    }
  }
  const [first] = best;
  if (best.length > 1) {
    const names = best.map(({ source }) => source.name).join(", ");
    warn(
      "executables-alike",
      `the dump does not tell which of these wrote it, all fit alike: ${names}; the first is used`,
    );
  }
  if (first !== undefined) return first;
  throw new ExecutableError(`none of the ${files.length} wrote this dump: ${reasons.join("; ")}`, {
    code: "mismatch",
    hint: "give --exe once more, with the executable of the process that wrote the dump",
  });
}

/** Opens one after the other; if one cannot be opened, those before it are closed. */
export async function openAll(
  paths: readonly string[],
  open: (path: string) => Promise<ExecutableFile>,
): Promise<readonly ExecutableFile[]> {
  const files: ExecutableFile[] = [];
  try {
    for (const path of paths) files.push(await open(path));
    return files;
  } catch (error) {
    for (const file of files) file.close();
    throw error;
  }
}
