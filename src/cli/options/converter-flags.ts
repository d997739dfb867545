/** A converter's options as flags of the command line: for the parser, for help, and for completion. */
import { Option } from "commander";
import type { OptionSpec } from "../../converter/converter.ts";
import { describeValues } from "../../converter/options.ts";

/** Makes the flags of one option: one, or of a boolean that and its negation, of which help has only the one that changes something. */
export function makeConverterFlags(name: string, spec: OptionSpec): Option[] {
  return makeFlags(`--${name}`, `--no-${name}`, spec);
}

/** The same with the converter's name in front, for runs that write several formats: `--pprof.profile`, `--html.no-values`. */
export function makeOwnFlags(converter: string, name: string, spec: OptionSpec): Option[] {
  return makeFlags(`--${converter}.${name}`, `--${converter}.no-${name}`, spec);
}

function makeFlags(flag: string, negation: string, spec: OptionSpec): Option[] {
  if (spec.type === "list") {
    return [
      new Option(`${flag} <${spec.what}>`, `${spec.description} (may be given several times)`).argParser(
        (text: string, previous: readonly string[] = []) => [...previous, text],
      ),
    ];
  }
  if (spec.type !== "boolean") {
    const values = spec.type === "string" ? "" : `: ${describeValues(spec)}`;
    const fallback = spec.default === "" ? "" : ` (default: ${spec.default})`;
    return [new Option(`${flag} <${spec.type}>`, `${spec.description}${values}${fallback}`)];
  }
  const yes = new Option(flag, spec.description);
  const no = new Option(negation, spec.off ?? `switch off: ${spec.description}`);
  (spec.default ? yes : no).hideHelp();
  return [yes, no];
}
