/** What to do about an option that a command does not have, and about an argument that is missing. */
import { quoteWord } from "../../shown-text.ts";

const MISSING = /^missing required argument /;
const UNKNOWN = /^unknown option '([^']*)'/;

/**
 * The hint for the parser's messages "unknown option '--all'" and "missing required argument 'dump'"; undefined for another one.
 * @param typed the command line as people typed it
 * @param args the same, with the command that is meant in front
 */
export function hintAtOptions(message: string, typed: readonly string[], args: readonly string[]): string | undefined {
  if (MISSING.test(message)) return `gohd ${args[0]} --help has examples`;
  const [, unknown] = UNKNOWN.exec(message) ?? [];
  if (unknown === undefined) return undefined;
  const command = args[0] ?? "";
  if (command === "convert") {
    const help = `gohd convert --to ${namedFormat(args) ?? "<converter>"} --help`;
    // A report in another format.
    return typed[0] === "convert"
      ? `${help} tells what options there are`
      : `--to makes this gohd convert, which has no ${quoteWord(unknown)}; ${help} tells what it has`;
  }
  if (unknown === "--to") return "it is gohd convert that writes other formats: gohd convert --help tells how";
  return command === "" || command.startsWith("-") ? undefined : `gohd ${command} --help tells what options it has`;
}

/** What the first `--to` names. */
function namedFormat(args: readonly string[]): string | undefined {
  const at = args.findIndex((arg) => arg === "--to" || arg.startsWith("--to="));
  const name = args[at] === "--to" ? args[at + 1] : args[at]?.slice("--to=".length);
  return name === undefined || name === "" ? undefined : quoteWord(name);
}
