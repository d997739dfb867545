/** `gohd check`: whether a heap is within its budgets, for continuous integration. */
import type { Command } from "commander";
import { UsageError } from "../../errors.ts";
import { quoteCommand } from "../../shown-text.ts";
import type { CheckOptions } from "../check/check-options.ts";
import { addExecutableOptions } from "../input/executable-options.ts";
import { addIndexOptions } from "../input/index-options.ts";
import { addWorkersOption } from "../options/workers-option.ts";
import type { Terminal } from "../terminal/terminal.ts";

const append = (text: string, previous: readonly string[] = []): readonly string[] => [...previous, text];

/** Adds the command to `program`. */
export function addCheckCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("check")
    .summary("fail a build where the heap is over budget")
    .description(
      "Checks a heap against budgets, for continuous integration: ends with exit code 3 where one is broken, and says who holds " +
        "the memory. A dump that cannot be read, or judged, is exit code 1 and no verdict.\n\n" +
        "Budgets are in --fail-if, and in gohd.yaml or gohd.json of the working directory, each with the reason for it.",
    )
    .argument(
      "<dump...>",
      'the dump, plain or compressed by gzip or zstd; "-" is standard input; several with --median',
    )
    .option(
      "--fail-if <budget>",
      "fail where this is true: 'owned(main.Session) > 100MiB' (if need be several times)",
      append,
    )
    .option(
      "--config <file>",
      "read budgets from this file (default: gohd.yaml, gohd.yml or gohd.json, if it is there)",
    )
    .option("--no-config", "read no such file")
    .option("--baseline <file>", "compare with what this file says the heap had, by owner path and goroutine")
    .option("--update", "make the heap the baseline, and write that file")
    .option("--tolerance <share>", "growth of a path that is none, of what the baseline has (default: 10%)")
    .option("--tolerance-bytes <size>", "growth that is none, whatever its share (default: 64KiB)")
    .option("--least <size>", "bytes from which on a path is new (default: 64KiB)")
    .option("--median", "several dumps are of one test: of each figure the median counts")
    .option("--most-garbage <share>", "garbage that the dump may have, of its bytes (default: 5%)")
    .option("--junit <file>", "write a test report as JUnit XML, too")
    .option("--github", "print annotations for GitHub Actions, and add a summary to the run")
    .option("--force", "let --junit replace a file that gohd did not write")
    .option("--json", "print the same as JSON, sizes in bytes")
    .option("-q, --quiet", "show no progress");
  addExecutableOptions(command);
  addIndexOptions(command);
  addWorkersOption(command);
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
Budgets:
  live > 200MiB                              all that GC roots lead to; objects: how many that are
  owned(main.Session) > 100MiB               what all objects of a type own together; also of a variable or a path
  owned(main.cache) > 10%                    of the live bytes
  count(main.Session) > 500                  objects of a type; shallow(…): their own bytes
  goroutines(main.worker) > 8                goroutines that were started for a function; goroutines: all of the program's
  leaked_goroutines > 0                      those that can be proved to wait for ever
  wasted > 10% and wasted > 5MiB             what findings of gohd report could give back; wasted(duplicate-text): of one rule
  garbage > 1MiB                             what no GC root leads to
  Comparisons: > >= < <= == !=   Units: B KiB MiB GiB TiB, kB MB GB TB, %   Joined by: and, or (and binds closer)
  Names are those of gohd top and gohd report: main.Session, http.Header, map[string]*main.Session, main.store.sessions, /Session$/.
  Odd ones stand in quotes: owned("struct { a, b int }"). What is nowhere is 0, and told.

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
  Other keys are called like the options: tolerance, tolerance-bytes, least, most-garbage.

The baseline: --baseline heap.json --update writes what each owner path has, and how many goroutines there are of each kind; the same
without --update fails where a path is new or has grown. Keep the file in the repository. Each release of Go and each
architecture has a part of its own in it. In the file, "reason" may be added to a line; it stays. Under "expect", in gohd.yaml, is what
may be new or larger (a path, or a /pattern/ over paths), and what is below it.

Exit codes: 0 all hold, 3 a budget is broken or the baseline has less, 1 the dump cannot be read or judged, 2 the command line or gohd.yaml is wrong.

Examples:
  gohd check app.dump --exe ./app --fail-if 'owned(main.Session) > 100MiB' --fail-if 'leaked_goroutines > 0'
  gohd check app.dump --exe ./app --config ci/gohd.yaml --junit heap.xml --github
  gohd check 1.dump 2.dump 3.dump --median --exe ./app.test`;
