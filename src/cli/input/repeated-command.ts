/** The command lines that answers offer: they read the same dump in the same way. */
import { quoteCommand } from "../../shown-text.ts";
import type { ExecutableOptions } from "./executable-options.ts";

/** `gohd NAME DUMP` with what it takes to read the dump once more, fit to be pasted. */
export function repeatCommand(
  name: string,
  dump: string,
  { exe, symbols, forceExe = false, salvage = false }: ExecutableOptions & { readonly salvage?: boolean },
): string {
  const words = ["gohd", name, dump];
  if (exe !== undefined) words.push("--exe", exe);
  if (symbols !== undefined) words.push("--symbols", symbols);
  if (forceExe) words.push("--force-exe");
  if (salvage) words.push("--salvage");
  return quoteCommand(words);
}
