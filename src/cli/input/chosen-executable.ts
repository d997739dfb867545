/** Which of several executables wrote a dump: where a fleet runs more than one build, nobody wants to say it for each dump. */
import { ExecutableError } from "../../errors.ts";
import type { Heap } from "../../heap/heap.ts";
import { matchExecutable } from "../../typing/match/match-executable.ts";
import type { ExecutableFile } from "./executable-input.ts";

/**
 * Finds the executable that matches best: the first that agrees in everything, else the first that may be it. Costs a match
 * each, no reading of the dump.
 * @param heap read with `keepShapes`
 * @param files two or more
 * @throws ExecutableError if none can be it, with what differs
 */
export function chooseExecutable(heap: Heap, files: readonly ExecutableFile[]): ExecutableFile {
  let likely: ExecutableFile | undefined;
  const reasons: string[] = [];
  for (const file of files) {
    try {
      if (matchExecutable(heap, file.open(heap.dump.arch)).verdict === "exact") return file;
      likely ??= file;
    } catch (error) {
      // Of a file with parts for several architectures there may be none for the dump's.
      if (!(error instanceof ExecutableError)) throw error;
      reasons.push(error.reason);
    }
  }
  if (likely !== undefined) return likely;
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
