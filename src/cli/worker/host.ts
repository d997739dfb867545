/**
 * The main thread of a command that reads a dump. A worker does the work, so this thread is always free for signals, the
 * progress bar and the prompt, whatever keeps the worker busy. It loads next to nothing itself.
 */
import { constants } from "node:os";
import { Worker } from "node:worker_threads";
import type { Temporary } from "../../io/temporaries/temporary.ts";
import { createStyle } from "../terminal/style.ts";
import { chooseCompiling } from "./compiling.ts";
import { Ending } from "./ending.ts";
import type { HostMeans } from "./host-means.ts";
import { type FromWorker, SharedFigure, type SystemError, type ToWorker, type WorkOrder } from "./messages.ts";
import { threadMemory } from "./thread-memory.ts";

/** Runs the command line `args` in a worker whose module is `entry`; returns the exit code. Never rejects. */
export async function runInWorker(entry: URL, args: readonly string[], host: HostMeans): Promise<number> {
  const { output, errors } = host;
  // Only where somebody looks: elsewhere a small dump is read in little more time than it takes to load these.
  const progress = errors.isTTY ? await import("../terminal/progress-bar.ts") : undefined;
  const prompts = host.input.isTTY ? await import("./host-prompt.ts") : undefined;
  const figures = shareFigures(host);
  const order: WorkOrder = {
    args,
    directory: host.directory,
    stateDirectory: host.stateDirectory,
    stepSummary: host.stepSummary,
    debug: host.debug,
    processes: host.processes,
    mayColor: host.mayColor,
    inputIsTTY: host.input.isTTY,
    outputIsTTY: output.isTTY ?? false,
    errorsAreTTY: errors.isTTY ?? false,
    figures,
  };
  chooseCompiling(host.processes.cores);
  // Node would close what a thread has left open, by numbers that by then may be somebody else's: sockets, which pipes are read through,
  // close theirs without its knowledge. It warns of that, too. The process ends with this thread.
  const worker = new Worker(entry, {
    workerData: order,
    resourceLimits: threadMemory(),
    trackUnmanagedFds: false,
  });
  const bar = progress?.createProgressBar(errors, () => figures[SharedFigure.DONE]!);
  const temporaries = new Map<string, Temporary>();
  const ending = new Ending({
    abort: (signalNumber) => post({ type: "abort", signalNumber }),
    terminate: () => worker.terminate(),
    async cleanUp() {
      bar?.stop();
      prompt?.close();
      await takeAllAway(temporaries.values());
      // Work that goes on may have made one more meanwhile, which a message tells.
      await new Promise((resolve) => setImmediate(resolve));
      await takeAllAway(temporaries.values());
      errors.write("gohd: interrupted\n");
    },
    hasNativeCode: () => figures[SharedFigure.HAS_NATIVE_CODE] === 1,
    exit: host.exit,
    kill: host.kill,
    die: host.die,
  });
  const prompt = prompts && new prompts.HostPrompt(host, post, () => ending.force(constants.signals.SIGINT));
  host.onSignal((signalNumber) => ending.signal(signalNumber));

  return new Promise((resolve) => {
    worker.on("message", (message: FromWorker) => {
      switch (message.type) {
        case "output":
          output.write(message.bytes, (error) => post({ type: "written", error: error ? tell(error) : undefined }));
          break;
        case "errors":
          errors.write(message.bytes);
          break;
        case "phase":
          bar?.phase(message.name, message.total, message.unit);
          break;
        case "stop":
          bar?.stop();
          break;
        case "open-lines":
          prompt?.open(message.history, message.historySize);
          break;
        case "prompt":
          prompt?.show(message.text);
          break;
        case "close-lines":
          prompt?.close();
          break;
        case "temporary":
          if (message.isGone) temporaries.delete(message.temporary.path);
          else temporaries.set(message.temporary.path, message.temporary);
          break;
        case "failed":
          void failByPlugIn(message);
          break;
        case "done":
          if (!hasEnded) end(message.exitCode);
          break;
      }
    });
    worker.on("error", (error) => void fail(error));
    worker.on("exit", (exitCode) => void fail(new Error(`the work ended by exit(${exitCode}) and without a result`)));

    async function failByPlugIn({ message, hint, stack }: FromWorker & { type: "failed" }): Promise<void> {
      const { ConverterError } = await import("../../errors.ts");
      const cause = Object.assign(new Error(message), { stack });
      await fail(new ConverterError(message, { hint, cause }));
    }

    let hasEnded = false;
    function end(exitCode: number): void {
      hasEnded = true;
      const wasInterrupted = ending.isWanted;
      ending.done();
      bar?.stop();
      prompt?.close();
      // Timers and the like that a converter left behind are nobody's any more.
      void worker.terminate();
      // Nobody waits for output that somebody interrupted, be the rest of it on its way into a pipe or not.
      if (wasInterrupted && exitCode !== 0) host.exit(exitCode);
      resolve(exitCode);
    }

    /** The worker is gone, and has not said how its work ended. */
    async function fail(error: unknown): Promise<void> {
      if (hasEnded || ending.isForced) return;
      hasEnded = true;
      await worker.terminate();
      const { tellError } = await import("../terminal/error-report.ts");
      bar?.stop();
      await takeAllAway(temporaries.values());
      end(tellError({ ...host, errorStyle: createStyle(host.mayColor && errors.isTTY === true) }, error));
    }
  });

  function post(message: ToWorker): void {
    worker.postMessage(message);
  }
}

/** Takes away what the worker cannot any more. One that cannot be removed does not keep the others. */
async function takeAllAway(temporaries: Iterable<Temporary>): Promise<void> {
  // Loaded here, because hardly any run needs it.
  const { takeAway } = await import("../../io/temporaries/temporary.ts");
  for (const temporary of temporaries) {
    try {
      takeAway(temporary);
    } catch {
      // It is named by its writer, so a later gohd finds it.
    }
  }
}

/** Numbers that both threads see; those of the terminals' sizes follow them. */
function shareFigures({ output, errors }: HostMeans): Float64Array {
  const figures = new Float64Array(new SharedArrayBuffer(SharedFigure.COUNT * Float64Array.BYTES_PER_ELEMENT));
  for (const [stream, size, figure] of [
    [output, "columns", SharedFigure.OUTPUT_COLUMNS],
    [output, "rows", SharedFigure.OUTPUT_ROWS],
    [errors, "columns", SharedFigure.ERRORS_COLUMNS],
  ] as const) {
    if (!stream.isTTY) continue;
    const measure = (): void => {
      figures[figure] = stream[size] ?? 0;
    };
    measure();
    stream.on("resize", measure);
  }
  return figures;
}

/** The parts of an error that the other thread needs to tell it. */
function tell(error: Error): SystemError {
  const { message, code, syscall } = error as NodeJS.ErrnoException;
  return { message, code, syscall };
}
