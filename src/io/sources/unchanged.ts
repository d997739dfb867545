/** Work on an input that somebody may write into meanwhile: what came of it counts only if nobody did. */
import { InputChangedError } from "../../errors.ts";
import { NO_PROGRESS, type Progress } from "../../progress.ts";
import type { ByteSource } from "./source.ts";

/** Inputs of which it was said already that they have grown; they go on. */
const grown = new WeakSet<ByteSource>();

export interface ChangeOptions {
  /** An input that has only grown becomes a warning: what there was is to be had. */
  readonly salvage?: boolean;
  readonly progress?: Progress;
}

/**
 * Runs `work` and compares the input with what it was when it was opened.
 * @throws InputChangedError, also instead of what `work` throws, because a change explains that; on abort the signal's reason
 */
export async function withUnchanged<T>(
  source: ByteSource,
  { salvage = false, progress = NO_PROGRESS }: ChangeOptions,
  work: () => Promise<T>,
): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    check(source, salvage, progress);
    throw error;
  }
  check(source, salvage, progress);
  return result;
}

function check(source: ByteSource, salvage: boolean, progress: Progress): void {
  progress.signal.throwIfAborted();
  try {
    source.checkUnchanged?.();
  } catch (error) {
    if (!(salvage && error instanceof InputChangedError && error.grew)) throw error;
    if (!grown.has(source)) progress.warn("input-grew", error.message);
    grown.add(source);
  }
}
