/** `gohd converters`: what `--to` takes. */
import type { Command } from "commander";
import type { OptionSpec } from "../../converter/converter.ts";
import { describeHoldings } from "../../converter/holdings.ts";
import { type AnyConverter, type ConverterTable, loadBuiltIns, PACKAGE_PREFIX } from "../../converter/load.ts";
import { describeValues } from "../../converter/options.ts";
import { createStreamSink } from "../../io/sinks/stream-sink.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { wrapWords } from "../terminal/wrap.ts";

/** Adds the command to `program`. */
export function addConvertersCommand(program: Command, converters: ConverterTable, terminal: Terminal): void {
  program
    .command("converters")
    .summary("list the formats and their options")
    .description("Lists the formats that --to takes, what each holds of the process's memory, and the options of each.")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `\n--to also takes a converter of your own: a path to a module, or the name of an installed package (${PACKAGE_PREFIX}NAME, or just NAME).`,
    )
    .action(async ({ json }: { readonly json?: boolean }) => {
      const all = await loadBuiltIns(converters);
      const text = json
        ? JSON.stringify(all.map(describe), null, 2)
        : all.map((each) => render(each, terminal)).join("\n\n");
      await (await createStreamSink(terminal.output).open()).write(Buffer.from(`${text}\n`));
    });
}

function describe({ name, description, output, options, holds }: AnyConverter) {
  return { name, description, output, options, holds };
}

function render(converter: AnyConverter, { outputStyle, output }: Terminal): string {
  const { name, description, options } = converter;
  const wrap = (text: string, first: string, rest: string): string[] => wrapWords(text, output.columns, first, rest);
  const lines = Object.entries<OptionSpec>(options).flatMap(([option, spec]) => {
    const fallback = spec.default === "" || spec.type === "list" ? "" : `, default ${spec.default}`;
    const text = `${spec.description} (${describeValues(spec)}${fallback})`;
    return wrap(text, `    --option ${option}=…  `, "        ");
  });
  const holdings = describeHoldings(converter);
  const holds = holdings === undefined ? [] : wrap(`holds ${holdings}`, "  ", "  ");
  return [outputStyle.bold(name), ...wrap(description, "  ", "  "), ...holds, ...lines].join("\n");
}
