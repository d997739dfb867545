#!/usr/bin/env node
/** Where gohd starts: the only file that knows `process`. */
import { constants } from "node:os";
import { isatty } from "node:tty";
import { runCommandLine } from "./program.ts";
import { Interruption } from "./terminal/terminal.ts";

const controller = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  // Once: a second Ctrl-C ends gohd at once.
  process.once(signal, () => controller.abort(new Interruption(constants.signals[signal])));
}
// Whoever reads the output finds out by itself that it ends; whoever stops reading messages has had enough.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

// Not process.exit(): it would cut off what is still on its way into a pipe.
process.exitCode = await runCommandLine(process.argv.slice(2), {
  input: { fd: 0, stream: () => process.stdin, isTTY: isatty(0) },
  output: process.stdout,
  errors: process.stderr,
  directory: process.cwd(),
  stateDirectory: process.env.XDG_STATE_HOME || undefined,
  signal: controller.signal,
  debug: process.env.GOHD_DEBUG === "1",
});
