/** Progress that keeps warnings for later, or drops those that were told already. */
import type { DumpWarning } from "../../heap/facts/dump-info.ts";
import type { Progress } from "../../progress.ts";

/** The same progress; warnings are also added to `warnings`. */
export function recordWarnings(progress: Progress, warnings: DumpWarning[]): Progress {
  return {
    ...withoutWarnings(progress),
    warn(code, message) {
      warnings.push({ code, message });
      progress.warn(code, message);
    },
  };
}

/** The same progress without its warnings. */
export function withoutWarnings(progress: Progress): Progress {
  return {
    signal: progress.signal,
    phase: (name, total, unit) => progress.phase(name, total, unit),
    update: (done) => progress.update(done),
    warn() {},
  };
}
