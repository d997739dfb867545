/** NamePattern: names that people ask for by a regular expression between slashes. */
import { UsageError } from "../errors.ts";
import { shortenImports } from "../heap/short-names.ts";

/**
 * The test for names that `/text/` stands for, as they are and as sentences write them, without import paths; undefined if `text` is no
 * pattern. @throws UsageError if the expression is wrong
 */
export function readNamePattern(text: string): ((name: string) => boolean) | undefined {
  const pattern = /^\/(.*)\/$/.exec(text)?.[1];
  if (pattern === undefined) return undefined;
  try {
    const expression = new RegExp(pattern);
    return (name) => expression.test(name) || expression.test(shortenImports(name));
  } catch (error) {
    throw new UsageError(`${text} is not a pattern: ${(error as Error).message}`);
  }
}
