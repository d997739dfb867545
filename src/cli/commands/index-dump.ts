/** `gohd index`: keeps what takes long to find out about a dump, so that commands begin at once. */
import { dirname } from "node:path";
import type { Command } from "commander";
import { formatBytes, formatDuration, formatNumber } from "../../quantities.ts";
import { quoteWord } from "../../shown-text.ts";
import { runSession } from "../command.ts";
import { addExecutableOptions, type ExecutableOptions } from "../input/executable-options.ts";
import { indexPath } from "../input/index-path.ts";
import { addOtherOptions } from "../input/input-options.ts";
import { describeCommand } from "../options/description.ts";
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
    .summary("make later commands on a dump start immediately")
    .description(
      describeCommand(
        "Reads a dump and saves the result in <dump>.gohd beside it. Every later command on the dump starts immediately and prints the same.",
        [
          ["gohd index app.dump --exe ./app"],
          ["gohd report app.dump --exe ./app", "starts immediately"],
          ["gohd report app.dump --exe ./app --cache", "makes the index if there is none"],
          ["gohd report app.dump --exe ./app --no-cache", "ignores it"],
        ],
      ),
    )
    .argument("<dump>", "the dump: a plain file, not packed and not standard input")
    .allowExcessArguments()
    .addHelpText(
      "after",
      "\nCommands use the index only with the same dump, executable, options and build of gohd. Otherwise they say why, and read the\n" +
        "dump. The index takes about 60 % of the dump's size. You can delete it at any time. It holds no contents of memory except\n" +
        "keys of maps. These are encrypted, and the key comes from the dump.",
    )
    .action((dump: string, options: IndexCommandOptions) => {
      refuseOtherDumps(command.args, (one) => `gohd index ${quoteWord(one)}`);
      return index(dump, options, terminal);
    });
  command.optionsGroup("Types:");
  addExecutableOptions(command);
  command.optionsGroup("Speed:");
  addWorkersOption(command);
  addOtherOptions(command, { quiet: "show neither progress nor summary" });
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
