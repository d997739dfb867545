/** `gohd converters`: what `--to` takes. */
import type { Command } from "commander";
import type { OptionSpec } from "../../converter/converter.ts";
import { type AnyConverter, type ConverterTable, loadBuiltIns, PACKAGE_PREFIX } from "../../converter/load.ts";
import { describeValues } from "../../converter/options.ts";
import { createStreamSink } from "../../io/sinks/stream-sink.ts";
import type { Style } from "../terminal/style.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Adds the command to `program`. */
export function addConvertersCommand(program: Command, converters: ConverterTable, terminal: Terminal): void {
  program
    .command("converters")
    .summary("list what --to takes, with each one's options")
    .description("Lists the built-in converters and their options.")
    .option("--json", "print the same as JSON")
    .addHelpText(
      "after",
      `\n--to also takes a path to a module, and the name of an installed package, of which ${PACKAGE_PREFIX} may be left out.`,
    )
    .action(async ({ json }: { readonly json?: boolean }) => {
      const all = await loadBuiltIns(converters);
      const text = json
        ? JSON.stringify(all.map(describe), null, 2)
        : all.map((each) => render(each, terminal.outputStyle)).join("\n\n");
      await (await createStreamSink(terminal.output).open()).write(Buffer.from(`${text}\n`));
    });
}

function describe({ name, description, output, options }: AnyConverter) {
  return { name, description, output, options };
}

function render({ name, description, options }: AnyConverter, { bold }: Style): string {
  const lines = Object.entries<OptionSpec>(options).map(([option, spec]) => {
    const fallback = spec.default === "" || spec.type === "list" ? "" : `, default ${spec.default}`;
    return `    --option ${option}=…  ${spec.description} (${describeValues(spec)}${fallback})`;
  });
  return [bold(name), `  ${description}`, ...lines].join("\n");
}
