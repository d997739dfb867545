/** One run, one dump: what is said to whoever gives two. */
import { UsageError } from "../../errors.ts";
import { quoteWord } from "../../shown-text.ts";

/**
 * @param args what the command was given beside options
 * @param again the command line for one dump
 * @throws UsageError if there is more than one
 */
export function refuseOtherDumps(args: readonly string[], again: (dump: string) => string): void {
  if (args.length === 1) return;
  const [first, second] = args as readonly [string, string];
  throw new UsageError(`there are ${args.length} arguments, but the command takes one, the dump`, {
    hint: `one after the other: ${again(first)}; ${again(second)}; what grew between two: gohd diff ${quoteWord(first)} ${quoteWord(second)}`,
  });
}
