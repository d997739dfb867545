/** `gohd index`: keeps what takes long to find out about a dump, so that commands begin at once. */
import { dirname } from "node:path";
import type { Command } from "commander";
import { formatBytes, formatDuration, formatNumber } from "../../quantities.ts";
import { quoteWord } from "../../shown-text.ts";
import { runSession } from "../command.ts";
import { addExecutableOptions, type ExecutableOptions } from "../input/executable-options.ts";
import { indexPath } from "../input/index-path.ts";
import { refuseOtherDumps } from "../options/one-dump.ts";
import { addWorkersOption, type WorkersOptions } from "../options/workers-option.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface IndexCommandOptions extends ExecutableOptions, WorkersOptions {
  readonly salvage?: boolean;
  readonly quiet?: boolean;
}

/** Adds the command to `program`. */
export function addIndexCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("index")
    .summary("make the next commands on a dump begin at once")
    .description(
      "Reads a dump once and keeps what was read and computed in <dump>.gohd beside it: the graph, types, dominators, owners " +
        "and the report. report, why, top, diff, check, info, sql and convert then begin at once, and print the very same. They use it only " +
        "with the same dump, executable and options, and with the same build of gohd; otherwise they say so and read the " +
        "dump.\n\n" +
        "The file can be removed at any time. It has some 60 % of the size of a large dump, and nobody else may read it. What it holds of the " +
        "process's memory, keys of maps in the report, can be read only with the dump beside it; the dump is needed for all " +
        "other contents.",
    )
    .argument("<dump>", "the dump, a plain file: neither compressed nor standard input")
    .allowExcessArguments()
    .option("--salvage", "read what there is of a truncated dump")
    .option("-q, --quiet", "show neither progress nor summary")
    .addHelpText(
      "after",
      "\nExamples:\n  gohd index app.dump --exe ./app\n  gohd report app.dump --exe ./app            begins at once\n" +
        "  gohd why app.dump main.Session --exe ./app  likewise\n" +
        "  gohd report app.dump --exe ./app --cache    makes an index if there is none\n" +
        "  gohd report app.dump --exe ./app --no-cache reads the dump all the same",
    )
    .action((dump: string, options: IndexCommandOptions) => {
      refuseOtherDumps(command.args, (one) => `gohd index ${quoteWord(one)}`);
      return index(dump, options, terminal);
    });
  addExecutableOptions(command);
  addWorkersOption(command);
}

async function index(dump: string, options: IndexCommandOptions, terminal: Terminal): Promise<void> {
  const { decodeDump } = await import("../input/decoded-dump.ts");
  const { clearLeftoversIn } = await import("../output/output.ts");
  const { refuseForeign, refusePacked, writeDumpIndex } = await import("../input/index-file.ts");
  await runSession(terminal, options, async ({ progress, say }) => {
    const path = indexPath(dump);
    refusePacked(dump, options);
    refuseForeign(path);
    clearLeftoversIn(dirname(path), progress.warn);
    const started = performance.now();
    const input = await decodeDump(dump, options, terminal, progress);
    try {
      const size = await writeDumpIndex(dump, input, options, progress);
      const objects = formatNumber(input.heap.objects.count, "object");
      say(`wrote ${path}: ${formatBytes(size)}, ${objects}, in ${formatDuration(performance.now() - started)}`);
    } finally {
      input.close();
    }
  });
}
