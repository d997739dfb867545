/** `gohd info`: what a dump is. */
import type { Command } from "commander";
import { createStreamSink } from "../../io/sinks/stream-sink.ts";
import { escapeJson, quoteWord } from "../../shown-text.ts";
import { runSession } from "../command.ts";
import type { ExecutableOptions } from "../input/executable-options.ts";
import type { IndexOptions } from "../input/index-options.ts";
import { addInputOptions, DUMP_ARGUMENT } from "../input/input-options.ts";
import { repeatCommand } from "../input/repeated-command.ts";
import { describeCommand } from "../options/description.ts";
import { refuseOtherDumps } from "../options/one-dump.ts";
import type { WorkersOptions } from "../options/workers-option.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface InfoOptions extends ExecutableOptions, IndexOptions, WorkersOptions {
  readonly json?: boolean;
  readonly salvage?: boolean;
  readonly quiet?: boolean;
}

/** Adds the command to `program`. */
export function addInfoCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("info")
    .summary("what a dump is, and what is in it")
    .description(
      describeCommand(
        "Tells what a dump is: which Go version wrote it, how much of it is live, what the goroutines do, which types take most, " +
          "what the dump cannot show, and what is wrong with it.",
        [
          ["gohd info app.dump"],
          ["gohd info app.dump --exe ./app", "with Go types"],
          ["gohd info app.dump --json | jq .objects.live.bytes"],
        ],
      ),
    )
    .argument("<dump>", DUMP_ARGUMENT)
    .allowExcessArguments()
    .option("--json", "print JSON, sizes in bytes")
    .action((dump: string, options: InfoOptions) => {
      refuseOtherDumps(command.args, (one) => `gohd info ${quoteWord(one)}`);
      return info(dump, options, terminal);
    });
  addInputOptions(command);
}

async function info(dump: string, options: InfoOptions, terminal: Terminal): Promise<void> {
  const { readDump } = await import("../input/dump-input.ts");
  const { buildReport } = await import("../info/info-report.ts");
  let text = "";
  await runSession(terminal, options, async (session) => {
    const { progress } = session;
    const { heap, executable, watch, close } = await readDump(dump, options, terminal, progress);
    try {
      const warnings = session.warnings.take();
      const report = await watch(() => buildReport(heap, { warnings, executable, progress }));
      if (options.json) text = `${escapeJson(JSON.stringify(report, null, 2))}\n`;
      else {
        const { renderReport } = await import("../info/info-text.ts");
        const command = (name: string): string => repeatCommand(name, dump, options);
        text = await renderReport(report, {
          width: terminal.output.columns,
          style: terminal.outputStyle,
          next: [
            { title: "What holds the memory, and what to do about it", command: command("report") },
            { title: "All types, packages, allocation sites, goroutines or roots", command: command("top") },
          ],
        });
      }
    } finally {
      close();
    }
  });
  await (await createStreamSink(terminal.output).open()).write(Buffer.from(text));
}
