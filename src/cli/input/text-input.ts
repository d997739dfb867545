/** Texts that come with a dump: a query, a list of addresses; from a file, or from standard input if the dump is not there. */
import { readFileSync } from "node:fs";
import { text as readText } from "node:stream/consumers";
import { ConverterError, UsageError } from "../../errors.ts";
import { STANDARD_INPUT } from "../../io/sources/open.ts";
import { describeSystemError } from "../../io/system-errors.ts";
import type { Terminal } from "../terminal/terminal.ts";

/**
 * Reads a text whole.
 * @param what it is, for errors: "the query"
 * @param instead what can be done if standard input is the dump
 * @throws ConverterError, UsageError
 */
export async function readTextInput(
  file: string,
  { what, instead }: { readonly what: string; readonly instead: string },
  dump: string,
  { input }: Terminal,
): Promise<string> {
  if (file !== STANDARD_INPUT) {
    try {
      return readFileSync(file, "utf8");
    } catch (error) {
      throw new ConverterError(`cannot read ${what} from ${file}: ${describeSystemError(error)}`, { cause: error });
    }
  }
  if (dump === STANDARD_INPUT) {
    throw new UsageError(`standard input is the dump, so ${what} cannot come from there`, { hint: instead });
  }
  return readText(input.stream());
}
