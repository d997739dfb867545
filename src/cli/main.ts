#!/usr/bin/env node
/**
 * Where gohd starts, in both of its threads: the only file that knows `process`. What reads a dump runs in a worker, whose
 * module this file is, too.
 */
import { availableParallelism, constants, freemem } from "node:os";
import { isatty } from "node:tty";
import { fileURLToPath } from "node:url";
import { isMainThread, type MessagePort, parentPort, workerData } from "node:worker_threads";
import { wantsColor } from "./terminal/style.ts";
import { asksForVersion, readVersion } from "./version.ts";
import type { HostMeans } from "./worker/host-means.ts";

/** Those that ask gohd to end. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

if (isMainThread) await main(process.argv.slice(2));
else {
  const { work } = await import("./worker/work.ts");
  await work(parentPort as MessagePort, workerData, {
    onUncaught: (listener) => process.on("uncaughtException", listener),
    onNativeCode(listener) {
      const { dlopen } = process;
      process.dlopen = (...module) => {
        listener();
        dlopen.apply(process, module);
      };
    },
  });
}

async function main(given: readonly string[]): Promise<void> {
  // Whoever reads the output finds out by itself that it ends; whoever stops reading messages has had enough.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
  if (asksForVersion(given)) {
    await new Promise<void>((resolve) => {
      process.stdout.write(`${readVersion()}\n`, async (error) => {
        if (error && (error as NodeJS.ErrnoException).code !== "EPIPE") {
          const { cannotWrite } = await import("../io/output-errors.ts");
          process.stderr.write(`gohd: ${cannotWrite("<stdout>", error).message}\n`);
          process.exitCode = 1;
        }
        resolve();
      });
    });
    return;
  }
  const host: HostMeans = {
    input: { fd: 0, stream: () => process.stdin, isTTY: isatty(0) },
    output: process.stdout,
    errors: process.stderr,
    directory: process.cwd(),
    stateDirectory: process.env.XDG_STATE_HOME || undefined,
    stepSummary: process.env.GITHUB_STEP_SUMMARY || undefined,
    mayColor: wantsColor(process.env),
    debug: process.env.GOHD_DEBUG === "1",
    processes: {
      command: [process.execPath, ...process.execArgv, fileURLToPath(import.meta.url)],
      cores: availableParallelism(),
      // Node 20.13 knows what a container allows.
      freeMemory: process.availableMemory?.() ?? freemem(),
    },
    onSignal(listener) {
      for (const signal of SIGNALS) process.on(signal, () => listener(constants.signals[signal]));
    },
    exit: (exitCode) => process.exit(exitCode),
    kill: () => process.kill(process.pid, "SIGKILL"),
    die(signalNumber) {
      const signal = SIGNALS.find((name) => constants.signals[name] === signalNumber)!;
      process.removeAllListeners(signal);
      if (process.platform !== "win32") process.kill(process.pid, signal);
      // The first process of a container is not ended by it.
      process.exit(128 + signalNumber);
    },
  };
  const { readsDump } = await import("./worker/reads-dump.ts");
  const { withCommand } = await import("./options/plain-dump.ts");
  // Not process.exit(): it would cut off what is still on its way into a pipe.
  process.exitCode = readsDump(withCommand(given))
    ? await (await import("./worker/host.ts")).runInWorker(new URL(import.meta.url), given, host)
    : await (await import("./worker/alone.ts")).runAlone(given, host);
}
