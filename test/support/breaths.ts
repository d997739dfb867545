/** Counts how often work lets in the wish to stop. */
import { NO_PROGRESS, type Progress } from "../../src/progress.ts";

/** The breaths of some work. */
export async function breathsOf(work: (progress: Progress) => Promise<unknown>): Promise<number> {
  let breaths = 0;
  const { signal } = new AbortController();
  signal.throwIfAborted = () => void breaths++;
  await work({ ...NO_PROGRESS, signal });
  return breaths;
}
