/** Commands that read no dump run in the main thread: they are short, and signals end them as they end any program. */
import { runCommandLine } from "../program.ts";
import { createFurtherProcesses } from "../terminal/further-processes.ts";
import { createLineReader } from "../terminal/line-reader.ts";
import { createProgressBar } from "../terminal/progress-bar.ts";
import { createStyle } from "../terminal/style.ts";
import type { HostMeans } from "./host-means.ts";

/** Runs the command line `args`; returns the exit code. Never rejects. */
export function runAlone(args: readonly string[], host: HostMeans): Promise<number> {
  const { input, output, errors, directory, stateDirectory, stepSummary, debug, processes, mayColor } = host;
  return runCommandLine(args, {
    input,
    output,
    errors,
    directory,
    stateDirectory,
    stepSummary,
    debug,
    processes: createFurtherProcesses(processes),
    outputStyle: createStyle(mayColor && output.isTTY === true),
    errorStyle: createStyle(mayColor && errors.isTTY === true),
    bar: createProgressBar(errors),
    openLineReader: (options) => createLineReader(input.stream(), output, input.isTTY, options),
    signal: new AbortController().signal,
  });
}
