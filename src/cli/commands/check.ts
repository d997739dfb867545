/** `gohd check`: whether a heap is within its budgets, for continuous integration. */
import type { Command } from "commander";
import { UsageError } from "../../errors.ts";
import { quoteCommand } from "../../shown-text.ts";
import type { CheckOptions } from "../check/check-options.ts";
import { addExecutableOptions } from "../input/executable-options.ts";
import { addIndexOptions } from "../input/index-options.ts";
import { addOtherOptions, DUMP_ARGUMENT } from "../input/input-options.ts";
import { describeCommand } from "../options/description.ts";
import { addWorkersOption } from "../options/workers-option.ts";
import type { Terminal } from "../terminal/terminal.ts";

const append = (text: string, previous: readonly string[] = []): readonly string[] => [...previous, text];

/** Adds the command to `program`. */
export function addCheckCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("check")
    .summary("fail a build when the heap breaks a budget")
    .description(
      describeCommand(
        "Fails a build when a heap breaks a budget: the exit code is 3, and gohd prints who holds the memory. Give budgets with " +
          "--fail-if, or with their reasons in gohd.yaml in the working directory.",
        [
          ["gohd check app.dump --exe ./app --fail-if 'owned(main.Session) > 100MiB'"],
          ["gohd check app.dump --exe ./app --fail-if 'leaked_goroutines > 0'"],
          ["gohd check app.dump --exe ./app --baseline heap.json --update", "save what the heap has now"],
          ["gohd check app.dump --exe ./app --baseline heap.json", "fail when it has more"],
          ["gohd check app.dump --exe ./app --junit heap.xml --github", "report to CI"],
          ["gohd check 1.dump 2.dump 3.dump --median --exe ./app.test", "several dumps of one test"],
        ],
      ),
    )
    .argument("<dump...>", `${DUMP_ARGUMENT}; with --median several`)
    .optionsGroup("Budgets:")
    .option("--fail-if <budget>", "fail when this is true; may be given several times", append)
    .option(
      "--config <file>",
      "read budgets from this file (default: gohd.yaml, gohd.yml or gohd.json, if there is one)",
    )
    .option("--no-config", "read no file of budgets")
    .option("--median", "the dumps are of one test: judge the median of each figure")
    .option(
      "--most-garbage <share>",
      "refuse to judge a dump with more garbage than this, without what cleanups hold (default: 5%)",
    )
    .optionsGroup("Baseline:")
    .option(
      "--baseline <file>",
      "fail when an owner path is new, or when a path or goroutines have grown since this file was written",
    )
    .option("--update", "write the file from this heap")
    .option("--tolerance <share>", "how much a path may grow, as a share (default: 10%)")
    .option("--tolerance-bytes <size>", "how much a path may grow in any case (default: 64KiB)")
    .option("--least <size>", "how large a path must be to count as new (default: 64KiB)")
    .optionsGroup("Output:")
    .option("--junit <file>", "write a test report as JUnit XML")
    .option("--github", "print annotations for GitHub Actions, and add a summary to the run")
    .option("--json", "print JSON, sizes in bytes")
    .option("--force", "let --junit replace a file that gohd did not write")
    .optionsGroup("Types:");
  addExecutableOptions(command);
  command.optionsGroup("Speed:");
  addIndexOptions(command);
  addWorkersOption(command);
  addOtherOptions(command, { canSalvage: false });
  command.addHelpText("after", GUIDE).action(async (dumps: readonly string[], options: CheckOptions) => {
    if (dumps.length > 1 && options.median !== true) {
      throw new UsageError(`there are ${dumps.length} dumps`, {
        hint: `with --median they count as one; one after the other: ${quoteCommand(["gohd", "check", dumps[0]!])} …`,
      });
    }
    await (await import("../check/run-check.ts")).runCheck(dumps, options, terminal);
  });
}

const GUIDE = `
Budgets say what must not happen:
  live > 200MiB                   what the roots lead to
  objects > 1000000               how many objects the roots lead to
  garbage > 1MiB                  what no root leads to
  owned(main.Session) > 100MiB    what all objects of a type own; also of a variable, a path, the goroutines of a function
  owned(main.cache) > 10%         the same as a share of the live bytes
  shallow(main.Session) > 10MiB   what the objects of a type take themselves
  count(main.Session) > 500       how many there are
  goroutines > 100                goroutines of the program
  goroutines(main.worker) > 8     those that were started for a function
  leaked_goroutines > 0           those that wait forever, as far as gohd can prove it
  wasted > 10% and wasted > 5MiB  what the findings of gohd report could free
  wasted(duplicate-text) > 5MiB   the findings of one rule
  Comparisons: > >= < <= == !=   Units: B KiB MiB GiB TiB, kB MB GB TB, %   Joined by: and, or (and binds closer)
  Names are those of gohd top and gohd report: main.Session, http.Header, map[string]*main.Session, main.store.sessions, /Session$/.
  Quote odd ones: owned("struct { a, b int }"). If a name is nowhere in the dump, it counts as 0, and gohd says so.

gohd.yaml:
  fail-if:
    - leaked_goroutines > 0
    - budget: owned(main.Session) > 100MiB
      reason: 500 users of the load test, 200 KiB each
  baseline: heap.json
  expect:
    - path: main.cache.entries
      up-to: 20MiB
      reason: filled once, at the start
  Other keys have the names of the options: tolerance, tolerance-bytes, least, most-garbage.

Keep the baseline file in the repository. It has a part for each release of Go and each architecture. You may add a "reason" to any
line of it. "expect" in gohd.yaml lists what may be new or grow: paths or /patterns/, with everything below them.

Garbage that cleanups hold (runtime.AddCleanup) does not count for --most-garbage: no collection frees it. From Go 1.26 on a dump does
not tell what they hold; if that may be a hundredth of the heap, no garbage is too much.

Exit codes: 0 all budgets hold; 3 one is broken, or something in the heap is more than in its baseline; 1 the dump cannot be read or judged;
2 the command line or gohd.yaml is wrong.`;
