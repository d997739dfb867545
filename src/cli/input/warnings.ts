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

/** The same progress, but for warnings of some codes, which go to a list: for whoever may say the same in other words. */
export function holdWarnings(progress: Progress, codes: ReadonlySet<string>, held: DumpWarning[]): Progress {
  return {
    ...withoutWarnings(progress),
    warn(code, message) {
      if (codes.has(code)) held.push({ code, message });
      else progress.warn(code, message);
    },
  };
}
