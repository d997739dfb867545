/** What a command line asks about: texts as they are, and lists of addresses, which are read from files or standard input. */
import { UsageError } from "../../errors.ts";
import type { AddressList } from "../../findings/why/address-list.ts";
import { STANDARD_INPUT } from "../../io/sources/open.ts";
import { readTextInput } from "../input/text-input.ts";
import type { Terminal } from "../terminal/terminal.ts";

/**
 * Reads the lists.
 * @param what the arguments, of which "-" is a list in standard input
 * @param file with a list, if one was given
 * @throws ConverterError, UsageError
 */
export async function readAsked(
  what: readonly string[],
  file: string | undefined,
  dump: string,
  terminal: Terminal,
): Promise<readonly (string | AddressList)[]> {
  // A line of CSV ends with CR and LF, of which shells take only the second.
  const texts = what.map((text) => text.trim());
  if (texts.includes("")) throw new UsageError("an empty text is no name");
  const instead = "give the addresses as arguments, or in a file";
  const files = new Set([...(file === undefined ? [] : [file]), ...texts.filter((one) => one === STANDARD_INPUT)]);
  const lists: AddressList[] = [];
  for (const each of files) {
    const text = await readTextInput(each, { what: "addresses", instead }, dump, terminal);
    lists.push({ name: each === STANDARD_INPUT ? "<stdin>" : each, text });
  }
  return [...texts.filter((one) => one !== STANDARD_INPUT), ...lists];
}
