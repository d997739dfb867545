/** `gohd why`: why something is alive. */
import type { Command } from "commander";
import { UsageError } from "../../errors.ts";
import { createStreamSink } from "../../io/sinks/stream-sink.ts";
import { escapeJson } from "../../shown-text.ts";
import { runSession } from "../command.ts";
import { addExecutableOptions, type ExecutableOptions } from "../input/executable-options.ts";
import { addIndexOptions, type IndexOptions } from "../input/index-options.ts";
import { addWorkersOption, type WorkersOptions } from "../options/workers-option.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface WhyOptions extends ExecutableOptions, IndexOptions, WorkersOptions {
  readonly allPaths: string;
  readonly json?: boolean;
  readonly salvage?: boolean;
  readonly quiet?: boolean;
}

const MOST_PATHS = 100;

/** Adds the command to `program`. */
export function addWhyCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("why")
    .summary("say why something is alive")
    .description(
      "Says how a GC root leads to an object: the shortest path, with fields, elements and keys as Go writes them. For a " +
        "type, or several objects, the paths are merged: what is alike is one line, with the number of objects behind it.",
    )
    .argument("<dump>", 'the dump, plain or compressed by gzip or zstd; "-" is standard input')
    .argument(
      "<what...>",
      "addresses (0xc000012340), types (main.Session), /patterns/ over the names of types, or variables and paths as gohd report " +
        "prints them (main.store.sessions, r.outgoing.elems; [] is every element and entry)",
    )
    .option("--all-paths <n>", "of one object, paths from up to <n> different roots", "1")
    .option("--json", "print the same as JSON, sizes in bytes")
    .option("--salvage", "read what there is of a truncated dump")
    .option("-q, --quiet", "show no progress")
    .addHelpText(
      "after",
      "\nExamples:\n  gohd why app.dump main.Session --exe ./app\n  gohd why app.dump 0xc000012340 --all-paths 5 --exe ./app\n" +
        "  gohd why app.dump '/Session$/' --exe ./app\n  gohd why app.dump 'main.store.sessions[\"u17\"]' --exe ./app",
    )
    .action((dump: string, what: string[], options: WhyOptions) => why(dump, what, options, terminal));
  addExecutableOptions(command);
  addIndexOptions(command);
  addWorkersOption(command);
}

async function why(dump: string, what: readonly string[], options: WhyOptions, terminal: Terminal): Promise<void> {
  const most = Number(options.allPaths);
  if (!Number.isInteger(most) || most < 1 || most > MOST_PATHS) {
    throw new UsageError(`--all-paths takes a number from 1 to ${MOST_PATHS}`);
  }
  const { readDump } = await import("../input/dump-input.ts");
  const { explainWhy } = await import("../../findings/why/why.ts");
  const { renderWhy } = await import("../why/why-text.ts");
  let text = "";
  await runSession(terminal, options, async (session) => {
    const { heap, watch, close } = await readDump(dump, options, terminal, session.progress);
    try {
      const result = await watch(() => explainWhy(heap, what, most, session.progress));
      text = options.json ? `${escapeJson(JSON.stringify(result, null, 2))}\n` : renderWhy(result);
    } finally {
      close();
    }
  });
  await (await createStreamSink(terminal.output).open()).write(Buffer.from(text));
}
