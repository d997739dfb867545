/** The command lines that answers offer: they read the same dump in the same way. */
import { quoteCommand } from "../../shown-text.ts";
import type { ExecutableOptions } from "./executable-options.ts";

/** What comes through a pipe: the next command cannot read it again. */
const PIPE = /^(?:-|\/dev\/stdin|\/dev\/fd\/\d+|\/proc\/self\/fd\/\d+)$/;
/** Stands for the file that whoever reads the answer has to name then. */
const SOME_DUMP = "DUMP";

/** `gohd NAME DUMP` with what it takes to read the dump once more, fit to be pasted; of a pipe, with a word in the place of the dump. */
export function repeatCommand(
  name: string,
  dump: string,
  { exe, symbols, forceExe = false, salvage = false }: ExecutableOptions & { readonly salvage?: boolean },
): string {
  const words = ["gohd", name, PIPE.test(dump) ? SOME_DUMP : dump];
  if (exe !== undefined) words.push("--exe", exe);
  if (symbols !== undefined) words.push("--symbols", symbols);
  if (forceExe) words.push("--force-exe");
  if (salvage) words.push("--salvage");
  return quoteCommand(words);
}
