/** What to do about an option that a command does not have. */
import { quoteWord } from "../../shown-text.ts";

const UNKNOWN = /^unknown option '([^']*)'/;

/**
 * The hint for the parser's message, "unknown option '--all'"; undefined for another one.
 * @param typed the command line as people typed it
 * @param args the same, with the command that is meant in front
 */
export function hintAtOptions(message: string, typed: readonly string[], args: readonly string[]): string | undefined {
  const [, unknown] = UNKNOWN.exec(message) ?? [];
  if (unknown === undefined) return undefined;
  const command = args[0] ?? "";
  // A report in another format.
  if (command === "convert" && typed[0] !== "convert") {
    return `--to makes this gohd convert, which has no ${quoteWord(unknown)}; gohd convert --help tells what it has`;
  }
  if (unknown === "--to") return "it is gohd convert that writes other formats: gohd convert --help tells how";
  return command === "" || command.startsWith("-") ? undefined : `gohd ${command} --help tells what options it has`;
}
